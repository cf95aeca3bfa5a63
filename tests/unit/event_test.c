// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * event: the records of the hook, with one task, with another task at each point where it
 * may preempt, and with several threads. event_callbacks_test.c has the callbacks.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/sched/task_stack.h>

#include "verdict/event.h"
#include "event_events.h"
#include "tap.h"

/* Objects of clients; only their addresses matter. */
static const char a, b;

/* One event of each of some tasks with the same home slot. */
static struct mmn_event_identity clash[12];

/* ---- the hook, one task ---- */

static void test_one(void)
{
	struct mmn_event_identity e = event(1, 0x400), other = event(1, 0x500);
	struct mmn_event_snapshot seen;
	struct mmn_event *slot;

	forget_all();
	ok(!reads(e, 7), "an empty table has no record");
	ok(!mmn_event_live(), "an empty table has no live record");
	slot = opens(e, 7);
	ok(slot, "an event gets a slot");
	ok(mmn_event_live() == 1, "one record is live");
	ok(finds(e, false, &seen) && seen.site.pc == 7 && seen.slot == slot && seen.id == e.id,
	   "the record is found, with its site");
	ok(seen.site.sp == 1000 && seen.site.bp == 2000,
	   "the record has its position on the stack");
	ok(!seen.classified, "a new record has no verdict");
	ok(!reads(other, 7), "another range has no record");
	slot->bp++;
	ok(finds(e, false, &seen) && seen.site.bp == 2001, "the frame pointer is not tagged");
	ok(judge(e, 5), "a callback that finds the record may set its verdict");
	ok(finds(e, false, &seen) && seen.classified && is(&seen.verdict, 5),
	   "the next callback finds the verdict");
	ok(opens(e, 7) == slot && mmn_event_live() == 1,
	   "the same event again reuses the record");
	ok(finds(e, false, &seen) && !seen.classified, "the reused record has no verdict");
	ok(finds(e, true, &seen) && !seen.classified && !has_end(e),
	   "an end finds the site of a record without a verdict");

	judge(e, 6);
	closes(other);
	ok(reads(e, 7), "closing another range leaves the record");
	closes(e);
	ok(!mmn_event_live(), "a closed record is not live");
	ok(!reads(e, 7), "a lookup for a start does not find a closed record");
	ok(reads_end(e, 6), "a lookup for an end finds it, with the verdict");
	ok(!has_end(e), "it is not taken for a verdict that a callback saved");
	mmn_event_reset();
	ok(!reads_end(e, 6), "no record after a reset");
}

/* An event that differs in one member is another event. */
static void test_identity(void)
{
	const u64 others[] = {
		mmn_event_id(mm(2), task(1), 0x1000, 0x3000),
		mmn_event_id(mm(1), task(2), 0x1000, 0x3000),
		mmn_event_id(mm(1), task(1), 0x2000, 0x3000),
		mmn_event_id(mm(1), task(1), 0x1000, 0x4000),
		mmn_event_id(mm(1), task(1), 0x3000, 0x1000),
		mmn_event_id(mm(0), task(0), 0, 0),
	};
	struct mmn_event_identity e = event(1, 0x400), other = e;
	struct mmn_event_snapshot seen;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		forget_all();
		other.id = others[i];
		opens(e, 7);
		ok(!finds(other, false, &seen), "a record does not match another event: %u", i);
		judge(e, 3);
		ok(!finds(other, false, &seen), "with a verdict it does not either: %u", i);
		closes(e);
		ok(!finds(other, true, &seen), "a closed record does not: %u", i);
		keep(e, 3, &a, true);
		ok(!has_end(other), "what a callback saved does not: %u", i);
	}
}

/* Return: the end with which an event of task 2 has the id @of, if the multiplier is known. */
static unsigned long forged_end(u64 of)
{
	return of - mmn_event_id(mm(1), task(2), 0x5000, 0);
}

/* A pair of events that is chosen for one multiplier has different ids with another one. */
static void test_seed(void)
{
	const u64 mix = mmn_event_mix;
	unsigned long end = forged_end(id(1));

	ok(mmn_event_id(mm(1), task(2), 0x5000, end) == id(1),
	   "an event may be chosen to have another's id while the multiplier is known");
	mmn_event_init(mix ^ 0x10);
	ok(mmn_event_mix != mix && mmn_event_id(mm(1), task(2), 0x5000, end) != id(1),
	   "with another seed it has an id of its own");
	mmn_event_init(1UL << 63);
	ok(mmn_event_id(mm(1), task(1), 0x1000, 0x3000) !=
	   mmn_event_id(mm(2), task(1), 0x1000, 0x3000), "an even seed keeps the mm in the id");
	mmn_event_init(mix);
}

/* Events of one task nest: the first two find their records at their ends, too. */
static void test_nesting(void)
{
	struct mmn_event_identity e[9];
	unsigned int i, n, bad, full = mmn_event_full();

	for (i = 0; i < 9; i++)
		e[i] = event(1, 0x400 * (i + 1));
	for (n = 1; n <= 8; n++) {
		forget_all();
		bad = 0;
		for (i = 0; i < n; i++) {
			opens(e[i], i);
			judge(e[i], i + 1);
		}
		bad += mmn_event_live() != n;
		while (i--) {
			bad += !reads(e[i], i);
			closes(e[i]);
			bad += reads_end(e[i], i + 1) != (i < 2);
		}
		ok(!bad && !mmn_event_live() && mmn_event_full() == full,
		   "each of %u nested events finds its record, and two of them at the end", n);
	}
	forget_all();
	for (i = 0; i < 9; i++)
		opens(e[i], i);
	ok(mmn_event_full() == full + 1 && !reads(e[0], 0) && reads(e[8], 8),
	   "the ninth nested event replaces the record of the first, which is counted");
	forget_all();
	opens(e[1], 1);
	opens(e[0], 2);
	ok(mmn_event_live() == 1 && reads(e[0], 2), "an event lower on the stack is over");
	forget_all();
	opens(event(1, THREAD_SIZE), 1);
	opens(e[0], 2);
	ok(mmn_event_live() == 1 && reads(e[0], 2), "also at the end of the stack");
}

/* Slots at both ends of the table. */
static void test_table(void)
{
	const struct mmn_event *edges[] = {
		mmn_event_table[0], mmn_event_table[ARRAY_SIZE(mmn_event_table) - 1],
	};
	struct mmn_event_identity e;
	unsigned long n;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(edges); i++) {
		for (n = 1; mmn_event_home(task(n)) != edges[i]; n++)
			;
		e = event(n, 0x400);
		forget_all();
		opens(e, 7);
		opens(event(n, 0x800), 8);
		ok(mmn_event_live() == 2, "records at an end of the table are counted: %u", i);
		mmn_event_reset();
		ok(!mmn_event_live() && !reads(e, 7) && !reads(event(n, 0x800), 8),
		   "they are cleared: %u", i);
	}
}

/* ---- the hook, tasks with the same home slot ---- */

static void test_clash(void)
{
	unsigned int i, room = 8, full = mmn_event_full();

	forget_all();
	for (i = 0; i < room; i++) {
		opens(clash[i], i);
		judge(clash[i], i + 1);
	}
	for (i = 0; i < room && reads(clash[i], i); i++)
		;
	ok(i == room && mmn_event_live() == room && mmn_event_full() == full,
	   "eight tasks with the same home slot have a record each");
	opens(clash[room], room);
	ok(mmn_event_full() == full + 1, "one more task finds the slots full, which is counted");
	ok(reads(clash[room], room) && !reads(clash[0], 0), "it replaces the record at home");
	closes(clash[0]);
	ok(reads(clash[room], room) && mmn_event_live() == room,
	   "the end of the replaced event closes no other record");
	ok(!reads_end(clash[0], 1), "the replaced event finds no record at its end");
	for (i = 1; i < room; i++)
		closes(clash[i]);
	for (i = 1; i < room && !reads_end(clash[i], i + 1) && !reads(clash[i], i); i++)
		;
	ok(i == room, "a closed record in another slot is not found");
	closes(clash[room]);
	ok(!mmn_event_live(), "but it is closed");
	opens(clash[0], 0);
	judge(clash[0], 1);
	keep(clash[1], 2, &a, true);
	ok(!reads(clash[0], 0) && ends_with(clash[1], 2),
	   "a callback of another task takes the home slot");
	opens(clash[0], 0);
	ok(reads(clash[0], 0) && !has_end(clash[1]), "the hook takes it back");
}

/* Records of non-blockable starts, which may be refused. */
static void test_refused(void)
{
	struct mmn_event_identity e = clash[0], outer = event(1, 0x100);
	struct mmn_event_snapshot seen;

	forget_all();
	opens_weak(e, 7);
	ok(reads(e, 7) && mmn_event_live() == 1, "a non-blockable start has a record");
	opens(clash[1], 1);
	ok(reads(clash[1], 1) && mmn_event_live() == 1 && !reads(e, 7),
	   "another event may replace it");
	opens_weak(e, 7);
	opens(clash[2], 2);
	ok(reads(clash[2], 2) && mmn_event_live() == 2, "in each slot");
	opens_weak(e, 7);
	ok(reads(clash[1], 1) && reads(clash[2], 2) && mmn_event_live() == 2 && !reads(e, 7),
	   "it replaces no other record");
	closes(clash[1]);
	opens_weak(e, 7);
	closes(e);
	ok(finds(e, true, &seen) && mmn_event_live() == 1,
	   "if the start is not refused, its end finds the record");
	forget_all();
	opens(outer, 1);
	opens_weak(e, 7);
	ok(reads(e, 7) && reads(outer, 1), "it nests");
	forget_all();
	opens_weak(outer, 1);
	opens(e, 7);
	ok(reads(e, 7) && !reads(outer, 1), "a nested event may replace it, too");
}

/* ---- another task, at each point ---- */

/*
 * Two tasks with the same home slot: task 1 in clash[0], task 2 in clash[1]. Task 2
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
	opens(clash[1], SITE2);
}

static void other_judges(void)
{
	other_opens();
	judge(clash[1], 2);
}

static void other_closes(void)
{
	closes(clash[1]);
}

static void other_keeps(void)
{
	keep(clash[1], 2, &b, true);
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
		opens(clash[i], SITE2);
		judge(clash[i], 2);
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

	if (!finds(clash[0], at_end, &seen)) {
		missed++;
		return;
	}
	found++;
	wrong += seen.site.pc != SITE1;
	wrong += seen.classified && !is(&seen.verdict, n);
	if (at_end || seen.classified)
		return;
	seen.verdict = verdict(n);
	mmn_event_set_verdict(&seen);
}

/* One event of task 1, from its start to the callback of its end. */
static void live(unsigned int n)
{
	opens(clash[0], SITE1);
	look(false, n);
	look(false, n);
	closes(clash[0]);
	look(true, n);
}

/*
 * An earlier identical event of task 1 with another verdict (77), in the home slot or in
 * another one. That verdict must not be found again.
 */
static void before(bool displaced)
{
	forget_all();
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
		{ "a callback of another task saves", other_keeps, NULL },
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
		if (finds(clash[1], i, &seen)) {
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
static bool in_turns(unsigned int first, unsigned int second, unsigned int third)
{
	pthread_t thread;
	bool all;

	before(false);
	turns.left[0] = first;
	turns.next[0] = third;
	turns.left[1] = second;
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
	unsigned int i, j, k, places = 0;

	start_counting();
	for (i = 1; i < 12; i++)
		for (j = 1; j < 16; j++)
			for (k = 1; k < 24; k++)
				places += in_turns(i, j, k);
	ok(!wrong && places > 1000,
	   "in turns: no wrong result in any of %u orders (%lu found, %lu missed)",
	   places, found, missed);
}

/* A record that is replaced between a lookup and its verdict. */
static void test_late_verdict(void)
{
	struct mmn_event_snapshot seen, other;

	forget_all();
	opens(clash[0], SITE1);
	finds(clash[0], false, &seen);
	forget_all();
	other_judges();
	seen.verdict = verdict(5);
	mmn_event_set_verdict(&seen);
	ok(finds(clash[1], false, &other) && other.classified &&
	   is(&other.verdict, 2), "a late verdict does not change the new record");
}

/* The end of a record that is replaced between its lookup and its end. */
static void test_late_close(void)
{
	struct mmn_event *slot;

	forget_all();
	opens_weak(clash[1], SITE2);
	slot = mmn_event_find(&clash[1]);
	opens(clash[0], SITE1);
	mmn_event_close(slot, clash[1].range);
	ok(reads(clash[0], SITE1) && mmn_event_live() == 1,
	   "a late end does not close the new record");
}

/* ---- threads ---- */

/*
 * Several tasks with the same home slot, with and without the hook. A task must only find
 * its own event: each verdict has a unique number.
 */
struct worker {
	pthread_t thread;
	unsigned long n;
	unsigned int seed;
	unsigned long found;
	unsigned long missed;
	unsigned long wrong;
};

#define WORKERS		4
#define TURNS		60000

static time_t stress_until;

static void check(struct worker *w, struct mmn_event_identity e, bool at_end, unsigned int n)
{
	struct mmn_event_snapshot seen;

	if (!finds(e, at_end, &seen)) {
		w->missed++;
		return;
	}
	w->found++;
	w->wrong += seen.site.pc != e.range;
	w->wrong += seen.classified && !is(&seen.verdict, n);
	if (seen.classified)
		return;
	seen.verdict = verdict(n);
	mmn_event_set_verdict(&seen);
}

/* One event without the hook. */
static void one_kept(struct worker *w, struct mmn_event_identity e, unsigned int n)
{
	struct mmn_verdict v = verdict(n), got;
	unsigned long site;

	mmn_event_keep(mmn_event_home(e.task), &e, e.range, &v, w, true, 0);
	if (!mmn_event_end(&e, &site, &got)) {
		w->missed++;
		return;
	}
	w->found++;
	w->wrong += site != e.range || !is(&got, n);
}

/* One event, up to three nested; some starts are refused and have no end. */
static void one_turn(struct worker *w, unsigned int turn, unsigned int level)
{
	struct mmn_event_identity e =
		event(w->n, 0x1000 * (level + 1) + 64 * (rand_r(&w->seed) % 4));
	bool ends = rand_r(&w->seed) % 8;
	unsigned int n = (turn * 3 + level) % 30000 + 1;

	if (rand_r(&w->seed) % 8 == 0) {
		one_kept(w, e, n);
		return;
	}
	mmn_event_open(&e, (struct mmn_frame_pos){ .pc = e.range }, ends);
	check(w, e, false, n);
	if (level < 2 && rand_r(&w->seed) % 4 == 0)
		one_turn(w, turn, level + 1);
	check(w, e, false, n);
	if (!ends && rand_r(&w->seed) % 2)
		return;
	closes(e);
	check(w, e, true, n);
}

static void *work(void *data)
{
	struct worker *w = data;
	unsigned int turn = 0;

	while (turn++ < TURNS || time(NULL) < stress_until)
		one_turn(w, turn, 0);
	return NULL;
}

static void test_threads(void)
{
	static struct worker workers[WORKERS];
	const char *seconds = getenv("STRESS_SECONDS");
	unsigned long found_all = 0, missed_all = 0, wrong_all = 0;
	unsigned int i;

	forget_all();
	stress_until = time(NULL) + (seconds ? atoi(seconds) : 0);
	for (i = 0; i < WORKERS; i++) {
		workers[i].n = neighbour(1, i);
		workers[i].seed = i + 1;
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	}
	for (i = 0; i < WORKERS; i++) {
		pthread_join(workers[i].thread, NULL);
		found_all += workers[i].found;
		missed_all += workers[i].missed;
		wrong_all += workers[i].wrong;
	}
	printf("# %lu times found, %lu times missed, %u times full\n", found_all,
	       missed_all, mmn_event_full());
	ok(!wrong_all, "threads: each event found is the task's own (%lu were not)", wrong_all);
	ok(found_all > missed_all, "threads: more lookups succeed than fail");
}

int main(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(clash); i++)
		clash[i] = event(neighbour(1, i), 0x400);
	test_one();
	test_identity();
	test_seed();
	test_nesting();
	test_table();
	test_clash();
	test_refused();
	test_between();
	test_in_turns();
	test_late_verdict();
	test_late_close();
	test_threads();
	return tap_done();
}
