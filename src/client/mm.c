// SPDX-License-Identifier: GPL-2.0-only
/*
 * mm: per-mm objects. Each has a native notifier, so the kernel's own rules of lifetime
 * hold. The native get and put find objects by their native ops, which all objects of
 * mmnotify share; so objects.c finds them by mm, client and the driver's ops.
 *
 * An object is made under the mmap_lock of its mm, held for write, as the native get
 * does. That is the only lock that is waited for here, so objects of other mms come and
 * go meanwhile. To find an object that exists, and to put one, takes a spinlock for a
 * few list operations.
 *
 * A start never fails: the kernel cannot undo a start that one notifier refuses after an
 * interval notifier accepted it.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/sched/mm.h>
#include <linux/stddef.h>

#include <mmnotify/mmnotify.h>

#include "client.h"
#include "compat/compat.h"
#include "compat/export.h"
#include "mm.h"
#include "objects.h"
#include "ops.h"
#include "self.h"
#include "stack/call_path.h"
#include "verdict/inflight.h"
#include "verdict/verdict.h"
#include "verdict/verdict_fast.h"

/* mmnotify_mm.state: the mm is gone, release() was called. */
#define STATE_RELEASED	1u

static struct mmnotify_mm *from_native(struct mmu_notifier *mn)
{
	return container_of(mn, struct mmnotify_mm, mn);
}

/*
 * An event that is not delivered at its start must not be at its end. It is
 * remembered by the address of its range, which is unique while it lives; where
 * there is no room for that, it is delivered.
 */
static bool mm_remember_skip(struct mmnotify_mm *m,
			     const struct mmu_notifier_range *range)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(m->skipped); i++)
		if (!READ_ONCE(m->skipped[i]) &&
		    !cmpxchg(&m->skipped[i], 0, (unsigned long)range))
			return true;
	return false;
}

static bool was_skipped(struct mmnotify_mm *m,
			const struct mmu_notifier_range *range)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(m->skipped); i++)
		if (READ_ONCE(m->skipped[i]) == (unsigned long)range) {
			WRITE_ONCE(m->skipped[i], 0);
			return true;
		}
	return false;
}

/* Is there nothing in this event for this driver? */
static bool mm_skip_start(struct mmnotify_mm *m, const struct mmu_notifier_range *range,
			  const struct mmnotify_info *info)
{
	if (!m->called->effects || mmnotify_affects(info, m->called->effects))
		return false;
	if (!m->called->end)
		return true;
	/* What may not block may have no end. */
	return mmnotify_blockable(info) && mm_remember_skip(m, range);
}

static struct mmn_call_path start_path __read_mostly;

static int mmn_mm_start(struct mmu_notifier *mn,
			const struct mmu_notifier_range *range)
{
	struct mmnotify_mm *m = from_native(mn);
	struct mmnotify_info info MMN_UNINIT;
	struct mmn_query query = mmn_verdict_query(mn, m->called->end, &start_path);
	struct mmn_delivery d MMN_UNINIT;
	bool watched;

	mmn_verdict_start(range, query, &info);
	if (mm_skip_start(m, range, &info)) {
		mmn_verdict_cancel_end(range, mn);
		return 0;
	}
	mmn_self_mark(m->client, &info);
	if (!m->called->start)
		return 0;
	watched = mmn_client_enter(m->client, &d);
	m->called->start(m, &info);
	mmn_client_leave(&d, watched);
	return 0;
}

static void mmn_mm_end(struct mmu_notifier *mn,
		       const struct mmu_notifier_range *range)
{
	struct mmnotify_mm *m = from_native(mn);
	struct mmnotify_info info MMN_UNINIT;
	struct mmn_delivery d MMN_UNINIT;
	bool watched;

	if (!m->called->end)
		return;
	if (m->called->effects && was_skipped(m, range))
		return;
	mmn_verdict_end(range, &info);
	mmn_self_mark(m->client, &info);
	watched = mmn_client_enter(m->client, &d);
	m->called->end(m, &info);
	mmn_client_leave(&d, watched);
}

/*
 * Called by the kernel at the end of the mm and by unregister, perhaps both at
 * once; not after the object was put.
 */
static void mmn_mm_release(struct mmu_notifier *mn, struct mm_struct *mm)
{
	struct mmnotify_mm *m = from_native(mn);
	struct mmn_delivery d MMN_UNINIT;
	bool watched;

	if (xchg(&m->state, STATE_RELEASED) || !m->called->release)
		return;
	watched = mmn_client_enter(m->client, &d);
	m->called->release(m);
	mmn_client_leave(&d, watched);
}

/* The driver may free the object, so the caller does not touch it again. */
static struct mmn_client *free_object(struct mmnotify_mm *m)
{
	struct mmn_client *c = mmn_client_of(m->client);

	m->called->free(m);
	mmn_inflight_new_generation();
	return c;
}

/* After the last put. */
static void mmn_mm_free(struct mmu_notifier *mn)
{
	mmn_client_left(free_object(from_native(mn)), MMN_OBJECT_MM);
}

static const struct mmu_notifier_ops native_ops = {
	.invalidate_range_start = mmn_mm_start,
	.invalidate_range_end = mmn_mm_end,
	.release = mmn_mm_release,
	.free_notifier = mmn_mm_free,
};

static const struct mmn_ops_kind ops_kind = {
	.name = "mmnotify_mm_get",
	.v1 = offsetofend(struct mmnotify_mm_ops, rsvd),
	.known = sizeof(struct mmnotify_mm_ops),
};

/* Return: the ops to work with, or ERR_PTR(). */
static const struct mmnotify_mm_ops *accept_ops(struct mmn_client *c,
						const struct mmnotify_mm_ops *ops,
						size_t size)
{
	int ret;

	ops = mmn_ops_accept(&ops_kind, c->name, ops, size, &c->ops_lock, &c->ops);
	if (IS_ERR(ops))
		return ops;
	ret = mmn_ops_check_bits(&ops_kind, c->name, ops->effects, ops->rsvd);
	if (ret)
		return ERR_PTR(ret);
	return ops->alloc && ops->free ? ops : ERR_PTR(-EINVAL);
}

/* Under mmap_lock: no other task makes an object of this mm. */
static struct mmnotify_mm *mm_create(struct mmnotify_client *client, struct mm_struct *mm,
				     const struct mmnotify_mm_ops *ops,
				     const struct mmnotify_mm_ops *called)
{
	struct mmnotify_mm *m = called->alloc(mm);
	int ret;

	mmap_assert_write_locked(mm);
	if (IS_ERR_OR_NULL(m))
		return m ? m : ERR_PTR(-ENOMEM);
	m->mn.ops = &native_ops;
	m->ops = ops;
	m->called = called;
	m->client = client;
	m->state = 0;
	ret = __mmu_notifier_register(&m->mn, mm);
	if (ret) {
		free_object(m);
		return ERR_PTR(ret);
	}
	mmn_objects_add_mm(m);
	return m;
}

/* @c has one more user for the object. *@made: it is a new one. */
static struct mmnotify_mm *mm_get(struct mmnotify_client *client, struct mm_struct *mm,
				  const struct mmnotify_mm_ops *ops,
				  const struct mmnotify_mm_ops *called, bool *made)
{
	struct mmnotify_mm *m;

	*made = false;
	m = mmn_objects_get_mm(mm, client, ops);
	if (m)
		return m;
	mmap_write_lock(mm);
	m = mmn_objects_get_mm(mm, client, ops);
	if (!m) {
		*made = true;
		m = mm_create(client, mm, ops, called);
	}
	mmap_write_unlock(mm);
	return m;
}

/**
 * mmnotify_mm_get_v1() - hold on to a whole mm
 * @client: a registered client
 * @mm: the caller holds mmget(), it need not be current->mm
 * @ops: callbacks; must outlive the object; see mmnotify_mm_get()
 * @size: sizeof(struct mmnotify_mm_ops) as the driver knows it, bytes
 *
 * There is one object per (mm, client, ops): a second get returns the first's, and
 * needs a put of its own. A get after the last put makes another object; the first one
 * may have callbacks until its free(). Follows mm/mmu_notifier.c:mmu_notifier_get().
 *
 * Context: Process, may sleep; takes mmap_lock for write if the object does not exist
 * yet. Not in a callback.
 * Return: the object or ERR_PTR: -EINVAL for a missing argument or callback, a client
 * that is not registered, ops that are too small, effects that this mmnotify does not
 * know, or a reserved member of the ops that is not 0; -E2BIG if the ops use members
 * that this mmnotify does not know; -ESRCH if the mm is dying; -ENOMEM; -EINTR; or
 * alloc()'s error.
 */
struct mmnotify_mm *mmnotify_mm_get_v1(struct mmnotify_client *client,
				       struct mm_struct *mm,
				       const struct mmnotify_mm_ops *ops,
				       size_t size)
{
	struct mmnotify_mm *m = ERR_PTR(-ESRCH);
	const struct mmnotify_mm_ops *called;
	struct mmn_client *c;
	bool made = false;

	c = mm ? mmn_client_get(client, MMN_OBJECT_MM) : NULL;
	if (!c)
		return ERR_PTR(-EINVAL);
	called = accept_ops(c, ops, size);
	if (IS_ERR(called)) {
		m = ERR_CAST(called);
	} else if (mmget_not_zero(mm)) {
		m = mm_get(client, mm, ops, called, &made);
		mmput(mm);
	}
	if (IS_ERR(m) || !made)
		mmn_client_put(c, MMN_OBJECT_MM);
	return m;
}
MMN_EXPORT(mmnotify_mm_get_v1);

/**
 * mmnotify_mm_put_v1() - let go of an mm
 * @m: from mmnotify_mm_get(); see mmnotify_mm_put()
 *
 * The last put ends the callbacks soon; ops->free() says when. In a release() that
 * mmnotify_mm_unregister() calls, it does nothing. Follows
 * mm/mmu_notifier.c:mmu_notifier_put().
 *
 * Context: Process; does not sleep. Callbacks, spinlocks and mmap_lock, however it is
 * held, are fine; interrupts off, or a lock that an interrupt takes, are not.
 */
void mmnotify_mm_put_v1(struct mmnotify_mm *m)
{
	struct mmn_client *c;

	if (!mmn_objects_put_mm(m))
		return;
	c = mmn_client_of(m->client);
	mmn_client_leaves(c);
	mmu_notifier_put(&m->mn);
}
MMN_EXPORT(mmnotify_mm_put_v1);

/**
 * mmnotify_mm_unregister_v1() - let go of an mm and wait
 * @m: from mmnotify_mm_get(), with no other reference; see
 *	mmnotify_mm_unregister()
 *
 * In place of the last put: release() is called if it was not yet, and when it
 * returns 0 no callback runs or will run and @m was freed by ops->free(). Follows
 * mm/mmu_notifier.c:mmu_notifier_unregister().
 *
 * Context: Process, sleeps; not in a callback, nor under a lock that one takes.
 * Return: 0; -EBUSY if more than one get has no put yet; -ENOENT if each has;
 * -EDEADLK as mmnotify_range_remove(). With an error nothing happens.
 */
int mmnotify_mm_unregister_v1(struct mmnotify_mm *m)
{
	struct mmn_client *c;
	int ret;

	if (mmn_client_in_callback("mmnotify_mm_unregister()", __builtin_return_address(0)) ||
	    mmn_verdict_in_callback(m->mn.mm, "mmnotify_mm_unregister()",
				    __builtin_return_address(0)))
		return -EDEADLK;
	ret = mmn_objects_claim_mm(m);
	if (ret)
		return ret;
	mmu_notifier_unregister(&m->mn, m->mn.mm);
	c = free_object(m);
	mmn_client_put(c, MMN_OBJECT_MM);
	return 0;
}
MMN_EXPORT(mmnotify_mm_unregister_v1);

/**
 * mmnotify_synchronize_v1() - wait until all that a client let go of is freed
 * @client: a registered client; see mmnotify_synchronize()
 *
 * For the exit of a driver's module, between the last put or asynchronous
 * removal and mmnotify_unregister(): each removed() and free() of @client that is due
 * has returned. Ranges of other clients are not waited for. A free() comes after a grace
 * period of the kernel's SRCU, which a whole-mm callback of any driver can delay. Follows
 * mm/mmu_notifier.c:mmu_notifier_synchronize(), which may return while another CPU
 * still frees; this does not.
 *
 * Meanwhile mmnotify_unregister() by another task returns -EBUSY.
 *
 * Context: Process, sleeps. Not in a callback, nor in removed().
 */
void mmnotify_synchronize_v1(struct mmnotify_client *client)
{
	struct mmn_client *c = mmn_client_hold(client);

	if (!c) {
		pr_warn_ratelimited("mmnotify_synchronize(): the client is not registered (caller %ps)\n",
				    __builtin_return_address(0));
		return;
	}
	mmn_client_synchronize(c);
	mmn_client_release(c);
}
MMN_EXPORT(mmnotify_synchronize_v1);

/**
 * mmn_mm_take_all() - take out the mm objects that a client left behind
 * @client: its driver's exit function has returned
 *
 * Neither release() nor free() is called: what they rest on may be gone. The memory of
 * the objects stays allocated.
 *
 * Context: Process, sleeps until callbacks that run have returned.
 * Return: how many.
 */
unsigned int mmn_mm_take_all(const struct mmnotify_client *client)
{
	struct mmn_client *c = mmn_client_of(client);
	struct mmnotify_mm *m;
	unsigned int n = 0;

	while ((m = mmn_objects_take_mm(client))) {
		m->state = STATE_RELEASED;
		mmu_notifier_unregister(&m->mn, m->mn.mm);
		mmn_client_put(c, MMN_OBJECT_MM);
		n++;
	}
	return n;
}
