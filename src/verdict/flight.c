// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * flight: the events between their starts and their ends, while there are observers. The hook
 * fills a record at the start and frees it at the end.
 *
 * The record is found by a hash of the task, and identified by the address of the kernel's range,
 * which is on the stack of the task. So no other task has a record with that address. A task only
 * writes to records that it has taken from free ones by a cmpxchg, and no record is ever evicted:
 * an event that finds all FLIGHT_PROBES records taken has none. It is counted for the whole
 * machine, but not for its process, and its end is not traced.
 *
 * A record stays if its event has no end: a non-blockable start may be refused, and a kprobe may
 * miss the end. The next event of the task that is as far out on its stack shows that it is over.
 *
 * Readers copy a record and check that it is still the same: the address, and the number, which no
 * other event has.
 */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include <asm/barrier.h>

#include "compat/compat.h"
#include "flight.h"
#include "process.h"
#include "rules/names.h"
#include "stack/addr_cache.h"
#include "times.h"

#define FLIGHT_PROBES	16

struct mmn_flight mmn_flight_table[1 << MMN_FLIGHT_BITS];

static atomic_t unlisted;

/* local_clock() when watching ended last, in ns. */
static u64 reset_at;

/* Probe 0 is the home record. */
static struct mmn_flight *flight_probe(struct mmn_flight *home, unsigned int probe)
{
	return mmn_flight_table + ((home - mmn_flight_table) ^ probe);
}

/* Is the event at @at one of current that does not enclose that of @range? */
static bool is_over(unsigned long at, unsigned long range, unsigned long top)
{
	return top - at - 1 < THREAD_SIZE && at <= range;
}

/* For mmn_flight_open(): the home record is taken. */
struct mmn_flight *mmn_flight_take_slow(struct mmn_flight *home, unsigned long range,
					unsigned long top)
{
	struct mmn_flight *f;
	unsigned long at;
	unsigned int i;

	for (i = 0; i < FLIGHT_PROBES; i++) {
		f = flight_probe(home, i);
		at = READ_ONCE(f->range);
		if ((!at || is_over(at, range, top)) &&
		    cmpxchg(&f->range, at, MMN_FLIGHT_BUSY) == at)
			return f;
	}
	atomic_inc(&unlisted);
	return NULL;
}

/* For mmn_flight_find(): the home record is of another event. */
struct mmn_flight *mmn_flight_find_slow(struct mmn_flight *home, unsigned long range)
{
	unsigned int i;

	for (i = 1; i < FLIGHT_PROBES; i++)
		if (READ_ONCE(flight_probe(home, i)->range) == range)
			return flight_probe(home, i);
	return NULL;
}

/* @f is not const, as data_race() of RHEL 8 assigns to a variable of the type of its argument. */
static bool is_own(struct mmn_flight *f)
{
	/* Only current writes its own number there. */
	return READ_ONCE(f->range) > MMN_FLIGHT_BUSY && data_race(f->pid) == current->pid;
}

/**
 * mmn_flight_around() - find the event that encloses a place on the stack of current
 * @at: address on the stack: of the range of an inner event, or of what an event calls
 *
 * A record further in is of an event that is over, but had no end.
 *
 * Context: Any.
 * Return: the record of the next event further out; NULL if there is none.
 */
struct mmn_flight *mmn_flight_around(unsigned long at)
{
	struct mmn_flight *home = mmn_flight_home(current), *f, *found = NULL;
	unsigned int i;

	for (i = 0; i < FLIGHT_PROBES; i++) {
		f = flight_probe(home, i);
		if (is_own(f) && f->range > at && (!found || f->range < found->range))
			found = f;
	}
	return found;
}

/**
 * mmn_flight_call() - the callback of a driver is called for an event
 * @f: record of the event, from mmn_flight_find(); NULL if it has none
 * @driver: number of the driver; not 0
 * @sp: stack pointer of the caller
 *
 * A callback may call that of another driver itself: that is part of its own time.
 *
 * Context: Entry of the callback.
 */
void mmn_flight_call(struct mmn_flight *f, unsigned int driver, unsigned long sp)
{
	if (unlikely(!f)) {
		mmn_times_lose();
		return;
	}
	if (unlikely(mmn_flight_driver(f))) {
		if (sp < f->callback_sp)
			return;
		/* The return of the one before was missed. */
		mmn_times_lose();
	}
	f->callback_sp = sp;
	f->called = ktime_get_mono_fast_ns();
	f->call_nr = f->nr;
	WRITE_ONCE(f->driver, driver);
}

/**
 * mmn_flight_called() - find the event whose callback returns
 * @sp: stack pointer of the kernel's function that called it
 *
 * Context: Any.
 * Return: its record; NULL if the callback is not timed.
 */
struct mmn_flight *mmn_flight_called(unsigned long sp)
{
	struct mmn_flight *home = mmn_flight_home(current), *f;
	unsigned int i;

	for (i = 0; i < FLIGHT_PROBES; i++) {
		f = flight_probe(home, i);
		if (is_own(f) && mmn_flight_driver(f) && f->callback_sp == sp)
			return f;
	}
	return NULL;
}

/**
 * mmn_flight_return() - the callback of a driver returns
 * @f: record of its event, from mmn_flight_called()
 *
 * Context: Any.
 */
void mmn_flight_return(struct mmn_flight *f)
{
	unsigned int driver = f->driver;

	WRITE_ONCE(f->driver, 0);
	mmn_times_add(f->mm, driver, f->verdict.cause, mmn_flight_callback_age(f));
}

/**
 * mmn_flight_reset() - forget all events
 *
 * A task that was preempted in the hook may still publish one. It is older than this call, so it
 * is not shown when watching begins again.
 *
 * Context: Process, when watching has ended and the hook runs for observers no more.
 */
void mmn_flight_reset(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mmn_flight_table); i++)
		WRITE_ONCE(mmn_flight_table[i].range, 0);
	WRITE_ONCE(reset_at, local_clock());
}

/* Return: false if the record is free, or changes. */
static bool flight_copy(const struct mmn_flight *f, struct mmn_flight *copy)
{
	/* Pairs with the release in mmn_flight_publish(). */
	unsigned long range = smp_load_acquire(&f->range);
	u64 nr;

	if (range <= MMN_FLIGHT_BUSY)
		return false;
	nr = READ_ONCE(f->nr);
	/* What changes meanwhile is found out below; but for the callback, which is a hint. */
	data_race(memcpy(copy, f, sizeof(*copy)));
	/* The copy is read before the words that show whether it is of one event. */
	smp_rmb();
	return READ_ONCE(f->range) == range && READ_ONCE(f->nr) == nr && copy->since >= reset_at;
}

/* Return: false if there is no such task: its record was not freed. */
static bool task_name(int pid, char *comm)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_PID);
	if (task)
		strscpy_pad(comm, task->comm, TASK_COMM_LEN);
	rcu_read_unlock();
	return task;
}

static void show_name(struct seq_file *m, const char *comm)
{
	seq_putc(m, ' ');
	seq_escape(m, *comm ? comm : "-", " \t\n\\");
}

/* The callback that runs, and for how long; "- -" if none is timed. */
static void show_callback(struct seq_file *m, const struct mmn_flight *f)
{
	struct mmn_driver d;

	if (mmn_times_name(mmn_flight_driver(f), &d))
		seq_printf(m, " %s %llu", d.symbol, div_u64(mmn_flight_callback_age(f), 1000000));
	else
		seq_puts(m, " - -");
}

static void show_flight(struct seq_file *m, const struct mmn_flight *f, const char *comm)
{
	char site[KSYM_SYMBOL_LEN];
	struct mmn_process p;

	mmn_process_find(f->mm, &p);
	mmn_addr_cache_print(f->site, site, sizeof(site));
	seq_printf(m, "%llu %llu %d %u %s %s 0x%lx 0x%lx %s", f->nr,
		   div_u64(mmn_flight_age(f), 1000000), f->pid, p.tgid,
		   mmn_names_event(f->verdict.event), mmn_names_cause(f->verdict.cause),
		   f->start, f->end, site);
	show_name(m, comm);
	show_name(m, p.comm);
	show_callback(m, f);
	seq_putc(m, '\n');
}

/**
 * mmn_flight_read() - read an event in flight
 * @i: place in the table, from 0
 * @f: filled with the record
 * @comm: filled with the name of its task, TASK_COMM_LEN bytes
 *
 * Leaves out events that may be refused: their callbacks cannot wait.
 *
 * Context: Process.
 * Return: 1 if there is one, 0 if there is none, -ENOENT behind the last place.
 */
int mmn_flight_read(unsigned int i, struct mmn_flight *f, char *comm)
{
	if (i >= ARRAY_SIZE(mmn_flight_table))
		return -ENOENT;
	return flight_copy(&mmn_flight_table[i], f) && f->ends && task_name(f->pid, comm);
}

/**
 * mmn_flight_unlisted() - count the events that found no room in the table
 *
 * Context: Any.
 * Return: their number since the load.
 */
unsigned int mmn_flight_unlisted(void)
{
	return atomic_read(&unlisted);
}

/**
 * mmn_flight_show() - print the events in flight
 * @m: seq_file of debugfs mmnotify/inflight
 *
 * Context: Process.
 */
void mmn_flight_show(struct seq_file *m)
{
	char comm[TASK_COMM_LEN];
	struct mmn_flight f;
	unsigned int i;
	int ret;

	seq_puts(m, "# id ms pid tgid event cause start end site task process callback callback_ms\n");
	for (i = 0; (ret = mmn_flight_read(i, &f, comm)) >= 0; i++)
		if (ret)
			show_flight(m, &f, comm);
	seq_printf(m, "# unlisted %u\n", mmn_flight_unlisted());
}
