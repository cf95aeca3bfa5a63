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

#include "classify.h"
#include "compat/compat.h"
#include "context.h"
#include "inflight.h"
#include "judge.h"
#include "memo.h"
#include "sitenames.h"
#include "sites.h"
#include "stats.h"
#include "steps.h"
#include "trace.h"
#include "trail.h"
#include "verify.h"
#include "walk.h"

/* There are records to be found. */
DECLARE_STATIC_KEY_FALSE(mmn_judge_hooked);

/**
 * struct mmn_asker - whose callback wants a verdict
 * @frame: of that, on the stack
 * @object: one that hears of each event once
 * @ends: it hears of the end, too, and will ask mmn_judge_end()
 */
struct mmn_asker {
	const unsigned long *frame;
	const void *object;
	bool ends;
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
void mmn_judge_over(const struct mmu_notifier_range *range,
		    const struct mmn_asker *asker);
/* By value: who calls them need not have the verdict in memory. */
void mmn_judge_trace(const struct mmu_notifier_range *range, struct mmn_verdict v,
		     unsigned long site);
void mmn_judge_verify(unsigned long site, unsigned int row, struct mmn_verdict v);

/* For the kernel's own callback, or what the driver's calls: @asker asks from there. */
static __always_inline void mmn_judge_ask(struct mmn_asker *asker, const void *object,
					  bool ends)
{
	asker->frame = __builtin_frame_address(0);
	asker->object = object;
	asker->ends = ends;
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

/* For the first who finds it out. */
static __always_inline void mmn_judge_tell(const struct mmu_notifier_range *range,
					   const struct mmn_sight *s,
					   const struct mmn_verdict *v)
{
	if (s->site.pc)
		mmn_sites_note(s->site.pc, s->row);
	mmn_judge_publish(range, v, s);
}

static __always_inline void mmn_judge_set_inflight(const struct mmu_notifier_range *range,
						   struct mmn_inflight_event *e)
{
	e->task = current;
	e->range = (unsigned long)range;
	e->top = mmn_steps_top();
	e->id = mmn_judge_id(range);
}

/* Kept for the end; counted by the first who finds it out. */
static __always_inline void mmn_judge_keep(const struct mmu_notifier_range *range,
					   const struct mmn_asker *asker,
					   const struct mmn_sight *s,
					   const struct mmn_verdict *v)
{
	/* What may not block may have no end. */
	bool ends = asker->ends && mmu_notifier_range_blockable(range);
	struct mmn_inflight_event e MMN_UNINIT;

	mmn_judge_set_inflight(range, &e);
	if (mmn_inflight_keep(&e, s->site.pc, v, asker->object, ends))
		mmn_judge_tell(range, s, v);
}

/* Return: the site; NULL if the steps do not lead to one that has a row. */
static __always_inline const struct mmn_site *
mmn_judge_find_site(const struct mmu_notifier_range *range, struct mmn_steps *steps)
{
	const struct mmn_site *known;

	if (range->event == MMU_NOTIFY_RELEASE || !mmn_walk_allowed())
		return NULL;
	known = mmn_steps_to_site(steps);
	return known && known->row != MMN_SITE_UNKNOWN ? known : NULL;
}

/* Return: false if it takes more; nothing is done then. */
static __always_inline bool mmn_judge_at_once(const struct mmu_notifier_range *range,
					      const struct mmn_asker *asker,
					      struct mmnotify_info *info)
{
	const struct mmn_site *known;
	struct mmn_steps steps;
	struct mmn_verdict v;
	struct mmn_sight s;
	u32 bits;

	mmn_steps_begin_from(&steps, asker->frame);
	known = mmn_judge_find_site(range, &steps);
	if (unlikely(!known || !mmn_memo_find(mmn_context_key(range, known->class,
							      known->wants, &bits), &v)))
		return false;
	s.walked = v.event == MMN_MEMO_ASKS;
	if (unlikely(s.walked) && !mmn_trail_find(&steps.at, known->class, bits, &v))
		return false;
	s.site.pc = steps.at.pc;
	s.row = known->row;
	if (mmn_verify_on())
		mmn_judge_verify(s.site.pc, s.row, v);
	mmn_judge_keep(range, asker, &s, &v);
	mmn_judge_fill(range, &v, s.site.pc, info);
	return true;
}

/**
 * mmn_judge_start() - the verdict for a client's callback
 * @range: the kernel's range
 * @asker: from mmn_judge_ask()
 * @info: filled completely
 *
 * Context: A notifier's start callback, of the task that invalidates.
 */
static __always_inline void
mmn_judge_start(const struct mmu_notifier_range *range,
		const struct mmn_asker *asker, struct mmnotify_info *info)
{
	if (static_branch_unlikely(&mmn_judge_hooked))
		mmn_judge_start_recorded(range, asker, info);
	else if (unlikely(!mmn_judge_at_once(range, asker, info)))
		mmn_judge_start_unseen(range, asker, info);
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
