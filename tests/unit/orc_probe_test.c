// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * orc_probe: an unwinder as the kernel's, with a table of the frames of made-up functions. Each
 * distance that is reported must hold for every stack, so a function whose frame does not end
 * where the words of orc_probe tell has to be unsupported.
 */
#include <stdint.h>
#include <string.h>

#include <linux/sched/task_stack.h>

#include <asm/unwind.h>

#include "stack/addr_cache.h"
#include "stack/orc_probe.h"
#include "tap.h"

#define WORDS	(THREAD_SIZE / sizeof(long))
#define GUARD	64

/* The task's stack, with words before and behind it that the unwinder can read. */
static unsigned long room[GUARD + WORDS + GUARD];
static unsigned long *const stack = room + GUARD;
/* Local variables of the test and of orc_probe lie below it. */
static uintptr_t bottom;

struct task_struct shim_current;
int shim_preempt_off;
static unsigned int preempted;	/* reads of another stack with preemption on */

enum {
	FIRST = 0x1000, SECOND, OUTER,
	UNKNOWN,		/* no entry in the table */
	TRACER,			/* replaces FIRST, SECOND or OUTER on the stack */
	DATA,			/* no address of code; has the entry of SECOND */
};

/* Where a frame ends, all distances in words. The last word but @ip_back has the next address. */
struct orc {
	enum { SP, BP, SP_AT, BP_AT, LAST } base;	/* _AT: the word there points to the end */
	long end;
	enum { KEPT, BELOW_END, AT_BP } saved;		/* frame pointer of the caller */
	long bp;
	unsigned int ip_back;
	bool signal, full_regs;
	bool error_elsewhere;	/* an error on a forged stack */
	bool stale;		/* a word of an earlier one lies where a forged stack has none */
	long regs;		/* behind the stack pointer; 0: none, 1: there */
};

static struct orc table[2];
static struct unwind_state start;
static unsigned long replaced;	/* address that TRACER stands for */

static bool is_in_room(unsigned long at)
{
	return at - (unsigned long)room < sizeof(room);
}

/* Words of other stacks are read as they are, also between variables. */
static bool __attribute__((no_sanitize("address"))) load(unsigned long at, unsigned long *to)
{
	if (!is_in_room(at)) {
		if (at < (uintptr_t)__builtin_frame_address(0) || at >= bottom)
			return false;
		preempted += !shim_preempt_off;
	}
	*to = *(volatile unsigned long *)at;
	return true;
}

static bool stop(struct unwind_state *s, bool error)
{
	s->error |= error;
	s->done = true;
	return false;
}

static const struct orc *orc_of(unsigned long ip)
{
	static const struct orc last = { LAST };

	if (ip == OUTER)
		return &last;
	if (ip == DATA)
		return &table[1];
	return ip == FIRST || ip == SECOND ? &table[ip - FIRST] : NULL;
}

static bool find_end(const struct unwind_state *s, const struct orc *orc, unsigned long *end)
{
	*end = (orc->base == BP || orc->base == BP_AT ? s->bp : s->sp) + orc->end * sizeof(long);
	return orc->base == SP || orc->base == BP || load(*end, end);
}

/* A forged stack lies below the frames that are measured, as orc_probe runs there. */
static bool goes_down(unsigned long from, unsigned long to)
{
	return is_in_room(from) == is_in_room(to) ? to <= from : is_in_room(from);
}

bool unwind_next_frame(struct unwind_state *s)
{
	const struct orc *orc = orc_of(s->ip);
	unsigned long sp = s->sp, end;

	if (s->done || !orc || orc->base == LAST)
		return stop(s, !orc);
	if (!find_end(s, orc, &end) || !load(end - (1 + orc->ip_back) * sizeof(long), &s->ip))
		return stop(s, true);
	if (s->ip == TRACER)
		s->ip = replaced;
	if ((orc->saved == BELOW_END && !load(end - orc->bp * sizeof(long), &s->bp)) ||
	    (orc->saved == AT_BP && !load(s->bp, &s->bp)))
		return stop(s, true);
	if (orc->stale && !is_in_room(end))
		s->bp = s->ip - 8;
	s->sp = end;
	s->signal = orc->signal;
	s->full_regs = orc->full_regs;
	s->regs = orc->regs ? (void *)(sp + (orc->regs - 1) * sizeof(long)) : NULL;
	if (goes_down(sp, end) || (orc->error_elsewhere && !is_in_room(end)))
		return stop(s, true);
	return true;
}

bool unwind_done(struct unwind_state *s)
{
	return s->done;
}

unsigned long unwind_get_return_address(struct unwind_state *s)
{
	return s->done || s->ip == DATA ? 0 : s->ip;
}

static unsigned long stack_word(unsigned long at)
{
	unsigned long word = 0;

	load(at, &word);
	return word;
}

void unwind_start(struct unwind_state *s, struct task_struct *task, struct pt_regs *regs,
		  unsigned long *first_frame)
{
	*s = start;
	if (!regs)
		return;
	/* The function that was called at a return address does not exist. */
	s->ip = regs->ip ? UNKNOWN : stack_word(regs->sp);
	s->sp = regs->sp + sizeof(long);
	s->bp = regs->bp;
}

#define NOTHING	(~0u)

static unsigned int reported[DATA + 1], nr_reported;

static void report(unsigned long pc, unsigned int up)
{
	reported[pc] = up;
	nr_reported++;
}

static void measure(void)
{
	memset(reported, 0xff, sizeof(reported));
	nr_reported = 0;
	mmn_orc_probe_measure(NULL, report);
}

#define OF_CALLER	7	/* the caller's frame pointer */

/* The stack pointer of FIRST and its frame pointer, as indices of the stack. */
static void begin(unsigned int sp, unsigned int bp)
{
	memset(room, 0, sizeof(room));
	memset(table, 0, sizeof(table));
	start = (struct unwind_state){ .ip = FIRST };
	start.sp = (unsigned long)&stack[sp];
	start.bp = (unsigned long)&stack[bp];
	stack[(int)sp - 1] = FIRST;
}

/* Fills the frame of FIRST, which @orc describes, and measures it. */
static unsigned int measured(struct orc orc)
{
	unsigned long *sp = (unsigned long *)start.sp, *bp = (unsigned long *)start.bp;
	unsigned long *end = (orc.base == BP || orc.base == BP_AT ? bp : sp) + orc.end;

	if (orc.base == SP_AT || orc.base == BP_AT) {
		*end = (unsigned long)(sp + 8);
		if (orc.ip_back)
			end[-1] = *end;
		end = sp + 8;
	}
	if (orc.saved == AT_BP && !*bp)
		*bp = OF_CALLER;
	if (orc.saved == BELOW_END)
		end[-orc.bp] = OF_CALLER;
	end[-1] = OUTER;
	if (orc.ip_back)
		end[-2] = OUTER;
	table[0] = orc;
	measure();
	return reported[FIRST];
}

/* A frame of 40 words on the way to the frame pointer. */
static unsigned int usual(struct orc orc)
{
	begin(40, 60);
	return measured(orc);
}

static void test_sp(void)
{
	ok(usual((struct orc){ SP, 1 }) == 1 && usual((struct orc){ SP, 5 }) == 5,
	   "a frame that ends at a distance from the stack pointer");
	ok(usual((struct orc){ SP, 5, BELOW_END, 2 }) == (5 | 2 << MMN_UP_SAVED_SHIFT) &&
	   usual((struct orc){ SP, 30, BELOW_END, 15 }) == (30 | 15 << MMN_UP_SAVED_SHIFT),
	   "with the place of the caller's frame pointer");
	ok(usual((struct orc){ SP, 30, BELOW_END, 16 }) == MMN_UP_UNSUPPORTED &&
	   usual((struct orc){ SP, 30, BELOW_END, 20 }) == MMN_UP_UNSUPPORTED,
	   "that is too far from the end");
	ok(usual((struct orc){ SP, 30, BELOW_END, 20, .stale = true }) == MMN_UP_UNSUPPORTED,
	   "though a word of an earlier forged stack be there");
	ok(usual((struct orc){ SP, 5, BELOW_END, 1 }) == MMN_UP_UNSUPPORTED,
	   "or where the return address is");
	ok(usual((struct orc){ SP, 5, .ip_back = 1 }) == MMN_UP_UNSUPPORTED,
	   "a frame whose last word is not the return address");
	begin(1, 60);
	ok(measured((struct orc){ SP, 2047 }) == 2047, "the longest distance");
	begin(0, WORDS);
	ok(measured((struct orc){ SP, 2048 }) == MMN_UP_UNSUPPORTED, "and one more");
}

static void test_bp(void)
{
	ok(usual((struct orc){ BP, 2, AT_BP }) == MMN_UP_RECORD, "a frame record");
	ok(usual((struct orc){ BP, 3 }) == (3 | MMN_UP_BP) &&
	   usual((struct orc){ BP, 1 }) == (1 | MMN_UP_BP), "an end above the frame pointer");
	ok(usual((struct orc){ BP, 0 }) == MMN_UP_UNSUPPORTED &&
	   usual((struct orc){ BP, -2 }) == MMN_UP_UNSUPPORTED, "an end at it or below");
}

static void test_indirect(void)
{
	unsigned int n, wrong = 0;

	for (n = 1; n <= MMN_UP_INDIRECT_MAX; n++)
		wrong += usual((struct orc){ BP_AT, -(long)n, AT_BP }) != MMN_UP_INDIRECT(n);
	ok(!wrong, "a frame whose end is in a word below the frame pointer");
	ok(usual((struct orc){ BP_AT, -12, AT_BP }) == MMN_UP_UNSUPPORTED &&
	   usual((struct orc){ BP_AT, 0, AT_BP }) == MMN_UP_UNSUPPORTED, "too far below, or not below");
	ok(usual((struct orc){ SP_AT, 0, AT_BP }) == MMN_UP_UNSUPPORTED,
	   "a word at the stack pointer has the end");
	begin(40, 60);
	stack[60] = (unsigned long)&stack[60];
	ok(measured((struct orc){ BP_AT, -5 }) == MMN_UP_UNSUPPORTED,
	   "the frame pointer is not the caller's");
	ok(usual((struct orc){ BP_AT, -5, AT_BP, .ip_back = 1 }) == MMN_UP_UNSUPPORTED,
	   "the return address is not the last word");
	ok(usual((struct orc){ BP_AT, -5, AT_BP, .error_elsewhere = true }) == MMN_UP_UNSUPPORTED,
	   "the unwinder has an error on the forged stack");
	begin(40, 30);
	ok(measured((struct orc){ BP_AT, -5, AT_BP }) == MMN_UP_UNSUPPORTED,
	   "the frame pointer is below the frame");
	begin(40, WORDS - 1);
	ok(measured((struct orc){ BP_AT, -5, AT_BP }) == MMN_UP_INDIRECT(5),
	   "the frame pointer points to the last word of the stack");
	begin(40, WORDS);
	ok(measured((struct orc){ BP_AT, -5, AT_BP }) == MMN_UP_UNSUPPORTED, "it points behind it");
}

static void test_kinds(void)
{
	ok(usual((struct orc){ SP, 5 }) == 5 && reported[OUTER] == MMN_UP_LAST && nr_reported == 2,
	   "the outermost function");
	begin(WORDS, 60);
	start.ip = OUTER;
	stack[WORDS - 1] = OUTER;
	measure();
	ok(reported[OUTER] == MMN_UP_LAST, "at the very top of the stack, too");
	ok(usual((struct orc){ SP, 5, .full_regs = true, .regs = 1 }) == MMN_UP_ENTRY,
	   "registers of the kernel's entry follow");
	ok(usual((struct orc){ SP, 5, .full_regs = true, .regs = 2 }) == MMN_UP_UNSUPPORTED &&
	   usual((struct orc){ SP, 5, .regs = 1 }) == MMN_UP_UNSUPPORTED,
	   "they are elsewhere, or not complete");
	ok(usual((struct orc){ SP, 5, .signal = true }) == MMN_UP_UNSUPPORTED,
	   "interrupted code follows");
}

/* Is nothing reported of FIRST, which would have a distance else? */
static bool is_skipped(void)
{
	return measured((struct orc){ SP, 5 }) == NOTHING;
}

static void test_skipped(void)
{
	struct pt_regs regs;

	begin(40, 60);
	start.signal = true;
	ok(is_skipped(), "an interrupted function has no report");
	begin(40, 60);
	start.regs = &regs;
	ok(is_skipped(), "nor has one with saved registers");
	begin(40, 60);
	start.error = true;
	ok(is_skipped(), "nor one that the unwinder guessed");
	begin(WORDS + 8, 60);
	ok(is_skipped(), "nor one of another stack");
	begin(40, 60);
	stack[39] = TRACER;
	ok(is_skipped(), "nor one whose address a tracer replaced");
	begin(40, 60);
	start.ip = UNKNOWN;
	stack[39] = UNKNOWN;
	measure();
	ok(!nr_reported, "nor one without an entry in the table");
	begin(40, 60);
	table[0] = (struct orc){ SP, 5 };
	stack[44] = TRACER;
	replaced = OUTER;
	measure();
	ok(!nr_reported, "nor one before an address that a tracer replaced");
}

static void test_walk(void)
{
	unsigned int i;

	begin(40, 60);
	table[0] = (struct orc){ SP, 5, BELOW_END, 2 };
	table[1] = (struct orc){ SP, 7 };
	stack[44] = SECOND;
	stack[51] = OUTER;
	measure();
	ok(reported[FIRST] == (5 | 2 << MMN_UP_SAVED_SHIFT) && reported[SECOND] == 7 &&
	   reported[OUTER] == MMN_UP_LAST && nr_reported == 3, "each frame of the stack is measured");
	stack[44] = DATA;
	measure();
	ok(reported[FIRST] != NOTHING && nr_reported == 1, "up to an address that is not of code");
	begin(40, 60);
	table[0] = (struct orc){ SP, 2 };
	for (i = 39; i < WORDS; i += 2)
		stack[i] = FIRST;
	measure();
	ok(reported[FIRST] == 2 && nr_reported == 56, "and up to a depth");
}

/* FIRST is called by SECOND, which OUTER calls; the walk begins at SECOND. */
static void test_from(void)
{
	struct mmn_frame_pos from;
	unsigned long pc[3];
	bool whole = false;

	begin(40, 60);
	table[0] = (struct orc){ SP, 5, BELOW_END, 2 };
	table[1] = (struct orc){ BP, 2, AT_BP };
	stack[44] = SECOND;
	stack[60] = OF_CALLER;
	stack[61] = OUTER;
	from = (struct mmn_frame_pos){ SECOND, (unsigned long)&stack[45],
				       (unsigned long)&stack[60] };
	start.ip = UNKNOWN;
	ok(mmn_orc_probe_save(&from, pc, 3, &whole) == 2 && pc[0] == SECOND && pc[1] == OUTER &&
	   whole, "a walk from a return address on, though the unwinder cannot get there");
	ok(mmn_orc_probe_save(&from, pc, 1, &whole) == 1 && pc[0] == SECOND && whole,
	   "no more than there is room for");
	memset(reported, 0xff, sizeof(reported));
	mmn_orc_probe_measure(&from, report);
	ok(reported[FIRST] == NOTHING && reported[SECOND] == MMN_UP_RECORD &&
	   reported[OUTER] == MMN_UP_LAST, "and the frames from there on are measured");
	stack[61] = UNKNOWN;
	ok(mmn_orc_probe_save(&from, pc, 3, &whole) == 2 && !whole,
	   "a walk is not whole if the unwinder fails");
	start.error = true;
	ok(mmn_orc_probe_save(&from, pc, 3, &whole) == 2 && whole,
	   "though it may have guessed before, which looks alike");
	start.error = false;
	stack[61] = DATA;
	ok(mmn_orc_probe_save(&from, pc, 3, &whole) == 1,
	   "and ends at an address that is not of code");
	from.bp = (unsigned long)task_pt_regs(current) - 2 * sizeof(long);
	*(unsigned long *)(from.bp + sizeof(long)) = UNKNOWN;
	ok(mmn_orc_probe_save(&from, pc, 3, &whole) == 2 && whole,
	   "or it fails at the registers of the kernel's entry");
}

int main(void)
{
	bottom = (uintptr_t)__builtin_frame_address(0);
	shim_current.stack = stack;
	test_sp();
	test_bp();
	test_indirect();
	test_kinds();
	test_skipped();
	test_walk();
	test_from();
	ok(!preempted && !shim_preempt_off,
	   "a forged stack is that of a CPU which is not preempted meanwhile");
	return tap_done();
}
