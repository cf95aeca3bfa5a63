// SPDX-License-Identifier: GPL-2.0-only
/*
 * record: what callbacks leave of events that no hook saw: who counts one, and what its
 * end finds.
 */
#include <linux/kernel.h>

#include "record.h"
#include "record_events.h"
#include "tap.h"

#define POOL	8192

/* Stand-ins for what sits on kernel stacks; only addresses matter. */
static char pool[POOL][64];

/* Another range with the same place in the table. */
static const void *neighbour(const void *range)
{
	unsigned int i;

	for (i = 0; i < POOL; i++)
		if (pool[i] != range &&
		    mmn_record_home(key(pool[i])) == mmn_record_home(key(range)))
			return pool[i];
	return NULL;
}

/* Who told of an event first, where no hook opens records. */
static bool note(const void *range, unsigned long n, unsigned long site,
		 unsigned int v, const void *asker)
{
	struct mmn_verdict what = verdict(v);

	return mmn_record_note(key(range), id(n), site, &what, asker);
}

static bool ends_with(const void *range, unsigned long n, unsigned int v)
{
	struct mmn_seen seen;

	return mmn_record_read(key(range), id(n), true, &seen) && seen.judged &&
	       is(&seen.verdict, v);
}

static void test_notes(void)
{
	static const char a, b;
	const void *range = pool[7], *other;
	struct mmn_seen seen;

	mmn_record_reset();
	ok(note(range, 1, 5, 2, &a), "note: the first one counts");
	ok(!note(range, 1, 5, 2, &b), "note: another one, of the same event, does not");
	ok(ends_with(range, 1, 2), "note: its end has the verdict");
	ok(!mmn_record_read(key(range), id(1), false, &seen), "note: no start finds it");
	ok(!mmn_record_live(), "note: it is not alive");
	ok(note(range, 1, 5, 2, &a), "note: who comes again tells of the next event");
	ok(!note(range, 1, 5, 2, &b), "note: and again, another one does not");
	ok(!note(range, 1, 5, 3, &b) && ends_with(range, 1, 3),
	   "note: another verdict is for the end");
	ok(note(range, 1, 5, 3, &a), "note: that did not change who was first");
	ok(note(range, 1, 6, 2, &b), "note: another site is another event");
	ok(note(range, 2, 6, 2, &a) && !ends_with(range, 1, 2) && ends_with(range, 2, 2),
	   "note: another task, too");
	mmn_record_forget_askers();
	ok(note(range, 2, 6, 2, &b), "note: nobody is taken for one who is gone");
	mmn_record_reset();
	other = neighbour(range);
	mmn_record_open(key(range), id(1), 5);
	ok(note(other, 2, 5, 2, &a) && !ends_with(other, 2, 2),
	   "note: a record in flight stays, and the event counts");
	ok(mmn_record_read(key(range), id(1), false, &seen), "note: it does stay");
	mmn_record_close(key(range));
	mmn_record_reset();
}

int main(void)
{
	test_notes();
	return tap_done();
}
