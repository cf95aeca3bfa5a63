// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * verdict, with the hook: what a callback makes of the record of an event, or of none, at the
 * start and at the end, and what the hook itself classifies, counts and traces for observers.
 */
#include <linux/mmu_notifier.h>
#include <linux/sched.h>

#include <mmnotify/mmnotify.h>

#include "tap.h"
#include "verdict/verdict.h"
#include "verdict/verdict_fast.h"
#include "verdict_asked.h"
#include "verdict_stages.h"

/* ---- a callback after the hook ---- */

static void test_record(void)
{
	begin();
	has.needs_stack = true;
	record(SITE);
	ok(!counted && !asked.rules, "the hook only records without observers");
	start_recorded(&one);
	ok(gets_exact(SITE) && counted == 1 && !asked.stacks && !asked.paths &&
	   asked.from.sp == 77 && !asked.stats[MMN_STAT_NO_RECORD],
	   "the first callback classifies the recorded event");
	forget();
	start_recorded(&two);
	ok(gets(&exact, SITE) && !asked.rules && !counted, "and the others find its verdict");
	begin();
	record(NEARBY);
	start_recorded(&one);
	ok(gets_exact(NEARBY) && asked.resolved == 1 && counted == 1,
	   "a recorded address that is not in the cache is resolved");
	start_recorded(&one);
	ok(counted == 1, "the event is counted once, whatever the subscriber");
}

static void test_hidden_site(void)
{
	begin_at(SITE);
	record(NAMELESS);
	start_recorded(&one);
	ok(gets_exact(NAMELESS) && asked.stacks == 1 && counted == 1,
	   "a record of a site without a row: the unwinder may find another one");
	begin_at(0);
	has.needs_stack = true;
	record(NAMELESS);
	start_recorded(&one);
	ok(gets_unknown(NAMELESS) && asked.unknown == 1 && asked.from.pc == NAMELESS &&
	   asked.from.sp == 77, "or none");
	begin_at(NAMELESS);
	has.needs_stack = true;
	record(NAMELESS);
	start_recorded(&one);
	ok(gets_unknown(NAMELESS) && asked.from.sp == 77, "or the same");
}

static void test_no_record(void)
{
	begin_at(SITE);
	start_recorded(&one);
	ok(gets_exact(SITE) && asked.stacks == 1 && !asked.in_hook && counted == 1 &&
	   asked.stats[MMN_STAT_NO_RECORD] == 1, "without a record the unwinder finds the site");
	start_recorded(&two);
	ok(counted == 1 && gets_exact(SITE), "which is counted once");
	begin_at(NEARBY);
	record(SITE);
	record_end();
	start_recorded(&one);
	ok(gets_exact(NEARBY), "the record of an event that is over is not used");
}

static void test_recheck(void)
{
	begin_at(SITE);
	mmn_verdict_set_recheck(true);
	record(SITE);
	start_recorded(&one);
	ok(gets_exact(SITE) && asked.stacks == 1 && !asked.in_hook &&
	   !asked.stats[MMN_STAT_NO_RECORD], "the stack confirms a record");
	begin_at(NEARBY);
	mmn_verdict_set_recheck(true);
	record(SITE);
	start_recorded(&one);
	ok(gets_exact(NEARBY) && asked.stats[MMN_STAT_NO_RECORD] == 1,
	   "or not: the start needs the same address");
}

/* ---- the end ---- */

static void test_end(void)
{
	begin_at(SITE);
	record(NEARBY);
	end();
	ok(gets_exact(SITE) && asked.stacks == 1 && !asked.in_hook &&
	   !asked.stats[MMN_STAT_NO_RECORD] && !counted,
	   "an end without the hook classifies again, from the stack, and counts nothing");
	begin_at(NEARBY);
	mmn_verdict_set_hooked(true);
	record(SITE);
	record_end();
	end();
	ok(gets_exact(SITE) && !asked.stacks && !counted, "with the hook it has the record");
	forget();
	end();
	ok(gets(&exact, SITE) && !asked.rules, "and its verdict");
	begin_at(NEARBY);
	mmn_verdict_set_hooked(true);
	end();
	ok(gets_exact(NEARBY), "or the stack without a record");
}

static void test_end_recheck(void)
{
	begin_at(NEARBY);
	mmn_verdict_set_hooked(true);
	mmn_verdict_set_recheck(true);
	record(SITE);
	record_end();
	end();
	ok(gets_exact(SITE), "an end is announced from another address in the same function");
	has.stack = NAMELESS;
	end();
	ok(gets_unknown(NAMELESS), "one in another function does not confirm the record");
	record(NAMELESS);
	record_end();
	has.stack = 0;
	end();
	ok(gets_unknown(0), "neither does a stack without a site");
}

/* ---- the hook, with observers ---- */

static void begin_watched(void)
{
	begin_at(SITE);
	mmn_verdict_set_watched(true);
	mmn_verdict_set_hooked(true);
	tracing = true;
	has.tracing_end = true;
}

/* The record has a verdict, so a callback does not ask the rules. */
static bool is_classified(void)
{
	forget();
	start_recorded(&one);
	return !asked.rules && !counted;
}

static void test_hook(void)
{
	begin_watched();
	record(SITE);
	ok(asked.class == site.class && asked.needs == site.needs && counted == 1 &&
	   !asked.stacks && asked.starts == 1 && is_traced(&exact, SITE, 0),
	   "the hook classifies, counts and traces for observers");
	ok(is_classified() && gets(&exact, SITE), "callbacks find its verdict");
	begin_watched();
	record(NEARBY);
	ok(asked.resolved == 1 && counted == 1 && asked.starts == 1 && is_traced(&exact, NEARBY, 0),
	   "a site that is not in the cache is resolved: the first event is traced as later ones");
	begin_watched();
	has.needs_stack = true;
	record(SITE);
	ok(asked.walks == 1 && asked.from.sp == 77 && counted == 1 &&
	   walked == 1 && is_classified(), "the hook may walk the stack, and resolves its frames");
	begin_watched();
	verifying = true;
	record(SITE);
	ok(asked.verified == 1 && asked.in_hook && counted == 1, "the hook verifies");
}

static void test_hook_hidden(void)
{
	begin_watched();
	record(NAMELESS);
	ok(asked.stacks == 1 && asked.in_hook && counted == 1 && is_traced(&exact, SITE, 0),
	   "the unwinder finds what a tracer hides from the hook");
	begin_watched();
	has.stack = 0;
	record(NAMELESS);
	ok(asked.class == MMN_CLASS_UNKNOWN && counted_elsewhere == 1 && asked.unknown == 1 &&
	   is_traced(&rules_verdict, NAMELESS, 0), "or not: the site is counted as unknown");
}

static void test_hook_end(void)
{
	u64 id;

	begin_watched();
	record(SITE);
	id = asked.trace.id;
	has.clock = 150;
	record_end();
	ok(asked.ends == 1 && is_traced(&exact, SITE, 50) && asked.rules == 1 && counted == 1 &&
	   asked.trace.id == id, "an end is traced, with its duration and the id of its start");
	ok(asked.counts == 1 && asked.counted_as == exact.cause && asked.pages == 2 &&
	   asked.ns == 50, "and counted for its process");
	record_end();
	ok(asked.ends == 1, "once: the next end of such an event has no start");
	record(SITE);
	ok(asked.trace.id && asked.trace.id != id, "the next event has another id");
	begin_watched();
	record(SITE);
	range->mm = &other_mm;
	record_end();
	ok(!asked.ends && !asked.counts, "that of another event is not");
	begin_watched();
	start(&one);
	record_end();
	ok(!asked.ends && !asked.counts, "nor one without a record");
	begin_watched();
	mmn_verdict_set_watched(false);
	record(SITE);
	mmn_verdict_set_watched(true);
	record_end();
	ok(!asked.ends && !asked.counts, "nor one whose start was before the observer");
	begin_watched();
	record(SITE);
	has.tracing_end = false;
	record_end();
	ok(!asked.ends && asked.counts == 1, "nor one after the tracer, but it is counted");
}

static void test_flight(void)
{
	const struct mmn_flight *f = mmn_flight_home(current);

	begin_watched();
	current->pid = 12;
	record(SITE);
	ok(f->range == (unsigned long)range && f->nr == 1 && f->since == 100 && f->mm == &mm &&
	   f->start == 0x1000 && f->end == 0x3000 && f->site == SITE && f->pid == 12 &&
	   f->ends && !memcmp(&f->verdict, &exact, sizeof(exact)),
	   "between its start and its end an event is in flight");
	memset(mmn_event_table, 0, sizeof(mmn_event_table));
	record_end();
	ok(!f->range && asked.counts == 1 && asked.ends == 1 && is_traced(&exact, SITE, 0),
	   "its end is counted and traced, also if another event took the slot");
	begin_watched();
	range->blockable = false;
	record(SITE);
	ok(f->range && !f->ends, "one that may be refused is in flight as such");
	begin_watched();
	mmn_flight_home(current)->range = 1;
	record(SITE);
	record_end();
	ok(asked.full == 1 && asked.starts == 1 && !asked.ends && !asked.counts,
	   "without room the event has no end for observers");
	begin_watched();
	record(SITE);
	range->end = 0x5000;
	record_end();
	ok(!f->range && !asked.ends && !asked.counts,
	   "the record of an event whose end was missed is freed, but not used");
	begin_watched();
	range->start = 0;
	range->end = ~0UL;
	record(SITE);
	record_end();
	ok(asked.counts == 1 && !asked.pages, "the range of an exit has no pages");
}

static bool is_behind(const char *start, const char *end)
{
	const char *seen;

	record(SITE);
	seen = asked.trace.operation;
	record_end();
	return seen == start && asked.trace.operation == end;
}

static void test_operation(void)
{
	struct mmn_flight around = { .mm = &mm, .start = 0x2000, .end = 0x9000, .verdict = exact };

	begin_watched();
	has.around = &around;
	has.operation = "munmap";
	ok(is_behind(NULL, NULL), "a cause that is an operation has none behind it");
	begin_watched();
	has.split = true;
	has.operation = "munmap";
	ok(is_behind(has.operation, has.operation), "a split has that of the system call");
	begin_watched();
	has.split = true;
	has.operation = "munmap";
	has.around = &around;
	record(SITE);
	ok(asked.trace.operation && !strcmp(asked.trace.operation, "mprotect"),
	   "or that of the event that encloses it");
	record_end();
	around.operation = "madvise";
	around.verdict.cause = MMNOTIFY_CAUSE_THP_SPLIT;
	ok(is_behind(around.operation, around.operation), "or what is behind that one");
	ok(mmn_verdict_cause_now(&mm, (unsigned long)range) == MMNOTIFY_CAUSE_THP_SPLIT &&
	   mmn_verdict_cause_now(&other_mm, (unsigned long)range) == MMNOTIFY_CAUSE_MUNMAP,
	   "what is done now is the event in flight, or the system call");
	ok(mmn_verdict_cause_now(&mm, (unsigned long)range + 1) == MMNOTIFY_CAUSE_MUNMAP,
	   "but not an event further in, which is over");
	around.end = 0x1000;
	ok(is_behind(has.operation, has.operation), "but not of other memory");
	around.end = 0x9000;
	around.mm = &other_mm;
	ok(is_behind(has.operation, has.operation), "or of another process");
}

/* Callbacks of a client see the release after the hook has shown it. */
static void test_release(void)
{
	begin_watched();
	mmn_verdict_show_release(&mm);
	ok(asked.class == MMN_CLASS_RELEASE && asked.starts == 1 && asked.released == 1 &&
	   counted_elsewhere == 1 && !asked.ends && asked.counts == 1 && !asked.pages,
	   "the release of an mm is counted and traced");
	ok(asked.trace.process.tgid == 4711 && asked.trace.native == MMU_NOTIFY_RELEASE &&
	   !asked.trace.start && asked.trace.end == ~0UL &&
	   asked.trace.flags & MMNOTIFY_F_BLOCKABLE, "for its process, as all of the mm");
	forget();
	range->event = MMU_NOTIFY_RELEASE;
	start_recorded(&one);
	ok(!counted_elsewhere && !asked.starts, "a client's callback does not count it again");
	mmn_verdict_set_watched(false);
	start_recorded(&one);
	ok(counted_elsewhere == 1, "but it does without observers");
}

static void test_keys(void)
{
	begin();
	mmn_verdict_set_watched(true);
	ok(mmn_verdict_is_watched() && !mmn_verdict_hooked.on, "observers have a key");
	mmn_verdict_set_hooked(true);
	mmn_verdict_set_watched(false);
	ok(!mmn_verdict_is_watched() && mmn_verdict_hooked.on, "so has the hook");
	mmn_verdict_set_hooked(false);
	ok(!mmn_verdict_hooked.on, "it can be switched off");
}

int main(void)
{
	char bytes[STACK_BYTES] __attribute__((aligned(16)));

	use_stack(bytes);
	test_record();
	test_hidden_site();
	test_no_record();
	test_recheck();
	test_end();
	test_end_recheck();
	test_hook();
	test_hook_hidden();
	test_hook_end();
	test_flight();
	test_operation();
	test_release();
	test_keys();
	return tap_done();
}
