// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * pairs_random: random operations on a few objects that all tasks share, so that most
 * operations run at the same time as another one. Any result is allowed unless it shows
 * an error in the test. The test is that the kernel, KASAN and lockdep report nothing, no
 * task waits for ever, and no object is left at the end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pairs.h"
#include "pairs_random.h"

#define PAGE		4096UL
#define PAGES		16
#define SLOTS		6
#define FIRST_SLOT	8	/* the other tests use lower slots */
#define THREADS		3
#define PROCESSES	2
/* Number of operations before a process exits with all objects that it has inserted. */
#define LIFE		400

static int dev;

struct worker {
	pthread_t thread;
	unsigned int seed;
	unsigned int rounds;
	char *area;
	bool stop;
};

static const enum pairs_op ops[] = {
	PAIRS_NEW, PAIRS_NEW, PAIRS_INSERT, PAIRS_INSERT, PAIRS_INSERT,
	PAIRS_MOVE, PAIRS_MOVE, PAIRS_MOVE_READ, PAIRS_MOVE_WRITE,
	PAIRS_RM, PAIRS_RM, PAIRS_ASYNC, PAIRS_ASYNC,
	PAIRS_GET, PAIRS_GET, PAIRS_PUT, PAIRS_MM_UNREGISTER,
	PAIRS_REGISTER, PAIRS_UNREGISTER, PAIRS_SYNC,
};

#define NR(a)	(sizeof(a) / sizeof((a)[0]))

static const unsigned int flags[] = {
	0, PAIRS_END, PAIRS_LEAVE, PAIRS_END | PAIRS_LEAVE,
};

static int call(struct pairs_call *c)
{
	return ioctl(dev, PAIRS_IOC_CALL, c) ? -errno : 0;
}

/* Causes an event of one or two pages. */
static void touch(struct worker *w)
{
	char *p = w->area + rand_r(&w->seed) % (PAGES - 1) * PAGE;

	switch (rand_r(&w->seed) % 4) {
	case 0:
		mprotect(p, PAGE, PROT_READ);
		mprotect(p, PAGE, PROT_READ | PROT_WRITE);
		break;
	case 1:
		mmap(p, 2 * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		break;
	default:
		madvise(p, 2 * PAGE, MADV_DONTNEED);
		break;
	}
	/* Only reads: another thread may have made the page read-only. */
	(void)*(volatile char *)p;
}

/* One operation; those of THREADS * PROCESSES tasks overlap. */
static void step(struct worker *w)
{
	unsigned int page = rand_r(&w->seed) % (PAGES - 4);
	struct pairs_call c = {
		.slot = FIRST_SLOT + rand_r(&w->seed) % SLOTS,
		.start = (unsigned long)(w->area + page * PAGE),
		.len = (1 + rand_r(&w->seed) % 4) * PAGE,
	};

	c.client = c.slot & 1;
	if (rand_r(&w->seed) % 3 == 0) {
		touch(w);
		return;
	}
	c.op = ops[rand_r(&w->seed) % NR(ops)];
	c.flags = flags[rand_r(&w->seed) % NR(flags)] | PAIRS_KEEP;
	call(&c);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	unsigned int i;

	for (i = 0; i < w->rounds; i++)
		step(w);
	return NULL;
}

/* One process: it exits with the objects that are inserted at that time. */
static void live(unsigned int rounds, unsigned int seed)
{
	struct worker workers[THREADS];
	unsigned int i;
	char *area = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (area == MAP_FAILED)
		_exit(2);
	for (i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){
			.seed = seed * 31 + i, .rounds = rounds / THREADS + 1, .area = area,
		};
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			_exit(2);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	_exit(0);
}

/* Removes the object of a slot, if any. Return: false if mmnotify returns another errno. */
static bool clean(unsigned int slot)
{
	struct pairs_call c = { .slot = slot, .client = slot & 1 };
	int ret;

	c.op = PAIRS_REGISTER;
	call(&c);
	c.op = PAIRS_RM;
	ret = call(&c);
	if (ret == -ENOENT) {
		c.op = PAIRS_FREE;
		ret = call(&c);
	}
	c.op = PAIRS_PUT;
	call(&c);
	c.op = PAIRS_SYNC;
	call(&c);
	return !ret || ret == -ENODATA || ret == -EALREADY;
}

int random_pairs(int fd, unsigned int rounds, unsigned int seed)
{
	unsigned int done, i;
	bool good = true;
	int status;

	dev = fd;
	for (done = 0; done < rounds; done += LIFE * PROCESSES, seed += PROCESSES) {
		for (i = 0; i < PROCESSES; i++)
			if (!fork())
				live(LIFE, seed + i);
		while (wait(&status) > 0)
			good &= WIFEXITED(status) && !WEXITSTATUS(status);
	}
	printf("%sok 1 - %u random operations by %u concurrent tasks: all return\n",
	       good ? "" : "not ", done, PROCESSES * THREADS);
	for (i = 0; i < SLOTS; i++)
		good &= clean(FIRST_SLOT + i);
	printf("%sok 2 - the remaining objects can be removed\n1..2\n", good ? "" : "not ");
	return !good;
}
