// SPDX-License-Identifier: GPL-2.0-only
/*
 * removal: ranges are removed. The word that mmnotify_life.h describes decides which
 * caller takes a range out; a caller that is refused does not touch the range again.
 *
 * A removal that does not wait runs on the workqueue of its client. It waits in the
 * native removal until the running invalidations of the mm end, queues the next range of
 * the same client and mm, and then calls removed(), which gives the memory back and may
 * sleep.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mmu_notifier.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include <mmnotify/mmnotify.h>
#include <mmnotify/mmnotify_life.h>

#include "client.h"
#include "compat/export.h"
#include "objects.h"
#include "range_end.h"
#include "removal.h"
#include "verdict/inflight.h"
#include "verdict/verdict.h"

/* Forgets what is kept under the address of the object: another object may get it. */
void mmn_removal_native(struct mmu_interval_notifier *mni)
{
	mmu_interval_notifier_remove(mni);
	mmn_inflight_new_generation();
}

/* When it returns no callback of @r runs or will run. */
static void take_out(struct mmnotify_range *r)
{
	mmn_removal_native(&r->mni);
	mmn_range_end_put(r);
}

static void mmn_removal_work(struct work_struct *work)
{
	struct mmnotify_range *r = container_of(work, struct mmnotify_range, removal);
	void (*removed)(struct mmnotify_range *range) = r->called->removed;
	struct mmn_client *c = mmn_client_of(r->client);
	struct mmnotify_range *next;

	take_out(r);
	next = mmn_objects_left(r);
	if (next)
		queue_work(c->removals, &next->removal);
	mmnotify_life_end(&r->life);
	/* The driver may free @r in there, or zero it and insert it again. */
	removed(r);
	mmn_client_left(c, MMN_OBJECT_RANGE);
}

/* @r is in state LEAVING, and the calling task is the one that queues it. */
static void queue_removal(struct mmnotify_range *r)
{
	struct mmn_client *c = mmn_client_of(r->client);

	/* Not at insertion: a range on the stack is never removed like this. */
	INIT_WORK(&r->removal, mmn_removal_work);
	if (mmn_objects_leave(r))
		queue_work(c->removals, &r->removal);
}

/**
 * mmn_removal_settle() - the calling task has inserted or moved a range
 * @r: the range, in state INSERTING or MOVING
 * @lives: the native object is in the kernel's tree
 *
 * A removal that came meanwhile begins now.
 *
 * Context: Process. @r may be gone when this returns.
 */
void mmn_removal_settle(struct mmnotify_range *r, bool lives)
{
	struct mmn_client *c = mmn_client_of(r->client);

	switch (mmnotify_life_settle(&r->life, lives)) {
	case MMNOTIFY_LIFE_LEAVING:
		queue_removal(r);
		break;
	case MMNOTIFY_LIFE_REMOVING:
		wake_up_var(&r->life);
		break;
	case MMNOTIFY_LIFE_NONE | MMNOTIFY_LIFE_ASYNC:
		mmn_client_stays(c);
		break;
	default:
		break;
	}
}

/**
 * mmnotify_range_remove_v1() - hear no more of a range
 * @range: an inserted range; see mmnotify_range_remove()
 *
 * When it returns 0 no callback runs or will run, and the memory may go. A move that
 * runs in another task is waited for.
 *
 * Context: Process, sleeps until running invalidations of the mm end; mmap_lock may
 * be held, but no lock that a callback takes. Never in a callback: it would wait for
 * itself.
 * Return: 0; with any other value the caller must not free the range: -EBUSY if its
 * insertion has not returned, and -EDEADLK in a callback, leave the range inserted;
 * -EALREADY if another removal has begun or is done: the memory goes with that one;
 * -ENOENT if the range was never inserted. A callback for the same mm, but release(), is
 * noticed where the stack tells and no hook is attached; any callback with the module
 * parameter debug=1.
 */
int mmnotify_range_remove_v1(struct mmnotify_range *range)
{
	struct mmn_client *c;
	int ret;

	if (mmn_client_in_callback("mmnotify_range_remove()", __builtin_return_address(0)) ||
	    mmn_verdict_in_callback(range->mni.mm, "mmnotify_range_remove()",
				    __builtin_return_address(0)))
		return -EDEADLK;
	ret = mmnotify_life_remove(&range->life);
	if (ret < 0) {
		if (ret != -EALREADY)
			pr_warn_ratelimited("mmnotify_range_remove(): the range is not inserted, or not yet (%d, caller %ps)\n",
					    ret, __builtin_return_address(0));
		return ret;
	}
	if (ret)
		wait_var_event(&range->life, mmnotify_life_may_remove(&range->life));
	c = mmn_client_of(range->client);
	take_out(range);
	mmn_objects_del_range(range);
	mmnotify_life_end(&range->life);
	mmn_client_put(c, MMN_OBJECT_RANGE);
	return 0;
}
MMN_EXPORT(mmnotify_range_remove_v1);

/* Return: as mmnotify_life_leave(); -EINVAL if the ops have no removed(). */
static int removal_leave(struct mmnotify_range *r, struct mmn_client *c)
{
	int ret;

	if (!c)
		return -EALREADY;
	if (!r->called->removed) {
		pr_warn_ratelimited("client %s: mmnotify_range_remove_async(): the ops have no removed(), which gives the memory back\n",
				    c->name);
		return -EINVAL;
	}
	/* Before the word changes: the range may be gone right after that. */
	mmn_client_leaves(c);
	ret = mmnotify_life_leave(&r->life);
	if (ret < 0)
		mmn_client_stays(c);
	return ret;
}

/**
 * mmnotify_range_remove_async_v1() - remove a range without waiting
 * @range: an inserted range whose ops have removed(); see
 *	mmnotify_range_remove_async()
 *
 * Callbacks may still run until removed() is called, from a work item. Called while
 * another task inserts or moves @range, it takes effect when that is done; if the
 * insertion fails, the removal is void and removed() is not called.
 * mmnotify_synchronize() waits for removed().
 *
 * Context: Any process context, callbacks included; does not sleep.
 * Return: 0, and the memory is mmnotify's until removed(); -EALREADY if another removal
 * has begun or is done; -ENOENT if the range was never inserted, or its insertion has
 * only begun; -EINVAL without removed(). With an error nothing happens.
 */
int mmnotify_range_remove_async_v1(struct mmnotify_range *range)
{
	int ret = -ENOENT;

	/* Another removal may end meanwhile, and the client unregister. */
	rcu_read_lock();
	if (mmnotify_life_is_written(&range->life))
		ret = removal_leave(range, mmn_client_of(range->client));
	rcu_read_unlock();
	if (!ret)
		queue_removal(range);
	else if (ret == -ENOENT)
		pr_warn_ratelimited("mmnotify_range_remove_async(): the range is not inserted (caller %ps)\n",
				    __builtin_return_address(0));
	return ret > 0 ? 0 : ret;
}
MMN_EXPORT(mmnotify_range_remove_async_v1);

/**
 * mmn_removal_take_all() - take out the ranges that a client left behind
 * @client: its driver's exit function has returned
 *
 * removed() is not called: what it rests on may be gone. The memory of the ranges
 * stays allocated.
 *
 * Context: Process, sleeps until running invalidations of the mms end.
 * Return: how many.
 */
unsigned int mmn_removal_take_all(const struct mmnotify_client *client)
{
	struct mmn_client *c = mmn_client_of(client);
	struct mmnotify_range *r;
	unsigned int n = 0;

	while ((r = mmn_objects_take_range(client))) {
		take_out(r);
		mmn_objects_del_range(r);
		mmn_client_put(c, MMN_OBJECT_RANGE);
		n++;
	}
	return n;
}
