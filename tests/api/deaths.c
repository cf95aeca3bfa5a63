// SPDX-License-Identifier: GPL-2.0-only
/*
 * deaths: contracts about processes that are killed, by a signal or for their
 * memory, at each point of a registration's life: before it, in the middle of it,
 * in end(), in release and in a removal. reap.c has them in a start.
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

/* Where in shared->ids they are. */
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

/* ---- in the middle of a registration ---- */

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

/* Return: the object's id, once it waits. */
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
	bail("nobody waits to be killed");
	return -1;
}

/* A registration that takes all locks of the mm sees the signal, others succeed. */
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
	   primed ? "req 5, 7: it hears of its release, once" :
		    "req 5, 6: and nothing is left of it");
	if (!primed) {
		ok(call(CONTRACT_IOC_DEL, id) == -ENOENT, "req 5: it is not there");
		return;
	}
	ok(call(CONTRACT_IOC_AGAIN, shared->ids[RANGE]) == -ESRCH &&
	   call(CONTRACT_IOC_AGAIN, shared->ids[WHOLE]) == -ESRCH,
	   "req 5: for a dead process there is no registration");
	ok(move(id, (void *)PAGE, PAGE) == -ESRCH, "req 2: nor a move");
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
	/* There is one whole mm for each ops, and each object has its own. */
	shared->ids[HOLDER] = add(CONTRACT_MM, NULL, 0, CONTRACT_HOLD_RELEASE);
	shared->ready = true;
	pause();
}

/*
 * Their threads are made before the holder is there: whoever copies a page then is
 * held, too, the main thread also.
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
	bool mm;	/* the holder is a whole mm */
	bool removed;	/* the two other objects, by the child */
} deaths[] = {
	{ "in end()", in_end, false, false },
	{ "in the release of a range", in_range_release, false, false },
	{ "in the release of a whole mm", in_mm_release, true, false },
	{ "in a removal and an unregistration", in_removal, true, true },
};

static void say(bool good, const struct death *d, bool oom, const char *what)
{
	char name[160];

	snprintf(name, sizeof(name), "%s, killed %s %s", what,
		 oom ? "for its memory" : "by a signal", d->name);
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

/* Return: is the holder's removal, which waits for its callbacks, still there? */
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
	/* A put does not wait. */
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
		say(oom_kill(pid, "reaped process "), d, oom, "req 8: reaped");
	else
		kill(pid, SIGKILL);
	say(wait_held(late.id), d, oom, "req 7: a callback is on its way");
	if (d->removed)
		say(counts(range).starts && call(CONTRACT_IOC_UNREGISTER, whole) == -ENOENT,
		    d, oom, "req 2, 6: the removals wait for it");
	fetch();
	early = releases(range);
	early_whole = releases(whole);
	say(still_waits(pid, &late, d), d, oom,
	    "req 7, 11: who dies waits for it, and so does a removal");
	call(CONTRACT_IOC_SYNC, 0);
	fetch();
	say(early + releases(range) == !d->removed &&
	    early_whole + releases(whole) == 1, d, oom, "req 7: released once");
	if (d->removed)
		say(call(CONTRACT_IOC_DEL, range) == -ENOENT &&
		    count(whole, CONTRACT_AT_FREE) == 1, d, oom,
		    "req 5, 6: removed and freed once");
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
	test_adding(CONTRACT_MM, 0, false, "req 5, 6: killed while a whole mm is got");
	test_adding(CONTRACT_RANGE, CONTRACT_END, true,
		    "req 5: killed while another range is inserted");
	for (i = 0; i < NR(deaths); i++)
		test_death(&deaths[i], false);
	if (access("/proc/sysrq-trigger", W_OK)) {
		skip("req 7: killed for its memory", "no sysrq on this kernel");
		return;
	}
	for (i = 0; i < NR(deaths); i++)
		test_death(&deaths[i], true);
}
