// SPDX-License-Identifier: GPL-2.0-only
/*
 * inflight: slots for events that no hook saw: which callback counts an event, which
 * verdict its end finds, and nested events and tasks that share a slot.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "verdict/inflight.h"
#include "record_events.h"
#include "tap.h"

#define STACKS	0xffff000000004000UL

static const char a, b;

/* An event of task @n. Its range lies @depth bytes below the top of its stack. */
static struct mmn_inflight_event event(unsigned long n, unsigned long depth)
{
	unsigned long top = STACKS + (n << 20);

	return (struct mmn_inflight_event){
		.task = task(n), .top = top, .range = top - depth, .id = id(n),
	};
}

static bool keep(struct mmn_inflight_event e, unsigned int v, const void *query, bool ends)
{
	struct mmn_verdict what = verdict(v);

	return mmn_inflight_keep(&e, 5, &what, query, ends);
}

static bool ends_with(struct mmn_inflight_event e, unsigned int v)
{
	struct mmn_verdict what;
	unsigned long site;

	return mmn_inflight_end(&e, &site, &what) && site == 5 && is(&what, v);
}

static bool has_end(struct mmn_inflight_event e)
{
	struct mmn_verdict what;
	unsigned long site;

	return mmn_inflight_end(&e, &site, &what);
}

static void forget_all(void)
{
	memset(mmn_inflight_table, 0, sizeof(mmn_inflight_table));
}

/* Return: another task with the same slot. */
static unsigned long neighbour(unsigned long n)
{
	unsigned long i = n;

	while (mmn_inflight_of(task(++i)) != mmn_inflight_of(task(n)))
		;
	return i;
}

static void test_counts(void)
{
	struct mmn_inflight_event e = event(1, 0x400), other = e;

	forget_all();
	ok(keep(e, 2, &a, true), "the first subscriber counts the event");
	ok(!keep(e, 2, &b, true), "a second subscriber of the same event does not");
	ok(ends_with(e, 2) && ends_with(e, 2), "both ends find the verdict");
	ok(keep(e, 2, &a, true), "the same subscriber again is a new event");
	ok(!keep(e, 2, &b, true), "the second subscriber does not count the new event");
	other.id++;
	ok(!has_end(other), "the end of another event finds nothing");
	ok(keep(other, 2, &b, true) && ends_with(other, 2) && !has_end(e),
	   "another event at the same address is counted and replaces the slot");
	mmn_inflight_new_generation();
	ok(keep(other, 2, &a, true), "a new generation invalidates subscribers");
	ok(keep(e, 3, &a, false) && !keep(e, 3, &b, true) && ends_with(e, 3),
	   "the second subscriber alone may have an end");
	forget_all();
	ok(keep(e, 2, &a, false) && !keep(e, 2, &b, false),
	   "two subscribers without an end count an event once");
}

static void test_nested(void)
{
	struct mmn_inflight_event outer = event(1, 0x400), inner = event(1, 0x900),
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
	   "the outer event is kept for the subscriber with an end");
	keep(outer, 1, &a, true);
	ends_with(outer, 1);
	keep(inner, 2, &a, true);
	keep(inmost, 3, &a, true);
	ok(ends_with(inmost, 3) && ends_with(inner, 2),
	   "an event that ended is not an outer event");
}

static void test_places(void)
{
	struct mmn_inflight_event outer = event(1, 0x400), inner = event(1, 0x900),
				  other = event(neighbour(1), 0x400);

	forget_all();
	keep(outer, 1, &a, true);
	keep(inner, 2, &a, true);
	ends_with(inner, 2);
	ends_with(outer, 1);
	ok(keep(inner, 3, &a, true) && ends_with(inner, 3),
	   "a stale entry in the second half of the slot is not found");
	mmn_inflight_drop(inner.task, inner.range);
	ok(!has_end(inner), "it is not found after the first half is dropped");
	keep(inner, 3, &a, true);
	keep(outer, 1, &a, true);
	ok(ends_with(outer, 1), "an event lower on the stack without an end is over");
	keep(outer, 1, &a, true);
	mmn_inflight_cancel(outer.task, outer.range, &a);
	keep(inner, 2, &a, true);
	ok(ends_with(inner, 2) && !has_end(outer),
	   "an event is over if its subscriber cancelled the end");
	keep(outer, 1, &a, true);
	keep(outer, 1, &b, true);
	mmn_inflight_cancel(outer.task, outer.range, &b);
	keep(inner, 2, &a, true);
	ok(ends_with(inner, 2) && ends_with(outer, 1),
	   "another subscriber cannot cancel the end");
	keep(outer, 1, &a, true);
	mmn_inflight_drop(outer.task, outer.range);
	ok(!has_end(outer), "a dropped event is not found");
	mmn_inflight_drop(outer.task, outer.range);
	mmn_inflight_cancel(outer.task, outer.range, &a);
	ok(!has_end(outer), "a second drop and a cancel find nothing");
	keep(outer, 1, &a, true);
	ok(keep(other, 2, &b, true) && ends_with(other, 2),
	   "another task with the same slot replaces the event");
	ok(!has_end(outer), "the replaced event has no end, rather than a wrong one");
}

/* A task with the same slot writes between any two words: no end, or the right one. */
static void test_mixed(void)
{
	struct mmn_inflight_event e = event(1, 0x400), o = event(neighbour(1), 0x400);
	struct mmn_inflight *f = &mmn_inflight_of(task(1))->outer;
	struct mmn_inflight mine, theirs;
	unsigned int words, wrong = 0, found = 0;

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
			found++;
			wrong += !(words & 4) || !(words & 8);
		}
	}
	ok(found && !wrong, "a mix of the words of two events is not accepted");
}

int main(void)
{
	test_counts();
	test_nested();
	test_places();
	test_mixed();
	return tap_done();
}
