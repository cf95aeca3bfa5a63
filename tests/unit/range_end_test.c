// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * range_end: each blockable start that is delivered to a range has one end(): with the verdict
 * of its event, or late but never early if there is no memory for a note. Other tasks run
 * where the file under test allocates, sleeps, waits or calls end().
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <linux/err.h>
#include <linux/hash.h>
#include <linux/mmu_notifier.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include <mmnotify/mmnotify.h>

#include "client/range_end.h"
#include "tap.h"

#define EVENTS		500

struct task_struct shim_current;
int shim_locks_held, shim_maps_held, shim_maps;
bool shim_unlocked, shim_lock_is_busy;

static struct mm_struct mm;
static struct mmu_notifier *notifier;
static unsigned int notifier_users, locked_gets;
static int get_error;
static bool put_frees;

static struct mmu_notifier_range events[EVENTS];
static struct mmnotify_client client;
/* Allocations that are not freed, and those that still succeed. */
static int live, memory;
static int entered, left;
static bool watched;

/* A delivered end(), and the number of all. */
static struct mmnotify_info got;
static struct mmnotify_range *got_by;
static unsigned int ends, refused;

/* What other tasks do in the next call of end(), of the allocator, and in each wait. */
static void (*in_end)(void), (*in_alloc)(void), (*in_wait)(void);
static unsigned int waits, wakes;
static void *woken;
static struct mmnotify_range *freed_on_wake;

static void run_others(void (**what)(void))
{
	void (*others)(void) = *what;

	*what = NULL;
	if (others)
		others();
}

/* A call that may sleep, or that calls a driver. */
static bool in_the_open(void)
{
	return !shim_locks_held && !shim_unlocked;
}

void *kmalloc(size_t size, int flags)
{
	void *p;

	run_others(&in_alloc);
	if (!memory)
		return NULL;
	memory--;
	live++;
	p = malloc(size);
	memset(p, 0xa5, size);
	return p;
}

void *kzalloc(size_t size, int flags)
{
	void *p = kmalloc(size, flags);

	return p ? memset(p, 0, size) : NULL;
}

void kfree(void *p)
{
	if (p)
		live--;
	free(p);
}

/* There is one more task to run, or the wait does not end. */
static void wait_for_others(void)
{
	waits++;
	if (!in_wait || !in_the_open()) {
		printf("not ok - waits for ever\n");
		exit(1);
	}
	run_others(&in_wait);
}

void schedule_timeout_uninterruptible(long timeout)
{
	wait_for_others();
}

void shim_wait_for(void *var)
{
	woken = NULL;
	wait_for_others();
	if (woken != var) {
		printf("not ok - is not woken\n");
		exit(1);
	}
}

void wake_up_var(void *var)
{
	wakes++;
	woken = var;
	if (!freed_on_wake || var != &freed_on_wake->undelivered)
		return;
	free(freed_on_wake);
	freed_on_wake = NULL;
}

static struct mmu_notifier *get_notifier(const struct mmu_notifier_ops *ops)
{
	if (get_error)
		return ERR_PTR(get_error);
	if (!notifier_users) {
		notifier = ops->alloc_notifier(&mm);
		if (IS_ERR(notifier))
			return notifier;
		notifier->ops = ops;
		notifier->mm = &mm;
	}
	notifier_users++;
	return notifier;
}

struct mmu_notifier *mmu_notifier_get(const struct mmu_notifier_ops *ops, struct mm_struct *of)
{
	return of == &mm ? get_notifier(ops) : NULL;
}

struct mmu_notifier *mmu_notifier_get_locked(const struct mmu_notifier_ops *ops,
					     struct mm_struct *of)
{
	locked_gets++;
	return mmu_notifier_get(ops, of);
}

static void free_notifier(void)
{
	notifier->ops->free_notifier(notifier);
}

void mmu_notifier_put(struct mmu_notifier *mn)
{
	if (mn == notifier && !--notifier_users && put_frees)
		free_notifier();
}

bool mmn_client_enter(struct mmnotify_client *c, struct mmn_delivery *d)
{
	entered += c == &client;
	d->client = c;
	return watched;
}

void mmn_client_leave(struct mmn_delivery *d, bool was_watched)
{
	left += d->client == &client && was_watched == watched;
}

void mmn_verdict_end(const struct mmu_notifier_range *range, struct mmnotify_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	info->start = range->start;
}

static void end(struct mmnotify_range *r, const struct mmnotify_info *info)
{
	ends += in_the_open() && shim_maps_held == 1 && entered == left + 1;
	got = *info;
	got_by = r;
	run_others(&in_end);
}

static const struct mmnotify_range_ops ops = { .end = end };

/* ---- events of the mm, by number ---- */

static void deliver(struct mmnotify_range *r, unsigned int nr)
{
	mmn_range_end_expect(r, &events[nr]);
}

static void started(unsigned int nr)
{
	refused += !!notifier->ops->invalidate_range_start(notifier, &events[nr]);
}

static void ended(unsigned int nr)
{
	notifier->ops->invalidate_range_end(notifier, &events[nr]);
}

static void start(struct mmnotify_range *r, unsigned int nr)
{
	deliver(r, nr);
	started(nr);
}

static void mm_is_released(void)
{
	notifier->ops->release(notifier, &mm);
}

/* Did @n calls of end() happen since the last call? */
static bool had(unsigned int n)
{
	bool same = ends == n && in_the_open() && !shim_maps_held && entered == left;

	if (!same)
		printf("# %u ends; locks %d, unlocked %d, maps %d, entered %d, left %d\n", ends,
		       shim_locks_held, shim_unlocked, shim_maps_held, entered, left);
	ends = 0;
	return same;
}

static bool was_exact(struct mmnotify_range *r, unsigned int nr)
{
	return got_by == r && got.size == sizeof(got) && got.start == events[nr].start;
}

/* The event of a late end() is not known: it could be any. */
static bool was_unsure(struct mmnotify_range *r)
{
	return got_by == r && got.size == sizeof(got) && got.event == MMNOTIFY_CLEAR &&
	       got.native == MMU_NOTIFY_CLEAR && got.effects == MMNOTIFY_FX_ALL &&
	       got.flags == (MMNOTIFY_F_BLOCKABLE | MMNOTIFY_F_WIDENED) && got.mm == &mm &&
	       !got.start && got.end == ULONG_MAX;
}

static struct mmnotify_range *range_new(void)
{
	struct mmnotify_range *r = calloc(1, sizeof(*r));

	r->called = &ops;
	r->client = &client;
	mmn_range_end_get(r, &mm, false);
	return r;
}

static struct mmnotify_range *one, *two;

/* Two ranges of an mm, memory, and events that block. */
static void begin(void)
{
	unsigned int i;

	for (i = 0; i < EVENTS; i++) {
		events[i] = (struct mmu_notifier_range){ .mm = &mm, .start = i + 1 };
		events[i].blockable = true;
	}
	memory = 1000;
	live = 0;
	put_frees = true;
	one = range_new();
	two = range_new();
	ends = 0;
	waits = 0;
	wakes = 0;
}

/* Nothing is left behind: no end() is due, no note and no notifier. */
static bool finish(void)
{
	bool clean = !refused && !one->lost && !two->lost &&
		     !atomic_read(&one->undelivered) && !atomic_read(&two->undelivered);

	mmn_range_end_put(one);
	mmn_range_end_put(two);
	clean = clean && !live && !notifier_users && !one->ends && !two->ends && had(0);
	free(one);
	free(two);
	return clean && !shim_maps_held;
}

/* ---- tests ---- */

static void test_get(void)
{
	struct mmnotify_range r = { };

	get_error = -EINTR;
	ok(mmn_range_end_get(&r, &mm, false) == -EINTR && !r.ends,
	   "an error of the kernel is returned");
	get_error = 0;
	memory = 0;
	ok(mmn_range_end_get(&r, &mm, false) == -ENOMEM && !r.ends, "so is a lack of memory");
	ok(!locked_gets, "the kernel takes mmap_lock");
	mmn_range_end_exit();
	memory = 1;
	put_frees = true;
	ok(!mmn_range_end_get(&r, &mm, true) && r.ends && locked_gets == 1,
	   "it does not if the caller holds it");
	mmn_range_end_put(&r);
	ok(!r.ends && !live && !notifier_users, "the notifier goes with the range");
	mmn_range_end_put(&r);
	ok(!live && !notifier_users && !shim_maps_held, "a range without end() has none to put");
}

static void test_one_event(void)
{
	begin();
	start(one, 0);
	ok(had(0) && atomic_read(&one->undelivered) == 1, "no end() before the end of the event");
	ended(1);
	ok(had(0), "nor at the end of another");
	started(1);
	ended(0);
	ok(had(1) && was_exact(one, 0), "end() at the end of the event has its verdict");
	watched = true;
	start(one, 2);
	ended(2);
	watched = false;
	ok(had(1) && was_exact(one, 2), "so has that of the next event, if callbacks are timed");
	events[3].blockable = false;
	deliver(one, 3);
	started(3);
	ok(!refused, "no start is refused, also if it may not block");
	ended(3);
	ok(had(0) && !atomic_read(&one->undelivered), "and has no end()");
	events[4].event = MMU_NOTIFY_RELEASE;
	deliver(one, 4);
	ok(!atomic_read(&one->undelivered), "the release of the mm has no end");
	ok(finish(), "nothing is left");
}

/* Number of an event that shares the list of notes with event @nr. */
static unsigned int neighbour(unsigned int nr, unsigned int after)
{
	unsigned int i;

	for (i = after; i < EVENTS - 1; i++)
		if (hash_ptr(&events[i], 6) == hash_ptr(&events[nr], 6))
			return i;
	return EVENTS - 1;
}

static void test_more_events(void)
{
	unsigned int a = 0, b, c;

	begin();
	/* With 64 lists, some list has three events. */
	do {
		b = neighbour(a, a + 1);
		c = neighbour(a, b + 1);
	} while (c == EVENTS - 1 && ++a < EVENTS - 2);
	start(one, a);
	deliver(two, a);
	start(one, b);
	start(two, c);
	deliver(one, c);
	ok(live == 4, "a range with an event has an allocated note for each more");
	ended(b);
	ok(had(1) && was_exact(one, b) && live == 3, "an end has the note of its own event, only");
	ended(a);
	ok(had(2) && was_exact(got_by, a), "each range that had the start has the end");
	ended(c);
	ok(had(2) && live == 1, "so has the event that shares a list of notes with both");
	ok(finish(), "nothing is left");
}

/* There is no memory for a second note of a range. */
static void test_late(void)
{
	begin();
	start(one, 0);
	memory = 0;
	start(one, 1);
	start(one, 2);
	started(3);
	ended(1);
	ended(2);
	ok(had(0), "an event without a note has no end() while another runs");
	ended(0);
	ok(had(1) && was_exact(one, 0), "the event with the note has its end() in time");
	start(one, 4);
	ok(atomic_read(&one->undelivered) == 3, "the note is still in use");
	ended(4);
	ok(had(0), "not even then, while an event of before runs");
	ended(3);
	ok(had(3) && was_unsure(one) && wakes == 1,
	   "each has one when no event runs, which may have been any");
	start(one, 5);
	ended(5);
	ok(had(1) && was_exact(one, 5), "the note is free again");
	mmn_range_end_starve(true);
	memory = 1000;
	start(one, 6);
	start(one, 7);
	deliver(two, 6);
	ended(6);
	ok(had(2), "the fault injection takes the memory for a note");
	mmn_range_end_starve(false);
	ended(7);
	ok(had(1) && was_unsure(one), "with the same effect");
	ok(finish(), "nothing is left");
}

/* The kernel calls the interval notifiers of an event before it counts as running. */
static void test_unstarted(void)
{
	begin();
	start(one, 0);
	start(two, 1);
	memory = 0;
	deliver(one, 2);
	deliver(two, 2);
	deliver(one, 3);
	ended(0);
	ended(1);
	ok(had(2), "no late end() while an event has not started");
	started(2);
	ended(2);
	ok(had(0), "nor while a second one has not");
	started(3);
	ok(had(0), "nor while it runs");
	ended(3);
	ok(had(3) && was_unsure(got_by), "each late end() follows");
	ok(finish(), "nothing is left");
}

static void start_forty(void)
{
	started(40);
	ended(40);
}

/* Each entry of the table of events that have not started is in use: 32 of them. */
static void test_full(void)
{
	unsigned int i;

	begin();
	start(one, 0);
	memory = 0;
	for (i = 40; i < 72; i++)
		deliver(one, i);
	ok(!waits, "32 events may wait for their start");
	deliver(one, 71);
	ok(!waits && one->lost == 33, "an event needs one entry, however often it is delivered");
	in_wait = start_forty;
	deliver(one, 1);
	ok(waits == 1 && one->lost == 34, "one more waits until one of them starts");
	for (i = 41; i < 72; i++) {
		started(i);
		ended(i);
	}
	started(1);
	ended(1);
	ok(had(0), "event 0 runs");
	ended(0);
	ok(had(35), "each of them has its end()");
	ok(finish(), "nothing is left");
}

static void end_zero_without_memory(void)
{
	memory = 0;
	ended(0);
}

/* Another task ends its event, or the mm is released, before the note is made. */
static void test_meanwhile(void)
{
	begin();
	start(one, 0);
	in_alloc = end_zero_without_memory;
	deliver(one, 1);
	ok(had(1) && !one->lost && one->pending.event,
	   "the note of the range is used if it has become free");
	started(1);
	ended(1);
	ok(had(1) && was_exact(one, 1), "and leads to the end()");
	memory = 1000;
	start(one, 0);
	in_alloc = mm_is_released;
	deliver(one, 1);
	ok(had(1) && was_unsure(one) && !atomic_read(&one->undelivered) && live == 1,
	   "after the release of the mm no end() is due");
	deliver(one, 2);
	ok(!atomic_read(&one->undelivered), "nor is one for an event that begins then");
	ended(0);
	ended(1);
	ok(had(0), "and none is delivered twice");
	ok(finish(), "nothing is left");
}

static void test_release(void)
{
	unsigned int i;

	begin();
	start(one, 0);
	start(one, 1);
	start(two, 2);
	mmn_range_end_starve(true);
	start(two, 3);
	mm_is_released();
	mmn_range_end_starve(false);
	ok(had(4) && live == 1, "the release of the mm delivers each end() that is due");
	ok(finish(), "nothing is left");
	begin();
	for (i = 0; i < EVENTS; i++)
		start(one, i);
	mm_is_released();
	ok(had(EVENTS) && live == 1, "of any event");
	ok(finish(), "nothing is left");
	begin();
	start(one, 0);
	mmn_range_end_starve(true);
	start(one, 1);
	ended(0);
	ok(had(1), "another event still runs");
	mm_is_released();
	ok(had(1) && was_unsure(one), "so a late end() is delivered at the release");
	mmn_range_end_starve(false);
	ok(finish(), "nothing is left");
	begin();
	start(one, 0);
	mmn_range_end_starve(true);
	start(one, 1);
	deliver(one, 2);
	in_end = mm_is_released;
	ended(0);
	ok(had(3) && was_unsure(one), "even if it comes while an end() is delivered");
	mmn_range_end_starve(false);
	ok(finish(), "nothing is left");
}

static void begin_two(void)
{
	start(one, 2);
}

/* During a late end() another event of the range begins, again without memory. */
static void test_late_again(void)
{
	begin();
	start(one, 0);
	memory = 0;
	start(one, 1);
	ended(0);
	in_end = begin_two;
	ended(1);
	ok(had(2) && atomic_read(&one->undelivered) == 1 && one->lost == 1,
	   "an event that begins during a late end() does not have its own then");
	ended(2);
	ok(had(1), "but when it is over");
	ok(finish(), "nothing is left");
}

static void end_one(void)
{
	ended(1);
}

static void end_zero_then_one(void)
{
	ended(0);
	in_wait = end_one;
	woken = &one->undelivered;
}

static void test_put(void)
{
	struct mmnotify_range *r;

	begin();
	put_frees = false;
	start(one, 0);
	start(one, 1);
	in_wait = end_zero_then_one;
	mmn_range_end_put(one);
	ok(waits == 2 && had(2) && !one->ends && notifier_users == 1 && wakes == 1,
	   "a removal waits until each end() of its range was delivered");
	mmn_range_end_put(two);
	ok(!notifier_users && live == 1 && waits == 2, "one without waits for none");
	in_wait = free_notifier;
	mmn_range_end_exit();
	ok(waits == 3 && !live, "unloading waits until the kernel has freed each notifier");
	mmn_range_end_exit();
	ok(waits == 3, "and then no more");
	free(one);
	free(two);

	begin();
	r = range_new();
	deliver(one, 0);
	start(r, 0);
	mmn_range_end_starve(true);
	deliver(one, 1);
	start(r, 1);
	ended(0);
	freed_on_wake = r;
	ended(1);
	mmn_range_end_starve(false);
	ok(had(4) && !freed_on_wake, "a range may be freed when its last end() was delivered");
	notifier_users--;
	ok(finish(), "nothing is left");
}

int main(void)
{
	mmn_range_end_init();
	ok(shim_maps == 1, "init initialises the lockdep map");
	test_get();
	test_one_event();
	test_more_events();
	test_late();
	test_unstarted();
	test_full();
	test_meanwhile();
	test_release();
	test_late_again();
	test_put();
	return tap_done();
}
