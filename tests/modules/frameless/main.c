// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_frameless: a driver's functions without frame pointers between an event and what its
 * verdict rests on. With frame pointers as the kernel's unwinder, the caller of such a function
 * is missing from the stack: the verdict must not be exact, and never that of another event.
 * With ORC nothing is missing. Tests in the mm of its loader; results as TAP in the kernel log.
 */
#define pr_fmt(fmt) "TAP: " fmt

#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/sched/mm.h>

#include <mmnotify/mmnotify.h>

#include "driver.h"
#include "tap.h"

static const bool is_exact = !IS_ENABLED(CONFIG_UNWINDER_FRAME_POINTER) &&
			     !IS_ENABLED(CONFIG_ARM64);

/* The driver that classifies, and an event that a callback causes inside the first one. */
static const struct driver *asker;
static struct address_space *inside;
static unsigned long outer_addr, inner_addr;
static struct mmnotify_info outer, inner;

static bool has(const struct mmu_notifier_range *range, unsigned long addr)
{
	return range->start <= addr && addr < range->end;
}

static int mmn_frameless_start(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	if (inner_addr && has(range, inner_addr)) {
		asker->classify(range, &inner);
	} else if (has(range, outer_addr)) {
		(inside ? &framed : asker)->classify(range, &outer);
		if (inside)
			unmap_mapping_range(inside, 0, PAGE_SIZE, 1);
	}
	return 0;
}

static const struct mmu_notifier_ops ops = { .invalidate_range_start = mmn_frameless_start };

static struct mmu_notifier notifier = { .ops = &ops };

static void expect_exact(const char *what, const struct mmnotify_info *info, bool exact)
{
	expect(what, !!(info->flags & MMNOTIFY_F_EXACT), exact);
	expect("- its effects are all that an unmap may have", info->effects, MMNOTIFY_FX_ALL);
}

/* The cause of an munmap() by a driver is found on the stack, behind the driver's function. */
static void test_munmap(const char *what, const struct driver *calls, const struct driver *asks,
			bool exact)
{
	unsigned int i;

	asker = asks;
	/* The first ones teach the address cache. */
	for (i = 0; i < 3; i++) {
		memset(&outer, 0, sizeof(outer));
		outer_addr = map_pages(1);
		calls->munmap(outer_addr);
	}
	expect_exact(what, &outer, exact);
	if (exact)
		expect("- its cause is munmap", outer.cause, MMNOTIFY_CAUSE_MUNMAP);
}

/* An event inside the callback of another one, whose call site lies further out. */
static void test_inside(const char *what, const struct driver *asks, bool exact)
{
	struct vm_area_struct *vma;

	asker = asks;
	outer_addr = map_pages(1);
	inner_addr = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, 0);
	if (put_user(1, (int __user *)inner_addr))
		pr_info("# writing to a page of the test failed\n");
	mmap_read_lock(current->mm);
	vma = find_vma(current->mm, inner_addr);
	inside = vma->vm_file->f_mapping;
	mmap_read_unlock(current->mm);
	framed.munmap(outer_addr);
	inside = NULL;
	expect(what, inner.site && inner.site == outer.site, false);
	expect("- it is exact if no frame is missing", !!(inner.flags & MMNOTIFY_F_EXACT), exact);
	framed.munmap(inner_addr);
	inner_addr = 0;
}

static int __init frameless_init(void)
{
	int ret = mmu_notifier_register(&notifier, current->mm);

	if (ret)
		return ret;
	test_munmap("two drivers with frames", &framed, &framed, true);
	test_munmap("a driver without frames unmaps", &frameless, &framed, is_exact);
	test_munmap("a driver without frames classifies", &framed, &frameless, is_exact);
	test_inside("an event inside another one has a call site of its own", &framed, true);
	test_inside("also if the driver has no frames", &frameless, is_exact);
	mmu_notifier_unregister(&notifier, current->mm);
	pr_info("1..%u\n", tap_nr);
	return tap_failed ? -EIO : 0;
}
module_init(frameless_init);

static void __exit frameless_exit(void)
{
}
module_exit(frameless_exit);

MMNOTIFY_IMPORT_NS();
MODULE_DESCRIPTION("Functions without frames, for mmnotify's tests");
MODULE_LICENSE("GPL");
