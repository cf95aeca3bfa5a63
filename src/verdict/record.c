// SPDX-License-Identifier: GPL-2.0-only
/*
 * record: range pointer -> what the hook saw. A fixed table, so that the hook
 * needs no memory. No locks and no atomic operation: two tasks may write one slot
 * at a time, and then at most one of them finds its own record in it again; who
 * does not, asks the stack.
 *
 * For that each word that says something has a tag, a sum of it and of all that
 * an event is. Words of two events in one slot do not match. (A sum may be right by
 * chance, once in 2^64 collisions; it would take the same range pointer, too.)
 *
 * The end of an event takes the marks from its key and leaves the rest: the
 * callbacks that hear of the end come after the hook and find it, unless another
 * event took the slot. A start finds live records only, so what was left by an event
 * before is never taken for this one: to be wrong, the hook must have missed an end
 * and the next start with the same range, task, mm and addresses.
 *
 * A start that a notifier refuses (only non-blockable ones may be) has no end. Such a
 * record is weak from the beginning: it is nobody's obstacle, and lies only where the
 * next start at its address overwrites it.
 *
 * Pure enough to compile in user space too.
 */
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "record.h"

#define RECORD_PROBES	4

/* A verdict is one word, so that it is written and read at once. */
static_assert(sizeof(struct mmn_verdict) == sizeof(u64));

struct mmn_record mmn_record_table[1 << MMN_RECORD_BITS];

/* How many took a slot of which they did not know if somebody needs it. */
static atomic_t overruns;

/* Where weak records go whose place is taken. Nobody looks here. */
static struct mmn_record nowhere;

static struct mmn_record *record_slot(unsigned long key, unsigned int probe)
{
	unsigned int home = mmn_record_home(key) - mmn_record_table;

	return &mmn_record_table[(home + probe) & (ARRAY_SIZE(mmn_record_table) - 1)];
}

/* The first slot is another's. For mmn_record_open(). */
struct mmn_record *mmn_record_open_slow(unsigned long key)
{
	struct mmn_record *rec;
	unsigned int i;

	if (key & MMN_RECORD_EVICTABLE)
		return &nowhere;
	for (i = 1; i < RECORD_PROBES; i++) {
		rec = record_slot(key, i);
		if (!mmn_record_is_taken(READ_ONCE(rec->key), key))
			return rec;
	}
	atomic_inc(&overruns);
	return record_slot(key, 0);
}

/* Wherever it is. For mmn_record_read(). */
struct mmn_record *mmn_record_find_live(unsigned long key)
{
	struct mmn_record *rec;
	unsigned int i;

	for (i = 0; i < RECORD_PROBES; i++) {
		rec = record_slot(key, i);
		if (READ_ONCE(rec->key) == key)
			return rec;
	}
	return NULL;
}

/*
 * Not left behind where who asks at the end does not look, and mmn_record_find_live()
 * might. For mmn_record_close().
 */
void mmn_record_close_slow(unsigned long key)
{
	struct mmn_record *rec = mmn_record_find_live(key);

	if (rec)
		WRITE_ONCE(rec->key, 0);
}

/**
 * mmn_record_reset() - forget everything
 *
 * Context: No hook attached and no event in flight that used one.
 */
void mmn_record_reset(void)
{
	memset(mmn_record_table, 0, sizeof(mmn_record_table));
}

/**
 * mmn_record_live() - how many records are of events in flight
 *
 * Context: Any; a momentary count.
 * Return: the number of live records, with those of refused starts.
 */
unsigned int mmn_record_live(void)
{
	unsigned int i, nr = 0;

	for (i = 0; i < ARRAY_SIZE(mmn_record_table); i++)
		nr += READ_ONCE(mmn_record_table[i].key) & MMN_RECORD_LIVE;
	return nr;
}

/**
 * mmn_record_full() - how often was there no room
 *
 * Context: Any; a momentary count.
 * Return: how many records were opened in place of a live one.
 */
unsigned int mmn_record_full(void)
{
	return atomic_read(&overruns);
}
