/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_VERDICT_H
#define MMN_VERDICT_H

#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#include <linux/static_key.h>
#include <linux/types.h>

#include "compat/compat.h"
#include "record.h"

/* Does anybody watch who is no client? Then the hook judges at once. */
DECLARE_STATIC_KEY_FALSE(mmn_verdict_watching);

bool mmn_verdict_is_watched(void);
void mmn_verdict_set_watched(bool on);
void mmn_verdict_set_recheck(bool on);
void mmn_verdict_set_hooked(bool on);
void mmn_verdict_show_start(const struct mmu_notifier_range *range,
			    struct mmn_record *rec);
void mmn_verdict_show_end(const struct mmu_notifier_range *range);
bool mmn_verdict_in_callback(const struct mm_struct *mm, const char *what,
			     const void *caller);

static inline unsigned long mmn_verdict_key(const struct mmu_notifier_range *range)
{
	return mmn_record_key(range, mmu_notifier_range_blockable(range));
}

static inline u64 mmn_verdict_id(const struct mmu_notifier_range *range)
{
	return mmn_record_id(range->mm, current, range->start, range->end);
}

/**
 * mmn_verdict_start_in_hook() - an invalidation begins
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
mmn_verdict_start_in_hook(const struct mmu_notifier_range *range, unsigned long site,
			  unsigned long sp, unsigned long bp)
{
	u64 id = mmn_verdict_id(range);
	struct mmn_record *rec;

	rec = mmn_record_open(mmn_verdict_key(range), id, site);
	mmn_record_place(rec, id, sp, bp);
	if (static_branch_unlikely(&mmn_verdict_watching))
		mmn_verdict_show_start(range, rec);
}

/**
 * mmn_verdict_end_in_hook() - an invalidation is over
 * @range: the range
 *
 * Runs before the notifiers hear of it, so the record stays readable for them.
 *
 * Context: The hook.
 */
static __always_inline void
mmn_verdict_end_in_hook(const struct mmu_notifier_range *range)
{
	if (static_branch_unlikely(&mmn_verdict_watching))
		mmn_verdict_show_end(range);
	mmn_record_close(mmn_verdict_key(range));
}

#endif /* MMN_VERDICT_H */
