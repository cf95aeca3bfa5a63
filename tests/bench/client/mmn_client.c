// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_client: each way to use mmnotify, with empty callbacks, to measure the cost of
 * mmnotify alone, in comparison with mmn_native.
 */
#include <mmnotify/mmnotify.h>

#include "empty.h"
#include "whole.h"

static struct mmnotify_client client = {
	.name = "bench",
	.owner = THIS_MODULE,
};

/* ---- tier 1: a native notifier that classifies ---- */

/* Written so that the compiler keeps the verdict. */
static u32 seen_effects;

static int tier1_start(struct mmu_notifier *mn,
		       const struct mmu_notifier_range *range)
{
	struct mmnotify_info info;

	mmnotify_classify(range, &info);
	WRITE_ONCE(seen_effects, info.effects);
	return 0;
}

static const struct mmu_notifier_ops tier1_ops = {
	.invalidate_range_start = tier1_start,
	.invalidate_range_end = whole_end,
};

static void *attach_tier1(struct mm_struct *mm)
{
	return attach_whole(mm, &tier1_ops);
}

/* ---- a range ---- */

static void *attach_range(struct mm_struct *mm)
{
	struct mmnotify_range *r = kzalloc(sizeof(*r), GFP_KERNEL);
	int ret;

	if (!r)
		return ERR_PTR(-ENOMEM);
	ret = mmnotify_range_insert(&client, r, mm, 0, ALL_ADDRESSES,
				    &range_ops);
	if (ret) {
		kfree(r);
		return ERR_PTR(ret);
	}
	return r;
}

static void detach_range(void *object)
{
	WARN_ON(mmnotify_range_remove(object));
	kfree(object);
}

/* ---- a whole mm ---- */

static void mm_end(struct mmnotify_mm *m, const struct mmnotify_info *info)
{
}

static const struct mmnotify_mm_ops mm_ops = {
	.start = mm_start,
	.end = mm_end,
	.alloc = mm_alloc_object,
	.free = mm_free_object,
};

static const struct mmnotify_mm_ops mm_start_only_ops = {
	.start = mm_start,
	.alloc = mm_alloc_object,
	.free = mm_free_object,
};

static void *attach_mm(struct mm_struct *mm)
{
	return mmnotify_mm_get(&client, mm, &mm_ops);
}

static void *attach_mm_start(struct mm_struct *mm)
{
	return mmnotify_mm_get(&client, mm, &mm_start_only_ops);
}

static void detach_mm(void *object)
{
	mmnotify_mm_put(object);
}

static struct attacher attachers[] = {
	ATTACHER("bench_tier1", tier1, whole),
	ATTACHER("bench_range", range, range),
	ATTACHER("bench_mm", mm, mm),
	ATTACHER("bench_mm_start", mm_start, mm),
};

static int __init mmn_bench_init(void)
{
	int ret = mmnotify_register(&client);

	if (ret)
		return ret;
	ret = bench_register(attachers, ARRAY_SIZE(attachers));
	if (ret)
		mmnotify_unregister(&client);
	return ret;
}
module_init(mmn_bench_init);

static void __exit mmn_bench_exit(void)
{
	bench_unregister(attachers, ARRAY_SIZE(attachers));
	mmnotify_synchronize(&client);
	mmnotify_unregister(&client);
}
module_exit(mmn_bench_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Empty mmnotify clients, for the benchmark");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
