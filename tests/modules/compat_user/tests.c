// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * The tests. MMNOTIFY_COMPAT_ACTIVE selects the few expected results that differ
 * without mmnotify; a driver has no reason to use it.
 */
#define pr_fmt(fmt) "TAP: " fmt

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "compat_user.h"
#include "../common/counted_mm.h"

#define expect	mmn_compat_expect

static struct mmnotify_info seen;
static unsigned int calls, finishes, removals;
static atomic_t starts, ends;
/* The last callbacks in their order: 's' for start, 'f' for finish, 'e' for end. */
static char order[8];

static void note(char what)
{
	size_t len = strlen(order);

	if (len < sizeof(order) - 1)
		order[len] = what;
}

static void forget(void)
{
	calls = 0;
	finishes = 0;
	removals = 0;
	atomic_set(&starts, 0);
	atomic_set(&ends, 0);
	memset(order, 0, sizeof(order));
	memset(&seen, 0, sizeof(seen));
}

static bool mmn_compat_invalidate(struct mmnotify_range *range,
				  const struct mmnotify_info *info,
				  unsigned long seq)
{
	mmnotify_range_set_seq(range, seq);
	seen = *info;
	calls++;
	return true;
}

static const struct mmnotify_range_ops plain_ops = {
	.invalidate = mmn_compat_invalidate,
	.effects = MMNOTIFY_FX_VMA_GONE | MMNOTIFY_FX_PFN,
};

static bool mmn_compat_count(struct mmnotify_range *range,
			     const struct mmnotify_info *info,
			     unsigned long seq)
{
	mmnotify_range_set_seq(range, seq);
	if (mmnotify_blockable(info) && info->event != MMNOTIFY_RELEASE)
		atomic_inc(&starts);
	note('s');
	return true;
}

static void mmn_compat_end(struct mmnotify_range *range,
			   const struct mmnotify_info *info)
{
	atomic_inc(&ends);
	seen = *info;
	note('e');
}

static const struct mmnotify_range_ops end_ops = {
	.invalidate = mmn_compat_count,
	.end = mmn_compat_end,
};

static struct mmnotify_finish waiting;

static bool mmn_compat_two_start(struct mmnotify_range *range,
				 const struct mmnotify_info *info,
				 unsigned long seq,
				 struct mmnotify_finish **finish)
{
	mmnotify_range_set_seq(range, seq);
	note('s');
	*finish = &waiting;
	return true;
}

static void mmn_compat_two_finish(struct mmnotify_finish *finish)
{
	finishes += finish == &waiting && finish->range->client == &mmn_compat_client;
	note('f');
}

static const struct mmnotify_range_ops two_pass_ops = {
	.invalidate_start = mmn_compat_two_start,
	.invalidate_finish = mmn_compat_two_finish,
	.end = mmn_compat_end,
};

static const struct mmnotify_range_ops half_ops = {
	.invalidate_start = mmn_compat_two_start,
};

static bool mmn_compat_leave(struct mmnotify_range *range,
			     const struct mmnotify_info *info,
			     unsigned long seq)
{
	mmnotify_range_set_seq(range, seq);
	if (!calls++)
		mmnotify_range_remove_async(range);
	return true;
}

static void mmn_compat_removed(struct mmnotify_range *range)
{
	removals++;
	kfree(range);
}

static const struct mmnotify_range_ops async_ops = {
	.invalidate = mmn_compat_leave,
	.end = mmn_compat_end,
	.removed = mmn_compat_removed,
};

static int insert(struct mmnotify_range *range, unsigned long start,
		  unsigned long len, const struct mmnotify_range_ops *ops)
{
	forget();
	memset(range, 0, sizeof(*range));
	return mmnotify_range_insert(&mmn_compat_client, range, current->mm,
				     start, len, ops);
}

static void test_clients(void)
{
	struct mmnotify_client anonymous = { .owner = THIS_MODULE };
	struct mmnotify_range range;

	expect("register without a name fails", mmnotify_register(&anonymous), -EINVAL);
	expect("unregister before register fails",
	       mmnotify_unregister(&mmn_compat_client), -EINVAL);
	expect("insert before register fails",
	       insert(&range, PAGE_SIZE, PAGE_SIZE, &plain_ops), -EINVAL);
	expect("register", mmnotify_register(&mmn_compat_client), 0);
	expect("a second register fails", mmnotify_register(&mmn_compat_client), -EBUSY);
}

static void test_words(void)
{
	struct mmnotify_info info = { .event = MMNOTIFY_CLEAR };
	struct mmnotify_self self;
	char buf[8];

	expect("mmnotify_event_name() names SOFT_DIRTY",
	       strcmp(mmnotify_event_name(MMNOTIFY_SOFT_DIRTY), "SOFT_DIRTY"), 0);
	expect("mmnotify_event_name() returns 'unknown' for MMNOTIFY_NR_EVENTS",
	       strcmp(mmnotify_event_name(MMNOTIFY_NR_EVENTS), "unknown"), 0);
	expect("mmnotify_cause_name() returns 'unknown' for CAUSE_UNKNOWN",
	       strcmp(mmnotify_cause_name(MMNOTIFY_CAUSE_UNKNOWN), "unknown"), 0);
	expect("mmnotify_site_name() without a site returns one byte",
	       mmnotify_site_name(&info, buf, sizeof(buf)), 1);
	expect("mmnotify_vma_perm() is PERM_UNKNOWN for a CLEAR event",
	       mmnotify_vma_perm(&info), MMNOTIFY_PERM_UNKNOWN);
	expect("an event that is not exact affects any mask",
	       mmnotify_affects(&info, MMNOTIFY_FX_DIRTY), 1);
	expect("CAP_TWO_PASS is set if the kernel has two passes",
	       !!(mmnotify_caps() & MMNOTIFY_CAP_TWO_PASS),
	       MMNOTIFY_COMPAT_TWO_PASS);
	expect("CAP_RANGES is set: ranges can be inserted",
	       !!(mmnotify_caps() & MMNOTIFY_CAP_RANGES), 1);
	expect("capabilities about call sites are set only with mmnotify",
	       !(mmnotify_caps() & (MMNOTIFY_CAP_HOOK | MMNOTIFY_CAP_NO_HOOK_NEEDED)),
	       MMNOTIFY_COMPAT_ACTIVE);
	mmnotify_self_begin(&self, &mmn_compat_client, current->mm);
	mmnotify_self_end(&self);
}

static void test_arguments(void)
{
	struct mmnotify_range_ops none = { };
	struct mmnotify_range range;

	expect("range: ops without invalidate() are refused",
	       insert(&range, 0, PAGE_SIZE, &none), -EINVAL);
	expect("range: ops with half of the two passes are refused",
	       insert(&range, 0, PAGE_SIZE, &half_ops), -EINVAL);
	expect("range: a length of 0 is refused", insert(&range, 0, 0, &plain_ops), -EINVAL);
	expect("range: an end beyond all addresses is refused",
	       insert(&range, ~0UL - 10, PAGE_SIZE, &plain_ops), -EOVERFLOW);
	expect("range: a NULL mm is refused",
	       mmnotify_range_insert(&mmn_compat_client, &range, NULL, 0,
				     PAGE_SIZE, &plain_ops), -EINVAL);
}

static void test_verdict(void)
{
	unsigned long addr = mmn_compat_map(4), start, end, seq;
	struct mmnotify_range range;

	expect("range: insert over pages 1 and 2",
	       insert(&range, addr + PAGE_SIZE, 2 * PAGE_SIZE, &plain_ops), 0);
	expect("range: mmnotify_range_mm() returns the mm",
	       mmnotify_range_mm(&range) == current->mm, 1);
	seq = mmnotify_range_read_begin(&range);
	expect("range: no retry before an event", mmnotify_range_read_retry(&range, seq), 0);
	vm_munmap(addr, 2 * PAGE_SIZE);
	expect("range: one munmap is one callback", calls, 1);
	expect("range: retry after the event", mmnotify_range_read_retry(&range, seq), 1);
	seq = mmnotify_range_read_begin(&range);
	expect("range: no retry after a new read_begin()",
	       mmnotify_range_read_retry(&range, seq), 0);
	expect("range: the event is blockable", mmnotify_blockable(&seen), 1);
	expect("range: the event has the mm", seen.mm == current->mm, 1);
	expect("range: an event of the own process is not remote",
	       !!(seen.flags & MMNOTIFY_F_REMOTE), 0);
	expect("range: the event has the effect VMA_GONE",
	       !!(seen.effects & MMNOTIFY_FX_VMA_GONE), 1);
	expect("range: the native event is UNMAP", seen.native, MMNOTIFY_UNMAP);
	expect("range: the verdict is exact only with mmnotify",
	       !(seen.flags & MMNOTIFY_F_EXACT), MMNOTIFY_COMPAT_ACTIVE);
	expect("range: the event is UNMAP, or CLEAR without mmnotify", seen.event,
	       MMNOTIFY_COMPAT_ACTIVE ? MMNOTIFY_CLEAR : MMNOTIFY_UNMAP);
	expect("range: the cause is MUNMAP, or UNKNOWN without mmnotify", seen.cause,
	       MMNOTIFY_COMPAT_ACTIVE ? MMNOTIFY_CAUSE_UNKNOWN :
					MMNOTIFY_CAUSE_MUNMAP);
	expect("range: the event overlaps the range",
	       mmnotify_range_clamp(&range, &seen, &start, &end), 1);
	expect("range: the clamped event starts at page 1", start == addr + PAGE_SIZE, 1);
	expect("range: the clamped event ends before page 2", end == addr + 2 * PAGE_SIZE, 1);
	vm_munmap(addr + 3 * PAGE_SIZE, PAGE_SIZE);
	expect("range: no callback for page 3, which is outside", calls, 1);
	expect("range: remove", mmnotify_range_remove(&range), 0);
	vm_munmap(addr + 2 * PAGE_SIZE, PAGE_SIZE);
	expect("range: no callback after the removal", calls, 1);
}

/* Calls the notifier as the kernel does; a real such event needs device private memory. */
static void pretend(struct mmnotify_range *range, enum mmu_notifier_event event,
		    void *owner, unsigned int flags)
{
	struct mmu_notifier_range event_range = {
		.mm = current->mm,
		.start = range->mni.interval_tree.start,
		.end = range->mni.interval_tree.last + 1,
		.flags = flags,
		.event = event,
		.RANGE_OWNER = owner,
	};

	range->mni.ops->invalidate(&range->mni, &event_range, 1);
}

static void test_owner(void)
{
	unsigned long addr = mmn_compat_map(1);
	struct mmnotify_range range;

	expect("owner: insert", insert(&range, addr, PAGE_SIZE, &plain_ops), 0);
	range.owner = &range;
	pretend(&range, MMU_NOTIFY_MIGRATE, &range, MMU_NOTIFIER_RANGE_BLOCKABLE);
	expect("owner: no callback for a migration with the own owner", calls, 0);
	pretend(&range, MMU_NOTIFY_MIGRATE, &addr, MMU_NOTIFIER_RANGE_BLOCKABLE);
	expect("owner: callback for a migration with another owner", calls, 1);
	expect("owner: the event of that migration is MIGRATE", seen.event, MMNOTIFY_MIGRATE);
	expect("owner: the event has the owner of the migration", seen.owner == &addr, 1);
	pretend(&range, MMU_NOTIFY_CLEAR, &range, 0);
	expect("owner: other events are delivered whatever owner they have", calls, 2);
	expect("owner: the info of other events has no owner", !seen.owner, 1);
	expect("owner: an event without BLOCKABLE is not blockable",
	       mmnotify_blockable(&seen), 0);
	pretend(&range, NOTIFY_EXCLUSIVE, &range, MMU_NOTIFIER_RANGE_BLOCKABLE);
	expect("owner: no callback for the own exclusive access", calls, 2);
	WARN_ON(mmnotify_range_remove(&range));
	vm_munmap(addr, PAGE_SIZE);
}

static void test_ends(void)
{
	unsigned long addr = mmn_compat_map(3);
	struct mmnotify_range range;

	expect("end: insert", insert(&range, addr, 2 * PAGE_SIZE, &end_ops), 0);
	vm_munmap(addr, PAGE_SIZE);
	expect("end: one munmap is one start, then one end", strcmp(order, "se"), 0);
	expect("end: the callback has the address of the event", seen.start == addr, 1);
	vm_munmap(addr + PAGE_SIZE, PAGE_SIZE);
	expect("end: a second event is another start and end", strcmp(order, "sese"), 0);
	vm_munmap(addr + 2 * PAGE_SIZE, PAGE_SIZE);
	expect("end: an end without a start is not delivered", strcmp(order, "sese"), 0);
	expect("end: remove", mmnotify_range_remove(&range), 0);
}

static void test_two_pass(void)
{
	unsigned long addr = mmn_compat_map(1);
	struct mmnotify_range range;

	expect("two-pass: insert",
	       insert(&range, addr, PAGE_SIZE, &two_pass_ops), 0);
	vm_munmap(addr, PAGE_SIZE);
	expect("two-pass: start, finish, end", strcmp(order, "sfe"), 0);
	expect("two-pass: finish() gets its range", finishes, 1);
	WARN_ON(mmnotify_range_remove(&range));
}

static void test_async(void)
{
	struct mmnotify_range *range = kzalloc(sizeof(*range), GFP_KERNEL);
	unsigned long addr = mmn_compat_map(2);
	struct mmnotify_range plain;

	expect("async: insert", insert(range, addr, 2 * PAGE_SIZE, &async_ops), 0);
	vm_munmap(addr, PAGE_SIZE);
	expect("async: the callback ran and called remove_async()", calls, 1);
	mmnotify_synchronize(&mmn_compat_client);
	expect("async: removed() ran once", removals, 1);
	expect("async: the pending end ran before removed()", atomic_read(&ends), 1);
	vm_munmap(addr + PAGE_SIZE, PAGE_SIZE);
	expect("async: no callback after the removal", calls, 1);
	insert(&plain, addr, PAGE_SIZE, &plain_ops);
	expect("async: remove_async() is refused without removed()",
	       mmnotify_range_remove_async(&plain), -EINVAL);
	WARN_ON(mmnotify_range_remove(&plain));
}

static void test_move(void)
{
	unsigned long addr = mmn_compat_map(4);
	struct mmnotify_range range;

	insert(&range, addr, PAGE_SIZE, &plain_ops);
	expect("move: a length of 0 is refused", mmnotify_range_move(&range, addr, 0), -EINVAL);
	expect("move: to pages 2 and 3",
	       mmnotify_range_move(&range, addr + 2 * PAGE_SIZE, 2 * PAGE_SIZE), 0);
	vm_munmap(addr, 2 * PAGE_SIZE);
	expect("move: no callback for the old addresses", calls, 0);
	vm_munmap(addr + 2 * PAGE_SIZE, 2 * PAGE_SIZE);
	expect("move: one callback for the new addresses", calls, 1);
	WARN_ON(mmnotify_range_remove(&range));
}

static void test_locks(void)
{
	struct mmnotify_client *client = &mmn_compat_client;
	unsigned long addr = mmn_compat_map(1);
	struct mmnotify_range a = { }, b = { }, c = { };
	struct mm_struct *mm = current->mm;

	forget();
	expect("prime", mmnotify_prime(mm), 0);
	mmap_read_lock(mm);
	expect("insert_primed() with mmap_lock held for read",
	       mmnotify_range_insert_primed(client, &a, mm, addr, PAGE_SIZE,
					    &plain_ops), 0);
	expect("insert_primed() refuses ops with end()",
	       mmnotify_range_insert_primed(client, &b, mm, addr, PAGE_SIZE,
					    &end_ops), -EINVAL);
	mmap_read_unlock(mm);
	mmap_write_lock(mm);
	expect("prime_locked() with mmap_lock held for write", mmnotify_prime_locked(mm), 0);
	expect("insert_locked() with mmap_lock held for write",
	       mmnotify_range_insert_locked(client, &b, mm, addr, PAGE_SIZE,
					    &plain_ops), 0);
	expect("insert_locked() accepts ops with end()",
	       mmnotify_range_insert_locked(client, &c, mm, addr, PAGE_SIZE,
					    &end_ops), 0);
	mmap_write_unlock(mm);
	vm_munmap(addr, PAGE_SIZE);
	expect("two overlapping ranges without end() get one callback each", calls, 2);
	expect("the overlapping range with end() gets a start and an end",
	       strcmp(order, "se"), 0);
	WARN_ON(mmnotify_range_remove(&a));
	WARN_ON(mmnotify_range_remove(&b));
	WARN_ON(mmnotify_range_remove(&c));
}

/* ---- tier 1, and a foreign mm ---- */

struct native {
	struct mmu_interval_notifier mni;
	struct work_struct work;
	struct mmnotify_range range;
	struct mm_struct *mm;
	unsigned long addr;
	int ret;
};

static bool mmn_compat_native(struct mmu_interval_notifier *mni,
			      const struct mmu_notifier_range *range,
			      unsigned long seq)
{
	struct mmnotify_info info;

	mmnotify_classify_as(&mmn_compat_client, range, &info);
	mmnotify_classify(range, &seen);
	calls += !memcmp(&info, &seen, sizeof(info));
	return true;
}

static const struct mmu_interval_notifier_ops native_ops = {
	.invalidate = mmn_compat_native,
};

static void insert_elsewhere(struct work_struct *work)
{
	struct native *n = container_of(work, struct native, work);

	n->ret = mmnotify_range_insert(&mmn_compat_client, &n->range, n->mm,
				       n->addr, PAGE_SIZE, &plain_ops);
}

static void test_native(void)
{
	struct native *n = kzalloc(sizeof(*n), GFP_KERNEL);

	if (!n)
		return;
	forget();
	n->mm = current->mm;
	n->addr = mmn_compat_map(2);
	expect("classify: insert a native notifier",
	       mmu_interval_notifier_insert(&n->mni, n->mm, n->addr, PAGE_SIZE,
					    &native_ops), 0);
	vm_munmap(n->addr, PAGE_SIZE);
	expect("classify: classify() and classify_as() agree in its callback", calls, 1);
	expect("classify: the native event is UNMAP", seen.native, MMNOTIFY_UNMAP);
	expect("classify: the verdict is exact only with mmnotify",
	       !(seen.flags & MMNOTIFY_F_EXACT), MMNOTIFY_COMPAT_ACTIVE);
	mmu_interval_notifier_remove(&n->mni);
	n->addr += PAGE_SIZE;
	INIT_WORK(&n->work, insert_elsewhere);
	schedule_work(&n->work);
	flush_work(&n->work);
	expect("a worker inserts into a foreign mm", n->ret, 0);
	vm_munmap(n->addr, PAGE_SIZE);
	expect("the range inserted by the worker gets its callback", calls, 2);
	WARN_ON(mmnotify_range_remove(&n->range));
	kfree(n);
}

/* ---- the whole mm ---- */

static void mmn_compat_mm_start(struct mmnotify_mm *m,
				const struct mmnotify_info *info)
{
	note('s');
}

static void mmn_compat_mm_end(struct mmnotify_mm *m,
			      const struct mmnotify_info *info)
{
	note('e');
}

static const struct mmnotify_mm_ops mm_ops = {
	.start = mmn_compat_mm_start,
	.end = mmn_compat_mm_end,
	.release = counted_mm_release,
	.alloc = counted_mm_alloc,
	.free = counted_mm_free,
};

static struct mmnotify_mm *get(const struct mmnotify_mm_ops *ops)
{
	return mmnotify_mm_get(&mmn_compat_client, current->mm, ops);
}

static void test_mm(void)
{
	unsigned long addr = mmn_compat_map(1);
	struct mmnotify_mm *a, *b;

	forget();
	expect("mm: ops without alloc() are refused",
	       PTR_ERR_OR_ZERO(get(&no_alloc_ops)), -EINVAL);
	a = get(&mm_ops);
	expect("mm: get", PTR_ERR_OR_ZERO(a), 0);
	b = get(&mm_ops);
	expect("mm: a second get returns the same object", a == b, 1);
	vm_munmap(addr, PAGE_SIZE);
	expect("mm: one munmap is one start, then one end", strcmp(order, "se"), 0);
	expect("mm: unregister fails with two references",
	       mmnotify_mm_unregister(a), -EBUSY);
	mmnotify_mm_put(b);
	mmnotify_synchronize(&mmn_compat_client);
	expect("mm: the object is not freed after one of two puts", frees, 0);
	mmnotify_mm_put(a);
	mmnotify_synchronize(&mmn_compat_client);
	expect("mm: the object is freed once after the last put", frees, 1);
	expect("mm: a put does not call release()", releases, 0);
	a = get(&mm_ops);
	expect("mm: get a new object", PTR_ERR_OR_ZERO(a), 0);
	expect("mm: unregister", mmnotify_mm_unregister(a), 0);
	expect("mm: unregister calls release()", releases, 1);
	expect("mm: unregister frees the object before it returns", frees, 2);
}

/* ---- concurrent events ---- */

#define THREADS	4
#define ROUNDS	200

struct racer {
	struct task_struct *task;
	struct mm_struct *mm;
	unsigned int rounds;
};

/* Zaps a shared file without mmap_lock, so that events overlap. */
static void race(struct racer *racer, struct file *file, unsigned long addr)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		if (put_user(i, (int __user *)addr))
			return;
		unmap_mapping_range(file->f_mapping, 0, 0, 1);
		racer->rounds++;
	}
}

static struct file *file_at(unsigned long addr)
{
	struct file *file = NULL;
	struct vm_area_struct *vma;

	mmap_read_lock(current->mm);
	vma = find_vma(current->mm, addr);
	if (vma && vma->vm_file)
		file = get_file(vma->vm_file);
	mmap_read_unlock(current->mm);
	return file;
}

static void map_and_race(struct racer *racer)
{
	unsigned long addr = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, 0);
	struct file *file;

	if (IS_ERR_VALUE(addr))
		return;
	file = file_at(addr);
	if (file) {
		race(racer, file, addr);
		fput(file);
	}
	vm_munmap(addr, PAGE_SIZE);
}

static int mmn_compat_race(void *data)
{
	struct racer *racer = data;

	kthread_use_mm(racer->mm);
	map_and_race(racer);
	kthread_unuse_mm(racer->mm);
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

static void run_race(struct racer *racers, struct mmnotify_range *range)
{
	unsigned int i, rounds = 0, moves;

	for (i = 0; i < THREADS; i++) {
		racers[i].mm = current->mm;
		racers[i].task = kthread_run(mmn_compat_race, &racers[i],
					     "mmn_race/%u", i);
	}
	for (moves = 0; moves < 20; moves++) {
		WARN_ON(mmnotify_range_move(range, (moves & 1) * PAGE_SIZE,
					    TASK_SIZE - PAGE_SIZE));
		vm_munmap(mmn_compat_map(1), PAGE_SIZE);
	}
	for (i = 0; i < THREADS; i++) {
		if (IS_ERR(racers[i].task))
			continue;
		kthread_stop(racers[i].task);
		rounds += racers[i].rounds;
	}
	expect("race: each thread did all its rounds", rounds, THREADS * ROUNDS);
}

static void test_race(void)
{
	struct racer *racers = kcalloc(THREADS, sizeof(*racers), GFP_KERNEL);
	struct mmnotify_range range;

	if (!racers)
		return;
	expect("race: insert",
	       insert(&range, 0, TASK_SIZE - PAGE_SIZE, &end_ops), 0);
	run_race(racers, &range);
	WARN_ON(mmnotify_range_remove(&range));
	pr_info("# %d starts, %d ends\n", atomic_read(&starts), atomic_read(&ends));
	expect("race: at least one start for each round",
	       atomic_read(&starts) >= THREADS * ROUNDS, 1);
	expect("race: one end for each start",
	       atomic_read(&starts) - atomic_read(&ends), 0);
	kfree(racers);
}

void mmn_compat_tests(void)
{
	test_clients();
	test_words();
	test_arguments();
	test_verdict();
	test_owner();
	test_ends();
	test_two_pass();
	test_async();
	test_move();
	test_locks();
	test_native();
	test_mm();
	test_race();
}
