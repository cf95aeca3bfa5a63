// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * inside: tests in the mm of the process that loads the module, which has no
 * notifier yet. Results go to the kernel log as TAP; the name of each test begins
 * with the numbers of the requirements that it tests (docs/testing.md).
 */
#define pr_fmt(fmt) "TAP: " fmt

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/module.h>
#include <linux/sched/mm.h>

#include <mmnotify/mmnotify.h>

#include "../common/tap.h"
#include "log.h"

static struct mmnotify_client inside_client = {
	.name = "inside",
	.owner = THIS_MODULE,
};

/* A range that records the last event; most of them are on the stack. */
struct seen {
	struct mmnotify_range range;
	struct mmnotify_info info;
	unsigned int calls;
	bool sleeps;
};

static bool mmn_inside_see(struct mmnotify_range *range,
			   const struct mmnotify_info *info, unsigned long seq)
{
	struct seen *s = container_of(range, struct seen, range);

	s->calls++;
	s->info = *info;
	mmnotify_range_set_seq(range, seq);
	if (s->sleeps && mmnotify_blockable(info))
		msleep(20);
	return true;
}

static void mmn_inside_end(struct mmnotify_range *range,
			   const struct mmnotify_info *info)
{
}

static void mmn_inside_finish(struct mmnotify_finish *finish)
{
}

static const struct mmnotify_range_ops see_ops = {
	.invalidate = mmn_inside_see,
};

static const struct mmnotify_range_ops end_ops = {
	.invalidate = mmn_inside_see,
	.end = mmn_inside_end,
};

static const struct mmnotify_range_ops only_finish_ops = {
	.invalidate_finish = mmn_inside_finish,
};

static long insert(struct seen *s, unsigned long addr,
		   const struct mmnotify_range_ops *ops)
{
	return mmnotify_range_insert(&inside_client, &s->range, current->mm,
				     addr, PAGE_SIZE, ops);
}

static long insert_primed(struct seen *s, unsigned long addr,
			  const struct mmnotify_range_ops *ops)
{
	long ret;

	mmap_read_lock(current->mm);
	ret = mmnotify_range_insert_primed(&inside_client, &s->range, current->mm,
					   addr, PAGE_SIZE, ops);
	mmap_read_unlock(current->mm);
	return ret;
}

static long insert_locked(struct seen *s, unsigned long addr,
			  const struct mmnotify_range_ops *ops)
{
	long ret;

	mmap_write_lock(current->mm);
	ret = mmnotify_prime_locked(current->mm);
	if (!ret)
		ret = mmnotify_range_insert_locked(&inside_client, &s->range,
						   current->mm, addr, PAGE_SIZE,
						   ops);
	mmap_write_unlock(current->mm);
	return ret;
}

/* Must run first: afterwards the mm is primed. */
static void test_primed(void)
{
	struct seen read = { }, write = { };
	unsigned long addr = map_pages(1);

	expect("req 4: insert_primed() refuses an mm that is not primed",
	       insert_primed(&read, addr, &see_ops), -EINVAL);
	expect("req 4: prime()", mmnotify_prime(current->mm), 0);
	expect("req 4: a second prime() succeeds", mmnotify_prime(current->mm), 0);
	expect("req 4: prime() refuses a NULL mm", mmnotify_prime(NULL), -EINVAL);
	expect("req 4: insert_primed() with mmap_lock held for read",
	       insert_primed(&read, addr, &see_ops), 0);
	expect("req 4: prime_locked() and insert_locked() with mmap_lock held for write",
	       insert_locked(&write, addr, &end_ops), 0);
	vm_munmap(addr, PAGE_SIZE);
	expect("req 4: the range of insert_primed() gets its callback", read.calls, 1);
	expect("req 4: the range of insert_locked() gets its callback", write.calls, 1);
	WARN_ON(mmnotify_range_remove(&write.range));
	expect("req 4, 11: insert_primed() refuses a range with end()",
	       insert_primed(&write, addr, &end_ops), -EINVAL);
	WARN_ON(mmnotify_range_remove(&read.range));
}

static void test_on_stack(void)
{
	struct seen a = { .sleeps = true }, b = { };
	unsigned long addr = map_pages(1);

	expect("req 2: insert a range on the stack", insert(&a, addr, &see_ops), 0);
	expect("req 2: insert a second range over the same addresses",
	       insert(&b, addr, &see_ops), 0);
	expect("req 2: the native notifier is embedded in the range",
	       mmnotify_range_notifier(&a.range) ==
	       &a.range.mni && mmnotify_range_mm(&a.range) == current->mm, 1);
	vm_munmap(addr, PAGE_SIZE);
	expect("req 2: both ranges get one callback", a.calls == 1 && b.calls == 1, 1);
	expect("req 12: an event other than MIGRATE and EXCLUSIVE has no owner",
	       !a.info.owner, 1);
	expect("req 22: the callback of a blockable event may sleep",
	       !!mmnotify_blockable(&a.info), 1);
	expect("req 24: the info has the mm, and an event of the own process is not remote",
	       a.info.mm == current->mm &&
	       !(a.info.flags & MMNOTIFY_F_REMOTE), 1);
	expect("req 16: mmnotify_vma_perm() is PERM_UNKNOWN for an unmap",
	       mmnotify_vma_perm(&a.info), MMNOTIFY_PERM_UNKNOWN);
	WARN_ON(mmnotify_range_remove(&a.range));
	WARN_ON(mmnotify_range_remove(&b.range));
	addr = map_pages(1);
	vm_munmap(addr, PAGE_SIZE);
	expect("req 2: no callback after the removal", a.calls + b.calls, 2);
}

/* ---- a worker that has only the mm_struct ---- */

struct worker {
	struct seen seen;
	struct mm_struct *mm;
	unsigned long addr;
	long inserted, removed;
	struct completion did, go, gone;
};

static int work(void *arg)
{
	struct worker *w = arg;

	w->inserted = -ESRCH;
	if (mmget_not_zero(w->mm)) {
		w->inserted = mmnotify_range_insert(&inside_client,
						    &w->seen.range, w->mm,
						    w->addr, PAGE_SIZE,
						    &end_ops);
		mmput(w->mm);
	}
	complete(&w->did);
	wait_for_completion(&w->go);
	w->removed = w->inserted ? : mmnotify_range_remove(&w->seen.range);
	mmdrop(w->mm);
	complete(&w->gone);
	return 0;
}

static void test_worker(void)
{
	struct worker w = { .mm = current->mm, .addr = map_pages(1) };
	struct task_struct *task;

	init_completion(&w.did);
	init_completion(&w.go);
	init_completion(&w.gone);
	mmgrab(w.mm);
	task = kthread_run(work, &w, "mmn_contract");
	if (IS_ERR(task)) {
		mmdrop(w.mm);
		expect("req 5: start a kernel thread", PTR_ERR(task), 0);
		return;
	}
	wait_for_completion(&w.did);
	expect("req 5: a kernel thread inserts into a foreign mm", w.inserted, 0);
	vm_munmap(w.addr, PAGE_SIZE);
	expect("req 5: the range gets the event of its process", w.seen.calls, 1);
	expect("req 5: the range holds no reference of mmget()",
	       atomic_read(&w.mm->mm_users), 1);
	complete(&w.go);
	wait_for_completion(&w.gone);
	expect("req 5: the kernel thread removes the range", w.removed, 0);
}

/* ---- tests without an event ---- */

static void test_shapes(void)
{
	struct seen s = { };

	expect("req 9: start() of an mm object returns void, so it cannot fail",
	       __same_type(((struct mmnotify_mm_ops *)0)->start,
			   void (*)(struct mmnotify_mm *,
				    const struct mmnotify_info *)), 1);
	expect("req 19, 20, 21: the ops have no members for young, secondary TLB or change_pte",
	       sizeof(struct mmnotify_range_ops) == 6 * sizeof(void *) + 8 &&
	       sizeof(struct mmnotify_mm_ops) == 5 * sizeof(void *) + 8, 1);
	expect("req 17: ops with finish() alone are refused", insert(&s, 0, &only_finish_ops),
	       -EINVAL);
	expect("req 28: the record of a pending end is embedded in the range",
	       sizeof(struct mmnotify_range) >=
	       sizeof(struct mmu_interval_notifier) +
	       sizeof(struct mmnotify_pending), 1);
}

static void test_affects(void)
{
	struct mmnotify_info info = { .effects = MMNOTIFY_FX_NO_WRITE };

	expect("req 18: an event that is not exact affects any mask",
	       mmnotify_affects(&info, MMNOTIFY_FX_VMA_GONE), 1);
	info.flags = MMNOTIFY_F_EXACT;
	expect("req 18: an exact event does not affect a mask without its effects",
	       mmnotify_affects(&info, MMNOTIFY_FX_VMA_GONE), 0);
	expect("req 14, 18: an exact event affects a mask with its effect",
	       mmnotify_affects(&info, MMNOTIFY_FX_NO_WRITE), 1);
	expect("req 18: a mask with an effect that mmnotify does not define is affected",
	       mmnotify_affects(&info, MMNOTIFY_FX_ALL + 1), 1);
	info.effects = MMNOTIFY_FX_ALL + 1;
	expect("req 18: an event with an effect that the driver does not define affects any mask",
	       mmnotify_affects(&info, MMNOTIFY_FX_VMA_GONE), 1);
	info.effects = 0;
	expect("req 18: an exact event without effects affects no mask",
	       mmnotify_affects(&info, MMNOTIFY_FX_ALL), 0);
}

static void test_clamp(void)
{
	struct mmnotify_info info = { .end = ULONG_MAX };
	struct mmnotify_range r = { };
	unsigned long start, end;

	r.mni.interval_tree.start = 2 * PAGE_SIZE;
	r.mni.interval_tree.last = 4 * PAGE_SIZE - 1;
	expect("req 25: an event of the whole mm is clamped to the range",
	       mmnotify_range_clamp(&r, &info, &start, &end) &&
	       start == 2 * PAGE_SIZE && end == 4 * PAGE_SIZE, 1);
	info.start = 3 * PAGE_SIZE;
	expect("req 25: an event that starts in the range is clamped to the end",
	       mmnotify_range_clamp(&r, &info, &start, &end) &&
	       start == 3 * PAGE_SIZE && end == 4 * PAGE_SIZE, 1);
	info.start = 0;
	info.end = 3 * PAGE_SIZE;
	expect("req 25: an event that ends in the range is clamped to the start",
	       mmnotify_range_clamp(&r, &info, &start, &end) &&
	       start == 2 * PAGE_SIZE && end == 3 * PAGE_SIZE, 1);
	info.end = 2 * PAGE_SIZE;
	expect("req 25: an event that ends where the range starts does not overlap",
	       !mmnotify_range_clamp(&r, &info, &start, &end) && start == end, 1);
	r.mni.interval_tree.last = ULONG_MAX - 1;
	info.end = ULONG_MAX;
	expect("req 25: clamping works at the highest address",
	       mmnotify_range_clamp(&r, &info, &start, &end) && end == ULONG_MAX, 1);
}

static void test_unregister(void)
{
	struct seen s = { };
	unsigned long addr = map_pages(1);

	insert(&s, addr, &see_ops);
	expect("req 26: a client with a range cannot be unregistered",
	       mmnotify_unregister(&inside_client), -EBUSY);
	expect("req 23: remove_async() is refused without removed()",
	       mmnotify_range_remove_async(&s.range), -EINVAL);
	WARN_ON(mmnotify_range_remove(&s.range));
	vm_munmap(addr, PAGE_SIZE);
	mmnotify_synchronize(&inside_client);
	expect("req 26: a client without objects can be unregistered",
	       mmnotify_unregister(&inside_client), 0);
}

int contract_inside(void)
{
	expect("req 26: register", mmnotify_register(&inside_client), 0);
	test_primed();
	test_on_stack();
	test_worker();
	test_shapes();
	test_affects();
	test_clamp();
	test_unregister();
	pr_info("1..%u\n", tap_nr);
	return tap_failed ? -EPROTO : 0;
}
