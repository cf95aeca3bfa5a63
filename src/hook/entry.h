/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What runs for each event while the hook is attached, whether or not somebody needs to
 * know of this mm. So all of it is inline in the backends.
 */
#ifndef MMN_HOOK_ENTRY_H
#define MMN_HOOK_ENTRY_H

#include "stats.h"
#include "verdict/verdict.h"

/**
 * mmn_hook_start() - an invalidation begins
 * @range: the kernel's range
 * @site: return address into the function that announces it
 * @sp: address of the word behind @site on the stack, 0 if nobody knows; a hint
 * @bp: the frame pointer there; a hint
 *
 * Context: Entry of the kernel's start function. No sleep, no allocation, no
 * name look-up.
 */
static __always_inline void mmn_hook_start(const struct mmu_notifier_range *range,
					   unsigned long site, unsigned long sp,
					   unsigned long bp)
{
	mmn_stats_inc(MMN_STAT_HOOK_START);
	mmn_verdict_start_in_hook(range, site, sp, bp);
}

/**
 * mmn_hook_end() - an invalidation is over
 * @range: the kernel's range
 *
 * Context: Entry of the kernel's end function, as mmn_hook_start().
 */
static __always_inline void mmn_hook_end(const struct mmu_notifier_range *range)
{
	mmn_stats_inc(MMN_STAT_HOOK_END);
	mmn_verdict_end_in_hook(range);
}

#endif /* MMN_HOOK_ENTRY_H */
