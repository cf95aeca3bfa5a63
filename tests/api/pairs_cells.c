// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * pairs_cells: any two operations on one range at the same time, each cell of the table in
 * docs/driver-guide.md. The first operation is held in its middle while the second begins:
 *
 * - an insertion is held by mmap_lock, which another task holds. The mm has had no notifier,
 *   so that the insertion has to take that lock.
 * - a move and both kinds of removal are held by an invalidation of the same mm, in a callback
 *   of another range that does not return.
 * - an invalidation and the end of an mm are held by the callback of the range itself.
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

/* A cell: the second operation returns a value at once, or waits and returns one later. */
struct second {
	const char *name;
	int (*f)(void);
	int at_once;		/* or 1: the operation waits */
	int later;
};

/*
 * Return: true if the second operation behaves as the table requires. If it waits, the
 * caller lets the first operation finish and calls come_back().
 */
static bool try_second(const struct second *s)
{
	int ret;

	if (s->at_once == 1) {
		begin(&second, s->f);
		return waits(&second);
	}
	ret = s->f();
	if (ret != s->at_once)
		printf("# %s returned %d, not %d\n", s->name, ret, s->at_once);
	return ret == s->at_once;
}

static bool come_back(const struct second *s)
{
	return s->at_once != 1 || finish(&second) == s->later;
}

/* ---- during an insertion ---- */

static void during_insert(const struct second *s)
{
	bool gone = s->f == do_async, good;

	new_range(0);
	hold_by_lock();
	begin(&first, do_insert);
	ok(waits(&first), "insert", s->name, "the insertion waits for mmap_lock");
	good = try_second(s);
	let_go_of_lock();
	good &= finish(&first) == 0 && come_back(s);
	ok(good, "insert", s->name, "returns as in the table, and the insertion succeeds");
	if (gone)
		wait_removed(RANGE);
	zap(0);
	ok(gone ? state(RANGE).removed == 1 && !state(RANGE).calls : state(RANGE).calls == 1,
	   "insert", s->name, "the range is inserted, or removed once");
	if (!gone)
		call(PAIRS_RM, RANGE);
}

/* ---- during a move ---- */

static void during_move(const struct second *s)
{
	bool gone = s->f == do_async, removed = s->f == do_remove, good;

	new_range(0);
	insert(RANGE, 0, 2);
	hold_by_event();
	begin(&first, do_move);
	ok(waits(&first), "move", s->name, "the move waits for an invalidation");
	good = try_second(s);
	let_go_of_event();
	good &= finish(&first) == 0 && come_back(s);
	ok(good, "move", s->name, "returns as in the table, and the move succeeds");
	if (gone)
		wait_removed(RANGE);
	zap(2);
	ok(gone ? state(RANGE).removed == 1 : removed || state(RANGE).calls,
	   "move", s->name, "the range is in its new place, or removed once");
	if (!gone && !removed)
		call(PAIRS_RM, RANGE);
}

/* ---- during a removal ---- */

static void during_remove(const struct second *s)
{
	bool good;

	new_range(0);
	insert(RANGE, 0, 2);
	hold_by_event();
	begin(&first, do_remove);
	ok(waits(&first), "remove", s->name, "the removal waits for an invalidation");
	good = try_second(s);
	let_go_of_event();
	good &= finish(&first) == 0 && come_back(s);
	ok(good, "remove", s->name, "returns as in the table, and the removal succeeds");
}

static void during_async(const struct second *s)
{
	bool good;

	new_range(0);
	insert(RANGE, 0, 2);
	hold_by_event();
	ok(do_async() == 0 && !state(RANGE).removed, "remove_async", s->name,
	   "the removal is in progress");
	good = try_second(s);
	let_go_of_event();
	good &= come_back(s);
	wait_removed(RANGE);
	do_sync();
	ok(good && state(RANGE).removed == 1, "remove_async", s->name,
	   "returns as in the table, and removed() is called once");
}

/* ---- during an invalidation of the range ---- */

static void during_event(const struct second *s)
{
	bool gone = s->f == do_async, good;

	new_range(PAIRS_HOLD);
	insert(RANGE, 0, 2);
	begin(&first, zap_own);
	wait_held(RANGE);
	good = try_second(s);
	call(PAIRS_OPEN, RANGE);
	finish(&first);
	good &= come_back(s);
	ok(good, "invalidation", s->name, "returns as in the table");
	if (gone)
		wait_removed(RANGE);
	else if (s->f != do_remove)
		good &= !call(PAIRS_RM, RANGE);
	ok(good && state(RANGE).calls >= 1, "invalidation", s->name,
	   "the range can be removed afterwards");
}

/* ---- during the end of the mm ---- */

static void end_of_mm(void)
{
	map_area();
	new_range(PAIRS_HOLD_RELEASE);
	_exit(insert(RANGE, 0, 2));
}

static void during_exit(const struct second *s)
{
	pid_t pid = fork();
	bool good;

	if (!pid)
		end_of_mm();
	wait_held(RANGE);
	good = try_second(s);
	call(PAIRS_OPEN, RANGE);
	waitpid(pid, NULL, 0);
	good &= come_back(s);
	ok(good, "end of the mm", s->name, "returns as in the table");
	if (s->f == do_async) {
		wait_removed(RANGE);
	} else if (s->f != do_remove) {
		ok(call(PAIRS_PRIME, RANGE) == -ESRCH, "end of the mm", "prime", "fails");
		good &= !call(PAIRS_RM, RANGE);
	}
	ok(good && state(RANGE).releases == 1, "end of the mm", s->name,
	   "release() was called once");
}

/* ---- after the client is unregistered ---- */

static void after_unregister(const struct second *s)
{
	bool good;

	new_range(0);
	ok(do_unregister() == 0, "driver exit", s->name, "a client without objects unregisters");
	good = s->f() == s->at_once;
	ok(good, "driver exit", s->name, "returns as in the table");
	call(PAIRS_FREE, RANGE);
	call(PAIRS_REGISTER, RANGE);
}

/* The table: for each first operation, the results of the second ones. */
struct cell {
	void (*during)(const struct second *s);
	struct second second;
};

static const struct cell cells[] = {
	{ during_insert, { "insert", do_insert, -EBUSY, 0 } },
	{ during_insert, { "move", do_move, -EBUSY, 0 } },
	{ during_insert, { "remove", do_remove, -EBUSY, 0 } },
	{ during_insert, { "remove_async", do_async, 0, 0 } },
	{ during_insert, { "driver exit", do_unregister, -EBUSY, 0 } },

	{ during_move, { "insert", do_insert, -EBUSY, 0 } },
	{ during_move, { "move", do_move, -EBUSY, 0 } },
	{ during_move, { "remove", do_remove, 1, 0 } },
	{ during_move, { "remove_async", do_async, 0, 0 } },
	{ during_move, { "invalidation", zap_own, 0, 0 } },
	{ during_move, { "driver exit", do_unregister, -EBUSY, 0 } },

	{ during_remove, { "insert", do_insert, -EBUSY, 0 } },
	{ during_remove, { "move", do_move, -EALREADY, 0 } },
	{ during_remove, { "remove", do_remove, -EALREADY, 0 } },
	{ during_remove, { "remove_async", do_async, -EALREADY, 0 } },
	{ during_remove, { "invalidation", zap_own, 0, 0 } },
	{ during_remove, { "driver exit", do_unregister, -EBUSY, 0 } },

	{ during_async, { "insert", do_insert, -EBUSY, 0 } },
	{ during_async, { "move", do_move, -EALREADY, 0 } },
	{ during_async, { "remove", do_remove, -EALREADY, 0 } },
	{ during_async, { "remove_async", do_async, -EALREADY, 0 } },
	{ during_async, { "invalidation", zap_own, 0, 0 } },
	{ during_async, { "synchronize", do_sync, 1, 0 } },
	{ during_async, { "driver exit", do_unregister, -EBUSY, 0 } },

	{ during_event, { "insert", do_insert, -EBUSY, 0 } },
	{ during_event, { "move", do_move, 1, 0 } },
	{ during_event, { "remove", do_remove, 1, 0 } },
	{ during_event, { "remove_async", do_async, 0, 0 } },
	{ during_event, { "driver exit", do_unregister, -EBUSY, 0 } },

	{ during_exit, { "insert", do_insert, -EBUSY, 0 } },
	{ during_exit, { "move", do_move, -ESRCH, 0 } },
	{ during_exit, { "remove", do_remove, 1, 0 } },
	{ during_exit, { "remove_async", do_async, 0, 0 } },
	{ during_exit, { "driver exit", do_unregister, -EBUSY, 0 } },

	{ after_unregister, { "insert", do_insert, -EINVAL, 0 } },
	{ after_unregister, { "move", do_move, -ENOENT, 0 } },
	{ after_unregister, { "remove", do_remove, -ENOENT, 0 } },
	{ after_unregister, { "remove_async", do_async, -ENOENT, 0 } },
	{ after_unregister, { "driver exit", do_unregister, -EINVAL, 0 } },
};

/* Runs in a process of its own: its mm has had no notifier. */
static void run_cell(const void *arg)
{
	const struct cell *c = arg;

	map_area();
	c->during(&c->second);
}

/* ---- concurrent events, callbacks, and mmap_lock ---- */

/* A range gets no event that began before its insertion. */
static void test_insert_in_event(const void *unused)
{
	(void)unused;
	map_area();
	hold_by_event();
	new_range(0);
	ok(insert(RANGE, 4, 3) == 0, "invalidation", "insert", "during a running one succeeds");
	ok(!state(RANGE).calls, "invalidation", "insert", "the range does not get the running one");
	let_go_of_event();
	zap(4);
	ok(state(RANGE).calls == 1, "invalidation", "insert", "the range gets the next one");
	call(PAIRS_RM, RANGE);
}

static int zap_again(void) { zap(0); return 0; }

static void test_two_events(const void *unused)
{
	(void)unused;
	map_area();
	new_range(PAIRS_HOLD);
	insert(RANGE, 0, 2);
	begin(&first, zap_own);
	wait_held(RANGE);
	begin(&second, zap_again);
	while (state(RANGE).held < 2)
		usleep(1000);
	ok(state(RANGE).calls == 2, "invalidation", "invalidation", "both run at once");
	call(PAIRS_OPEN, RANGE);
	finish(&first);
	finish(&second);
	call(PAIRS_RM, RANGE);
}

/* A race as between a VMA split, which moves a range, and munmap(). */
static void test_leave_in_move(const void *unused)
{
	(void)unused;
	map_area();
	new_range(PAIRS_LEAVE);
	insert(RANGE, 0, 2);
	hold_by_event();
	begin(&first, do_move);
	waits(&first);
	zap(0);
	ok(state(RANGE).in_callback == 0, "move", "remove_async in a callback", "succeeds");
	let_go_of_event();
	ok(finish(&first) == 0, "move", "remove_async in a callback", "the move succeeds");
	wait_removed(RANGE);
	zap(0);
	zap(2);
	ok(state(RANGE).removed == 1, "move", "remove_async in a callback",
	   "the range is removed once");
}

static void test_remove_in_callback(const void *unused)
{
	(void)unused;
	map_area();
	new_range(PAIRS_REMOVE);
	insert(RANGE, 0, 2);
	zap(0);
	ok(state(RANGE).in_callback == -EDEADLK, "invalidation", "remove in the callback",
	   "fails without debug=1");
	ok(call(PAIRS_RM, RANGE) == 0, "invalidation", "remove after the callback", "succeeds");
}

static void test_move_locked(const void *unused)
{
	(void)unused;
	map_area();
	new_range(0);
	insert(RANGE, 0, 2);
	ok(call_on(PAIRS_MOVE_READ, RANGE, 0, area + PAGE, PAGE, 0) == 0, "mmap_lock for read",
	   "move", "succeeds");
	zap(0);
	ok(!state(RANGE).calls, "mmap_lock for read", "move", "the old place is silent");
	ok(call_on(PAIRS_MOVE_WRITE, RANGE, 0, area + 2 * PAGE, PAGE, 0) == 0,
	   "mmap_lock for write", "move", "succeeds");
	zap(1);
	zap(2);
	ok(state(RANGE).calls == 1, "mmap_lock for write", "move", "only the new place is heard");
	call(PAIRS_RM, RANGE);
}

static void test_wrong_state(const void *unused)
{
	(void)unused;
	map_area();
	new_range(0);
	ok(do_remove() == -ENOENT && do_async() == -ENOENT && do_move() == -ENOENT,
	   "nothing", "remove, remove_async, move", "of a zeroed range are refused");
	ok(do_insert() == 0 && do_insert() == -EBUSY, "insert", "insert", "of a live range");
	munmap(area, PAGE);
	ok(state(RANGE).calls == 1, "insert", "insert", "and the next munmap ends");
	ok(do_remove() == 0, "insert", "remove", "the range can go");
}

#define NR(a)	(sizeof(a) / sizeof((a)[0]))

void test_callback(void)
{
	in_process(test_remove_in_callback, NULL, "remove in a callback");
}

void test_cells(void)
{
	unsigned int i;

	for (i = 0; i < NR(cells); i++)
		in_process(run_cell, &cells[i], cells[i].second.name);
	in_process(test_insert_in_event, NULL, "insert in an event");
	in_process(test_two_events, NULL, "two events");
	in_process(test_leave_in_move, NULL, "leave in a move");
	in_process(test_remove_in_callback, NULL, "remove in a callback");
	in_process(test_move_locked, NULL, "move under mmap_lock");
	in_process(test_wrong_state, NULL, "wrong state");
}
