/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_VERDICT_FAST_H
#define MMN_VERDICT_FAST_H

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
DECLARE_STATIC_KEY_FALSE(mmn_verdict_hooked);

/**
 * struct mmn_query - whose callback needs a verdict
 * @frame: of that, on the stack
 * @object: one that hears of each event once
 * @ends: it hears of the end, too, and will ask mmn_verdict_end()
 * @path: from @frame to the call site
 */
struct mmn_query {
	const unsigned long *frame;
	const void *object;
	bool ends;
	struct mmn_call_path *path;
};

/**
 * struct mmn_lookup - one look at an event
 * @site: the call site; no address if nobody knows
 * @row: its row
 * @class: enum mmn_class of that row
 * @needs: what its rules look at
 * @can_resolve: names may be looked up now
 * @late: the event ends already: it is not counted, or only now
 * @walked: the verdict took a walk of the stack
 */
struct mmn_lookup {
	struct mmn_frame_pos site;
	unsigned int row;
	unsigned int class;
	u32 needs;
	bool can_resolve;
	bool late;
	bool walked;
};

void mmn_verdict_start_recorded(const struct mmu_notifier_range *range,
				const struct mmn_query *query,
				struct mmnotify_info *info);
void mmn_verdict_start_slow(const struct mmu_notifier_range *range,
			    const struct mmn_query *query,
			    struct mmnotify_info *info);
void mmn_verdict_end_slow(const struct mmu_notifier_range *range,
			  struct mmnotify_info *info);
void mmn_verdict_cancel_end(const struct mmu_notifier_range *range, const void *object);
/* By value: who calls them need not have the verdict in memory. */
void mmn_verdict_trace(const struct mmu_notifier_range *range, struct mmn_verdict v,
		       unsigned long site);
void mmn_verdict_verify(unsigned long site, unsigned int row, struct mmn_verdict v);

/*
 * For the kernel's own callback, or what the driver's calls: it asks from there. An query
 * goes by value, as it need not be in memory.
 */
static __always_inline struct mmn_query
mmn_verdict_query(const void *object, bool ends, struct mmn_call_path *path)
{
	return (struct mmn_query){
		.frame = __builtin_frame_address(0),
		.object = object,
		.ends = ends,
		.path = path,
	};
}

static inline u32 mmn_verdict_flags(const struct mmu_notifier_range *range)
{
	u32 flags = 0;

	if (mmu_notifier_range_blockable(range))
		flags |= MMNOTIFY_F_BLOCKABLE;
	if (current->mm != range->mm)
		flags |= MMNOTIFY_F_REMOTE;
	return flags;
}

static inline void *mmn_verdict_owner(const struct mmu_notifier_range *range, unsigned int event)
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
static __always_inline void mmn_verdict_fill(const struct mmu_notifier_range *range,
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
	info->flags = v->flags | mmn_verdict_flags(range);
	info->rsvd32 = 0;
	info->mm = range->mm;
	info->start = range->start;
	info->end = range->end;
	info->owner = mmn_verdict_owner(range, info->event);
	info->site = site;
	memset(info->rsvd, 0, sizeof(info->rsvd));
	/* Nothing is forgotten when members are added. */
	BUILD_BUG_ON(offsetofend(struct mmnotify_info, rsvd) != sizeof(*info));
}

static __always_inline void mmn_verdict_publish(const struct mmu_notifier_range *range,
						const struct mmn_verdict *v,
						const struct mmn_lookup *s)
{
	mmn_stats_verdict(v, s->row, s->walked);
	if (trace_invalidate_start_enabled())
		mmn_verdict_trace(range, *v, s->site.pc);
}

static __always_inline void mmn_verdict_set_event(const struct mmu_notifier_range *range,
						  struct mmn_inflight_event *e)
{
	e->task = current;
	e->range = (unsigned long)range;
	e->top = mmn_frame_step_top();
	e->id = mmn_verdict_id(range);
}

/* Kept for the end. Return: true for the first who finds it out, and is to count it. */
static __always_inline bool mmn_verdict_keep(const struct mmu_notifier_range *range,
					     struct mmn_query query, unsigned long site,
					     const struct mmn_verdict *v)
{
	/* What may not block may have no end. */
	bool ends = query.ends && mmu_notifier_range_blockable(range);
	struct mmn_inflight_event e MMN_UNINIT;

	mmn_verdict_set_event(range, &e);
	return mmn_inflight_keep(&e, site, v, query.object, ends);
}

/* Return: false if it takes more; nothing is done then. */
static __always_inline bool mmn_verdict_start_fast(const struct mmu_notifier_range *range,
						   struct mmn_query query,
						   struct mmnotify_info *info)
{
	struct mmn_verdict v MMN_UNINIT;
	struct mmn_lookup s MMN_UNINIT;
	const struct mmn_site *known;
	struct mmn_frame_pos at;
	u32 bits;

	if (unlikely(!mmn_call_path_site(query.path, query.frame, &s.site.pc, &known)))
		return false;
	if (unlikely(!mmn_rule_cache_find(mmn_context_key(range, known->class, known->needs,
							  &bits), &v)))
		return false;
	s.walked = v.event == MMN_RULE_CACHE_NEEDS_STACK;
	if (unlikely(s.walked)) {
		at = mmn_call_path_pos(query.path, query.frame);
		if (!mmn_last_walk_find(&at, known->class, bits, &v))
			return false;
	}
	s.row = known->row;
	if (mmn_verify_on())
		mmn_verdict_verify(s.site.pc, s.row, v);
	if (mmn_verdict_keep(range, query, s.site.pc, &v))
		mmn_verdict_publish(range, &v, &s);
	mmn_verdict_fill(range, &v, s.site.pc, info);
	return true;
}

/**
 * mmn_verdict_start() - the verdict for a client's callback
 * @range: the kernel's range
 * @query: from mmn_verdict_query()
 * @info: filled completely
 *
 * Context: A notifier's start callback, of the task that invalidates.
 */
static __always_inline void
mmn_verdict_start(const struct mmu_notifier_range *range,
		  struct mmn_query query, struct mmnotify_info *info)
{
	struct mmn_query copy MMN_UNINIT;

	if (!static_branch_unlikely(&mmn_verdict_hooked) &&
	    likely(mmn_verdict_start_fast(range, query, info)))
		return;
	/*
	 * Only here it has to be in memory. As an argument by value it would lie where the
	 * stack ends, and some compilers would then align that in a way that leaves no
	 * distance from our frame to the caller's.
	 */
	copy = query;
	if (static_branch_unlikely(&mmn_verdict_hooked))
		mmn_verdict_start_recorded(range, &copy, info);
	else
		mmn_verdict_start_slow(range, &copy, info);
}

/**
 * mmn_verdict_end() - the same verdict for the end of the event
 * @range: the kernel's range
 * @info: filled completely
 *
 * Context: A notifier's end callback, of the task that invalidates.
 */
static __always_inline void
mmn_verdict_end(const struct mmu_notifier_range *range, struct mmnotify_info *info)
{
	struct mmn_inflight_event e MMN_UNINIT;
	struct mmn_verdict v MMN_UNINIT;
	unsigned long site;

	mmn_verdict_set_event(range, &e);
	if (likely(mmn_inflight_end(&e, &site, &v)))
		mmn_verdict_fill(range, &v, site, info);
	else
		mmn_verdict_end_slow(range, info);
}

#endif /* MMN_VERDICT_FAST_H */
