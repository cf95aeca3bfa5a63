// SPDX-License-Identifier: GPL-2.0-only
/*
 * steps: where each kind of step leads, and which are refused: those that are not known,
 * and those that leave the stack.
 */
#include <linux/ptrace.h>

#include "stack.h"
#include "tap.h"

static struct mmn_frame_cursor s;

/* At the return address in word @word. */
static void begin(unsigned int word, unsigned int bp)
{
	struct mmn_frame_pos from = where(word);

	from.bp = bp ? at(bp) : 0;
	mmn_frame_step_begin_at(&s, &from);
}

static bool is_at(unsigned long pc, unsigned int sp, unsigned long bp)
{
	return s.at.pc == pc && s.at.sp == at(sp) && s.at.bp == bp;
}

static bool stays(void)
{
	struct mmn_frame_cursor before = s;

	return !mmn_frame_step_next(&s) && !memcmp(&before, &s, sizeof(s));
}

static void test_begin(void)
{
	struct mmn_frame_pos from;
	unsigned long frame[4] = { 0x77, 0x88, 0x99 };

	new_stack();
	put(10, 0xa000);
	from = where(10);
	ok(mmn_frame_step_is_there(&from) && mmn_frame_step_begin_at(&s, &from),
	   "a return address is there");
	ok(s.top == at(0) + THREAD_SIZE && is_at(0xa000, 11, 0), "it begins there");
	put(10, 0xb000);
	ok(!mmn_frame_step_is_there(&from) && !mmn_frame_step_begin_at(&s, &from),
	   "another one is not");
	from = where(10);
	shim_current.stack = stack + WORDS / 2;
	ok(!mmn_frame_step_is_there(&from), "nor is one of another stack");
	shim_current.stack = stack;
	put(WORDS / 2 - 1, 0xc000);
	from = where(WORDS / 2 - 1);
	shim_current.stack = stack + WORDS / 2;
	ok(!mmn_frame_step_is_there(&from), "nor one just below its stack");
	shim_current.stack = stack;
	put(WORDS - 1, 0xc000);
	from = where(WORDS - 1);
	ok(mmn_frame_step_is_there(&from), "it may be the last word of the stack");
	memset(&s, 0, sizeof(s));
	mmn_frame_step_begin_from(&s, frame);
	ok(s.at.pc == 0x88 && s.at.sp == (unsigned long)&frame[2] && s.at.bp == 0x77 &&
	   s.top == at(0) + THREAD_SIZE, "or it begins where a function returns to");
}

static void test_take(void)
{
	const struct mmn_site *site;

	new_stack();
	put(10, 0xa000);
	put(15, 0xb000);
	stack[13] = 0x1234;
	begin(10, 40);
	ok(stays(), "an address that is not known ends it");
	site = know(0xa000, 5, 0);
	begin(10, 40);
	ok(mmn_frame_step_next(&s) == site && is_at(0xb000, 16, at(40)), "from the stack pointer");
	known[0].up = 5 | 3 << MMN_UP_SAVED_SHIFT;
	begin(10, 40);
	ok(mmn_frame_step_next(&s) && is_at(0xb000, 16, 0x1234),
	   "with a frame pointer that was saved");
	put(43, 0xc000);
	known[0].up = MMN_UP_BP | 4;
	begin(10, 40);
	ok(mmn_frame_step_next(&s) && is_at(0xc000, 44, at(40)), "from the frame pointer");
	known[0].up = MMN_UP_BP | 4;
	begin(10, 5);
	ok(stays(), "not inwards");
	begin(10, 7);
	ok(stays(), "nor to where it is");
	known[0].up = MMN_UP_UNSUPPORTED;
	begin(10, 40);
	ok(stays(), "not where it takes more to know");
}

/* The frame ends in the last word of the stack, or behind it. */
static void test_top(void)
{
	new_stack();
	put(WORDS - 4, 0xa000);
	put(WORDS - 1, 0xb000);
	know(0xa000, 3, 0);
	begin(WORDS - 4, 0);
	ok(mmn_frame_step_next(&s) && s.at.pc == 0xb000 && s.at.sp == s.top, "up to the top");
	known[0].up = 4;
	begin(WORDS - 4, 0);
	ok(stays(), "not beyond it");
}

static void test_indirect(void)
{
	new_stack();
	put(10, 0xa000);
	stack[40] = 0x5678;
	stack[37] = at(50);
	put(49, 0xb000);
	know(0xa000, MMN_UP_INDIRECT(3), 0);
	begin(10, 40);
	ok(mmn_frame_step_next(&s) && is_at(0xb000, 50, 0x5678),
	   "to where the frame says that it ends");
	begin(10, 0);
	ok(stays(), "not by a frame pointer of another stack");
	stack[37] = at(10);
	begin(10, 40);
	ok(stays(), "nor inwards");
	stack[37] = at(0) + THREAD_SIZE + 8;
	begin(10, 40);
	ok(stays(), "nor beyond the top");
	ok(!mmn_up_indirect(5) && !mmn_up_indirect(MMN_UP_BP | 5) &&
	   !mmn_up_indirect(MMN_UP_LAST) && !mmn_up_indirect(MMN_UP_INDIRECT(0)) &&
	   mmn_up_indirect(MMN_UP_INDIRECT(1)) == 1 && mmn_up_indirect(MMN_UP_INDIRECT(11)) == 11 &&
	   !mmn_up_indirect(MMN_UP_INDIRECT(3) | 5),
	   "what is an indirect step");
}

static void test_last(void)
{
	struct pt_regs *regs = (struct pt_regs *)&stack[11];
	unsigned int words = sizeof(*regs) / sizeof(long);
	const struct mmn_site *site;

	new_stack();
	put(10, 0xa000);
	site = know(0xa000, MMN_UP_LAST, 0);
	begin(10, 0);
	ok(mmn_frame_step_next(&s) == site && !s.at.pc, "the last return address");
	known[0].up = MMN_UP_ENTRY;
	regs->cs = 0x33;
	begin(10, 0);
	ok(mmn_frame_step_next(&s) == site && !s.at.pc, "an entry from user mode is the last, too");
	regs->cs = 0x10;
	begin(10, 0);
	ok(stays(), "one from the kernel is not");
	put(WORDS - 1 - words, 0xa000);
	((struct pt_regs *)&stack[WORDS - words])->cs = 0x33;
	begin(WORDS - 1 - words, 0);
	ok(mmn_frame_step_next(&s) == site, "registers at the top of the stack");
	stack[WORDS - 1] = 0x33;
	put(WORDS - words, 0xa000);
	begin(WORDS - words, 0);
	ok(stays(), "and not beyond it");
}

static const struct mmn_site *to_site(void)
{
	begin(10, 0);
	return mmn_frame_step_to_site(&s);
}

/* A callback, the kernel's walk over its notifiers, the announcing function, the site. */
static void test_to_site(void)
{
	const struct mmn_site *site;

	new_stack();
	put(10, 0xa000);
	put(12, 0xb000);
	put(15, 0xc000);
	put(19, 0xd000);
	know(0xa000, 2, 0);
	know(0xb000, 3, MMN_FRAME_ANNOUNCE);
	site = know(0xc000, 4, 0);
	know(0xd000, MMN_UP_LAST, 0);
	ok(to_site() == site && s.at.pc == 0xc000,
	   "the call site is behind the announcing function");
	known[2].frame = MMN_FRAME_ANNOUNCE;
	ok(to_site() == &known[3] && s.at.pc == 0xd000, "or behind its wrapper");
	known[3].frame = MMN_FRAME_ANNOUNCE;
	ok(!to_site(), "there has to be one");
	known[3].pc = 1;
	ok(!to_site() && s.at.pc == 0xd000, "and it has to be known");
	known[2].frame = 0;
	known[1].frame = 0;
	ok(!to_site(), "so has what announced it");
	known[1].up = MMN_UP_LAST;
	ok(!to_site() && !s.at.pc, "before the last return address");
	known[1].frame = MMN_FRAME_ANNOUNCE;
	ok(!to_site(), "of which none is behind");
	known[1] = (struct mmn_site){ .pc = 0xb000, .up = 3, .frame = MMN_FRAME_ANNOUNCE };
	begin(10, 0);
	s.at.sp = at(0) - 8;
	ok(!mmn_frame_step_to_site(&s), "not from another stack");
	put(1, 0xb000);
	put(4, 0xc000);
	known[2].frame = 0;
	begin(10, 0);
	s.at.sp = at(0);
	ok(!mmn_frame_step_to_site(&s), "nor from below this one");
}

static void learn(unsigned long pc, bool can_resolve)
{
	measured = 0;
	mmn_frame_step_learn(pc, can_resolve);
}

static void test_learn(void)
{
	unsigned int i, all = 0;

	new_stack();
	know(0xa000, 5, 0);
	know(0xb000, MMN_UP_UNKNOWN, 0);
	learn(0, true);
	ok(!measured, "nothing is measured without an address");
	learn(0, false);
	ok(!measured, "in the hook neither");
	learn(0xa000, true);
	ok(!measured, "nor what is known");
	learn(LASTS - 1, true);
	ok(!measured, "nor what goes without a word");
	learn(0xc000, false);
	ok(!measured, "nor, in the hook, what has no name");
	to_learn = &known[1];
	learnt_up = 7;
	learn(0xb000, false);
	ok(measured == 1 && known[1].up == 7, "what has one is, there, too");
	for (i = 0; i < 100; i++) {
		known[1].up = MMN_UP_UNKNOWN;
		learn(0xb000, true);
		all += measured;
	}
	ok(all == 100, "each time, if that helps");
	to_learn = NULL;
	known[1].up = MMN_UP_UNKNOWN;
	for (i = all = 0; i < 100; i++) {
		learn(0xb000, true);
		all += measured;
	}
	ok(all == 64, "64 times, if it does not (%u)", all);
}

int main(void)
{
	test_begin();
	test_take();
	test_top();
	test_indirect();
	test_last();
	test_to_site();
	test_learn();
	return tap_done();
}
