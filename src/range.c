// SPDX-License-Identifier: GPL-2.0-only
/*
 * range: per-range objects. Each embeds the kernel's own interval notifier, so
 * hmm_range_fault() and the sequence protocol work as they do without us; we
 * stand between the kernel's callback and the driver's and add the verdict.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/llist.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/mmu_notifier.h>
#include <linux/overflow.h>
#include <linux/sched/mm.h>
#include <linux/workqueue.h>

#include <mmnotify/mmnotify.h>

#include "client.h"
#include "compat/compat.h"
#include "compat/export.h"
#include "ends.h"
#include "inflight.h"
#include "judge_now.h"
#include "range.h"
#include "self.h"
#include "shortcut.h"

/* Is there nothing in this event for this driver? */
static bool is_skipped(const struct mmnotify_range *r,
		       const struct mmnotify_info *info)
{
	if (info->owner && info->owner == r->owner)
		return true;
	return r->ops->effects && !mmnotify_affects(info, r->ops->effects);
}

static bool call(struct mmnotify_range *r, const struct mmnotify_info *info,
		 unsigned long seq, struct mmnotify_finish **finish)
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
 * The kernel forbids to sleep only where it calls; here it does not. With PREEMPT_RT
 * it would take a driver's spinlock for sleeping.
 */
static bool call_nonblock(struct mmnotify_range *r,
			  const struct mmnotify_info *info, unsigned long seq,
			  struct mmnotify_finish **finish)
{
	bool ret;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return call(r, info, seq, finish);
	non_block_start();
	ret = call(r, info, seq, finish);
	non_block_end();
	return ret;
}

static __always_inline bool
deliver(struct mmnotify_range *r, struct mmn_asker asker,
	const struct mmu_notifier_range *range, unsigned long seq,
	struct mmnotify_finish **finish)
{
	struct mmnotify_info info MMN_UNINIT;
	struct mmn_delivery d MMN_UNINIT;
	bool watched, ret;

	mmn_judge_start(range, asker, &info);
	if (is_skipped(r, &info)) {
		mmn_judge_over(range, asker.object);
		return true;
	}
	mmn_self_mark(r->client, &info);
	if (unlikely(r->ends))
		mmn_ends_expect(r, range);
	watched = mmn_client_enter(r->client, &d);
	if (mmnotify_blockable(&info))
		ret = call(r, &info, seq, finish);
	else
		ret = call_nonblock(r, &info, seq, finish);
	mmn_client_leave(&d, watched);
	if (ret || !mmnotify_blockable(&info))
		return ret;
	/* The kernel goes on all the same, with a warning that would name us. */
	pr_err_once("%ps() refused an invalidation that may block: it must wait and return true\n",
		    r->ops->invalidate_start ?
		    (void *)r->ops->invalidate_start :
		    (void *)r->ops->invalidate);
	return true;
}

static void finish_now(struct mmnotify_finish *finish)
{
	struct mmnotify_range *r = finish->range;
	struct mmn_delivery d MMN_UNINIT;
	bool watched;

	watched = mmn_client_enter(r->client, &d);
	r->ops->invalidate_finish(finish);
	mmn_client_leave(&d, watched);
}

static bool deliver_one_pass(struct mmnotify_range *r, struct mmn_asker asker,
			     const struct mmu_notifier_range *range,
			     unsigned long seq)
{
	struct mmnotify_finish *finish = NULL;
	bool ret = deliver(r, asker, range, seq, &finish);

	if (!ret || !finish)
		return ret;
	finish->range = r;
	finish_now(finish);
	return true;
}

static struct mmnotify_range *from_native(struct mmu_interval_notifier *mni)
{
	return container_of(mni, struct mmnotify_range, mni);
}

static struct mmn_shortcut invalidate_shortcut __read_mostly;

static bool mmn_range_invalidate(struct mmu_interval_notifier *mni,
				 const struct mmu_notifier_range *range,
				 unsigned long seq)
{
	struct mmn_asker asker = mmn_judge_asker(mni, from_native(mni)->ends, &invalidate_shortcut);

	return deliver_one_pass(from_native(mni), asker, range, seq);
}

static struct mmn_shortcut start_shortcut __read_mostly __maybe_unused;

static bool __maybe_unused
mmn_range_start(struct mmu_interval_notifier *mni,
		const struct mmu_notifier_range *range, unsigned long seq,
		struct mmu_interval_notifier_finish **native)
{
	struct mmnotify_finish *finish = NULL;
	struct mmn_asker asker = mmn_judge_asker(mni, from_native(mni)->ends, &start_shortcut);
	bool ret;

	ret = deliver(from_native(mni), asker, range, seq, &finish);
	if (!ret || !finish)
		return ret;
	BUILD_BUG_ON(sizeof(**native) > sizeof(finish->priv));
	finish->range = from_native(mni);
	*native = (struct mmu_interval_notifier_finish *)finish->priv;
	return true;
}

static void __maybe_unused
mmn_range_finish(struct mmu_interval_notifier_finish *native)
{
	finish_now(container_of((void *)native, struct mmnotify_finish, priv));
}

static const struct mmu_interval_notifier_ops native_ops = {
	.invalidate = mmn_range_invalidate,
};

static const struct mmu_interval_notifier_ops native_two_pass_ops = {
	.invalidate = mmn_range_invalidate,
	MMN_TWO_PASS_OPS(mmn_range_start, mmn_range_finish)
};

static const struct mmu_interval_notifier_ops *
native_ops_of(const struct mmnotify_range_ops *ops)
{
	return ops->invalidate_start ? &native_two_pass_ops : &native_ops;
}

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

static int check(struct mmnotify_client *client,
		 const struct mmnotify_range *range, const struct mm_struct *mm,
		 const struct mmnotify_range_ops *ops, size_t size)
{
	int ret;

	if (!mmn_client_registered(client) || !range || !mm)
		return -EINVAL;
	ret = mmn_client_check_ops(ops, size, sizeof(*ops));
	return ret ? ret : check_callbacks(ops);
}

/* What the caller does about mmap_lock. */
enum locking { MMAP_FREE, MMAP_PRIMED, MMAP_WRITE };

/*
 * lockdep is told to look away where the kernel says might_lock(mmap_lock): of a
 * primed mm it does not take it, and here the caller may hold it for read.
 */
static int insert_primed(struct mmnotify_range *r, struct mm_struct *mm,
			 unsigned long start, unsigned long len)
{
	int ret;

	lockdep_off();
	ret = mmu_interval_notifier_insert(&r->mni, mm, start, len,
					   native_ops_of(r->ops));
	lockdep_on();
	return ret;
}

static int insert_native(struct mmnotify_range *r, struct mm_struct *mm,
			 unsigned long start, unsigned long len,
			 enum locking locking)
{
	switch (locking) {
	case MMAP_PRIMED:
		return insert_primed(r, mm, start, len);
	case MMAP_WRITE:
		return mmu_interval_notifier_insert_locked(&r->mni, mm, start, len,
							   native_ops_of(r->ops));
	default:
		return mmu_interval_notifier_insert(&r->mni, mm, start, len,
						    native_ops_of(r->ops));
	}
}

static int insert(struct mmnotify_range *r, struct mm_struct *mm,
		  unsigned long start, unsigned long len, enum locking locking)
{
	int ret;

	r->ends = NULL;
	r->pending.event = 0;
	r->lost = 0;
	r->async.next = &r->async;
	atomic_set(&r->undelivered, 0);
	if (r->ops->end) {
		ret = mmn_ends_get(r, mm, locking == MMAP_WRITE);
		if (ret)
			return ret;
	}
	mmn_client_born(r->client, MMN_OBJECT_RANGE);
	ret = insert_native(r, mm, start, len, locking);
	if (!ret)
		return 0;
	mmn_client_dead(r->client, MMN_OBJECT_RANGE);
	mmn_ends_put(r);
	return ret;
}

static int check_and_insert(struct mmnotify_client *client,
			    struct mmnotify_range *range, struct mm_struct *mm,
			    unsigned long start, unsigned long len,
			    const struct mmnotify_range_ops *ops, size_t size,
			    enum locking locking)
{
	int ret = check(client, range, mm, ops, size);

	if (!ret)
		ret = check_place(start, len);
	if (ret)
		return ret;
	if (locking == MMAP_PRIMED && (ops->end || !mm->notifier_subscriptions)) {
		pr_warn_once("mmnotify_range_insert_primed(): the mm is not primed, or %ps has end(), which needs mmap_lock\n",
			     ops);
		return -EINVAL;
	}
	if (!mmget_not_zero(mm))
		return -ESRCH;
	range->ops = ops;
	range->client = client;
	ret = insert(range, mm, start, len, locking);
	/* Not the last reference: the caller holds one. */
	mmput(mm);
	return ret;
}

/**
 * mmnotify_range_insert_v1() - begin to hear of a range
 * @client: a registered client
 * @range: the driver's object, zeroed but for its owner; see
 *	mmnotify_range_insert()
 * @mm: whose addresses; the caller holds mmget(), it need not be current->mm
 * @start: first byte
 * @len: bytes
 * @ops: callbacks; must outlive the range
 * @size: sizeof(struct mmnotify_range_ops) as the driver knows it, bytes
 *
 * Callbacks may run before this returns. Follows
 * mm/mmu_notifier.c:mmu_interval_notifier_insert(), but answers an error where
 * that warns.
 *
 * Context: Process, may sleep; takes mmap_lock for write if the mm is not primed
 * or @ops has end(), so do not hold it. Not in a callback.
 * Return: 0; -EINVAL for a missing argument or callback, a client that is not
 * registered, a zero length or ops that are too small; -E2BIG if the ops use
 * members that this mmnotify does not know; -EOVERFLOW if the range wraps;
 * -ESRCH if the mm is dying; -ENOMEM; -EINTR.
 */
int mmnotify_range_insert_v1(struct mmnotify_client *client,
			     struct mmnotify_range *range, struct mm_struct *mm,
			     unsigned long start, unsigned long len,
			     const struct mmnotify_range_ops *ops, size_t size)
{
	return check_and_insert(client, range, mm, start, len, ops, size,
				MMAP_FREE);
}
MMN_EXPORT(mmnotify_range_insert_v1);

/**
 * mmnotify_range_insert_primed_v1() - the same, with mmap_lock held for read
 * @client: as for mmnotify_range_insert()
 * @range: as for mmnotify_range_insert(); see mmnotify_range_insert_primed()
 * @mm: an mm for which mmnotify_prime() has returned 0; else, if somebody else
 *	has notifiers there, this takes mmap_lock and waits for its caller
 * @start: first byte
 * @len: bytes
 * @ops: callbacks, without end()
 * @size: sizeof(struct mmnotify_range_ops) as the driver knows it, bytes
 *
 * Context: Process, may sleep; takes no mm lock. Not in a callback.
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
	return check_and_insert(client, range, mm, start, len, ops, size,
				MMAP_PRIMED);
}
MMN_EXPORT(mmnotify_range_insert_primed_v1);

/**
 * mmnotify_range_insert_locked_v1() - the same, with mmap_lock held for write
 * @client: as for mmnotify_range_insert()
 * @range: as for mmnotify_range_insert(); see mmnotify_range_insert_locked()
 * @mm: the caller holds its mmap_lock for write
 * @start: first byte
 * @len: bytes
 * @ops: callbacks
 * @size: sizeof(struct mmnotify_range_ops) as the driver knows it, bytes
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
	return check_and_insert(client, range, mm, start, len, ops, size,
				MMAP_WRITE);
}
MMN_EXPORT(mmnotify_range_insert_locked_v1);

static int prime(struct mm_struct *mm, bool locked)
{
	int ret;

	if (!mm)
		return -EINVAL;
	if (!mmget_not_zero(mm))
		return -ESRCH;
	/* No notifier: only what interval notifiers of this mm need. */
	ret = locked ? __mmu_notifier_register(NULL, mm) :
		       mmu_notifier_register(NULL, mm);
	mmput(mm);
	return ret;
}

/**
 * mmnotify_prime_v1() - make sure that inserting takes no mm lock from now on
 * @mm: the caller holds mmget(); see mmnotify_prime()
 *
 * Lasts as long as the mm does. It takes every lock of the mm, so once is
 * enough. Follows the use of mm/mmu_notifier.c:mmu_notifier_register() without
 * a notifier.
 *
 * Context: Process, may sleep; takes mmap_lock for write. Not in a callback.
 * Return: 0; -EINVAL without an mm; -ESRCH if it is dying; -ENOMEM; -EINTR.
 */
int mmnotify_prime_v1(struct mm_struct *mm)
{
	return prime(mm, false);
}
MMN_EXPORT(mmnotify_prime_v1);

/**
 * mmnotify_prime_locked_v1() - the same, with mmap_lock held for write
 * @mm: the caller holds its mmap_lock for write; see mmnotify_prime_locked()
 *
 * Context: Process, under mmap_lock for write. Not in a callback.
 * Return: as mmnotify_prime().
 */
int mmnotify_prime_locked_v1(struct mm_struct *mm)
{
	return prime(mm, true);
}
MMN_EXPORT(mmnotify_prime_locked_v1);

/* Its address may be another's soon. */
static void remove_native(struct mmu_interval_notifier *mni)
{
	mmu_interval_notifier_remove(mni);
	mmn_inflight_forget_askers();
}

/* Hears of a range while the range itself is taken out and put in again. */
struct cover {
	struct mmu_interval_notifier mni;
	struct mmnotify_range *range;
};

static bool mmn_range_cover_invalidate(struct mmu_interval_notifier *mni,
				       const struct mmu_notifier_range *range,
				       unsigned long seq)
{
	struct cover *cover = container_of(mni, struct cover, mni);
	struct mmn_asker asker = mmn_judge_asker(mni, cover->range->ends, &invalidate_shortcut);

	return deliver_one_pass(cover->range, asker, range, seq);
}

static const struct mmu_interval_notifier_ops cover_ops = {
	.invalidate = mmn_range_cover_invalidate,
};

/* The sequence of the range stays valid: core and cover count with the same. */
static int move(struct mmnotify_range *r, struct mm_struct *mm,
		unsigned long start, unsigned long len)
{
	unsigned long first = min(start, r->mni.interval_tree.start);
	unsigned long last = max(start + (len - 1), r->mni.interval_tree.last);
	struct cover cover = { .range = r };
	int ret;

	/* All of the address space has no length that fits. */
	if (last - first == ULONG_MAX)
		last--;
	ret = mmu_interval_notifier_insert(&cover.mni, mm, first,
					   last - first + 1, &cover_ops);
	if (ret)
		return ret;
	remove_native(&r->mni);
	ret = mmu_interval_notifier_insert(&r->mni, mm, start, len,
					   native_ops_of(r->ops));
	remove_native(&cover.mni);
	return WARN_ON_ONCE(ret) ? ret : 0;
}

/**
 * mmnotify_range_move_v1() - change where a range is, without a window
 * @range: an inserted range; see mmnotify_range_move()
 * @start: the new first byte
 * @len: the new length, bytes
 *
 * For a VMA that was split, or moved by mremap(). Nothing is missed on the way:
 * the callbacks hear of the old and the new place, and of what lies between,
 * some of it twice, until this returns. A sequence from mmnotify_range_read_begin()
 * stays usable. Translations outside of the new place are the driver's to drop,
 * before it moves if its callbacks use mmnotify_range_clamp(): meanwhile that knows
 * the old place or the new one, not both.
 *
 * Context: Process, sleeps until running invalidations of the mm end; not under
 * mmap_lock, not in a callback. One at a time per range.
 * Return: 0; -EINVAL for a zero length; -EOVERFLOW if it wraps; -ESRCH if the
 * mm is dying; -EDEADLK with debug=1 if called in a callback. Then the range is
 * where it was.
 */
int mmnotify_range_move_v1(struct mmnotify_range *range, unsigned long start,
			   unsigned long len)
{
	struct mm_struct *mm = range->mni.mm;
	int ret = check_place(start, len);

	if (ret)
		return ret;
	if (mmn_client_in_callback("mmnotify_range_move()"))
		return -EDEADLK;
	if (!mmget_not_zero(mm))
		return -ESRCH;
	ret = move(range, mm, start, len);
	mmput(mm);
	return ret;
}
MMN_EXPORT(mmnotify_range_move_v1);

/**
 * mmnotify_range_remove_v1() - hear no more of a range
 * @range: an inserted range; see mmnotify_range_remove()
 *
 * When it returns 0 no callback runs or will run, and the memory may go.
 *
 * Context: Process, sleeps until running invalidations of the mm end. Never in
 * a callback: it would wait for itself. With the module parameter debug=1 that
 * is caught.
 * Return: 0; -EDEADLK with debug=1 if called in a callback, and then the range
 * is still inserted.
 */
int mmnotify_range_remove_v1(struct mmnotify_range *range)
{
	if (mmn_client_in_callback("mmnotify_range_remove()"))
		return -EDEADLK;
	remove_native(&range->mni);
	mmn_ends_put(range);
	mmn_client_dead(range->client, MMN_OBJECT_RANGE);
	return 0;
}
MMN_EXPORT(mmnotify_range_remove_v1);

/* Ranges to remove, and who does it. */
static LLIST_HEAD(unwanted);

static void remove_unwanted(struct work_struct *work)
{
	struct llist_node *list = llist_del_all(&unwanted);
	struct mmnotify_range *r, *next;
	struct mmnotify_client *client;

	llist_for_each_entry_safe(r, next, list, async) {
		client = r->client;
		remove_native(&r->mni);
		mmn_ends_put(r);
		r->ops->removed(r);
		/* Until here its module is needed. */
		mmn_client_dead(client, MMN_OBJECT_RANGE);
	}
}

static DECLARE_WORK(remove_work, remove_unwanted);

/**
 * mmnotify_range_remove_async_v1() - the same, without waiting
 * @range: an inserted range whose ops have removed(); see
 *	mmnotify_range_remove_async()
 *
 * Callbacks may still run until removed() is called, from a work item, and may
 * ask again: it happens once. mmnotify_synchronize() waits for that.
 *
 * Context: Any process context, callbacks included; does not sleep.
 * Return: 0; -EALREADY if it was asked for before; -EINVAL without removed().
 * With an error nothing happens.
 */
int mmnotify_range_remove_async_v1(struct mmnotify_range *range)
{
	if (!range->ops->removed) {
		pr_warn_once("mmnotify_range_remove_async(): %ps has no removed(), so nobody could free the range\n",
			     range->ops);
		return -EINVAL;
	}
	/* A node that points to itself was never asked for; see insert(). */
	if (cmpxchg(&range->async.next, &range->async, NULL) != &range->async)
		return -EALREADY;
	llist_add(&range->async, &unwanted);
	schedule_work(&remove_work);
	return 0;
}
MMN_EXPORT(mmnotify_range_remove_async_v1);

/**
 * mmn_range_synchronize() - wait until everything asked for is removed
 *
 * Context: Process, sleeps.
 */
void mmn_range_synchronize(void)
{
	flush_work(&remove_work);
}
