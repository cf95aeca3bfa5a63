/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_FLIGHT_H
#define MMN_FLIGHT_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

#include <asm/barrier.h>

#include "rules/rules.h"

struct seq_file;

/**
 * struct mmn_flight - an event between its start and its end, for observers
 * @range: address of the kernel's range; 0 if the record is free, MMN_FLIGHT_BUSY while its task
 *	fills it
 * @nr: number of the event
 * @since: local_clock() at the start, in ns
 * @mm: mm of the event
 * @start: first address
 * @end: last address + 1
 * @site: return address into the call site
 * @verdict: what its callbacks get, and observers
 * @operation: name of the operation behind a split, only if the cause is thp_split; NULL if it is
 *	not known
 * @pid: the task that invalidates
 * @ends: false if the start may fail and then has no end
 * @driver: number of the driver whose callback runs, if it is timed; 0 if none does. Only if
 *	@call_nr is @nr
 * @call_nr: number of the event that had the last callback
 * @callback_sp: stack pointer of the kernel's function that called it
 * @called: ktime_get_mono_fast_ns() at the call
 */
struct mmn_flight {
	unsigned long range;
	u64 nr;
	u64 since;
	const struct mm_struct *mm;
	unsigned long start;
	unsigned long end;
	unsigned long site;
	struct mmn_verdict verdict;
	const char *operation;
	int pid;
	bool ends;
	u16 driver;
	u64 call_nr;
	unsigned long callback_sp;
	u64 called;
} ____cacheline_aligned;

#define MMN_FLIGHT_BUSY		1UL
#define MMN_FLIGHT_BITS		10

extern struct mmn_flight mmn_flight_table[1 << MMN_FLIGHT_BITS];

struct mmn_flight *mmn_flight_take_slow(struct mmn_flight *home, unsigned long range,
					unsigned long top);
struct mmn_flight *mmn_flight_find_slow(struct mmn_flight *home, unsigned long range);
/* Return: the number of the driver whose callback runs; 0 if none is timed. */
static inline unsigned int mmn_flight_driver(const struct mmn_flight *f)
{
	return f->call_nr == f->nr ? READ_ONCE(f->driver) : 0;
}

static inline const char *mmn_flight_operation(const struct mmn_flight *f)
{
	return f->verdict.cause == MMNOTIFY_CAUSE_THP_SPLIT ? f->operation : NULL;
}

struct mmn_flight *mmn_flight_around(unsigned long at);
void mmn_flight_call(struct mmn_flight *f, unsigned int driver, unsigned long sp);
struct mmn_flight *mmn_flight_called(unsigned long sp);
void mmn_flight_return(struct mmn_flight *f);
void mmn_flight_reset(void);
int mmn_flight_read(unsigned int i, struct mmn_flight *f, char *comm);
unsigned int mmn_flight_unlisted(void);
void mmn_flight_show(struct seq_file *m);

/* Inline from here on: this runs for each event while there are observers. */

static inline struct mmn_flight *mmn_flight_home(const struct task_struct *task)
{
	return &mmn_flight_table[hash_long((unsigned long)task, MMN_FLIGHT_BITS)];
}

/**
 * mmn_flight_open() - take a record for an event that starts
 * @range: address of the kernel's range
 * @top: end of the stack of current, exclusive
 *
 * Context: The hook.
 * Return: the record, to be filled and passed to mmn_flight_publish(); NULL if there is no room.
 */
static inline struct mmn_flight *mmn_flight_open(unsigned long range, unsigned long top)
{
	struct mmn_flight *f = mmn_flight_home(current);

	if (likely(!cmpxchg(&f->range, 0, MMN_FLIGHT_BUSY)))
		return f;
	return mmn_flight_take_slow(f, range, top);
}

static inline void mmn_flight_publish(struct mmn_flight *f, unsigned long range)
{
	/* Pairs with the acquire in flight_copy(). */
	smp_store_release(&f->range, range);
}

/**
 * mmn_flight_find() - find the record of an event of current
 * @range: address of the kernel's range
 *
 * No other task changes the record until current frees it.
 *
 * Context: Any.
 * Return: the record; NULL if there is none.
 */
static inline struct mmn_flight *mmn_flight_find(unsigned long range)
{
	struct mmn_flight *f = mmn_flight_home(current);

	return likely(READ_ONCE(f->range) == range) ? f : mmn_flight_find_slow(f, range);
}

/* Return: time since the start, in ns. The clocks of two CPUs may differ a little. */
static inline u64 mmn_flight_age(const struct mmn_flight *f)
{
	s64 ns = local_clock() - f->since;

	return ns > 0 ? ns : 0;
}

/*
 * Return: time since the callback that runs was called, in ns. Unlike local_clock() this clock is
 * one for all CPUs: a callback may move to another one.
 */
static inline u64 mmn_flight_callback_age(const struct mmn_flight *f)
{
	s64 ns = ktime_get_mono_fast_ns() - f->called;

	return ns > 0 ? ns : 0;
}

/* The event of current has ended. */
static inline void mmn_flight_close(struct mmn_flight *f)
{
	/* Readers take no more than a hint from a record that changes: no order is needed. */
	WRITE_ONCE(f->range, 0);
}

#endif /* MMN_FLIGHT_H */
