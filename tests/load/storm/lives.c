// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * lives: processes that end in each way while they, or their parent, register and unregister
 * objects for them. The time is random, over many rounds: before, during and after a
 * call, with an invalidation running, or in release().
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storm.h"

#define OBJECTS		256

struct life {
	const char *name;
	void (*child)(void);	/* runs after it has made its objects */
	bool own_file;		/* the objects belong to the child's file, else to the parent's */
	bool shot, taken;	/* the parent kills it; the parent removes its objects */
	unsigned int flags;	/* STORM_*, of that removal */
	unsigned int status;	/* exit status that the child must have */
};

static volatile bool *ready;
static char *memory;
static unsigned long unhappy;

/* ---- the child ---- */

static void make_objects(void)
{
	struct storm_objects o = {
		.start = (unsigned long)memory, .len = PAGE,
		.nr = OBJECTS, .flags = STORM_END,
	};
	struct storm_objects m = { };

	unhappy += !!call(STORM_IOC_INSERT, &o);
	for (m.nr = 0; m.nr < 4; m.nr++)
		unhappy += !!call(STORM_IOC_GET, &m);
}

static void *pairs_for_ever(void *arg)
{
	static const unsigned long cmds[] = {
		STORM_IOC_RANGE, STORM_IOC_MM, STORM_IOC_RANGE, STORM_IOC_CLIENT,
	};
	struct storm_objects o = { .start = (unsigned long)memory, .len = 4 * PAGE };
	unsigned int i;
	int error;

	for (i = (unsigned long)arg; ; i++) {
		o.flags = i & (STORM_END | STORM_WAIT | STORM_ASYNC);
		o.nr = 4 + (unsigned long)arg;
		error = call(cmds[i / 8 % NR(cmds)], &o);
		if (error && error != -ENOMEM)
			_exit(3);
	}
	return NULL;
}

static void start_pairs(unsigned int n)
{
	pthread_t thread;
	unsigned long i;

	for (i = 0; i < n; i++)
		if (pthread_create(&thread, NULL, pairs_for_ever, (void *)i))
			_exit(4);
}

static void leave(void)
{
	sleep_us(rand() % 3000);
}

static void leave_busy(void)
{
	start_pairs(2);
	sleep_us(rand() % 3000);
}

static void stay(void)
{
	start_pairs(3);
	pause();
}

static void replace(void)
{
	sleep_us(rand() % 3000);
	execl("/bin/true", "true", NULL);
	_exit(5);
}

/* Exceeds the limit of its cgroup. */
static void eat(void)
{
	size_t i, most = 512UL << 20;
	char *p;

	write_file("/proc/self/oom_score_adj", "1000");
	start_pairs(2);
	p = reserve(most, RW);
	for (i = 0; i < most; i += PAGE)
		p[i] = 1;
	_exit(6);
}

static const struct life lives[] = {
	{ "exits, which closes its file", leave, .own_file = true },
	{ "exits while its threads register, which closes its file", leave_busy,
	  .own_file = true },
	{ "exits while its parent removes and puts", leave, .taken = true },
	{ "exits while its parent removes and unregisters", leave, .taken = true,
	  .flags = STORM_WAIT },
	{ "exits while its parent removes asynchronously", leave, .taken = true,
	  .flags = STORM_ASYNC },
	{ "has a new mm by execve() while its parent removes", replace, .taken = true,
	  .flags = STORM_WAIT },
	{ "is killed while its threads register", stay, .own_file = true, .shot = true,
	  .status = SIGKILL },
	{ "is killed while its parent removes and unregisters", stay, .shot = true,
	  .taken = true, .flags = STORM_WAIT, .status = SIGKILL },
	{ "is killed by the OOM killer while its threads register", eat, .own_file = true,
	  .status = SIGKILL },
};

static void be_child(const struct life *l, unsigned int seed)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	srand(seed);
	if (l->own_file) {
		close(dev);
		dev = open_dev();
	}
	make_objects();
	start_traffic(memory, 1, 0);
	*ready = true;
	if (!unhappy)
		l->child();
	_exit(unhappy ? 2 : 0);
}

static void take_away(unsigned int flags)
{
	struct storm_objects o = { .nr = OBJECTS, .flags = flags };

	unhappy += !!call(STORM_IOC_REMOVE, &o);
	unhappy += !!call(STORM_IOC_PUT, &o);
}

/* Return: the wait status of the child. */
static int live(const struct life *l)
{
	unsigned int seed = rand();
	pid_t pid;
	int status, i;

	*ready = false;
	pid = fork();
	if (pid < 0)
		bail("fork");
	if (!pid)
		be_child(l, seed);
	for (i = 0; i < 20000 && !*ready; i++)
		sleep_us(1000);
	if (l->shot) {
		sleep_us(rand() % 20000);
		kill(pid, SIGKILL);
	}
	if (l->taken) {
		sleep_us(rand() % 3000);
		take_away(l->flags);
	}
	waitpid(pid, &status, 0);
	return status;
}

void storm_lives(unsigned long n)
{
	struct storm_counts before, after;
	unsigned long round, odd, left, times;
	unsigned int i;
	int status;

	ready = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memory = reserve((OBJECTS + TRAFFIC_PAGES) * PAGE, RW);
	if (ready == MAP_FAILED)
		bail("mmap");
	for (i = 0; i < NR(lives); i++) {
		before = counts();
		/* An OOM kill fills the log, so there are fewer. */
		times = lives[i].child == eat ? n / 10 + 1 : n;
		for (round = odd = left = 0; round < times; round++) {
			status = live(&lives[i]);
			if (status != (int)lives[i].status && !odd++)
				note("round %lu: status %x", round, status);
			left += !alive_at_most(0);
		}
		after = counts();
		tap_ok(!odd && !unhappy && after.told > before.told,
		       "%lu times: the process %s", times, lives[i].name);
		note("%llu callbacks, %llu ends, %llu releases of whole mms",
		     after.told - before.told, after.ends - before.ends,
		     after.released - before.released);
		tap_ok(!left && after.released > before.released,
		       "no object is left after any of these processes");
	}
}
