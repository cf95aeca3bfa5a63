// SPDX-License-Identifier: GPL-2.0-only
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
#include "stack/addr_cache.h"
#include "stack/frame_pos.h"
#include "tap.h"
#include "verdict/event.h"

#define SITE		0x1234UL
#define BITS		0x55
#define KEY		0x99

struct task_struct shim_current;
int shim_locks_held;
bool shim_unlocked;

static struct mm_struct mm, other_mm;
static char stack[4096];

/* ---- stand-ins for the stages ---- */

/* src/compat/compat.h */
#define MMN_COMPAT_H
#define MMN_UNINIT
#define MMN_NOTIFY_EXCLUSIVE	(MMU_NOTIFY_MIGRATE + 1)
#define offsetofend(type, member)	(offsetof(type, member) + sizeof(((type *)0)->member))

static void *mmn_range_owner(const struct mmu_notifier_range *range)
{
	return range->owner;
}

/* src/stack */
#define MMN_CALL_PATH_H
#define MMN_FRAME_STEP_H
#define MMN_LAST_WALK_H
#define MMN_UNWIND_H

struct mmn_call_path {
	unsigned long pc;
};

static const struct mmn_site site = { .pc = SITE, .row = 11, .needs = 13, .trust = 14 };
static struct mmn_call_path path;
static const unsigned long *frame;
static unsigned int asked;
static bool on_path, same_walk;
static struct mmn_verdict walk_verdict;

static bool mmn_call_path_site(const struct mmn_call_path *c, const unsigned long *from,
			       unsigned long *pc, const struct mmn_site **known)
{
	asked++;
	*pc = SITE;
	*known = &site;
	return on_path && c == &path && from == frame;
}

static struct mmn_frame_pos mmn_call_path_pos(const struct mmn_call_path *c,
					      const unsigned long *from)
{
	return (struct mmn_frame_pos){ .pc = SITE, .sp = c == &path && from == frame ? 77 : 0 };
}

static u32 mmn_rule_cache_site(unsigned int row, unsigned int native)
{
	return row << 16 | native;
}

static bool mmn_last_walk_find(const struct mmn_frame_pos *from, u32 site, u32 bits,
			       struct mmn_verdict *v)
{
	if (!same_walk || from->pc != SITE || from->sp != 77 || site >> 16 != 11 || bits != BITS)
		return false;
	*v = walk_verdict;
	return true;
}

static unsigned long mmn_frame_step_top(void)
{
	return (unsigned long)(stack + sizeof(stack));
}

/* src/verdict/context.h, src/rules/rule_cache.h */
#define MMN_CONTEXT_H
#define MMN_RULE_CACHE_H
#define MMN_RULE_CACHE_NEEDS_STACK	0xff

static bool in_cache;
static struct mmn_verdict cache_verdict;

static u64 mmn_context_key(const struct mmu_notifier_range *range, u32 site, u32 needs,
			   u32 trust, u32 *bits)
{
	*bits = BITS;
	return range->mm == &mm && site == mmn_rule_cache_site(11, range->event) &&
	       needs == 13 && trust == 14 ? KEY : 0;
}

static bool mmn_rule_cache_find(u64 key, struct mmn_verdict *v)
{
	*v = cache_verdict;
	return in_cache && key == KEY;
}

/* src/stats.h, src/trace.h, src/verdict/verify.h, src/verdict/verdict.h */
#define MMN_STATS_H
#define MMN_TRACE_H
#define MMN_VERIFY_H
#define MMN_VERDICT_H

static bool tracing, verifying;
static unsigned int counted, walked, traced, verified;

static void mmn_stats_verdict(const struct mmn_verdict *v, unsigned int row, bool by_walk)
{
	counted += row == 11;
	walked += by_walk;
}

static bool trace_invalidate_start_enabled(void)
{
	return tracing;
}

static bool mmn_verify_on(void)
{
	return verifying;
}

static u64 mmn_verdict_id(const struct mmu_notifier_range *range)
{
	return mmn_event_id(range->mm, current, range->start, range->end);
}

static void mmn_verdict_identify(const struct mmu_notifier_range *range,
				 struct mmn_event_identity *e)
{
	e->task = current;
	e->range = (unsigned long)range;
	e->top = mmn_frame_step_top();
	e->id = mmn_verdict_id(range);
}

#include "verdict/verdict_fast.h"

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
	verified += at == SITE && row == 11 && v.cause == cache_verdict.cause;
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

static struct mmu_notifier_range *range;
static struct mmnotify_info info;
static int one, two;

static void begin(void)
{
	memset(mmn_event_table, 0, sizeof(mmn_event_table));
	memset(&info, 0xff, sizeof(info));
	range = (void *)(stack + 1024);
	*range = (struct mmu_notifier_range){ .mm = &mm, .start = 0x1000, .end = 0x3000,
		.event = MMU_NOTIFY_CLEAR, .blockable = true, .owner = &one };
	shim_current.mm = &mm;
	cache_verdict = (struct mmn_verdict){ .event = MMNOTIFY_CLEAR,
		.cause = MMNOTIFY_CAUSE_COW, .effects = MMNOTIFY_FX_PFN,
		.flags = MMNOTIFY_F_EXACT };
	walk_verdict = cache_verdict;
	walk_verdict.event = MMNOTIFY_UNMAP;
	on_path = true;
	in_cache = true;
	same_walk = false;
	tracing = false;
	verifying = false;
	mmn_verdict_hooked.on = false;
	asked = 0;
	counted = 0;
	walked = 0;
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

/* Is each member of @info as the verdict and the range say? */
static bool is_filled(const struct mmn_verdict *v, u32 flags, void *owner)
{
	struct mmnotify_info all;

	memset(&all, 0, sizeof(all));
	all.size = sizeof(all);
	all.event = v->event;
	all.cause = v->cause;
	all.native = range->event;
	all.effects = v->effects;
	all.flags = v->flags | flags;
	all.mm = &mm;
	all.start = 0x1000;
	all.end = 0x3000;
	all.owner = owner;
	all.site = SITE;
	return !memcmp(&all, &info, sizeof(all));
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

static struct mmn_event *kept_slot(void)
{
	struct mmn_event_identity e;

	mmn_verdict_identify(range, &e);
	return mmn_event_find_kept(&e);
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

static bool is_open(void)
{
	return kept_slot()->key & MMN_EVENT_OPEN;
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
	test_start();
	test_walk();
	test_slow();
	test_end();
	test_nested();
	test_owner();
	return tap_done();
}
