/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_JUDGE_H
#define MMN_JUDGE_H

#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#include <linux/static_key.h>
#include <linux/types.h>

#include <mmnotify/mmnotify.h>

#include "compat/compat.h"
#include "record.h"

/* Does anybody watch who is no client? Then the hook judges at once. */
DECLARE_STATIC_KEY_FALSE(mmn_judge_watching);
DECLARE_STATIC_KEY_FALSE(mmn_judge_confirming);

bool mmn_judge_watched(void);
void mmn_judge_watch(bool on);
void mmn_judge_confirm(bool on);
void mmn_judge_show_start(const struct mmu_notifier_range *range,
			  struct mmn_record *rec);
void mmn_judge_show_end(const struct mmu_notifier_range *range);
void mmn_judge_event(const struct mmu_notifier_range *range, bool at_end, bool found,
		     struct mmn_seen *seen);

static inline unsigned long mmn_judge_key(const struct mmu_notifier_range *range)
{
	return mmn_record_key(range, mmu_notifier_range_blockable(range));
}

static inline u64 mmn_judge_id(const struct mmu_notifier_range *range)
{
	return mmn_record_id(range->mm, current, range->start, range->end);
}

/**
 * mmn_judge_start_in_hook() - an invalidation begins
 * @range: the range
 * @site: return address into the call site
 * @sp: address of the word behind it on the stack; a hint
 * @bp: the frame pointer there; a hint
 *
 * The record is for those who ask later. For those who watch but are no client the
 * event is judged now.
 *
 * Context: The hook.
 */
static __always_inline void
mmn_judge_start_in_hook(const struct mmu_notifier_range *range, unsigned long site,
			unsigned long sp, unsigned long bp)
{
	u64 id = mmn_judge_id(range);
	struct mmn_record *rec;

	rec = mmn_record_open(mmn_judge_key(range), id, site);
	mmn_record_place(rec, id, sp, bp);
	if (static_branch_unlikely(&mmn_judge_watching))
		mmn_judge_show_start(range, rec);
}

/**
 * mmn_judge_end_in_hook() - an invalidation is over
 * @range: the range
 *
 * Runs before the notifiers hear of it, so the record stays readable for them.
 *
 * Context: The hook.
 */
static __always_inline void
mmn_judge_end_in_hook(const struct mmu_notifier_range *range)
{
	if (static_branch_unlikely(&mmn_judge_watching))
		mmn_judge_show_end(range);
	mmn_record_close(mmn_judge_key(range));
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

static inline void *mmn_judge_owner(const struct mmu_notifier_range *range,
				    unsigned int event)
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
static inline void mmn_judge_fill(const struct mmu_notifier_range *range,
				  const struct mmn_seen *seen,
				  struct mmnotify_info *info)
{
	info->size = sizeof(*info);
	info->event = seen->verdict.event;
	info->cause = seen->verdict.cause;
	info->native = range->event;
	info->rsvd16 = 0;
	info->effects = seen->verdict.effects;
	info->flags = seen->verdict.flags | mmn_judge_flags(range);
	info->rsvd32 = 0;
	info->mm = range->mm;
	info->start = range->start;
	info->end = range->end;
	info->owner = mmn_judge_owner(range, info->event);
	info->site = seen->site.pc;
	memset(info->rsvd, 0, sizeof(info->rsvd));
	/* Nothing is forgotten when members are added. */
	BUILD_BUG_ON(offsetofend(struct mmnotify_info, rsvd) != sizeof(*info));
}

/**
 * mmn_judge_range() - the verdict for a client's callback
 * @range: the kernel's range
 * @at_end: this is the end of an event that was counted at its start
 * @info: filled completely
 *
 * Context: A notifier callback of the task that invalidates.
 */
static __always_inline void mmn_judge_range(const struct mmu_notifier_range *range,
					    bool at_end, struct mmnotify_info *info)
{
	struct mmn_seen seen MMN_UNINIT;
	bool found = mmn_record_read(mmn_judge_key(range), mmn_judge_id(range), at_end,
				     &seen);

	if (!found || !seen.judged || static_branch_unlikely(&mmn_judge_confirming))
		mmn_judge_event(range, at_end, found, &seen);
	mmn_judge_fill(range, &seen, info);
}

#endif /* MMN_JUDGE_H */
