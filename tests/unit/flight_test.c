// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * flight: an event keeps its record until it ends, whatever else happens, and readers see whole
 * records only.
 */
#include <stdio.h>
#include <string.h>

#include <linux/errno.h>
#include <linux/mm_types.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/seq_file.h>

#include "process.h"
#include "rules/names.h"
#include "stack/addr_cache.h"
#include "tap.h"
#include "times.h"
#include "verdict/flight.h"

#define STACK_END(n)	(0x100000UL + ((n) + 1UL) * THREAD_SIZE)
#define RANGE(n)	(STACK_END(n) - 0x100)

struct task_struct shim_current;
struct pid_namespace init_pid_ns;

static struct mm_struct mm;
static u64 now = 5000000000;
static bool gone;

u64 local_clock(void)
{
	return now;
}

u64 ktime_get_mono_fast_ns(void)
{
	return now;
}

struct pid *find_pid_ns(int nr, struct pid_namespace *ns)
{
	return ns == &init_pid_ns && !gone ? (struct pid *)&shim_current : NULL;
}

struct task_struct *pid_task(struct pid *pid, enum pid_type type)
{
	return type == PIDTYPE_PID ? (struct task_struct *)pid : NULL;
}

void mmn_process_find(const struct mm_struct *of, struct mmn_process *p)
{
	*p = (struct mmn_process){ .tgid = of == &mm ? 70 : 0, .comm = "a vm" };
}

const char *mmn_names_event(unsigned int event)
{
	return event == 3 ? "PROTECTION_PAGE" : "?";
}

const char *mmn_names_cause(unsigned int cause)
{
	return cause == 5 ? "fork" : "?";
}

static unsigned int lost, added;
static u64 added_ns;

void mmn_times_lose(void)
{
	lost++;
}

bool mmn_times_name(unsigned int driver, struct mmn_driver *name)
{
	*name = (struct mmn_driver){ .symbol = "slow_start" };
	return driver;
}

void mmn_times_add(const struct mm_struct *of, unsigned int driver, unsigned int cause, u64 ns)
{
	added += of == &mm && driver == 7 && cause == 5;
	added_ns = ns;
}

int mmn_addr_cache_print(unsigned long site, char *buf, size_t size)
{
	return snprintf(buf, size, site == 9 ? "copy_page_range" : "?");
}

/* The event number @nr of task @n starts, @depth bytes further in than its outermost one. */
static struct mmn_flight *starts(unsigned int n, u64 nr, unsigned int depth)
{
	struct mmn_flight *f = mmn_flight_open(RANGE(n) - depth, STACK_END(n));

	if (!f)
		return NULL;
	f->nr = nr;
	f->since = now;
	f->mm = &mm;
	f->start = 0x1000;
	f->end = 0x3000;
	f->site = 9;
	f->verdict = (struct mmn_verdict){ .event = 3, .cause = 5 };
	f->pid = n;
	f->ends = true;
	mmn_flight_publish(f, RANGE(n) - depth);
	return f;
}

/* Return: the number of the only event that readers find; 0 if there is none, or another one. */
static u64 read_only(struct mmn_flight *f, char *comm)
{
	unsigned int i;
	u64 nr = 0;
	int ret;

	for (i = 0; (ret = mmn_flight_read(i, f, comm)) >= 0; i++)
		if (ret)
			nr = nr ? ~0ULL : f->nr;
	return ret == -ENOENT && i == 1 << MMN_FLIGHT_BITS ? nr : 0;
}

static struct seq_file page;

static unsigned int nr_lines(void)
{
	unsigned int n = 0;
	const char *at;

	page.len = 0;
	mmn_flight_show(&page);
	for (at = page.text; *at; at++)
		n += *at == '\n';
	return n - 2;
}

static bool shows(const char *what)
{
	return nr_lines() && strstr(page.text, what);
}

static void test_one(void)
{
	struct mmn_flight *f;

	snprintf(shim_current.comm, TASK_COMM_LEN, "gpu thr");
	ok(!nr_lines(), "nothing is in flight");
	f = starts(1, 8, 0);
	now += 1234567890;
	ok(nr_lines() == 1 && shows("8 1234 1 70 PROTECTION_PAGE fork 0x1000 0x3000 ") &&
	   shows(" copy_page_range gpu\\040thr a\\040vm - -\n"), "an event is shown with its age");
	ok(mmn_flight_find(RANGE(1)) == f && !mmn_flight_find(RANGE(2)), "and found by its range");
	gone = true;
	ok(!nr_lines(), "but not without its task");
	gone = false;
	f->ends = false;
	ok(!nr_lines(), "nor if it may have been refused");
	f->ends = true;
	f->range = MMN_FLIGHT_BUSY;
	ok(!nr_lines(), "nor while its record is filled");
	mmn_flight_publish(f, RANGE(1));
	mmn_flight_close(f);
	ok(!nr_lines() && !mmn_flight_find(RANGE(1)), "nor after its end");
}

/* All of these have the same home record, as current is the same. */
static void test_many(void)
{
	unsigned int i, found = 0;

	for (i = 0; i < 16; i++)
		starts(i, i + 1, 0);
	now += 1000000000000;
	ok(nr_lines() == 16 && !starts(16, 17, 0) && nr_lines() == 16 &&
	   strstr(page.text, "# unlisted 1\n"), "no event takes the record of another one");
	for (i = 0; i < 16; i++)
		found += mmn_flight_find(RANGE(i)) && mmn_flight_find(RANGE(i))->nr == i + 1;
	ok(found == 16 && !mmn_flight_find(RANGE(16)), "each is found");
	mmn_flight_close(mmn_flight_find(RANGE(7)));
	ok(starts(16, 17, 0) && mmn_flight_find(RANGE(16))->nr == 17 && nr_lines() == 16,
	   "one that ends leaves room for another one");
	mmn_flight_reset();
	ok(!nr_lines(), "all are forgotten together");
}

static void test_nested(void)
{
	struct mmn_flight *outer = starts(1, 1, 0), *inner = starts(1, 2, 0x80);

	ok(outer && inner && outer != inner && mmn_flight_find(RANGE(1)) == outer &&
	   mmn_flight_find(RANGE(1) - 0x80) == inner && nr_lines() == 2, "events may nest");
	ok(starts(1, 3, 0x40) == inner && nr_lines() == 2,
	   "one that is not enclosed by the last one shows that it is over");
	ok(starts(1, 4, 0) == outer && nr_lines() == 2,
	   "the same range again is another event");
	mmn_flight_reset();
}

/* A reader reads the number, copies the record, and reads its range and its number again. */
static struct mmn_flight *taken;
static int steps_left = -1;

/* Another event takes the record meanwhile. */
void shim_preempt(int writes)
{
	if (writes || steps_left < 0 || steps_left--)
		return;
	mmn_flight_close(taken);
	starts(1, 99, 0);
}

static void test_torn(void)
{
	int i;

	for (i = 0; i < 3; i++) {
		taken = starts(1, 1, 0);
		steps_left = i;
		ok(i ? !nr_lines() : shows("99 0 1 70 "),
		   "%d: no reader sees parts of two events", i);
		ok(steps_left == -1, "%d: another event took the record", i);
		mmn_flight_reset();
	}
}

/* Callbacks of one event, at the same place of the stack. */
static void test_calls(void)
{
	const unsigned long sp = RANGE(1) - 0x40;
	struct mmn_flight *f;

	shim_current.pid = 1;
	f = starts(1, 8, 0);
	mmn_flight_call(NULL, 7, sp);
	ok(lost == 1 && !mmn_flight_called(sp), "a callback of an event without a record is lost");
	mmn_flight_call(f, 7, sp);
	now += 2500000;
	ok(shows(" slow_start 2\n"), "the callback that runs is shown");
	mmn_flight_call(f, 9, sp - 0x80);
	ok(f->driver == 7 && lost == 1, "one that it calls itself is part of it");
	ok(!mmn_flight_called(sp - 8) && mmn_flight_called(sp) == f,
	   "its return is known by the stack");
	shim_current.pid = 2;
	ok(!mmn_flight_called(sp), "and by the task");
	shim_current.pid = 1;
	mmn_flight_return(f);
	ok(added == 1 && added_ns == 2500000 && !mmn_flight_called(sp), "its time is added once");
	mmn_flight_call(f, 9, sp);
	now += 1000;
	mmn_flight_call(f, 7, sp);
	mmn_flight_return(f);
	ok(lost == 2 && added == 2 && !added_ns, "one whose return was missed is lost");
	ok(mmn_flight_around(RANGE(1) - 1) == f && !mmn_flight_around(RANGE(1)),
	   "it encloses those further in");
	starts(1, 9, 0x80);
	ok(mmn_flight_around(RANGE(1) - 0x81)->nr == 9, "of several it is the next one further out");
	ok(mmn_flight_around(RANGE(1) - 0x40) == f, "and not one that is over and had no end");
	mmn_flight_reset();
	ok(!mmn_flight_around(0), "or none");
}

/* The hook was preempted, and goes on when watching has ended. */
static void test_late(void)
{
	starts(1, 1, 0);
	now += 5;
	mmn_flight_reset();
	now -= 5;
	starts(1, 2, 0);
	ok(!nr_lines(), "an event from before the reset is not shown");
	now += 5;
	starts(1, 3, 0);
	ok(nr_lines() == 1, "the next one is");
	mmn_flight_reset();
}

static void test_read(void)
{
	struct mmn_flight copy = { }, *f;
	char comm[TASK_COMM_LEN] = "";

	ok(!read_only(&copy, comm), "without an event there is nothing to read");
	f = starts(3, 8, 0);
	ok(read_only(&copy, comm) == 8 && copy.mm == &mm && copy.start == 0x1000 &&
	   copy.end == 0x3000 && copy.site == 9 && copy.verdict.cause == 5 && copy.pid == 3 &&
	   !strcmp(comm, "gpu thr"), "a reader gets a copy, with the name of the task");
	gone = true;
	ok(!read_only(&copy, comm), "but not without its task");
	gone = false;
	f->ends = false;
	ok(!read_only(&copy, comm), "nor if it may have been refused");
	ok(mmn_flight_unlisted() == 1, "that one of an earlier test found no room is counted");
	mmn_flight_reset();
}

static void test_age(void)
{
	const struct mmn_flight before = { .since = now - 7 }, after = { .since = now + 7 };

	ok(mmn_flight_age(&before) == 7, "the age of an event");
	ok(!mmn_flight_age(&after), "is 0 if it started on a CPU whose clock is ahead");
}

int main(void)
{
	test_age();
	test_one();
	test_many();
	test_nested();
	test_torn();
	test_calls();
	test_late();
	test_read();
	return tap_done();
}
