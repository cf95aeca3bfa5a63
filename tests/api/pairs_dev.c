// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* pairs_dev: operations of /dev/mmn_pairs, the threads that run them, and TAP output. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pairs.h"
#include "pairs_dev.h"

#define RW	(PROT_READ | PROT_WRITE)

int dev;
unsigned int nr, failed;
struct job first, second, holder;
char *area;

void ok(bool good, const char *first, const char *second, const char *what)
{
	printf("%sok %u - %s against %s: %s\n", good ? "" : "not ", ++nr, second, first, what);
	failed += !good;
	fflush(stdout);
}

void skip(const char *first, const char *second, const char *why)
{
	printf("ok %u - %s against %s # SKIP %s\n", ++nr, second, first, why);
	fflush(stdout);
}

int call_on(enum pairs_op op, unsigned int slot, unsigned int client,
	    const void *p, size_t len, unsigned int flags)
{
	struct pairs_call c = {
		.op = op, .slot = slot, .client = client, .flags = flags,
		.start = (unsigned long)p, .len = len,
	};

	return ioctl(dev, PAIRS_IOC_CALL, &c) ? -errno : 0;
}

int call(enum pairs_op op, unsigned int slot)
{
	return call_on(op, slot, 0, NULL, 0, 0);
}

struct pairs_state state(unsigned int slot)
{
	struct pairs_state s = { .slot = slot };

	if (ioctl(dev, PAIRS_IOC_STATE, &s))
		exit(2);
	return s;
}

/*
 * While a task holds mmap_lock no other one may fault, map memory or create a thread. So
 * all memory but the area is present and writable, also after each fork().
 */
void fault_all(void)
{
	if (mlockall(MCL_CURRENT) || (area && munlock(area, 8 * PAGE)))
		exit(2);
}

void map_area(void)
{
	area = mmap(NULL, 8 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (area == MAP_FAILED)
		exit(2);
	fault_all();
}

int insert(unsigned int slot, unsigned int page, unsigned int pages)
{
	return call_on(PAIRS_INSERT, slot, 0, area + page * PAGE, pages * PAGE, 0);
}

void zap(unsigned int page)
{
	madvise(area + page * PAGE, PAGE, MADV_DONTNEED);
}

/* ---- threads: all are created before the first lock is taken ---- */

static void wait_for(sem_t *sem)
{
	while (sem_wait(sem))
		;
}

static void *run_jobs(void *arg)
{
	struct job *j = arg;

	for (;;) {
		wait_for(&j->go);
		j->ret = j->f();
		j->done = true;
		sem_post(&j->over);
	}
	return NULL;
}

void make_job(struct job *j)
{
	sem_init(&j->go, 0, 0);
	sem_init(&j->over, 0, 0);
	if (pthread_create(&j->thread, NULL, run_jobs, j))
		exit(2);
}

void begin(struct job *j, int (*f)(void))
{
	j->f = f;
	j->done = false;
	sem_post(&j->go);
}

int finish(struct job *j)
{
	wait_for(&j->over);
	return j->ret;
}

/* Return: true if the operation has not returned after 100 ms. */
bool waits(const struct job *j)
{
	usleep(100 * 1000);
	return !j->done;
}

void wait_held(unsigned int slot)
{
	while (!state(slot).held)
		usleep(1000);
}

void wait_locked(unsigned int slot)
{
	while (!state(slot).locked)
		usleep(1000);
}

void wait_removed(unsigned int slot)
{
	while (!state(slot).removed)
		usleep(1000);
}

/* ---- operations ---- */

int do_insert(void) { return insert(RANGE, 0, 2); }
int do_move(void) { return call_on(PAIRS_MOVE, RANGE, 0, area + PAGE, 2 * PAGE, 0); }
int do_remove(void) { return call(PAIRS_RM, RANGE); }
int do_async(void) { return call(PAIRS_ASYNC, RANGE); }
int do_unregister(void) { return call(PAIRS_UNREGISTER, RANGE); }
int do_sync(void) { return call(PAIRS_SYNC, RANGE); }
static int do_lock(void) { return call(PAIRS_LOCK, LOCK); }
int zap_own(void) { zap(1); return 0; }
static int zap_holder(void) { zap(5); return 0; }

/* ---- locks and callbacks that hold the first operation ---- */

void hold_by_lock(void)
{
	begin(&holder, do_lock);
	wait_locked(LOCK);
}

void let_go_of_lock(void)
{
	call(PAIRS_UNLOCK, LOCK);
	finish(&holder);
}

void hold_by_event(void)
{
	call_on(PAIRS_NEW, HOLDER, 0, NULL, 0, PAIRS_HOLD);
	insert(HOLDER, 5, 1);
	begin(&holder, zap_holder);
	wait_held(HOLDER);
}

void let_go_of_event(void)
{
	call(PAIRS_OPEN, HOLDER);
	finish(&holder);
	call(PAIRS_RM, HOLDER);
}

void new_range(unsigned int flags)
{
	if (call_on(PAIRS_NEW, RANGE, 0, NULL, 0, flags))
		exit(2);
}

/* Runs a test of at most two minutes; its number of results comes back through a pipe. */
void in_process(void (*f)(const void *arg), const void *arg, const char *name)
{
	unsigned int counts[2] = { nr, failed };
	int pipes[2], status;
	pid_t pid;

	if (pipe(pipes))
		exit(2);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		alarm(120);
		make_job(&first);
		make_job(&second);
		make_job(&holder);
		f(arg);
		counts[0] = nr;
		counts[1] = failed;
		_exit(write(pipes[1], counts, sizeof(counts)) != sizeof(counts));
	}
	waitpid(pid, &status, 0);
	close(pipes[1]);
	if (WIFEXITED(status) && !WEXITSTATUS(status) &&
	    read(pipes[0], counts, sizeof(counts)) == sizeof(counts)) {
		nr = counts[0];
		failed = counts[1];
	} else {
		/* Skips the numbers of the results that the failed test has printed. */
		nr += 100;
		ok(false, name, "the test", "ends");
	}
	close(pipes[0]);
}
