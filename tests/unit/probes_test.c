// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * probes: which functions get a probe, and which are not asked for again; and the event that the
 * second pass of a range belongs to.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/errno.h>
#include <linux/irq_work.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "drivers/layout.h"
#include "drivers/probes.h"
#include "log.h"
#include "module_list.h"
#include "process.h"
#include "tap.h"
#include "times.h"
#include "verdict/flight.h"

/* Addresses that callbacks return to: that of the proof, another one of the kernel, and others. */
#define PROVEN	0x1000UL
#define KERNEL	0x2000UL
#define OTHER(n)	(0x3000UL + (n))
#define SP	0x8000UL

struct irq_work *shim_irq_work;
struct work_struct *shim_scheduled;
struct task_struct shim_current;
struct module shim_this_module = { .start = 1, .end = 2 };
struct mmn_flight mmn_flight_table[1 << MMN_FLIGHT_BITS];
int shim_mutexes_held;
bool shim_unlocked;

static struct module driver = { .start = 0x100, .end = 0x200 };
static struct kprobe *probes[200];
static unsigned int nr_probes, refused;
static bool no_probe;

int register_kprobe(struct kprobe *kp)
{
	if (no_probe) {
		refused++;
		return -EINVAL;
	}
	probes[nr_probes++] = kp;
	return 0;
}

void unregister_kprobe(struct kprobe *kp)
{
	unsigned int i = 0;

	while (probes[i] != kp)
		i++;
	probes[i] = probes[--nr_probes];
}

void unregister_kprobes(struct kprobe **kps, int num)
{
	while (num-- > 0)
		unregister_kprobe(kps[num]);
}

/* Return: the probe there; NULL if there is none. */
static struct kprobe *probe_at(unsigned long at)
{
	unsigned int i;

	for (i = 0; i < nr_probes; i++)
		if (probes[i]->addr == (void *)at)
			return probes[i];
	return NULL;
}

int sprint_symbol_no_offset(char *buffer, unsigned long address)
{
	return sprintf(buffer, "%s", address == KERNEL ? "mn_itree_finish_pass" :
			       address == OTHER(0) ? "mn_hlist_release [other]" : "slow_start");
}

void *kmalloc(size_t size, int flags)
{
	return malloc(size);
}

void kfree(void *p)
{
	free(p);
}

const char *mmn_layout_missing(void)
{
	return NULL;
}

unsigned int mmn_layout_read(struct mm_struct *mm, struct mmn_notifiers *list)
{
	return 0;
}

unsigned long mmn_layout_return(unsigned int i)
{
	return i ? 0 : PROVEN;
}

int mmn_process_mms(struct mmn_process_mm **mms)
{
	return 0;
}

void mmn_process_put_mms(struct mmn_process_mm *mms, unsigned int nr)
{
}

void mmn_times_split(void *callback, struct mmn_driver *name)
{
}

unsigned int mmn_times_driver(const char *symbol, const char *module)
{
	return 5;
}

void mmn_times_flush(const struct mm_struct *mm, unsigned int of, unsigned int cause, u64 pages)
{
}

unsigned int mmn_verdict_cause_now(struct mm_struct *mm, unsigned long sp)
{
	return 0;
}

static struct mm_struct mm = { .mm_users.counter = 1 }, other_mm;
static struct mmn_flight around, release, *called;
static bool in_flight;

struct mmn_flight *mmn_flight_find_slow(struct mmn_flight *home, unsigned long range)
{
	return NULL;
}

struct mmn_flight *mmn_flight_around(unsigned long at)
{
	return in_flight && at == SP ? &around : NULL;
}

struct mmn_flight *mmn_verdict_fly_release(struct mm_struct *of, unsigned long at)
{
	return of == &mm && at == SP ? &release : NULL;
}

void mmn_flight_call(struct mmn_flight *f, unsigned int of, unsigned long sp)
{
	called = f;
}

struct mmn_flight *mmn_flight_called(unsigned long sp)
{
	return NULL;
}

void mmn_flight_return(struct mmn_flight *f)
{
}

/* Of a module that comes while callbacks are timed. */
static void note(unsigned long at)
{
	struct mmu_notifier_ops ops = { .invalidate_range_start = (void *)at };

	mmn_probes_note(&ops);
}

/* Return: was something asked for? It is granted, if it can be. */
static bool asks(void)
{
	bool asked = shim_irq_work;

	if (asked)
		shim_irq_work->func(shim_irq_work);
	shim_irq_work = NULL;
	if (shim_scheduled)
		shim_scheduled->func(shim_scheduled);
	shim_scheduled = NULL;
	return asked;
}

/* The kernel calls the callback at @callback, which returns to @from. */
static bool asks_when_called(unsigned long callback, unsigned long first, unsigned long from)
{
	struct pt_regs regs = { .word = { first, from, SP } };
	struct kprobe *kp = probe_at(callback);

	called = NULL;
	kp->pre_handler(kp, &regs);
	return asks();
}

static void test_start(void)
{
	ok(!mmn_probes_init() && registered, "modules that go are noticed from the load on");
	no_probe = true;
	ok(mmn_probes_start() == -EINVAL && registered && !nr_probes, "no timing without probes");
	no_probe = false;
	note(0x120);
	ok(!mmn_probes_start() && probe_at(PROVEN) && mmn_probes_timing.on,
	   "timing begins where callbacks return to");
	ok(!probe_at(0x120) && !(asks() && probe_at(0x120)),
	   "a wish from before is forgotten");
	note(0x150);
	ok(asks() && probe_at(0x150) && !shim_mutexes_held, "a driver that comes gets a probe");
	note(0x150);
	ok(!asks(), "once");
}

static void test_returns(void)
{
	unsigned int i, n = 0;

	ok(!asks_when_called(0x150, 0, PROVEN), "a return that is known is not asked for");
	ok(asks_when_called(0x150, 0, KERNEL) && probe_at(KERNEL) &&
	   !asks_when_called(0x150, 0, KERNEL), "another one of the kernel's is, once");
	ok(asks_when_called(0x150, 0, OTHER(0)) && !probe_at(OTHER(0)),
	   "one that is not the kernel's is refused");
	ok(!asks_when_called(0x150, 0, OTHER(0)), "and not asked for again");
	for (i = 1; i < 100; i++)
		n += asks_when_called(0x150, 0, OTHER(i));
	ok(n == 15, "%u more of them, until there is no room", n);
}

static void test_modules(void)
{
	no_probe = true;
	note(0x160);
	ok(asks() && refused, "a callback may be refused");
	refused = 0;
	note(0x160);
	ok(!asks() && !refused, "and is not asked for again");
	no_probe = false;
	registered->notifier_call(registered, MODULE_STATE_COMING, &driver);
	ok(probe_at(0x150), "probes stay when a module comes");
	registered->notifier_call(registered, MODULE_STATE_GOING, &driver);
	ok(!probe_at(0x150) && probe_at(PROVEN), "they go with their module");
	note(0x160);
	ok(asks() && probe_at(0x160), "and the next one at the same place is asked for");
}

/* The second pass of a range: the kernel passes no range. */
static bool second_is_of(const struct mmn_flight *f)
{
	static const struct mmu_interval_notifier_ops ops = {
		.invalidate_start = (void *)0x170, .invalidate_finish = (void *)0x180,
	};
	struct mmu_interval_notifier mni = { .mm = &mm };
	struct mmu_interval_notifier_finish finish = { .notifier = &mni };
	struct pt_regs regs = { .word = { [7] = (unsigned long)&ops } };
	struct kprobe *insert;
	unsigned int i;

	for (i = 0; i < nr_probes; i++) {
		insert = probes[i];
		if (!strcmp(insert->symbol_name ?: "", "mmu_interval_notifier_insert"))
			insert->pre_handler(insert, &regs);
	}
	asks();
	asks_when_called(0x180, (unsigned long)&finish, KERNEL);
	return called == f;
}

static void test_second(void)
{
	around.mm = &mm;
	in_flight = true;
	ok(second_is_of(&around), "a second pass is of the event around it");
	around.mm = &other_mm;
	ok(second_is_of(NULL), "not of one of another mm");
	in_flight = false;
	ok(second_is_of(NULL), "nor of any if there is none");
	mm.mm_users.counter = 0;
	ok(second_is_of(&release), "or of the end of the mm, which no event announces");
	around.mm = &mm;
	in_flight = true;
	ok(second_is_of(&around), "unless an event of it runs");
}

int main(void)
{
	test_start();
	test_returns();
	test_modules();
	test_second();
	mmn_probes_stop();
	ok(!nr_probes && !mmn_probes_timing.on, "no probe stays");
	mmn_probes_exit();
	ok(!registered, "nor the notifier");
	return tap_done();
}
