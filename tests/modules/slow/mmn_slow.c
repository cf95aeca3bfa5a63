// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_slow: three drivers whose callbacks take a known time. Two have a notifier of the whole mm,
 * of which the first sleeps, and the third a notifier of a range, which sleeps, too. A fourth
 * driver stands for an IOMMU: its devices use the page tables of the process. Where the kernel has
 * two passes a fifth one has a range with both, of which the second sleeps.
 */
#include <linux/delay.h>
#include <linux/slab.h>

#include "whole.h"

static unsigned int sleep_ms = 20;
module_param(sleep_ms, uint, 0644);
MODULE_PARM_DESC(sleep_ms, "how long mmn_slow_start() sleeps, in ms");

static unsigned int range_ms = 5;
module_param(range_ms, uint, 0644);
MODULE_PARM_DESC(range_ms, "how long mmn_slow_invalidate() sleeps, in ms");

static void sleep(const struct mmu_notifier_range *range, unsigned int ms)
{
	if (mmu_notifier_range_blockable(range))
		usleep_range(ms * 1000, ms * 1000 + 10);
}

static int mmn_slow_start(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	sleep(range, sleep_ms);
	return 0;
}

static void mmn_slow_release(struct mmu_notifier *mn, struct mm_struct *mm)
{
	msleep(sleep_ms);
}

static int mmn_slow_quick(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	return 0;
}

/* Under locks, and with interrupts off. */
static void mmn_slow_flush(struct mmu_notifier *mn, struct mm_struct *mm, unsigned long start,
			   unsigned long end)
{
}

static bool mmn_slow_invalidate(struct mmu_interval_notifier *mni,
				const struct mmu_notifier_range *range, unsigned long seq)
{
	mmu_interval_set_seq(mni, seq);
	sleep(range, range_ms);
	return true;
}

#ifdef TWO_PASS
static void mmn_slow_second(struct mmu_interval_notifier_finish *finish)
{
	msleep(range_ms);
	kfree(finish);
}

/* Without memory, or if the event may not sleep, one pass does. */
static bool mmn_slow_first(struct mmu_interval_notifier *mni,
			   const struct mmu_notifier_range *range, unsigned long seq,
			   struct mmu_interval_notifier_finish **finish)
{
	mmu_interval_set_seq(mni, seq);
	if (mmu_notifier_range_blockable(range))
		*finish = kzalloc(sizeof(**finish), GFP_KERNEL);
	return true;
}

static const struct mmu_interval_notifier_ops two_ops = {
	.invalidate = mmn_slow_invalidate,
	.invalidate_start = mmn_slow_first,
	.invalidate_finish = mmn_slow_second,
};
#endif

static const struct mmu_notifier_ops slow_ops = {
	.invalidate_range_start = mmn_slow_start,
	.release = mmn_slow_release,
};

static const struct mmu_notifier_ops quick_ops = {
	.invalidate_range_start = mmn_slow_quick,
	.invalidate_range_end = whole_end,
};

static const struct mmu_notifier_ops iommu_ops = {
#ifdef SECONDARY_TLBS
	.arch_invalidate_secondary_tlbs = mmn_slow_flush,
#else
	.invalidate_range = mmn_slow_flush,
#endif
};

static const struct mmu_interval_notifier_ops range_ops = {
	.invalidate = mmn_slow_invalidate,
};

static void *attach_slow(struct mm_struct *mm)
{
	return attach_whole(mm, &slow_ops);
}

static void *attach_quick(struct mm_struct *mm)
{
	return attach_whole(mm, &quick_ops);
}

static void *attach_iommu(struct mm_struct *mm)
{
	return attach_whole(mm, &iommu_ops);
}

static void *attach_interval(struct mm_struct *mm, const struct mmu_interval_notifier_ops *ops)
{
	struct mmu_interval_notifier *mni = kzalloc(sizeof(*mni), GFP_KERNEL);
	int ret;

	if (!mni)
		return ERR_PTR(-ENOMEM);
	/* The upper half, where programs have what they map. */
	ret = mmu_interval_notifier_insert(mni, mm, 1UL << 46, 1UL << 46, ops);
	if (ret) {
		kfree(mni);
		return ERR_PTR(ret);
	}
	return mni;
}

static void *attach_range(struct mm_struct *mm)
{
	return attach_interval(mm, &range_ops);
}

#ifdef TWO_PASS
static void *attach_two(struct mm_struct *mm)
{
	return attach_interval(mm, &two_ops);
}
#endif

static void detach_range(void *object)
{
	mmu_interval_notifier_remove(object);
	kfree(object);
}

static struct attacher attachers[] = {
	ATTACHER("mmn_slow", slow, whole),
	ATTACHER("mmn_quick", quick, whole),
	ATTACHER("mmn_slow_range", range, range),
	ATTACHER("mmn_slow_iommu", iommu, whole),
#ifdef TWO_PASS
	ATTACHER("mmn_slow_two", two, range),
#endif
};

static int __init mmn_slow_init(void)
{
	return bench_register(attachers, ARRAY_SIZE(attachers));
}
module_init(mmn_slow_init);

static void __exit mmn_slow_exit(void)
{
	bench_unregister(attachers, ARRAY_SIZE(attachers));
}
module_exit(mmn_slow_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Bare notifiers that take a known time, for tests");
MODULE_LICENSE("GPL");
