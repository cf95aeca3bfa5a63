// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_told: a bare notifier of a whole mm. It calls a function with the range that the kernel tells
 * it, and nothing else, so that a probe on that function shows what an observer should have seen.
 */
#include "whole.h"

void mmn_told(unsigned long start, unsigned long end);

noinline void mmn_told(unsigned long start, unsigned long end)
{
	/* Keeps the call and its arguments. */
	asm volatile("" : : "r" (start), "r" (end));
}

static int mmn_told_start(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	mmn_told(range->start, range->end);
	return 0;
}

static const struct mmu_notifier_ops told_ops = {
	.invalidate_range_start = mmn_told_start,
	.invalidate_range_end = whole_end,
};

static void *attach_told(struct mm_struct *mm)
{
	return attach_whole(mm, &told_ops);
}

static struct attacher attachers[] = {
	ATTACHER("mmn_told", told, whole),
};

static int __init mmn_told_init(void)
{
	return bench_register(attachers, ARRAY_SIZE(attachers));
}
module_init(mmn_told_init);

static void __exit mmn_told_exit(void)
{
	bench_unregister(attachers, ARRAY_SIZE(attachers));
}
module_exit(mmn_told_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("A bare notifier that shows what it is told, for tests");
MODULE_LICENSE("GPL");
