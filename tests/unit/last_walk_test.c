// SPDX-License-Identifier: GPL-2.0-only
/*
 * trail: the last walk is found again if each word that it read is still there, and only
 * then.
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

/* A walk that begins at a call site and reads @nr words, every fourth one above it. */
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
	ok(!finds(), "nothing is found before a walk");
	keep(5);
	ok(finds(), "the last walk is found, with its verdict");
	ok(!finds_as(&from, CLASS + 1, BITS, 5), "not for another class");
	ok(!finds_as(&from, CLASS, BITS | 2, 5), "nor in another context");
	record_walk(2);
	keep(6);
	ok(finds_as(&from, CLASS, BITS, 6), "the next walk takes its place");
	mmn_last_walk_forget();
	ok(!finds_as(&from, CLASS, BITS, 6), "what is forgotten is not found");
}

static void test_where(void)
{
	struct mmn_frame_pos other;

	record_walk(3);
	keep(5);
	other = from;
	other.pc++;
	ok(!finds_as(&other, CLASS, BITS, 5), "another call site is another walk");
	other = from;
	other.sp += 8;
	stack[FROM] = from.pc;
	walk.words[0].value = from.pc;
	keep(5);
	ok(finds() && !finds_as(&other, CLASS, BITS, 5), "so is another place on the stack");
	record_walk(3);
	keep(5);
	other = from;
	other.bp += 8;
	ok(finds_as(&other, CLASS, BITS, 5), "the frame pointer does not count if no step took it");
	stack[FROM - 1]++;
	ok(!finds(), "the call site's return address has to be there");
	stack[FROM - 1]--;
	ok(finds(), "and is there again");
	shim_current.stack = stack + WORDS;
	ok(!finds(), "the stack has to be that of the task");
}

/* Each word counts: the first one, the last one, and those between. */
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
	ok(!changed && same == nr, "a walk of %u words is another one if any of them is", nr);
	stack[FROM + 4 * nr] ^= 1;
	ok(finds(), "what a walk of %u words did not read may be anything", nr);
}

static void test_too_long(void)
{
	unsigned int i;

	record_walk(MMN_LAST_WALK_MAX);
	keep(5);
	ok(finds(), "%u words are kept", MMN_LAST_WALK_MAX);
	mmn_last_walk_forget();
	mmn_last_walk_add(&walk, at(FROM + 1), stack[FROM + 1]);
	keep(5);
	ok(!finds(), "one more is too many");
	for (i = 0; i < 3; i++)
		mmn_last_walk_add(&walk, at(FROM + 1), stack[FROM + 1]);
	ok(walk.nr == MMN_LAST_WALK_MAX + 4 && walk.words[MMN_LAST_WALK_MAX - 1].at ==
	   at(FROM + 4 * (MMN_LAST_WALK_MAX - 1)), "and is only counted");
	record_walk(2);
	mmn_last_walk_invalidate(&walk);
	keep(5);
	ok(!finds(), "a walk that rests on more than words is not kept");
	record_walk(0);
	keep(5);
	ok(!finds(), "nor is one that read no word");
}

static void test_frame_pointer(void)
{
	struct mmn_frame_pos other;

	record_walk(2);
	mmn_last_walk_add_bp(&walk, from.bp);
	ok(walk.nr == 2 && walk.needs_bp, "a step by the frame pointer needs that of the site");
	keep(5);
	other = from;
	other.bp += 8;
	ok(finds() && !finds_as(&other, CLASS, BITS, 5), "then it has to be the same");
	record_walk(2);
	walk.bp_at = at(FROM + 2);
	mmn_last_walk_add_bp(&walk, stack[FROM + 2]);
	ok(walk.nr == 3 && !walk.needs_bp, "where it was saved it is a word like others");
	keep(5);
	other = from;
	other.bp += 8;
	ok(finds_as(&other, CLASS, BITS, 5), "and that of the site does not count");
	stack[FROM + 2] ^= 1;
	ok(!finds(), "but the saved one does");
	mmn_last_walk_begin(&walk, &from);
	ok(!walk.bp_at && !walk.needs_bp && !walk.nr, "another walk begins anew");
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
	ok(!shim_preempt_off, "preemption is on again after each of them");
	return tap_done();
}
