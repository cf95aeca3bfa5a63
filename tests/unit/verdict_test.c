// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * verdict: which call site and which verdict an event gets without the fast path and without the
 * hook, what is then counted, traced and verified, and whether a task runs a callback. The
 * stages have tests of their own.
 */
#include <string.h>

#include <linux/mmu_notifier.h>
#include <linux/sched.h>

#include <mmnotify/mmnotify.h>

#include "rules/names.h"
#include "tap.h"
#include "verdict/event.h"
#include "verdict/verdict.h"
#include "verdict/verdict_fast.h"
#include "verdict_asked.h"
#include "verdict_stages.h"

/* ---- the start without the hook ---- */

static void test_site(void)
{
	begin();
	start(&one);
	ok(gets_exact(SITE) && asked.paths == 1 && !asked.stacks && counted == 1 &&
	   !asked.stats[MMN_STAT_NO_RECORD] && !asked.unknown,
	   "frame steps find the call site, and its row decides");
	start(&two);
	ok(counted == 1 && gets_exact(SITE), "a second subscriber's callback does not count it");
	begin_at(SITE);
	start(&one);
	ok(gets_exact(SITE) && asked.stacks == 1 && !asked.in_hook && counted == 1 &&
	   asked.stats[MMN_STAT_NO_RECORD] == 1, "else the unwinder does");
	begin_at(NEARBY);
	start(&one);
	ok(gets_exact(NEARBY) && asked.resolved == 1 && counted == 1,
	   "an address that is not in the cache is resolved");
	begin_at(SITE);
	has.path = &nameless;
	start(&one);
	ok(gets_exact(SITE), "also if frame steps find a site without a row");
}

static void test_no_site(void)
{
	begin_at(0);
	start(&one);
	ok(gets_unknown(0) && asked.kept && !asked.key && counted_elsewhere == 1 &&
	   !asked.unknown, "without a call site the verdict is not exact, nor in the rule cache");
	begin_at(NAMELESS);
	start(&one);
	ok(gets_unknown(NAMELESS) && counted_elsewhere == 1 && asked.unknown == 1,
	   "neither is that of a site without a row, which is counted");
	begin_at(SITE);
	has.path = &site;
	has.allowed = false;
	start(&one);
	ok(gets_unknown(0) && !asked.paths && !asked.stacks,
	   "the stack is not used where that is not allowed");
}

static void test_release(void)
{
	begin_at(SITE);
	has.path = &site;
	range->event = MMU_NOTIFY_RELEASE;
	verifying = true;
	start(&one);
	ok(gets(&rules_verdict, 0) && asked.class == MMN_CLASS_RELEASE &&
	   asked.needs == MMN_CLASS_RELEASE + 1 && !asked.paths && !asked.stacks &&
	   !asked.stats[MMN_STAT_NO_RECORD] && !asked.verified,
	   "a release has no call site, and needs none");
}

/* ---- from the call site to the verdict ---- */

static void test_rule_cache(void)
{
	begin();
	start(&one);
	ok(asked.rules == 1 && asked.kept == 1 && asked.key == KEY && !asked.walks && !walked &&
	   !memcmp(&asked.verdict, &exact, sizeof(exact)), "a verdict goes to the rule cache");
	begin();
	in_cache = true;
	start(&one);
	ok(gets(&cache_verdict, SITE) && !asked.rules && !asked.walks && !walked,
	   "from where the next one comes");
	begin();
	has.needs_stack = true;
	start(&one);
	ok(gets_exact(SITE) && asked.rules == 2 && asked.walks == 1 && walked == 1 &&
	   asked.from.pc == SITE && asked.from.sp == 77,
	   "the rules may need a walk, from the call site");
	ok(asked.kept == 1 && asked.verdict.event == MMN_RULE_CACHE_NEEDS_STACK &&
	   asked.remembered == 1, "the rule cache then knows that, and the walk is kept");
	begin();
	in_cache = true;
	cache_verdict.event = MMN_RULE_CACHE_NEEDS_STACK;
	start(&one);
	ok(gets_exact(SITE) && asked.rules == 1 && asked.walks == 1 && walked == 1,
	   "the rule cache says that a walk is needed");
	begin();
	has.needs_stack = true;
	same_walk = true;
	start(&one);
	ok(gets(&walk_verdict, SITE) && asked.rules == 1 && !asked.walks && walked == 1,
	   "the last walk may have the verdict");
}

static void test_census(void)
{
	begin();
	has.expected = false;
	start(&one);
	ok(gets(&rules_verdict, SITE) && asked.reported == 1,
	   "a native event that was not audited is not exact, and is reported");
	begin_at(0);
	has.expected = false;
	start(&one);
	ok(gets_unknown(0) && !asked.reported, "not if the site is not trusted anyway");
	begin();
	has.expected = false;
	mmn_verdict_set_watched(true);
	record(SITE);
	ok(counted == 1 && asked.reported == 1, "the hook reports it, too");
	start_recorded(&one);
	ok(gets(&rules_verdict, SITE), "where it is not exact, too");
}

static void test_verify(void)
{
	begin();
	start(&one);
	ok(!asked.verified, "verdicts are not verified by default");
	begin();
	verifying = true;
	start(&one);
	ok(asked.verified == 1, "each callback's verdict is, with verify=1");
	forget();
	mmn_verdict_verify(SITE, ROW, exact);
	ok(asked.verified == 1, "also one of the fast path");
	begin_at(SITE);
	verifying = true;
	end();
	ok(gets_exact(SITE) && !asked.verified, "at the end nothing is verified");
	begin();
	has.cached = true;
	mmn_verdict_verify_copy(SITE, exact);
	ok(asked.verified == 1, "the copy of a leader's verdict is verified");
	begin();
	asked.in_hook = true;
	mmn_verdict_verify_copy(0, (struct mmn_verdict){ .event = MMNOTIFY_RELEASE });
	ok(asked.in_hook, "but that of a release is not, which has no call site");
}

static void test_trace(void)
{
	begin();
	tracing = true;
	shim_current.mm = &other_mm;
	start(&one);
	ok(asked.starts == 1 && is_traced(&exact, SITE, 0), "a start is traced, with all members");
	start(&two);
	ok(asked.starts == 1, "once for all subscribers");
	spoil_stack();
	mmn_verdict_trace(range, walk_verdict, NEARBY);
	ok(is_traced(&walk_verdict, NEARBY, 0), "also from the fast path");
}

static void test_cancel(void)
{
	begin();
	start(&one);
	mmn_verdict_cancel_end(range, &two);
	ok(is_open(), "the end of another subscriber stays");
	mmn_verdict_cancel_end(range, &one);
	ok(!is_open(), "an end that will not come is cancelled");
}

/* ---- does this task run a callback? ---- */

static bool in_callback(const struct mm_struct *of)
{
	forget();
	logged[0] = '\0';
	return mmn_verdict_in_callback(of, "wait()", NULL);
}

/* Not, and the slots of the events show it: the stack is not read. */
static bool is_idle(const struct mm_struct *of)
{
	return !in_callback(of) && !asked.stacks && !logged[0];
}

static void test_in_callback(void)
{
	begin_at(SITE);
	ok(is_idle(&mm), "no callback runs without an event");
	start(&one);
	ok(in_callback(&mm) && asked.stacks == 1 && !asked.in_hook &&
	   strstr(logged, "wait() in a callback of the same mm"),
	   "an event whose site is on the stack runs, which is logged");
	ok(is_idle(&other_mm), "one of another mm does not count");
	ok(is_idle(NULL), "nor any for an object that was never inserted");
	ok(in_callback(&mm), "it still runs");
	has.allowed = false;
	ok(!in_callback(&mm) && !asked.stacks && !logged[0],
	   "the stack is not read where that is not allowed");
	begin_at(SITE);
	start(&one);
	has.stack = 0;
	ok(!in_callback(&mm) && asked.stacks == 1 && !logged[0], "without its site it is over");
	ok(is_idle(&mm), "and is not looked for again");
}

/* The range of an event that encloses another one is further out. */
static void test_in_nested_callback(void)
{
	struct mmu_notifier_range *outer;
	struct mmn_event *other;

	begin_at(SITE);
	outer = range + 1;
	*outer = *range;
	outer->mm = &other_mm;
	range = outer;
	start(&one);
	range = outer - 1;
	start(&one);
	ok(in_callback(&mm) && in_callback(&other_mm), "the inner event and the outer one run");
	has.stack = 0;
	other = mmn_event_home(current) + 2;
	*other = *kept_slot();
	ok(!in_callback(&mm) && asked.stacks == 1 && is_idle(&mm), "the inner one is over");
	ok(other->key, "another task's slot stays");
	ok(!in_callback(&other_mm) && asked.stacks == 1 && is_idle(&other_mm),
	   "the outer one is, too");
}

/* A range that is not on the stack between this frame and its end is not read. */
static void test_range_elsewhere(void)
{
	static struct mmu_notifier_range below = { .mm = &mm };
	struct mmu_notifier_range *where = range;

	begin_at(SITE);
	range = &below;
	start(&one);
	ok(is_idle(&mm), "a range below the stack is over");
	range = where;
	begin_at(SITE);
	start(&one);
	stack_end = (char *)range;
	ok(is_idle(&mm), "so is one behind its end");
	stack_end = stack + STACK_BYTES;
}

int main(void)
{
	char bytes[STACK_BYTES] __attribute__((aligned(16)));

	use_stack(bytes);
	test_site();
	test_no_site();
	test_release();
	test_rule_cache();
	test_census();
	test_verify();
	test_trace();
	test_cancel();
	test_in_callback();
	test_in_nested_callback();
	test_range_elsewhere();
	return tap_done();
}
