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
	test_owner();
	return tap_done();
}
