// SPDX-License-Identifier: GPL-2.0-only
/*
 * record: range pointer -> what the hook saw. A fixed table, so that the hook
 * needs no memory; no locks, because only the task that owns a range ever
 * looks its record up.
 *
 * A slot is claimed by cmpxchg of its key from NULL and given back by storing
 * NULL. Two things leave a record without its end: a start that a notifier
 * refuses (only non-blockable ones may be), and an object that goes away
 * between start and end. Such a record is found again by the next range at the
 * same address, or taken over once it is old; a live record of that kind that
 * is taken over by mistake is a missed record, which means "not exact".
 *
 * Pure enough to compile in user space too.
 */
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/string.h>

#include "record.h"

#define RECORD_BITS	10
#define RECORD_PROBES	8
#define RECORD_STALE	(10 * HZ)

static struct mmn_record table[1 << RECORD_BITS];

/* The key of a slot that is being taken over; no range lives there. */
#define BUSY	((const void *)1)

static struct mmn_record *slot(const void *range, unsigned int probe)
{
	return &table[(hash_ptr((void *)range, RECORD_BITS) + probe) &
		      (ARRAY_SIZE(table) - 1)];
}

/* Nobody will ever close it: refused at start, or left over at end. */
static bool is_stale(const struct mmn_record *rec, unsigned long now)
{
	u8 state = READ_ONCE(rec->state);

	return (!(state & MMN_RECORD_BLOCKABLE) || (state & MMN_RECORD_ENDED)) &&
	       time_after(now, READ_ONCE(rec->stamp) + RECORD_STALE);
}

static struct mmn_record *take_stale(const void *range, unsigned long now)
{
	struct mmn_record *rec;
	const void *key;
	unsigned int i;

	for (i = 0; i < RECORD_PROBES; i++) {
		rec = slot(range, i);
		key = READ_ONCE(rec->range);
		if (!key || key == BUSY || !is_stale(rec, now) ||
		    cmpxchg(&rec->range, key, BUSY) != key)
			continue;
		/* Its owner may have opened it anew before it was ours. */
		if (is_stale(rec, now))
			return rec;
		/* Give it back as it was; pairs with mmn_record_find(). */
		smp_store_release(&rec->range, key);
	}
	return NULL;
}

static struct mmn_record *take_free(const void *range)
{
	struct mmn_record *rec;
	unsigned int i;

	for (i = 0; i < RECORD_PROBES; i++) {
		rec = slot(range, i);
		if (!READ_ONCE(rec->range) &&
		    !cmpxchg(&rec->range, (const void *)NULL, BUSY))
			return rec;
	}
	return NULL;
}

/**
 * mmn_record_open() - a record for a range whose invalidation begins
 * @range: the key
 * @mm: whose range
 * @task: who invalidates
 * @stamp: jiffies
 *
 * Context: Any, the hook too. The caller owns @range.
 * Return: the record, state and times zeroed; NULL if the table is full here.
 */
struct mmn_record *mmn_record_open(const void *range,
				   const struct mm_struct *mm,
				   const struct task_struct *task,
				   unsigned long stamp)
{
	struct mmn_record *rec = mmn_record_find(range);

	/* A leftover of ours, unless somebody takes it over just now. */
	if (rec && cmpxchg(&rec->range, range, BUSY) != range)
		rec = NULL;
	if (!rec)
		rec = take_free(range);
	if (!rec)
		rec = take_stale(range, stamp);
	if (!rec)
		return NULL;
	rec->mm = mm;
	rec->task = task;
	rec->since = 0;
	rec->ends = 0;
	WRITE_ONCE(rec->stamp, stamp);
	WRITE_ONCE(rec->state, 0);
	/* Whoever finds the key finds what belongs to it. */
	smp_store_release(&rec->range, range);
	return rec;
}

/**
 * mmn_record_find() - the record of a range
 * @range: the key
 *
 * Context: Any. The caller owns @range.
 * Return: the record or NULL.
 */
struct mmn_record *mmn_record_find(const void *range)
{
	struct mmn_record *rec;
	unsigned int i;

	for (i = 0; i < RECORD_PROBES; i++) {
		rec = slot(range, i);
		if (READ_ONCE(rec->range) == range)
			return rec;
	}
	return NULL;
}

/**
 * mmn_record_close() - give the record back
 * @rec: what mmn_record_find() returned
 * @range: its key; if another took the record over, nothing happens
 *
 * Context: Any.
 */
void mmn_record_close(struct mmn_record *rec, const void *range)
{
	cmpxchg(&rec->range, range, (const void *)NULL);
}

/**
 * mmn_record_reset() - forget everything
 *
 * Context: No hook attached and no event in flight that used one.
 */
void mmn_record_reset(void)
{
	memset(table, 0, sizeof(table));
}

/**
 * mmn_record_live() - how many records are in use
 *
 * Context: Any; a momentary count.
 * Return: the number of slots that are taken.
 */
unsigned int mmn_record_live(void)
{
	unsigned int i, nr = 0;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		nr += !!READ_ONCE(table[i].range);
	return nr;
}
