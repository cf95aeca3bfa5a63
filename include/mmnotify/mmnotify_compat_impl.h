/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * mmnotify_compat_impl: what mmnotify_compat.h puts into one file of a driver that
 * is built without mmnotify. The rules of lifetime are mmnotify's, and so are the
 * answers to misuse, where that can be told without it.
 */
#ifndef MMNOTIFY_COMPAT_IMPL_H
#define MMNOTIFY_COMPAT_IMPL_H

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/hashtable.h>
#include <linux/llist.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/sched/mm.h>
#include <linux/workqueue.h>

#include "mmnotify_compat.h"
#include "mmnotify_compat_ends.h"

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

/* Return: the driver's; *finish only if there is something to wait for. */
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
	if (ops && ops->invalidate_start)
		return ops->invalidate_finish ? 0 : -EINVAL;
	return ops && ops->invalidate ? 0 : -EINVAL;
}

/* What the caller does about mmap_lock. */
enum mmnotify_compat_locking {
	MMNOTIFY_COMPAT_FREE,
	MMNOTIFY_COMPAT_PRIMED,
	MMNOTIFY_COMPAT_WRITE,
};

static int mmnotify_compat_insert_native(struct mmnotify_range *r,
					 struct mm_struct *mm,
					 unsigned long start, unsigned long len,
					 enum mmnotify_compat_locking locking)
{
	const struct mmu_interval_notifier_ops *ops =
		mmnotify_compat_native_ops(r->ops);
	int ret;

	if (locking == MMNOTIFY_COMPAT_WRITE)
		return mmu_interval_notifier_insert_locked(&r->mni, mm, start,
							   len, ops);
	if (locking == MMNOTIFY_COMPAT_FREE)
		return mmu_interval_notifier_insert(&r->mni, mm, start, len, ops);
	/* Of a primed mm the kernel does not take mmap_lock, but says it might. */
	lockdep_off();
	ret = mmu_interval_notifier_insert(&r->mni, mm, start, len, ops);
	lockdep_on();
	return ret;
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

static int mmnotify_compat_insert(struct mmnotify_client *client,
				  struct mmnotify_range *r, struct mm_struct *mm,
				  unsigned long start, unsigned long len,
				  const struct mmnotify_range_ops *ops,
				  enum mmnotify_compat_locking locking)
{
	int ret;

	if (!client || !client->priv || !r || !mm ||
	    mmnotify_compat_check_ops(ops))
		return -EINVAL;
	ret = mmnotify_compat_check_place(start, len);
	if (ret)
		return ret;
	if (locking == MMNOTIFY_COMPAT_PRIMED &&
	    (ops->end || !mm->notifier_subscriptions))
		return -EINVAL;
	if (!mmget_not_zero(mm))
		return -ESRCH;
	r->ops = ops;
	r->client = client;
	atomic_inc(mmnotify_compat_live(client));
	ret = mmnotify_compat_insert_live(r, mm, start, len, locking);
	if (ret)
		atomic_dec(mmnotify_compat_live(client));
	mmput(mm);
	return ret;
}

/**
 * mmnotify_range_insert() - begin to hear of a range
 * @client: a registered client
 * @range: the driver's object, zeroed but for its owner
 * @mm: whose addresses; the caller holds mmget(), it need not be current->mm
 * @start: first byte
 * @len: bytes
 * @ops: callbacks; must outlive the range
 *
 * Context: Process, may sleep; takes mmap_lock for write if the mm is not primed
 * or @ops has end(). Not in a callback.
 * Return: 0; -EINVAL for a missing argument or callback, a client that is not
 * registered or a zero length; -EOVERFLOW if the range wraps; -ESRCH if the mm is
 * dying; -ENOMEM; -EINTR.
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
 * mmnotify_range_insert_primed() - the same, with mmap_lock held for read
 * @client: as for mmnotify_range_insert()
 * @range: as for mmnotify_range_insert()
 * @mm: an mm for which mmnotify_prime() has returned 0
 * @start: first byte
 * @len: bytes
 * @ops: callbacks, without end()
 *
 * Context: Process, may sleep; takes no mm lock. Not in a callback.
 * Return: as mmnotify_range_insert(); -EINVAL also if @ops has end() or nobody
 * primed @mm.
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
 * mmnotify_range_insert_locked() - the same, with mmap_lock held for write
 * @client: as for mmnotify_range_insert()
 * @range: as for mmnotify_range_insert()
 * @mm: the caller holds its mmap_lock for write
 * @start: first byte
 * @len: bytes
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

/* Hears of a range while the range itself is taken out and put in again. */
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

	/* All of the address space has no length that fits. */
	if (last - first == ULONG_MAX)
		last--;
	ret = mmu_interval_notifier_insert(&cover.mni, mm, first,
					   last - first + 1,
					   &mmnotify_compat_cover_ops);
	if (ret)
		return ret;
	mmu_interval_notifier_remove(&r->mni);
	ret = mmu_interval_notifier_insert(&r->mni, mm, start, len,
					   mmnotify_compat_native_ops(r->ops));
	mmu_interval_notifier_remove(&cover.mni);
	return WARN_ON_ONCE(ret) ? ret : 0;
}

/**
 * mmnotify_range_move() - change where a range is, without a window
 * @range: an inserted range
 * @start: the new first byte
 * @len: the new length, bytes
 *
 * Context: Process, sleeps until running invalidations of the mm end; not under
 * mmap_lock, not in a callback. One at a time per range.
 * Return: 0; -EINVAL for a zero length; -EOVERFLOW if it wraps; -ESRCH if the
 * mm is dying. Then the range is where it was.
 */
int mmnotify_range_move(struct mmnotify_range *range, unsigned long start,
			unsigned long len)
{
	struct mm_struct *mm = range->mni.mm;
	int ret = mmnotify_compat_check_place(start, len);

	if (ret)
		return ret;
	if (!mmget_not_zero(mm))
		return -ESRCH;
	ret = mmnotify_compat_move(range, mm, start, len);
	mmput(mm);
	return ret;
}

/**
 * mmnotify_range_remove() - hear no more of a range
 * @range: an inserted range
 *
 * Context: Process, sleeps until running invalidations of the mm end. Never in
 * a callback: it would wait for itself.
 * Return: 0.
 */
int mmnotify_range_remove(struct mmnotify_range *range)
{
	mmu_interval_notifier_remove(&range->mni);
	mmnotify_compat_ends_put(range);
	atomic_dec(mmnotify_compat_live(range->client));
	return 0;
}

static LLIST_HEAD(mmnotify_compat_unwanted);

static void mmnotify_compat_remove_unwanted(struct work_struct *work)
{
	struct llist_node *list = llist_del_all(&mmnotify_compat_unwanted);
	struct mmnotify_range *r, *next;
	atomic_t *live;

	llist_for_each_entry_safe(r, next, list, async) {
		live = mmnotify_compat_live(r->client);
		mmu_interval_notifier_remove(&r->mni);
		mmnotify_compat_ends_put(r);
		r->ops->removed(r);
		atomic_dec(live);
	}
}

static DECLARE_WORK(mmnotify_compat_remove_work, mmnotify_compat_remove_unwanted);

/**
 * mmnotify_range_remove_async() - the same, without waiting
 * @range: an inserted range whose ops have removed(), for the first time
 *
 * Context: Any process context, callbacks included; does not sleep.
 * Return: 0; -EINVAL without removed(), and nothing happens.
 */
int mmnotify_range_remove_async(struct mmnotify_range *range)
{
	if (!range->ops->removed)
		return -EINVAL;
	llist_add(&range->async, &mmnotify_compat_unwanted);
	schedule_work(&mmnotify_compat_remove_work);
	return 0;
}

/* ---- a whole mm ---- */

/* Guards the table and the references. Taken before mmap_lock and in release. */
static DEFINE_MUTEX(mmnotify_compat_lock);
static DEFINE_HASHTABLE(mmnotify_compat_objects, 8);

static int mmnotify_compat_mm_start(struct mmu_notifier *mn,
				    const struct mmu_notifier_range *range)
{
	struct mmnotify_mm *m = container_of(mn, struct mmnotify_mm, mn);
	struct mmnotify_info info;

	if (!m->ops->start)
		return 0;
	mmnotify_conservative(range, &info);
	m->ops->start(m, &info);
	return 0;
}

static void mmnotify_compat_mm_end(struct mmu_notifier *mn,
				   const struct mmu_notifier_range *range)
{
	struct mmnotify_mm *m = container_of(mn, struct mmnotify_mm, mn);
	struct mmnotify_info info;

	if (!m->ops->end)
		return;
	mmnotify_conservative(range, &info);
	m->ops->end(m, &info);
}

/* By the kernel at the end of the mm and by unregister, perhaps both at once. */
static void mmnotify_compat_mm_release(struct mmu_notifier *mn,
				       struct mm_struct *mm)
{
	struct mmnotify_mm *m = container_of(mn, struct mmnotify_mm, mn);

	if (!xchg(&m->state, 1) && m->ops->release)
		m->ops->release(m);
}

static void mmnotify_compat_mm_free(struct mmu_notifier *mn)
{
	struct mmnotify_mm *m = container_of(mn, struct mmnotify_mm, mn);
	struct mmnotify_client *client = m->client;

	m->ops->free(m);
	atomic_dec(mmnotify_compat_live(client));
}

static const struct mmu_notifier_ops mmnotify_compat_mm_ops = {
	.invalidate_range_start = mmnotify_compat_mm_start,
	.invalidate_range_end = mmnotify_compat_mm_end,
	.release = mmnotify_compat_mm_release,
	.free_notifier = mmnotify_compat_mm_free,
};

static struct mmnotify_mm *
mmnotify_compat_mm_create(struct mmnotify_client *client, struct mm_struct *mm,
			  const struct mmnotify_mm_ops *ops)
{
	struct mmnotify_mm *m = ops->alloc(mm);
	int ret;

	if (IS_ERR_OR_NULL(m))
		return m ? m : ERR_PTR(-ENOMEM);
	m->mn.ops = &mmnotify_compat_mm_ops;
	m->ops = ops;
	m->client = client;
	m->users = 1;
	m->state = 0;
	atomic_inc(mmnotify_compat_live(client));
	ret = mmu_notifier_register(&m->mn, mm);
	if (ret) {
		mmnotify_compat_mm_free(&m->mn);
		return ERR_PTR(ret);
	}
	hash_add(mmnotify_compat_objects, &m->node, (unsigned long)mm);
	return m;
}

static struct mmnotify_mm *
mmnotify_compat_mm_find(const struct mm_struct *mm,
			const struct mmnotify_mm_ops *ops)
{
	struct mmnotify_mm *m;

	hash_for_each_possible(mmnotify_compat_objects, m, node, (unsigned long)mm)
		if (m->mn.mm == mm && m->ops == ops) {
			m->users++;
			return m;
		}
	return NULL;
}

/**
 * mmnotify_mm_get() - hold on to a whole mm
 * @client: a registered client
 * @mm: the caller holds mmget(), it need not be current->mm
 * @ops: callbacks; must outlive the object
 *
 * Context: Process, may sleep; takes mmap_lock for write. Not in a callback.
 * Return: the object or ERR_PTR: -EINVAL for a missing argument or callback,
 * -ESRCH if the mm is dying, -ENOMEM, -EINTR, or alloc()'s error.
 */
struct mmnotify_mm *mmnotify_mm_get(struct mmnotify_client *client,
				    struct mm_struct *mm,
				    const struct mmnotify_mm_ops *ops)
{
	struct mmnotify_mm *m;

	if (!client || !client->priv || !mm || !ops || !ops->alloc || !ops->free)
		return ERR_PTR(-EINVAL);
	if (!mmget_not_zero(mm))
		return ERR_PTR(-ESRCH);
	mutex_lock(&mmnotify_compat_lock);
	m = mmnotify_compat_mm_find(mm, ops);
	if (!m)
		m = mmnotify_compat_mm_create(client, mm, ops);
	mutex_unlock(&mmnotify_compat_lock);
	mmput(mm);
	return m;
}

/* Return: is it let go of now? If only is set, then only of the only reference. */
static bool mmnotify_compat_mm_drop(struct mmnotify_mm *m, bool only)
{
	bool last;

	mutex_lock(&mmnotify_compat_lock);
	last = m->users == 1;
	if (last)
		hash_del(&m->node);
	if (!only)
		m->users--;
	mutex_unlock(&mmnotify_compat_lock);
	return last;
}

/**
 * mmnotify_mm_put() - let go of an mm
 * @m: from mmnotify_mm_get()
 *
 * Context: Process, may sleep; not under mmap_lock. In callbacks only in
 * release().
 */
void mmnotify_mm_put(struct mmnotify_mm *m)
{
	if (mmnotify_compat_mm_drop(m, false))
		mmu_notifier_put(&m->mn);
}

/**
 * mmnotify_mm_unregister() - let go of an mm and wait
 * @m: from mmnotify_mm_get(), with no other reference
 *
 * Context: Process, sleeps; not under mmap_lock, not in a callback, nor under a
 * lock that one takes.
 * Return: 0; -EBUSY if it was got more than once, and nothing happened.
 */
int mmnotify_mm_unregister(struct mmnotify_mm *m)
{
	if (!mmnotify_compat_mm_drop(m, true))
		return -EBUSY;
	mmu_notifier_unregister(&m->mn, m->mn.mm);
	mmnotify_compat_mm_free(&m->mn);
	return 0;
}

/**
 * mmnotify_synchronize() - wait until everything that was put is freed
 *
 * Context: Process, sleeps. Not in a callback, nor in removed().
 */
void mmnotify_synchronize(void)
{
	flush_work(&mmnotify_compat_remove_work);
	mmu_notifier_synchronize();
}

#endif /* MMNOTIFY_COMPAT_IMPL_H */
