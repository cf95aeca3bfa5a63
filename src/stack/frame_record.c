// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * frame_record: reads the text of a function for the proof that it stores a frame record,
 * and walks the stack with the kernel's unwinder (arch/x86/kernel/unwind_frame.c,
 * arch/arm64/kernel/stacktrace.c).
 */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/string.h>

#include "compat/compat.h"
#include "frame_record.h"
#include "record_text.h"

#if MMN_FRAME_RECORDS
#ifdef CONFIG_ARM64
#define text_stores_record	mmn_record_text_arm64
#else
#include <asm/unwind.h>

#define text_stores_record	mmn_record_text_x86
#endif

/* The code may be gone, as a trampoline's goes without notification. */
static bool stores_record(unsigned long at, unsigned long end)
{
	unsigned int found = 0;
	size_t len;
	u8 piece[64];

	for (; at < end; at += len) {
		len = min_t(size_t, end - at, sizeof(piece));
		if (mmn_read_kernel(piece, (const void *)at, len))
			return false;
		if (text_stores_record(piece, len, &found))
			return true;
	}
	return false;
}

/**
 * mmn_frame_record_is_proven() - does a function store a frame record?
 * @pc: return address into the function
 * @name: buffer of KSYM_SYMBOL_LEN bytes; set to the symbol with its offset
 *
 * No call returns to the start of a function: such an address is the trampoline of a tracer
 * that replaced the true one. It has no text of its function before it, so there is no proof.
 *
 * Context: Any, including the hook.
 * Return: true if the function stores a record before the call that returns to @pc.
 */
bool mmn_frame_record_is_proven(unsigned long pc, char *name)
{
	unsigned long bytes = 0;
	const char *offset;

	/* name+0x12/0x345 [module] */
	sprint_symbol(name, pc);
	offset = strchr(name, '+');
	if (!offset || sscanf(offset, "+%lx", &bytes) != 1 || bytes > pc)
		return false;
	return stores_record(pc - bytes, pc);
}

#ifdef CONFIG_ARM64
/* The kernel entry leaves a last record in the registers that it saves. */
static unsigned long last_record(void)
{
	return (unsigned long)&task_pt_regs(current)->stackframe;
}

/**
 * mmn_frame_record_ends() - does the stack end behind a position?
 * @at: position of the return address into a kernel entry
 *
 * Context: Any, including the hook.
 * Return: true if the next record is the last one.
 */
bool mmn_frame_record_ends(const struct mmn_frame_pos *at)
{
	return at->bp == last_record();
}

/* Does the chain of records that @at begins, on the stack of current, end where it should? */
static bool is_whole(unsigned long at)
{
	unsigned long stack = (unsigned long)task_stack_page(current), end = last_record(), next;

	for (; at != end; at = next) {
		if (at - stack >= THREAD_SIZE || at % sizeof(long))
			return false;
		next = READ_ONCE_NOCHECK(*(unsigned long *)at);
		if (next <= at)
			return false;
	}
	return true;
}

/*
 * mmn_frame_record_save(): the unwinder does not tell whether it reached the end, so the chain that
 * it follows is followed here, too.
 */
noinline unsigned int mmn_frame_record_save(unsigned long *pc, unsigned int size, bool *whole)
{
	unsigned int nr = mmn_stack_save(pc, size);

	*whole = nr < size && is_whole((unsigned long)__builtin_frame_address(0));
	return nr;
}
#else
/* mmn_frame_record_ends(): the registers follow that the kernel entry saves, or their place. */
bool mmn_frame_record_ends(const struct mmn_frame_pos *at)
{
	return at->sp == (unsigned long)task_pt_regs(current);
}

/* Did the walk reach the end of the stack, and not only a record that it cannot follow? */
static bool is_whole(struct unwind_state *s)
{
	return unwind_done(s) ? !s->error : s->regs && user_mode(s->regs);
}

/**
 * mmn_frame_record_save() - save the stack of current, by the unwinder
 * @pc: filled with return addresses, innermost first; those that a tracer replaced are
 *	restored
 * @size: number of addresses that fit into @pc
 * @whole: set to true if the outermost return address was reached
 *
 * Context: Any, including the hook.
 * Return: number of addresses saved.
 */
noinline unsigned int mmn_frame_record_save(unsigned long *pc, unsigned int size, bool *whole)
{
	struct unwind_state s;
	unsigned int nr = 0;

	unwind_start(&s, current, NULL, NULL);
	/* As mmn_stack_save(): without the function that calls this one. */
	unwind_next_frame(&s);
	while (nr < size && !unwind_done(&s)) {
		pc[nr] = unwind_get_return_address(&s);
		if (!pc[nr])
			break;
		nr++;
		unwind_next_frame(&s);
	}
	*whole = is_whole(&s);
	return nr;
}
#endif
#endif
