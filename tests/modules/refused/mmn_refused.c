// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * refused: a whole mm with a filter and end(), and a start without an end. Kernels before
 * v5.12 call no end if a notifier refuses an event that may not block; later ones do. So a
 * native notifier beside the object passes each event on to it once more, with a copy of
 * the range that is at the same address each time: the first one may not block and has no
 * end. The results go to the kernel log as TAP.
 */
#define pr_fmt(fmt) "TAP: " fmt

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <mmnotify/mmnotify.h>

#include "../common/tap.h"

static struct mmnotify_client client = { .name = "refused", .owner = THIS_MODULE };

/* Its callbacks count the events of [addr, addr + PAGE_SIZE). */
static struct mmnotify_mm *object;
static unsigned long addr;
static unsigned int starts, ends;

/* Calls that the native notifier passes on at the next event of that page. */
static enum { NOTHING, START_ALONE, BOTH } pass;
static unsigned int passed;
static struct mmu_notifier_range copy;

/* A larger range may have the page, too: the first access to a GiB splits it on RHEL 8.6. */
static bool is_ours(unsigned long start, unsigned long end)
{
	return start >= addr && end <= addr + PAGE_SIZE;
}

static void mmn_refused_start(struct mmnotify_mm *m, const struct mmnotify_info *info)
{
	starts += is_ours(info->start, info->end);
}

static void mmn_refused_end(struct mmnotify_mm *m, const struct mmnotify_info *info)
{
	ends += is_ours(info->start, info->end);
}

static struct mmnotify_mm *mmn_refused_alloc(struct mm_struct *mm)
{
	return kzalloc(sizeof(struct mmnotify_mm), GFP_KERNEL) ?: ERR_PTR(-ENOMEM);
}

static void mmn_refused_free(struct mmnotify_mm *m)
{
	kfree(m);
}

static const struct mmnotify_mm_ops ops = {
	.effects = MMNOTIFY_FX_VMA_GONE,
	.start = mmn_refused_start,
	.end = mmn_refused_end,
	.alloc = mmn_refused_alloc,
	.free = mmn_refused_free,
};

static int mmn_refused_native_start(struct mmu_notifier *mn,
				    const struct mmu_notifier_range *range)
{
	if (pass == NOTHING || !is_ours(range->start, range->end))
		return 0;
	copy = *range;
	if (pass == START_ALONE)
		copy.flags &= ~MMU_NOTIFIER_RANGE_BLOCKABLE;
	passed++;
	return object->mn.ops->invalidate_range_start(&object->mn, &copy);
}

static void mmn_refused_native_end(struct mmu_notifier *mn,
				   const struct mmu_notifier_range *range)
{
	if (pass == BOTH && is_ours(range->start, range->end))
		object->mn.ops->invalidate_range_end(&object->mn, &copy);
}

static const struct mmu_notifier_ops native_ops = {
	.invalidate_range_start = mmn_refused_native_start,
	.invalidate_range_end = mmn_refused_native_end,
};

static struct mmu_notifier native = { .ops = &native_ops };

/* A write to the zero page is a copy-on-write event, which the filter drops. */
static void copy_on_write(void)
{
	int word;

	addr = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	starts = 0;
	ends = 0;
	passed = 0;
	if (get_user(word, (int __user *)addr) || word || put_user(1, (int __user *)addr))
		pr_info("writing to the page failed\n");
}

static void unmap(void)
{
	starts = 0;
	ends = 0;
	passed = 0;
	vm_munmap(addr, PAGE_SIZE);
}

static void test_start_alone(void)
{
	copy_on_write();
	expect("req 18: a filter drops the start and the end of a copy-on-write event",
	       starts + ends, 0);
	vm_munmap(addr, PAGE_SIZE);
	addr = map_pages(1);
	unmap();
	expect("req 10: munmap is one start and one end", starts == 1 && ends == 1, 1);

	pass = START_ALONE;
	copy_on_write();
	expect("req 8: a non-blockable start without an end is passed on", passed, 1);
	pass = BOTH;
	unmap();
	expect("the next event at the same address is passed on", passed, 1);
	expect("req 10: each start at this address has an end", starts == 2 && ends == 2, 1);
	pass = NOTHING;
}

/* More events than an object has slots for. */
static void test_many(void)
{
	unsigned int i, heard = 0, pairs = 0;

	for (i = 0; i < 64; i++) {
		pass = BOTH;
		copy_on_write();
		heard += starts + ends;
		pass = NOTHING;
		unmap();
		pairs += starts == 1 && ends == 1;
	}
	expect("req 10, 18: a filter drops the starts and the ends of 64 events", heard, 0);
	expect("req 10: each of 64 munmaps is one start and one end", pairs, 64);
}

static int __init refused_init(void)
{
	int ret = mmnotify_register(&client);

	if (ret)
		return ret;
	object = mmnotify_mm_get(&client, current->mm, &ops);
	if (IS_ERR(object)) {
		mmnotify_unregister(&client);
		return PTR_ERR(object);
	}
	expect("register a native notifier on the same mm",
	       mmu_notifier_register(&native, current->mm), 0);
	test_start_alone();
	test_many();
	mmu_notifier_unregister(&native, current->mm);
	mmnotify_mm_put(object);
	mmnotify_synchronize(&client);
	expect("unregister the client", mmnotify_unregister(&client), 0);
	pr_info("1..%u\n", tap_nr);
	return tap_failed ? -EPROTO : 0;
}
module_init(refused_init);

static void __exit refused_exit(void)
{
}
module_exit(refused_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Test of mmnotify: a start without an end");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
