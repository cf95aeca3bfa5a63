/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * mmnotify_life: the life of one struct mmnotify_range as one atomic word. Insertion,
 * move, both removals and the end of a driver may begin on one range at the same time; of
 * these only mmnotify_range_remove_async() may begin in a callback. Each transition below
 * is one cmpxchg, so exactly one caller takes the native object out. The others get an
 * errno, or wait, or leave a flag.
 *
 * For mmnotify itself and for mmnotify_compat_impl.h; a driver calls none of this.
 *
 *	NONE --insert--> CLAIMED --> INSERTING --> LIVE --move--> MOVING --> LIVE
 *	                    |            |           |               |
 *	NONE <-----error----+------------+           |               |
 *	                                 +--async----+-----async-----+--> LEAVING --> REMOVED
 *	                                             +--remove-------+--> REMOVING -> REMOVED
 *	REMOVED --zeroed by its owner--> NONE
 *
 * CLAIMED, INSERTING and MOVING belong to the task that inserts or moves. While a range is
 * CLAIMED its members are not written yet, so a removal does not find it. An asynchronous removal
 * that comes meanwhile leaves the flag ASYNC; a removal that waits leaves SYNC in MOVING,
 * and is refused in INSERTING. The task acts on the flag when it is done.
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
#define MMNOTIFY_LIFE_REMOVING	4	/* the caller of remove() takes it out */
#define MMNOTIFY_LIFE_LEAVING	5	/* a work item takes it out, then removed() runs */
#define MMNOTIFY_LIFE_REMOVED	6	/* removed() is called now, or remove() returns */
#define MMNOTIFY_LIFE_CLAIMED	7	/* an insertion has begun */

/* With INSERTING and MOVING: remove_async() was called. */
#define MMNOTIFY_LIFE_ASYNC	8
/* With MOVING: remove() waits until the move is done. */
#define MMNOTIFY_LIFE_SYNC	16

/**
 * mmnotify_life_insert() - an insertion begins
 * @life: the word of the range
 *
 * The caller writes the members of the range, and calls mmnotify_life_written() then. A
 * range that was removed stays REMOVED until its owner zeroes it: an insertion that
 * another task began meanwhile must not find it free, since the owner may free it now.
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
 * mmnotify_life_written() - the members of a range that is inserted are written
 * @life: the word of the range, in state CLAIMED
 *
 * Context: Any.
 */
static inline void mmnotify_life_written(atomic_t *life)
{
	/* Pairs with mmnotify_life_is_written(). */
	atomic_set_release(life, MMNOTIFY_LIFE_INSERTING);
}

/**
 * mmnotify_life_is_written() - may the members of a range be read?
 * @life: the word of the range
 *
 * Context: Any.
 * Return: false if the range was never inserted, or its insertion has only begun.
 */
static inline bool mmnotify_life_is_written(const atomic_t *life)
{
	int now = atomic_read_acquire(life);

	return now != MMNOTIFY_LIFE_NONE && now != MMNOTIFY_LIFE_CLAIMED;
}

/**
 * mmnotify_life_move() - a move begins
 * @life: the word of the range
 *
 * A second move does not wait for the first: remove_async() could free the range
 * meanwhile.
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
 * mmnotify_life_settle() - the insertion or move of the calling task is done
 * @life: the word of the range, in state CLAIMED, INSERTING or MOVING
 * @lives: the native object is in the kernel's tree
 *
 * Context: Any.
 * Return: the state from now on: LIVE; LEAVING if the caller has to queue the removal
 * that came meanwhile; REMOVING if the caller has to wake the remover, which may free
 * the range at once; NONE if the insertion failed. NONE | MMNOTIFY_LIFE_ASYNC says that
 * a removal came meanwhile, which is void.
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
 * mmnotify_life_remove() - a removal that waits begins
 * @life: the word of the range
 *
 * Context: Any.
 * Return: 0 if the caller takes the range out now; 1 if the caller has to wait until the
 * task that moves the range sets MMNOTIFY_LIFE_REMOVING, and then takes it out; -ENOENT if the
 * range is not inserted; -EBUSY while another task inserts it; -EALREADY if another
 * removal has begun, or is done.
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
		/* The move is done, or another removal came first. */
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
 * mmnotify_life_leave() - a removal that does not wait begins
 * @life: the word of the range
 *
 * Context: Any.
 * Return: 0 if the caller queues the removal; 1 if the task that inserts or moves the
 * range queues it; -ENOENT if the range is not inserted; -EALREADY if another removal
 * has begun, or is done.
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
 * mmnotify_life_end() - the native object is out, and the range is its owner's
 * @life: the word of the range, which mmnotify does not touch any more
 *
 * Context: Any.
 */
static inline void mmnotify_life_end(atomic_t *life)
{
	atomic_set_release(life, MMNOTIFY_LIFE_REMOVED);
}

/**
 * mmnotify_life_may_remove() - may remove() that waited for a move go on?
 * @life: the word of the range
 *
 * Context: Any.
 * Return: true once the move is done.
 */
static inline bool mmnotify_life_may_remove(const atomic_t *life)
{
	return atomic_read_acquire(life) == MMNOTIFY_LIFE_REMOVING;
}

#endif /* MMNOTIFY_LIFE_H */
