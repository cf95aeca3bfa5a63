// SPDX-License-Identifier: GPL-2.0-only
/*
 * record: the table of live invalidations, alone and under several threads.
 * Nothing here knows its size or its hash: which ranges share a slot is found
 * out by asking.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/jiffies.h>
#include <linux/kernel.h>

#include "record.h"
#include "tap.h"

#define STALE	(10ul * HZ)
#define POOL	65536
#define CLASH	64		/* ranges with one home */

/* Stand-ins for what sits on kernel stacks; only addresses matter. */
static char pool[POOL][64];
static const void *clash[CLASH];

static const struct mm_struct *mm(unsigned long n)
{
	return (const struct mm_struct *)(n << 12);
}

static const struct task_struct *task(unsigned long n)
{
	return (const struct task_struct *)(n << 13);
}

/* What another task does in between, once, at the n-th opportunity. */
static struct {
	unsigned int n;
	unsigned int close;	/* close the first of clash[] instead */
	const void *range;
	unsigned long stamp;
	struct mmn_record *rec;
} intruder;

void shim_preempt(void)
{
	if (!intruder.n || --intruder.n)
		return;
	if (!intruder.close)
		intruder.rec = mmn_record_open(intruder.range, mm(9), task(9),
					       intruder.stamp);
	while (intruder.close--)
		mmn_record_close(mmn_record_find(clash[intruder.close]),
				 clash[intruder.close]);
	intruder.close = 0;
}

static struct mmn_record *open_at(const void *range, unsigned long stamp)
{
	return mmn_record_open(range, mm(1), task(1), stamp);
}

static struct mmn_record *open_blockable(const void *range, unsigned long stamp)
{
	struct mmn_record *rec = open_at(range, stamp);

	if (rec)
		rec->state = MMN_RECORD_BLOCKABLE;
	return rec;
}

/* Where the record of @range is when the table is empty, as it is here. */
static struct mmn_record *home_of(const void *range)
{
	struct mmn_record *rec = open_at(range, 0);

	mmn_record_close(rec, range);
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

/* All slots that are taken. */
static unsigned int used(void)
{
	unsigned int left, live = mmn_record_count(&left);

	return live + left;
}

/* Opens ranges of clash[] until there is no room. */
static unsigned int fill(struct mmn_record *(*open)(const void *, unsigned long),
			 unsigned long stamp)
{
	unsigned int i;

	mmn_record_reset();
	for (i = 0; i < CLASH; i++)
		if (!open(clash[i], stamp))
			break;
	return i;
}

static void test_one(void)
{
	struct mmn_record *rec;
	unsigned int left;

	mmn_record_reset();
	ok(!mmn_record_find(pool[0]), "nothing is found in an empty table");
	ok(!used(), "nothing lives there");
	rec = mmn_record_open(pool[0], mm(3), task(4), 77);
	ok(rec && rec->range == pool[0] && rec->mm == mm(3) &&
	   rec->task == task(4) && rec->stamp == 77 && !rec->state &&
	   !rec->since && !rec->ends, "a new record says what it was told");
	ok(mmn_record_find(pool[0]) == rec, "it is found");
	ok(!mmn_record_find(pool[1]), "another is not");
	ok(used() == 1, "one lives");

	rec->state = MMN_RECORD_BLOCKABLE | MMN_RECORD_JUDGED | MMN_RECORD_ENDED;
	rec->ends = 3;
	rec->since = 5;
	ok(!mmn_record_count(&left) && left == 1, "once it has ended it is left over");
	ok(mmn_record_open(pool[0], mm(5), task(6), 78) == rec,
	   "the same range again has the same record");
	ok(mmn_record_count(&left) == 1 && !left, "and only one, which lives");
	ok(rec->mm == mm(5) && rec->task == task(6) && rec->stamp == 78 &&
	   !rec->state && !rec->since && !rec->ends, "which starts anew");

	mmn_record_close(rec, pool[1]);
	ok(mmn_record_find(pool[0]) == rec, "another range cannot close it");
	mmn_record_close(rec, pool[0]);
	ok(!mmn_record_find(pool[0]) && !used(), "closed is gone");
	ok(open_at(pool[0], 79) == rec, "its place is free for the next");
	mmn_record_reset();
	ok(!mmn_record_find(pool[0]) && !used(), "reset forgets it");
}

/* As many ranges as there is room for, then some more. */
static void test_full(void)
{
	static struct mmn_record *recs[POOL];
	unsigned int i, opened = 0, refused = 0, bad = 0;

	mmn_record_reset();
	for (i = 0; i < POOL; i++) {
		recs[i] = open_blockable(pool[i], 0);
		if (recs[i]) {
			recs[i]->site = i + 1;
			opened++;
		} else {
			refused++;
		}
	}
	ok(opened >= 512 && opened == used(),
	   "%u ranges at once have records", opened);
	ok(refused, "the others are refused");
	for (i = 0; i < POOL; i++) {
		bad += mmn_record_find(pool[i]) != recs[i];
		bad += recs[i] && (recs[i]->range != pool[i] ||
				   recs[i]->site != i + 1);
	}
	ok(!bad, "those that have one keep it (%u lost)", bad);
	for (i = 0; i < POOL; i++)
		if (recs[i])
			mmn_record_close(recs[i], pool[i]);
	ok(!used(), "closed in any order, nothing is left");
}

/* Pairs nest on one task: the inner ones come and go under the outer ones. */
static void test_nesting(void)
{
	unsigned int i, bad = 0;

	mmn_record_reset();
	for (i = 0; i < 64; i++) {
		open_blockable(pool[i], i)->site = i;
		if (i % 3 == 0)
			mmn_record_close(open_blockable(pool[64 + i], i),
					 pool[64 + i]);
	}
	ok(used() == 64, "64 deep");
	while (i--) {
		struct mmn_record *rec = mmn_record_find(pool[i]);

		bad += !rec || rec->site != i;
		if (rec)
			mmn_record_close(rec, pool[i]);
	}
	ok(!bad && !used(), "and back, each with its own");
}

static void test_clash(void)
{
	struct mmn_record *first, *second, *last = NULL;
	unsigned int i, room;

	mmn_record_reset();
	first = open_blockable(clash[0], 0);
	second = open_blockable(clash[1], 0);
	ok(first && second && first != second,
	   "two ranges with one home have two records");
	mmn_record_close(first, clash[0]);
	ok(mmn_record_find(clash[1]) == second,
	   "the second is found when the first is gone");
	ok(open_blockable(clash[1], 1) == second,
	   "and is not opened twice");

	room = fill(open_blockable, 0);
	ok(room >= 4 && room < CLASH, "a home has room for %u", room);
	ok(!open_blockable(clash[room], 0), "one more is refused");
	for (i = 0; i < room; i++)
		if (!mmn_record_find(clash[i]))
			break;
	ok(i == room, "and takes nothing from the others");
	mmn_record_close(mmn_record_find(clash[2]), clash[2]);
	last = open_blockable(clash[room], 0);
	ok(last && mmn_record_find(clash[room]) == last,
	   "room that is given back is used");
}

/* The last home of the table has its neighbours at the start. */
static void test_wrap_of_table(void)
{
	struct mmn_record *rec, *last = NULL, *first = NULL;
	unsigned int i, room;

	mmn_record_reset();
	for (i = 0; i < POOL; i++) {
		rec = home_of(pool[i]);
		if (!last || rec > last)
			last = rec;
		if (!first || rec < first)
			first = rec;
	}
	ok(find_clash(last) > 16, "ranges live at the end of the table");
	room = fill(open_blockable, 0);
	ok(room >= 4, "it has room for %u, too", room);
	for (i = 0; i < room; i++) {
		rec = mmn_record_find(clash[i]);
		if (!rec || rec < first || rec > last)
			break;
	}
	ok(i == room, "all of it inside the table");
}

static struct mmn_record *open_ended(const void *range, unsigned long stamp)
{
	struct mmn_record *rec = open_blockable(range, stamp);

	if (rec)
		rec->state |= MMN_RECORD_ENDED;
	return rec;
}

/* What may be taken over, and from when on; @t is the beginning of time. */
static void test_stale(const char *when, unsigned long t)
{
	unsigned int i, gone = 0, room = fill(open_at, t);

	ok(!open_at(clash[room], t), "%s: refused records keep their place", when);
	ok(!open_at(clash[room], t + STALE), "%s: for ten seconds", when);
	ok(open_at(clash[room], t + STALE + 1), "%s: then one is taken over", when);
	for (i = 0; i < room; i++)
		gone += !mmn_record_find(clash[i]);
	ok(gone == 1 && used() == room, "%s: only one", when);
	ok(mmn_record_find(clash[room])->stamp == t + STALE + 1 &&
	   !mmn_record_find(clash[room])->state,
	   "%s: and it belongs to the new range", when);

	fill(open_blockable, t);
	ok(!open_at(clash[room], t + STALE + 1) &&
	   !open_at(clash[room], t + 1000 * STALE),
	   "%s: what may block is never taken over while it lives", when);

	fill(open_ended, t);
	ok(!open_at(clash[room], t + STALE) &&
	   open_at(clash[room], t + STALE + 1),
	   "%s: but once it has ended", when);

	fill(open_at, t);
	for (i = 0; i < room; i++)
		open_at(clash[i], t + STALE);
	ok(!open_at(clash[room], t + STALE + 1),
	   "%s: a range that begins again is young", when);

	fill(open_at, t + STALE);
	ok(!open_at(clash[room], t),
	   "%s: a stamp ahead of the clock of another CPU is young", when);
}

/* Opens @range at @stamp while another task opens @other in between. */
static struct mmn_record *open_against(const void *range, unsigned long stamp,
				       unsigned int n, const void *other)
{
	struct mmn_record *rec;

	intruder.n = n;
	intruder.range = other;
	intruder.stamp = stamp;
	intruder.rec = NULL;
	rec = open_at(range, stamp);
	ok(!intruder.n, "the other task came in between");
	return rec;
}

static void both_live(const char *what, const void *range,
		      const struct mmn_record *rec, const void *other)
{
	ok(rec && intruder.rec && rec != intruder.rec,
	   "%s: two records for two ranges", what);
	ok(rec && mmn_record_find(range) == rec && rec->task == task(1),
	   "%s: ours is ours", what);
	ok(intruder.rec && mmn_record_find(other) == intruder.rec &&
	   intruder.rec->task == task(9), "%s: theirs is theirs", what);
}

/* All places where another task may be faster, one by one. */
static void test_races(void)
{
	const unsigned long old = 1000, young = old + STALE + 1;
	struct mmn_record *rec;
	unsigned int room;

	mmn_record_reset();
	rec = open_against(clash[0], young, 1, clash[1]);
	both_live("a free slot is gone", clash[0], rec, clash[1]);

	mmn_record_reset();
	rec = open_against(clash[0], young, 2, clash[1]);
	both_live("a slot is being filled", clash[0], rec, clash[1]);

	room = fill(open_at, old);
	rec = open_against(clash[room], young, 1, clash[room + 1]);
	both_live("a leftover is gone", clash[room], rec, clash[room + 1]);

	fill(open_at, old);
	rec = open_against(clash[room], young, 2, clash[room + 1]);
	both_live("a leftover is being taken", clash[room], rec, clash[room + 1]);

	fill(open_at, old);
	rec = open_against(clash[room], young, 1, clash[0]);
	both_live("a leftover is used again", clash[room], rec, clash[0]);
	ok(mmn_record_find(clash[0])->stamp == young,
	   "a leftover is used again: and given back as it was");

	fill(open_at, old);
	rec = open_against(clash[0], young, 1, clash[room]);
	both_live("our own leftover is taken", clash[0], rec, clash[room]);

	fill(open_at, old);
	rec = open_against(clash[0], young, 2, clash[room]);
	both_live("our own leftover is ours again", clash[0], rec, clash[room]);

	fill(open_at, old);
	intruder.close = 2;
	rec = open_against(clash[room], young, 1, NULL);
	ok(rec && mmn_record_find(clash[room]) == rec &&
	   used() == room - 2,
	   "leftovers are closed: the next one is taken");
}

/*
 * Several tasks, each with ranges of its own, all with one home. Time passes
 * only between the rounds, as no start takes ten seconds; so what was left over
 * in one round is taken over in the next, by whoever comes first.
 */
struct worker {
	pthread_t thread;
	unsigned int id;
	unsigned int seed;
	unsigned long missed;
	unsigned long lost;
	unsigned long mixed;
	const void *ranges[12];
};

#define WORKERS		4
#define ROUNDS		2000
#define TURNS		16

static pthread_barrier_t barrier;
static unsigned long round_nr;
static unsigned long round_jiffies;
static time_t stress_until;
static bool stop;

static bool intact(const struct worker *w, const struct mmn_record *rec,
		   const void *range)
{
	return rec->mm == mm(w->id) && rec->task == task(w->id) &&
	       rec->site == (unsigned long)range;
}

static struct mmn_record *open_mine(struct worker *w, const void *range,
				    bool blockable)
{
	struct mmn_record *rec;

	rec = mmn_record_open(range, mm(w->id), task(w->id), round_jiffies);
	if (!rec) {
		w->missed++;
		return NULL;
	}
	rec->site = (unsigned long)range;
	if (blockable)
		__atomic_store_n(&rec->state, MMN_RECORD_BLOCKABLE,
				 __ATOMIC_RELAXED);
	return rec;
}

static void close_mine(struct worker *w, struct mmn_record *rec,
		       const void *range)
{
	if (mmn_record_find(range) != rec) {
		w->lost++;
		return;
	}
	w->mixed += !intact(w, rec, range);
	mmn_record_close(rec, range);
}

/* One start with its end; some starts are refused and leave their record. */
static void one_turn(struct worker *w)
{
	const void *range = w->ranges[rand_r(&w->seed) % ARRAY_SIZE(w->ranges)];
	bool blockable = rand_r(&w->seed) % 2;
	struct mmn_record *rec = open_mine(w, range, blockable);

	if (rec && (blockable || rand_r(&w->seed) % 4 == 0))
		close_mine(w, rec, range);
}

static void next_round(void)
{
	round_nr++;
	round_jiffies += STALE + 1;
	stop = round_nr >= ROUNDS && time(NULL) >= stress_until;
}

static void *work(void *data)
{
	const void *held = pool[POOL - 1];
	struct mmn_record *hold = NULL;
	struct worker *w = data;
	unsigned int turn;

	/* One task sits in a callback all the time. */
	if (w->id == 1)
		hold = open_mine(w, held, true);
	while (!stop) {
		for (turn = 0; turn < TURNS; turn++)
			one_turn(w);
		if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
			next_round();
		pthread_barrier_wait(&barrier);
	}
	if (hold)
		close_mine(w, hold, held);
	return NULL;
}

static void test_threads(void)
{
	static struct worker workers[WORKERS];
	const char *seconds = getenv("STRESS_SECONDS");
	unsigned long missed = 0, lost = 0, mixed = 0;
	unsigned int i, j;

	/* The home of the range that is held is the most crowded one. */
	mmn_record_reset();
	ok(find_clash(home_of(pool[POOL - 1])) > 48, "threads: a crowded home");
	round_jiffies = 0ul - 20 * STALE;
	stress_until = time(NULL) + (seconds ? atoi(seconds) : 0);
	pthread_barrier_init(&barrier, NULL, WORKERS);
	for (i = 0; i < WORKERS; i++) {
		workers[i].id = i + 1;
		workers[i].seed = i + 1;
		for (j = 0; j < ARRAY_SIZE(workers[i].ranges); j++)
			workers[i].ranges[j] = clash[WORKERS * j + i];
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	}
	for (i = 0; i < WORKERS; i++) {
		pthread_join(workers[i].thread, NULL);
		missed += workers[i].missed;
		lost += workers[i].lost;
		mixed += workers[i].mixed;
	}
	printf("# %lu rounds of %u turns, %lu starts had no room\n", round_nr,
	       WORKERS * TURNS, missed);
	ok(!mixed, "threads: no record has two owners (%lu had)", mixed);
	ok(!lost, "threads: no live record is lost (%lu were)", lost);
}

int main(void)
{
	test_one();
	test_full();
	test_nesting();
	mmn_record_reset();
	find_clash(home_of(pool[0]));
	test_clash();
	test_stale("plain", 1000);
	test_stale("at zero", 0);
	test_stale("the clock wraps before", 0ul - STALE - 1);
	test_stale("the clock wraps between", 0ul - STALE / 2);
	test_stale("the clock wraps at the limit", 0ul - STALE);
	test_stale("signed wrap", (~0ul >> 1) - STALE / 2);
	test_races();
	test_wrap_of_table();
	test_threads();
	return tap_done();
}
