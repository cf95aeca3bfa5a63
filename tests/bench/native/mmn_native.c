// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_native: the reference of the benchmark, a bare mmu_notifier and a bare
 * mmu_interval_notifier over all addresses, with empty callbacks, without mmnotify.
 */
#include "whole.h"

static int mmn_native_start(struct mmu_notifier *mn,
			    const struct mmu_notifier_range *range)
{
	return 0;
}

static const struct mmu_notifier_ops native_ops = {
	.invalidate_range_start = mmn_native_start,
	.invalidate_range_end = whole_end,
};

static void *attach_native(struct mm_struct *mm)
{
	return attach_whole(mm, &native_ops);
}

#ifndef MMNOTIFY_WITHOUT_RANGES
#include "interval.h"

static void *attach_interval(struct mm_struct *mm)
{
	struct mmu_interval_notifier *mni = kzalloc(sizeof(*mni), GFP_KERNEL);
	int ret;

	if (!mni)
		return ERR_PTR(-ENOMEM);
	ret = mmu_interval_notifier_insert(mni, mm, 0, ALL_ADDRESSES,
					   &interval_ops);
	if (ret) {
		kfree(mni);
		return ERR_PTR(ret);
	}
	return mni;
}

static void detach_interval(void *object)
{
	mmu_interval_notifier_remove(object);
	kfree(object);
}
#endif

static struct attacher attachers[] = {
	ATTACHER("bench_native", native, whole),
#ifndef MMNOTIFY_WITHOUT_RANGES
	ATTACHER("bench_interval", interval, interval),
#endif
};

static int __init mmn_native_init(void)
{
	return bench_register(attachers, ARRAY_SIZE(attachers));
}
module_init(mmn_native_init);

static void __exit mmn_native_exit(void)
{
	bench_unregister(attachers, ARRAY_SIZE(attachers));
}
module_exit(mmn_native_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Bare notifiers, for the benchmark");
MODULE_LICENSE("GPL");
