// SPDX-License-Identifier: GPL-2.0-only
/*
 * record: the table of events, with one task, with another task at each point where it
 * may preempt, and with several threads. The tests do not depend on its size or its hash:
 * they find ranges that share a slot by trial.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/compiler.h>
#include <linux/kernel.h>

#include "verdict/record.h"
#include "record_events.h"
#include "tap.h"

#define POOL	65536
#define CLASH	64		/* ranges with the same home slot */

/* Stand-ins for struct mmu_notifier_range on kernel stacks; only addresses matter. */
static char pool[POOL][64];
static const void *clash[CLASH];

static unsigned long weak(const void *range)
{
	return mmn_record_key(range, false);
}

static bool reads(const void *range, u64 event, unsigned long site)
{
	struct mmn_event_snapshot seen;

	return mmn_record_read(key(range), event, false, &seen) && seen.site.pc == site;
}

/* Looks an event up and stores a verdict, as a callback does. Return: true if it was found. */
static bool judge(const void *range, u64 event, unsigned int n)
{
	struct mmn_event_snapshot seen;

	if (!mmn_record_read(key(range), event, false, &seen))
		return false;
	seen.verdict = verdict(n);
	mmn_record_set_verdict(&seen);
	return true;
}

/* ---- one task ---- */

static void test_one(void)
{
	struct mmn_event_snapshot seen;
	struct mmn_record *rec;

	mmn_record_reset();
	ok(!reads(pool[0], id(1), 7), "an empty table has no record");
	ok(!mmn_record_live(), "an empty table has no live record");
	rec = mmn_record_open(key(pool[0]), id(1), 7);
	ok(rec && !rec->since, "a new record has no start time");
	ok(mmn_record_live() == 1, "one record is live");
	ok(mmn_record_read(key(pool[0]), id(1), false, &seen) && seen.site.pc == 7 &&
	   seen.rec == rec && seen.id == id(1), "the record is found, with its site");
	ok(!seen.classified, "a new record has no verdict");
	ok(!reads(pool[1], id(1), 7), "another range has no record");

	mmn_record_place(rec, id(1), 1000, 2000);
	ok(mmn_record_read(key(pool[0]), id(1), false, &seen) &&
	   seen.site.sp == 1000 && seen.site.bp == 2000,
	   "the record has its position on the stack");
	mmn_record_place(rec, id(2), 1000, 2000);
	ok(mmn_record_read(key(pool[0]), id(1), false, &seen) && seen.site.bp != 2000,
	   "a position set for another event does not match");
	ok(judge(pool[0], id(1), 5), "a callback that finds the record may set its verdict");
	ok(mmn_record_read(key(pool[0]), id(1), false, &seen) && seen.classified &&
	   is(&seen.verdict, 5), "the next callback finds the verdict");
	rec->since = 5;
	ok(mmn_record_open(key(pool[0]), id(1), 7) == rec && !rec->since &&
	   mmn_record_live() == 1, "the same event again reuses the record");
	ok(mmn_record_read(key(pool[0]), id(1), false, &seen) && !seen.classified,
	   "the reused record has no verdict");

	judge(pool[0], id(1), 6);
	mmn_record_close(key(pool[1]));
	ok(reads(pool[0], id(1), 7), "closing another range leaves the record");
	mmn_record_close(key(pool[0]));
	ok(!mmn_record_live(), "a closed record is not live");
	ok(!reads(pool[0], id(1), 7), "a lookup for a start does not find a closed record");
	ok(mmn_record_read(key(pool[0]), id(1), true, &seen) && seen.classified &&
	   is(&seen.verdict, 6), "a lookup for an end finds it, with the verdict");
	mmn_record_reset();
	ok(!mmn_record_read(key(pool[0]), id(1), true, &seen), "no record after a reset");
}

/* An event that differs in one member is another event. */
static void test_identity(void)
{
	const u64 others[] = {
		mmn_record_id(mm(2), task(1), 0x1000, 0x3000),
		mmn_record_id(mm(1), task(2), 0x1000, 0x3000),
		mmn_record_id(mm(1), task(1), 0x2000, 0x3000),
		mmn_record_id(mm(1), task(1), 0x1000, 0x4000),
		mmn_record_id(mm(1), task(1), 0x3000, 0x1000),
		mmn_record_id(mm(0), task(0), 0, 0),
	};
	struct mmn_event_snapshot seen;
	unsigned int i;

	mmn_record_reset();
	mmn_record_open(key(pool[0]), id(1), 7);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		ok(!mmn_record_read(key(pool[0]), others[i], false, &seen) &&
		   !mmn_record_read(key(pool[0]), others[i], true, &seen),
		   "a record does not match another event: %u", i);
	mmn_record_close(key(pool[0]));
	for (i = 0; i < ARRAY_SIZE(others); i++)
		ok(!mmn_record_read(key(pool[0]), others[i], true, &seen),
		   "a closed record does not match another event: %u", i);
}

/* Events of one task nest: inner ones start and end within outer ones. */
static void test_nesting(void)
{
	unsigned int i, bad = 0;

	mmn_record_reset();
	for (i = 0; i < 64; i++) {
		mmn_record_open(key(pool[i]), id(1), i);
		if (i % 3 == 0) {
			mmn_record_open(key(pool[64 + i]), id(1), 99);
			mmn_record_close(key(pool[64 + i]));
		}
	}
	ok(mmn_record_live() == 64, "64 nested events have a record each");
	while (i--) {
		bad += !reads(pool[i], id(1), i);
		mmn_record_close(key(pool[i]));
	}
	ok(!bad && !mmn_record_live(), "each of 64 nested events finds its record");
}

/* ---- ranges with the same home slot ---- */

/* Return: slot of @range in an empty table, as it is here. */
static struct mmn_record *home_of(const void *range)
{
	struct mmn_record *rec = mmn_record_open(key(range), 0, 0);

	mmn_record_close(key(range));
	rec->key = 0;
	return rec;
}

static unsigned int find_clash(const struct mmn_record *home)
{
	unsigned int i, nr = 0;

	mmn_record_reset();
	for (i = 0; i < POOL && nr < CLASH; i++)
		if (home_of(pool[i]) == home)
			clash[nr++] = pool[i];
	return nr;
}

/* Opens ranges of clash[] until no slot is left. Return: number of records. */
static unsigned int fill(void)
{
	unsigned int i, room, full = mmn_record_full();

	mmn_record_reset();
	for (room = 0; room < CLASH; room++) {
		mmn_record_open(key(clash[room]), id(room), room);
		if (mmn_record_full() != full)
			break;
	}
	mmn_record_reset();
	for (i = 0; i < room; i++)
		mmn_record_open(key(clash[i]), id(i), i);
	return room;
}

static bool all_read(unsigned int from, unsigned int to)
{
	while (from < to && reads(clash[from], id(from), from))
		from++;
	return from == to;
}

static void test_clash(void)
{
	unsigned int i, room = fill(), full = mmn_record_full();
	struct mmn_event_snapshot seen;

	ok(room >= 4 && room < CLASH, "%u ranges with the same home slot have a record", room);
	ok(mmn_record_live() == room && all_read(0, room), "each range finds its own record");
	for (i = 0; i < room; i++)
		judge(clash[i], id(i), i + 1);
	for (i = 0; i < room; i++)
		if (!mmn_record_read(key(clash[i]), id(i), false, &seen) ||
		    !seen.classified || !is(&seen.verdict, i + 1))
			break;
	ok(i == room, "each range finds its own verdict");

	mmn_record_open(key(clash[room]), id(room), room);
	ok(mmn_record_full() == full + 1,
	   "one more range finds the slots full, which is counted");
	ok(reads(clash[room], id(room), room) && !reads(clash[0], id(0), 0) &&
	   all_read(1, room), "it replaces the record of the first range");
	mmn_record_close(key(clash[0]));
	ok(reads(clash[room], id(room), room) && mmn_record_live() == room,
	   "the end of the replaced range closes no other record");
	ok(!mmn_record_read(key(clash[0]), id(0), true, &seen),
	   "the replaced range finds no record at its end");

	fill();
	mmn_record_close(key(clash[0]));
	ok(mmn_record_read(key(clash[0]), id(0), true, &seen),
	   "a closed record is found until its slot is reused");
	mmn_record_open(key(clash[room]), id(room), room);
	ok(!mmn_record_read(key(clash[0]), id(0), true, &seen) &&
	   reads(clash[room], id(room), room), "a closed record is replaced by a new one");
	mmn_record_close(key(clash[1]));
	ok(!mmn_record_read(key(clash[1]), id(1), true, &seen) &&
	   mmn_record_live() == room - 1,
	   "a closed record outside its home slot is not found at its end");
	ok(!reads(clash[1], id(1), 1),
	   "a closed record outside its home slot is not found at a start");
}

/* Records of non-blockable starts, which may be refused. */
static void test_refused(void)
{
	unsigned int room, full;
	struct mmn_event_snapshot seen;

	mmn_record_reset();
	mmn_record_open(weak(clash[0]), id(0), 7);
	ok(mmn_record_read(weak(clash[0]), id(0), false, &seen) && seen.site.pc == 7,
	   "a non-blockable start has a record");
	ok(!mmn_record_read(key(clash[0]), id(0), false, &seen),
	   "a lookup for a blockable start does not find it");
	mmn_record_open(key(clash[1]), id(1), 1);
	ok(reads(clash[1], id(1), 1) && mmn_record_live() == 1 &&
	   !mmn_record_read(weak(clash[0]), id(0), false, &seen), "another event may replace it");
	mmn_record_open(weak(clash[0]), id(0), 7);
	ok(reads(clash[1], id(1), 1) && mmn_record_live() == 1 &&
	   !mmn_record_read(weak(clash[0]), id(0), false, &seen), "it replaces no other record");
	mmn_record_close(key(clash[1]));
	mmn_record_open(weak(clash[0]), id(0), 7);
	mmn_record_close(weak(clash[0]));
	ok(mmn_record_read(weak(clash[0]), id(0), true, &seen) && !mmn_record_live(),
	   "if the start is not refused, its end finds the record");

	room = fill();
	full = mmn_record_full();
	mmn_record_open(weak(clash[room]), id(room), 7);
	ok(mmn_record_live() == room && all_read(0, room) && mmn_record_full() == full,
	   "without a free slot it has no record and replaces none");
}

/* The slots behind the last one of the table are at its start. */
static void test_wrap_of_table(void)
{
	struct mmn_record *rec, *last = NULL, *first = NULL;
	struct mmn_event_snapshot seen;
	unsigned int i, room;

	mmn_record_reset();
	for (i = 0; i < POOL; i++) {
		rec = home_of(pool[i]);
		if (!last || rec > last)
			last = rec;
		if (!first || rec < first)
			first = rec;
	}
	ok(find_clash(last) > 16, "ranges with the last slot as home");
	room = fill();
	ok(room >= 4, "%u ranges with the last slot as home have a record", room);
	for (i = 0; i < room; i++)
		if (!mmn_record_read(key(clash[i]), id(i), false, &seen) ||
		    seen.rec < first || seen.rec > last)
			break;
	ok(i == room, "their records are inside the table");
	ok(mmn_record_live() == room, "their records at both ends of the table are counted");
}

/* ---- another task, at each point ---- */

/*
 * Two tasks with the same home slot: task 1 with clash[0], task 2 with clash[1]. Task 2
 * runs once, at the n-th point where task 1 may be preempted.
 */
static struct {
	unsigned int n;
	unsigned int met;
	void (*act)(void);
} intruder;

static void take_turns(void);

void shim_preempt(int writes)
{
	take_turns();
	if (!intruder.n || --intruder.n)
		return;
	intruder.met++;
	intruder.act();
}

#define SITE1	0x100
#define SITE2	0x200

static void other_opens(void)
{
	mmn_record_open(key(clash[1]), id(2), SITE2);
}

static void other_judges(void)
{
	other_opens();
	judge(clash[1], id(2), 2);
}

static void other_closes(void)
{
	mmn_record_close(key(clash[1]));
}

static void other_lives(void)
{
	other_judges();
	other_closes();
}

static void many_open(void)
{
	unsigned int i;

	for (i = 1; i < 12; i++) {
		mmn_record_open(key(clash[i]), id(i + 1), SITE2);
		judge(clash[i], id(i + 1), 2);
	}
}

static unsigned long wrong, missed, found;

static void start_counting(void)
{
	wrong = 0;
	missed = 0;
	found = 0;
}

/* Task 1 looks its event up: its own site with verdict @n or none, or no record. */
static void look(bool at_end, unsigned int n)
{
	struct mmn_event_snapshot seen;

	if (!mmn_record_read(key(clash[0]), id(1), at_end, &seen)) {
		missed++;
		return;
	}
	found++;
	wrong += seen.site.pc != SITE1;
	wrong += seen.classified && !is(&seen.verdict, n);
	if (at_end || seen.classified)
		return;
	seen.verdict = verdict(n);
	mmn_record_set_verdict(&seen);
}

/* One event of task 1, from its start to the callback of its end. */
static void live(unsigned int n)
{
	mmn_record_open(key(clash[0]), id(1), SITE1);
	look(false, n);
	look(false, n);
	mmn_record_close(key(clash[0]));
	look(true, n);
}

/*
 * An earlier identical event of task 1 with another verdict (77), in the home slot or in
 * another one. That verdict must not be found again.
 */
static void before(bool displaced)
{
	mmn_record_reset();
	if (displaced)
		other_opens();
	live(77);
	if (displaced)
		other_closes();
}

/* Return: number of points where task 1 may be preempted. */
static unsigned int at_each_place(void (*act)(void), void (*prepare)(void), bool displaced)
{
	unsigned int n;

	for (n = 1; n < 200; n++) {
		before(displaced);
		if (prepare)
			prepare();
		intruder.met = 0;
		intruder.act = act;
		intruder.n = n;
		live(5);
		intruder.n = 0;
		if (!intruder.met)
			break;
		/* Leftovers must not disturb the next event of the same kind. */
		live(6);
	}
	return n - 1;
}

static void test_between(void)
{
	static const struct {
		const char *what;
		void (*act)(void);
		void (*prepare)(void);
	} others[] = {
		{ "another task opens", other_opens, NULL },
		{ "another task opens and sets a verdict", other_judges, NULL },
		{ "another task opens and closes", other_lives, NULL },
		{ "another task closes", other_closes, other_judges },
		{ "many open", many_open, NULL },
	};
	unsigned int i, places, displaced;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		for (displaced = 0; displaced < 2; displaced++) {
			start_counting();
			places = at_each_place(others[i].act, others[i].prepare, displaced);
			ok(!wrong && places > 12 && found > missed,
			   "%s%s: no wrong result at any of %u points (%lu found, %lu missed)",
			   others[i].what, displaced ? ", the earlier event in another slot" : "",
			   places, found, missed);
		}
	}
}

/*
 * Two threads, of which one runs at a time: the first for a number of points, the
 * second, the first again, and then both to their ends.
 */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t passed;
	bool on;
	unsigned int whose;
	unsigned int left[2];
	unsigned int next[2];
} turns = { .lock = PTHREAD_MUTEX_INITIALIZER, .passed = PTHREAD_COND_INITIALIZER };

static __thread unsigned int me;

static void pass_turn(unsigned int to)
{
	pthread_mutex_lock(&turns.lock);
	turns.whose = to;
	pthread_cond_broadcast(&turns.passed);
	pthread_mutex_unlock(&turns.lock);
}

static void await_turn(void)
{
	pthread_mutex_lock(&turns.lock);
	while (turns.whose != me)
		pthread_cond_wait(&turns.passed, &turns.lock);
	pthread_mutex_unlock(&turns.lock);
}

static void take_turns(void)
{
	if (!turns.on || !turns.left[me] || --turns.left[me])
		return;
	turns.left[me] = turns.next[me];
	turns.next[me] = 0;
	pass_turn(!me);
	await_turn();
}

static void other_looks(void)
{
	struct mmn_event_snapshot seen;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (mmn_record_read(key(clash[1]), id(2), i, &seen)) {
			wrong += seen.site.pc != SITE2;
			wrong += seen.classified && !is(&seen.verdict, 2);
		}
		other_closes();
	}
}

static void *be_second(void *data)
{
	me = 1;
	await_turn();
	other_judges();
	other_looks();
	turns.left[0] = 0;
	pass_turn(0);
	return NULL;
}

/* Return: true if each turn was reached. */
static bool in_turns(unsigned int a, unsigned int b, unsigned int c)
{
	pthread_t thread;
	bool all;

	before(false);
	turns.left[0] = a;
	turns.next[0] = c;
	turns.left[1] = b;
	turns.next[1] = 0;
	turns.whose = 0;
	turns.on = true;
	pthread_create(&thread, NULL, be_second, NULL);
	live(5);
	all = !turns.left[0] && !turns.next[0];
	turns.left[0] = 0;
	turns.left[1] = 0;
	pass_turn(1);
	pthread_join(thread, NULL);
	turns.on = false;
	return all;
}

static void test_in_turns(void)
{
	unsigned int a, b, c, places = 0;

	start_counting();
	for (a = 1; a < 12; a++)
		for (b = 1; b < 16; b++)
			for (c = 1; c < 24; c++)
				places += in_turns(a, b, c);
	ok(!wrong && places > 1000,
	   "in turns: no wrong result in any of %u orders (%lu found, %lu missed)",
	   places, found, missed);
}

/* A record that is replaced between a lookup and its verdict. */
static void test_late_verdict(void)
{
	struct mmn_event_snapshot seen, other;

	mmn_record_reset();
	mmn_record_open(key(clash[0]), id(1), SITE1);
	mmn_record_read(key(clash[0]), id(1), false, &seen);
	mmn_record_reset();
	other_judges();
	seen.verdict = verdict(5);
	mmn_record_set_verdict(&seen);
	ok(mmn_record_read(key(clash[1]), id(2), false, &other) && other.classified &&
	   is(&other.verdict, 2), "a late verdict does not change the new record");
}

/* ---- threads ---- */

/*
 * Several tasks with ranges of their own, all with the same home slot. A task must only
 * find its own record of this event: each verdict has a unique number.
 */
struct worker {
	pthread_t thread;
	unsigned int id;
	unsigned int seed;
	unsigned long found;
	unsigned long missed;
	unsigned long wrong;
	const void *ranges[12];
};

#define WORKERS		4
#define TURNS		60000

static time_t stress_until;

static void check(struct worker *w, unsigned long k, bool at_end, unsigned int n)
{
	struct mmn_event_snapshot seen;

	if (!mmn_record_read(k, id(w->id), at_end, &seen)) {
		w->missed++;
		return;
	}
	w->found++;
	w->wrong += (seen.site.pc | 3) != (k | 3);
	w->wrong += seen.classified && !is(&seen.verdict, n);
	if (seen.classified)
		return;
	seen.verdict = verdict(n);
	mmn_record_set_verdict(&seen);
}

/* One event, with @inner another one nested; some starts are refused and have no end. */
static void one_turn(struct worker *w, unsigned int turn, bool inner)
{
	const void *range = w->ranges[(inner ? 6 : 0) + rand_r(&w->seed) % 6];
	bool ends = rand_r(&w->seed) % 8;
	unsigned long k = mmn_record_key(range, ends);
	unsigned int n = (turn * 2 + inner) % 30000 + 1;

	mmn_record_open(k, id(w->id), (unsigned long)range);
	check(w, k, false, n);
	if (!inner && rand_r(&w->seed) % 4 == 0)
		one_turn(w, turn, true);
	check(w, k, false, n);
	if (!ends && rand_r(&w->seed) % 2)
		return;
	mmn_record_close(k);
	check(w, k, true, n);
}

static void *work(void *data)
{
	struct worker *w = data;
	unsigned int turn = 0;

	while (turn++ < TURNS || time(NULL) < stress_until)
		one_turn(w, turn, false);
	return NULL;
}

static void test_threads(void)
{
	static struct worker workers[WORKERS];
	const char *seconds = getenv("STRESS_SECONDS");
	unsigned long found_all = 0, missed_all = 0, wrong_all = 0;
	unsigned int i, j;

	mmn_record_reset();
	ok(find_clash(home_of(pool[POOL - 1])) > 48,
	   "threads: many ranges have the same home slot");
	stress_until = time(NULL) + (seconds ? atoi(seconds) : 0);
	for (i = 0; i < WORKERS; i++) {
		workers[i].id = i + 1;
		workers[i].seed = i + 1;
		for (j = 0; j < ARRAY_SIZE(workers[i].ranges); j++)
			workers[i].ranges[j] = clash[WORKERS * j + i];
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	}
	for (i = 0; i < WORKERS; i++) {
		pthread_join(workers[i].thread, NULL);
		found_all += workers[i].found;
		missed_all += workers[i].missed;
		wrong_all += workers[i].wrong;
	}
	printf("# %lu times found, %lu times missed, %u times full\n", found_all,
	       missed_all, mmn_record_full());
	ok(!wrong_all, "threads: each record found is the task's own (%lu were not)", wrong_all);
	ok(found_all > missed_all, "threads: more lookups succeed than fail");
}

int main(void)
{
	test_one();
	test_identity();
	test_nesting();
	find_clash(home_of(pool[0]));
	test_clash();
	test_refused();
	test_between();
	test_in_turns();
	test_late_verdict();
	test_wrap_of_table();
	test_threads();
	return tap_done();
}
