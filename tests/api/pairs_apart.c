// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * pairs_apart: operations of two processes, or two drivers, that must not wait for each
 * other. A lock or a callback that does not return holds one of them, and the other has
 * to finish meanwhile. The failure is a deadlock; no time is measured.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pairs.h"
#include "pairs_dev.h"

/* ---- two processes, and two threads of one ---- */

static int do_get(void) { return call(PAIRS_GET, OTHER); }
static int do_get_own(void) { return call(PAIRS_GET, RANGE); }
static int put_locked(void) { return call(PAIRS_PUT_LOCKED, OTHER); }

/* B gets, puts, has objects and exits while A's mmap_lock is held and A waits for it. */
static void test_two_processes(const void *unused)
{
	int pipes[2], status;
	char byte;
	pid_t b;

	(void)unused;
	map_area();
	if (pipe(pipes))
		exit(2);
	b = fork();
	if (!b) {
		if (read(pipes[0], &byte, 1) != 1)
			_exit(2);
		if (call(PAIRS_GET, OTHER) || call(PAIRS_PUT, OTHER) ||
		    call(PAIRS_GET, OTHER) || call(PAIRS_NEW, HOLDER) ||
		    insert(HOLDER, 0, 2) || call(PAIRS_RM, HOLDER))
			_exit(1);
		_exit(0);
	}
	fault_all();
	hold_by_lock();
	begin(&first, do_get_own);
	ok(waits(&first), "process A's mmap_lock", "process A", "waits for its own lock");
	if (write(pipes[1], "x", 1) != 1)
		exit(2);
	waitpid(b, &status, 0);
	ok(WIFEXITED(status) && !WEXITSTATUS(status), "process A's mmap_lock", "process B",
	   "gets, puts, inserts, removes and exits meanwhile");
	call(PAIRS_PUT, OTHER);
	call(PAIRS_SYNC, OTHER);
	ok(state(OTHER).mms >= 2, "process A's mmap_lock", "process B",
	   "its objects are freed meanwhile");
	let_go_of_lock();
	ok(finish(&first) == 0, "process A's mmap_lock", "process A",
	   "goes on after the lock is dropped");
	call(PAIRS_PUT, RANGE);
}

/*
 * A callback of A removes a range of B; that removal does not wait for the callback. Drivers must
 * not do that, since two callbacks could wait for each other, and lockdep reports it: the kernel
 * has one lock class for the callbacks of all mms. lockdep is off after a report.
 */
static void test_remove_of_another(const void *unused)
{
	int there[2], go[2];
	char byte = 0;
	pid_t b;

	(void)unused;
	if (!access("/proc/lockdep", F_OK)) {
		skip("invalidation of process A", "remove in the callback of process B's range",
		     "lockdep reports that a callback waits");
		return;
	}
	map_area();
	if (pipe(there) || pipe(go))
		exit(2);
	b = fork();
	if (!b) {
		if (call(PAIRS_NEW, OTHER) || insert(OTHER, 0, 2) ||
		    write(there[1], &byte, 1) != 1 || read(go[0], &byte, 1) != 1)
			_exit(1);
		_exit(0);
	}
	if (read(there[0], &byte, 1) != 1)
		exit(2);
	new_range(PAIRS_REMOVE_OTHER);
	insert(RANGE, 0, 2);
	zap(0);
	ok(state(RANGE).in_callback == 0, "invalidation of process A",
	   "remove in the callback of process B's range", "succeeds without debug=1");
	call(state(RANGE).in_callback ? PAIRS_RM : PAIRS_FREE, OTHER);
	call(PAIRS_RM, RANGE);
	if (write(go[1], &byte, 1) != 1)
		exit(2);
	waitpid(b, NULL, 0);
}

static void test_put_locked(const void *unused)
{
	(void)unused;
	map_area();
	do_get();
	begin(&holder, put_locked);
	wait_locked(OTHER);
	begin(&second, do_get_own);
	waits(&second);
	call(PAIRS_UNLOCK, OTHER);
	ok(finish(&holder) == 0 && finish(&second) == 0, "get of the same mm",
	   "put under mmap_lock", "neither waits for the other");
	call(PAIRS_PUT, RANGE);
}

static void wait_in_range(unsigned int slot, unsigned int client, unsigned int flags)
{
	call_on(PAIRS_NEW, slot, client, NULL, 0, flags);
	call_on(PAIRS_INSERT, slot, client, area, PAGE, 0);
}

static void child_hangs(void)
{
	map_area();
	wait_in_range(HOLDER, 0, PAIRS_LEAVE | PAIRS_HOLD);
	munmap(area, PAGE);
	_exit(0);
}

/* While a callback of process A hangs, process B removes ranges, and its client unregisters. */
static void test_hung_callback(const void *arg)
{
	unsigned int client = *(const unsigned int *)arg;
	const char *whose = client ? "another client" : "the same client";
	pid_t pid = fork();

	if (!pid)
		child_hangs();
	map_area();
	wait_held(HOLDER);
	wait_in_range(RANGE, client, 0);
	ok(call_on(PAIRS_ASYNC, RANGE, client, NULL, 0, 0) == 0, "a hung callback", whose,
	   "removes a range of another process");
	wait_removed(RANGE);
	ok(true, "a hung callback", whose, "removed() is called meanwhile");
	if (client) {
		ok(call_on(PAIRS_SYNC, RANGE, client, NULL, 0, 0) == 0 &&
		   call_on(PAIRS_UNREGISTER, RANGE, client, NULL, 0, 0) == 0 &&
		   call_on(PAIRS_REGISTER, RANGE, client, NULL, 0, 0) == 0,
		   "a hung callback", whose, "synchronizes and unregisters meanwhile");
	}
	ok(state(HOLDER).held == 1, "a hung callback", whose, "the callback hung all the time");
	call(PAIRS_OPEN, HOLDER);
	waitpid(pid, NULL, 0);
	wait_removed(HOLDER);
}

/* removed() of one client hangs. */
static void test_hung_removed(const void *unused)
{
	(void)unused;
	map_area();
	wait_in_range(HOLDER, 0, PAIRS_HOLD_REMOVED);
	call(PAIRS_ASYNC, HOLDER);
	wait_held(HOLDER);
	wait_in_range(RANGE, 1, 0);
	call_on(PAIRS_ASYNC, RANGE, 1, NULL, 0, 0);
	ok(call_on(PAIRS_SYNC, RANGE, 1, NULL, 0, 0) == 0 && state(RANGE).removed == 1,
	   "a hung removed()", "another client", "removes and synchronizes in the same mm");
	wait_in_range(RANGE, 0, 0);
	call(PAIRS_ASYNC, RANGE);
	wait_removed(RANGE);
	ok(state(HOLDER).held == 1, "a hung removed()", "the same client",
	   "removes in the same mm");
	call(PAIRS_OPEN, HOLDER);
	call(PAIRS_SYNC, HOLDER);
}

static bool is_done_soon(const struct job *j)
{
	unsigned int i;

	for (i = 0; i < 50 && waits(j); i++)
		;
	return j->done;
}

/* Two clients have ranges in one mm, and both removals wait for the same callback. */
static void test_own_queues(const void *unused)
{
	(void)unused;
	map_area();
	wait_in_range(RANGE, 0, 0);
	wait_in_range(OTHER, 1, PAIRS_HOLD_REMOVED);
	hold_by_event();
	call(PAIRS_ASYNC, RANGE);
	call_on(PAIRS_ASYNC, OTHER, 1, NULL, 0, 0);
	let_go_of_event();
	wait_removed(RANGE);
	wait_held(OTHER);
	begin(&second, do_unregister);
	ok(is_done_soon(&second) && state(OTHER).held == 1, "a hung removed()",
	   "another client", "unregisters, when both removals waited for one callback");
	call(PAIRS_OPEN, OTHER);
	ok(finish(&second) == 0 && call(PAIRS_REGISTER, RANGE) == 0, "a hung removed()",
	   "another client", "registers again");
	call_on(PAIRS_SYNC, OTHER, 1, NULL, 0, 0);
}

void test_apart(void)
{
	static const unsigned int clients[] = { 0, 1 };

	in_process(test_two_processes, NULL, "two processes");
	in_process(test_remove_of_another, NULL, "remove of another mm's range");
	in_process(test_put_locked, NULL, "put under mmap_lock");
	in_process(test_hung_callback, &clients[0], "hung callback");
	in_process(test_hung_callback, &clients[1], "hung callback");
	in_process(test_hung_removed, NULL, "hung removed()");
	in_process(test_own_queues, NULL, "own queues");
}
