// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * parallel: guarantees that need several threads of one process. A held callback keeps
 * one invalidation in progress while another runs. Meanwhile no thread maps or unmaps
 * memory, not even the stack of a thread: that would wait for mmap_lock.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "drv.h"

#define ROUNDS	100

/* A thread that zaps a page or removes an object. */
struct job {
	pthread_t thread;
	sem_t go;
	char *page;
	int del;
	volatile bool done;
};

static void await(struct job *j)
{
	while (sem_wait(&j->go))
		;
}

static void *zap(void *arg)
{
	struct job *j = arg;

	await(j);
	madvise(j->page, PAGE, MADV_DONTNEED);
	j->done = true;
	return NULL;
}

static void *del(void *arg)
{
	struct job *j = arg;

	await(j);
	call(CONTRACT_IOC_DEL, j->del);
	j->done = true;
	return NULL;
}

static void create(struct job *j, void *(*f)(void *))
{
	sem_init(&j->go, 0, 0);
	if (pthread_create(&j->thread, NULL, f, j))
		bail("pthread_create");
}

static void start(struct job *j)
{
	sem_post(&j->go);
}

static void join(struct job *j)
{
	pthread_join(j->thread, NULL);
}

static bool inexact(const struct contract_record *r)
{
	return !(r->flags & MMNOTIFY_F_EXACT) && r->effects == MMNOTIFY_FX_ALL;
}

/* Two concurrent events of one range: the second one needs a note of its own. */
static void test_two_events(void)
{
	char *p = pages(3, RW);
	int r = add(CONTRACT_RANGE, p, 3 * PAGE, CONTRACT_END);
	int a = add(CONTRACT_RANGE, p + PAGE, PAGE, CONTRACT_HOLD_START);
	int b = add(CONTRACT_RANGE, p + 2 * PAGE, PAGE, CONTRACT_HOLD_START);
	struct job ja = { .page = p + PAGE }, jb = { .page = p + 2 * PAGE };

	create(&ja, zap);
	create(&jb, zap);
	start(&ja);
	start(&jb);
	ok(wait_held(a) && wait_held(b), "req 11: two events run at the same time");
	ok(counts(r).starts == 2 && !counts(r).ends,
	   "req 11: a range gets both starts, and no end yet");
	call(CONTRACT_IOC_OPEN, b);
	join(&jb);
	ok(counts(r).ends == 1, "req 11: one of two events ends");
	call(CONTRACT_IOC_OPEN, a);
	join(&ja);
	fetch();
	ok(nth(r, CONTRACT_AT_END, 0)->start == (unsigned long)jb.page &&
	   nth(r, CONTRACT_AT_END, 1)->start == (unsigned long)ja.page &&
	   count(r, CONTRACT_AT_END) == 2, "req 11: each end has the range of its own event");
	call(CONTRACT_IOC_DEL, a);
	call(CONTRACT_IOC_DEL, b);
	call(CONTRACT_IOC_DEL, r);
	unmap(p, 3);
}

/*
 * The same without memory. The second event is held in its start while the first
 * ends: the range must not get the end of the second one then.
 */
static void test_starved(void)
{
	char *p = pages(3, RW);
	int r = add(CONTRACT_RANGE, p, 3 * PAGE, CONTRACT_END);
	int a = add(CONTRACT_RANGE, p + PAGE, PAGE, CONTRACT_HOLD_START);
	int b = add(CONTRACT_RANGE, p + 2 * PAGE, PAGE, CONTRACT_HOLD_START);
	struct job ja = { .page = p + PAGE }, jb = { .page = p + 2 * PAGE };

	ok(set_parameter("starve_ends", "1"), "req 28: starve_ends=1: callbacks get no memory");
	create(&ja, zap);
	create(&jb, zap);
	start(&ja);
	wait_held(a);
	start(&jb);
	wait_held(b);
	call(CONTRACT_IOC_OPEN, a);
	join(&ja);
	ok(counts(r).ends == 1, "req 11, 28: without memory no end comes early");
	call(CONTRACT_IOC_OPEN, b);
	join(&jb);
	ok(wait_ends(r, 2), "req 11, 28: without memory the second end comes late");
	fetch();
	ok(count(r, CONTRACT_AT_END) == 2 && inexact(nth(r, CONTRACT_AT_END, 1)),
	   "req 11: a late end comes once and is not exact");
	set_parameter("starve_ends", "0");
	call(CONTRACT_IOC_DEL, a);
	call(CONTRACT_IOC_DEL, b);
	call(CONTRACT_IOC_DEL, r);
	unmap(p, 3);
}

/*
 * More concurrent events than there are places without memory (range_end.c): the range's
 * own note, 32 unstarted ones, and the last event waits until one of these ends.
 */
#define CROWD	34

static void test_crowd(void)
{
	static struct job jobs[CROWD];
	char *p = pages(CROWD + 1, RW);
	int r = add(CONTRACT_RANGE, p, (CROWD + 1) * PAGE, CONTRACT_END), held[CROWD];
	unsigned int i;

	for (i = 0; i < CROWD; i++) {
		jobs[i].page = p + (i + 1) * PAGE;
		held[i] = add(CONTRACT_RANGE, jobs[i].page, PAGE, CONTRACT_HOLD_START);
		create(&jobs[i], zap);
	}
	set_parameter("starve_ends", "1");
	for (i = 0; i < CROWD; i++)
		start(&jobs[i]);
	ok(wait_starts(r, CROWD - 1),
	   "req 11, 28: many events run at the same time without memory");
	usleep(100 * 1000);
	ok(counts(r).starts == CROWD - 1 && !counts(r).ends,
	   "req 11, 28: an event without a place for its note waits");
	for (i = 0; i < CROWD; i++)
		call(CONTRACT_IOC_OPEN, held[i]);
	for (i = 0; i < CROWD; i++)
		join(&jobs[i]);
	ok(wait_ends(r, CROWD) && counts(r).starts == CROWD,
	   "req 11, 28: without memory each start has its end");
	set_parameter("starve_ends", "0");
	fetch();
	for (i = 0; i < CROWD; i++)
		call(CONTRACT_IOC_DEL, held[i]);
	call(CONTRACT_IOC_DEL, r);
	unmap(p, CROWD + 1);
}

static void test_removal_waits(void)
{
	char *p = pages(1, RW);
	int r = add(CONTRACT_RANGE, p, PAGE, CONTRACT_END | CONTRACT_HOLD_END);
	struct job z = { .page = p }, d = { .del = r };

	create(&z, zap);
	create(&d, del);
	start(&z);
	ok(wait_held(r), "req 11: end() may sleep");
	start(&d);
	usleep(200 * 1000);
	ok(!d.done, "req 11: a removal waits for an end that runs");
	call(CONTRACT_IOC_OPEN, r);
	join(&d);
	join(&z);
	ok(d.done, "req 11: a removal goes on after the end");
	fetch();
	unmap(p, 1);
}

static void test_async_twice(void)
{
	char *p = pages(3, RW);
	int r = add(CONTRACT_RANGE, p, 3 * PAGE, CONTRACT_ASYNC);
	int a = add(CONTRACT_RANGE, p + PAGE, PAGE, CONTRACT_HOLD_START);
	struct job ja = { .page = p + PAGE };

	create(&ja, zap);
	start(&ja);
	wait_held(a);
	madvise(p + 2 * PAGE, PAGE, MADV_DONTNEED);
	call(CONTRACT_IOC_OPEN, a);
	join(&ja);
	call(CONTRACT_IOC_SYNC, 0);
	fetch();
	ok(nth(r, CONTRACT_AT_RESULT, 0)->result == 0 &&
	   nth(r, CONTRACT_AT_RESULT, 1)->result == -EALREADY,
	   "req 23: remove_async() in two callbacks: the second fails");
	ok(count(r, CONTRACT_AT_REMOVED) == 1,
	   "req 23: remove_async() in two callbacks removes once");
	call(CONTRACT_IOC_DEL, a);
	unmap(p, 3);
}

/* ---- traffic ---- */

static volatile bool stop;

static void *traffic(void *arg)
{
	char *p = arg;

	while (!stop) {
		*(volatile char *)p = 1;
		madvise(p, PAGE, MADV_DONTNEED);
		mprotect(p, PAGE, PROT_READ);
		mprotect(p, PAGE, RW);
	}
	return NULL;
}

struct sequence {
	char *page;
	int id;
	unsigned int zaps, stale;
	volatile bool stop;
};

/* Each zap of the page that is always in the range must make a read retry. */
static void *sequences(void *arg)
{
	struct sequence *s = arg;
	unsigned long long seq;

	while (s->zaps < ROUNDS || !s->stop) {
		*(volatile char *)s->page = 1;
		seq = begin(s->id);
		madvise(s->page, PAGE, MADV_DONTNEED);
		s->stale += !retry(s->id, seq);
		s->zaps++;
	}
	return NULL;
}

static void test_move(void)
{
	char *p = pages(3, RW), *q = pages(1, RW);
	int r = add(CONTRACT_RANGE, p, 2 * PAGE, CONTRACT_END);
	struct sequence s = { .page = p + PAGE, .id = r };
	unsigned int moves = 0, n;
	pthread_t zapper, other;
	int err = 0;

	stop = false;
	if (pthread_create(&other, NULL, traffic, q) ||
	    pthread_create(&zapper, NULL, sequences, &s))
		bail("pthread_create");
	/* Zaps and moves go on until there are enough of both, however loaded the machine is. */
	while (!err && moves <= 20 * ROUNDS && (moves < ROUNDS || counts(r).starts < ROUNDS))
		err = move(r, moves++ & 1 ? p : p + PAGE, 2 * PAGE);
	s.stop = true;
	pthread_join(zapper, NULL);
	stop = true;
	pthread_join(other, NULL);
	fetch();
	n = counts(r).starts;
	ok(!err, "req 2: a range moves under traffic");
	ok(n >= s.zaps, "req 2: a range that moves misses no event");
	ok(!s.stale, "req 2, 3: the sequence of a range that moves misses no event");
	ok(wait_ends(r, n) && counts(r).ends == n,
	   "req 2, 11: each start of a range that moves has its end");
	printf("# %u moves (error %d), %u starts for %u zaps\n", moves, err, n, s.zaps);
	call(CONTRACT_IOC_DEL, r);
	unmap(p, 3);
	unmap(q, 1);
}

static void test_pairs(const char *starve, const char *name)
{
	int all = add(CONTRACT_MM, NULL, 0, CONTRACT_END);
	int some = add_for(MMNOTIFY_FX_NO_READ, CONTRACT_MM, NULL, 0, CONTRACT_END);
	char *p = pages(4, RW);
	int r = add(CONTRACT_RANGE, p, 4 * PAGE, CONTRACT_END);
	struct contract_counts a, b, c;
	pthread_t threads[4];
	unsigned int i;

	set_parameter("starve_ends", starve);
	stop = false;
	for (i = 0; i < NR(threads); i++)
		if (pthread_create(&threads[i], NULL, traffic, p + i * PAGE))
			bail("pthread_create");
	wait_starts(r, 10 * ROUNDS);
	stop = true;
	for (i = 0; i < NR(threads); i++)
		pthread_join(threads[i], NULL);
	a = counts(all);
	b = counts(some);
	c = counts(r);
	ok(a.starts == a.ends && b.starts == b.ends && b.starts < a.starts &&
	   c.starts >= 10 * ROUNDS && c.starts == c.ends, name);
	printf("# starts %u %u %u, ends %u %u %u\n", a.starts, b.starts, c.starts,
	       a.ends, b.ends, c.ends);
	set_parameter("starve_ends", "0");
	call(CONTRACT_IOC_DEL, r);
	call(CONTRACT_IOC_DEL, some);
	call(CONTRACT_IOC_DEL, all);
	call(CONTRACT_IOC_SYNC, 0);
	fetch();
	unmap(p, 4);
}

void test_parallel(void)
{
	test_two_events();
	test_starved();
	test_crowd();
	test_removal_waits();
	test_async_twice();
	test_move();
	test_pairs("0", "req 10, 11: four threads: as many ends as starts, filtered or not");
	test_pairs("1", "req 10, 11, 28: four threads without memory: as many ends as starts");
}
