// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_optional_user: a driver with a native notifier that uses mmnotify only if it is
 * present when the driver is loaded. Results go to the kernel log as TAP; parameter
 * "there" selects the expected results.
 */
#define pr_fmt(fmt) "TAP: " fmt

#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/sched.h>

#include <mmnotify/mmnotify_optional.h>

#include "../common/tap.h"

static bool there;
module_param(there, bool, 0400);
MODULE_PARM_DESC(there, "mmnotify is loaded, so expect its verdicts");

static unsigned int calls;
static struct mmnotify_optional optional;
static struct mmnotify_info seen;

static struct mmnotify_client mmn_optional_client = {
	.name = "optional",
	.owner = THIS_MODULE,
};

static bool mmn_optional_invalidate(struct mmu_interval_notifier *mni,
				    const struct mmu_notifier_range *range,
				    unsigned long seq)
{
	mmu_interval_set_seq(mni, seq);
	mmnotify_optional_classify(&optional, range, &seen);
	calls++;
	return true;
}

static const struct mmu_interval_notifier_ops native_ops = {
	.invalidate = mmn_optional_invalidate,
};

static void test_munmap(void)
{
	unsigned long addr = map_pages(1);
	struct mmu_interval_notifier mni = { };

	expect("insert", mmu_interval_notifier_insert(&mni, current->mm, addr,
						      PAGE_SIZE, &native_ops), 0);
	vm_munmap(addr, PAGE_SIZE);
	mmu_interval_notifier_remove(&mni);
	expect("one munmap is one callback", calls, 1);
	expect("the native event is UNMAP", seen.native, MMNOTIFY_UNMAP);
	expect("the verdict is exact only with mmnotify",
	       !!(seen.flags & MMNOTIFY_F_EXACT), there);
	expect("the event is UNMAP, or CLEAR without mmnotify", seen.event,
	       there ? MMNOTIFY_UNMAP : MMNOTIFY_CLEAR);
	expect("the cause is MUNMAP, or UNKNOWN without mmnotify", seen.cause,
	       there ? MMNOTIFY_CAUSE_MUNMAP : MMNOTIFY_CAUSE_UNKNOWN);
	expect("the event has the effect VMA_GONE",
	       !!(seen.effects & MMNOTIFY_FX_VMA_GONE), 1);
}

static int __init mmn_optional_init(void)
{
	expect("get", mmnotify_optional_get(&optional, &mmn_optional_client),
	       there ? 0 : -ENOENT);
	test_munmap();
	pr_info("1..%u\n", tap_nr);
	return 0;
}
module_init(mmn_optional_init);

static void __exit mmn_optional_exit(void)
{
	mmnotify_optional_put(&optional);
}
module_exit(mmn_optional_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Test of mmnotify: a driver that uses it only if it is present");
MODULE_LICENSE("GPL");
