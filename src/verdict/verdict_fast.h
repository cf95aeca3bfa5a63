/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_JUDGE_NOW_H
#define MMN_JUDGE_NOW_H

/*
 * What a callback takes as a rule, inline in each of them: a verdict that was given before
 * and what is kept of it for the end. It has nothing in memory that a function elsewhere
 * could reach. All else is in judge.c, which begins anew.
 */
#include <linux/build_bug.h>
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#include <linux/static_key.h>
#include <linux/string.h>

#include <mmnotify/mmnotify.h>

#include "compat/compat.h"
#include "context.h"
#include "inflight.h"
#include "rules/rule_cache.h"
#include "rules/rules.h"
#include "rules/site_table.h"
#include "stack/addr_cache.h"
#include "stack/call_path.h"
#include "stack/frame_step.h"
#include "stack/last_walk.h"
#include "stack/unwind.h"
#include "stats.h"
#include "trace.h"
#include "verdict.h"
#include "verify.h"

/* There are records to be found. */
DECLARE_STATIC_KEY_FALSE(mmn_judge_hooked);

/**
 * struct mmn_asker - whose callback wants a verdict
 * @frame: of that, on the stack
 * @object: one that hears of each event once
 * @ends: it hears of the end, too, and will ask mmn_judge_end()
 * @shortcut: from @frame to the call site
 */
struct mmn_asker {
	const unsigned long *frame;
	const void *object;
	bool ends;
	struct mmn_shortcut *shortcut;
};

/**
 * struct mmn_sight - one look at an event
 * @site: the call site; no address if nobody knows
 * @row: its row
 * @class: enum mmn_class of that row
 * @wants: what its rules look at
 * @may_look: names may be looked up now
 * @late: the event ends already: it is not counted, or only now
 * @walked: the verdict took a walk of the stack
 */
struct mmn_sight {
	struct mmn_where site;
	unsigned int row;
	unsigned int class;
	u32 wants;
	bool may_look;
	bool late;
	bool walked;
};

void mmn_judge_start_recorded(const struct mmu_notifier_range *range,
			      const struct mmn_asker *asker,
			      struct mmnotify_info *info);
void mmn_judge_start_unseen(const struct mmu_notifier_range *range,
			    const struct mmn_asker *asker,
			    struct mmnotify_info *info);
void mmn_judge_end_unkept(const struct mmu_notifier_range *range,
			  struct mmnotify_info *info);
void mmn_judge_over(const struct mmu_notifier_range *range, const void *object);
/* By value: who calls them need not have the verdict in memory. */
void mmn_judge_trace(const struct mmu_notifier_range *range, struct mmn_verdict v,
		     unsigned long site);
void mmn_judge_verify(unsigned long site, unsigned int row, struct mmn_verdict v);

/*
 * For the kernel's own callback, or what the driver's calls: it asks from there. An asker
 * goes by value, as it need not be in memory.
 */
static __always_inline struct mmn_asker
mmn_judge_asker(const void *object, bool ends, struct mmn_shortcut *shortcut)
{
	return (struct mmn_asker){
		.frame = __builtin_frame_address(0),
		.object = object,
		.ends = ends,
		.shortcut = shortcut,
	};
}

static inline u32 mmn_judge_flags(const struct mmu_notifier_range *range)
{
	u32 flags = 0;

	if (mmu_notifier_range_blockable(range))
		flags |= MMNOTIFY_F_BLOCKABLE;
	if (current->mm != range->mm)
		flags |= MMNOTIFY_F_REMOTE;
	return flags;
}

static inline void *mmn_judge_owner(const struct mmu_notifier_range *range, unsigned int event)
{
	/* The kernel leaves the member uninitialised for all others. */
	if (event != MMNOTIFY_MIGRATE && event != MMNOTIFY_EXCLUSIVE)
		return NULL;
	if (range->event != MMU_NOTIFY_MIGRATE &&
	    range->event != MMN_NOTIFY_EXCLUSIVE)
		return NULL;
	return mmn_range_owner(range);
}

/* Each member by itself: clearing all of it first would double the price. */
static __always_inline void mmn_judge_fill(const struct mmu_notifier_range *range,
					   const struct mmn_verdict *v,
					   unsigned long site,
					   struct mmnotify_info *info)
{
	info->size = sizeof(*info);
	info->event = v->event;
	info->cause = v->cause;
	info->native = range->event;
	info->rsvd16 = 0;
	info->effects = v->effects;
	info->flags = v->flags | mmn_judge_flags(range);
	info->rsvd32 = 0;
	info->mm = range->mm;
	info->start = range->start;
	info->end = range->end;
	info->owner = mmn_judge_owner(range, info->event);
	info->site = site;
	memset(info->rsvd, 0, sizeof(info->rsvd));
	/* Nothing is forgotten when members are added. */
	BUILD_BUG_ON(offsetofend(struct mmnotify_info, rsvd) != sizeof(*info));
}

static __always_inline void mmn_judge_publish(const struct mmu_notifier_range *range,
					      const struct mmn_verdict *v,
					      const struct mmn_sight *s)
{
	mmn_stats_verdict(v, s->row, s->walked);
	if (trace_invalidate_start_enabled())
		mmn_judge_trace(range, *v, s->site.pc);
}

static __always_inline void mmn_judge_set_inflight(const struct mmu_notifier_range *range,
						   struct mmn_inflight_event *e)
{
	e->task = current;
	e->range = (unsigned long)range;
	e->top = mmn_steps_top();
	e->id = mmn_judge_id(range);
}

/* Kept for the end. Return: true for the first who finds it out, and is to count it. */
static __always_inline bool mmn_judge_keep(const struct mmu_notifier_range *range,
					   struct mmn_asker asker, unsigned long site,
					   const struct mmn_verdict *v)
{
	/* What may not block may have no end. */
	bool ends = asker.ends && mmu_notifier_range_blockable(range);
	struct mmn_inflight_event e MMN_UNINIT;

	mmn_judge_set_inflight(range, &e);
	return mmn_inflight_keep(&e, site, v, asker.object, ends);
}

/* Return: false if it takes more; nothing is done then. */
static __always_inline bool mmn_judge_at_once(const struct mmu_notifier_range *range,
					      struct mmn_asker asker,
					      struct mmnotify_info *info)
{
	struct mmn_verdict v MMN_UNINIT;
	struct mmn_sight s MMN_UNINIT;
	const struct mmn_site *known;
	struct mmn_where at;
	u32 bits;

	if (unlikely(!mmn_shortcut_take(asker.shortcut, asker.frame, &s.site.pc, &known)))
		return false;
	if (unlikely(!mmn_memo_find(mmn_context_key(range, known->class, known->wants,
						    &bits), &v)))
		return false;
	s.walked = v.event == MMN_MEMO_ASKS;
	if (unlikely(s.walked)) {
		at = mmn_shortcut_where(asker.shortcut, asker.frame);
		if (!mmn_trail_find(&at, known->class, bits, &v))
			return false;
	}
	s.row = known->row;
	if (mmn_verify_on())
		mmn_judge_verify(s.site.pc, s.row, v);
	if (mmn_judge_keep(range, asker, s.site.pc, &v))
		mmn_judge_publish(range, &v, &s);
	mmn_judge_fill(range, &v, s.site.pc, info);
	return true;
}

/**
 * mmn_judge_start() - the verdict for a client's callback
 * @range: the kernel's range
 * @asker: from mmn_judge_asker()
 * @info: filled completely
 *
 * Context: A notifier's start callback, of the task that invalidates.
 */
static __always_inline void
mmn_judge_start(const struct mmu_notifier_range *range,
		struct mmn_asker asker, struct mmnotify_info *info)
{
	struct mmn_asker copy MMN_UNINIT;

	if (!static_branch_unlikely(&mmn_judge_hooked) &&
	    likely(mmn_judge_at_once(range, asker, info)))
		return;
	/*
	 * Only here it has to be in memory. As an argument by value it would lie where the
	 * stack ends, and some compilers would then align that in a way that leaves no
	 * distance from our frame to the caller's.
	 */
	copy = asker;
	if (static_branch_unlikely(&mmn_judge_hooked))
		mmn_judge_start_recorded(range, &copy, info);
	else
		mmn_judge_start_unseen(range, &copy, info);
}

/**
 * mmn_judge_end() - the same verdict for the end of the event
 * @range: the kernel's range
 * @info: filled completely
 *
 * Context: A notifier's end callback, of the task that invalidates.
 */
static __always_inline void
mmn_judge_end(const struct mmu_notifier_range *range, struct mmnotify_info *info)
{
	struct mmn_inflight_event e MMN_UNINIT;
	struct mmn_verdict v MMN_UNINIT;
	unsigned long site;

	mmn_judge_set_inflight(range, &e);
	if (likely(mmn_inflight_end(&e, &site, &v)))
		mmn_judge_fill(range, &v, site, info);
	else
		mmn_judge_end_unkept(range, info);
}

#endif /* MMN_JUDGE_NOW_H */
