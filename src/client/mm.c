// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mm: per-mm objects. Each embeds a native notifier, so the kernel's lifetime rules
 * apply. The native mmu_notifier_get() identifies an object by its native ops, which all
 * objects of mmnotify share. So objects.c looks them up by mm, client and driver's ops.
 *
 * As in the native get, an object is created under the mmap_lock of its mm, held for
 * write. No other lock is held for long, so objects of other mms are created and freed in
 * parallel. Looking up an existing object, and putting one, takes a bucket's raw spinlock.
 *
 * A start callback never fails: if a whole-mm notifier refuses an event that an interval
 * notifier accepted, the kernel does not undo the latter.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/ratelimit.h>
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
#include "verdict/event.h"
#include "verdict/verdict.h"
#include "verdict/verdict_fast.h"

/* mmnotify_mm.state: release() was called, or is not to be called any more. */
#define STATE_RELEASED	1u

static struct mmnotify_mm *from_native(struct mmu_notifier *mn)
{
	return container_of(mn, struct mmnotify_mm, mn);
}

/*
 * If the start of an event is filtered out, its end must not be delivered either. Remember
 * the event by the address of its range, which is unique until the end.
 * Return: false if all entries are in use; the event must be delivered then.
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

/* Return: true if the effects mask of the driver filters this event out. */
static bool mm_skip_start(struct mmnotify_mm *m, const struct mmu_notifier_range *range,
			  const struct mmnotify_info *info)
{
	if (!m->called->effects || mmnotify_affects(info, m->called->effects))
		return false;
	if (!m->called->end)
		return true;
	/* A non-blockable start may fail and then has no end to free the entry: deliver it. */
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
 * Called by the kernel when the mm exits and by mmu_notifier_unregister(), possibly at the
 * same time: xchg() selects one of them. Not called after the last put, unless an exit that
 * runs at the same time still finds the notifier.
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

/* @m may be freed when this returns, so look up its client before. */
static struct mmn_client *free_object(struct mmnotify_mm *m)
{
	struct mmn_client *c = mmn_client_of(m->client);

	m->called->free(m);
	mmn_event_new_generation();
	return c;
}

/* SRCU callback after the last put; must not sleep. */
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

/* Return: @ops, or a copy of full length if they are shorter; ERR_PTR(). */
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

/* mmap_lock is held for write: no other task creates an object of this mm. */
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

/* *@made is set if a new object is created. It takes over the caller's mmn_client_get(). */
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
 * mmnotify_mm_get_v1() - get the object of an mm, and create it if needed
 * @client: a registered client
 * @mm: mm to follow, need not be current->mm; the caller holds mmget()
 * @ops: callbacks; must outlive the object; see mmnotify_mm_get()
 * @size: sizeof(struct mmnotify_mm_ops) when the driver was compiled, bytes
 *
 * There is one object per (mm, client, ops). A second get returns the same object, and
 * needs a put of its own. A get after the last put creates another object, while the first
 * one may have callbacks until its free(). Follows mm/mmu_notifier.c:mmu_notifier_get().
 *
 * Context: Process, may sleep; takes mmap_lock for write if the object does not exist
 * yet. Not in a callback.
 * Return: the object or ERR_PTR: -EINVAL for a missing argument or callback, a client
 * that is not registered, ops that are too small, effects that this mmnotify does not
 * support, or a reserved member of the ops that is not 0; -E2BIG if the ops use members
 * that this mmnotify does not support; -ESRCH if the mm is exiting; -ENOMEM; -EINTR if a
 * signal is pending; or the error of ops->alloc().
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
 * mmnotify_mm_put_v1() - drop a reference of an mm object
 * @m: from mmnotify_mm_get(); see mmnotify_mm_put()
 *
 * After the last put, callbacks may still run until ops->free() is called. In a release()
 * that mmnotify_mm_unregister() calls, the put does nothing. Follows
 * mm/mmu_notifier.c:mmu_notifier_put().
 *
 * Context: Process; does not sleep. May be called in a callback, under a spinlock, and
 * under mmap_lock held for read or write. Not with interrupts off, nor under a lock that
 * an interrupt takes.
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
 * mmnotify_mm_unregister_v1() - drop the last reference of an mm object and wait
 * @m: from mmnotify_mm_get(), with no other reference; see
 *	mmnotify_mm_unregister()
 *
 * Replaces the last put. ops->release() is called unless the mm was released before. When
 * the call returns 0, no callback runs or will run, and @m was freed by ops->free().
 * Follows mm/mmu_notifier.c:mmu_notifier_unregister().
 *
 * Context: Process, sleeps; not in a callback, nor under a lock that a callback takes.
 * Return: 0; -EBUSY if there are other references; -ENOENT if there is none left;
 * -EDEADLK in a callback, as mmnotify_range_remove(). With an error nothing is changed.
 */
int mmnotify_mm_unregister_v1(struct mmnotify_mm *m)
{
	struct mmn_client *c;
	int ret;

	if (mmn_client_in_callback("mmnotify_mm_unregister()", __builtin_return_address(0)) ||
	    mmn_verdict_in_callback(mmnotify_notifier_mm(&m->mn), "mmnotify_mm_unregister()",
				    __builtin_return_address(0)))
		return -EDEADLK;
	ret = mmn_objects_claim_mm(m);
	if (ret)
		return ret;
	mmu_notifier_unregister(&m->mn, mmnotify_notifier_mm(&m->mn));
	c = free_object(m);
	mmn_client_put(c, MMN_OBJECT_MM);
	return 0;
}
MMN_EXPORT(mmnotify_mm_unregister_v1);

/**
 * mmnotify_synchronize_v1() - wait until each removed() and free() of a client returned
 * @client: a registered client; see mmnotify_synchronize()
 *
 * For the exit of a driver's module, between the last put or asynchronous removal and
 * mmnotify_unregister(). It waits for those of @client only. But free() runs after a
 * grace period of the kernel's SRCU, which a whole-mm callback of any driver can delay.
 * Follows mm/mmu_notifier.c:mmu_notifier_synchronize(), which may return while another
 * CPU still runs a free(); this call does not.
 *
 * While it waits, mmnotify_unregister() by another task returns -EBUSY. A client that is
 * not registered is logged.
 *
 * Context: Process, sleeps. Not in a callback, nor in removed().
 */
void mmnotify_synchronize_v1(struct mmnotify_client *client)
{
	struct mmn_client *c = mmn_client_hold(client);

	if (!c) {
		pr_warn_ratelimited("mmnotify_synchronize(): the client is not registered: call it before mmnotify_unregister() (caller %ps)\n",
				    __builtin_return_address(0));
		return;
	}
	mmn_client_synchronize(c);
	mmn_client_release(c);
}
MMN_EXPORT(mmnotify_synchronize_v1);

/**
 * mmn_mm_take_all() - unregister the mm objects that a client left behind
 * @client: client left behind by a module; the module's exit function has returned
 *
 * Neither release() nor free() is called, since the module's exit function may have freed
 * the data that they use. The memory of the objects is leaked.
 *
 * Context: Process, sleeps until running callbacks have returned.
 * Return: number of objects.
 */
unsigned int mmn_mm_take_all(const struct mmnotify_client *client)
{
	struct mmn_client *c = mmn_client_of(client);
	struct mmnotify_mm *m;
	unsigned int n = 0;

	while ((m = mmn_objects_take_mm(client))) {
		m->state = STATE_RELEASED;
		mmu_notifier_unregister(&m->mn, mmnotify_notifier_mm(&m->mn));
		mmn_client_put(c, MMN_OBJECT_MM);
		n++;
	}
	return n;
}
