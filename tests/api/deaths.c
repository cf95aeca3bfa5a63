// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * deaths: guarantees for processes that a signal or the OOM killer kills. They are killed at
 * each point in the life of a registration: before it, during it, in end(), in
 * release() and in a removal; in a start they are in reap.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drv.h"

/* Indices into shared->ids. */
enum { RANGE, WHOLE, HOLDER, OBJECTS };

static void make_objects(char *p)
{
	shared->ids[RANGE] = add(CONTRACT_RANGE, p, PAGE, CONTRACT_END);
	shared->ids[WHOLE] = add(CONTRACT_MM, NULL, 0, CONTRACT_END);
	write_file("/proc/self/oom_score_adj", "1000");
}

static void start(void *(*f)(void *), void *arg)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, f, arg))
		bail("pthread_create");
}

static void *zap(void *page)
{
	madvise(page, PAGE, MADV_DONTNEED);
	return NULL;
}

/* ---- during a registration ---- */

static unsigned int to_add_kind, to_add_flags;
static bool to_add_primed;

static void add_when_killed(void)
{
	char *p = pages(1, RW);

	if (to_add_primed)
		make_objects(p);
	shared->ready = true;
	add(to_add_kind, p, PAGE, to_add_flags | CONTRACT_KILLED);
	pause();
}

/* Return: id of the object once its registration waits for the signal. */
static int wait_adding(void)
{
	unsigned int i, n;

	for (n = 0; n < 5000; n++) {
		fetch();
		for (i = 0; i < nr_recs; i++)
			if (recs[i].phase == CONTRACT_AT_RESULT)
				return recs[i].id;
		usleep(1000);
	}
	bail("no registration waits for the signal");
	return -1;
}

/* Inserting the first notifier of an mm fails with -EINTR; later ones succeed. */
static void test_adding(unsigned int kind, unsigned int flags, bool primed,
			const char *name)
{
	const struct contract_record *r;
	int want = primed ? 0 : -EINTR, id;
	pid_t pid;

	to_add_kind = kind;
	to_add_flags = flags;
	to_add_primed = primed;
	pid = child(add_when_killed);
	id = wait_adding();
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	call(CONTRACT_IOC_SYNC, 0);
	fetch();
	r = nth(id, CONTRACT_AT_RESULT, 0);
	ok(r->result == want, name);
	ok(releases(id) == (unsigned int)primed &&
	   count(id, CONTRACT_AT_FREE) == (kind == CONTRACT_MM),
	   primed ? "req 5, 7: a range inserted while the process is killed is released once" :
		    "req 5, 6: nothing is left of a registration that was killed");
	if (!primed) {
		ok(call(CONTRACT_IOC_DEL, id) == -ENOENT,
		   "req 5: a range that was not inserted cannot be removed");
		return;
	}
	ok(call(CONTRACT_IOC_AGAIN, shared->ids[RANGE]) == -ESRCH &&
	   call(CONTRACT_IOC_AGAIN, shared->ids[WHOLE]) == -ESRCH,
	   "req 5: registering for a dead process fails");
	ok(move(id, (void *)PAGE, PAGE) == -ESRCH, "req 2: moving a range of a dead process fails");
	call(CONTRACT_IOC_DEL, id);
	del_all(HOLDER);
}

/* ---- in a callback, or while one runs ---- */

static void in_end(void)
{
	char *p = pages(1, RW);

	make_objects(p);
	shared->ids[HOLDER] = add(CONTRACT_RANGE, p, PAGE,
				  CONTRACT_END | CONTRACT_HOLD_END);
	start(zap, p);
	wait_held(shared->ids[HOLDER]);
	shared->ready = true;
	pause();
}

static void in_range_release(void)
{
	char *p = pages(1, RW);

	make_objects(p);
	shared->ids[HOLDER] = add(CONTRACT_RANGE, p, PAGE,
				  CONTRACT_RELEASE | CONTRACT_HOLD_RELEASE);
	shared->ready = true;
	pause();
}

static void in_mm_release(void)
{
	make_objects(pages(1, RW));
	/* Each client has one object per mm, so the holder is an object of its own. */
	shared->ids[HOLDER] = add(CONTRACT_MM, NULL, 0, CONTRACT_HOLD_RELEASE);
	shared->ready = true;
	pause();
}

/*
 * All threads are created before the holder, which holds every event of the mm: a thread
 * that breaks copy-on-write later would be held, too, even the main thread.
 */
static void *remove_it(void *unused)
{
	wait_for(&shared->go);
	wait_held(shared->ids[HOLDER]);
	call(CONTRACT_IOC_DEL, shared->ids[RANGE]);
	return unused;
}

static void *unregister_it(void *unused)
{
	wait_for(&shared->go);
	wait_held(shared->ids[HOLDER]);
	call(CONTRACT_IOC_UNREGISTER, shared->ids[WHOLE]);
	return unused;
}

static void *say_ready(void *unused)
{
	wait_for(&shared->go);
	wait_held(shared->ids[HOLDER]);
	usleep(200 * 1000);
	shared->ready = true;
	return unused;
}

static void *zap_later(void *page)
{
	wait_for(&shared->go);
	return zap(page);
}

static void in_removal(void)
{
	char *p = pages(1, RW);

	make_objects(p);
	start(remove_it, NULL);
	start(unregister_it, NULL);
	start(say_ready, NULL);
	start(zap_later, p);
	usleep(100 * 1000);
	shared->ids[HOLDER] = add(CONTRACT_MM, NULL, 0, CONTRACT_HOLD_START);
	shared->go = true;
	pause();
}

static const struct death {
	const char *name;
	void (*child)(void);
	bool mm;	/* true if the holder is a whole mm */
	bool removed;	/* true if the child removes the two other objects */
} deaths[] = {
	{ "in end()", in_end, false, false },
	{ "in release() of a range", in_range_release, false, false },
	{ "in release() of a whole mm", in_mm_release, true, false },
	{ "in a removal and an unregistration", in_removal, true, true },
};

static void say(bool good, const struct death *d, bool oom, const char *what)
{
	char name[160];

	snprintf(name, sizeof(name), "%s, killed %s %s", what,
		 oom ? "by the OOM killer" : "by a signal", d->name);
	ok(good, name);
}

struct removal {
	int id;
	volatile bool done;
};

static void *remove_later(void *arg)
{
	struct removal *r = arg;

	call(CONTRACT_IOC_DEL, r->id);
	r->done = true;
	return NULL;
}

/* Return: true if the removal of the holder still waits for its callback. */
static bool still_waits(pid_t pid, struct removal *late, const struct death *d)
{
	pthread_t thread;
	bool waits;

	if (!d->mm && pthread_create(&thread, NULL, remove_later, late))
		bail("pthread_create");
	usleep(100 * 1000);
	waits = !waitpid(pid, NULL, WNOHANG) && !late->done;
	call(CONTRACT_IOC_OPEN, late->id);
	waitpid(pid, NULL, 0);
	/* A put of a whole mm does not wait. */
	if (d->mm)
		call(CONTRACT_IOC_DEL, late->id);
	else
		pthread_join(thread, NULL);
	return waits;
}

static void test_death(const struct death *d, bool oom)
{
	pid_t pid = child(d->child);
	int whole = shared->ids[WHOLE], range = shared->ids[RANGE];
	struct removal late = { .id = shared->ids[HOLDER] };
	unsigned int early, early_whole;

	if (oom)
		say(oom_kill(pid, "reaped process "), d, oom, "req 8: the OOM reaper succeeds");
	else
		kill(pid, SIGKILL);
	say(wait_held(late.id), d, oom, "req 7: a callback runs");
	if (d->removed)
		say(counts(range).starts && call(CONTRACT_IOC_UNREGISTER, whole) == -ENOENT,
		    d, oom, "req 2, 6: removals wait for the callback");
	fetch();
	early = releases(range);
	early_whole = releases(whole);
	say(still_waits(pid, &late, d), d, oom,
	    "req 7, 11: exit and removal wait for the callback");
	call(CONTRACT_IOC_SYNC, 0);
	fetch();
	say(early + releases(range) == !d->removed &&
	    early_whole + releases(whole) == 1, d, oom, "req 7: each object is released once");
	if (d->removed)
		say(call(CONTRACT_IOC_DEL, range) == -ENOENT &&
		    count(whole, CONTRACT_AT_FREE) == 1, d, oom,
		    "req 5, 6: the objects are removed and freed once");
	else
		del_all(HOLDER);
	call(CONTRACT_IOC_SYNC, 0);
}

void test_deaths(void)
{
	unsigned int i;

	test_adding(CONTRACT_RANGE, 0, false,
		    "req 5: killed while a range is inserted");
	test_adding(CONTRACT_RANGE, CONTRACT_END, false,
		    "req 5, 11: killed while a range with end() is inserted");
	test_adding(CONTRACT_MM, 0, false, "req 5, 6: killed while a whole mm is registered");
	test_adding(CONTRACT_RANGE, CONTRACT_END, true,
		    "req 5: killed while a second range is inserted");
	for (i = 0; i < NR(deaths); i++)
		test_death(&deaths[i], false);
	if (access("/proc/sysrq-trigger", W_OK)) {
		skip("req 7: killed by the OOM killer", "no sysrq on this kernel");
		return;
	}
	for (i = 0; i < NR(deaths); i++)
		test_death(&deaths[i], true);
}
