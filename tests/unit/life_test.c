// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * life: each call in each state of a range, and calls of other tasks between the read of
 * the state word and its change.
 */
/* Another task may run right before each change of the word. */
#define SHIM_BEFORE_CMPXCHG(v)	between(v)

#include <linux/atomic.h>
#include <linux/kernel.h>

static void between(atomic_t *life);

#include <mmnotify/mmnotify_life.h>

#include "tap.h"

#define NONE		MMNOTIFY_LIFE_NONE
#define INSERTING	MMNOTIFY_LIFE_INSERTING
#define LIVE		MMNOTIFY_LIFE_LIVE
#define MOVING		MMNOTIFY_LIFE_MOVING
#define REMOVING	MMNOTIFY_LIFE_REMOVING
#define LEAVING		MMNOTIFY_LIFE_LEAVING
#define REMOVED		MMNOTIFY_LIFE_REMOVED
#define CLAIMED		MMNOTIFY_LIFE_CLAIMED
#define ASYNC		MMNOTIFY_LIFE_ASYNC
#define SYNC		MMNOTIFY_LIFE_SYNC

/* Value that another task writes to the word, once; -1 for none. */
static int next_word = -1;

static void between(atomic_t *life)
{
	if (next_word >= 0)
		life->counter = next_word;
	next_word = -1;
}

enum call { INSERT, MOVE, REMOVE, LEAVE, SETTLE, FAIL };

static int call(enum call c, atomic_t *life)
{
	switch (c) {
	case INSERT:
		return mmnotify_life_insert(life);
	case MOVE:
		return mmnotify_life_move(life);
	case REMOVE:
		return mmnotify_life_remove(life);
	case LEAVE:
		return mmnotify_life_leave(life);
	case SETTLE:
		return mmnotify_life_settle(life, true);
	default:
		return mmnotify_life_settle(life, false);
	}
}

/* A call in a state: its result, and the state afterwards. */
static const struct step {
	enum call call;
	int before, answer, after;
	const char *name;
} steps[] = {
	{ INSERT, NONE, 0, CLAIMED, "insert: a zeroed range" },
	{ INSERT, REMOVED, -EBUSY, REMOVED, "insert: a range that was removed, not zeroed" },
	{ INSERT, CLAIMED, -EBUSY, CLAIMED, "insert: another insertion has begun" },
	{ INSERT, INSERTING, -EBUSY, INSERTING, "insert: while it is inserted" },
	{ INSERT, LIVE, -EBUSY, LIVE, "insert: a live range" },
	{ INSERT, MOVING, -EBUSY, MOVING, "insert: while it moves" },
	{ INSERT, REMOVING, -EBUSY, REMOVING, "insert: while it is removed" },
	{ INSERT, LEAVING, -EBUSY, LEAVING, "insert: while it leaves" },
	{ INSERT, 0x5a5a, -EBUSY, 0x5a5a, "insert: a range that was not zeroed" },
	{ MOVE, NONE, -ENOENT, NONE, "move: a zeroed range" },
	{ MOVE, CLAIMED, -EBUSY, CLAIMED, "move: an insertion has begun" },
	{ MOVE, REMOVED, -EALREADY, REMOVED, "move: a range that was removed" },
	{ MOVE, INSERTING, -EBUSY, INSERTING, "move: while it is inserted" },
	{ MOVE, INSERTING | ASYNC, -EALREADY, INSERTING | ASYNC,
	  "move: while an asynchronous removal is pending" },
	{ MOVE, LIVE, 0, MOVING, "move: a live range" },
	{ MOVE, MOVING, -EBUSY, MOVING, "move: while it moves" },
	{ MOVE, MOVING | ASYNC, -EALREADY, MOVING | ASYNC,
	  "move: while a move with a pending asynchronous removal runs" },
	{ MOVE, MOVING | SYNC, -EALREADY, MOVING | SYNC,
	  "move: while a remover waits for the end of a move" },
	{ MOVE, REMOVING, -EALREADY, REMOVING, "move: while it is removed" },
	{ MOVE, LEAVING, -EALREADY, LEAVING, "move: while it leaves" },
	{ REMOVE, NONE, -ENOENT, NONE, "remove: a zeroed range" },
	{ REMOVE, CLAIMED, -EBUSY, CLAIMED, "remove: an insertion has begun" },
	{ REMOVE, REMOVED, -EALREADY, REMOVED, "remove: a range that was removed" },
	{ REMOVE, INSERTING, -EBUSY, INSERTING, "remove: while it is inserted" },
	{ REMOVE, INSERTING | ASYNC, -EALREADY, INSERTING | ASYNC,
	  "remove: while an asynchronous removal is pending" },
	{ REMOVE, LIVE, 0, REMOVING, "remove: a live range" },
	{ REMOVE, MOVING, 1, MOVING | SYNC, "remove: waits for a move" },
	{ REMOVE, MOVING | SYNC, -EALREADY, MOVING | SYNC, "remove: while another remover waits" },
	{ REMOVE, MOVING | ASYNC, -EALREADY, MOVING | ASYNC,
	  "remove: while a move with a pending asynchronous removal runs" },
	{ REMOVE, REMOVING, -EALREADY, REMOVING, "remove: while it is removed" },
	{ REMOVE, LEAVING, -EALREADY, LEAVING, "remove: while it leaves" },
	{ LEAVE, NONE, -ENOENT, NONE, "leave: a zeroed range" },
	{ LEAVE, CLAIMED, -ENOENT, CLAIMED, "leave: an insertion has begun" },
	{ LEAVE, REMOVED, -EALREADY, REMOVED, "leave: a range that was removed" },
	{ LEAVE, INSERTING, 1, INSERTING | ASYNC, "leave: the inserter queues the removal" },
	{ LEAVE, INSERTING | ASYNC, -EALREADY, INSERTING | ASYNC, "leave: twice" },
	{ LEAVE, LIVE, 0, LEAVING, "leave: the caller queues the removal" },
	{ LEAVE, MOVING, 1, MOVING | ASYNC, "leave: the mover queues the removal" },
	{ LEAVE, MOVING | ASYNC, -EALREADY, MOVING | ASYNC, "leave: twice in a move" },
	{ LEAVE, MOVING | SYNC, -EALREADY, MOVING | SYNC, "leave: a remover waits" },
	{ LEAVE, REMOVING, -EALREADY, REMOVING, "leave: while it is removed" },
	{ LEAVE, LEAVING, -EALREADY, LEAVING, "leave: while it leaves" },
	{ SETTLE, INSERTING, LIVE, LIVE, "settle: an insertion" },
	{ SETTLE, INSERTING | ASYNC, LEAVING, LEAVING,
	  "settle: an insertion with a pending asynchronous removal" },
	{ SETTLE, MOVING, LIVE, LIVE, "settle: a move" },
	{ SETTLE, MOVING | ASYNC, LEAVING, LEAVING,
	  "settle: a move with a pending asynchronous removal" },
	{ SETTLE, MOVING | SYNC, REMOVING, REMOVING, "settle: a move with a waiting remover" },
	{ FAIL, CLAIMED, NONE, NONE,
	  "settle: an insertion that failed before the notifier was inserted" },
	{ FAIL, INSERTING, NONE, NONE, "settle: an insertion that failed" },
	{ FAIL, INSERTING | ASYNC, NONE | ASYNC, NONE,
	  "settle: a failed insertion drops its pending asynchronous removal" },
};

/* The same with another task that changes the word just before. */
static const struct race {
	enum call call;
	int before, between, answer, after;
	const char *name;
} races[] = {
	{ REMOVE, MOVING, LIVE, 0, REMOVING, "race, remove: the move has ended" },
	{ REMOVE, LIVE, MOVING, 1, MOVING | SYNC, "race, remove: a move has started" },
	{ REMOVE, LIVE, LEAVING, -EALREADY, LEAVING,
	  "race, remove: an asynchronous removal has started" },
	{ LEAVE, LIVE, MOVING, 1, MOVING | ASYNC, "race, leave: a move has started" },
	{ LEAVE, LIVE, REMOVING, -EALREADY, REMOVING, "race, leave: a removal has started" },
	{ LEAVE, MOVING, LIVE, 0, LEAVING, "race, leave: the move has ended" },
	{ LEAVE, MOVING, MOVING | SYNC, -EALREADY, MOVING | SYNC, "race, leave: a remover waits" },
	{ LEAVE, LIVE, NONE, -ENOENT, NONE, "race, leave: the range was removed and zeroed" },
	{ SETTLE, MOVING, MOVING | ASYNC, LEAVING, LEAVING, "race, settle: asynchronous removal" },
	{ SETTLE, MOVING, MOVING | SYNC, REMOVING, REMOVING, "race, settle: a remover waits" },
	{ SETTLE, INSERTING, INSERTING | ASYNC, LEAVING, LEAVING,
	  "race, settle: asynchronous removal during the insertion" },
	{ FAIL, INSERTING, INSERTING | ASYNC, NONE | ASYNC, NONE,
	  "race, settle: asynchronous removal during an insertion that failed" },
	{ MOVE, LIVE, REMOVING, -EALREADY, REMOVING, "race, move: a removal has started" },
	{ INSERT, NONE, LIVE, -EBUSY, LIVE, "race, insert: another task inserted the range" },
	{ INSERT, NONE, REMOVED, -EBUSY, REMOVED,
	  "race, insert: another task inserted and removed the range" },
};

static void test_steps(void)
{
	atomic_t life;
	unsigned int i;
	int answer;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		life.counter = steps[i].before;
		answer = call(steps[i].call, &life);
		ok(answer == steps[i].answer && life.counter == steps[i].after, "%s",
		   steps[i].name);
	}
}

static void test_races(void)
{
	atomic_t life;
	unsigned int i;
	int answer;

	for (i = 0; i < ARRAY_SIZE(races); i++) {
		life.counter = races[i].before;
		next_word = races[i].between;
		answer = call(races[i].call, &life);
		ok(answer == races[i].answer && life.counter == races[i].after &&
		   next_word < 0, "%s", races[i].name);
	}
}

/* States after the removal. */
static void test_ends(void)
{
	atomic_t life = { REMOVING };

	ok(mmnotify_life_may_remove(&life), "the remover may continue");
	mmnotify_life_end(&life);
	ok(life.counter == REMOVED && !mmnotify_life_may_remove(&life), "the range is removed");
	life.counter = NONE;
	ok(!mmnotify_life_insert(&life) && !mmnotify_life_is_written(&life),
	   "a zeroed range may be inserted again; its members are not written yet");
	mmnotify_life_written(&life);
	ok(life.counter == INSERTING && mmnotify_life_is_written(&life),
	   "the members of an inserted range are written");
	life.counter = NONE;
	ok(!mmnotify_life_is_written(&life), "the members of a zeroed range are not written");
	life.counter = MOVING | SYNC;
	ok(!mmnotify_life_may_remove(&life), "the remover may not continue during a move");
}

int main(void)
{
	test_steps();
	test_races();
	test_ends();
	return tap_done();
}
