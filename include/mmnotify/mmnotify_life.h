/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * mmnotify_life: the state of a struct mmnotify_range, as one atomic word. Insertion,
 * move, both removals and the exit of the driver may begin on one range at the same time;
 * of these only mmnotify_range_remove_async() may begin in a callback. Each transition
 * below that may race is one cmpxchg, so exactly one caller removes the native notifier.
 * The other callers return an errno, wait, or set a flag. The transitions to INSERTING and
 * to REMOVED are stores: no other caller may leave the states before them.
 *
 * Internal to mmnotify and mmnotify_compat_impl.h; drivers do not call these functions.
 *
 *	NONE --insert--> CLAIMED --> INSERTING --> LIVE --move--> MOVING --> LIVE
 *	                    |            |           |               |
 *	NONE <-----error----+------------+           |               |
 *	                                 +--async----+-----async-----+--> LEAVING --> REMOVED
 *	                                             +--remove-------+--> REMOVING -> REMOVED
 *	REMOVED --zeroed by its owner--> NONE
 *
 * CLAIMED, INSERTING and MOVING belong to the task that inserts or moves the range. In
 * CLAIMED the members of the range are not written yet, so removals fail with an errno.
 * In INSERTING and MOVING an asynchronous removal sets the flag ASYNC. A synchronous
 * removal sets SYNC in MOVING, and fails in INSERTING. The task acts on the flag when it
 * is done.
 */
#ifndef MMNOTIFY_LIFE_H
#define MMNOTIFY_LIFE_H

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/types.h>

#define MMNOTIFY_LIFE_NONE	0	/* zeroed, or never inserted */
#define MMNOTIFY_LIFE_INSERTING	1
#define MMNOTIFY_LIFE_LIVE	2
#define MMNOTIFY_LIFE_MOVING	3
#define MMNOTIFY_LIFE_REMOVING	4	/* the caller of remove() removes it */
#define MMNOTIFY_LIFE_LEAVING	5	/* a work item removes it, then calls removed() */
#define MMNOTIFY_LIFE_REMOVED	6	/* removed() is called next, or remove() returns */
#define MMNOTIFY_LIFE_CLAIMED	7	/* an insertion has begun */

/* Flag of INSERTING and MOVING: remove_async() was called. */
#define MMNOTIFY_LIFE_ASYNC	8
/* Flag of MOVING: remove() waits until the move is done. */
#define MMNOTIFY_LIFE_SYNC	16

/**
 * mmnotify_life_insert() - begin an insertion
 * @life: state word of the range
 *
 * The caller then writes the members of the range and calls mmnotify_life_written(). A
 * removed range stays REMOVED until its owner zeroes it: the owner may free it at any
 * time, so a concurrent insertion must fail.
 *
 * Context: Any.
 * Return: 0; -EBUSY if the range is inserted already, or was not zeroed.
 */
static inline int mmnotify_life_insert(atomic_t *life)
{
	if (atomic_cmpxchg(life, MMNOTIFY_LIFE_NONE, MMNOTIFY_LIFE_CLAIMED))
		return -EBUSY;
	return 0;
}

/**
 * mmnotify_life_written() - publish the members of a range during its insertion
 * @life: state word of the range, in state CLAIMED
 *
 * Context: Any.
 */
static inline void mmnotify_life_written(atomic_t *life)
{
	/* Pairs with mmnotify_life_is_written(). */
	atomic_set_release(life, MMNOTIFY_LIFE_INSERTING);
}

/**
 * mmnotify_life_is_written() - test whether the members of a range may be read
 * @life: state word of the range
 *
 * Context: Any.
 * Return: true if they are written; false if the range was never inserted, or if its
 * insertion is still CLAIMED.
 */
static inline bool mmnotify_life_is_written(const atomic_t *life)
{
	int now = atomic_read_acquire(life);

	return now != MMNOTIFY_LIFE_NONE && now != MMNOTIFY_LIFE_CLAIMED;
}

/**
 * mmnotify_life_move() - begin a move
 * @life: state word of the range
 *
 * A second move fails instead of waiting for the first one, because remove_async() could
 * free the range meanwhile.
 *
 * Context: Any.
 * Return: 0; -ENOENT if the range is not inserted; -EBUSY while it is inserted or moved
 * by another task; -EALREADY if its removal has begun, or is done.
 */
static inline int mmnotify_life_move(atomic_t *life)
{
	int old = atomic_cmpxchg(life, MMNOTIFY_LIFE_LIVE, MMNOTIFY_LIFE_MOVING);

	switch (old) {
	case MMNOTIFY_LIFE_LIVE:
		return 0;
	case MMNOTIFY_LIFE_NONE:
		return -ENOENT;
	case MMNOTIFY_LIFE_CLAIMED:
	case MMNOTIFY_LIFE_INSERTING:
	case MMNOTIFY_LIFE_MOVING:
		return -EBUSY;
	default:
		return -EALREADY;
	}
}

/**
 * mmnotify_life_settle() - finish the insertion or move of the calling task
 * @life: state word of the range, in state CLAIMED, INSERTING or MOVING
 * @lives: true if the native notifier is in the kernel's interval tree, false if the
 *	insertion failed
 *
 * Context: Any.
 * Return: the new state. LIVE; LEAVING if the caller has to queue an asynchronous
 * removal that was requested meanwhile; REMOVING if the caller has to wake the task in
 * remove(), which may free the range at once; NONE if the insertion failed, combined
 * with MMNOTIFY_LIFE_ASYNC if a removal was requested meanwhile, which is void then.
 */
static inline int mmnotify_life_settle(atomic_t *life, bool lives)
{
	int old = atomic_read(life), seen, next;

	for (;;) {
		next = MMNOTIFY_LIFE_LIVE;
		if (!lives)
			next = MMNOTIFY_LIFE_NONE;
		else if (old & MMNOTIFY_LIFE_ASYNC)
			next = MMNOTIFY_LIFE_LEAVING;
		else if (old & MMNOTIFY_LIFE_SYNC)
			next = MMNOTIFY_LIFE_REMOVING;
		seen = atomic_cmpxchg(life, old, next);
		if (seen == old)
			break;
		old = seen;
	}
	return lives ? next : next | (old & MMNOTIFY_LIFE_ASYNC);
}

/**
 * mmnotify_life_remove() - begin a synchronous removal
 * @life: state word of the range
 *
 * Context: Any.
 * Return: 0 if the caller has to remove the range now; 1 if the caller has to wait until
 * the task that moves the range sets MMNOTIFY_LIFE_REMOVING, and then remove it; -ENOENT
 * if the range is not inserted; -EBUSY while another task inserts it; -EALREADY if
 * another removal has begun, or is done.
 */
static inline int mmnotify_life_remove(atomic_t *life)
{
	int old = atomic_cmpxchg(life, MMNOTIFY_LIFE_LIVE, MMNOTIFY_LIFE_REMOVING);
	int seen;

	while (old == MMNOTIFY_LIFE_MOVING || old == MMNOTIFY_LIFE_LIVE) {
		if (old == MMNOTIFY_LIFE_LIVE)
			return 0;
		seen = atomic_cmpxchg(life, old, old | MMNOTIFY_LIFE_SYNC);
		if (seen == old)
			return 1;
		/* The move is done, or another removal was first. */
		old = atomic_cmpxchg(life, MMNOTIFY_LIFE_LIVE,
				     MMNOTIFY_LIFE_REMOVING);
	}
	if (old == MMNOTIFY_LIFE_NONE)
		return -ENOENT;
	if (old == MMNOTIFY_LIFE_INSERTING || old == MMNOTIFY_LIFE_CLAIMED)
		return -EBUSY;
	return -EALREADY;
}

/**
 * mmnotify_life_leave() - begin an asynchronous removal
 * @life: state word of the range
 *
 * Context: Any.
 * Return: 0 if the caller has to queue the removal; 1 if the task that inserts or moves
 * the range will queue it; -ENOENT if the range is not inserted, or if its insertion is
 * still CLAIMED; -EALREADY if another removal has begun, or is done.
 */
static inline int mmnotify_life_leave(atomic_t *life)
{
	int old = atomic_read(life), seen, next;

	for (;;) {
		switch (old) {
		case MMNOTIFY_LIFE_NONE:
		case MMNOTIFY_LIFE_CLAIMED:
			return -ENOENT;
		case MMNOTIFY_LIFE_LIVE:
			next = MMNOTIFY_LIFE_LEAVING;
			break;
		case MMNOTIFY_LIFE_INSERTING:
		case MMNOTIFY_LIFE_MOVING:
			next = old | MMNOTIFY_LIFE_ASYNC;
			break;
		default:
			return -EALREADY;
		}
		seen = atomic_cmpxchg(life, old, next);
		if (seen == old)
			return next != MMNOTIFY_LIFE_LEAVING;
		old = seen;
	}
}

/**
 * mmnotify_life_end() - finish a removal: the range belongs to its owner again
 * @life: state word of the range; mmnotify does not access the range after this
 *
 * Context: Any.
 */
static inline void mmnotify_life_end(atomic_t *life)
{
	atomic_set_release(life, MMNOTIFY_LIFE_REMOVED);
}

/**
 * mmnotify_life_may_remove() - test whether a remove() that waits for a move may go on
 * @life: state word of the range
 *
 * Context: Any.
 * Return: true once the move is done, else false.
 */
static inline bool mmnotify_life_may_remove(const atomic_t *life)
{
	return atomic_read_acquire(life) == MMNOTIFY_LIFE_REMOVING;
}

#endif /* MMNOTIFY_LIFE_H */
