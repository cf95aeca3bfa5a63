/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * mmnotify_compat_impl: functions that mmnotify_compat.h defines in one file of a driver
 * that is built without mmnotify. Lifetime rules are those of mmnotify. Misuse returns
 * the same errors, as far as it can be detected without mmnotify.
 */
#ifndef MMNOTIFY_COMPAT_IMPL_H
#define MMNOTIFY_COMPAT_IMPL_H

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/mmu_notifier.h>
#include <linux/overflow.h>
#include <linux/sched/mm.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include "mmnotify_compat.h"
#include "mmnotify_compat_ends.h"
#include "mmnotify_compat_mm.h"
#include "mmnotify_life.h"

/* ---- ranges ---- */

static bool mmnotify_compat_call(struct mmnotify_range *r,
				 const struct mmnotify_info *info,
				 unsigned long seq,
				 struct mmnotify_finish **finish)
{
	const struct mmnotify_range_ops *ops = r->ops;

	if (info->event == MMNOTIFY_RELEASE && ops->release) {
		ops->release(r, seq);
		return true;
	}
	if (ops->invalidate_start)
		return ops->invalidate_start(r, info, seq, finish);
	return ops->invalidate(r, info, seq);
}

/*
 * Return: value of the driver's callback. *finish is not NULL only if there is something
 * to wait for.
 */
static bool mmnotify_compat_deliver(struct mmnotify_range *r,
				    const struct mmu_notifier_range *range,
				    unsigned long seq,
				    struct mmnotify_finish **finish)
{
	struct mmnotify_info info;
	bool ret;

	*finish = NULL;
	mmnotify_conservative(range, &info);
	if (info.owner && info.owner == r->owner)
		return true;
	mmnotify_compat_expect(r, range);
	ret = mmnotify_compat_call(r, &info, seq, finish);
	if (!ret)
		*finish = NULL;
	if (*finish)
		(*finish)->range = r;
	return ret;
}

static bool mmnotify_compat_one_pass(struct mmnotify_range *r,
				     const struct mmu_notifier_range *range,
				     unsigned long seq)
{
	struct mmnotify_finish *finish;
	bool ret = mmnotify_compat_deliver(r, range, seq, &finish);

	if (finish)
		r->ops->invalidate_finish(finish);
	return ret;
}

static bool
mmnotify_compat_range_invalidate(struct mmu_interval_notifier *mni,
				 const struct mmu_notifier_range *range,
				 unsigned long seq)
{
	return mmnotify_compat_one_pass(container_of(mni, struct mmnotify_range,
						     mni), range, seq);
}

static const struct mmu_interval_notifier_ops mmnotify_compat_range_ops = {
	.invalidate = mmnotify_compat_range_invalidate,
};

#if MMNOTIFY_COMPAT_TWO_PASS
static bool
mmnotify_compat_range_start(struct mmu_interval_notifier *mni,
			    const struct mmu_notifier_range *range,
			    unsigned long seq,
			    struct mmu_interval_notifier_finish **native)
{
	struct mmnotify_finish *finish;
	bool ret = mmnotify_compat_deliver(container_of(mni, struct mmnotify_range,
							mni),
					   range, seq, &finish);

	BUILD_BUG_ON(sizeof(**native) > sizeof(finish->priv));
	if (finish)
		*native = (struct mmu_interval_notifier_finish *)finish->priv;
	return ret;
}

static void
mmnotify_compat_range_finish(struct mmu_interval_notifier_finish *native)
{
	struct mmnotify_finish *finish =
		container_of((void *)native, struct mmnotify_finish, priv);

	finish->range->ops->invalidate_finish(finish);
}

static const struct mmu_interval_notifier_ops mmnotify_compat_two_pass_ops = {
	.invalidate = mmnotify_compat_range_invalidate,
	.invalidate_start = mmnotify_compat_range_start,
	.invalidate_finish = mmnotify_compat_range_finish,
};
#else
#define mmnotify_compat_two_pass_ops	mmnotify_compat_range_ops
#endif

static const struct mmu_interval_notifier_ops *
mmnotify_compat_native_ops(const struct mmnotify_range_ops *ops)
{
	return ops->invalidate_start ? &mmnotify_compat_two_pass_ops :
				       &mmnotify_compat_range_ops;
}

static int mmnotify_compat_check_place(unsigned long start, unsigned long len)
{
	unsigned long last;

	if (!len)
		return -EINVAL;
	return check_add_overflow(start, len - 1, &last) ? -EOVERFLOW : 0;
}

static int mmnotify_compat_check_ops(const struct mmnotify_range_ops *ops)
{
	if (ops && (ops->effects & ~MMNOTIFY_FX_ALL || ops->rsvd))
		return -EINVAL;
	if (ops && ops->invalidate_start)
		return ops->invalidate_finish ? 0 : -EINVAL;
	return ops && ops->invalidate ? 0 : -EINVAL;
}

/* How the caller holds mmap_lock: not at all, for read in a primed mm, or for write. */
enum mmnotify_compat_locking {
	MMNOTIFY_COMPAT_FREE,
	MMNOTIFY_COMPAT_PRIMED,
	MMNOTIFY_COMPAT_WRITE,
};

/*
 * Insert into a primed mm. The kernel has might_lock(mmap_lock) there, but does not take
 * the lock. The caller may hold it, so switch lockdep off.
 */
static int mmnotify_compat_insert_quietly(struct mmu_interval_notifier *mni,
					  struct mm_struct *mm,
					  unsigned long start, unsigned long len,
					  const struct mmu_interval_notifier_ops *ops)
{
	int ret;

	lockdep_off();
	ret = mmu_interval_notifier_insert(mni, mm, start, len, ops);
	lockdep_on();
	return ret;
}

static int mmnotify_compat_insert_native(struct mmnotify_range *r,
					 struct mm_struct *mm,
					 unsigned long start, unsigned long len,
					 enum mmnotify_compat_locking locking)
{
	const struct mmu_interval_notifier_ops *ops =
		mmnotify_compat_native_ops(r->ops);

	if (locking == MMNOTIFY_COMPAT_WRITE)
		return mmu_interval_notifier_insert_locked(&r->mni, mm, start,
							   len, ops);
	if (locking == MMNOTIFY_COMPAT_FREE)
		return mmu_interval_notifier_insert(&r->mni, mm, start, len, ops);
	return mmnotify_compat_insert_quietly(&r->mni, mm, start, len, ops);
}

static void mmnotify_compat_remove_work(struct work_struct *work)
{
	struct mmnotify_range *r = container_of(work, struct mmnotify_range, removal);
	void (*removed)(struct mmnotify_range *range) = r->ops->removed;
	struct mmnotify_compat_client *c = r->client->priv;

	mmu_interval_notifier_remove(&r->mni);
	mmnotify_compat_ends_put(r);
	mmnotify_life_end(&r->life);
	/* The driver may free @r in its callback, or zero it and insert it again. */
	removed(r);
	mmnotify_compat_left(c);
}

/* @r is in state LEAVING, and the calling task is responsible for its removal. */
static void mmnotify_compat_queue_removal(struct mmnotify_range *r)
{
	INIT_WORK(&r->removal, mmnotify_compat_remove_work);
	queue_work(((struct mmnotify_compat_client *)r->client->priv)->removals,
		   &r->removal);
}

/* The calling task has inserted or moved @r. @r may be freed when this returns. */
static void mmnotify_compat_settle(struct mmnotify_range *r, bool lives)
{
	struct mmnotify_compat_client *c = r->client->priv;

	switch (mmnotify_life_settle(&r->life, lives)) {
	case MMNOTIFY_LIFE_LEAVING:
		mmnotify_compat_queue_removal(r);
		break;
	case MMNOTIFY_LIFE_REMOVING:
		wake_up_var(&r->life);
		break;
	case MMNOTIFY_LIFE_NONE | MMNOTIFY_LIFE_ASYNC:
		atomic_dec(&c->leaving);
		break;
	default:
		break;
	}
}

static int mmnotify_compat_insert_live(struct mmnotify_range *r,
				       struct mm_struct *mm,
				       unsigned long start, unsigned long len,
				       enum mmnotify_compat_locking locking)
{
	struct mmu_notifier *mn;
	int ret;

	r->ends = NULL;
	r->due = 0;
	atomic_set(&r->undelivered, 0);
	if (r->ops->end) {
		mn = locking == MMNOTIFY_COMPAT_WRITE ?
			mmu_notifier_get_locked(&mmnotify_compat_ends_ops, mm) :
			mmu_notifier_get(&mmnotify_compat_ends_ops, mm);
		if (IS_ERR(mn))
			return PTR_ERR(mn);
		r->ends = container_of(mn, struct mmnotify_compat_ends, mn);
	}
	ret = mmnotify_compat_insert_native(r, mm, start, len, locking);
	if (ret)
		mmnotify_compat_ends_put(r);
	return ret;
}

/* The caller has counted the range as an object of @client. */
static int mmnotify_compat_insert_for(struct mmnotify_client *client,
				      struct mmnotify_range *r,
				      struct mm_struct *mm,
				      unsigned long start, unsigned long len,
				      const struct mmnotify_range_ops *ops,
				      enum mmnotify_compat_locking locking)
{
	int ret;

	ret = mmnotify_life_insert(&r->life);
	if (ret)
		return ret;
	if (!mmget_not_zero(mm)) {
		mmnotify_life_settle(&r->life, false);
		return -ESRCH;
	}
	r->ops = ops;
	r->client = client;
	mmnotify_life_written(&r->life);
	ret = mmnotify_compat_insert_live(r, mm, start, len, locking);
	mmnotify_compat_settle(r, !ret);
	mmput(mm);
	return ret;
}

static int mmnotify_compat_insert(struct mmnotify_client *client,
				  struct mmnotify_range *r, struct mm_struct *mm,
				  unsigned long start, unsigned long len,
				  const struct mmnotify_range_ops *ops,
				  enum mmnotify_compat_locking locking)
{
	struct mmnotify_compat_client *c;
	int ret;

	if (!r || !mm || mmnotify_compat_check_ops(ops))
		return -EINVAL;
	ret = mmnotify_compat_check_place(start, len);
	if (ret)
		return ret;
	if (locking == MMNOTIFY_COMPAT_PRIMED &&
	    (ops->end || !mmnotify_compat_is_primed(mm)))
		return -EINVAL;
	c = mmnotify_compat_hold(client);
	if (!c)
		return -EINVAL;
	ret = mmnotify_compat_insert_for(client, r, mm, start, len, ops, locking);
	if (ret)
		mmnotify_compat_drop(c);
	return ret;
}

/**
 * mmnotify_range_insert() - subscribe a range to the invalidations of its addresses
 * @client: registered client
 * @range: range of the driver, zeroed but for its owner
 * @mm: address space; the caller holds mmget(), it need not be current->mm
 * @start: address of the first byte
 * @len: length in bytes
 * @ops: callbacks; must outlive the range
 *
 * Context: Process, may sleep; takes mmap_lock for write if the mm is not primed
 * or @ops has end(). Not in a callback.
 * Return: 0; -EINVAL for a missing argument or callback, unknown effects, a client that
 * is not registered or a zero length; -EBUSY if the range is inserted already;
 * -EOVERFLOW if the range wraps; -ESRCH if the mm is dying; -ENOMEM; -EINTR; -EOPNOTSUPP
 * if the kernel has no interval notifiers.
 */
int mmnotify_range_insert(struct mmnotify_client *client,
			  struct mmnotify_range *range, struct mm_struct *mm,
			  unsigned long start, unsigned long len,
			  const struct mmnotify_range_ops *ops)
{
	return mmnotify_compat_insert(client, range, mm, start, len, ops,
				      MMNOTIFY_COMPAT_FREE);
}

/**
 * mmnotify_range_insert_primed() - mmnotify_range_insert() with mmap_lock held for read
 * @client: as for mmnotify_range_insert()
 * @range: as for mmnotify_range_insert()
 * @mm: address space for which mmnotify_prime() has returned 0
 * @start: address of the first byte
 * @len: length in bytes
 * @ops: callbacks, without end()
 *
 * Context: Process, may sleep; takes no mm lock. Not in a callback.
 * Return: as mmnotify_range_insert(); -EINVAL also if @ops has end() or @mm has no
 * notifiers.
 */
int mmnotify_range_insert_primed(struct mmnotify_client *client,
				 struct mmnotify_range *range,
				 struct mm_struct *mm, unsigned long start,
				 unsigned long len,
				 const struct mmnotify_range_ops *ops)
{
	return mmnotify_compat_insert(client, range, mm, start, len, ops,
				      MMNOTIFY_COMPAT_PRIMED);
}

/**
 * mmnotify_range_insert_locked() - mmnotify_range_insert() with mmap_lock held for write
 * @client: as for mmnotify_range_insert()
 * @range: as for mmnotify_range_insert()
 * @mm: address space; the caller holds its mmap_lock for write
 * @start: address of the first byte
 * @len: length in bytes
 * @ops: callbacks
 *
 * Context: Process, under mmap_lock for write. Not in a callback.
 * Return: as mmnotify_range_insert().
 */
int mmnotify_range_insert_locked(struct mmnotify_client *client,
				 struct mmnotify_range *range,
				 struct mm_struct *mm, unsigned long start,
				 unsigned long len,
				 const struct mmnotify_range_ops *ops)
{
	return mmnotify_compat_insert(client, range, mm, start, len, ops,
				      MMNOTIFY_COMPAT_WRITE);
}

/* Covers the old and the new place while the range itself is removed and inserted again. */
struct mmnotify_compat_cover {
	struct mmu_interval_notifier mni;
	struct mmnotify_range *range;
};

static bool
mmnotify_compat_cover_invalidate(struct mmu_interval_notifier *mni,
				 const struct mmu_notifier_range *range,
				 unsigned long seq)
{
	struct mmnotify_compat_cover *cover =
		container_of(mni, struct mmnotify_compat_cover, mni);

	return mmnotify_compat_one_pass(cover->range, range, seq);
}

static const struct mmu_interval_notifier_ops mmnotify_compat_cover_ops = {
	.invalidate = mmnotify_compat_cover_invalidate,
};

static int mmnotify_compat_move(struct mmnotify_range *r, struct mm_struct *mm,
				unsigned long start, unsigned long len)
{
	unsigned long first = min(start, r->mni.interval_tree.start);
	unsigned long last = max(start + (len - 1), r->mni.interval_tree.last);
	struct mmnotify_compat_cover cover = { .range = r };
	int ret;

	/* The length of the whole address space does not fit an unsigned long. */
	if (last - first == ULONG_MAX)
		last--;
	ret = mmnotify_compat_insert_quietly(&cover.mni, mm, first, last - first + 1,
					     &mmnotify_compat_cover_ops);
	if (ret)
		return ret;
	mmu_interval_notifier_remove(&r->mni);
	ret = mmnotify_compat_insert_quietly(&r->mni, mm, start, len,
					     mmnotify_compat_native_ops(r->ops));
	mmu_interval_notifier_remove(&cover.mni);
	return WARN_ON_ONCE(ret) ? ret : 0;
}

/**
 * mmnotify_range_move() - change the addresses of a range without missing an event
 * @range: inserted range
 * @start: address of the new first byte
 * @len: new length in bytes
 *
 * Context: Process, sleeps until running invalidations of the mm end. mmap_lock may be
 * held, for read or for write, or not. Not in a callback.
 * Return: 0; -EINVAL for a zero length; -EOVERFLOW if it wraps; -ENOENT if the range
 * is not inserted; -EBUSY while another task inserts or moves it; -EALREADY if its
 * removal has begun; -ESRCH if the mm is dying; -ENOMEM. After an error the range is at
 * its old place.
 */
int mmnotify_range_move(struct mmnotify_range *range, unsigned long start,
			unsigned long len)
{
	int ret = mmnotify_compat_check_place(start, len);
	struct mm_struct *mm;

	if (!ret)
		ret = mmnotify_life_move(&range->life);
	if (ret)
		return ret;
	mm = range->mni.mm;
	ret = -ESRCH;
	if (mmget_not_zero(mm)) {
		ret = mmnotify_compat_move(range, mm, start, len);
		mmput(mm);
	}
	mmnotify_compat_settle(range, true);
	return ret;
}

/**
 * mmnotify_range_remove() - remove a range and wait
 * @range: inserted range
 *
 * Context: Process, sleeps until running invalidations of the mm end; mmap_lock may
 * be held. Never in a callback: it would wait for itself.
 * Return: 0; -ENOENT if the range was never inserted; -EBUSY if its insertion has not
 * returned; -EALREADY if another removal has begun or is done: the memory then belongs
 * to the other removal.
 */
int mmnotify_range_remove(struct mmnotify_range *range)
{
	struct mmnotify_compat_client *c;
	int ret = mmnotify_life_remove(&range->life);

	if (ret < 0)
		return ret;
	if (ret)
		wait_var_event(&range->life, mmnotify_life_may_remove(&range->life));
	c = range->client->priv;
	mmu_interval_notifier_remove(&range->mni);
	mmnotify_compat_ends_put(range);
	mmnotify_life_end(&range->life);
	mmnotify_compat_drop(c);
	return 0;
}

/* Return: as mmnotify_life_leave(); -EINVAL if the ops have no removed(). */
static int mmnotify_compat_leave(struct mmnotify_range *r,
				 struct mmnotify_compat_client *c)
{
	int ret;

	if (!r->ops->removed)
		return -EINVAL;
	/* Count first: the range may be freed as soon as its state changes. */
	atomic_inc(&c->leaving);
	ret = mmnotify_life_leave(&r->life);
	if (ret < 0)
		atomic_dec(&c->leaving);
	return ret;
}

/**
 * mmnotify_range_remove_async() - remove a range without waiting
 * @range: inserted range, with removed() in its ops
 *
 * Context: Any process context, including callbacks; does not sleep.
 * Return: 0: the range must stay valid until removed() is called; -EALREADY if another
 * removal has begun or is done; -ENOENT if the range was never inserted, or its insertion
 * has only begun; -EINVAL if the ops have no removed(). After an error nothing has
 * changed.
 */
int mmnotify_range_remove_async(struct mmnotify_range *range)
{
	struct mmnotify_compat_client *c;
	int ret = -ENOENT;

	/* Another removal may end meanwhile, and then the client may be unregistered. */
	rcu_read_lock();
	if (mmnotify_life_is_written(&range->life)) {
		c = READ_ONCE(range->client->priv);
		ret = c ? mmnotify_compat_leave(range, c) : -EALREADY;
	}
	rcu_read_unlock();
	if (!ret)
		mmnotify_compat_queue_removal(range);
	return ret > 0 ? 0 : ret;
}

/**
 * mmnotify_synchronize() - wait for the pending removals and puts of a client
 * @client: registered client
 *
 * Context: Process, sleeps. Not in a callback, nor in removed().
 */
void mmnotify_synchronize(struct mmnotify_client *client)
{
	struct mmnotify_compat_client *c = mmnotify_compat_hold(client);

	if (!c)
		return;
	while (!wait_var_event_timeout(&c->leaving, !atomic_read(&c->leaving), HZ / 10))
		;
	mmnotify_compat_drop(c);
	/* free_notifier() of struct mmnotify_compat_ends is in the text of this module, too. */
	mmu_notifier_synchronize();
}

#endif /* MMNOTIFY_COMPAT_IMPL_H */
