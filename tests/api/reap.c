// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * reap: guarantees for memory that the OOM reaper or process_mrelease() takes from a
 * process that was killed and cannot die. Their invalidations are not blockable, so a
 * callback may refuse them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drv.h"

#ifndef SYS_process_mrelease
#define SYS_process_mrelease	448
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open		434
#endif

#define PAGES	16

/* Indices of the victim's objects in shared->ids. */
enum { TWO_PASS, REFUSER, HOLDER, WHOLE, GONE_ONLY, OBJECTS };

static void *zap_one(void *page)
{
	madvise(page, PAGE, MADV_DONTNEED);
	return NULL;
}

/* A thread in a callback keeps the mm alive after the process is killed. */
static void wait_to_be_killed(char *p)
{
	char *held = pages(1, RW);
	pthread_t thread;

	shared->ids[TWO_PASS] = add(CONTRACT_RANGE, p, 8 * PAGE,
				    CONTRACT_TWO_PASS | CONTRACT_END);
	shared->ids[HOLDER] = add(CONTRACT_RANGE, held, PAGE, CONTRACT_HOLD_START);
	shared->ids[WHOLE] = add(CONTRACT_MM, NULL, 0, CONTRACT_END);
	shared->ids[GONE_ONLY] = add_for(MMNOTIFY_FX_VMA_GONE, CONTRACT_RANGE, p,
					 8 * PAGE, CONTRACT_END);
	shared->page = p;
	write_file("/proc/self/oom_score_adj", "1000");
	if (pthread_create(&thread, NULL, zap_one, held))
		bail("pthread_create");
	wait_held(shared->ids[HOLDER]);
	shared->ready = true;
	pause();
}

static void refuse_once(void)
{
	char *p = pages(PAGES, RW);

	shared->ids[REFUSER] = add(CONTRACT_RANGE, p + PAGE, 8 * PAGE,
				   CONTRACT_REFUSE | CONTRACT_END);
	wait_to_be_killed(p);
}

/* Refuses each range that the reaper tries. */
static void refuse_each(void)
{
	shared->ids[REFUSER] = add(CONTRACT_RANGE, NULL, -PAGE,
				   CONTRACT_REFUSE_EACH | CONTRACT_END);
	wait_to_be_killed(pages(PAGES, RW));
}

/* ---- verdicts of the victim's objects ---- */

/* Return: true for a callback that may not block, for the victim's pages. */
static bool is_reap(const struct contract_record *r, int object, unsigned int phase)
{
	unsigned long p = (unsigned long)shared->page;

	return r->id == (unsigned int)shared->ids[object] && r->phase == phase &&
	       r->start <= p && r->end > p && !(r->flags & MMNOTIFY_F_BLOCKABLE);
}

static unsigned int reaps(int object, unsigned int phase)
{
	unsigned int i, n = 0;

	for (i = 0; i < nr_recs; i++)
		n += is_reap(&recs[i], object, phase);
	return n;
}

static void check_told(unsigned int cause)
{
	const struct contract_record *r = NULL;
	unsigned long p = (unsigned long)shared->page;
	unsigned int i;

	for (i = 0; i < nr_recs && !r; i++)
		if (is_reap(&recs[i], REFUSER, CONTRACT_AT_START))
			r = &recs[i];
	ok(r, "req 8, 22: reaping: the callback is not blockable");
	ok(r && r->event == MMNOTIFY_CLEAR && (r->effects & MMNOTIFY_FX_PFN) &&
	   !(r->effects & MMNOTIFY_FX_VMA_GONE),
	   "req 14: reaping: the pages are gone, the mapping stays");
	ok(r && r->cause == cause && (r->flags & MMNOTIFY_F_EXACT) &&
	   (r->flags & MMNOTIFY_F_REMOTE),
	   "req 15, 24: reaping: the cause is right and has the flag REMOTE");
	ok(r && r->start == p && r->end == p + PAGES * PAGE,
	   "req 25: reaping: one event per mapping");
	ok(!reaps(GONE_ONLY, CONTRACT_AT_START),
	   "req 18: reaping: a filter for unmapping drops the event");
	ok(count(shared->ids[TWO_PASS], CONTRACT_AT_FINISH) ==
	   count(shared->ids[TWO_PASS], CONTRACT_AT_START),
	   "req 17: reaping: a range that got a refused start gets its finish()");
}

static void check_refused(void)
{
	ok(!reaps(WHOLE, CONTRACT_AT_START) && !reaps(WHOLE, CONTRACT_AT_END),
	   "req 9, 10: refused reaping: a whole mm gets neither start nor end");
}

static void check_reaped(void)
{
	ok(reaps(WHOLE, CONTRACT_AT_START) == 1 && reaps(WHOLE, CONTRACT_AT_END) == 1,
	   "req 9, 10: reaping: a whole mm gets one start and one end");
	ok(!reaps(TWO_PASS, CONTRACT_AT_END) && !reaps(REFUSER, CONTRACT_AT_END),
	   "req 8, 11: reaping: a range gets no end of a non-blockable event");
}

/* ---- after the reaping ---- */

static long records_live(void)
{
	FILE *f = fopen("/sys/kernel/debug/mmnotify/hook", "re");
	char line[128];
	long n = -1;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "records_live %ld", &n) == 1)
			break;
	if (f)
		fclose(f);
	return n;
}

/* Return: number of ends that came with the release, which are not exact. */
static unsigned int late_ends(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < nr_recs; i++)
		n += recs[i].phase == CONTRACT_AT_END &&
		     !(recs[i].flags & MMNOTIFY_F_EXACT);
	return n;
}

/* Lets the victim die; @records of refused starts may be left afterwards. */
static void bury(pid_t pid, long records)
{
	static const int told[] = { TWO_PASS, REFUSER, WHOLE, GONE_ONLY };
	const struct contract_record *r;
	unsigned int i, once = 0, whole = shared->ids[WHOLE];
	struct contract_counts c;
	long left;

	fetch();
	call(CONTRACT_IOC_OPEN, shared->ids[REFUSER]);
	call(CONTRACT_IOC_OPEN, shared->ids[HOLDER]);
	waitpid(pid, NULL, 0);
	fetch();
	for (i = 0; i < NR(told); i++)
		once += releases(shared->ids[told[i]]) == 1;
	ok(once == NR(told), "req 7: each object is released once when the victim dies");
	ok(!late_ends() && !counts(shared->ids[TWO_PASS]).ends,
	   "req 8, 11: no range gets the end of a non-blockable event later");
	r = find(shared->ids[GONE_ONLY], CONTRACT_AT_START, MMNOTIFY_CAUSE_EXIT);
	ok(r && (r->effects & MMNOTIFY_FX_VMA_GONE),
	   "req 7, 18: a filter for unmapping passes the UNMAP at exit");
	c = counts(whole);
	ok(c.starts == c.ends, "req 10: a whole mm has as many ends as starts");
	left = records_live();
	printf("# %ld records are left\n", left);
	ok(left >= 0 && left <= records, records ?
	   "req 1, 8: at most one record is left of all refused starts" :
	   "req 1, 8: no record is left of a refused start");
	del_all(OBJECTS);
	fetch();
	ok(count(whole, CONTRACT_AT_FREE) == 1, "req 6, 26: the victim's objects are freed");
}

/* ---- process_mrelease() ---- */

static void test_mrelease(void)
{
	pid_t pid = child(refuse_once);
	bool here = syscall(SYS_process_mrelease, -1, 0) != -1 || errno == EBADF;
	int fd = syscall(SYS_pidfd_open, pid, 0), ret;

	kill(pid, SIGKILL);
	fetch();
	ret = syscall(SYS_process_mrelease, fd, 0) ? -errno : 0;
	if (!here) {
		skip("req 8: process_mrelease() fails if a callback refuses",
		     "no process_mrelease() on this kernel");
	} else {
		ok(ret == -EAGAIN, "req 8: process_mrelease() fails if a callback refuses");
		fetch();
		check_told(MMNOTIFY_CAUSE_PROCESS_MRELEASE);
		check_refused();
		ret = syscall(SYS_process_mrelease, fd, 0) ? -errno : 0;
		ok(!ret, "req 8, 9: process_mrelease() succeeds if no callback refuses");
		fetch();
		check_reaped();
	}
	close(fd);
	bury(pid, 0);
}

/* ---- the OOM reaper ---- */

/* Waits until the OOM reaper logs @what about @pid. */
static bool wait_said(int kmsg, const char *what, pid_t pid)
{
	char text[1024], said[64];
	unsigned int i;
	ssize_t got;

	snprintf(said, sizeof(said), "oom_reaper: %s%d ", what, pid);
	for (i = 0; i < 20000; i++) {
		/* Each read() returns one message. */
		while ((got = read(kmsg, text, sizeof(text) - 1)) > 0) {
			text[got] = 0;
			if (strstr(text, said))
				return true;
		}
		usleep(1000);
	}
	return false;
}

/* Return: true if the OOM reaper logged @what about @pid. */
bool oom_kill(pid_t pid, const char *what)
{
	int kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool said;

	if (kmsg < 0 || lseek(kmsg, 0, SEEK_END) < 0)
		bail("/dev/kmsg");
	write_file("/proc/sysrq-trigger", "f");
	said = wait_said(kmsg, what, pid);
	close(kmsg);
	return said;
}

static void test_gives_up(void)
{
	pid_t pid = child(refuse_each);
	bool said;

	fetch();
	said = oom_kill(pid, "unable to reap pid:");
	fetch();
	ok(said, "req 8: the OOM reaper gives up if callbacks refuse each try");
	ok(reaps(REFUSER, CONTRACT_AT_START) > 1, "req 8: the OOM reaper tries more than once");
	printf("# %u tries\n", reaps(REFUSER, CONTRACT_AT_START));
	ok(!reaps(REFUSER, CONTRACT_AT_END),
	   "req 8, 11: refused tries of the OOM reaper have no end");
	check_refused();
	bury(pid, 1);
}

/* Last test: the next range that the reaper tries finds the record that was left. */
static void test_comes_again(void)
{
	pid_t pid = child(refuse_once);
	bool said;

	fetch();
	said = oom_kill(pid, "reaped process ");
	fetch();
	ok(said, "req 8, 9: the OOM reaper succeeds after one refusal");
	ok(reaps(REFUSER, CONTRACT_AT_START) == 2,
	   "req 8: a callback that refused is called once more");
	check_told(MMNOTIFY_CAUSE_OOM_REAPER);
	check_reaped();
	bury(pid, 0);
}

void test_reap(void)
{
	test_mrelease();
	if (access("/proc/sysrq-trigger", W_OK)) {
		skip("req 8: the OOM reaper after a refusal", "no sysrq on this kernel");
		return;
	}
	test_gives_up();
	test_comes_again();
}
