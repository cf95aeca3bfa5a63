// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* times: each call is counted for its process, driver and cause, and for no other one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/irq_work.h>
#include <linux/kallsyms.h>
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "process.h"
#include "tap.h"
#include "times.h"

#define PROCESSES	1000

struct irq_work *shim_irq_work;
struct work_struct *shim_scheduled;
int shim_mutexes_held, shim_rcu_held;

static struct mm_struct mms[PROCESSES];
static enum mmn_process_state states[PROCESSES];
static bool no_memory;

u32 mmn_process_id(const struct mm_struct *mm)
{
	return mm ? mm - mms + 1 : 0;
}

enum mmn_process_state mmn_process_by_id(u32 id, struct mmn_process *p)
{
	p->tgid = id;
	return states[id - 1];
}

void *kvzalloc(size_t size, int flags)
{
	return no_memory ? NULL : calloc(1, size);
}

void kvfree(void *p)
{
	free(p);
}

/* A call that found its line before its process was gone. */
static void (*before_grace)(void);

void synchronize_rcu(void)
{
	if (before_grace)
		before_grace();
}

int sprint_symbol_no_offset(char *buffer, unsigned long address)
{
	static const char *const names[] = {
		"kvm_start [kvm]", "kvm_start [kvm 0123abc]", "oom_start", "0xffffffff81234567",
	};

	return sprintf(buffer, "%s", names[address]);
}

static bool splits(unsigned long at, const char *symbol, const char *module)
{
	struct mmn_driver d;

	memset(&d, 0xff, sizeof(d));
	mmn_times_split((void *)at, &d);
	return !strcmp(d.symbol, symbol) && !strcmp(d.module, module);
}

static struct mmn_times seen;
static unsigned int nr_seen;

static int note(const struct mmn_times *t, void *arg)
{
	u32 *process = arg;

	nr_seen++;
	if (!process || t->process == *process)
		seen = *t;
	return 0;
}

static int stop(const struct mmn_times *t, void *arg)
{
	return ++*(int *)arg;
}

/* Return: number of lines; the one of @process is seen. */
static unsigned int lines(u32 process)
{
	nr_seen = 0;
	memset(&seen, 0, sizeof(seen));
	mmn_times_for_each(note, process ? &process : NULL);
	return nr_seen;
}

static void run_work(void)
{
	if (shim_irq_work)
		shim_irq_work->func(shim_irq_work);
	shim_irq_work = NULL;
	if (shim_scheduled)
		shim_scheduled->func(shim_scheduled);
	shim_scheduled = NULL;
}

static void test_init(void)
{
	ok(!lines(0), "there are no lines before timing begins");
	no_memory = true;
	ok(mmn_times_init() < 0, "none without memory");
	no_memory = false;
	ok(!mmn_times_init() && !mmn_times_init() && !lines(0), "none at first");
}

static void test_names(void)
{
	unsigned int kvm = mmn_times_driver("kvm_start", "kvm"), i, last = 0;
	struct mmn_driver d;

	ok(splits(0, "kvm_start", "kvm") && splits(1, "kvm_start", "kvm") &&
	   splits(2, "oom_start", ""), "a callback has a symbol and a module");
	ok(splits(3, "-", ""), "one without a name does not show its address");
	ok(kvm && mmn_times_driver("kvm_start", "kvm") == kvm, "a driver has a number");
	ok(mmn_times_driver("kvm_start", "") != kvm && mmn_times_driver("start", "kvm") != kvm,
	   "which no other one has");
	ok(mmn_times_name(kvm, &d) && !strcmp(d.symbol, "kvm_start") && !strcmp(d.module, "kvm") &&
	   !mmn_times_name(0, &d), "and names");
	for (i = 0; i < 200; i++) {
		char name[20];

		snprintf(name, sizeof(name), "driver%u", i);
		last = mmn_times_driver(name, "m");
	}
	ok(last == mmn_times_driver("one more", "m") && mmn_times_name(last, &d) &&
	   !strcmp(d.symbol, "others"), "too many share one");
	ok(mmn_times_driver("kvm_start", "kvm") == kvm && !shim_mutexes_held,
	   "the first ones stay");
}

static void test_one(void)
{
	states[0] = MMN_PROCESS_LIVE;
	states[1] = MMN_PROCESS_LIVE;
	states[2] = MMN_PROCESS_LIVE;
	mmn_times_add(&mms[0], 3, 5, 1000);
	mmn_times_add(&mms[0], 3, 5, 1);
	mmn_times_add(&mms[0], 3, 5, 0);
	mmn_times_add(&mms[0], 3, 5, 1ULL << 60);
	ok(lines(1) == 1 && seen.driver == 3 && seen.cause == 5 && seen.calls == 4 &&
	   seen.ns == 1001 + (1ULL << 60) && seen.max_ns == 1ULL << 60,
	   "calls, sum and maximum");
	ok(seen.histogram[9] == 1 && seen.histogram[0] == 2 && seen.histogram[39] == 1 &&
	   !seen.histogram[10] && !seen.histogram[8], "and the histogram");
	mmn_times_add(&mms[0], 3, 6, 1);
	mmn_times_add(&mms[0], 4, 5, 1);
	mmn_times_add(&mms[1], 3, 5, 2);
	ok(lines(2) == 4 && seen.calls == 1 && seen.ns == 2,
	   "process, driver and cause have lines of their own");
	mmn_times_flush(&mms[2], 3, 5, 8);
	mmn_times_flush(&mms[2], 3, 5, MMN_TIMES_WHOLE);
	ok(lines(3) == 5 && seen.flushes && seen.cause == 5 && seen.driver == 3 &&
	   seen.calls == 2 && seen.ns == 8 && seen.max_ns == 8 && seen.histogram[3] == 1 &&
	   seen.histogram[39] == 1, "flushes have lines of their own, and pages");
	ok(lines(2) == 5 && !seen.flushes, "which calls have not");
	mmn_times_add(NULL, 3, 5, 1);
	ok(mmn_times_lost() == 1 && lines(0) == 5 && !shim_irq_work,
	   "without a process a call is lost, and no line has to be freed for it");
	nr_seen = 0;
	ok(mmn_times_for_each(stop, &nr_seen) == 1 && nr_seen == 1, "a reader may stop");
}

/* A call finds no line, so that lines are freed. */
static void ask_for_room(void)
{
	unsigned int cause;

	for (cause = 0; !shim_irq_work && cause < 0x7fff; cause++)
		mmn_times_add(&mms[1], 9, cause, 1);
	run_work();
}

static void still_counting(void)
{
	mmn_times_add(&mms[0], 3, 5, 7);
}

static void test_full(void)
{
	unsigned int i, cause, before = mmn_times_lost();

	run_work();
	for (i = 2; i < PROCESSES; i++) {
		states[i] = MMN_PROCESS_LIVE;
		for (cause = 0; cause < 10; cause++)
			mmn_times_add(&mms[i], 9, cause, 1);
	}
	ok(lines(1) <= 4096 && seen.calls && mmn_times_lost() > before && shim_irq_work,
	   "the table is bounded, and calls without a line are counted");
	run_work();
	ok(lines(0) > 2000, "processes that live keep their lines");
	for (i = 2; i < 100; i++)
		states[i] = MMN_PROCESS_ENDED;
	for (; i < PROCESSES; i++)
		states[i] = MMN_PROCESS_GONE;
	ask_for_room();
	lines(100);
	ok(seen.calls && lines(101) && !seen.calls, "those that are gone make room first");
	states[0] = MMN_PROCESS_ENDED;
	before_grace = still_counting;
	ask_for_room();
	before_grace = NULL;
	lines(100);
	ok(!seen.calls && lines(2) && seen.calls, "then those that have ended");
	ok(lines(1) && seen.calls == 1 && seen.ns == 7 && !shim_mutexes_held && !shim_rcu_held,
	   "a call that comes meanwhile has a line of its own");
}

int main(void)
{
	test_init();
	test_names();
	test_one();
	test_full();
	mmn_times_exit();
	return tap_done();
}
