// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * times: how long the callbacks of drivers take, by process, driver and cause. The overview is in
 * times.h.
 */
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/irq_work.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "process.h"
#include "times.h"

#define DRIVERS		128
#define LINE_BITS	12
#define LINES		(1 << LINE_BITS)
#define PROBES		8

struct counters {
	atomic64_t calls;
	atomic64_t ns;
	atomic64_t max_ns;
	atomic_t histogram[MMN_TIMES_BUCKETS];
};

/* @key: process, driver and cause; 0 if the line is free. Its counters are zero then. */
struct line {
	atomic64_t key;
	struct counters counters;
};

/* A line without a process: its counters are about to be cleared. */
#define KEY_FREED	1

static struct line *lines;
static atomic_t lost;

/* Guards writers of the names, and the freeing of lines. */
static DEFINE_MUTEX(times_lock);

static unsigned int nr_names = 1;

/* Number 0 is no driver, and the last one stands for those without a number. */
static struct mmn_driver names[DRIVERS] = {
	[DRIVERS - 1] = { .symbol = "others" },
};

/* Mark of the cause in the key of a line that counts flushes. */
#define FLUSHES		0x8000U

static u64 key_of(u32 process, unsigned int driver, unsigned int cause)
{
	return (u64)process << 32 | driver << 16 | cause;
}

static u32 process_of(u64 key)
{
	return key >> 32;
}

static void clear_line(struct line *l)
{
	memset(&l->counters, 0, sizeof(l->counters));
	/* Pairs with the cmpxchg of line_take(): it takes a line that is cleared. */
	atomic64_set_release(&l->key, 0);
}

/* Frees the lines of processes in a state up to @state. Return: their number. */
static unsigned int free_lines(enum mmn_process_state state)
{
	unsigned int i, nr = 0;
	struct mmn_process p;
	u64 key;

	for (i = 0; i < LINES; i++) {
		key = atomic64_read(&lines[i].key);
		if (!key || mmn_process_by_id(process_of(key), &p) > state)
			continue;
		atomic64_set(&lines[i].key, KEY_FREED);
		nr++;
	}
	/* Calls are counted with preemption off. */
	synchronize_rcu();
	for (i = 0; i < LINES; i++)
		if (atomic64_read(&lines[i].key) == KEY_FREED)
			clear_line(&lines[i]);
	return nr;
}

static void free_work(struct work_struct *work)
{
	mutex_lock(&times_lock);
	if (free_lines(MMN_PROCESS_GONE) < LINES / 8)
		free_lines(MMN_PROCESS_ENDED);
	mutex_unlock(&times_lock);
}

static DECLARE_WORK(freeing, free_work);

static void schedule_free(struct irq_work *work)
{
	schedule_work(&freeing);
}

/* A probe may run where no work item can be queued. */
static struct irq_work wish;

/**
 * mmn_times_init() - allocate the lines, unless they are there
 *
 * Context: Process, may sleep; before timing begins. The caller serialises calls.
 * Return: 0 or -ENOMEM.
 */
int mmn_times_init(void)
{
	if (lines)
		return 0;
	init_irq_work(&wish, schedule_free);
	lines = kvcalloc(LINES, sizeof(*lines), GFP_KERNEL);
	return lines ? 0 : -ENOMEM;
}

/**
 * mmn_times_exit() - free the lines
 *
 * Context: Process, sleeps; at unload, when nothing is timed any more.
 */
void mmn_times_exit(void)
{
	if (!lines)
		return;
	irq_work_sync(&wish);
	cancel_work_sync(&freeing);
	kvfree(lines);
}

/**
 * mmn_times_split() - get the names of a callback
 * @callback: address of the function
 * @name: filled with its symbol and its module; the symbol is "-" if the function is gone
 *
 * Context: Any but the hook.
 */
void mmn_times_split(void *callback, struct mmn_driver *name)
{
	char symbol[KSYM_SYMBOL_LEN], *module;

	memset(name, 0, sizeof(*name));
	sprint_symbol_no_offset(symbol, (unsigned long)callback);
	/* An address that has no name is printed as it is. */
	if (!strncmp(symbol, "0x", 2)) {
		name->symbol[0] = '-';
		return;
	}
	module = strstr(symbol, " [");
	if (module) {
		*module = 0;
		module += strlen(" [");
		/* A build id may follow the name. */
		strscpy(name->module, module, min(sizeof(name->module), strcspn(module, "] ") + 1));
	}
	strscpy(name->symbol, symbol, sizeof(name->symbol));
}

static bool is_driver(const struct mmn_driver *d, const char *symbol, const char *module)
{
	return !strncmp(d->symbol, symbol, sizeof(d->symbol) - 1) &&
	       !strncmp(d->module, module, sizeof(d->module) - 1);
}

/**
 * mmn_times_driver() - get the number of a driver
 * @symbol: name of its callback
 * @module: name of its module; "" for the kernel itself
 *
 * Context: Process, may sleep.
 * Return: the number; the same for the same names. If there are too many drivers, that of all
 * others.
 */
unsigned int mmn_times_driver(const char *symbol, const char *module)
{
	unsigned int i;

	mutex_lock(&times_lock);
	for (i = 1; i < nr_names; i++)
		if (is_driver(&names[i], symbol, module))
			break;
	if (i == nr_names && i < DRIVERS - 1) {
		strscpy(names[i].symbol, symbol, sizeof(names[i].symbol));
		strscpy(names[i].module, module, sizeof(names[i].module));
		nr_names++;
	}
	mutex_unlock(&times_lock);
	return i;
}

/**
 * mmn_times_name() - get the names of a driver
 * @driver: number from mmn_times_driver(), or 0
 * @name: filled with its names
 *
 * Context: Process, may sleep.
 * Return: false if the number is 0.
 */
bool mmn_times_name(unsigned int driver, struct mmn_driver *name)
{
	mutex_lock(&times_lock);
	*name = names[driver % DRIVERS];
	mutex_unlock(&times_lock);
	return driver % DRIVERS;
}

/* Return: the line of @key, or a free one that it has taken; NULL if there is no room. */
static struct line *line_take(u64 key)
{
	unsigned int home = hash_64(key, LINE_BITS), i;
	struct line *l;
	u64 found;

	for (i = 0; i < PROBES; i++) {
		l = &lines[home ^ i];
		found = atomic64_read(&l->key);
		if (!found)
			found = atomic64_cmpxchg(&l->key, 0, key) ?: key;
		if (found == key)
			return l;
	}
	return NULL;
}

static void raise_max(atomic64_t *max, u64 ns)
{
	s64 old = atomic64_read(max);

	while (old < (s64)ns && !atomic64_try_cmpxchg(max, &old, ns))
		;
}

static void count(struct counters *c, u64 size)
{
	unsigned int bucket = size ? ilog2(size) : 0;

	atomic64_inc(&c->calls);
	atomic_inc(&c->histogram[min_t(unsigned int, bucket, MMN_TIMES_BUCKETS - 1)]);
	if (size == MMN_TIMES_WHOLE)
		return;
	atomic64_add(size, &c->ns);
	raise_max(&c->max_ns, size);
}

/**
 * mmn_times_lose() - a call could not be timed
 *
 * Context: Any.
 */
void mmn_times_lose(void)
{
	atomic_inc(&lost);
}

unsigned int mmn_times_lost(void)
{
	return atomic_read(&lost);
}

static void add(const struct mm_struct *mm, unsigned int driver, unsigned int cause, u64 size)
{
	u32 process = mmn_process_id(mm);
	struct line *l = NULL;

	/* free_lines() waits for the end of it. */
	rcu_read_lock();
	if (process)
		l = line_take(key_of(process, driver, cause));
	if (likely(l))
		count(&l->counters, size);
	rcu_read_unlock();
	if (likely(l))
		return;
	mmn_times_lose();
	/* A line that is freed helps no event without a process. */
	if (process)
		irq_work_queue(&wish);
}

/**
 * mmn_times_add() - count a call of a callback
 * @mm: mm that the event is of
 * @driver: number of the driver
 * @cause: cause of the event
 * @ns: how long the callback took
 *
 * Context: Any, after mmn_times_init().
 */
void mmn_times_add(const struct mm_struct *mm, unsigned int driver, unsigned int cause, u64 ns)
{
	add(mm, driver, cause, ns);
}

/**
 * mmn_times_flush() - count a flush of a secondary TLB
 * @mm: mm whose translations are flushed
 * @driver: number of the driver
 * @cause: cause of the operation behind it; MMNOTIFY_CAUSE_UNKNOWN if it is not known
 * @pages: size of the range; MMN_TIMES_WHOLE for the whole address space
 *
 * Context: Any, after mmn_times_init().
 */
void mmn_times_flush(const struct mm_struct *mm, unsigned int driver, unsigned int cause,
		     u64 pages)
{
	add(mm, driver, cause | FLUSHES, pages);
}

static void line_read(const struct counters *c, u64 key, struct mmn_times *t)
{
	unsigned int i;

	t->process = process_of(key);
	t->driver = key >> 16;
	t->cause = key & (FLUSHES - 1);
	t->flushes = key & FLUSHES;
	t->calls = atomic64_read(&c->calls);
	t->ns = atomic64_read(&c->ns);
	t->max_ns = atomic64_read(&c->max_ns);
	for (i = 0; i < MMN_TIMES_BUCKETS; i++)
		t->histogram[i] = atomic_read(&c->histogram[i]);
}

/**
 * mmn_times_for_each() - call a function for each line
 * @fn: the function; it may sleep, and ends the loop if it does not return 0
 * @arg: its last argument
 *
 * A line is not a snapshot: a call that ends meanwhile may be in some of its numbers only.
 *
 * Context: Process, may sleep.
 * Return: what the last call of @fn returned; 0 if there are no lines.
 */
int mmn_times_for_each(int (*fn)(const struct mmn_times *t, void *arg), void *arg)
{
	struct mmn_times t;
	unsigned int i;
	int ret = 0;
	u64 key;

	for (i = 0; READ_ONCE(lines) && i < LINES && !ret; i++) {
		key = atomic64_read(&lines[i].key);
		if (key <= KEY_FREED)
			continue;
		line_read(&lines[i].counters, key, &t);
		if (t.calls && atomic64_read(&lines[i].key) == (s64)key)
			ret = fn(&t, arg);
	}
	return ret;
}
