// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * lives: guarantees for processes that exit, and for writes of another process.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drv.h"

/* ---- release ---- */

#define BIG	4096

static void die_with_objects(void)
{
	char *p = pages(BIG, RW);

	shared->ids[0] = add(CONTRACT_RANGE, p, PAGE, CONTRACT_END);
	shared->ids[1] = add(CONTRACT_RANGE, p, PAGE, CONTRACT_RELEASE);
	shared->ids[2] = add(CONTRACT_RANGE, p, PAGE, CONTRACT_TWO_PASS);
	shared->ids[3] = add(CONTRACT_MM, NULL, 0, CONTRACT_END);
	shared->ids[4] = add(CONTRACT_MM, NULL, 0, CONTRACT_END | CONTRACT_PUT);
	shared->ids[5] = add_for(MMNOTIFY_FX_NO_WRITE, CONTRACT_RANGE, p, PAGE,
				 CONTRACT_RELEASE);
	shared->page = p;
	shared->ready = true;
}

static const struct contract_record *unmap_of(int id)
{
	unsigned int n = 0;

	while (nth(id, CONTRACT_AT_START, n)->event == MMNOTIFY_RELEASE)
		n++;
	return nth(id, CONTRACT_AT_START, n);
}

/* Return: index of the first record of the unmapping at exit. */
static unsigned int first_unmap(void)
{
	unsigned int i;

	for (i = 0; i < nr_recs; i++)
		if (recs[i].phase == CONTRACT_AT_START &&
		    recs[i].event == MMNOTIFY_UNMAP &&
		    recs[i].cause == MMNOTIFY_CAUSE_EXIT)
			break;
	return i;
}

/*
 * Other tasks (reclaim) may still call start() or end() of a whole mm until the kernel has
 * removed the notifier. Their events that run at the release get their end() from it.
 */
static bool is_of_exit(const struct contract_record *r, unsigned int tid)
{
	return r->tid == tid && !(r->flags & MMNOTIFY_F_WIDENED);
}

static void check_order(void)
{
	unsigned int i, unmap_at = first_unmap(), late = 0, few = 0, after = 0;
	unsigned int gone[CONTRACT_OBJECTS] = { };

	for (i = 0; i < nr_recs; i++) {
		if (is_release(&recs[i])) {
			late += i > unmap_at;
			few += recs[i].pages < BIG / 2;
			gone[recs[i].id] = recs[i].tid;
		} else if (is_of_exit(&recs[i], gone[recs[i].id]) &&
			   (recs[i].phase == CONTRACT_AT_END ||
			    recs[i].id == (unsigned int)shared->ids[3])) {
			after += recs[i].phase != CONTRACT_AT_FREE;
		}
	}
	ok(!late, "req 7: all objects are released before the unmapping");
	ok(!few, "req 7: all objects are released before any page is freed");
	ok(!after,
	   "req 7, 11: after the release the exit has no event for a whole mm, and no end for a range");
}

static void test_release(void)
{
	static const char * const names[] = {
		"req 7: release once: a range, as an event",
		"req 7: release once: a range with release()",
		"req 7, 17: release once: a range of two passes",
		"req 7: release once: a whole mm",
		"req 6, 7: release once: a whole mm that is put in release()",
		"req 7, 18: release once: a range with a filter",
	};
	pid_t pid = child(die_with_objects);
	const struct contract_record *r;
	unsigned int i;

	waitpid(pid, NULL, 0);
	call(CONTRACT_IOC_SYNC, 0);
	fetch();
	for (i = 0; i < NR(names); i++)
		ok(releases(shared->ids[i]) == 1, names[i]);
	for (i = 0; i < 3; i++) {
		r = unmap_of(shared->ids[i]);
		ok(r->cause == MMNOTIFY_CAUSE_EXIT &&
		   (r->effects & MMNOTIFY_FX_VMA_GONE),
		   "req 7, 15: after the release an UNMAP of all with the cause exit");
		ok(r->first == (unsigned long)shared->page &&
		   r->last == r->first + PAGE, "req 25: the UNMAP at exit is clamped to the range");
	}
	ok(count(shared->ids[2], CONTRACT_AT_FINISH) == 2,
	   "req 7, 17: release and UNMAP have their second pass");
	check_order();
	ok(count(shared->ids[4], CONTRACT_AT_FREE) == 1,
	   "req 6: an object that is put in release() is freed");
		/* The object that put itself has left a free slot: it is not removed again. */
	shared->ids[4] = shared->ids[5];
	del_all(5);
	fetch();
	ok(count(shared->ids[3], CONTRACT_AT_FREE) == 1 &&
	   !count(shared->ids[3], CONTRACT_AT_RELEASE),
	   "req 6, 7: a put after the release only frees");
}

/* ---- accesses of another process ---- */

static void map_zero(void)
{
	char *p = pages(1, PROT_READ);

	mprotect(p, PAGE, RW);
	if (*(volatile char *)p)
		bail("map the zero page");
	shared->page = p;
	shared->ids[0] = add(CONTRACT_RANGE, p, PAGE, 0);
	shared->ready = true;
	wait_for(&shared->go);
}

static void test_remote(void)
{
	pid_t pid = child(map_zero);
	char byte = 1;
	struct iovec from = { &byte, 1 }, to = { shared->page, 1 };
	const struct contract_record *r;

	fetch();
	if (process_vm_writev(pid, &from, 1, &to, 1, 0) != 1)
		bail("process_vm_writev");
	fetch();
	r = nth(shared->ids[0], CONTRACT_AT_START, 0);
	ok((r->flags & MMNOTIFY_F_REMOTE) && r->tid == (unsigned int)getpid(),
	   "req 24: a write of another process has the flag REMOTE");
	shared->go = true;
	waitpid(pid, NULL, 0);
	del_all(1);
	fetch();
}

/* ---- the mm is released while events of its files run ---- */

static int files[2];

static void map_files(void)
{
	char *p = mmap(NULL, 3 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (mmap(p + (i + 1) * PAGE, PAGE, RW, MAP_SHARED | MAP_FIXED,
			 files[i], 0) == MAP_FAILED)
			bail("mmap of a file");
		p[(i + 1) * PAGE] = 1;
	}
	shared->ids[0] = add(CONTRACT_RANGE, p, 3 * PAGE,
			     CONTRACT_END | CONTRACT_HOLD_END);
	shared->ids[1] = add(CONTRACT_RANGE, p + 2 * PAGE, PAGE, CONTRACT_HOLD_START);
	shared->ids[2] = add(CONTRACT_RANGE, p + PAGE, PAGE, CONTRACT_HOLD_START);
	shared->ids[3] = add(CONTRACT_RANGE, p, 3 * PAGE, CONTRACT_END);
	shared->page = p;
	shared->ready = true;
	wait_for(&shared->go);
}

/* Forks a process that maps two files; from now on ends get no memory. */
static pid_t begin_files(void)
{
	unsigned int i;
	pid_t pid;

	for (i = 0; i < 2; i++) {
		files[i] = memfd_create("contract", MFD_CLOEXEC);
		if (files[i] < 0 || ftruncate(files[i], PAGE))
			bail("memfd_create");
	}
	pid = child(map_files);
	set_parameter("starve_ends", "1");
	return pid;
}

/* Removes the objects, unless ends are missing: the removal would then wait for ever. */
static void end_files(bool told)
{
	set_parameter("starve_ends", "0");
	fetch();
	if (told)
		del_all(4);
	close(files[0]);
	close(files[1]);
}

static void *truncate_it(void *fd)
{
	if (ftruncate(*(int *)fd, 0))
		bail("ftruncate");
	return NULL;
}

/*
 * The mm is released while one truncate is held between start and end. If @busy the other
 * truncate is inside end(). The end of the held one can only come with the release.
 */
static void test_exit_with_pending(bool busy, const char *name)
{
	unsigned int i, before = busy ? 2 : 1;
	pid_t pid = begin_files();
	pthread_t threads[2];
	bool told;

	call(CONTRACT_IOC_OPEN, shared->ids[2]);
	if (busy) {
		pthread_create(&threads[0], NULL, truncate_it, &files[0]);
		wait_held(shared->ids[0]);
	} else {
		call(CONTRACT_IOC_OPEN, shared->ids[0]);
	}
	pthread_create(&threads[1], NULL, truncate_it, &files[1]);
	wait_held(shared->ids[1]);
	fetch();
	shared->go = true;
	/* The release is one more start. */
	wait_starts(shared->ids[0], before + 1);
	usleep(200 * 1000);
	if (busy)
		call(CONTRACT_IOC_OPEN, shared->ids[0]);
	told = wait_ends(shared->ids[0], before);
	ok(told, name);
	call(CONTRACT_IOC_OPEN, shared->ids[1]);
	for (i = !busy; i < 2; i++)
		pthread_join(threads[i], NULL);
	waitpid(pid, NULL, 0);
	ok(counts(shared->ids[0]).ends == before,
	   "req 11: the end that came with the release comes once");
	end_files(told);
}

/*
 * The first truncate has ended. The second had no memory for its note, so its end is late;
 * it is still held between start and end when the mm is released.
 */
static void test_exit_with_late(void)
{
	pid_t pid = begin_files();
	pthread_t threads[2];
	unsigned int n;
	bool told;

	call(CONTRACT_IOC_OPEN, shared->ids[0]);
	pthread_create(&threads[0], NULL, truncate_it, &files[0]);
	wait_held(shared->ids[2]);
	pthread_create(&threads[1], NULL, truncate_it, &files[1]);
	wait_held(shared->ids[1]);
	call(CONTRACT_IOC_OPEN, shared->ids[2]);
	pthread_join(threads[0], NULL);
	ok(counts(shared->ids[0]).ends == 1 && counts(shared->ids[3]).ends == 1,
	   "req 11, 28: without memory the end of two ranges is late");
	fetch();
	/* The first truncate may unmap once more; that end is late, too. */
	n = counts(shared->ids[0]).starts;
	shared->go = true;
	told = wait_ends(shared->ids[0], n) && wait_ends(shared->ids[3], n);
	ok(told, "req 11, 28: both ranges get the late end with the release");
	call(CONTRACT_IOC_OPEN, shared->ids[1]);
	pthread_join(threads[1], NULL);
	waitpid(pid, NULL, 0);
	ok(counts(shared->ids[0]).ends == n && counts(shared->ids[3]).ends == n,
	   "req 11: both ranges get each end once");
	end_files(told);
}

void test_lives(void)
{
	test_release();
	test_remote();
	test_exit_with_pending(false,
			       "req 11: an end that is pending at exit comes with the release");
	test_exit_with_pending(true,
			       "req 11, 28: the same while another end runs and without memory");
	test_exit_with_late();
}
