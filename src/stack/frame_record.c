// SPDX-License-Identifier: GPL-2.0-only
/*
 * frame_record: reads the text of a function for the proof that it stores a frame record,
 * and walks the stack with the kernel's unwinder (arch/x86/kernel/unwind_frame.c).
 */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "compat/compat.h"
#include "frame_record.h"

#if MMN_FRAME_RECORDS
#include <asm/unwind.h>

/* push %rbp; mov %rsp,%rbp */
static const u8 record[] = { 0x55, 0x48, 0x89, 0xe5 };

/*
 * The compiler may place other instructions between the two, but no call. The bytes of the
 * second one occur in no other instruction of a function without a frame pointer.
 *
 * Return: how many bytes of @record are found, if @found were before byte @c.
 */
static unsigned int find_record(unsigned int found, u8 c)
{
	if (c == record[found])
		return found + 1;
	if (found <= 1)
		return found;
	return c == record[1] ? 2 : 1;
}

/* The code may be gone, as a trampoline's goes without notification. */
static bool stores_record(unsigned long at, unsigned long end)
{
	unsigned int found = 0, i;
	size_t len;
	u8 piece[64];

	for (; at < end; at += len) {
		len = min_t(size_t, end - at, sizeof(piece));
		if (mmn_read_kernel(piece, (const void *)at, len))
			return false;
		for (i = 0; i < len; i++) {
			found = find_record(found, piece[i]);
			if (found == ARRAY_SIZE(record))
				return true;
		}
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
