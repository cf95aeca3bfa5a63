// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * event: what callbacks save, without the hook and beside it: which callback counts an
 * event, which verdict its end finds, and which end is still to come. Then many tasks that
 * are all inside an event.
 */
#include <stdlib.h>

#include <linux/kernel.h>
#include <linux/string.h>

#include "verdict/event.h"
#include "event_events.h"
#include "tap.h"

/* Objects of clients; only their addresses matter. */
static const char a, b, c;

/* An event of another task with the same home slot as task 1. */
static struct mmn_event_identity other_task(void)
{
	return event(neighbour(1, 1), 0x400);
}

static void test_counts(void)
{
	struct mmn_event_identity e = event(1, 0x400), other = e;

	forget_all();
	ok(keep(e, 2, &a, true), "the first object counts the event");
	ok(!keep(e, 2, &b, true), "a second object of the same event does not");
	ok(ends_with(e, 2) && ends_with(e, 2), "both ends find the verdict");
	ok(keep(e, 2, &a, true), "the same object again is a new event");
	ok(!keep(e, 2, &b, true), "the second object does not count the new event");
	other.id++;
	ok(!has_end(other), "the end of another event finds nothing");
	ok(keep(other, 2, &b, true) && ends_with(other, 2) && !has_end(e),
	   "another event at the same address is counted and replaces the slot");
	mmn_event_new_generation();
	ok(keep(other, 2, &a, true), "a new generation invalidates objects");
	ok(keep(e, 3, &a, false) && !keep(e, 3, &b, true) && ends_with(e, 3),
	   "the second object alone may have an end");
	forget_all();
	ok(keep(e, 2, &a, false) && !keep(e, 2, &b, false),
	   "two objects without an end count an event once");
}

static void test_kept_nested(void)
{
	struct mmn_event_identity outer = event(1, 0x400), inner = event(1, 0x900),
				  inmost = event(1, 0xc00);

	forget_all();
	keep(outer, 1, &a, true);
	ok(keep(inner, 2, &a, true), "a nested event is counted");
	ok(ends_with(inner, 2) && ends_with(outer, 1),
	   "the nested and the outer end find their verdicts");
	keep(outer, 1, &a, true);
	keep(inner, 2, &a, true);
	keep(inmost, 3, &a, true);
	ok(ends_with(inmost, 3) && !has_end(inner) && ends_with(outer, 1),
	   "of three nested events the second one is lost");
	keep(outer, 1, &a, true);
	keep(inner, 2, &a, false);
	ok(keep(inner, 3, &a, true) && ends_with(inner, 3) && ends_with(outer, 1),
	   "two events, one after the other, nested in a third one");
	keep(outer, 1, &a, false);
	keep(outer, 1, &b, true);
	keep(inner, 2, &a, true);
	ok(ends_with(inner, 2) && ends_with(outer, 1),
	   "the outer event is kept for the object with an end");
	keep(outer, 1, &a, true);
	ends_with(outer, 1);
	keep(inner, 2, &a, true);
	keep(inmost, 3, &a, true);
	ok(ends_with(inmost, 3) && ends_with(inner, 2),
	   "an event that ended is not an outer event");
	forget_all();
	keep(inner, 3, &a, true);
	keep(outer, 1, &a, true);
	ok(ends_with(outer, 1) && !has_end(inner), "an event lower on the stack is over");
}

/* An earlier event in the inner slot has the same address, task, mm, start and end. */
static void test_stale(void)
{
	struct mmn_event_identity outer = event(1, 0x400), inner = event(1, 0x900),
				  other = other_task();
	struct mmn_event_snapshot seen;

	forget_all();
	keep(outer, 1, &a, true);
	keep(inner, 2, &a, true);
	ends_with(inner, 2);
	ends_with(outer, 1);
	ok(keep(inner, 3, &a, true) && ends_with(inner, 3),
	   "the end of an event that is not nested finds its own verdict");
	keep(inner, 3, &a, true);
	keep(other, 4, &b, true);
	ok(!has_end(inner), "and no earlier one after another task took the slot");
	cancel(inner, &a);
	ok(ends_with(other, 4), "a cancel then changes nothing");
	keep(outer, 1, &a, true);
	ok(keep(inner, 5, &a, true) && ends_with(inner, 5) && ends_with(outer, 1),
	   "nested again it finds its own verdict");

	forget_all();
	opens(outer, 1);
	opens(inner, 2);
	judge(inner, 2);
	closes(inner);
	ok(reads_end(inner, 2), "the end of a nested event finds its record");
	closes(outer);
	opens(inner, 3);
	judge(inner, 3);
	closes(inner);
	ok(reads_end(inner, 3), "the end of an event that is not nested finds its own record");
	keep(other, 4, &b, true);
	ok(!finds(inner, true, &seen), "and no earlier one after another task took the slot");
}

/* Which end callbacks are still to come, so that the slot must not be reused. */
static void test_cancel(void)
{
	struct mmn_event_identity outer = event(1, 0x400), inner = event(1, 0x900),
				  inmost = event(1, 0xc00);

	forget_all();
	keep(outer, 1, &a, true);
	cancel(outer, &a);
	keep(inner, 2, &a, true);
	ok(ends_with(inner, 2) && !has_end(outer),
	   "an event is over if its object cancelled the end");
	keep(outer, 1, &a, true);
	keep(outer, 1, &b, true);
	cancel(outer, &b);
	keep(inner, 2, &a, true);
	ok(ends_with(inner, 2) && ends_with(outer, 1),
	   "a second object cannot cancel the end of the first");
	keep(outer, 1, &a, false);
	keep(outer, 1, &b, true);
	cancel(outer, &b);
	ok(ends_with(outer, 1), "a cancel leaves the verdict");
	keep(outer, 1, &a, false);
	keep(outer, 1, &b, true);
	cancel(outer, &b);
	keep(inner, 2, &a, true);
	keep(inmost, 3, &a, true);
	ok(ends_with(inmost, 3) && ends_with(inner, 2),
	   "an event is over if the second object alone had an end, and cancelled it");
	keep(outer, 1, &a, false);
	keep(outer, 1, &b, true);
	cancel(outer, &b);
	keep(outer, 1, &c, true);
	keep(inner, 2, &a, true);
	ok(ends_with(inner, 2) && ends_with(outer, 1), "a third object may have an end then");
	keep(outer, 1, &a, false);
	keep(outer, 1, &b, true);
	keep(outer, 1, &c, true);
	cancel(outer, &c);
	keep(inner, 2, &a, true);
	ok(ends_with(inner, 2) && ends_with(outer, 1),
	   "a third object cannot cancel the end of the second");
	keep(outer, 1, &a, false);
	keep(outer, 1, &b, true);
	ends_with(outer, 1);
	keep(outer, 1, &a, true);
	keep(outer, 1, &b, true);
	cancel(outer, &b);
	keep(inner, 2, &a, true);
	ok(ends_with(inner, 2) && ends_with(outer, 1),
	   "nor does what the second one did in an earlier event count");
	forget_all();
	cancel(outer, &a);
	ok(!has_end(outer), "a cancel without a verdict does nothing");
}

/* A task with the same slot writes between any two words: no end, or the right one. */
static void test_mixed(void)
{
	struct mmn_event_identity e = event(1, 0x400), o = other_task();
	struct mmn_event *f = mmn_event_home(task(1));
	struct mmn_event mine, theirs;
	unsigned int words, mixed = 0, whole = 0;

	forget_all();
	keep(e, 1, &a, true);
	mine = *f;
	keep(o, 2, &b, true);
	theirs = *f;
	for (words = 0; words < 16; words++) {
		f->key = words & 1 ? mine.key : theirs.key;
		f->site = 5;
		f->verdict = words & 4 ? mine.verdict : theirs.verdict;
		f->tag = words & 8 ? mine.tag : theirs.tag;
		if (has_end(e)) {
			whole++;
			mixed += !(words & 4) || !(words & 8);
		}
	}
	ok(whole && !mixed, "a mix of the words of two events is not accepted");
}

/* ---- callbacks beside the hook ---- */

/* The hook is attached and detached while callbacks save verdicts. */
static void test_both(void)
{
	struct mmn_event_identity outer = event(1, 0x400), inner = event(1, 0x900);
	struct mmn_event_snapshot seen;

	forget_all();
	keep(outer, 1, &a, true);
	ok(!reads(outer, 5) && !finds(outer, true, &seen) && !mmn_event_live(),
	   "what a callback saved is not a record");
	opens(inner, 7);
	judge(inner, 2);
	ok(mmn_event_live() == 1 && reads(inner, 7), "a record nests in it");
	closes(inner);
	ok(reads_end(inner, 2), "and is found at its end");
	mmn_event_reset();
	ok(ends_with(outer, 1) && !finds(inner, true, &seen),
	   "a reset clears records, and leaves what a callback saved");

	keep(outer, 1, &a, true);
	closes(outer);
	keep(inner, 2, &a, true);
	ok(ends_with(inner, 2) && !has_end(outer), "the hook's end closes what a callback saved");
	keep(outer, 1, &a, true);
	opens(outer, 7);
	ok(finds(outer, false, &seen) && !seen.classified && !has_end(outer),
	   "a record replaces what a callback saved of an earlier event");
	cancel(outer, &a);
	ok(reads(outer, 7), "no object cancels a record");
	judge(outer, 3);
	ok(keep(outer, 3, &a, true) && ends_with(outer, 3) && !reads(outer, 7),
	   "a callback that does not use the record counts the event and replaces it");
	opens(outer, 7);
	opens(inner, 8);
	ok(keep(inner, 4, &a, true) && ends_with(inner, 4) && !reads(inner, 8) && reads(outer, 7),
	   "also if it is nested");
	mmn_event_reset();
	ok(!mmn_event_live(), "a reset clears open records");
}

/* ---- many tasks ---- */

#define TASKS	128
#define ROUNDS	200000

enum mode { OBSERVER, BESIDE_HOOK, WITHOUT_HOOK };

static void start_one(struct mmn_event_identity e, enum mode mode)
{
	if (mode == WITHOUT_HOOK)
		keep(e, 1, &a, true);
	else
		opens(e, 7);
	if (mode == BESIDE_HOOK)
		judge(e, 1);
}

/* Return: true if the event is found where @mode needs it at the end. */
static bool end_one(struct mmn_event_identity e, enum mode mode)
{
	bool found = reads(e, 7);

	if (mode == WITHOUT_HOOK)
		return ends_with(e, 1);
	closes(e);
	return mode == OBSERVER ? found : reads_end(e, 1);
}

/* Each task is always inside an event. Return: events that were lost, of ROUNDS. */
static unsigned int run_many(enum mode mode)
{
	unsigned int i, n, lost = 0, seed = 1;
	struct mmn_event_identity now[TASKS];
	unsigned long tasks[TASKS];

	forget_all();
	for (i = 0; i < TASKS; i++)
		tasks[i] = rand_r(&seed) % (1 << 20);
	for (i = 0; i < ROUNDS; i++) {
		n = rand_r(&seed) % TASKS;
		if (i >= TASKS)
			lost += !end_one(now[n], mode);
		else
			n = i;
		now[n] = event(tasks[n], 0x400 + 64 * (rand_r(&seed) % 16));
		start_one(now[n], mode);
	}
	return lost;
}

static void test_many(void)
{
	unsigned int observer = run_many(OBSERVER), beside = run_many(BESIDE_HOOK),
		     without = run_many(WITHOUT_HOOK);

	printf("# ends without the event, of %u: %u observer, %u beside the hook, %u without\n",
	       ROUNDS, observer, beside, without);
	ok(!observer, "an observer loses no event of %u tasks", TASKS);
	ok(beside < ROUNDS / 10, "beside the hook, nine of ten ends find the record");
	ok(without < ROUNDS / 10, "without the hook, nine of ten ends find the verdict");
}

int main(void)
{
	test_counts();
	test_kept_nested();
	test_stale();
	test_cancel();
	test_mixed();
	test_both();
	test_many();
	return tap_done();
}
