// SPDX-License-Identifier: GPL-2.0-only
/*
 * range: per-range objects. Each embeds the kernel's own interval notifier, so
 * hmm_range_fault() and the sequence protocol work as they do without us; we
 * stand between the kernel's callback and the driver's and add the verdict.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/mmu_notifier.h>
#include <linux/overflow.h>
#include <linux/sched/mm.h>
#include <linux/stddef.h>

#include <mmnotify/mmnotify.h>
#include <mmnotify/mmnotify_life.h>

#include "client.h"
#include "compat/compat.h"
#include "compat/export.h"
#include "objects.h"
#include "ops.h"
#include "range_end.h"
#include "removal.h"
#include "self.h"
#include "stack/call_path.h"
#include "verdict/verdict.h"
#include "verdict/verdict_fast.h"

/* Is there nothing in this event for this driver? */
static bool is_skipped(const struct mmnotify_range *r,
		       const struct mmnotify_info *info)
{
	if (info->owner && info->owner == r->owner)
		return true;
	return r->called->effects && !mmnotify_affects(info, r->called->effects);
}

static bool range_call(struct mmnotify_range *r, const struct mmnotify_info *info,
		       unsigned long seq, struct mmnotify_finish **finish)
{
	const struct mmnotify_range_ops *ops = r->called;

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
static bool range_call_nonblock(struct mmnotify_range *r,
				const struct mmnotify_info *info, unsigned long seq,
				struct mmnotify_finish **finish)
{
	bool ret;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return range_call(r, info, seq, finish);
	non_block_start();
	ret = range_call(r, info, seq, finish);
	non_block_end();
	return ret;
}

static __always_inline bool
deliver(struct mmnotify_range *r, struct mmn_query query,
	const struct mmu_notifier_range *range, unsigned long seq,
	struct mmnotify_finish **finish)
{
	struct mmnotify_info info MMN_UNINIT;
	struct mmn_delivery d MMN_UNINIT;
	bool watched, ret;

	mmn_verdict_start(range, query, &info);
	if (is_skipped(r, &info)) {
		mmn_verdict_cancel_end(range, query.object);
		return true;
	}
	mmn_self_mark(r->client, &info);
	if (unlikely(r->ends))
		mmn_range_end_expect(r, range);
	watched = mmn_client_enter(r->client, &d);
	if (mmnotify_blockable(&info))
		ret = range_call(r, &info, seq, finish);
	else
		ret = range_call_nonblock(r, &info, seq, finish);
	mmn_client_leave(&d, watched);
	if (ret || !mmnotify_blockable(&info))
		return ret;
	/* The kernel goes on all the same, with a warning that would name us. */
	pr_err_once("%ps() refused an invalidation that may block: it must wait and return true\n",
		    r->called->invalidate_start ?
		    (void *)r->called->invalidate_start :
		    (void *)r->called->invalidate);
	return true;
}

static void finish_now(struct mmnotify_finish *finish)
{
	struct mmnotify_range *r = finish->range;
	struct mmn_delivery d MMN_UNINIT;
	bool watched;

	watched = mmn_client_enter(r->client, &d);
	r->called->invalidate_finish(finish);
	mmn_client_leave(&d, watched);
}

static bool deliver_one_pass(struct mmnotify_range *r, struct mmn_query query,
			     const struct mmu_notifier_range *range,
			     unsigned long seq)
{
	struct mmnotify_finish *finish = NULL;
	bool ret = deliver(r, query, range, seq, &finish);

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

static struct mmn_call_path invalidate_path __read_mostly;

static bool mmn_range_invalidate(struct mmu_interval_notifier *mni,
				 const struct mmu_notifier_range *range,
				 unsigned long seq)
{
	struct mmn_query query = mmn_verdict_query(mni, from_native(mni)->ends,
						   &invalidate_path);

	return deliver_one_pass(from_native(mni), query, range, seq);
}

static struct mmn_call_path start_path __read_mostly __maybe_unused;

static bool __maybe_unused
mmn_range_start(struct mmu_interval_notifier *mni,
		const struct mmu_notifier_range *range, unsigned long seq,
		struct mmu_interval_notifier_finish **native)
{
	struct mmnotify_finish *finish = NULL;
	struct mmn_query query = mmn_verdict_query(mni, from_native(mni)->ends, &start_path);
	bool ret;

	ret = deliver(from_native(mni), query, range, seq, &finish);
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

/* The call is named without its variant: all three take the same ops. */
static const struct mmn_ops_kind ops_kind = {
	.name = "mmnotify_range_insert",
	.v1 = offsetofend(struct mmnotify_range_ops, rsvd),
	.known = sizeof(struct mmnotify_range_ops),
};

/* Return: the ops to work with, or ERR_PTR(). */
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

/* What the caller does about mmap_lock. */
enum locking { MMAP_FREE, MMAP_PRIMED, MMAP_WRITE };

/*
 * Into a primed mm. The kernel says might_lock(mmap_lock) there and does not take it;
 * the caller may hold it, so lockdep must not hear of that.
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
				      native_ops_of(r->called));
	case MMAP_WRITE:
		return mmu_interval_notifier_insert_locked(&r->mni, mm, start, len,
							   native_ops_of(r->called));
	default:
		return mmu_interval_notifier_insert(&r->mni, mm, start, len,
						    native_ops_of(r->called));
	}
}

/* The range is in state INSERTING. */
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
	if (!ops->end && mm->notifier_subscriptions)
		return 0;
	pr_warn_ratelimited("client %s: mmnotify_range_insert_primed(): the mm is not primed, or the ops have end(), which needs mmap_lock\n",
			    c->name);
	return -EINVAL;
}

/* What is inserted, where and how; for the three calls that insert. */
struct place {
	struct mm_struct *mm;
	unsigned long start;
	unsigned long len;
	enum locking locking;
};

/* @client has one more user, for the range, which is in state CLAIMED. */
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
	/* Not the last reference: the caller holds one. */
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
	pr_warn_ratelimited("client %s: mmnotify_range_insert(): the range is inserted already, or was not zeroed before this insertion\n",
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
 * registered, a zero length, ops that are too small, effects that this mmnotify does not
 * know, or a reserved member of the ops that is not 0; -E2BIG if the ops use members
 * that this mmnotify does not know; -EBUSY if the range is inserted already, or was not
 * zeroed since; -EOVERFLOW if the range wraps; -ESRCH if the mm is dying; -ENOMEM; -EINTR.
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
	struct place p = { mm, start, len, MMAP_PRIMED };

	return check_and_insert(client, range, &p, ops, size);
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
	return range_prime(mm, false);
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
	return range_prime(mm, true);
}
MMN_EXPORT(mmnotify_prime_locked_v1);

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
	struct mmn_query query = mmn_verdict_query(mni, cover->range->ends, &invalidate_path);

	return deliver_one_pass(cover->range, query, range, seq);
}

static const struct mmu_interval_notifier_ops cover_ops = {
	.invalidate = mmn_range_cover_invalidate,
};

/*
 * The mm has had a range, so inserting takes no mm lock, whatever the caller holds. The
 * sequence of the range stays valid: the range and the cover count with the mm's own.
 */
static int range_move(struct mmnotify_range *r, struct mm_struct *mm,
		      unsigned long start, unsigned long len)
{
	unsigned long first = min(start, r->mni.interval_tree.start);
	unsigned long last = max(start + (len - 1), r->mni.interval_tree.last);
	struct cover cover = { .range = r };
	int ret;

	/* All of the address space has no length that fits. */
	if (last - first == ULONG_MAX)
		last--;
	ret = insert_quietly(&cover.mni, mm, first, last - first + 1, &cover_ops);
	if (ret)
		return ret;
	mmn_removal_native(&r->mni);
	ret = insert_quietly(&r->mni, mm, start, len, native_ops_of(r->called));
	mmn_removal_native(&cover.mni);
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
 * mmnotify_range_remove_async() may be called meanwhile, in a callback too: the range
 * moves first and is removed then, perhaps before this returns.
 *
 * The caller holds mmget(), or is a task of the mm.
 *
 * Context: Process, sleeps until running invalidations of the mm end. mmap_lock may be
 * held, for read or for write, or not; no lock that a callback takes. Not in a callback.
 * Return: 0; -EINVAL for a zero length; -EOVERFLOW if it wraps; -ENOENT if the range
 * is not inserted; -EBUSY while another task inserts or moves it; -EALREADY if its
 * removal has begun; -ESRCH if the mm is dying; -ENOMEM; -EDEADLK as
 * mmnotify_range_remove(). With an error the range is where it was.
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
			pr_warn_ratelimited("mmnotify_range_move(): the range is not inserted (caller %ps)\n",
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
