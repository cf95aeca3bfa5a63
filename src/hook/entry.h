/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * Entry points of the backends. While the hook is attached they run for each event of
 * every mm that has a notifier, so all of it is inlined.
 */
#ifndef MMN_HOOK_ENTRY_H
#define MMN_HOOK_ENTRY_H

#include "drivers/probes.h"
#include "process.h"
#include "stats.h"
#include "verdict/verdict.h"

/**
 * mmn_hook_start() - handle the start of an event
 * @range: the kernel's range
 * @site: return address into the function that announces the event
 * @sp: stack address of the word above @site; 0 if unknown; only a hint
 * @bp: frame pointer of the call site; only a hint
 *
 * Context: Entry of __mmu_notifier_invalidate_range_start(). Must not sleep or allocate.
 */
static __always_inline void mmn_hook_start(const struct mmu_notifier_range *range,
					   unsigned long site, unsigned long sp,
					   unsigned long bp)
{
	mmn_stats_inc(MMN_STAT_HOOK_START);
	mmn_verdict_start_in_hook(range, site, sp, bp);
}

/**
 * mmn_hook_end() - handle the end of an event
 * @range: the kernel's range
 * @site: return address into the function that announces the end
 * @sp: stack address of the word above @site; 0 if unknown; only a hint
 * @bp: frame pointer of that function; only a hint
 *
 * Context: Entry of __mmu_notifier_invalidate_range_end(), before it calls the notifiers.
 * As mmn_hook_start().
 */
static __always_inline void mmn_hook_end(const struct mmu_notifier_range *range,
					 unsigned long site, unsigned long sp,
					 unsigned long bp)
{
	mmn_stats_inc(MMN_STAT_HOOK_END);
	mmn_verdict_end_in_hook(range, site, sp, bp);
}

/**
 * mmn_hook_register() - an mm gets a notifier
 * @mn: the notifier; NULL if the mm is set up for ranges
 * @mm: the mm
 *
 * Context: Entry of __mmu_notifier_register(). As mmn_hook_start().
 */
static __always_inline void mmn_hook_register(const struct mmu_notifier *mn,
					      const struct mm_struct *mm)
{
	if (static_branch_unlikely(&mmn_verdict_watching))
		mmn_process_register(mm);
	mmn_probes_register(mn);
}

/**
 * mmn_hook_release() - an mm is torn down
 * @mm: the mm
 *
 * Context: Entry of __mmu_notifier_release(), before it calls the notifiers. As
 * mmn_hook_start().
 */
static __always_inline void mmn_hook_release(struct mm_struct *mm)
{
	if (static_branch_unlikely(&mmn_verdict_watching))
		mmn_verdict_show_release(mm);
}

#endif /* MMN_HOOK_ENTRY_H */
