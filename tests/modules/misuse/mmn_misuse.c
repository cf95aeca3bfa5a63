// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_misuse: uses the API wrongly, in the mm of the process that loads it, and
 * checks every result. Results go to the kernel log as TAP; load mmnotify with
 * debug=1.
 */
#define pr_fmt(fmt) "TAP: " fmt

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>

#include <mmnotify/mmnotify.h>

#include "../common/tap.h"
#include "../common/counted_mm.h"

static struct mmnotify_client mmn_misuse_client = {
	.name = "misuse",
	.owner = THIS_MODULE,
};

/* ---- a range that tries to remove itself in its own callback ---- */

static int removed = 1;
static unsigned int calls;

static bool mmn_misuse_quiet(struct mmnotify_range *range,
			     const struct mmnotify_info *info,
			     unsigned long seq)
{
	mmnotify_range_set_seq(range, seq);
	return true;
}

static bool mmn_misuse_remove(struct mmnotify_range *range,
			      const struct mmnotify_info *info,
			      unsigned long seq)
{
	mmnotify_range_set_seq(range, seq);
	calls++;
	removed = mmnotify_range_remove(range);
	return true;
}

static const struct mmnotify_range_ops quiet_ops = {
	.invalidate = mmn_misuse_quiet,
};

static const struct mmnotify_range_ops remove_ops = {
	.invalidate = mmn_misuse_remove,
};

static const struct mmnotify_range_ops empty_ops;

static const struct mmnotify_range_ops unknown_effect_ops = {
	.invalidate = mmn_misuse_quiet,
	.effects = MMNOTIFY_FX_ALL + 1,
};

static const struct mmnotify_range_ops rsvd_ops = {
	.invalidate = mmn_misuse_quiet,
	.rsvd = 1,
};

/* ---- an object for the whole mm that counts its callbacks ---- */

static unsigned int starts, ends;

static void mmn_misuse_start(struct mmnotify_mm *m,
			     const struct mmnotify_info *info)
{
	starts += info->event == MMNOTIFY_UNMAP;
}

static void mmn_misuse_end(struct mmnotify_mm *m,
			   const struct mmnotify_info *info)
{
	ends += info->event == MMNOTIFY_UNMAP;
}

static struct mmnotify_mm *mmn_misuse_alloc_fails(struct mm_struct *mm)
{
	return ERR_PTR(-EXDEV);
}

static const struct mmnotify_mm_ops mm_ops = {
	.start = mmn_misuse_start,
	.end = mmn_misuse_end,
	.release = counted_mm_release,
	.alloc = counted_mm_alloc,
	.free = counted_mm_free,
};

static const struct mmnotify_mm_ops unknown_effect_mm_ops = {
	.alloc = counted_mm_alloc,
	.free = counted_mm_free,
	.effects = 1u << 31,
};

static const struct mmnotify_mm_ops alloc_fails_ops = {
	.alloc = mmn_misuse_alloc_fails,
	.free = counted_mm_free,
};

/* ---- the tests ---- */

static void test_clients(void)
{
	struct mmnotify_client anonymous = { .owner = THIS_MODULE };
	struct mmnotify_client newer = {
		.name = "newer", .owner = THIS_MODULE, .rsvd = { 1 },
	};
	struct mmnotify_range range = { };

	expect("register without a name fails", mmnotify_register(&anonymous), -EINVAL);
	expect("register with another size of the client fails",
	       mmnotify_register_v1(&mmn_misuse_client, 8), -EINVAL);
	expect("register a client with a reserved member set fails",
	       mmnotify_register(&newer), -E2BIG);
	expect("unregister before register fails",
	       mmnotify_unregister(&mmn_misuse_client), -EINVAL);
	expect("insert before register fails",
	       mmnotify_range_insert(&mmn_misuse_client, &range, current->mm,
				     PAGE_SIZE, PAGE_SIZE, &quiet_ops), -EINVAL);
	expect("register", mmnotify_register(&mmn_misuse_client), 0);
	expect("a second register fails", mmnotify_register(&mmn_misuse_client), -EBUSY);
	expect("mmnotify has a hook or needs none",
	       !!(mmnotify_caps() & (MMNOTIFY_CAP_HOOK | MMNOTIFY_CAP_NO_HOOK_NEEDED)), 1);
}

static long insert(struct mmnotify_range *range, struct mm_struct *mm,
		   unsigned long start, unsigned long len,
		   const struct mmnotify_range_ops *ops, size_t size)
{
	return mmnotify_range_insert_v1(&mmn_misuse_client, range, mm, start,
					len, ops, size);
}

static void test_range_arguments(void)
{
	struct {
		struct mmnotify_range_ops ops;
		void *newer;
	} big = { .ops = quiet_ops };
	struct mmnotify_range range = { };
	struct mm_struct *mm = current->mm;

	expect("range: ops that are too small are refused",
	       insert(&range, mm, 0, PAGE_SIZE, &quiet_ops, 4), -EINVAL);
	big.newer = &big;
	expect("range: larger ops with an unknown member set are refused",
	       insert(&range, mm, 0, PAGE_SIZE, &big.ops, sizeof(big)), -E2BIG);
	big.newer = NULL;
	expect("range: larger ops with the unknown members 0 are accepted",
	       insert(&range, mm, 0, PAGE_SIZE, &big.ops, sizeof(big)), 0);
	expect("unregister with a live range fails",
	       mmnotify_unregister(&mmn_misuse_client), -EBUSY);
	expect("range: remove", mmnotify_range_remove(&range), 0);
	expect("range: ops without invalidate() are refused",
	       insert(&range, mm, 0, PAGE_SIZE, &empty_ops, sizeof(empty_ops)),
	       -EINVAL);
	expect("range: NULL ops are refused",
	       insert(&range, mm, 0, PAGE_SIZE, NULL, sizeof(empty_ops)),
	       -EINVAL);
	expect("range: an undefined effect in the filter is refused",
	       insert(&range, mm, 0, PAGE_SIZE, &unknown_effect_ops,
		      sizeof(unknown_effect_ops)), -EINVAL);
	expect("range: ops with a reserved member set are refused",
	       insert(&range, mm, 0, PAGE_SIZE, &rsvd_ops, sizeof(rsvd_ops)), -EINVAL);
	expect("range: a length of 0 is refused",
	       insert(&range, mm, 0, 0, &quiet_ops, sizeof(quiet_ops)), -EINVAL);
	expect("range: an end beyond all addresses is refused",
	       insert(&range, mm, ~0UL - 10, PAGE_SIZE, &quiet_ops,
		      sizeof(quiet_ops)), -EOVERFLOW);
	expect("range: a NULL mm is refused",
	       insert(&range, NULL, 0, PAGE_SIZE, &quiet_ops,
		      sizeof(quiet_ops)), -EINVAL);
}

static void test_remove_in_callback(void)
{
	struct mmnotify_range range = { };
	unsigned long addr = map_pages(1);

	expect("range: insert over a page",
	       insert(&range, current->mm, addr, PAGE_SIZE, &remove_ops,
		      sizeof(remove_ops)), 0);
	vm_munmap(addr, PAGE_SIZE);
	expect("range: the callback ran", calls, 1);
	expect("range: remove() in its own callback returns -EDEADLK", removed, -EDEADLK);
	expect("range: remove() succeeds after the callback", mmnotify_range_remove(&range),
	       0);
}

static struct mmnotify_mm *get(const struct mmnotify_mm_ops *ops)
{
	return mmnotify_mm_get(&mmn_misuse_client, current->mm, ops);
}

static void test_mm(void)
{
	struct mmnotify_mm *a, *b;

	expect("mm: ops without alloc() are refused",
	       PTR_ERR_OR_ZERO(get(&no_alloc_ops)), -EINVAL);
	expect("mm: NULL ops are refused", PTR_ERR_OR_ZERO(get(NULL)), -EINVAL);
	expect("mm: an undefined effect in the filter is refused",
	       PTR_ERR_OR_ZERO(get(&unknown_effect_mm_ops)), -EINVAL);
	expect("mm: get returns the error of alloc()", PTR_ERR_OR_ZERO(get(&alloc_fails_ops)),
	       -EXDEV);
	expect("mm: ops that are too small are refused",
	       PTR_ERR_OR_ZERO(mmnotify_mm_get_v1(&mmn_misuse_client,
						  current->mm, &mm_ops, 8)),
	       -EINVAL);
	a = get(&mm_ops);
	expect("mm: get", PTR_ERR_OR_ZERO(a), 0);
	b = get(&mm_ops);
	expect("mm: a second get returns the same object", a == b, 1);
	vm_munmap(map_pages(1), PAGE_SIZE);
	expect("mm: one munmap is one start", starts, 1);
	expect("mm: one munmap is one end, with the verdict of the start", ends, 1);
	mmnotify_mm_put(b);
	mmnotify_synchronize(&mmn_misuse_client);
	expect("mm: the object is not freed after one of two puts", frees, 0);
	mmnotify_mm_put(a);
	mmnotify_synchronize(&mmn_misuse_client);
	expect("mm: the object is freed once after the last put", frees, 1);
	expect("mm: a put does not call release()", releases, 0);
	vm_munmap(map_pages(1), PAGE_SIZE);
	expect("mm: no callback after the last put", starts, 1);
}

/* Two drivers that share their ops do not share an object. */
static void test_two_clients(void)
{
	struct mmnotify_client second = { .name = "misuse2", .owner = THIS_MODULE };
	struct mmnotify_mm *a, *b;

	expect("mm: register a second client", mmnotify_register(&second), 0);
	frees = 0;
	a = get(&mm_ops);
	b = mmnotify_mm_get(&second, current->mm, &mm_ops);
	expect("mm: two clients with the same ops have two objects", a != b, 1);
	mmnotify_mm_put(a);
	mmnotify_synchronize(&mmn_misuse_client);
	expect("mm: the object of the first client is freed after its put", frees, 1);
	expect("mm: the second client cannot be unregistered, its object is alive",
	       mmnotify_unregister(&second), -EBUSY);
	expect("mm: unregister the object of the second client", mmnotify_mm_unregister(b), 0);
	expect("mm: unregister the second client", mmnotify_unregister(&second), 0);
}

static int __init mmn_misuse_init(void)
{
	test_clients();
	test_range_arguments();
	test_remove_in_callback();
	test_mm();
	test_two_clients();
	expect("unregister", mmnotify_unregister(&mmn_misuse_client), 0);
	expect("a second unregister fails", mmnotify_unregister(&mmn_misuse_client),
	       -EINVAL);
	pr_info("1..%u\n", tap_nr);
	return tap_failed ? -EPROTO : 0;
}
module_init(mmn_misuse_init);

static void __exit mmn_misuse_exit(void)
{
}
module_exit(mmn_misuse_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Test of mmnotify: wrong use of the API");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
