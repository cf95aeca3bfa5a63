// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_abi_driver: a driver that was built with frozen headers, for an mmnotify that has
 * grown since. It tests in the mm of the process that loads it. Results go to the kernel
 * log as TAP. A canary follows each structure that it passes to mmnotify.
 */
#define pr_fmt(fmt) "TAP: " fmt

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <mmnotify/mmnotify.h>

#include "../../../modules/common/tap.h"

#define CANARY	0x5afeUL

static struct {
	struct mmnotify_client client;
	unsigned long canary[16];
} me = {
	.client = { .name = "abi_driver", .owner = THIS_MODULE },
	.canary = { [0 ... 15] = CANARY },
};

struct holder {
	struct mmnotify_range range;
	unsigned long canary[16];
};

/* The info of the last callback, in the size of this driver's headers. */
static struct mmnotify_info seen;
static unsigned int starts, ends, finishes, removals, frees;

static void forget(void)
{
	memset(&seen, 0, sizeof(seen));
	starts = 0;
	ends = 0;
	finishes = 0;
	removals = 0;
	frees = 0;
}

static unsigned int damaged(const unsigned long *canary)
{
	unsigned int i, bad = 0;

	for (i = 0; i < 16; i++)
		bad += canary[i] != CANARY;
	return bad;
}

static void holder_init(struct holder *h)
{
	unsigned int i;

	memset(&h->range, 0, sizeof(h->range));
	for (i = 0; i < 16; i++)
		h->canary[i] = CANARY;
}

static void note(const struct mmnotify_info *info)
{
	seen = *info;
	starts++;
}

/* ---- ranges ---- */

static bool plain_invalidate(struct mmnotify_range *range,
			     const struct mmnotify_info *info, unsigned long seq)
{
	mmnotify_range_set_seq(range, seq);
	note(info);
	return true;
}

static void range_end(struct mmnotify_range *range,
		      const struct mmnotify_info *info)
{
	ends++;
}

static void range_release(struct mmnotify_range *range, unsigned long seq)
{
	mmnotify_range_set_seq(range, seq);
}

static void range_removed(struct mmnotify_range *range)
{
	removals++;
}

static const struct mmnotify_range_ops plain_ops = {
	.invalidate = plain_invalidate,
	.end = range_end,
	.release = range_release,
	.removed = range_removed,
	.effects = MMNOTIFY_FX_VMA_GONE | MMNOTIFY_FX_PFN,
};

static struct {
	struct mmnotify_finish finish;
	unsigned long canary[16];
} waiting = {
	.canary = { [0 ... 15] = CANARY },
};

static bool two_start(struct mmnotify_range *range,
		      const struct mmnotify_info *info, unsigned long seq,
		      struct mmnotify_finish **finish)
{
	mmnotify_range_set_seq(range, seq);
	note(info);
	*finish = &waiting.finish;
	return true;
}

static void two_finish(struct mmnotify_finish *finish)
{
	finishes += finish == &waiting.finish &&
		    finish->range->client == &me.client;
}

static const struct mmnotify_range_ops two_ops = {
	.invalidate_start = two_start,
	.invalidate_finish = two_finish,
};

static void test_seen(unsigned long addr)
{
	expect("munmap: one start", starts, 1);
	expect("munmap: the event is UNMAP", seen.event, MMNOTIFY_UNMAP);
	expect("munmap: the cause is MUNMAP", seen.cause, MMNOTIFY_CAUSE_MUNMAP);
	expect("munmap: the event has the effect VMA_GONE",
	       !!(seen.effects & MMNOTIFY_FX_VMA_GONE), 1);
	expect("munmap: the event affects the driver",
	       mmnotify_affects(&seen, MMNOTIFY_FX_ALL), 1);
	expect("munmap: the verdict is exact", !!(seen.flags & MMNOTIFY_F_EXACT), 1);
	expect("munmap: the event is blockable", mmnotify_blockable(&seen), 1);
	expect("munmap: the event is not remote", !!(seen.flags & MMNOTIFY_F_REMOTE), 0);
	expect("munmap: the event has the mm", seen.mm == current->mm, 1);
	expect("munmap: the event has the first byte", seen.start, addr);
	expect("munmap: the event has the first byte behind", seen.end, addr + PAGE_SIZE);
	expect("munmap: the event has no owner", !seen.owner, 1);
	expect("munmap: the info has all members of the driver's structure",
	       seen.size >= sizeof(seen), 1);
}

static void test_range(void)
{
	unsigned long addr = map_pages(4), seq, start, end;
	struct holder h;

	holder_init(&h);
	forget();
	expect("range: insert",
	       mmnotify_range_insert(&me.client, &h.range, current->mm, addr,
				     4 * PAGE_SIZE, &plain_ops), 0);
	expect("range: the range has its client", h.range.client == &me.client, 1);
	expect("range: the range has its ops", h.range.ops == &plain_ops, 1);
	seq = mmnotify_range_read_begin(&h.range);
	expect("range: no retry before an event",
	       mmnotify_range_read_retry(&h.range, seq), 0);
	vm_munmap(addr, PAGE_SIZE);
	test_seen(addr);
	expect("range: one end", ends, 1);
	expect("range: retry after the event",
	       mmnotify_range_read_retry(&h.range, seq), 1);
	expect("range: the event overlaps the range",
	       mmnotify_range_clamp(&h.range, &seen, &start, &end), 1);
	expect("range: the clamped event is the first page",
	       start == addr && end == addr + PAGE_SIZE, 1);
	expect("range: move", mmnotify_range_move(&h.range, addr + 2 * PAGE_SIZE,
						  2 * PAGE_SIZE), 0);
	forget();
	vm_munmap(addr + PAGE_SIZE, PAGE_SIZE);
	expect("range: no callback for the old addresses after a move", starts, 0);
	expect("range: remove", mmnotify_range_remove(&h.range), 0);
	vm_munmap(addr, 4 * PAGE_SIZE);
	expect("range: no callback after the removal", starts, 0);
	expect("range: the canary behind the range is intact", damaged(h.canary), 0);
}

static void test_two_passes(void)
{
	unsigned long addr = map_pages(1);
	struct holder h;

	holder_init(&h);
	forget();
	expect("two passes: insert",
	       mmnotify_range_insert(&me.client, &h.range, current->mm, addr,
				     PAGE_SIZE, &two_ops), 0);
	vm_munmap(addr, PAGE_SIZE);
	expect("two passes: one start", starts, 1);
	expect("two passes: one finish", finishes, 1);
	expect("two passes: remove", mmnotify_range_remove(&h.range), 0);
	expect("two passes: the canary behind the range is intact",
	       damaged(h.canary) + damaged(waiting.canary), 0);
}

static void synchronize(void)
{
	mmnotify_synchronize(&me.client);
}

static void test_async(void)
{
	unsigned long addr = map_pages(1);
	struct holder h;

	holder_init(&h);
	forget();
	expect("async: insert",
	       mmnotify_range_insert(&me.client, &h.range, current->mm, addr,
				     PAGE_SIZE, &plain_ops), 0);
	expect("async: remove", mmnotify_range_remove_async(&h.range), 0);
	synchronize();
	expect("async: removed() ran once", removals, 1);
	expect("async: the canary behind the range is intact", damaged(h.canary), 0);
	vm_munmap(addr, PAGE_SIZE);
}

/* Ops of the first version are accepted without a read behind them; smaller ones are refused. */
static void test_sizes(void)
{
	unsigned long addr = map_pages(1);
	struct holder h;

	holder_init(&h);
	expect("ops smaller than those of the first version are refused",
	       mmnotify_range_insert_v1(&me.client, &h.range, current->mm, addr,
					PAGE_SIZE, &plain_ops,
					offsetof(struct mmnotify_range_ops, effects)),
	       -EINVAL);
	vm_munmap(addr, PAGE_SIZE);
}

/* ---- a whole mm ---- */

struct mm_holder {
	struct mmnotify_mm m;
	unsigned long canary[16];
};

static struct mm_holder *last_mm;
static unsigned int damaged_mms;

static struct mmnotify_mm *mm_alloc_holder(struct mm_struct *mm)
{
	struct mm_holder *h = kzalloc(sizeof(*h), GFP_KERNEL);
	unsigned int i;

	if (!h)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < 16; i++)
		h->canary[i] = CANARY;
	last_mm = h;
	return &h->m;
}

static void mm_free_holder(struct mmnotify_mm *m)
{
	struct mm_holder *h = container_of(m, struct mm_holder, m);

	damaged_mms += damaged(h->canary);
	frees++;
	kfree(h);
}

static void mm_start(struct mmnotify_mm *m, const struct mmnotify_info *info)
{
	note(info);
}

static void mm_end(struct mmnotify_mm *m, const struct mmnotify_info *info)
{
	ends++;
}

static const struct mmnotify_mm_ops mm_ops = {
	.start = mm_start,
	.end = mm_end,
	.alloc = mm_alloc_holder,
	.free = mm_free_holder,
};

static void test_mm(void)
{
	unsigned long addr = map_pages(1);
	struct mmnotify_mm *m, *again;

	forget();
	m = mmnotify_mm_get(&me.client, current->mm, &mm_ops);
	expect("mm: get", PTR_ERR_OR_ZERO(m), 0);
	if (IS_ERR(m))
		return;
	expect("mm: get returns the driver's object", m == &last_mm->m, 1);
	again = mmnotify_mm_get(&me.client, current->mm, &mm_ops);
	expect("mm: a second get returns the same object", again == m, 1);
	vm_munmap(addr, PAGE_SIZE);
	test_seen(addr);
	expect("mm: one end", ends, 1);
	mmnotify_mm_put(again);
	expect("mm: unregister", mmnotify_mm_unregister(m), 0);
	synchronize();
	expect("mm: the object is freed once", frees, 1);
	expect("mm: the canary behind the object is intact", damaged_mms, 0);
}

/* ---- tier 1 ---- */

static struct {
	struct mmnotify_info info;
	unsigned long canary[16];
} answer;

static bool native_invalidate(struct mmu_interval_notifier *mni,
			      const struct mmu_notifier_range *range,
			      unsigned long seq)
{
	unsigned int i;

	mmu_interval_set_seq(mni, seq);
	memset(&answer.info, 0xff, sizeof(answer.info));
	for (i = 0; i < 16; i++)
		answer.canary[i] = CANARY;
	mmnotify_classify_as(&me.client, range, &answer.info);
	ends += damaged(answer.canary);
	mmnotify_classify(range, &answer.info);
	note(&answer.info);
	return true;
}

static const struct mmu_interval_notifier_ops native_ops = {
	.invalidate = native_invalidate,
};

static void test_classify(void)
{
	struct mmu_interval_notifier mni = { };
	unsigned long addr = map_pages(1);

	forget();
	expect("classify: insert a native notifier",
	       mmu_interval_notifier_insert(&mni, current->mm, addr, PAGE_SIZE,
					    &native_ops), 0);
	vm_munmap(addr, PAGE_SIZE);
	mmu_interval_notifier_remove(&mni);
	test_seen(addr);
	expect("classify: the info has the size of the driver's structure",
	       seen.size, sizeof(seen));
	expect("classify: reserved members are 0",
	       !memchr_inv(seen.rsvd, 0, sizeof(seen.rsvd)), 1);
	expect("classify: the canary behind the info is intact",
	       damaged(answer.canary) + ends, 0);
}

static void test_names(void)
{
	char name[64];

	expect("caps: some", !!mmnotify_caps(), 1);
	expect("name of an event", strcmp(mmnotify_event_name(MMNOTIFY_UNMAP),
					  "UNMAP"), 0);
	expect("name of a cause",
	       strcmp(mmnotify_cause_name(MMNOTIFY_CAUSE_MUNMAP), "munmap"), 0);
	expect("name of an event that the driver does not know",
	       !!mmnotify_event_name(MMNOTIFY_NR_EVENTS), 1);
	expect("name of a cause that the driver does not know",
	       !!mmnotify_cause_name(MMNOTIFY_NR_CAUSES), 1);
	expect("name of a call site",
	       mmnotify_site_name(&seen, name, sizeof(name)) > 1, 1);
}

static void test_self(void)
{
	struct {
		struct mmnotify_self self;
		unsigned long canary[16];
	} s = { .canary = { [0 ... 15] = CANARY } };

	mmnotify_self_begin(&s.self, &me.client, current->mm);
	mmnotify_self_end(&s.self);
	expect("self section: the canary behind it is intact", damaged(s.canary), 0);
}

static int __init abi_driver_init(void)
{
	int ret = mmnotify_register(&me.client);

	expect("register", ret, 0);
	if (!ret) {
		test_range();
		test_two_passes();
		test_async();
		test_sizes();
		test_mm();
		test_classify();
		test_names();
		test_self();
		expect("unregister", mmnotify_unregister(&me.client), 0);
		expect("register: the canary behind the client is intact",
		       damaged(me.canary), 0);
	}
	pr_info("1..%u\n", tap_nr);
	return 0;
}
module_init(abi_driver_init);

static void __exit abi_driver_exit(void)
{
}
module_exit(abi_driver_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("A driver that was built with frozen headers of mmnotify");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
