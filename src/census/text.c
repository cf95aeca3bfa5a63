// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * text: where code lies in memory, and how it is read. Code is only read with
 * copy_from_kernel_nofault(), as parts of it may be freed or unmapped, and never called by a
 * looked-up address.
 */
#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/kconfig.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/string.h>
#include <linux/types.h>

#include "compat/compat.h"
#include "scan.h"
#include "text.h"

/* Code is read in pieces of this size, in bytes, on the stack. */
#define PIECE	768

/**
 * mmn_text_find() - find the address of a symbol of the kernel
 * @symbol: complete name
 *
 * register_kprobe() looks up the name and stores the address before it checks whether a probe
 * can be there. The address one byte further is inside of an instruction in nearly all
 * functions, and always in one that ftrace can patch, so it refuses. That is faster than a
 * probe that has to be unregistered.
 *
 * Context: Process, may sleep.
 * Return: the address; 0 if there is none, or without CONFIG_KPROBES.
 */
#ifdef CONFIG_KPROBES
unsigned long mmn_text_find(const char *symbol)
{
	struct kprobe kp = {
		.symbol_name = symbol,
		.offset = 1,
		.flags = KPROBE_FLAG_DISABLED,
	};

	if (!register_kprobe(&kp))
		unregister_kprobe(&kp);
	return kp.addr ? (unsigned long)kp.addr - 1 : 0;
}

#define INT3	0xcc

/* register_kprobe() refuses with this error what it takes for the middle of an instruction. */
static int try_probe(unsigned long at)
{
	struct kprobe kp = {
		.addr = (kprobe_opcode_t *)at,
		.flags = KPROBE_FLAG_DISABLED,
	};
	int ret = register_kprobe(&kp);

	if (!ret)
		unregister_kprobe(&kp);
	return ret;
}

/*
 * The decoder may give up at an INT3. The byte behind an INT3 begins an instruction or ends the
 * function, so the decoder gave up if it takes that byte for the middle of one.
 */
static bool gives_up_at(unsigned long int3)
{
	return try_probe(int3) != -EILSEQ && try_probe(int3 + 1) == -EILSEQ;
}

/* Return: true if the decoder gave up in these bytes, or if that is not known. */
static bool gives_up(unsigned long from, unsigned long to)
{
	u8 byte;

	for (; from < to; from++)
		if (mmn_read_kernel(&byte, (const void *)from, 1) ||
		    (byte == INT3 && gives_up_at(from)))
			return true;
	return false;
}

/**
 * mmn_text_is_instruction() - does an instruction begin at an address?
 * @at: address in a function
 * @start: where the function begins; @at if that is not known
 *
 * register_kprobe() decodes the function from its start, as a probe inside of an instruction would
 * be a disaster. On some kernels it gives up at an INT3, with the same error. The kernel has those
 * behind returns.
 *
 * Context: Process, may sleep.
 * Return: false if the address is in the middle of an instruction; true also if that is not known.
 */
bool mmn_text_is_instruction(unsigned long at, unsigned long start)
{
	return at == start || try_probe(at) != -EILSEQ || gives_up(start, at);
}
#else
unsigned long mmn_text_find(const char *symbol)
{
	return 0;
}

bool mmn_text_is_instruction(unsigned long at, unsigned long start)
{
	return true;
}
#endif

/**
 * mmn_text_name() - find the symbol of an address
 * @pc: address
 * @name: filled with the symbol as kallsyms prints it, "0x..." if there is none; at least
 *	KSYM_SYMBOL_LEN bytes
 *
 * Context: Any but the hook.
 * Return: where the symbol begins; @pc if there is none.
 */
unsigned long mmn_text_name(unsigned long pc, char *name)
{
	unsigned long offset = 0;
	const char *plus;

	sprint_symbol(name, pc);
	plus = strchr(name, '+');
	if (plus)
		sscanf(plus, "+0x%lx", &offset);
	return pc - offset;
}

/**
 * mmn_text_find_kernel() - find the text of the kernel proper
 * @text: set to it
 *
 * Context: Process, may sleep.
 * Return: false if it cannot be found.
 */
bool mmn_text_find_kernel(struct mmn_text *text)
{
	text->start = mmn_text_find("_stext");
	text->end = mmn_text_find("_etext");
	return text->start && text->start < text->end;
}

static void scan_code(struct mmn_scan *scan, const u8 *code, size_t starts, size_t len,
		      unsigned long base)
{
	if (IS_ENABLED(CONFIG_ARM64))
		mmn_scan_arm64_code(scan, code, starts, len, base);
	else
		mmn_scan_code(scan, code, starts, len, base);
}

/**
 * mmn_text_scan() - search a part of some code for branches
 * @scan: search
 * @text: code that may be read
 * @from: address in it from which on branches may begin
 * @to: address in it from which on none begins
 *
 * Context: Any; the code may be gone.
 * Return: 0; -EFAULT if it cannot be read.
 */
int mmn_text_scan(struct mmn_scan *scan, const struct mmn_text *text, unsigned long from,
		  unsigned long to)
{
	u8 piece[PIECE + MMN_SCAN_LONGEST - 1] MMN_UNINIT;
	size_t starts, len;

	for (; from < to; from += starts) {
		starts = min_t(size_t, PIECE, to - from);
		len = min_t(size_t, starts + MMN_SCAN_LONGEST - 1, text->end - from);
		if (mmn_read_kernel(piece, (const void *)from, len))
			return -EFAULT;
		scan_code(scan, piece, starts, len, from);
	}
	return 0;
}

/**
 * mmn_text_scan_short() - search for short jumps to a function
 * @scan: search
 * @target: index of the function in its targets
 * @text: code that may be read
 *
 * On arm64 mmn_text_scan() finds all.
 *
 * Context: Any.
 * Return: 0; -EFAULT if the code cannot be read.
 */
int mmn_text_scan_short(struct mmn_scan *scan, unsigned int target, const struct mmn_text *text)
{
	unsigned long from = max(text->start, scan->targets[target] - MMN_SCAN_SHORT);
	unsigned long to = min(text->end, scan->targets[target] + MMN_SCAN_SHORT);
	u8 piece[2 * MMN_SCAN_SHORT] MMN_UNINIT;

	/* A function outside of @text. */
	if (from >= to || IS_ENABLED(CONFIG_ARM64))
		return 0;
	if (mmn_read_kernel(piece, (const void *)from, to - from))
		return -EFAULT;
	mmn_scan_short(scan, target, piece, to - from, from);
	return 0;
}
