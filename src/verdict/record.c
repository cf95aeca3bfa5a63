// SPDX-License-Identifier: GPL-2.0-only
/*
 * record: the hook's records, by range pointer. The table has a fixed size, because the
 * hook cannot allocate.
 *
 * There are no locks and no atomic read-modify-write. Two tasks may write one slot at the
 * same time. At most one of two racing tasks finds its record intact; the other walks the
 * stack.
 *
 * To detect a race, @site and @verdict each have a tag: a checksum of the word and of the
 * event's identity. Words of two events in one slot do not match. (A false match needs
 * the same range pointer and a chance of 1 in 2^64.)
 *
 * The end of an event clears the marks of its key and leaves the rest. End callbacks run
 * after the hook and still find the record, unless another event took the slot. A start
 * callback finds live records only, so it never takes the record of an ended event for
 * its own. It can only be wrong if the hook missed an end and then the next start with the
 * same range pointer, task, mm, start and end.
 *
 * A non-blockable start may fail and then has no end. Its record is evictable from the
 * beginning, so it never keeps another event out. It is only ever in its home slot, where
 * the next start at the same address overwrites it.
 *
 * Also compiled in user space, for unit tests.
 */
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "record.h"

#define RECORD_PROBES	4

/* A verdict is one word, so that one access reads or writes all of it. */
static_assert(sizeof(struct mmn_verdict) == sizeof(u64));

struct mmn_record mmn_record_table[1 << MMN_RECORD_BITS];

/* Records that overwrote a live one, because all slots of their home were taken. */
static atomic_t overruns;

/* Write-only: takes evictable records if their home slot is taken. */
static struct mmn_record nowhere;

static struct mmn_record *record_slot(unsigned long key, unsigned int probe)
{
	unsigned int home = mmn_record_home(key) - mmn_record_table;

	return &mmn_record_table[(home + probe) & (ARRAY_SIZE(mmn_record_table) - 1)];
}

/* For mmn_record_open(): the home slot holds a live record of another event. */
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

/* For mmn_record_read(): searches all slots of the home. */
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
 * For mmn_record_close(): the record is not in its home slot. End callbacks do not look
 * elsewhere, so the record is of no use any more. Left live, mmn_record_find_live() would
 * return it to a later event at the same address.
 */
void mmn_record_close_slow(unsigned long key)
{
	struct mmn_record *rec = mmn_record_find_live(key);

	if (rec)
		WRITE_ONCE(rec->key, 0);
}

/**
 * mmn_record_reset() - clear all records
 *
 * Callbacks of events in flight may race with this. They find no record then, or no
 * matching tag, and fall back to the stack.
 *
 * Context: Process, with the hook detached.
 */
void mmn_record_reset(void)
{
	memset(mmn_record_table, 0, sizeof(mmn_record_table));
}

/**
 * mmn_record_live() - count the records of events in flight
 *
 * Context: Any; the count may be outdated when it is returned.
 * Return: number of live records, including those of starts that failed.
 */
unsigned int mmn_record_live(void)
{
	unsigned int i, nr = 0;

	for (i = 0; i < ARRAY_SIZE(mmn_record_table); i++)
		nr += READ_ONCE(mmn_record_table[i].key) & MMN_RECORD_LIVE;
	return nr;
}

/**
 * mmn_record_full() - count the events that found no free slot
 *
 * Context: Any; the count may be outdated when it is returned.
 * Return: number of records that overwrote a live one.
 */
unsigned int mmn_record_full(void)
{
	return atomic_read(&overruns);
}
