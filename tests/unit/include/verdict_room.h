/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * Replaces src/compat and the headers of the stages that lead to a verdict, for verdict.c and
 * verdict_fast.h. The compiler includes it first; verdict_stages.h and the tests define the
 * functions that it declares.
 */
#ifndef VERDICT_ROOM_H
#define VERDICT_ROOM_H

#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/types.h>

#include "rules/rules.h"
#include "stack/frame_pos.h"

struct mmn_site;

/* src/compat/compat.h */
#define MMN_COMPAT_H
#define MMN_UNINIT
#define MMN_NOTIFY_EXCLUSIVE	(MMU_NOTIFY_MIGRATE + 1)

static inline void *mmn_range_owner(const struct mmu_notifier_range *range)
{
	return range->owner;
}

/* src/stack */
#define MMN_CALL_PATH_H
#define MMN_FRAME_STEP_H
#define MMN_LAST_WALK_H
#define MMN_UNWIND_H

struct mmn_call_path {
	unsigned long pc;
};

struct mmn_walk_words {
	unsigned long pc;
};

unsigned long mmn_frame_step_top(void);
bool mmn_call_path_site(const struct mmn_call_path *c, const unsigned long *frame,
			unsigned long *pc, const struct mmn_site **site);
const struct mmn_site *mmn_call_path_site_slow(struct mmn_call_path *c, const unsigned long *frame,
					       struct mmn_frame_pos *at);
struct mmn_frame_pos mmn_call_path_pos(const struct mmn_call_path *c, const unsigned long *frame);
bool mmn_last_walk_find(const struct mmn_frame_pos *from, u32 site, u32 bits,
			struct mmn_verdict *v);
void mmn_last_walk_keep(const struct mmn_walk_words *t, u32 site, u32 bits,
			const struct mmn_verdict *v);
bool mmn_unwind_allowed(void);
unsigned long mmn_unwind_find_site(bool in_hook);
void mmn_unwind_ctx(const struct mmn_frame_pos *site, struct mmn_walk_words *walk,
		    struct mmn_ctx *ctx);

/* src/verdict/context.h, src/rules/rule_cache.h */
#define MMN_CONTEXT_H
#define MMN_RULE_CACHE_H
#define MMN_RULE_CACHE_NEEDS_STACK	0xff

void mmn_context_gather(const struct mmu_notifier_range *range, u32 needs, u32 trust,
			struct mmn_ctx *ctx);
u64 mmn_context_key(const struct mmu_notifier_range *range, u32 site, u32 needs, u32 trust,
		    u32 *bits);
u32 mmn_rule_cache_site(unsigned int row, unsigned int native);
u64 mmn_rule_cache_key(u32 site, u32 needs, const struct mmn_ctx *ctx);
bool mmn_rule_cache_find(u64 key, struct mmn_verdict *v);
void mmn_rule_cache_keep(u64 key, const struct mmn_verdict *v);

/* src/verdict/verify.h */
#define MMN_VERIFY_H

bool mmn_verify_on(void);
void mmn_verify_check(unsigned long site, unsigned int row, bool in_hook,
		      const struct mmn_verdict *v);

/* src/stats.h */
#define MMN_STATS_H

enum mmn_stat { MMN_STAT_NO_RECORD, MMN_NR_STATS };

u64 mmn_stats_number(void);
void mmn_stats_inc(enum mmn_stat stat);
void mmn_stats_verdict(const struct mmn_verdict *v, unsigned int row, bool walked);

/* src/trace.h */
#define MMN_TRACE_H

#include "trace_event.h"

bool trace_invalidate_start_enabled(void);
bool trace_invalidate_end_enabled(void);
void trace_invalidate_start(const struct mmn_trace_event *e, const char *cause_name);
void trace_invalidate_end(const struct mmn_trace_event *e, const char *cause_name);

#endif /* VERDICT_ROOM_H */
