// SPDX-License-Identifier: GPL-2.0-only
/*
 * record: range pointer -> what the hook saw. A fixed table, so that the hook
 * needs no memory; no locks, because only the task that owns a range ever
 * looks its record up.
 *
 * A slot is claimed by cmpxchg of its key, and given back by it. Two things
 * leave a record without its end: a start that a notifier refuses (only
 * non-blockable ones may be), and an object that goes away between start and
 * end. Such a record is found again by the next range at the same address, or
 * taken over once it is old; a live record of that kind that is taken over by
 * mistake is a missed record, which means "not exact".
 *
 * Pure enough to compile in user space too.
 */
#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/string.h>

#include "record.h"

#define RECORD_BITS	10
#define RECORD_PROBES	8
#define RECORD_STALE	(10 * HZ)

static struct mmn_record table[1 << RECORD_BITS];

/*
 * The key of a slot: the range, and in the bits that its alignment leaves free
 * how often the slot was opened. Without these a slot that looked forgotten
 * could be opened anew by its owner under the same key before it is taken over.
 */
#define FREE		0UL
#define BUSY		1UL	/* somebody fills it; no range lives at 0 */
#define GENERATION	7UL

/*
 * How many records are not in their first slot. Mostly none, and then nobody has
 * to look further. A task that has such a record has counted it before it looks
 * for it; whether it sees those of others does not matter to it.
 */
static atomic_t displaced __read_mostly;

static bool is_of(unsigned long key, const void *range)
{
	return (key & ~GENERATION) == (unsigned long)range;
}

static struct mmn_record *slot(const void *range, unsigned int probe)
{
	return &table[(hash_ptr((void *)range, RECORD_BITS) + probe) &
		      (ARRAY_SIZE(table) - 1)];
}

/* How many slots may hold the record of a range of ours. */
static unsigned int probes(void)
{
	return atomic_read(&displaced) ? RECORD_PROBES : 1;
}

/* The record is, or is no more, that of @range, which has its own first slot. */
static void count_displaced(const struct mmn_record *rec, const void *range,
			    int n)
{
	if (rec != slot(range, 0))
		atomic_add(n, &displaced);
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
	unsigned long key;
	unsigned int i;

	for (i = 0; i < RECORD_PROBES; i++) {
		rec = slot(range, i);
		/* Pairs with the release in mmn_record_open(). */
		key = smp_load_acquire(&rec->key);
		if (key != FREE && key != BUSY && is_stale(rec, now) &&
		    cmpxchg(&rec->key, key, BUSY) == key) {
			count_displaced(rec, (void *)(key & ~GENERATION), -1);
			count_displaced(rec, range, 1);
			return rec;
		}
	}
	return NULL;
}

static struct mmn_record *take_free(const void *range)
{
	struct mmn_record *rec;
	unsigned int i;

	for (i = 0; i < RECORD_PROBES; i++) {
		rec = slot(range, i);
		if (READ_ONCE(rec->key) == FREE &&
		    cmpxchg(&rec->key, FREE, BUSY) == FREE) {
			count_displaced(rec, range, 1);
			return rec;
		}
	}
	return NULL;
}

/* A leftover of ours, unless somebody takes it over just now. */
static struct mmn_record *take_own(const void *range)
{
	struct mmn_record *rec = mmn_record_find(range);
	unsigned long key;

	if (!rec)
		return NULL;
	key = READ_ONCE(rec->key);
	if (!is_of(key, range) || cmpxchg(&rec->key, key, BUSY) != key)
		return NULL;
	return rec;
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
	struct mmn_record *rec = take_own(range);

	if (!rec)
		rec = take_free(range);
	if (!rec)
		rec = take_stale(range, stamp);
	if (!rec)
		return NULL;
	rec->range = range;
	rec->mm = mm;
	rec->task = task;
	rec->since = 0;
	rec->ends = 0;
	WRITE_ONCE(rec->stamp, stamp);
	WRITE_ONCE(rec->state, 0);
	rec->generation = (rec->generation + 1) & GENERATION;
	/* Whoever finds the key finds what belongs to it. */
	smp_store_release(&rec->key, (unsigned long)range | rec->generation);
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
	unsigned int i, nr = probes();
	struct mmn_record *rec;

	for (i = 0; i < nr; i++) {
		rec = slot(range, i);
		if (is_of(READ_ONCE(rec->key), range))
			return rec;
	}
	return NULL;
}

/**
 * mmn_record_is() - does the record still belong to this range?
 * @rec: what mmn_record_find() returned
 * @range: its range
 *
 * Context: Any. The caller owns @range.
 * Return: false if another took it over.
 */
bool mmn_record_is(const struct mmn_record *rec, const void *range)
{
	return is_of(READ_ONCE(rec->key), range);
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
	unsigned long key = READ_ONCE(rec->key);

	if (is_of(key, range) && cmpxchg(&rec->key, key, FREE) == key)
		count_displaced(rec, range, -1);
}

/**
 * mmn_record_reset() - forget everything
 *
 * Context: No hook attached and no event in flight that used one.
 */
void mmn_record_reset(void)
{
	memset(table, 0, sizeof(table));
	atomic_set(&displaced, 0);
}

/* Over, but an object that was to hear of the end went first. */
static bool is_left(const struct mmn_record *rec)
{
	return READ_ONCE(rec->state) & MMN_RECORD_ENDED;
}

/**
 * mmn_record_count() - how many records are in use
 * @left: out: how many are left over by an object that went before the end; the
 *	next range at that address has them, or whoever finds no other after 10 s
 *
 * Context: Any; a momentary count. While the ends of an event are told it looks
 * left over.
 * Return: the number of slots that are taken and not left over.
 */
unsigned int mmn_record_count(unsigned int *left)
{
	unsigned int i, live = 0;

	*left = 0;
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		if (READ_ONCE(table[i].key) == FREE)
			continue;
		if (is_left(&table[i]))
			++*left;
		else
			live++;
	}
	return live;
}
