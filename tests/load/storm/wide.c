// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * wide: events that many ranges get, in which all ranges but the first copy its verdict. The tasks
 * share slots of mmnotify's table of events, so each overwrites the verdicts of another one. They
 * repeat two operations of different causes on the same addresses, in the same function of the
 * kernel. They overlap, so that the sequence of the mm stays odd. Ranges come and go meanwhile. A
 * copy of an earlier event's verdict has the wrong cause.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <mmnotify/mmnotify_types.h>

#include "storm.h"
#include "../../modules/wide/wide.h"

#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED	24
#endif

#define CANDIDATES	300
#define WORKERS		8
#define PAGES		16
#define ALIVE		24

static int device;
static char *memory;
static unsigned long times;
static bool has_locked;

static struct worker {
	pthread_t thread;
	unsigned int number;
	__u32 slot;
	bool works;
	int error;
} workers[CANDIDATES];

static pthread_barrier_t known, chosen;
static unsigned int slots_shared;
static volatile bool ended;

static void expect(__u32 cause)
{
	if (ioctl(device, WIDE_IOC_EXPECT, (unsigned long)cause))
		bail("say what is expected");
}

static int operate(unsigned int turn)
{
	/* Two sets of bounds, so that one event's are often those of the event before. */
	size_t len = (turn & 2 ? PAGES : PAGES / 2) * PAGE;
	int advice = MADV_DONTNEED, ret;

	if (turn & 1)
		advice = has_locked ? MADV_DONTNEED_LOCKED : MADV_FREE;
	expect(!(turn & 1) ? MMNOTIFY_CAUSE_MADV_DONTNEED :
	       has_locked ? MMNOTIFY_CAUSE_MADV_DONTNEED_LOCKED : MMNOTIFY_CAUSE_MADV_FREE);
	ret = madvise(memory, len, advice);
	expect(0);
	return ret ? -errno : 0;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	unsigned int seed = w->number;
	unsigned long i;

	if (ioctl(device, WIDE_IOC_SLOT, &w->slot))
		bail("the slot of a task");
	pthread_barrier_wait(&known);
	pthread_barrier_wait(&chosen);
	for (i = 0; w->works && i < times && !w->error; i++)
		w->error = operate(rand_r(&seed));
	return NULL;
}

/* Tasks that share a slot work, at most WORKERS of them. */
static unsigned int choose(void)
{
	unsigned int i, j, nr = 0;

	for (i = 0; i < CANDIDATES && nr < WORKERS; i++) {
		if (workers[i].works)
			continue;
		for (j = i + 1; j < CANDIDATES && nr < WORKERS; j++) {
			if (workers[j].slot != workers[i].slot)
				continue;
			nr += !workers[i].works + !workers[j].works;
			workers[i].works = true;
			workers[j].works = true;
		}
		slots_shared += workers[i].works;
	}
	return nr;
}

static void *replace(void *arg)
{
	int *error = arg;
	unsigned int seed = 1, nr = 0;

	while (!ended && !*error) {
		struct wide_range r = {
			.start = (unsigned long)memory + rand_r(&seed) % PAGES * PAGE,
			.len = (1 + rand_r(&seed) % 4) * PAGE,
			.nr = 1,
		};

		if (ioctl(device, WIDE_IOC_INSERT, &r))
			*error = -errno;
		else if (++nr > ALIVE && ioctl(device, WIDE_IOC_REMOVE, &r))
			*error = -errno;
		sleep_us(200);
	}
	return NULL;
}

static struct wide_counts wide_counts(void)
{
	struct wide_counts c;

	if (ioctl(device, WIDE_IOC_COUNTS, &c))
		bail("read the counters");
	return c;
}

static void start(void)
{
	unsigned int i;

	pthread_barrier_init(&known, NULL, CANDIDATES + 1);
	pthread_barrier_init(&chosen, NULL, CANDIDATES + 1);
	for (i = 0; i < CANDIDATES; i++) {
		workers[i].number = i;
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			bail("pthread_create");
	}
	pthread_barrier_wait(&known);
}

void storm_wide(unsigned long n)
{
	struct wide_range all = { .nr = 1U << 30 };
	struct wide_counts c;
	unsigned int i, nr;
	int error = 0, changed = 0;
	pthread_t replacer;

	device = open("/dev/mmn_wide", O_RDWR | O_CLOEXEC);
	if (device < 0)
		bail("/dev/mmn_wide");
	memory = reserve(PAGES * PAGE, RW);
	has_locked = !madvise(memory, PAGE, MADV_DONTNEED_LOCKED);
	times = n;
	start();
	nr = choose();
	tap_ok(nr >= 4, "%u tasks share %u slots of the table of events", nr, slots_shared);
	if (pthread_create(&replacer, NULL, replace, &changed))
		bail("pthread_create");
	sleep_us(20000);
	pthread_barrier_wait(&chosen);
	for (i = 0; i < CANDIDATES; i++) {
		pthread_join(workers[i].thread, NULL);
		error = workers[i].error ? : error;
	}
	ended = true;
	pthread_join(replacer, NULL);
	c = wide_counts();
	tap_ok(!error && !changed, "%lu operations of each task, while ranges come and go", n);
	if (error || changed)
		note("errors %d and %d", error, changed);
	tap_ok(c.told >= n * nr, "more than one range got each event");
	tap_ok(!c.wrong, "no range got the cause of another event");
	note("%llu callbacks, %llu with a wrong cause; MADV_DONTNEED_LOCKED %d", c.told, c.wrong,
	     has_locked);
	ioctl(device, WIDE_IOC_REMOVE, &all);
	close(device);
}
