// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * run: one run of one seed: the main process with its threads, the other processes, and a
 * parent that waits for them and kills those that are left.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define STUCK_S		60

pid_t main_pid;
bool in_main;
struct options opt;
struct shared *sh;

/* ---- an actor ---- */

static void record(struct actor *a, struct step **at, __u64 nr, unsigned int op,
		   const struct draw *d)
{
	__u64 slot = sh->history[a->nr].at++;
	struct step *s = &sh->history[a->nr].log[slot % HISTORY];
	size_t len;

	s->nr = nr;
	s->op = op;
	s->actor = a->nr;
	s->ret = RUNNING;
	s->p = draw_range(d, &len);
	s->pages = len / PG;
	s->a = d->a;
	s->b = d->b;
	*at = s;
}

/* Only actors of the main process can check, as they hold the devices. */
static void check_if_due(struct actor *a, __u64 nr)
{
	__u64 last = sh->checked_at;

	if (a->nr >= MAIN || nr < last + opt.check)
		return;
	if (atomic_compare_exchange_strong(&sh->checked_at, &last, nr))
		devices_check(nr);
}

static __u64 now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/*
 * Actors that need no lock of the main process are faster than its threads, so they get
 * one step of four.
 */
static void be_fair(const struct actor *a)
{
	const struct timespec t = { .tv_nsec = 500000 };

	if (opt.serial || a->nr < MAIN)
		return;
	while (sh->others_steps * 4 > sh->steps && !sh->stop && sh->steps < opt.steps)
		nanosleep(&t, NULL);
	sh->others_steps++;
}

static bool step(struct actor *a)
{
	unsigned int nr = 0;
	const struct op *op;
	struct step *s;
	struct draw d;
	__u64 at, begun;

	be_fair(a);
	at = sh->steps++;
	if (at >= opt.steps || sh->stop) {
		sh->steps--;
		return false;
	}
	draw(&a->rng, &d);
	op = op_pick(d.op, a->nr < MAIN ? BY_MAIN : BY_OTHERS, &nr);
	if (opt.kinds & 1ULL << nr) {
		record(a, &s, at, nr, &d);
		begun = now_ns();
		s->ret = op->run(a, &d);
		sh->ns[nr] += now_ns() - begun;
		sh->tried[nr]++;
		sh->done[nr] += !s->ret;
	}
	check_if_due(a, at + 1);
	return true;
}

static void await_turn(const struct actor *a)
{
	while (sem_wait(&sh->turn[a->nr]))
		;
}

static void pass_turn(void)
{
	unsigned int i;

	if (sh->stop || sh->steps >= opt.steps) {
		for (i = 0; i < ACTORS; i++)
			sem_post(&sh->turn[i]);
		return;
	}
	sem_post(&sh->turn[rng_next(&sh->turns) % ACTORS]);
}

static void act(unsigned int nr)
{
	struct actor a = { .nr = nr };
	bool more = true;

	rng_seed(&a.rng, opt.seed, nr + 1);
	while (more) {
		if (opt.serial)
			await_turn(&a);
		more = step(&a);
		if (opt.serial)
			pass_turn();
	}
	stayers_kill(&a);
	sh->left--;
}

static void *thread(void *arg)
{
	act((uintptr_t)arg);
	return NULL;
}

/* ---- the main process ---- */

static pid_t helper(void (*what)(void), unsigned int actor)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	in_main = false;
	if (what)
		what();
	else
		act(actor);
	_exit(0);
}

static void join_cgroup(void)
{
	char path[128];

	if (!opt.cgroup)
		return;
	snprintf(path, sizeof(path), "%s/cgroup.procs", opt.cgroup);
	put(path, "0");
}

static void main_process(void)
{
	pid_t others[ACTORS], pressure = 0;
	pthread_t threads[MAIN];
	unsigned int i;

	setpgid(0, 0);
	main_pid = getpid();
	in_main = true;
	if (!opt.quiet_machine)
		pressure = helper(background, 0);
	join_cgroup();
	touch_init();
	share_setup();
	map_setup();
	/* Before the devices are opened, so that no other process has their files. */
	for (i = MAIN; i < ACTORS; i++)
		others[i] = helper(NULL, i);
	uffd_setup();
	if (!devices_open() && !opt.no_devices && !sh->error[0])
		snprintf(sh->error, sizeof(sh->error), "no device");
	if (sh->error[0])
		_exit(1);
	sem_post(&sh->turn[0]);
	for (i = 0; i < MAIN; i++)
		pthread_create(&threads[i], NULL, thread, (void *)(uintptr_t)i);
	for (i = 0; i < MAIN; i++)
		pthread_join(threads[i], NULL);
	for (i = MAIN; i < ACTORS; i++)
		waitpid(others[i], NULL, 0);
	if (pressure) {
		kill(pressure, SIGKILL);
		waitpid(pressure, NULL, 0);
	}
	if (!sh->stop)
		devices_check(opt.steps);
	devices_close();
	map_teardown();
	_exit(0);
}

/* ---- the parent ---- */

static void prepare(void)
{
	unsigned int i;

	memset(sh, 0, sizeof(*sh));
	sh->left = ACTORS;
	rng_seed(&sh->turns, opt.seed, 0);
	for (i = 0; i < ACTORS; i++)
		sem_init(&sh->turn[i], 1, 0);
}

/* Return: the wait status; -1 if no step was done for STUCK_S seconds. */
static int supervise(pid_t pid)
{
	const struct timespec tick = { .tv_nsec = 20000000 };
	time_t moved = time(NULL);
	__u64 last = 0;
	int status;

	while (waitpid(pid, &status, WNOHANG) != pid) {
		if (sh->steps != last) {
			last = sh->steps;
			moved = time(NULL);
		}
		if (time(NULL) > moved + STUCK_S)
			return -1;
		nanosleep(&tick, NULL);
	}
	return status;
}

/* If processes do not even die, the next run would not have a clean machine. */
static void end_stuck(pid_t pid)
{
	unsigned int i;

	report_stacks(stdout, pid);
	kill(-pid, SIGKILL);
	for (i = 0; i < 100 && waitpid(pid, NULL, WNOHANG) != pid; i++)
		usleep(100000);
	if (i < 100)
		return;
	printf("# the processes do not die\n");
	report_stacks(stdout, pid);
	report_history(stdout);
	fflush(stdout);
	exit(2);
}

int run_once(const struct options *o)
{
	int status;
	pid_t pid;

	opt = *o;
	prepare();
	fflush(NULL);
	pid = fork();
	if (!pid)
		main_process();
	status = supervise(pid);
	if (status < 0)
		end_stuck(pid);
	kill(-pid, SIGKILL);
	if (sh->failed)
		return RUN_STALE;
	if (!status)
		return RUN_GOOD;
	if (!sh->error[0] && status < 0)
		snprintf(sh->error, sizeof(sh->error), "no step for %d s", STUCK_S);
	else if (!sh->error[0])
		snprintf(sh->error, sizeof(sh->error), "the main process ended with status %#x",
			 status);
	return RUN_BROKEN;
}
