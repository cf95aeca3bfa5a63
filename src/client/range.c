// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * range: per-range objects. Each embeds an interval notifier of the kernel, so
 * hmm_range_fault() and the sequence protocol work as without mmnotify. deliver.c has the native
 * callbacks.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/mmu_notifier.h>
#include <linux/overflow.h>
#include <linux/ratelimit.h>
#include <linux/sched/mm.h>
#include <linux/stddef.h>

#include <mmnotify/mmnotify.h>
#include <mmnotify/mmnotify_life.h>

#include "client.h"
#include "compat/compat.h"
#include "compat/export.h"
#include "deliver.h"
#include "objects.h"
#include "ops.h"
#include "range_end.h"
#include "removal.h"
#include "verdict/verdict.h"

static int check_place(unsigned long start, unsigned long len)
{
	unsigned long last;

	if (!len)
		return -EINVAL;
	return check_add_overflow(start, len - 1, &last) ? -EOVERFLOW : 0;
}

static int check_callbacks(const struct mmnotify_range_ops *ops)
{
	if (ops->invalidate_start)
		return ops->invalidate_finish ? 0 : -EINVAL;
	return ops->invalidate ? 0 : -EINVAL;
}

/* One name in the log for all three variants of the insertion: they take the same ops. */
static const struct mmn_ops_kind ops_kind = {
	.name = "mmnotify_range_insert",
	.v1 = offsetofend(struct mmnotify_range_ops, rsvd),
	.known = sizeof(struct mmnotify_range_ops),
};

/* Return: @ops, or a copy of full length if they are shorter; ERR_PTR(). */
static const struct mmnotify_range_ops *accept_ops(struct mmn_client *c,
						   const struct mmnotify_range_ops *ops,
						   size_t size)
{
	int ret;

	ops = mmn_ops_accept(&ops_kind, c->name, ops, size, &c->ops_lock, &c->ops);
	if (IS_ERR(ops))
		return ops;
	ret = mmn_ops_check_bits(&ops_kind, c->name, ops->effects, ops->rsvd);
	if (!ret)
		ret = check_callbacks(ops);
	return ret ? ERR_PTR(ret) : ops;
}

/* Whether the insertion may take mmap_lock, must not, or runs with it held for write. */
enum locking { MMAP_FREE, MMAP_PRIMED, MMAP_WRITE };

/*
 * Insert into a primed mm. mmu_interval_notifier_insert() does not take mmap_lock then,
 * but annotates might_lock() for it. The caller may hold mmap_lock, so turn lockdep off
 * to avoid a false report.
 */
static int insert_quietly(struct mmu_interval_notifier *mni, struct mm_struct *mm,
			  unsigned long start, unsigned long len,
			  const struct mmu_interval_notifier_ops *ops)
{
	int ret;

	lockdep_off();
	ret = mmu_interval_notifier_insert(mni, mm, start, len, ops);
	lockdep_on();
	return ret;
}

static int insert_native(struct mmnotify_range *r, struct mm_struct *mm,
			 unsigned long start, unsigned long len,
			 enum locking locking)
{
	switch (locking) {
	case MMAP_PRIMED:
		return insert_quietly(&r->mni, mm, start, len,
				      mmn_deliver_ops_of(r->called));
	case MMAP_WRITE:
		return mmu_interval_notifier_insert_locked(&r->mni, mm, start, len,
							   mmn_deliver_ops_of(r->called));
	default:
		return mmu_interval_notifier_insert(&r->mni, mm, start, len,
						    mmn_deliver_ops_of(r->called));
	}
}

/* @r is in state INSERTING. */
static int range_insert(struct mmnotify_range *r, struct mm_struct *mm,
			unsigned long start, unsigned long len, enum locking locking)
{
	int ret;

	r->ends = NULL;
	r->pending.event = 0;
	r->lost = 0;
	atomic_set(&r->undelivered, 0);
	if (r->called->end) {
		ret = mmn_range_end_get(r, mm, locking == MMAP_WRITE);
		if (ret)
			return ret;
	}
	ret = insert_native(r, mm, start, len, locking);
	if (ret)
		mmn_range_end_put(r);
	else
		mmn_objects_add_range(r);
	return ret;
}

static int check_primed(const struct mmn_client *c, const struct mm_struct *mm,
			const struct mmnotify_range_ops *ops)
{
	if (!ops->end && mmn_is_primed(mm))
		return 0;
	pr_warn_ratelimited("client %s: mmnotify_range_insert_primed(): the mm is not primed, or the ops have end(), which needs mmap_lock: call mmnotify_prime() before, or use mmnotify_range_insert()\n",
			    c->name);
	return -EINVAL;
}

/* Arguments that the three variants of the insertion have in common. */
struct place {
	struct mm_struct *mm;
	unsigned long start;
	unsigned long len;
	enum locking locking;
};

/* @r is in state CLAIMED, and the caller has called mmn_client_get() for it. */
static int insert_claimed(struct mmnotify_client *client, struct mmnotify_range *r,
			  const struct place *p, const struct mmnotify_range_ops *ops,
			  const struct mmnotify_range_ops *called)
{
	int ret;

	if (!mmget_not_zero(p->mm)) {
		mmnotify_life_settle(&r->life, false);
		return -ESRCH;
	}
	r->ops = ops;
	r->called = called;
	r->client = client;
	mmnotify_life_written(&r->life);
	ret = range_insert(r, p->mm, p->start, p->len, p->locking);
	mmn_removal_settle(r, !ret);
	/* Never the last reference, as the caller of the insertion holds one. */
	mmput(p->mm);
	return ret;
}

static int insert_for(struct mmnotify_client *client, struct mmnotify_range *r,
		      const struct place *p, const struct mmnotify_range_ops *ops,
		      const struct mmnotify_range_ops *called)
{
	struct mmn_client *c = mmn_client_of(client);
	int ret = 0;

	if (p->locking == MMAP_PRIMED)
		ret = check_primed(c, p->mm, called);
	if (ret)
		return ret;
	ret = mmnotify_life_insert(&r->life);
	if (!ret)
		return insert_claimed(client, r, p, ops, called);
	pr_warn_ratelimited("client %s: mmnotify_range_insert(): the range is inserted already or was not zeroed: zero it before each insertion\n",
			    c->name);
	return ret;
}

static int check_and_insert(struct mmnotify_client *client, struct mmnotify_range *range,
			    const struct place *p,
			    const struct mmnotify_range_ops *ops, size_t size)
{
	const struct mmnotify_range_ops *called;
	struct mmn_client *c;
	int ret;

	if (!range || !p->mm)
		return -EINVAL;
	ret = check_place(p->start, p->len);
	if (ret)
		return ret;
	c = mmn_client_get(client, MMN_OBJECT_RANGE);
	if (!c)
		return -EINVAL;
	called = accept_ops(c, ops, size);
	ret = PTR_ERR_OR_ZERO(called);
	if (!ret)
		ret = insert_for(client, range, p, ops, called);
	if (ret)
		mmn_client_put(c, MMN_OBJECT_RANGE);
	return ret;
}

/**
 * mmnotify_range_insert_v1() - insert a range, so that its callbacks run from now on
 * @client: a registered client
 * @range: range in memory of the driver, zero except for its owner; see
 *	mmnotify_range_insert()
 * @mm: mm of the addresses, need not be current->mm; the caller holds mmget()
 * @start: address of the first byte
 * @len: length, bytes
 * @ops: callbacks; must outlive the range
 * @size: sizeof(struct mmnotify_range_ops) when the driver was compiled, bytes
 *
 * Callbacks may run before the call returns. Follows
 * mm/mmu_notifier.c:mmu_interval_notifier_insert(), but returns an error where
 * that warns.
 *
 * Context: Process, may sleep; takes mmap_lock for write if the mm is not primed
 * or @ops has end(), so do not hold it. Not in a callback.
 * Return: 0; -EINVAL for a missing argument or callback, a client that is not
 * registered, a zero length, ops that are too small, effects that this mmnotify does not
 * support, or a reserved member of the ops that is not 0; -E2BIG if the ops use members
 * that this mmnotify does not support; -EBUSY if the range is inserted already, or was not
 * zeroed after its removal; -EOVERFLOW if the range wraps; -ESRCH if the mm is exiting;
 * -ENOMEM; -EINTR if a signal is pending; -EOPNOTSUPP if mmnotify_caps() lacks
 * MMNOTIFY_CAP_RANGES.
 */
int mmnotify_range_insert_v1(struct mmnotify_client *client,
			     struct mmnotify_range *range, struct mm_struct *mm,
			     unsigned long start, unsigned long len,
			     const struct mmnotify_range_ops *ops, size_t size)
{
	struct place p = { mm, start, len, MMAP_FREE };

	return check_and_insert(client, range, &p, ops, size);
}
MMN_EXPORT(mmnotify_range_insert_v1);

/**
 * mmnotify_range_insert_primed_v1() - insert a range under mmap_lock held for read
 * @client: a registered client
 * @range: range in memory of the driver, zero except for its owner; see
 *	mmnotify_range_insert_primed()
 * @mm: mm of the addresses, for which mmnotify_prime() has returned 0; the caller holds
 *	mmget()
 * @start: address of the first byte
 * @len: length, bytes
 * @ops: callbacks, without end(); must outlive the range
 * @size: sizeof(struct mmnotify_range_ops) when the driver was compiled, bytes
 *
 * The mm must be primed. An mm with whole-mm notifiers of other users passes the check,
 * too; if it was not primed, the call takes mmap_lock, and deadlocks if the caller holds
 * it.
 *
 * Context: Process, may sleep; takes no mm lock if @mm is primed. Not in a callback.
 * Return: as mmnotify_range_insert(); -EINVAL also if @ops has end() or @mm has
 * no notifiers at all.
 */
int mmnotify_range_insert_primed_v1(struct mmnotify_client *client,
				    struct mmnotify_range *range,
				    struct mm_struct *mm, unsigned long start,
				    unsigned long len,
				    const struct mmnotify_range_ops *ops,
				    size_t size)
{
	struct place p = { mm, start, len, MMAP_PRIMED };

	return check_and_insert(client, range, &p, ops, size);
}
MMN_EXPORT(mmnotify_range_insert_primed_v1);

/**
 * mmnotify_range_insert_locked_v1() - insert a range under mmap_lock held for write
 * @client: a registered client
 * @range: range in memory of the driver, zero except for its owner; see
 *	mmnotify_range_insert_locked()
 * @mm: mm of the addresses; the caller holds mmget(), and mmap_lock for write
 * @start: address of the first byte
 * @len: length, bytes
 * @ops: callbacks; must outlive the range
 * @size: sizeof(struct mmnotify_range_ops) when the driver was compiled, bytes
 *
 * Follows mm/mmu_notifier.c:mmu_interval_notifier_insert_locked().
 *
 * Context: Process, under mmap_lock for write. Not in a callback.
 * Return: as mmnotify_range_insert().
 */
int mmnotify_range_insert_locked_v1(struct mmnotify_client *client,
				    struct mmnotify_range *range,
				    struct mm_struct *mm, unsigned long start,
				    unsigned long len,
				    const struct mmnotify_range_ops *ops,
				    size_t size)
{
	struct place p = { mm, start, len, MMAP_WRITE };

	return check_and_insert(client, range, &p, ops, size);
}
MMN_EXPORT(mmnotify_range_insert_locked_v1);

static int range_prime(struct mm_struct *mm, bool locked)
{
	int ret;

	if (!mm)
		return -EINVAL;
	if (!mmget_not_zero(mm))
		return -ESRCH;
	ret = mmn_prime(mm, locked);
	mmput(mm);
	return ret;
}

/**
 * mmnotify_prime_v1() - prepare an mm, so that later insertions take no mm lock
 * @mm: mm to prepare; the caller holds mmget(); see mmnotify_prime()
 *
 * The mm stays primed until it exits, so call this once per mm: each call takes all locks
 * of the mm. Follows the use of mm/mmu_notifier.c:mmu_notifier_register() without
 * a notifier.
 *
 * Context: Process, may sleep; takes mmap_lock for write. Not in a callback.
 * Return: 0; -EINVAL if @mm is NULL; -ESRCH if the mm is exiting; -ENOMEM; -EINTR if a
 * signal is pending; -EOPNOTSUPP if mmnotify_caps() lacks MMNOTIFY_CAP_RANGES.
 */
int mmnotify_prime_v1(struct mm_struct *mm)
{
	return range_prime(mm, false);
}
MMN_EXPORT(mmnotify_prime_v1);

/**
 * mmnotify_prime_locked_v1() - prepare an mm under mmap_lock held for write
 * @mm: mm to prepare; the caller holds mmget(), and mmap_lock for write; see
 *	mmnotify_prime_locked()
 *
 * Context: Process, under mmap_lock for write. Not in a callback.
 * Return: as mmnotify_prime().
 */
int mmnotify_prime_locked_v1(struct mm_struct *mm)
{
	return range_prime(mm, true);
}
MMN_EXPORT(mmnotify_prime_locked_v1);

/*
 * The mm has a range, so it is primed: the insertions take no mm lock, and the caller may
 * hold mmap_lock. A reader's sequence stays usable, because the range and the cover both
 * take their sequences from that of the mm.
 */
static int range_move(struct mmnotify_range *r, struct mm_struct *mm,
		      unsigned long start, unsigned long len)
{
	unsigned long first = min(start, r->mni.interval_tree.start);
	unsigned long last = max(start + (len - 1), r->mni.interval_tree.last);
	struct mmn_cover cover = { .range = r };
	int ret;

	/* The length of the whole address space would overflow: leave out the last byte. */
	if (last - first == ULONG_MAX)
		last--;
	ret = insert_quietly(&cover.mni, mm, first, last - first + 1, &mmn_deliver_cover_ops);
	if (ret)
		return ret;
	mmn_removal_native(&r->mni);
	ret = insert_quietly(&r->mni, mm, start, len, mmn_deliver_ops_of(r->called));
	mmn_removal_native(&cover.mni);
	return WARN_ON_ONCE(ret) ? ret : 0;
}

/**
 * mmnotify_range_move_v1() - change the addresses of a range without missing an event
 * @range: an inserted range; see mmnotify_range_move()
 * @start: new address of the first byte
 * @len: new length, bytes
 *
 * For a VMA that was split, or moved by mremap(). Until the call returns, callbacks run
 * for events at the old place, at the new place and between the two, for some of them
 * twice. A sequence from mmnotify_range_read_begin() stays usable.
 *
 * The driver drops its translations outside of the new place. If its callbacks use
 * mmnotify_range_clamp(), it drops them before the move: during the move that call clamps
 * to either the old or the new place.
 *
 * mmnotify_range_remove_async() may be called during the move, also in a callback. The
 * range is removed after the move, perhaps before this call returns.
 *
 * The caller holds mmget(), or is a task of the mm.
 *
 * Context: Process, sleeps until running invalidations of the mm end. mmap_lock may be
 * held for read or for write, but no lock that a callback takes. Not in a callback.
 * Return: 0; -EINVAL for a zero length; -EOVERFLOW if the new place wraps; -ENOENT if the
 * range is not inserted; -EBUSY while another task inserts or moves it; -EALREADY if its
 * removal has begun; -ESRCH if the mm is exiting; -ENOMEM; -EDEADLK in a callback, as
 * mmnotify_range_remove(). With an error the range keeps its place.
 */
int mmnotify_range_move_v1(struct mmnotify_range *range, unsigned long start,
			   unsigned long len)
{
	struct mm_struct *mm;
	int ret = check_place(start, len);

	if (ret)
		return ret;
	if (mmn_client_in_callback("mmnotify_range_move()", __builtin_return_address(0)) ||
	    mmn_verdict_in_callback(range->mni.mm, "mmnotify_range_move()",
				    __builtin_return_address(0)))
		return -EDEADLK;
	ret = mmnotify_life_move(&range->life);
	if (ret) {
		if (ret == -ENOENT)
			pr_warn_ratelimited("mmnotify_range_move(): the range is not inserted: insert it first (caller %ps)\n",
					    __builtin_return_address(0));
		return ret;
	}
	mm = range->mni.mm;
	ret = -ESRCH;
	if (mmget_not_zero(mm)) {
		ret = range_move(range, mm, start, len);
		mmput(mm);
	}
	mmn_removal_settle(range, true);
	return ret;
}
MMN_EXPORT(mmnotify_range_move_v1);
