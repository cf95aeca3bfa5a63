/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_VERDICT_FAST_H
#define MMN_VERDICT_FAST_H

/*
 * Fast path, inlined into every callback: cached verdict in, verdict in the slot for the
 * end out. No local variable of this path has its address passed to an out-of-line function, so
 * all of them can stay in registers. Anything else falls back to verdict.c, which starts
 * over.
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
#include "event.h"
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

/* True while the hook is attached, so records may exist. */
DECLARE_STATIC_KEY_FALSE(mmn_verdict_hooked);

/**
 * struct mmn_query - the callback that needs a verdict
 * @frame: frame address of the function that the kernel, or a driver's callback, called
 * @object: identifies the subscriber, which sees each event once: the native notifier, for a range
 *	its node in the kernel's tree, or for a driver's own callback the client or a return address
 *	into the driver
 * @ends: true if the subscriber's end callback will call mmn_verdict_end()
 * @path: cached call path from @frame to the call site
 * @seq: mmn_event_seq() of the callback of a range; 0 for another subscriber
 * @home: home slot of the running task, for a range
 */
struct mmn_query {
	const unsigned long *frame;
	const void *object;
	bool ends;
	struct mmn_call_path *path;
	unsigned long seq;
	struct mmn_event *home;
};

/**
 * struct mmn_lookup - state of the classification of one event
 * @site: position of the call site; its pc is 0 if unknown
 * @row: row of the call site in the site table
 * @class: enum mmn_class of @row
 * @trust: bits of the context from mmn_census_trust()
 * @needs: mask of MMN_NEED_*, the inputs of the rules of @class
 * @in_hook: true in the hook
 * @late: true at the end of the event: the verdict is not verified, and a missing record
 *	is not counted
 * @walked: true if the verdict needed the stack
 */
struct mmn_lookup {
	struct mmn_frame_pos site;
	unsigned int row;
	unsigned int class;
	u32 trust;
	u32 needs;
	bool in_hook;
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
/* The verdict goes by value, so that callers can keep it in registers. */
void mmn_verdict_trace(const struct mmu_notifier_range *range, struct mmn_verdict v,
		       unsigned long site);
void mmn_verdict_verify(unsigned long site, unsigned int row, struct mmn_verdict v);
void mmn_verdict_verify_copy(unsigned long site, struct mmn_verdict v);

/*
 * Has to be inlined into the function that the kernel calls, or that a driver's callback
 * calls: @path starts at the frame of that function. Returned by value, so that it can
 * stay in registers.
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
	/* For all other events the kernel leaves the member uninitialized. */
	if (event != MMNOTIFY_MIGRATE && event != MMNOTIFY_EXCLUSIVE)
		return NULL;
	if (range->event != MMU_NOTIFY_MIGRATE &&
	    range->event != MMN_NOTIFY_EXCLUSIVE)
		return NULL;
	return mmn_range_owner(range);
}

/* Stores each member once: zeroing the structure first would double the cost. */
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
	/* Fails when a member is added: set it above. */
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

/* Saves the verdict for the end. Return: true if the caller has to count the event. */
static __always_inline bool mmn_verdict_keep(const struct mmu_notifier_range *range,
					     struct mmn_query query, unsigned long site,
					     const struct mmn_verdict *v)
{
	/* A non-blockable start may fail and then has no end. */
	bool ends = query.ends && mmu_notifier_range_blockable(range);
	struct mmn_event_identity e MMN_UNINIT;

	mmn_verdict_identify(range, &e);
	return mmn_event_keep(query.seq ? query.home : mmn_event_home(current), &e, site, v,
			      query.object, ends, query.seq);
}

/* Return: false if the slow path is needed; nothing was changed then. */
static __always_inline bool mmn_verdict_start_fast(const struct mmu_notifier_range *range,
						   struct mmn_query query,
						   struct mmnotify_info *info)
{
	struct mmn_verdict v MMN_UNINIT;
	struct mmn_lookup s MMN_UNINIT;
	const struct mmn_site *known;
	struct mmn_frame_pos at;
	u32 site, bits;

	if (unlikely(!mmn_call_path_site(query.path, query.frame, &s.site.pc, &known)))
		return false;
	site = mmn_rule_cache_site(known->row, range->event);
	if (unlikely(!mmn_rule_cache_find(mmn_context_key(range, site, known->needs,
							  known->trust, &bits), &v)))
		return false;
	s.walked = v.event == MMN_RULE_CACHE_NEEDS_STACK;
	if (unlikely(s.walked)) {
		at = mmn_call_path_pos(query.path, query.frame);
		if (!mmn_last_walk_find(&at, site, bits, &v))
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
 * mmn_verdict_follow() - get the verdict in the callback of a range that follows
 * @range: the kernel's range
 * @home: home slot of the running task, for which mmn_event_may_follow() is true
 * @node: node of the range in the kernel's tree
 * @seq: sequence that the kernel passed to the callback
 * @ends: true if mmn_verdict_end() will be called for the range
 * @info: filled with the verdict, every member, if the range follows
 *
 * A copy is verified, too, since that of another event would be a fault of mmnotify.
 *
 * Context: As mmn_verdict_start().
 * Return: true if the range follows; false if it has to lead, and nothing was changed.
 */
static __always_inline bool mmn_verdict_follow(const struct mmu_notifier_range *range,
					       struct mmn_event *home,
					       const struct interval_tree_node *node,
					       unsigned long seq, bool ends,
					       struct mmnotify_info *info)
{
	struct mmn_event_identity e MMN_UNINIT;
	struct mmn_verdict v MMN_UNINIT;
	unsigned long site;

	if (static_branch_unlikely(&mmn_verdict_hooked))
		return false;
	mmn_verdict_identify(range, &e);
	if (!mmn_event_follow(home, &e, node, seq, &site, &v))
		return false;
	if (unlikely(ends) && mmu_notifier_range_blockable(range))
		mmn_event_join(home, &e, node);
	if (mmn_verify_on())
		mmn_verdict_verify_copy(site, v);
	mmn_verdict_fill(range, &v, site, info);
	return true;
}

/**
 * mmn_verdict_start() - get the verdict in a start callback
 * @range: the kernel's range
 * @query: callback, from mmn_verdict_query()
 * @info: filled with the verdict, every member
 *
 * Context: A notifier's start callback, in the task that invalidates.
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
	 * The slow paths take a pointer, so copy the query to memory here and not earlier.
	 * Do not pass it by value. It would be passed on the stack, and some compilers then
	 * realign the frame: its distance to the caller's frame would not be fixed.
	 */
	copy = query;
	if (static_branch_unlikely(&mmn_verdict_hooked))
		mmn_verdict_start_recorded(range, &copy, info);
	else
		mmn_verdict_start_slow(range, &copy, info);
}

/**
 * mmn_verdict_end() - get the verdict in an end callback
 * @range: the kernel's range
 * @info: filled with the verdict, every member; the same as at the start, unless the
 *	saved verdict was overwritten
 *
 * Context: A notifier's end callback, in the task that invalidates.
 */
static __always_inline void
mmn_verdict_end(const struct mmu_notifier_range *range, struct mmnotify_info *info)
{
	struct mmn_event_identity e MMN_UNINIT;
	struct mmn_verdict v MMN_UNINIT;
	unsigned long site;

	mmn_verdict_identify(range, &e);
	if (likely(mmn_event_end(&e, &site, &v)))
		mmn_verdict_fill(range, &v, site, info);
	else
		mmn_verdict_end_slow(range, info);
}

#endif /* MMN_VERDICT_FAST_H */
