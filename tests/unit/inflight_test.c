// SPDX-License-Identifier: GPL-2.0-only
/*
 * inflight: what callbacks leave of events that no hook saw: who counts one, what its
 * end finds, and what becomes of it when events nest and tasks share a place.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "verdict/inflight.h"
#include "record_events.h"
#include "tap.h"

#define STACKS	0xffff000000004000UL

static const char a, b;

/* An event of task @n whose range lies @depth bytes below the top of its stack. */
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

/* Another task with the same place. */
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
	ok(keep(e, 2, &a, true), "the first one counts");
	ok(!keep(e, 2, &b, true), "another one, of the same event, does not");
	ok(ends_with(e, 2) && ends_with(e, 2), "each of both ends has the verdict");
	ok(keep(e, 2, &a, true), "who comes again tells of the next event");
	ok(!keep(e, 2, &b, true), "and again, another one does not");
	other.id++;
	ok(!has_end(other), "another event has no end");
	ok(keep(other, 2, &b, true) && ends_with(other, 2) && !has_end(e),
	   "another event at the same address counts");
	mmn_inflight_new_generation();
	ok(keep(other, 2, &a, true), "nobody is taken for one who is gone");
	ok(keep(e, 3, &a, false) && !keep(e, 3, &b, true) && ends_with(e, 3),
	   "the second one may be the one who has an end");
	forget_all();
	ok(keep(e, 2, &a, false) && !keep(e, 2, &b, false),
	   "two objects that hear of no end count an event once, too");
}

static void test_nested(void)
{
	struct mmn_inflight_event outer = event(1, 0x400), inner = event(1, 0x900),
				  inmost = event(1, 0xc00);

	forget_all();
	keep(outer, 1, &a, true);
	ok(keep(inner, 2, &a, true), "an event in another one counts");
	ok(ends_with(inner, 2) && ends_with(outer, 1), "both have their ends");
	keep(outer, 1, &a, true);
	keep(inner, 2, &a, true);
	keep(inmost, 3, &a, true);
	ok(ends_with(inmost, 3) && !has_end(inner) && ends_with(outer, 1),
	   "of three in each other the second one is lost");
	keep(outer, 1, &a, true);
	keep(inner, 2, &a, false);
	ok(keep(inner, 3, &a, true) && ends_with(inner, 3) && ends_with(outer, 1),
	   "one after the other in a third one");
	keep(outer, 1, &a, false);
	keep(outer, 1, &b, true);
	keep(inner, 2, &a, true);
	ok(ends_with(inner, 2) && ends_with(outer, 1),
	   "the end of the outer one is kept for the object that hears of it");
	keep(outer, 1, &a, true);
	ends_with(outer, 1);
	keep(inner, 2, &a, true);
	keep(inmost, 3, &a, true);
	ok(ends_with(inmost, 3) && ends_with(inner, 2), "what ended is around nothing");
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
	   "what was left in the second place is not found again");
	mmn_inflight_drop(inner.task, inner.range);
	ok(!has_end(inner), "nor when the first one is dropped");
	keep(inner, 3, &a, true);
	keep(outer, 1, &a, true);
	ok(ends_with(outer, 1), "what lies lower and had no end is over");
	keep(outer, 1, &a, true);
	mmn_inflight_cancel(outer.task, outer.range, &a);
	keep(inner, 2, &a, true);
	ok(ends_with(inner, 2) && !has_end(outer), "so is what will not ask at its end");
	keep(outer, 1, &a, true);
	keep(outer, 1, &b, true);
	mmn_inflight_cancel(outer.task, outer.range, &b);
	keep(inner, 2, &a, true);
	ok(ends_with(inner, 2) && ends_with(outer, 1), "but not by another one's word");
	keep(outer, 1, &a, true);
	mmn_inflight_drop(outer.task, outer.range);
	ok(!has_end(outer), "what is dropped is not found");
	mmn_inflight_drop(outer.task, outer.range);
	mmn_inflight_cancel(outer.task, outer.range, &a);
	ok(!has_end(outer), "nor is there anything to be dropped then");
	keep(outer, 1, &a, true);
	ok(keep(other, 2, &b, true) && ends_with(other, 2),
	   "another task with the same place takes it");
	ok(!has_end(outer), "then there is no end, rather than the wrong one");
}

/* A task in the same place writes between any two words: no end, or the right one. */
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
	ok(found && !wrong, "words of two events in one place do not match");
}

int main(void)
{
	test_counts();
	test_nested();
	test_places();
	test_mixed();
	return tap_done();
}
