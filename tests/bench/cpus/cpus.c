// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * cpus: invalidations per second on several CPUs, with native objects and with
 * mmnotify's, in turns. A task per CPU calls MADV_DONTNEED on one present page, or
 * MADV_PAGEOUT, which needs a walk of the stack. The tasks are processes with an object
 * each (apart), or threads of one process with one object (together).
 *
 * Usage: cpus apart|together CPUS ROUNDS MILLISECONDS [KIND [pageout]]
 * Prints: "CPUS PLACE CPUS KIND OPERATIONS NANOSECONDS" for each round and kind.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../bench.h"
#include "../grow/grow.h"

#define PG	4096UL
#define DEVICE	"/dev/mmn_grow"
#define MOST	64
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

static int advice = MADV_DONTNEED;

/* Shared by all tasks; each task counts in cache lines of its own. */
static struct {
	unsigned int ready;
	unsigned int go;
	unsigned int stop;
	uint64_t ns;		/* from go to stop */
	struct {
		uint64_t operations;
	} __attribute__((aligned(128))) task[MOST];
} *all;

static const struct {
	const char *word;
	int kind;		/* enum grow_kind; none if negative */
} kinds[] = {
	{ "none", -1 },
	{ "notifier", GROW_NOTIFIER }, { "mm", GROW_MM },
	{ "interval", GROW_INTERVAL }, { "range", GROW_RANGE },
};

static void pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
}

/* Maps an area with an object over it, and a page for each task. */
static char *area(int kind, unsigned int pages)
{
	struct grow_add a = { .kind = kind };
	char *at = mmap(NULL, pages * 2 * PG, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd;

	if (at == MAP_FAILED)
		die("mmap");
	if (kind < 0)
		return at;
	/* A range covers one page, so each page has one and each event hits one. */
	a.nr = kind == GROW_RANGE || kind == GROW_INTERVAL ? pages * 2 : 1;
	a.start = (uintptr_t)at;
	fd = open(DEVICE, O_RDWR);
	if (fd < 0 || ioctl(fd, GROW_IOC_ADD, &a))
		die(DEVICE);
	return at;
}

static void discard(char *page)
{
	*(volatile char *)page = 1;
	if (madvise(page, PG, advice))
		die("madvise");
}

static void invalidate(unsigned int nr, char *page)
{
	uint64_t n;

	pin(nr);
	/* Warm up mmnotify's caches. */
	for (n = 0; n < 100; n++)
		discard(page);
	__atomic_add_fetch(&all->ready, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&all->go, __ATOMIC_ACQUIRE))
		sched_yield();
	for (n = 0; !__atomic_load_n(&all->stop, __ATOMIC_RELAXED); n++)
		discard(page);
	all->task[nr].operations = n;
}

static void wait_for(unsigned int cpus)
{
	while (__atomic_load_n(&all->ready, __ATOMIC_ACQUIRE) < cpus)
		usleep(1000);
}

/* Two functions that return. */
static void make_marks(void)
{
	unsigned char *at = mmap((void *)MARK_BEGIN, PG, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (at == MAP_FAILED)
		die("mmap");
	at[0] = 0xc3;
	at[MARK_END - MARK_BEGIN] = 0xc3;
	if (mprotect(at, PG, PROT_READ | PROT_EXEC))
		die("mprotect");
}

static void mark(unsigned long where)
{
	((void (*)(void))where)();
}

static uint64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static void let_run(unsigned int cpus, unsigned int ms)
{
	uint64_t begun;

	wait_for(cpus);
	begun = clock_ns();
	mark(MARK_BEGIN);
	__atomic_store_n(&all->go, 1, __ATOMIC_RELEASE);
	usleep(ms * 1000);
	__atomic_store_n(&all->stop, 1, __ATOMIC_RELEASE);
	all->ns = clock_ns() - begun;
	mark(MARK_END);
}

static void apart(int kind, unsigned int cpus, unsigned int ms)
{
	unsigned int i;
	int status;

	for (i = 0; i < cpus; i++)
		if (!fork()) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			invalidate(i, area(kind, 1));
			_exit(0);
		}
	let_run(cpus, ms);
	for (i = 0; i < cpus; i++)
		if (wait(&status) < 0 || status)
			die("a child");
}

struct thread {
	pthread_t id;
	unsigned int nr;
	char *page;
};

static void *thread(void *arg)
{
	struct thread *t = arg;

	invalidate(t->nr, t->page);
	return NULL;
}

/* In a child, so that its objects are removed with it. */
static void together(int kind, unsigned int cpus, unsigned int ms)
{
	struct thread threads[MOST];
	unsigned int i;
	int status;
	char *at;

	if (fork()) {
		if (wait(&status) < 0 || status)
			die("the child");
		return;
	}
	at = area(kind, cpus);
	for (i = 0; i < cpus; i++) {
		threads[i].nr = i;
		threads[i].page = at + i * 2 * PG;
		if (pthread_create(&threads[i].id, NULL, thread, &threads[i]))
			die("pthread_create");
	}
	let_run(cpus, ms);
	for (i = 0; i < cpus; i++)
		pthread_join(threads[i].id, NULL);
	_exit(0);
}

static void measure(const char *place, unsigned int cpus, unsigned int what,
		    unsigned int ms)
{
	uint64_t sum = 0;
	unsigned int i;

	memset(all, 0, sizeof(*all));
	(strcmp(place, "together") ? apart : together)(kinds[what].kind, cpus, ms);
	for (i = 0; i < cpus; i++)
		sum += all->task[i].operations;
	printf("CPUS %s %u %s %llu %llu\n", place, cpus, kinds[what].word,
	       (unsigned long long)sum, (unsigned long long)all->ns);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	unsigned int cpus = argc >= 5 ? atoi(argv[2]) : 0, rounds, what, i;
	const char *only = argc >= 6 ? argv[5] : NULL;

	if (!cpus || cpus > MOST)
		return 2;
	all = mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		   -1, 0);
	if (all == MAP_FAILED)
		die("mmap");
	if (argc == 7 && !strcmp(argv[6], "pageout"))
		advice = MADV_PAGEOUT;
	make_marks();
	rounds = atoi(argv[3]);
	for (i = 0; i < rounds; i++)
		for (what = 0; what < sizeof(kinds) / sizeof(*kinds); what++)
			if (!only || !strcmp(only, kinds[what].word))
				measure(argv[1], cpus, what, atoi(argv[4]));
	return 0;
}
