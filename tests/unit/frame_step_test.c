// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * frame_step: the result of each kind of step, and the refusal of steps that are unknown
 * or leave the stack.
 */
#include <linux/ptrace.h>

#include "stack.h"
#include "tap.h"

static struct mmn_frame_cursor s;

/* Starts at the return address in word @word. */
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
	   "a return address on the stack is found");
	ok(s.top == at(0) + THREAD_SIZE && is_at(0xa000, 11, 0),
	   "a walk starts at this return address");
	put(10, 0xb000);
	ok(!mmn_frame_step_is_there(&from) && !mmn_frame_step_begin_at(&s, &from),
	   "another return address in this word is refused");
	from = where(10);
	shim_current.stack = stack + WORDS / 2;
	ok(!mmn_frame_step_is_there(&from), "a position on another stack is refused");
	shim_current.stack = stack;
	put(WORDS / 2 - 1, 0xc000);
	from = where(WORDS / 2 - 1);
	shim_current.stack = stack + WORDS / 2;
	ok(!mmn_frame_step_is_there(&from), "a position just below the stack is refused");
	shim_current.stack = stack;
	put(WORDS - 1, 0xc000);
	from = where(WORDS - 1);
	ok(mmn_frame_step_is_there(&from),
	   "a position in the last word of the stack is accepted");
	memset(&s, 0, sizeof(s));
	mmn_frame_step_begin_from(&s, frame);
	ok(s.at.pc == 0x88 && s.at.sp == (unsigned long)&frame[2] && s.at.bp == 0x77 &&
	   s.top == at(0) + THREAD_SIZE, "a walk starts at the return address of a frame");
}

static void test_take(void)
{
	const struct mmn_site *site;

	new_stack();
	put(10, 0xa000);
	put(15, 0xb000);
	stack[13] = 0x1234;
	begin(10, 40);
	ok(stays(), "an address without a known step is refused");
	site = know(0xa000, 5, 0);
	begin(10, 40);
	ok(mmn_frame_step_next(&s) == site && is_at(0xb000, 16, at(40)),
	   "a step by the stack pointer");
	known[0].up = 5 | 3 << MMN_UP_SAVED_SHIFT;
	begin(10, 40);
	ok(mmn_frame_step_next(&s) && is_at(0xb000, 16, 0x1234),
	   "a step restores a saved frame pointer");
	put(43, 0xc000);
	known[0].up = MMN_UP_BP | 4;
	begin(10, 40);
	ok(mmn_frame_step_next(&s) && is_at(0xc000, 44, at(40)), "a step by the frame pointer");
	known[0].up = MMN_UP_BP | 4;
	begin(10, 5);
	ok(stays(), "a step to a lower address is refused");
	begin(10, 7);
	ok(stays(), "a step to the same address is refused");
	known[0].up = MMN_UP_UNSUPPORTED;
	begin(10, 40);
	ok(stays(), "an unsupported step is refused");
}

/* A frame that ends in the last word of the stack, or behind it. */
static void test_top(void)
{
	new_stack();
	put(WORDS - 4, 0xa000);
	put(WORDS - 1, 0xb000);
	know(0xa000, 3, 0);
	begin(WORDS - 4, 0);
	ok(mmn_frame_step_next(&s) && s.at.pc == 0xb000 && s.at.sp == s.top,
	   "a step to the top of the stack");
	known[0].up = 4;
	begin(WORDS - 4, 0);
	ok(stays(), "a step beyond the top is refused");
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
	   "an indirect step reads the end of the frame");
	begin(10, 0);
	ok(stays(), "an indirect step by a frame pointer of another stack is refused");
	stack[37] = at(10);
	begin(10, 40);
	ok(stays(), "an indirect step to a lower address is refused");
	stack[37] = at(0) + THREAD_SIZE + 8;
	begin(10, 40);
	ok(stays(), "an indirect step beyond the top is refused");
	ok(!mmn_up_indirect(5) && !mmn_up_indirect(MMN_UP_BP | 5) &&
	   !mmn_up_indirect(MMN_UP_LAST) && !mmn_up_indirect(MMN_UP_INDIRECT(0)) &&
	   mmn_up_indirect(MMN_UP_INDIRECT(1)) == 1 && mmn_up_indirect(MMN_UP_INDIRECT(11)) == 11 &&
	   !mmn_up_indirect(MMN_UP_INDIRECT(3) | 5),
	   "mmn_up_indirect() recognizes indirect steps");
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
	ok(mmn_frame_step_next(&s) == site && !s.at.pc, "the last return address ends the walk");
	known[0].up = MMN_UP_ENTRY;
	regs->cs = 0x33;
	begin(10, 0);
	ok(mmn_frame_step_next(&s) == site && !s.at.pc, "an entry from user mode ends the walk");
	regs->cs = 0x10;
	begin(10, 0);
	ok(stays(), "an entry from kernel mode is refused");
	put(WORDS - 1 - words, 0xa000);
	((struct pt_regs *)&stack[WORDS - words])->cs = 0x33;
	begin(WORDS - 1 - words, 0);
	ok(mmn_frame_step_next(&s) == site,
	   "an entry with its registers at the top of the stack");
	stack[WORDS - 1] = 0x33;
	put(WORDS - words, 0xa000);
	begin(WORDS - words, 0);
	ok(stays(), "an entry with its registers beyond the top is refused");
}

static const struct mmn_site *to_site(void)
{
	begin(10, 0);
	return mmn_frame_step_to_site(&s);
}

/* A callback, the kernel's walk over its notifiers, the function that sends the event, the site. */
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
	   "the call site is the caller of the function that sends the event");
	known[2].frame = MMN_FRAME_ANNOUNCE;
	ok(to_site() == &known[3] && s.at.pc == 0xd000,
	   "the call site is the caller of its wrapper");
	known[3].frame = MMN_FRAME_ANNOUNCE;
	ok(!to_site(), "no call site if each frame sends events");
	known[3].pc = 1;
	ok(!to_site() && s.at.pc == 0xd000, "no call site if its address is unknown");
	known[2].frame = 0;
	known[1].frame = 0;
	ok(!to_site(), "no call site without a function that sends the event");
	known[1].up = MMN_UP_LAST;
	ok(!to_site() && !s.at.pc, "no call site if the walk ends before it");
	known[1].frame = MMN_FRAME_ANNOUNCE;
	ok(!to_site(), "no call site behind the last return address");
	known[1] = (struct mmn_site){ .pc = 0xb000, .up = 3, .frame = MMN_FRAME_ANNOUNCE };
	begin(10, 0);
	s.at.sp = at(0) - 8;
	ok(!mmn_frame_step_to_site(&s), "no walk from another stack");
	put(1, 0xb000);
	put(4, 0xc000);
	known[2].frame = 0;
	begin(10, 0);
	s.at.sp = at(0);
	ok(!mmn_frame_step_to_site(&s), "no walk from below the stack");
}

static const struct mmn_frame_pos nowhere;

static void learn(unsigned long pc)
{
	measured = 0;
	mmn_frame_step_learn(pc, &nowhere);
}

static void test_learn(void)
{
	unsigned int i, all = 0;

	new_stack();
	know(0xa000, 5, 0);
	know(0xb000, MMN_UP_UNKNOWN, 0);
	learn(0);
	ok(!measured, "a step is not learnt without an address");
	learn(0xa000);
	ok(!measured, "a known step is not learnt again");
	learn(LASTS - 1);
	ok(!measured, "a step of an address that is not stable is not learnt");
	to_learn = &known[1];
	learnt_up = 7;
	learn(0xb000);
	ok(measured == 1 && known[1].up == 7, "another one is");
	ok(!measured_from, "from the unwinder's start, without a position");
	for (i = 0; i < 100; i++) {
		known[1].up = MMN_UP_UNKNOWN;
		learn(0xb000);
		all += measured;
	}
	ok(all == 100, "learning is repeated while it succeeds");
	to_learn = NULL;
	known[1].up = MMN_UP_UNKNOWN;
	for (i = all = 0; i < 100; i++) {
		learn(0xb000);
		all += measured;
	}
	ok(all == 64, "learning stops after 64 failures (%u)", all);
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
