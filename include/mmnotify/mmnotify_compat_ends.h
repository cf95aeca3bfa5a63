/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * mmnotify_compat_ends: end() for ranges, in a driver that is built without
 * mmnotify. The kernel's interval notifiers hear only of starts, so one notifier per
 * mm counts what runs, and whoever ends last tells everybody: late, but never early.
 * That waits for what mmu_interval_notifier_remove() waits for, too: a moment
 * without an invalidation of the mm. It allocates nothing.
 *
 * The kernel serves interval notifiers before the others, and that order is relied
 * upon: an event is counted by the first range that is told of it.
 */
#ifndef MMNOTIFY_COMPAT_ENDS_H
#define MMNOTIFY_COMPAT_ENDS_H

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/mmu_notifier.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>

#include "mmnotify_compat.h"

#define MMNOTIFY_COMPAT_STARTING	16

/**
 * struct mmnotify_compat_ends - the ends to come of one mm
 * @mn: the native object, counted by the kernel
 * @lock: guards all below, and what is due in the ranges
 * @active: blockable invalidations that began and did not end
 * @dead: the mm is released: the kernel will not tell of ends any more
 * @starting: those of @active that only interval notifiers were told of yet
 * @wait: for room in @starting
 * @late: ranges that get their ends when @active is 0
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

/* Count an event once, by the first range that is told. Return: is it counted? */
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

/* Blockable, so it may wait for others to get from one kind to the other. */
static void mmnotify_compat_expect(struct mmnotify_range *r,
				   const struct mmu_notifier_range *event)
{
	struct mmnotify_compat_ends *ends = r->ends;

	if (!ends || !mmu_notifier_range_blockable(event) ||
	    event->event == MMU_NOTIFY_RELEASE)
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
		.mm = ends->mn.mm, .flags = MMU_NOTIFIER_RANGE_BLOCKABLE,
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
		/* From here on, whoever removes it may go on. */
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

/* Ends of what still runs will not be heard; the ranges were released already. */
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
	.invalidate_range_start = mmnotify_compat_ends_start,
	.invalidate_range_end = mmnotify_compat_ends_end,
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
