/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * Stand-ins for the stages that only verdict.c asks, what a test does to an event, and what the
 * event then gets.
 */
#ifndef VERDICT_ASKED_H
#define VERDICT_ASKED_H

#include <string.h>

#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/static_key.h>

#include <mmnotify/mmnotify.h>

#include "census/census.h"
#include "log.h"
#include "rules/names.h"
#include "rules/rules.h"
#include "rules/site_table.h"
#include "stack/addr_cache.h"
#include "verdict/event.h"
#include "verdict/flight.h"
#include "verdict/verdict.h"
#include "verdict/verdict_fast.h"
#include "verdict_stages.h"

/* In the address cache, but its symbol has no row; and another address in the function of SITE. */
#define NAMELESS	0x2000UL
#define NEARBY		0x3000UL
/* Where the end of an event is announced. */
#define END		0x4000UL

static const struct mmn_site nameless = { .pc = NAMELESS, .needs = MMN_CLASS_UNKNOWN + 1 };
static const struct mmn_verdict rules_verdict = {
	.event = MMNOTIFY_PROTECTION_VMA, .cause = MMNOTIFY_CAUSE_MPROTECT,
	.effects = MMNOTIFY_FX_NO_WRITE,
};

/* The same, at a call site that is trusted. */
static const struct mmn_verdict exact = {
	.event = MMNOTIFY_PROTECTION_VMA, .cause = MMNOTIFY_CAUSE_MPROTECT,
	.effects = MMNOTIFY_FX_NO_WRITE, .flags = MMNOTIFY_F_EXACT,
};

/* What the stages know. */
static struct {
	const struct mmn_site *path;	/* by frame steps */
	unsigned long stack;		/* by the unwinder */
	bool cached;			/* SITE is in the address cache */
	bool allowed;			/* to use the stack */
	bool expected;			/* the native event was audited */
	bool needs_stack;		/* the rules do */
	bool tracing_end;
	bool split;			/* the rules say thp_split */
	struct mmn_flight *around;
	const char *operation;
	u64 clock;
} has;

/* What the stages were asked, and how often. */
static struct {
	unsigned int paths, stacks, walks, rules, verified;
	unsigned int resolved, unknown, reported;
	unsigned int stats[MMN_NR_STATS], starts, ends;
	unsigned int kept, remembered, released, counts, counted_as;
	u64 pages, ns, number;
	unsigned int full;
	unsigned int class;
	u32 needs;
	bool in_hook;
	u64 key;
	struct mmn_verdict verdict;
	struct mmn_frame_pos from;
	struct mmn_trace_event trace;
	const char *cause;
} asked;

/* ---- stand-ins for the stages of the call site ---- */

struct mmn_site mmn_addr_cache_table[1 << MMN_ADDR_CACHE_BITS];

struct mmn_site *mmn_addr_cache_find(unsigned long pc)
{
	if (pc == SITE && has.cached)
		return (struct mmn_site *)&site;
	return pc == NAMELESS ? (struct mmn_site *)&nameless : NULL;
}

unsigned int mmn_addr_cache_resolve(unsigned long pc)
{
	asked.resolved++;
	return pc == SITE || pc == NEARBY ? ROW : MMN_SITE_UNKNOWN;
}

void mmn_addr_cache_count_unknown_slow(unsigned long pc)
{
	asked.unknown++;
}

const struct mmn_site *mmn_call_path_site_slow(struct mmn_call_path *c, const unsigned long *from,
					       struct mmn_frame_pos *at)
{
	asked.paths += c == &path && from == frame;
	*at = (struct mmn_frame_pos){ .pc = has.path ? has.path->pc : END, .sp = 77 };
	return has.path;
}

bool mmn_unwind_allowed(void)
{
	return has.allowed;
}

unsigned long mmn_unwind_find_site(bool in_hook)
{
	asked.stacks++;
	asked.in_hook = in_hook;
	return has.stack;
}

unsigned int mmn_site_table_class(unsigned int row)
{
	return row == ROW ? site.class : MMN_CLASS_UNKNOWN;
}

u8 mmn_census_trust(unsigned int row, unsigned long pc)
{
	return row == ROW && (pc == SITE || pc == NEARBY) ? site.trust : 0;
}

/* ---- and of the verdict ---- */

u32 mmn_rules_needs(unsigned int class)
{
	return class + 1;
}

bool mmn_census_expects(unsigned int row, unsigned int native)
{
	return has.expected && native == range->event;
}

void mmn_census_report(unsigned int row, unsigned int native)
{
	asked.reported += row == ROW && native == range->event;
}

void mmn_context_gather(const struct mmu_notifier_range *r, u32 needs, u32 trust,
			struct mmn_ctx *ctx)
{
	asked.needs = needs;
	*ctx = (struct mmn_ctx){ .bits = BITS | trust };
}

u64 mmn_rule_cache_key(u32 kept, u32 needs, const struct mmn_ctx *ctx)
{
	return kept == mmn_rule_cache_site(ROW, range->event) && needs == site.needs &&
	       ctx->bits == (BITS | site.trust) ? KEY : KEY + 1;
}

void mmn_rule_cache_keep(u64 key, const struct mmn_verdict *v)
{
	asked.kept++;
	asked.key = key;
	asked.verdict = *v;
}

bool mmn_rules_classify(unsigned int class, unsigned int native, const struct mmn_ctx *ctx,
			struct mmn_verdict *v)
{
	asked.rules++;
	asked.class = class;
	if (has.needs_stack && !(ctx->bits & MMN_CTX_WALKED))
		return false;
	*v = ctx->bits & MMN_CTX_VERIFIED ? exact : rules_verdict;
	if (has.split)
		v->cause = MMNOTIFY_CAUSE_THP_SPLIT;
	return true;
}

void mmn_unwind_ctx(const struct mmn_frame_pos *from, struct mmn_walk_words *walk,
		    struct mmn_ctx *ctx)
{
	asked.walks++;
	asked.from = *from;
	walk->pc = from->pc;
	ctx->bits |= MMN_CTX_WALKED;
}

void mmn_last_walk_keep(const struct mmn_walk_words *t, u32 kept, u32 bits,
			const struct mmn_verdict *v)
{
	asked.remembered += t->pc == asked.from.pc && bits == (BITS | site.trust) &&
			    kept == mmn_rule_cache_site(ROW, range->event) &&
			    !memcmp(v, &exact, sizeof(exact));
}

void mmn_verify_check(unsigned long pc, unsigned int row, bool in_hook,
		      const struct mmn_verdict *v)
{
	asked.in_hook = in_hook;
	asked.verified += pc == SITE && row == ROW && !memcmp(v, &exact, sizeof(exact));
}

/* ---- and of what is reported ---- */

struct mmn_flight mmn_flight_table[1 << MMN_FLIGHT_BITS];

/* The home record suffices, but for the test of a full table. */
struct mmn_flight *mmn_flight_take_slow(struct mmn_flight *home, unsigned long at,
					unsigned long top)
{
	asked.full += at == (unsigned long)range && top == (unsigned long)stack_end;
	return NULL;
}

struct mmn_flight *mmn_flight_find_slow(struct mmn_flight *home, unsigned long at)
{
	return NULL;
}

/* It is at @range or further out. */
struct mmn_flight *mmn_flight_around(unsigned long at)
{
	return at <= (unsigned long)range ? has.around : NULL;
}

unsigned int mmn_operation_cause(const struct mmn_ctx *ctx)
{
	return MMNOTIFY_CAUSE_MUNMAP;
}

const char *mmn_operation_name(const struct mmn_ctx *ctx)
{
	return has.operation;
}

u64 mmn_stats_number(void)
{
	return ++asked.number;
}

void mmn_stats_inc(enum mmn_stat stat)
{
	asked.stats[stat]++;
}

void mmn_process_get(const struct mm_struct *of, struct mmn_process *p)
{
	memset(p, 0, sizeof(*p));
	p->tgid = of == &mm ? 4711 : 0;
}

void mmn_process_count(const struct mm_struct *of, unsigned int cause, u64 pages, u64 ns)
{
	asked.counts += of == &mm;
	asked.pages = pages;
	asked.ns = ns;
	asked.counted_as = cause;
}

void mmn_process_release(const struct mm_struct *of)
{
	asked.released += of == &mm;
}

u64 local_clock(void)
{
	return has.clock;
}

bool trace_invalidate_end_enabled(void)
{
	return has.tracing_end;
}

void trace_invalidate_start(const struct mmn_trace_event *e, const char *cause)
{
	asked.starts++;
	asked.trace = *e;
	asked.cause = cause;
}

void trace_invalidate_end(const struct mmn_trace_event *e, const char *cause)
{
	asked.ends++;
	asked.trace = *e;
	asked.cause = cause;
}

/* ---- what a test does ---- */

static inline void forget(void)
{
	memset(&asked, 0, sizeof(asked));
	counted = 0;
	counted_elsewhere = 0;
	walked = 0;
}

/* An event whose call site frame steps find, and that the rules decide without the stack. */
static inline void begin(void)
{
	stages_begin();
	forget();
	memset(mmn_event_table, 0, sizeof(mmn_event_table));
	memset(mmn_flight_table, 0, sizeof(mmn_flight_table));
	memset(&has, 0, sizeof(has));
	has.path = &site;
	has.cached = true;
	has.allowed = true;
	has.expected = true;
	has.clock = 100;
	in_cache = false;
	logged[0] = '\0';
	mmn_verdict_set_hooked(false);
	mmn_verdict_set_watched(false);
	mmn_verdict_set_recheck(false);
}

/* Only the unwinder finds the call site, at @pc. */
static inline void begin_at(unsigned long pc)
{
	begin();
	has.path = NULL;
	has.stack = pc;
}

/* A variable that is not initialised does not happen to have the value of an earlier call. */
static noinline void spoil_stack(void)
{
	volatile char junk[2048];
	unsigned int i;

	for (i = 0; i < sizeof(junk); i++)
		junk[i] = 0xa5;
}

static inline struct mmn_query query_of(const void *object)
{
	return (struct mmn_query){ .frame = frame, .object = object, .ends = true, .path = &path };
}

static inline void start(const void *object)
{
	struct mmn_query query = query_of(object);

	spoil_stack();
	mmn_verdict_start_slow(range, &query, &info);
}

static inline void start_recorded(const void *object)
{
	struct mmn_query query = query_of(object);

	spoil_stack();
	mmn_verdict_start_recorded(range, &query, &info);
}

static inline void end(void)
{
	memset(&info, 0xff, sizeof(info));
	spoil_stack();
	mmn_verdict_end_slow(range, &info);
}

/* The hook sees the start and the end of the event. */
static inline void record(unsigned long pc)
{
	spoil_stack();
	mmn_verdict_start_in_hook(range, pc, 77, 88);
}

static inline void record_end(void)
{
	spoil_stack();
	mmn_verdict_end_in_hook(range, END, 55, 66);
}

static inline bool gets(const struct mmn_verdict *v, unsigned long pc)
{
	return is_filled_at(v, MMNOTIFY_F_BLOCKABLE, NULL, pc);
}

/* The verdict is that of the rules of SITE, on all that they need. */
static inline bool gets_exact(unsigned long pc)
{
	return gets(&exact, pc) && asked.class == site.class && asked.needs == site.needs;
}

/* The verdict of a call site without a row. */
static inline bool gets_unknown(unsigned long pc)
{
	return gets(&rules_verdict, pc) && asked.class == MMN_CLASS_UNKNOWN &&
	       asked.needs == MMN_CLASS_UNKNOWN + 1;
}

/* Was the event traced with all members, at @pc? */
static inline bool is_traced(const struct mmn_verdict *v, unsigned long pc, u64 ns)
{
	struct mmn_trace_event e = { .start = 0x1000, .end = 0x3000, .site = pc, .ns = ns,
		.id = asked.trace.id ?: ~0ULL,
		.process = { .tgid = 4711 }, .effects = v->effects, .event = v->event,
		.cause = v->cause, .native = range->event,
		.flags = v->flags | mmn_verdict_flags(range) };

	/* Padding follows the last member. */
	return !memcmp(&e, &asked.trace, (char *)(&e.flags + 1) - (char *)&e) &&
	       asked.cause == mmn_names_cause(v->cause);
}

#endif /* VERDICT_ASKED_H */
