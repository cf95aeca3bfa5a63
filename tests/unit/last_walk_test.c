// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * last_walk: the last walk is found again only if each word that it read is unchanged.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "tap.h"
#include "stack/last_walk.h"

#define WORDS	(THREAD_SIZE / sizeof(long))
#define FROM	100
#define CLASS	7
#define BITS	0x11

struct task_struct shim_current;
int shim_preempt_off;

/* A second stack lies behind the first one. */
static unsigned long stack[2 * WORDS];

static struct mmn_frame_pos from;
static struct mmn_walk_words walk;

static unsigned long at(unsigned int i)
{
	return (unsigned long)&stack[i];
}

/* A walk that starts at a call site and reads @nr words, every fourth one above it. */
static void record_walk(unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < 2 * WORDS; i++)
		stack[i] = 0x1000 + i;
	shim_current.stack = stack;
	from = (struct mmn_frame_pos){ .pc = stack[FROM - 1], .sp = at(FROM), .bp = at(FROM + 4) };
	mmn_last_walk_begin(&walk, &from);
	for (i = 0; i < nr; i++)
		mmn_last_walk_add(&walk, at(FROM + 4 * i), stack[FROM + 4 * i]);
}

static void keep(unsigned int cause)
{
	struct mmn_verdict v = { .event = 1, .cause = cause, .effects = 3, .flags = 1 };

	mmn_last_walk_keep(&walk, CLASS, BITS, &v);
}

static bool finds_as(const struct mmn_frame_pos *where, unsigned int class, u32 bits,
		     unsigned int cause)
{
	struct mmn_verdict v = { };

	return mmn_last_walk_find(where, class, bits, &v) && v.cause == cause && v.event == 1 &&
	       v.effects == 3 && v.flags == 1;
}

static bool finds(void)
{
	return finds_as(&from, CLASS, BITS, 5);
}

static void test_found(void)
{
	record_walk(3);
	mmn_last_walk_forget();
	ok(!finds(), "no walk is found in an empty cache");
	keep(5);
	ok(finds(), "the last walk is found, with its verdict");
	ok(!finds_as(&from, CLASS + 1, BITS, 5), "it is not found for another class");
	ok(!finds_as(&from, CLASS, BITS | 2, 5), "it is not found in another context");
	record_walk(2);
	keep(6);
	ok(finds_as(&from, CLASS, BITS, 6), "the next walk replaces it");
	mmn_last_walk_forget();
	ok(!finds_as(&from, CLASS, BITS, 6), "no walk is found after mmn_last_walk_forget()");
}

static void test_where(void)
{
	struct mmn_frame_pos other;

	record_walk(3);
	keep(5);
	other = from;
	other.pc++;
	ok(!finds_as(&other, CLASS, BITS, 5), "it is not found for another call site");
	other = from;
	other.sp += 8;
	stack[FROM] = from.pc;
	walk.words[0].value = from.pc;
	keep(5);
	ok(finds() && !finds_as(&other, CLASS, BITS, 5),
	   "it is not found at another position on the stack");
	record_walk(3);
	keep(5);
	other = from;
	other.bp += 8;
	ok(finds_as(&other, CLASS, BITS, 5), "the frame pointer may differ if no step used it");
	stack[FROM - 1]++;
	ok(!finds(), "it is not found without the return address of the call site");
	stack[FROM - 1]--;
	ok(finds(), "it is found again when the return address is restored");
	shim_current.stack = stack + WORDS;
	ok(!finds(), "it is not found on another stack");
}

/* Each word is compared: the first one, the last one, and those between. */
static void test_words(unsigned int nr)
{
	unsigned int i, changed = 0, same = 0;

	record_walk(nr);
	keep(5);
	for (i = 0; i < nr; i++) {
		stack[FROM + 4 * i] ^= 1;
		changed += finds();
		stack[FROM + 4 * i] ^= 1;
		same += finds();
	}
	ok(!changed && same == nr,
	   "a walk of %u words is found only if none of them changed", nr);
	stack[FROM + 4 * nr] ^= 1;
	ok(finds(), "a walk of %u words is found though a word changed that it did not read", nr);
}

static void test_too_long(void)
{
	unsigned int i;

	record_walk(MMN_LAST_WALK_MAX);
	keep(5);
	ok(finds(), "a walk of %u words is kept", MMN_LAST_WALK_MAX);
	mmn_last_walk_forget();
	mmn_last_walk_add(&walk, at(FROM + 1), stack[FROM + 1]);
	keep(5);
	ok(!finds(), "a walk of one more word is not kept");
	for (i = 0; i < 3; i++)
		mmn_last_walk_add(&walk, at(FROM + 1), stack[FROM + 1]);
	ok(walk.nr == MMN_LAST_WALK_MAX + 4 && walk.words[MMN_LAST_WALK_MAX - 1].at ==
	   at(FROM + 4 * (MMN_LAST_WALK_MAX - 1)), "words beyond the maximum are only counted");
	record_walk(2);
	mmn_last_walk_invalidate(&walk);
	keep(5);
	ok(!finds(), "an invalidated walk is not kept");
	record_walk(0);
	keep(5);
	ok(!finds(), "a walk without words is not kept");
}

static void test_frame_pointer(void)
{
	struct mmn_frame_pos other;

	record_walk(2);
	mmn_last_walk_add_bp(&walk, from.bp);
	ok(walk.nr == 2 && walk.needs_bp,
	   "a step by the frame pointer depends on the site's frame pointer");
	keep(5);
	other = from;
	other.bp += 8;
	ok(finds() && !finds_as(&other, CLASS, BITS, 5),
	   "then it is found only with the same frame pointer");
	record_walk(2);
	walk.bp_at = at(FROM + 2);
	mmn_last_walk_add_bp(&walk, stack[FROM + 2]);
	ok(walk.nr == 3 && !walk.needs_bp, "a saved frame pointer is a word of the walk");
	keep(5);
	other = from;
	other.bp += 8;
	ok(finds_as(&other, CLASS, BITS, 5), "then the site's frame pointer may differ");
	stack[FROM + 2] ^= 1;
	ok(!finds(), "the saved frame pointer may not differ");
	mmn_last_walk_begin(&walk, &from);
	ok(!walk.bp_at && !walk.needs_bp && !walk.nr, "mmn_last_walk_begin() resets the walk");
}

int main(void)
{
	test_found();
	test_where();
	test_words(1);
	test_words(2);
	test_words(7);
	test_words(MMN_LAST_WALK_MAX);
	test_too_long();
	test_frame_pointer();
	ok(!shim_preempt_off, "preemption is enabled again after each call");
	return tap_done();
}
