// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * event: one slot for each event in flight, from its start to its end callbacks. The hook
 * writes it, or, for an event that the hook did not record, the first start callback. The
 * table has a fixed size, because the hook cannot allocate.
 *
 * Each task has a home slot, found by a hash of the task pointer. So a CPU writes only to
 * cache lines of the task that it runs, unless two tasks have the same hash. The path of an
 * event has no lock and no atomic read-modify-write: two tasks may write one slot at the
 * same time. At most one of them finds its event intact, because the tag is a checksum of
 * the call site, the verdict and the event's identity. The other task walks the stack if it
 * is at a start, and classifies the event again if it is at an end. (A false match has a
 * probability of 2^-64.)
 *
 * Events nest: a THP may be split while its range is unmapped. struct mmu_notifier_range
 * lies on the stack, so its address distinguishes them. An open event encloses another if
 * its range has the higher address on the same stack. A start takes the inner slot, which
 * follows the home slot, if the event in the home slot encloses its own. A third event,
 * nested in both, overwrites the inner slot if a callback saves it.
 *
 * An end callback must not find an earlier event, not even one with the same address, task,
 * mm, start and end. So each start that a callback saves overwrites the slot in which its
 * end is looked up: the home slot, or the inner one while an event that encloses its own is
 * in the home slot. If another task has overwritten that outer event by the time of the end,
 * the lookup ignores the inner slot, because an earlier event may have left its verdict
 * there.
 *
 * The hook overwrites neither the record of another task's open event, nor the slot of an
 * event that encloses its own. It takes the next slot of up to EVENT_PROBES: the inner slot,
 * then those of other hashes. If all are taken, it overwrites the home slot, and counts
 * that. No start of this task overwrites such a record once it is closed, so a lookup
 * accepts it only while it is open, unless it is in the inner slot of an event that encloses
 * it. End callbacks run after the hook has closed it, and classify again.
 *
 * **Wide events.** The kernel calls the ranges of an event one after another. The first range that
 * gets the event finds out the verdict, saves it here and leads; the ranges after it copy it. The
 * difficulty is an earlier event of the same task, with the same address of the kernel's range, mm,
 * start and end, of another call site. This is why no range takes its verdict
 * (mm/mmu_notifier.c: mn_itree_inv_start_range(), mn_itree_inv_end(),
 * mmu_interval_notifier_insert() and _remove(), the same from 5.5 to 7.3):
 *
 * - From the first callback of an event to its end the sequence of the mm is odd and the kernel's
 *   tree of ranges is frozen: insertions and removals wait on a list until the last running
 *   invalidation of the mm ends, and then the sequence grows. So two events of an mm with the same
 *   odd sequence see the same tree. If they have the same start and end, too, they visit the same
 *   ranges, in the order of the tree, which is that of the ranges' start.
 * - A range copies only if the sequence is that of the leader, and if it starts behind the leader.
 * - Let F be the first one of our ranges in that order. If a range G copied from an earlier event,
 *   F would come before G in this event, too. F starts no later than any leader, so F does not
 *   copy. It finds out the verdict of this event and saves it before it does anything else. So G
 *   finds that, or the same one: F need not replace a verdict that is equal in all.
 * - If another task overwrote the slot after F, the next range leads, although it is not the first
 *   one. The argument holds for it, since F starts no later than it. A range with the same start
 *   as its leader does not copy.
 * - An mm that was freed, and another one at its address, have sequences of their own. The
 *   generation tells them apart: an mm stays until the last of its ranges is removed, and a removal
 *   changes the generation before it drops the mm.
 * - A callback of the driver may cause an event inside of the event, but with a range further
 *   down the stack: the address differs.
 *
 * A refused start, a second pass, or a removal or move of F that has begun change nothing: F is in
 * the tree until the sequence grows.
 *
 * Each key that is written names an event of the running task. So a task that finds its event's
 * key in a slot has written that key after those of its earlier events.
 *
 * The end of an event clears MMN_EVENT_OPEN and leaves the rest, because end callbacks run
 * after the hook. A start callback uses open records only, so never the record of an event
 * that ended. It can take a stale record for its own only if the hook missed an end and then
 * the next start with the same range pointer, task, mm, start and end.
 *
 * A non-blockable start may fail and then has no end. Its record is evictable from the
 * beginning, so it never keeps another event out; if both slots of its task are taken, it
 * is dropped. A callback that saves the verdict of such a start leaves the slot closed.
 *
 * Also compiled in user space, for unit tests.
 */
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/sched/task_stack.h>

#include "event.h"

#define EVENT_PROBES	8

/* So large that no sum of a sequence and a generation is equal to that of two other ones. */
#define GENERATION_STEP	0x1e3779b97f4a7c15L

/* A verdict is one word, so that one access reads or writes all of it. */
static_assert(sizeof(struct mmn_verdict) == sizeof(u64));

struct mmn_event mmn_event_table[1 << MMN_EVENT_BITS][2];

#define EVENT_SLOTS	(sizeof(mmn_event_table) / sizeof(struct mmn_event))

static struct mmn_event *const slots = mmn_event_table[0];

u64 mmn_event_mix __read_mostly = 0x9e3779b97f4a7c15ULL;

/* Changes whenever an object is freed: pointers to objects saved before are stale. */
atomic_long_t mmn_event_generation;

/* Records that overwrote an open one, because all slots were taken. */
static atomic_t overruns;

/* Write-only: takes evictable records if the slots of their task are taken. */
static struct mmn_event nowhere;

/* Probe 0 is the home slot, 1 the inner one, and the next ones are those of other hashes. */
static struct mmn_event *event_slot(struct mmn_event *home, unsigned int probe)
{
	return slots + ((home - slots) ^ probe);
}

static bool is_taken(const struct mmn_event *slot, unsigned long range, unsigned long top)
{
	unsigned long key = READ_ONCE(slot->key), at = key & ~MMN_EVENT_MARKS;

	if (!(key & MMN_EVENT_OPEN) || key & MMN_EVENT_EVICTABLE || at == range)
		return false;
	/* On the stack of this task: it encloses the event of @range, or is over. */
	if (top - at - 1 < THREAD_SIZE)
		return at > range;
	/* What a callback saved may stay open for good, if its object was removed. */
	return key & MMN_EVENT_RECORDED;
}

/* For mmn_event_open(): the home slot holds an open event. */
struct mmn_event *mmn_event_open_slow(struct mmn_event *home, unsigned long range,
				      unsigned long top, bool evictable)
{
	unsigned int i, probes = evictable ? 2 : EVENT_PROBES;

	for (i = 0; i < probes; i++)
		if (!is_taken(event_slot(home, i), range, top))
			return event_slot(home, i);
	if (evictable)
		return &nowhere;
	atomic_inc(&overruns);
	return home;
}

/* For mmn_event_find(): the home slot holds another event. */
struct mmn_event *mmn_event_find_slow(struct mmn_event *home, unsigned long range,
				      unsigned long top)
{
	unsigned int i;

	if (mmn_event_is_of(home + 1, range) &&
	    mmn_event_encloses(READ_ONCE(home->key), range, top))
		return home + 1;
	for (i = 1; i < EVENT_PROBES; i++)
		if (READ_ONCE(event_slot(home, i)->key) ==
		    (range | MMN_EVENT_OPEN | MMN_EVENT_RECORDED))
			return event_slot(home, i);
	return NULL;
}

/**
 * mmn_event_init() - choose the multiplier of ids and tags
 * @seed: random number, the same until the module is unloaded
 *
 * Context: Process, at load, before the first event is recorded.
 */
void mmn_event_init(u64 seed)
{
	mmn_event_mix = seed | 1;
}

/**
 * mmn_event_reset() - clear what the hook recorded
 *
 * Callbacks of events in flight may race with this. They find no slot then, or no matching
 * tag, and fall back to the stack.
 *
 * Context: Process, with the hook detached.
 */
void mmn_event_reset(void)
{
	unsigned int i;

	for (i = 0; i < EVENT_SLOTS; i++)
		if (READ_ONCE(slots[i].key) & MMN_EVENT_RECORDED)
			WRITE_ONCE(slots[i].key, 0);
}

/**
 * mmn_event_live() - count the records of events in flight
 *
 * Context: Any; the count may be outdated when it is returned.
 * Return: number of open records, including those of starts that failed.
 */
unsigned int mmn_event_live(void)
{
	const unsigned long live = MMN_EVENT_OPEN | MMN_EVENT_RECORDED;
	unsigned int i, nr = 0;

	for (i = 0; i < EVENT_SLOTS; i++)
		nr += (READ_ONCE(slots[i].key) & live) == live;
	return nr;
}

/**
 * mmn_event_full() - count the events that found no free slot
 *
 * Context: Any; the count may be outdated when it is returned.
 * Return: number of records that overwrote an open one.
 */
unsigned int mmn_event_full(void)
{
	return atomic_read(&overruns);
}

/**
 * mmn_event_new_generation() - start a new generation of objects
 *
 * Called after an object was removed, because its address may be reused.
 *
 * Context: Any.
 */
void mmn_event_new_generation(void)
{
	atomic_long_add(GENERATION_STEP, &mmn_event_generation);
}
