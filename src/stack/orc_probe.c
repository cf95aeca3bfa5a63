// SPDX-License-Identifier: GPL-2.0-only
/*
 * orc: how one gets on the stack from a return address to the next. The kernel's
 * unwinder knows it from a table by code address (arch/x86/kernel/unwind_orc.c):
 * the end of a frame lies a fixed way from the stack pointer or from the frame
 * pointer, and the caller's frame pointer a fixed way below that end, if the
 * function saved it. The table is not exported, but unwinding is, so it is asked to
 * unwind a stack that was made up: which of its words comes back tells the way.
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

/* As deep as stack_trace_save() is asked for, and what is below it. */
#define DEPTH	56

static unsigned long word_at(unsigned long at)
{
	return READ_ONCE_NOCHECK(*(unsigned long *)at);
}

/* The word at the end of a frame, which its return address is. */
static unsigned long orc_raw(unsigned long sp)
{
	return word_at(sp - sizeof(long));
}

static bool on_own_stack(unsigned long sp)
{
	return sp - (unsigned long)task_stack_page(current) <= THREAD_SIZE;
}

/*
 * A plain frame: found by its return address, which nobody has replaced, and not
 * by saved registers.
 */
static bool is_plain(const struct unwind_state *s)
{
	return !s->error && !s->signal && !s->regs && on_own_stack(s->sp) &&
	       orc_raw(s->sp) == s->ip;
}

/*
 * The registers of whom entered the kernel lie right behind the return address.
 * Whether that was user space, who comes by has to look.
 */
static bool is_entry(const struct unwind_state *at, const struct unwind_state *next)
{
	return next->full_regs && (unsigned long)next->regs == at->sp;
}

/*
 * A piece of a stack in which each word says where it lies. The frame ends at
 * SP_END if that depends on the stack pointer, and somewhere above BP_AT if it
 * depends on the frame pointer.
 */
#define SP_END		16
#define BP_AT		20
#define WORDS		32

static const unsigned long word = 0x4d4d4e0000000000;

/* In words from the end of the frame down; 0 if it was not saved. */
static long saved_bp(const unsigned long *made_up, const struct unwind_state *s)
{
	unsigned long at = s->bp - word;

	if (s->bp == (unsigned long)&made_up[BP_AT])
		return 0;
	if (at >= WORDS)
		return -1;
	return (s->sp - (unsigned long)made_up) / sizeof(long) - at;
}

/* @up: how far it is really, in words. */
static unsigned int orc_way(const unsigned long *made_up, const struct unwind_state *s,
			    unsigned long up)
{
	unsigned long end = s->sp - (unsigned long)made_up;
	long saved = saved_bp(made_up, s);

	if (s->error || end % sizeof(long) || s->ip != word + end / sizeof(long) - 1 ||
	    saved < 0 || saved == 1 || saved > MMN_UP_SAVED_MAX)
		return MMN_UP_UNSUPPORTED;
	end /= sizeof(long);
	if (end == SP_END && up - 1 < MMN_UP_WORDS)
		return up | saved << MMN_UP_SAVED_SHIFT;
	if (end > BP_AT)
		return (end - BP_AT) | MMN_UP_BP | saved << MMN_UP_SAVED_SHIFT;
	return MMN_UP_UNSUPPORTED;
}

/* An address that is on no stack of the task is looked for on those of the CPU. */
static void unwind_made_up(struct unwind_state *s)
{
	preempt_disable();
	unwind_next_frame(s);
	preempt_enable();
}

/*
 * Where the frame ends may be written in it, below where the frame pointer points. Each
 * word there says that it ends at a word of another piece, which tells by whom.
 */
static noinline unsigned int measure_indirect(const struct unwind_state *at,
					      const struct unwind_state *next)
{
	unsigned long made_up[MMN_UP_INDIRECT_MAX + 1], ends[2 * ARRAY_SIZE(made_up)];
	unsigned long *bp = &made_up[MMN_UP_INDIRECT_MAX];
	struct unwind_state s = *at;
	unsigned int i, words;

	for (i = 0; i < ARRAY_SIZE(made_up); i++) {
		made_up[i] = (unsigned long)&ends[2 * i + 1];
		ends[2 * i] = word + i;
		ends[2 * i + 1] = 0;
	}
	s.sp = (unsigned long)made_up;
	s.bp = (unsigned long)bp;
	unwind_made_up(&s);
	i = s.ip - word;
	if (s.error || i >= MMN_UP_INDIRECT_MAX || s.sp != made_up[i] || s.bp != *bp)
		return MMN_UP_UNSUPPORTED;
	words = MMN_UP_INDIRECT_MAX - i;
	if (at->bp < at->sp || !on_own_stack(at->bp + sizeof(long)) ||
	    word_at(at->bp - words * sizeof(long)) != next->sp ||
	    word_at(at->bp) != next->bp)
		return MMN_UP_UNSUPPORTED;
	return MMN_UP_INDIRECT(words);
}

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
	if (up & MMN_UP_BP && at->bp + (up & MMN_UP_WORDS) * sizeof(long) != next->sp)
		return MMN_UP_UNSUPPORTED;
	return up;
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

/**
 * mmn_orc_probe_measure() - the steps of the stack of current
 * @tell: called for each return address with the way to the next: MMN_UP_*
 *
 * What is told depends on the address only, so it holds for every stack. Where a
 * tracer has put its own address in place of one, nothing is told.
 *
 * Context: Any. Thousands of instructions per frame.
 */
void mmn_orc_probe_measure(void (*tell)(unsigned long pc, unsigned int up))
{
	struct unwind_state at, next;
	unsigned int i, up;

	unwind_start(&at, current, NULL, NULL);
	for (i = 0; i < DEPTH && !unwind_done(&at); i++) {
		if (!unwind_get_return_address(&at))
			break;
		up = orc_measure(&at, &next);
		if (up != MMN_UP_UNKNOWN)
			tell(at.ip, up);
		at = next;
	}
}
#endif
