/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_JUDGE_H
#define MMN_JUDGE_H

#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#include <linux/static_key.h>
#include <linux/types.h>

#include "compat/compat.h"
#include "record.h"

/* Does anybody watch who is no client? Then the hook judges at once. */
DECLARE_STATIC_KEY_FALSE(mmn_judge_watching);

bool mmn_judge_watched(void);
void mmn_judge_watch(bool on);
void mmn_judge_confirm(bool on);
void mmn_judge_by_hook(bool on);
void mmn_judge_show_start(const struct mmu_notifier_range *range,
			  struct mmn_record *rec);
void mmn_judge_show_end(const struct mmu_notifier_range *range);
bool mmn_judge_in_callback(const struct mm_struct *mm, const char *what,
			   const void *caller);

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

#endif /* MMN_JUDGE_H */
