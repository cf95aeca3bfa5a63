// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * range_end: end() for ranges. The kernel calls interval notifiers at the start of an
 * event only. So each mm that has ranges with end() gets a whole-mm notifier. Each
 * blockable start that is delivered to such a range leaves a note of (event, range); the
 * end of the event delivers end() for its notes.
 *
 * The first note of a range is embedded in the range. Parallel invalidations of one range
 * need more; these are allocated without reclaim, because the caller may be in reclaim.
 * If the allocation fails, the range only counts the event in @lost, and end() is
 * delivered when no blockable invalidation of the mm runs: late, but never early. Only
 * the release of the mm delivers end() for events that still run.
 *
 * This relies on the kernel calling interval notifiers before whole-mm notifiers, at
 * start and at release, as in-tree drivers do (nouveau).
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/log2.h>
#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/wait_bit.h>

#include <mmnotify/mmnotify.h>

#include "client.h"
#include "compat/compat.h"
#include "range_end.h"
#include "verdict/verdict_fast.h"

#define BUCKETS		64
#define UNSTARTED	32

/**
 * struct ends - pending ends of one mm
 * @mn: native whole-mm notifier, reference counted by the kernel
 * @lock: guards all members below, and the notes of the ranges
 * @active: number of blockable invalidations that reached @mn and did not end
 * @unstarted: events that are counted in @lost of a range but not in @active yet, because
 *	the kernel still calls interval notifiers. Such a callback may sleep while other
 *	events end, and @active alone would be 0 too early
 * @dead: true once the mm is released: the kernel reports no more ends
 * @notes: lists of notes, hashed by event
 * @late: list of ranges with lost ends, which are delivered when no event runs
 */
struct ends {
	struct mmu_notifier mn;
	spinlock_t lock;	/* guards all below */
	unsigned int active;
	const struct mmu_notifier_range *unstarted[UNSTARTED];
	bool dead;
	struct mmnotify_pending *notes[BUCKETS];
	struct mmnotify_pending *late;
};

/* An allocated note, used when the range's own note is in use. @event has the bit EXTRA. */
struct extra {
	struct mmnotify_pending note;
	struct mmnotify_range *range;
};

#define EXTRA		1UL

/* @event of a note on the late list: not an address, but the number of lost ends. */
#define LATE(n)		((unsigned long)(n) << 2 | 2)
#define LATE_COUNT(ev)	((unsigned int)((ev) >> 2))

/*
 * Held around end(), and acquired by mmn_range_end_put(), which waits for it. So lockdep
 * reports a removal in end() or under a lock that end() takes.
 */
static struct lockdep_map mmn_range_end_map __maybe_unused;
static struct lock_class_key mmn_range_end_key __maybe_unused;

/* For tests: every allocation of a note fails. */
static bool starving;

void mmn_range_end_starve(bool on)
{
	WRITE_ONCE(starving, on);
}

static struct mmnotify_pending **ends_bucket(struct ends *ends,
					     const struct mmu_notifier_range *event)
{
	return &ends->notes[hash_ptr((void *)event, ilog2(BUCKETS))];
}

static struct mmnotify_range *range_of(struct mmnotify_pending *note)
{
	if (note->event & EXTRA)
		return container_of(note, struct extra, note)->range;
	return container_of(note, struct mmnotify_range, pending);
}

static bool is_of(const struct mmnotify_pending *note,
		  const struct mmu_notifier_range *event)
{
	return (note->event & ~EXTRA) == (unsigned long)event;
}

static void ends_link(struct ends *ends, struct mmnotify_pending *note,
		      const struct mmu_notifier_range *event, unsigned long mark)
{
	struct mmnotify_pending **head = ends_bucket(ends, event);

	lockdep_assert_held(&ends->lock);
	note->event = (unsigned long)event | mark;
	note->next = *head;
	*head = note;
}

/* Return: false if the range's own note is in use. */
static bool link_own(struct ends *ends, struct mmnotify_range *r,
		     const struct mmu_notifier_range *event)
{
	lockdep_assert_held(&ends->lock);
	if (r->pending.event)
		return false;
	ends_link(ends, &r->pending, event, 0);
	return true;
}

static struct extra *alloc_extra(struct mmnotify_range *r)
{
	struct extra *x;

	if (READ_ONCE(starving))
		return NULL;
	x = kmalloc(sizeof(*x), GFP_NOWAIT | __GFP_NOWARN | __GFP_NOMEMALLOC);
	if (x)
		x->range = r;
	return x;
}

/* Return: entry of @event in @unstarted, or else a free entry; NULL if the table is full. */
static const struct mmu_notifier_range **
find_unstarted(struct ends *ends, const struct mmu_notifier_range *event)
{
	const struct mmu_notifier_range **at = NULL;
	unsigned int i;

	lockdep_assert_held(&ends->lock);
	for (i = 0; i < ARRAY_SIZE(ends->unstarted); i++) {
		if (ends->unstarted[i] == event)
			return &ends->unstarted[i];
		if (!ends->unstarted[i])
			at = &ends->unstarted[i];
	}
	return at;
}

/* Return: false if @unstarted is full. */
static bool ends_mark_lost(struct ends *ends, struct mmnotify_range *r,
			   const struct mmu_notifier_range *event)
{
	const struct mmu_notifier_range **at = find_unstarted(ends, event);

	lockdep_assert_held(&ends->lock);
	if (!at)
		return false;
	*at = event;
	r->lost++;
	return true;
}

static bool ends_try_extra(struct ends *ends, struct mmnotify_range *r,
			   const struct mmu_notifier_range *event)
{
	struct extra *x = alloc_extra(r);
	bool dead, done = true;

	spin_lock(&ends->lock);
	dead = ends->dead;
	if (dead)
		atomic_dec(&r->undelivered);
	else if (x)
		ends_link(ends, &x->note, event, EXTRA);
	else
		done = link_own(ends, r, event) || ends_mark_lost(ends, r, event);
	spin_unlock(&ends->lock);
	if (dead)
		kfree(x);
	return done;
}

/*
 * The range's own note is in use: by an event of another task, by an outer event of this
 * task, or on the late list. Sleeping is the last resort.
 * It is allowed, since @event is blockable. It ends, since an entry of @unstarted is freed
 * as soon as the kernel is done with the interval notifiers of that event.
 */
static void ends_expect_extra(struct ends *ends, struct mmnotify_range *r,
			      const struct mmu_notifier_range *event)
{
	while (!ends_try_extra(ends, r, event))
		schedule_timeout_uninterruptible(1);
}

/**
 * mmn_range_end_expect() - note that a range is due an end() for an event
 * @r: range that has end(); its start callback is about to run
 * @range: the event
 *
 * Does nothing for non-blockable events, which may have no end, for the release of the
 * mm, and after it.
 *
 * Context: The native invalidate callback of @r. Sleeps only for blockable events, and
 * only if memory is short.
 */
void mmn_range_end_expect(struct mmnotify_range *r,
			  const struct mmu_notifier_range *range)
{
	struct ends *ends = r->ends;
	bool done;

	if (!mmu_notifier_range_blockable(range) || mmnotify_range_is_release(range))
		return;
	spin_lock(&ends->lock);
	done = ends->dead;
	if (!done) {
		atomic_inc(&r->undelivered);
		done = link_own(ends, r, range);
	}
	spin_unlock(&ends->lock);
	if (!done)
		ends_expect_extra(ends, r, range);
}

/* The last access to @r: mmn_range_end_put() may return, and the driver free the range. */
static void ends_delivered(struct mmnotify_range *r)
{
	atomic_t *undelivered = &r->undelivered;

	if (atomic_dec_and_test(undelivered))
		wake_up_var(undelivered);
}

static void ends_deliver(struct mmnotify_range *r, const struct mmnotify_info *info)
{
	struct mmn_delivery d MMN_UNINIT;
	bool watched;

	watched = mmn_client_enter(r->client, &d);
	lock_map_acquire(&mmn_range_end_map);
	r->called->end(r, info);
	lock_map_release(&mmn_range_end_map);
	mmn_client_leave(&d, watched);
}

/* Free the range's own note, or reuse it to put the range on the late list. */
static void ends_release_own(struct ends *ends, struct mmnotify_range *r)
{
	spin_lock(&ends->lock);
	r->pending.event = 0;
	if (r->lost) {
		r->pending.event = LATE(0);
		r->pending.next = ends->late;
		ends->late = &r->pending;
	}
	spin_unlock(&ends->lock);
}

static void deliver_note(struct ends *ends, struct mmnotify_pending *note,
			 const struct mmnotify_info *info)
{
	struct mmnotify_range *r = range_of(note);

	ends_deliver(r, info);
	if (note->event & EXTRA)
		kfree(container_of(note, struct extra, note));
	else
		ends_release_own(ends, r);
	ends_delivered(r);
}

/*
 * Return: true if no blockable event of the mm runs, or if the kernel reports no more ends
 * because the mm is released.
 */
static bool is_idle(const struct ends *ends)
{
	lockdep_assert_held(&ends->lock);
	return ends->dead ||
	       (!ends->active &&
		!memchr_inv(ends->unstarted, 0, sizeof(ends->unstarted)));
}

/*
 * No event runs, or the mm is released: all lost ends may be delivered. Fix their number
 * under the lock: events that begin after that may be counted in @lost again.
 */
static struct mmnotify_pending *ends_take_late(struct ends *ends)
{
	struct mmnotify_pending *late = ends->late, *note;

	lockdep_assert_held(&ends->lock);
	ends->late = NULL;
	for (note = late; note; note = note->next) {
		note->event = LATE(range_of(note)->lost);
		range_of(note)->lost = 0;
	}
	return late;
}

static void deliver_late(struct ends *ends, struct mmnotify_pending *note,
			 const struct mmnotify_info *info)
{
	struct mmnotify_range *r = range_of(note);
	unsigned int i, n = LATE_COUNT(note->event);

	for (i = 0; i < n; i++)
		ends_deliver(r, info);
	ends_release_own(ends, r);
	for (i = 0; i < n; i++)
		ends_delivered(r);
}

/* Return: the notes of @event, as a list of their own. */
static struct mmnotify_pending *ends_take_event(struct ends *ends,
						const struct mmu_notifier_range *event)
{
	struct mmnotify_pending **at = ends_bucket(ends, event), *note;
	struct mmnotify_pending *taken = NULL;

	lockdep_assert_held(&ends->lock);
	while ((note = *at)) {
		if (!is_of(note, event)) {
			at = &note->next;
			continue;
		}
		*at = note->next;
		note->next = taken;
		taken = note;
	}
	return taken;
}

static struct ends *from_native(struct mmu_notifier *mn)
{
	return container_of(mn, struct ends, mn);
}

static int mmn_range_end_start(struct mmu_notifier *mn,
			       const struct mmu_notifier_range *range)
{
	const struct mmu_notifier_range **at;
	struct ends *ends = from_native(mn);

	if (!mmu_notifier_range_blockable(range))
		return 0;
	spin_lock(&ends->lock);
	ends->active++;
	at = find_unstarted(ends, range);
	if (at)
		*at = NULL;
	spin_unlock(&ends->lock);
	return 0;
}

static void fill_unsure(struct mmnotify_info *info, struct mm_struct *mm)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	info->event = MMNOTIFY_CLEAR;
	info->native = MMU_NOTIFY_CLEAR;
	info->effects = MMNOTIFY_FX_ALL;
	info->flags = MMNOTIFY_F_BLOCKABLE | MMNOTIFY_F_WIDENED;
	info->mm = mm;
	info->end = ULONG_MAX;
}

static void deliver_all_late(struct ends *ends, struct mmnotify_pending *late)
{
	struct mmnotify_pending *next;
	struct mmnotify_info info;

	fill_unsure(&info, mmnotify_notifier_mm(&ends->mn));
	for (; late; late = next) {
		next = late->next;
		deliver_late(ends, late, &info);
	}
}

static void deliver_event(struct ends *ends, const struct mmu_notifier_range *range,
			  struct mmnotify_pending *note)
{
	struct mmnotify_pending *next;
	struct mmnotify_info info;

	mmn_verdict_end(range, &info);
	for (; note; note = next) {
		next = note->next;
		deliver_note(ends, note, &info);
	}
}

static void mmn_range_end_end(struct mmu_notifier *mn,
			      const struct mmu_notifier_range *range)
{
	struct ends *ends = from_native(mn);
	struct mmnotify_pending *notes, *late = NULL;

	if (!mmu_notifier_range_blockable(range))
		return;
	spin_lock(&ends->lock);
	notes = ends_take_event(ends, range);
	spin_unlock(&ends->lock);
	if (notes)
		deliver_event(ends, range, notes);
	spin_lock(&ends->lock);
	ends->active--;
	if (is_idle(ends))
		late = ends_take_late(ends);
	spin_unlock(&ends->lock);
	deliver_all_late(ends, late);
}

static struct mmnotify_pending *ends_take_all(struct ends *ends)
{
	struct mmnotify_pending *taken = NULL, *note;
	unsigned int i;

	lockdep_assert_held(&ends->lock);
	for (i = 0; i < BUCKETS; i++)
		while ((note = ends->notes[i])) {
			ends->notes[i] = note->next;
			note->next = taken;
			taken = note;
		}
	return taken;
}

/*
 * The kernel will not report the ends of events that still run (reclaim), so deliver all
 * ends now. That is safe: the ranges have got their release before, so their translations
 * are not in use any more.
 */
static void mmn_range_end_release(struct mmu_notifier *mn, struct mm_struct *mm)
{
	struct mmnotify_pending *notes, *late, *next;
	struct ends *ends = from_native(mn);
	struct mmnotify_info info;

	spin_lock(&ends->lock);
	ends->dead = true;
	notes = ends_take_all(ends);
	spin_unlock(&ends->lock);
	fill_unsure(&info, mm);
	for (; notes; notes = next) {
		next = notes->next;
		deliver_note(ends, notes, &info);
	}
	spin_lock(&ends->lock);
	late = ends_take_late(ends);
	spin_unlock(&ends->lock);
	deliver_all_late(ends, late);
}

/* Number of struct ends; mmn_range_end_exit() waits until it is 0. */
static atomic_t nr_objects;

static struct mmu_notifier *mmn_range_end_alloc(struct mm_struct *mm)
{
	struct ends *ends = kzalloc(sizeof(*ends), GFP_KERNEL);

	if (!ends)
		return ERR_PTR(-ENOMEM);
	spin_lock_init(&ends->lock);
	atomic_inc(&nr_objects);
	return &ends->mn;
}

static void mmn_range_end_free(struct mmu_notifier *mn)
{
	kfree(from_native(mn));
	if (atomic_dec_and_test(&nr_objects))
		wake_up_var(&nr_objects);
}

static const struct mmu_notifier_ops native_ops = {
	.invalidate_range_start = mmn_range_end_start,
	.invalidate_range_end = mmn_range_end_end,
	.release = mmn_range_end_release,
	.alloc_notifier = mmn_range_end_alloc,
	.free_notifier = mmn_range_end_free,
};

/**
 * mmn_range_end_get() - prepare an mm for a range that has end()
 * @r: range that is about to be inserted
 * @mm: mm that the range is inserted into
 * @locked: true if the caller holds mmap_lock for write
 *
 * Context: Process, may sleep; takes mmap_lock unless @locked.
 * Return: 0, -ENOMEM or -EINTR.
 */
int mmn_range_end_get(struct mmnotify_range *r, struct mm_struct *mm, bool locked)
{
	struct mmu_notifier *mn;

	mn = locked ? mmu_notifier_get_locked(&native_ops, mm) :
		      mmu_notifier_get(&native_ops, mm);
	if (IS_ERR(mn))
		return PTR_ERR(mn);
	r->ends = from_native(mn);
	return 0;
}

/**
 * mmn_range_end_put() - wait until each end() of a range was delivered
 * @r: range; its native object is removed, or was never inserted
 *
 * Does nothing for a range without end().
 *
 * Context: Process, sleeps. Not in a callback, nor under a lock that end() takes.
 */
void mmn_range_end_put(struct mmnotify_range *r)
{
	struct ends *ends = r->ends;

	if (!ends)
		return;
	lock_map_acquire(&mmn_range_end_map);
	lock_map_release(&mmn_range_end_map);
	wait_var_event(&r->undelivered, !atomic_read(&r->undelivered));
	r->ends = NULL;
	mmu_notifier_put(&ends->mn);
}

/**
 * mmn_range_end_init() - initialise the lockdep map
 *
 * Context: Process, at load.
 */
void mmn_range_end_init(void)
{
	lockdep_init_map(&mmn_range_end_map, "mmnotify_end", &mmn_range_end_key, 0);
}

/**
 * mmn_range_end_exit() - wait until the kernel has freed each notifier of this component
 *
 * Context: Process, at unload: there are no ranges.
 */
void mmn_range_end_exit(void)
{
	wait_var_event(&nr_objects, !atomic_read(&nr_objects));
}
