// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * orc_probe: measures the distance from a return address on the stack to the next. The ORC
 * unwinder (arch/x86/kernel/unwind_orc.c) has it in a table by code address: a frame ends at
 * a fixed distance from the stack pointer or from the frame pointer. If the function saved
 * its caller's frame pointer, that lies at a fixed distance below the end.
 *
 * The table is not exported, but unwind_next_frame() is. So it is given a forged stack in
 * which each word encodes its own index: the return address and the frame pointer that come
 * back show which words were read.
 */
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>

#include "addr_cache.h"
#include "orc_probe.h"

#if MMN_KNOWS_ORC
#include <asm/unwind.h>

/* MMN_UNWIND_DEPTH and some more, as the unwinding starts in this file. */
#define DEPTH	56

static unsigned long word_at(unsigned long at)
{
	return READ_ONCE_NOCHECK(*(unsigned long *)at);
}

/* Return address of a frame as it is on the stack; a tracer may have replaced it. */
static unsigned long orc_raw(unsigned long sp)
{
	return word_at(sp - sizeof(long));
}

static bool on_own_stack(unsigned long sp)
{
	return sp - (unsigned long)task_stack_page(current) <= THREAD_SIZE;
}

/*
 * A plain frame: its address comes from the stack, not from saved registers, and no tracer
 * has replaced it.
 */
static bool is_plain(const struct unwind_state *s)
{
	return !s->error && !s->signal && !s->regs && on_own_stack(s->sp) &&
	       orc_raw(s->sp) == s->ip;
}

/*
 * pt_regs of the kernel entry follow the return address. They may be those of user space or
 * of interrupted kernel code, so each walk must check user_mode().
 */
static bool is_entry(const struct unwind_state *at, const struct unwind_state *next)
{
	return next->full_regs && (unsigned long)next->regs == at->sp;
}

/*
 * The forged stack has WORDS words. The stack pointer is chosen such that the frame ends at
 * SP_END if its end depends on the stack pointer. The frame pointer points to BP_AT, so if
 * the end depends on that, it lies above BP_AT.
 */
#define SP_END		16
#define BP_AT		20
#define WORDS		32

/* Word i of the forged stack is word + i. */
static const unsigned long word = 0x4d4d4e0000000000;

/* Return: words from the saved frame pointer to the frame's end; 0: not saved; -1: unknown. */
static long saved_bp(const unsigned long *made_up, const struct unwind_state *s)
{
	unsigned long at = s->bp - word;

	if (s->bp == (unsigned long)&made_up[BP_AT])
		return 0;
	if (at >= WORDS)
		return -1;
	return (s->sp - (unsigned long)made_up) / sizeof(long) - at;
}

/* Return: MMN_UP_*. @up: distance on the real stack, in words. */
static unsigned int orc_way(const unsigned long *made_up, const struct unwind_state *s,
			    unsigned long up)
{
	unsigned long end = s->sp - (unsigned long)made_up;
	long saved = saved_bp(made_up, s);

	if (end % sizeof(long) || s->ip != word + end / sizeof(long) - 1 || saved < 0 ||
	    saved == 1 || saved > MMN_UP_SAVED_MAX)
		return MMN_UP_UNSUPPORTED;
	end /= sizeof(long);
	if (end == SP_END && up - 1 < MMN_UP_WORDS)
		return up | saved << MMN_UP_SAVED_SHIFT;
	if (end > BP_AT)
		return (end - BP_AT) | MMN_UP_BP | saved << MMN_UP_SAVED_SHIFT;
	return MMN_UP_UNSUPPORTED;
}

/* The unwinder looks for addresses off the task's stack on the stacks of this CPU. */
static void unwind_made_up(struct unwind_state *s)
{
	preempt_disable();
	unwind_next_frame(s);
	preempt_enable();
}

/*
 * The frame may hold the address of its own end, below the word that the frame pointer points
 * to. Each forged word there points behind an entry of a second array that encodes the index of
 * the word. The entries are above the words, as the unwinder refuses to go down a stack. The
 * result must agree with the real stack.
 */
static noinline unsigned int measure_indirect(const struct unwind_state *at,
					      const struct unwind_state *next)
{
	struct {
		unsigned long words[MMN_UP_INDIRECT_MAX + 1], ends[MMN_UP_INDIRECT_MAX + 1];
	} made_up;
	unsigned long *bp = &made_up.words[MMN_UP_INDIRECT_MAX];
	struct unwind_state s = *at;
	unsigned int i, words;

	for (i = 0; i <= MMN_UP_INDIRECT_MAX; i++) {
		made_up.words[i] = (unsigned long)(made_up.ends + i + 1);
		made_up.ends[i] = word + i;
	}
	s.sp = (unsigned long)&made_up;
	s.bp = (unsigned long)bp;
	unwind_made_up(&s);
	i = s.ip - word;
	if (s.error || i >= MMN_UP_INDIRECT_MAX || s.sp != made_up.words[i] || s.bp != *bp)
		return MMN_UP_UNSUPPORTED;
	words = MMN_UP_INDIRECT_MAX - i;
	if (at->bp < at->sp || !on_own_stack(at->bp + sizeof(long)) ||
	    word_at(at->bp - words * sizeof(long)) != next->sp ||
	    word_at(at->bp) != next->bp)
		return MMN_UP_UNSUPPORTED;
	return MMN_UP_INDIRECT(words);
}

/*
 * The frame pointer may lie outside of the forged stack, where a word may be left of an earlier
 * one. So the real stack must agree.
 */
static bool is_right(const struct unwind_state *at, const struct unwind_state *next,
		     unsigned int up)
{
	unsigned long from = up & MMN_UP_BP ? at->bp : at->sp;
	unsigned int saved = up >> MMN_UP_SAVED_SHIFT;
	unsigned long bp = saved ? word_at(next->sp - saved * sizeof(long)) : at->bp;

	return from + (up & MMN_UP_WORDS) * sizeof(long) == next->sp && bp == next->bp;
}

/* @at, @next: this frame and the next one on the real stack. */
static noinline unsigned int measure_frame(const struct unwind_state *at,
					   const struct unwind_state *next)
{
	unsigned long made_up[WORDS];
	struct unwind_state s = *at;
	unsigned int i, up;

	for (i = 0; i < WORDS; i++)
		made_up[i] = word + i;
	s.sp = (unsigned long)&made_up[SP_END] - (next->sp - at->sp);
	s.bp = (unsigned long)&made_up[BP_AT];
	unwind_made_up(&s);
	if (s.error)
		return measure_indirect(at, next);
	up = orc_way(made_up, &s, (next->sp - at->sp) / sizeof(long));
	return is_right(at, next, up) ? up : MMN_UP_UNSUPPORTED;
}

static unsigned int orc_measure(const struct unwind_state *at,
				struct unwind_state *next)
{
	*next = *at;
	unwind_next_frame(next);
	if (!is_plain(at) || next->error)
		return MMN_UP_UNKNOWN;
	if (unwind_done(next))
		return MMN_UP_LAST;
	if (is_entry(at, next))
		return MMN_UP_ENTRY;
	if (next->regs || next->signal || next->sp <= at->sp)
		return MMN_UP_UNSUPPORTED;
	if (!is_plain(next))
		return MMN_UP_UNKNOWN;
	return measure_frame(at, next);
}

/*
 * RHEL 8 has no ORC data of ftrace's trampolines, so there the unwinder cannot pass from the hook
 * to the call site. To begin at a return address, pretend that the function that was called there
 * does not exist: the unwinder takes an instruction pointer of 0 for a call of a NULL pointer,
 * whose frame is the return address alone.
 */
static void orc_start(struct unwind_state *s, const struct mmn_frame_pos *from)
{
	struct pt_regs regs = {
		.sp = from->sp - sizeof(long),
		.bp = from->bp,
	};

	unwind_start(s, current, &regs, NULL);
}

/**
 * mmn_orc_probe_save() - unwind the stack of current from a return address on
 * @from: position of the return address, which the stack still holds
 * @pc: filled with return addresses, innermost first; the first one is that of @from
 * @size: length of @pc
 * @whole: set to false if the unwinder failed before the kernel entry. It reports its guesses
 *	likewise, as for BPF programs, so a failure behind one does not count.
 *
 * Context: Any.
 * Return: number of return addresses.
 */
unsigned int mmn_orc_probe_save(const struct mmn_frame_pos *from, unsigned long *pc,
				unsigned int size, bool *whole)
{
	struct unwind_state s;
	bool guessed = false;
	unsigned int nr;

	orc_start(&s, from);
	for (nr = 0; nr < size && !unwind_done(&s); nr++) {
		pc[nr] = unwind_get_return_address(&s);
		if (!pc[nr])
			break;
		guessed = s.error;
		unwind_next_frame(&s);
	}
	/* RHEL 8 has no ORC data of 32-bit entries, whose registers follow the outermost frame. */
	*whole = guessed || !s.error || s.sp >= (unsigned long)task_pt_regs(current);
	return nr;
}

/**
 * mmn_orc_probe_measure() - measure the frames of current's stack
 * @from: position of the first return address, which the stack still holds; NULL: this function
 * @report: called for each return address @pc with @up, the distance to the next: MMN_UP_*
 *
 * The distance depends on the address only, so it holds for every stack. Addresses that a
 * tracer replaced are skipped.
 *
 * Context: Any. Takes thousands of instructions per frame.
 */
void mmn_orc_probe_measure(const struct mmn_frame_pos *from,
			   void (*report)(unsigned long pc, unsigned int up))
{
	struct unwind_state at, next;
	unsigned int i, up;

	if (from)
		orc_start(&at, from);
	else
		unwind_start(&at, current, NULL, NULL);
	for (i = 0; i < DEPTH && !unwind_done(&at); i++) {
		if (!unwind_get_return_address(&at))
			break;
		up = orc_measure(&at, &next);
		if (up != MMN_UP_UNKNOWN)
			report(at.ip, up);
		at = next;
	}
}
#endif
