// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * verdict_fast: the usual path of a start and its end, each stage that may end it without a
 * trace, and each member of struct mmnotify_info. The stages themselves have tests of their own.
 */
#include <stddef.h>
#include <string.h>

#include <linux/build_bug.h>
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#include <linux/static_key.h>
#include <linux/types.h>

#include <mmnotify/mmnotify.h>

#include "rules/rules.h"
#include "stack/frame_pos.h"
#include "tap.h"
#include "verdict/event.h"
#include "verdict/verdict_fast.h"
#include "verdict_stages.h"

static unsigned int asked, traced, verified;
static bool on_path;

bool mmn_call_path_site(const struct mmn_call_path *c, const unsigned long *from,
			unsigned long *pc, const struct mmn_site **known)
{
	asked++;
	*pc = SITE;
	*known = &site;
	return on_path && c == &path && from == frame;
}

struct mmn_frame_pos mmn_call_path_pos(const struct mmn_call_path *c, const unsigned long *from)
{
	return (struct mmn_frame_pos){ .pc = SITE, .sp = c == &path && from == frame ? 77 : 0 };
}

u64 mmn_context_key(const struct mmu_notifier_range *range, u32 kept, u32 needs, u32 trust,
		    u32 *bits)
{
	*bits = BITS | trust;
	return range->mm == &mm && kept == mmn_rule_cache_site(ROW, range->event) &&
	       needs == site.needs && trust == site.trust ? KEY : 0;
}

struct static_key_false mmn_verdict_hooked;
struct mmn_event mmn_event_table[1 << MMN_EVENT_BITS][2];
atomic_long_t mmn_event_generation;
u64 mmn_event_mix = 0x9e3779b97f4a7c15ULL;

/* ---- the slow paths ---- */

static unsigned int slow, recorded, late;
static struct mmn_query seen;

void mmn_verdict_trace(const struct mmu_notifier_range *range, struct mmn_verdict v,
		       unsigned long at)
{
	traced += at == SITE && v.cause == cache_verdict.cause;
}

void mmn_verdict_verify(unsigned long at, unsigned int row, struct mmn_verdict v)
{
	verified += at == SITE && row == ROW && v.cause == cache_verdict.cause;
}

void mmn_verdict_start_slow(const struct mmu_notifier_range *range, const struct mmn_query *query,
			    struct mmnotify_info *info)
{
	slow++;
	seen = *query;
}

void mmn_verdict_start_recorded(const struct mmu_notifier_range *range,
				const struct mmn_query *query, struct mmnotify_info *info)
{
	recorded++;
	seen = *query;
}

void mmn_verdict_end_slow(const struct mmu_notifier_range *range, struct mmnotify_info *info)
{
	late++;
}

/* ---- tests ---- */

static void begin(void)
{
	stages_begin();
	memset(mmn_event_table, 0, sizeof(mmn_event_table));
	mmn_verdict_hooked.on = false;
	on_path = true;
	asked = 0;
	traced = 0;
	verified = 0;
	slow = 0;
	recorded = 0;
	late = 0;
}

static noinline void start(const void *object, bool ends)
{
	frame = __builtin_frame_address(0);
	mmn_verdict_start(range, mmn_verdict_query(object, ends, &path), &info);
}

static bool has_query(const void *object, bool ends)
{
	return seen.object == object && seen.ends == ends && seen.path == &path &&
	       seen.frame == frame;
}

static bool is_filled(const struct mmn_verdict *v, u32 flags, void *owner)
{
	return is_filled_at(v, flags, owner, SITE);
}

static void test_start(void)
{
	begin();
	start(&one, true);
	ok(is_filled(&cache_verdict, MMNOTIFY_F_BLOCKABLE, NULL) && !slow && !recorded,
	   "a start has the verdict of the rule cache");
	ok(counted == 1 && !walked && !traced && !verified, "it is counted");
	start(&two, true);
	ok(counted == 1 && is_filled(&cache_verdict, MMNOTIFY_F_BLOCKABLE, NULL),
	   "but not for a second subscriber");
	start(&one, true);
	ok(counted == 2, "it is again for the first one: a new event");
	begin();
	tracing = true;
	verifying = true;
	start(&one, true);
	ok(traced == 1 && verified == 1, "it is traced and verified if that is on");
	start(&two, true);
	ok(traced == 1 && verified == 2, "traced once, but verified for each subscriber");
	begin();
	range->blockable = false;
	shim_current.mm = &other_mm;
	start(&one, true);
	ok(is_filled(&cache_verdict, MMNOTIFY_F_REMOTE, NULL),
	   "another process, and an event that may not block, have their flags");
}

static void test_walk(void)
{
	begin();
	cache_verdict.event = MMN_RULE_CACHE_NEEDS_STACK;
	same_walk = true;
	start(&one, true);
	ok(is_filled(&walk_verdict, MMNOTIFY_F_BLOCKABLE, NULL) && counted == 1 && walked == 1 &&
	   !slow, "a verdict on the stack is that of the last walk, and counted as one");
	begin();
	same_walk = true;
	start(&one, true);
	ok(is_filled(&cache_verdict, MMNOTIFY_F_BLOCKABLE, NULL) && !walked,
	   "any other does not look at the last walk");
}

static bool is_slow(void)
{
	start(&one, true);
	return slow == 1 && !recorded && !counted && !verified && has_query(&one, true) &&
	       !kept_slot();
}

static void test_slow(void)
{
	begin();
	verifying = true;
	on_path = false;
	ok(is_slow(), "the slow path starts over without a call path");
	begin();
	in_cache = false;
	ok(is_slow(), "or without a verdict in the rule cache");
	begin();
	range->mm = &other_mm;
	ok(is_slow(), "or without a key for it");
	begin();
	cache_verdict.event = MMN_RULE_CACHE_NEEDS_STACK;
	ok(is_slow(), "or if the stack is not that of the last walk");
	begin();
	mmn_verdict_hooked.on = true;
	start(&two, false);
	ok(recorded == 1 && !slow && !asked && !counted && has_query(&two, false),
	   "with the hook attached the record comes first");
}

static void test_end(void)
{
	begin();
	start(&one, true);
	ok(is_open(), "the slot stays open for an end callback");
	memset(&info, 0xff, sizeof(info));
	mmn_verdict_end(range, &info);
	ok(is_filled(&cache_verdict, MMNOTIFY_F_BLOCKABLE, NULL) && !late,
	   "an end has the verdict of its start");
	range->start = 0;
	mmn_verdict_end(range, &info);
	ok(late == 1, "that of another event at the same address takes the slow path");
	begin();
	mmn_verdict_end(range, &info);
	ok(late == 1, "so does one without a start");
	begin();
	start(&one, false);
	ok(!is_open(), "a subscriber without an end callback leaves no open slot");
	begin();
	range->blockable = false;
	start(&one, true);
	ok(!is_open(), "nor does a start that may be refused");
}

/* An event that encloses another one on the same stack keeps its slot. */
static void test_nested(void)
{
	struct mmu_notifier_range *outer;

	begin();
	outer = range + 1;
	*outer = *range;
	outer->event = MMU_NOTIFY_UNMAP;
	range = outer;
	start(&one, true);
	range = outer - 1;
	start(&one, true);
	mmn_verdict_end(outer - 1, &info);
	mmn_verdict_end(outer, &info);
	ok(!late && info.native == MMU_NOTIFY_UNMAP && counted == 2, "events may nest");
}

/* ---- ranges that follow ---- */

static struct interval_tree_node first = { 0x1000, 0x1fff };
static struct interval_tree_node second = { 0x2000, 0x2fff };
static unsigned int copied;

void mmn_verdict_verify_copy(unsigned long at, struct mmn_verdict v)
{
	copied += at == SITE && v.cause == cache_verdict.cause;
}

static noinline void lead_with(const void *object, unsigned long seq)
{
	struct mmn_query query = mmn_verdict_query(object, false, &path);

	query.frame = __builtin_frame_address(0);
	frame = query.frame;
	query.seq = mmn_event_seq(seq);
	query.home = mmn_event_home(current);
	mmn_verdict_start(range, query, &info);
}

static bool follows(const struct interval_tree_node *node, unsigned long seq, bool ends)
{
	struct mmn_event *home = mmn_event_home(current);

	memset(&info, 0xff, sizeof(info));
	return mmn_event_may_follow(home, node, (unsigned long)range) &&
	       mmn_verdict_follow(range, home, node, seq, ends, &info);
}

static void lead_first(void)
{
	begin();
	lead_with(&first, 3);
}

static void test_follow(void)
{
	lead_first();
	asked = 0;
	ok(follows(&second, 3, false) && is_filled(&cache_verdict, MMNOTIFY_F_BLOCKABLE, NULL) &&
	   !asked && counted == 1, "a range that comes after the leader copies its verdict");
	ok(!kept_slot() || !is_open(), "and leaves no open slot without an end callback");
	ok(!follows(&second, 5, false), "but not of an event with another sequence");
	range->end += 0x1000;
	ok(!follows(&second, 3, false), "nor of one with other bounds");
	lead_first();
	ok(!follows(&first, 3, false), "the leader does not copy from itself");
	begin();
	lead_with(&second, 3);
	ok(!follows(&first, 3, false), "nor does a range that comes before the leader");
	lead_first();
	second.start = 0x1000;
	ok(!follows(&second, 3, false), "nor one that starts where the leader does");
	second.start = 0x2000;
	lead_first();
	atomic_long_add(1, &mmn_event_generation);
	ok(!follows(&second, 3, false), "nor one after a removal, since the mm may be another one");
	lead_first();
	mmn_verdict_hooked.on = true;
	ok(!follows(&second, 3, false), "nor one while the hook is attached");
	begin();
	start(&first, false);
	ok(!follows(&second, 3, false), "nor one from an object that is no range");
}

static void test_follow_end(void)
{
	lead_first();
	verifying = true;
	ok(follows(&second, 3, true) && copied == 1, "a copy is verified");
	ok(is_open(), "a range that follows opens the slot for its end callback");
	memset(&info, 0xff, sizeof(info));
	mmn_verdict_end(range, &info);
	ok(is_filled(&cache_verdict, MMNOTIFY_F_BLOCKABLE, NULL) && !late,
	   "which has the verdict of the leader");
	lead_first();
	range->blockable = false;
	ok(follows(&second, 3, true) && !is_open(), "a start that may be refused opens none");
}

static void *owner_of(unsigned int event, unsigned int native)
{
	begin();
	cache_verdict.event = event;
	range->event = native;
	start(&one, true);
	return info.owner;
}

static void test_owner(void)
{
	ok(owner_of(MMNOTIFY_MIGRATE, MMU_NOTIFY_MIGRATE) == &one &&
	   owner_of(MMNOTIFY_EXCLUSIVE, MMN_NOTIFY_EXCLUSIVE) == &one &&
	   owner_of(MMNOTIFY_EXCLUSIVE, MMU_NOTIFY_MIGRATE) == &one,
	   "migrations to a device and exclusive access have an owner");
	ok(!owner_of(MMNOTIFY_CLEAR, MMU_NOTIFY_MIGRATE) &&
	   !owner_of(MMNOTIFY_CLEAR, MMN_NOTIFY_EXCLUSIVE) &&
	   !owner_of(MMNOTIFY_MIGRATE, MMU_NOTIFY_CLEAR) &&
	   !owner_of(MMNOTIFY_EXCLUSIVE, MMU_NOTIFY_CLEAR),
	   "for all others the kernel does not set it");
}

int main(void)
{
	char bytes[STACK_BYTES] __attribute__((aligned(16)));

	use_stack(bytes);
	test_start();
	test_walk();
	test_slow();
	test_end();
	test_nested();
	test_follow();
	test_follow_end();
	test_owner();
	return tap_done();
}
