// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_compat_user: a driver of two files that is built without mmnotify (and as
 * mmn_compat_real with it). It runs its tests in the mm of the process that loads
 * it, and leaves a range and an mm object in that mm when the process exits. At
 * unload it checks their callbacks. Results go to the kernel log as TAP.
 */
#define pr_fmt(fmt) "TAP: " fmt

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "compat_user.h"

/* After other includes, because those may include the header without this macro. */
#define MMNOTIFY_COMPAT_IMPLEMENTATION
#include <mmnotify/mmnotify_compat.h>

#include "../common/tap.h"

struct mmnotify_client mmn_compat_client = {
	.name = "compat",
	.owner = THIS_MODULE,
};

void mmn_compat_expect(const char *what, long got, long want)
{
	expect(what, got, want);
}

unsigned long mmn_compat_map(unsigned int pages)
{
	return map_pages(pages);
}

/* ---- objects that are left when the process exits ---- */

static struct mmnotify_range left_range;
static unsigned int range_releases, range_unmaps, mm_releases, mm_late, mm_frees;
static atomic_t range_starts, range_ends;
/* The task that exits. Events of others (reclaim) may reach the mm object after release(). */
static const struct task_struct *releaser;

static bool mmn_compat_left_invalidate(struct mmnotify_range *range,
				       const struct mmnotify_info *info,
				       unsigned long seq)
{
	mmnotify_range_set_seq(range, seq);
	if (mmnotify_blockable(info))
		atomic_inc(&range_starts);
	range_unmaps += range_releases && info->end == ULONG_MAX;
	return true;
}

static void mmn_compat_left_end(struct mmnotify_range *range,
				const struct mmnotify_info *info)
{
	atomic_inc(&range_ends);
}

static void mmn_compat_left_release(struct mmnotify_range *range,
				    unsigned long seq)
{
	mmnotify_range_set_seq(range, seq);
	range_releases++;
}

static const struct mmnotify_range_ops left_range_ops = {
	.invalidate = mmn_compat_left_invalidate,
	.end = mmn_compat_left_end,
	.release = mmn_compat_left_release,
};

static struct mmnotify_mm *mmn_compat_left_alloc(struct mm_struct *mm)
{
	struct mmnotify_mm *m = kzalloc(sizeof(*m), GFP_KERNEL);

	return m ? m : ERR_PTR(-ENOMEM);
}

static void mmn_compat_left_start(struct mmnotify_mm *m,
				  const struct mmnotify_info *info)
{
	mm_late += current == releaser;
}

/* release() is the only callback that may call mmnotify_mm_put(). */
static void mmn_compat_left_mm_release(struct mmnotify_mm *m)
{
	mm_releases++;
	releaser = current;
	mmnotify_mm_put(m);
}

static void mmn_compat_left_free(struct mmnotify_mm *m)
{
	mm_frees++;
	kfree(m);
}

static const struct mmnotify_mm_ops left_mm_ops = {
	.start = mmn_compat_left_start,
	.release = mmn_compat_left_mm_release,
	.alloc = mmn_compat_left_alloc,
	.free = mmn_compat_left_free,
};

static void leave_behind(void)
{
	struct mmnotify_mm *m;

	mmn_compat_expect("exit: insert a range over all addresses and leave it",
			  mmnotify_range_insert(&mmn_compat_client, &left_range,
						current->mm, 0,
						ULONG_MAX & PAGE_MASK,
						&left_range_ops), 0);
	m = mmnotify_mm_get(&mmn_compat_client, current->mm, &left_mm_ops);
	mmn_compat_expect("exit: get an mm object and leave it", PTR_ERR_OR_ZERO(m), 0);
}

static void check_left(void)
{
	mmn_compat_expect("exit: the range was released once", range_releases, 1);
	mmn_compat_expect("exit: the range gets its unmap event after the release",
			  range_unmaps, 1);
	mmn_compat_expect("exit: the mm object was released once", mm_releases, 1);
	mmn_compat_expect("exit: the mm object gets no start of the exit after its release",
			  mm_late, 0);
	mmn_compat_expect("unregister with a live range fails",
			  mmnotify_unregister(&mmn_compat_client), -EBUSY);
	mmn_compat_expect("exit: the range can be removed after the exit",
			  mmnotify_range_remove(&left_range), 0);
	mmnotify_synchronize(&mmn_compat_client);
	mmn_compat_expect("exit: the put in release() freed the mm object", mm_frees, 1);
	pr_info("# %d starts of the range that was left at exit\n",
		atomic_read(&range_starts));
}

static int __init mmn_compat_init(void)
{
	mmn_compat_tests();
	leave_behind();
	return 0;
}
module_init(mmn_compat_init);

static void __exit mmn_compat_exit(void)
{
	check_left();
	mmn_compat_expect("unregister", mmnotify_unregister(&mmn_compat_client), 0);
	mmn_compat_expect("a second unregister fails",
			  mmnotify_unregister(&mmn_compat_client), -EINVAL);
	pr_info("1..%u\n", tap_nr);
	pr_info("# %u failed\n", tap_failed);
}
module_exit(mmn_compat_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("A driver that is built with or without mmnotify");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
