/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * mmnotify_compat_ends: end() for ranges, in a driver that is built without mmnotify.
 * Interval notifiers have no end callback, so one whole-mm notifier per mm counts the
 * running invalidations. When the count drops to 0, all pending end() callbacks are
 * called: late, but never early. Only the release of the mm calls them at once.
 * mmu_interval_notifier_remove() waits for the same moment, without an invalidation of
 * the mm. Invalidations allocate no memory.
 *
 * Relies on the kernel calling interval notifiers before whole-mm notifiers: the first
 * range that receives an event counts it.
 */
#ifndef MMNOTIFY_COMPAT_ENDS_H
#define MMNOTIFY_COMPAT_ENDS_H

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mmu_notifier.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>

#include "mmnotify_compat.h"

#define MMNOTIFY_COMPAT_STARTING	16

/**
 * struct mmnotify_compat_ends - pending ends of one mm
 * @mn: native notifier, reference-counted by the kernel
 * @lock: guards the members below, and the due members of the ranges
 * @active: number of blockable invalidations that began and have not ended
 * @dead: true once the mm is released: the kernel reports no ends after that
 * @starting: invalidations in @active that have not reached @mn yet
 * @wait: waits for a free entry of @starting
 * @late: ranges whose end() is called when @active drops to 0
 */
struct mmnotify_compat_ends {
	struct mmu_notifier mn;
	spinlock_t lock;	/* guards all below */
	unsigned int active;
	bool dead;
	const struct mmu_notifier_range *starting[MMNOTIFY_COMPAT_STARTING];
	wait_queue_head_t wait;
	struct list_head late;
};

static bool mmnotify_compat_replace(struct mmnotify_compat_ends *ends,
				    const struct mmu_notifier_range *from,
				    const struct mmu_notifier_range *to)
{
	unsigned int i;

	lockdep_assert_held(&ends->lock);
	for (i = 0; i < MMNOTIFY_COMPAT_STARTING; i++)
		if (ends->starting[i] == from) {
			ends->starting[i] = to;
			return true;
		}
	return false;
}

/*
 * Count an event once, for the first range that receives it. Return: false if @starting
 * is full and the event is not counted.
 */
static bool mmnotify_compat_count(struct mmnotify_compat_ends *ends,
				  const struct mmu_notifier_range *event)
{
	lockdep_assert_held(&ends->lock);
	if (ends->dead || mmnotify_compat_replace(ends, event, event))
		return true;
	if (!mmnotify_compat_replace(ends, NULL, event))
		return false;
	ends->active++;
	return true;
}

static void mmnotify_compat_owe(struct mmnotify_range *r,
				const struct mmu_notifier_range *event)
{
	struct mmnotify_compat_ends *ends = r->ends;

	lockdep_assert_held(&ends->lock);
	atomic_inc(&r->undelivered);
	if (r->due++) {
		r->due_native = MMU_NOTIFY_CLEAR;
		r->due_start = min(r->due_start, event->start);
		r->due_end = max(r->due_end, event->end);
		return;
	}
	r->due_native = event->event;
	r->due_start = event->start;
	r->due_end = event->end;
	list_add_tail(&r->late, &ends->late);
}

/*
 * If @starting is full, wait until an event gets from the interval notifiers to @mn.
 * Waiting is allowed, as the event is blockable.
 */
static void mmnotify_compat_expect(struct mmnotify_range *r,
				   const struct mmu_notifier_range *event)
{
	struct mmnotify_compat_ends *ends = r->ends;

	if (!ends || !mmu_notifier_range_blockable(event) ||
	    mmnotify_range_is_release(event))
		return;
	spin_lock(&ends->lock);
	wait_event_cmd(ends->wait, mmnotify_compat_count(ends, event),
		       spin_unlock(&ends->lock), spin_lock(&ends->lock));
	if (!ends->dead)
		mmnotify_compat_owe(r, event);
	spin_unlock(&ends->lock);
}

static struct mmnotify_range *
mmnotify_compat_next_late(struct mmnotify_compat_ends *ends, unsigned int *due,
			  struct mmnotify_info *info)
{
	struct mmu_notifier_range over = {
		.mm = mmnotify_notifier_mm(&ends->mn), .flags = MMU_NOTIFIER_RANGE_BLOCKABLE,
	};
	struct mmnotify_range *r = NULL;

	spin_lock(&ends->lock);
	if (!ends->active && !list_empty(&ends->late)) {
		r = list_first_entry(&ends->late, struct mmnotify_range, late);
		list_del(&r->late);
		over.event = r->due_native;
		over.start = r->due_start;
		over.end = r->due_end;
		*due = r->due;
		r->due = 0;
	}
	spin_unlock(&ends->lock);
	if (!r)
		return NULL;
	mmnotify_conservative(&over, info);
	if (*due > 1)
		info->flags |= MMNOTIFY_F_WIDENED;
	return r;
}

static void mmnotify_compat_tell(struct mmnotify_compat_ends *ends)
{
	struct mmnotify_info info;
	struct mmnotify_range *r;
	atomic_t *undelivered;
	unsigned int due, i;

	while ((r = mmnotify_compat_next_late(ends, &due, &info))) {
		undelivered = &r->undelivered;
		for (i = 0; i < due; i++)
			r->ops->end(r, &info);
		/* From here on a removal may go on and free the range. */
		if (atomic_sub_and_test(due, undelivered))
			wake_up_var(undelivered);
	}
}

static int mmnotify_compat_ends_start(struct mmu_notifier *mn,
				      const struct mmu_notifier_range *range)
{
	struct mmnotify_compat_ends *ends =
		container_of(mn, struct mmnotify_compat_ends, mn);
	bool counted;

	if (!mmu_notifier_range_blockable(range))
		return 0;
	spin_lock(&ends->lock);
	counted = mmnotify_compat_replace(ends, range, NULL);
	if (!counted)
		ends->active++;
	spin_unlock(&ends->lock);
	if (counted)
		wake_up(&ends->wait);
	return 0;
}

static void mmnotify_compat_ends_end(struct mmu_notifier *mn,
				     const struct mmu_notifier_range *range)
{
	struct mmnotify_compat_ends *ends =
		container_of(mn, struct mmnotify_compat_ends, mn);

	if (!mmu_notifier_range_blockable(range))
		return;
	spin_lock(&ends->lock);
	if (!ends->dead)
		ends->active--;
	spin_unlock(&ends->lock);
	mmnotify_compat_tell(ends);
}

/*
 * The kernel does not report the ends of invalidations that still run, so deliver them
 * now. The ranges were released before.
 */
static void mmnotify_compat_ends_release(struct mmu_notifier *mn,
					 struct mm_struct *mm)
{
	struct mmnotify_compat_ends *ends =
		container_of(mn, struct mmnotify_compat_ends, mn);

	spin_lock(&ends->lock);
	ends->dead = true;
	ends->active = 0;
	spin_unlock(&ends->lock);
	wake_up_all(&ends->wait);
	mmnotify_compat_tell(ends);
}

static struct mmu_notifier *mmnotify_compat_ends_alloc(struct mm_struct *mm)
{
	struct mmnotify_compat_ends *ends = kzalloc(sizeof(*ends), GFP_KERNEL);

	if (!ends)
		return ERR_PTR(-ENOMEM);
	spin_lock_init(&ends->lock);
	init_waitqueue_head(&ends->wait);
	INIT_LIST_HEAD(&ends->late);
	return &ends->mn;
}

static void mmnotify_compat_ends_free(struct mmu_notifier *mn)
{
	kfree(container_of(mn, struct mmnotify_compat_ends, mn));
}

static const struct mmu_notifier_ops mmnotify_compat_ends_ops = {
	.MMNOTIFY_RANGE_OP(invalidate_range_start) = mmnotify_compat_ends_start,
	.MMNOTIFY_RANGE_OP(invalidate_range_end) = mmnotify_compat_ends_end,
	.release = mmnotify_compat_ends_release,
	.alloc_notifier = mmnotify_compat_ends_alloc,
	.free_notifier = mmnotify_compat_ends_free,
};

static void mmnotify_compat_ends_put(struct mmnotify_range *r)
{
	struct mmnotify_compat_ends *ends = r->ends;

	if (!ends)
		return;
	wait_var_event(&r->undelivered, !atomic_read(&r->undelivered));
	r->ends = NULL;
	mmu_notifier_put(&ends->mn);
}

#endif /* MMNOTIFY_COMPAT_ENDS_H */
