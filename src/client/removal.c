// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * removal: synchronous and asynchronous removal of ranges. The atomic word of a range (see
 * mmnotify_life.h) selects one caller to remove it. A caller that gets an error does not
 * touch the range again, since the winner may free it.
 *
 * An asynchronous removal runs on the workqueue of the client. The work item waits in the
 * native removal until running invalidations of the mm end. Then it queues the next range
 * of the same client and mm, and calls removed(), which may sleep. From then on the memory
 * belongs to the driver.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mmu_notifier.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include <mmnotify/mmnotify.h>
#include <mmnotify/mmnotify_life.h>

#include "client.h"
#include "compat/export.h"
#include "objects.h"
#include "range_end.h"
#include "removal.h"
#include "verdict/event.h"
#include "verdict/verdict.h"

/*
 * Remove a native object. Its address may be reused by another object, so verdicts that
 * are kept with the old one are invalidated. The mm stays until then: another mm at its address
 * counts its sequences from the beginning.
 */
void mmn_removal_native(struct mmu_interval_notifier *mni)
{
	struct mm_struct *mm = mni->mm;

	mmgrab(mm);
	mmu_interval_notifier_remove(mni);
	mmn_event_new_generation();
	mmdrop(mm);
}

/* When it returns, no callback of @r runs or will run, end() included. */
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
	/* removed() may free @r, or zero it and insert it again: the last access to @r. */
	removed(r);
	mmn_client_left(c, MMN_OBJECT_RANGE);
}

/* @r is in state LEAVING; the caller made that transition, so it queues the removal. */
static void queue_removal(struct mmnotify_range *r)
{
	struct mmn_client *c = mmn_client_of(r->client);

	/* Not at insertion: a range on the stack would need INIT_WORK_ONSTACK() there. */
	INIT_WORK(&r->removal, mmn_removal_work);
	if (mmn_objects_leave(r))
		queue_work(c->removals, &r->removal);
}

/**
 * mmn_removal_settle() - finish an insertion or move
 * @r: range in state INSERTING or MOVING
 * @lives: true if the native object is inserted; false if the insertion failed
 *
 * Starts a removal that was requested during the insertion or move. @r may be freed when
 * this returns.
 *
 * Context: Process.
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
 * mmnotify_range_remove_v1() - remove a range and wait for its callbacks
 * @range: an inserted range; see mmnotify_range_remove()
 *
 * When the call returns 0, no callback runs or will run, and the driver may free the
 * range. If another task moves the range, the call waits for the move.
 *
 * In a callback the call would wait for itself. A callback for the same mm is detected,
 * except release(), if the stack can be walked. With the module parameter debug=1 every
 * callback is detected.
 *
 * Context: Process, sleeps until running invalidations of the mm end; mmap_lock may
 * be held, but no lock that a callback takes. Never in a callback.
 * Return: 0; with an error the caller must not free the range: -EBUSY if its insertion
 * has not returned, and -EDEADLK if a callback is detected, leave the range inserted;
 * -EALREADY if another removal has begun or is done, which then owns the memory; -ENOENT
 * if the range was never inserted.
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
			pr_warn_ratelimited("mmnotify_range_remove(): the range is not inserted: insert it first, and wait for the insertion (%d, caller %ps)\n",
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

/*
 * @c is NULL if the client was unregistered after a concurrent removal was finished.
 * Return: as mmnotify_life_leave(); -EALREADY if @c is NULL; -EINVAL without removed().
 */
static int removal_leave(struct mmnotify_range *r, struct mmn_client *c)
{
	int ret;

	if (!c)
		return -EALREADY;
	if (!r->called->removed) {
		pr_warn_ratelimited("client %s: mmnotify_range_remove_async(): the ops have no removed(): set it, or use mmnotify_range_remove()\n",
				    c->name);
		return -EINVAL;
	}
	/* Count it before @life changes: right after that the range may be freed. */
	mmn_client_leaves(c);
	ret = mmnotify_life_leave(&r->life);
	if (ret < 0)
		mmn_client_stays(c);
	return ret;
}

/**
 * mmnotify_range_remove_async_v1() - remove a range without waiting
 * @range: an inserted range; its ops have removed(); see
 *	mmnotify_range_remove_async()
 *
 * Callbacks may run until a work item calls removed(). If another task inserts or moves
 * @range, the removal begins after that. If the insertion fails, the removal is void and
 * removed() is not called. mmnotify_synchronize() waits for removed().
 *
 * Context: Any process context, callbacks included; does not sleep.
 * Return: 0, and mmnotify owns the memory until removed(); -EALREADY if another removal
 * has begun or is done; -ENOENT if the range was never inserted, or its insertion has
 * only begun; -EINVAL if the ops have no removed(). With an error nothing is changed.
 */
int mmnotify_range_remove_async_v1(struct mmnotify_range *range)
{
	int ret = -ENOENT;

	/* A concurrent removal may finish and the client be unregistered: RCU defers its free. */
	rcu_read_lock();
	if (mmnotify_life_is_written(&range->life))
		ret = removal_leave(range, mmn_client_of(range->client));
	rcu_read_unlock();
	if (!ret)
		queue_removal(range);
	else if (ret == -ENOENT)
		pr_warn_ratelimited("mmnotify_range_remove_async(): the range is not inserted: insert it first (caller %ps)\n",
				    __builtin_return_address(0));
	return ret > 0 ? 0 : ret;
}
MMN_EXPORT(mmnotify_range_remove_async_v1);

/**
 * mmn_removal_take_all() - remove the ranges that a client left behind
 * @client: client left behind by a module; the module's exit function has returned
 *
 * removed() is not called, since the module's exit function may have freed the data that
 * it uses. The memory of the ranges is leaked.
 *
 * Context: Process, sleeps until running invalidations of the mms end.
 * Return: number of ranges.
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
