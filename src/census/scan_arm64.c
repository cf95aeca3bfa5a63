// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * scan_arm64: finds the direct calls and jumps to given functions in arm64 machine code. An
 * instruction is one aligned word, so data between instructions may look like a call, but none is
 * missed.
 *
 * A call reaches 128 MB. Where a function is further away the linker, or the kernel when it loads
 * a module, makes a veneer: three instructions that load the address into x16 and jump to it. A
 * veneer counts as a call of the function, as there is none without a call.
 *
 * Pure: it also compiles in user space.
 */
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#include "scan.h"

#define INSN		sizeof(u32)
#define VENEER_ADD	0x91000210	/* add x16, x16, #0 */
#define VENEER_BR	0xd61f0200	/* br x16 */

/* The signed number of @bits bits that ends at bit @shift of an instruction, in bytes. */
static inline long distance(u32 insn, unsigned int shift, unsigned int bits)
{
	return ((int)(insn << (32 - shift - bits)) >> (32 - bits)) * (long)INSN;
}

/* The group of instructions that has all branches. */
static inline bool is_of_branches(u32 insn)
{
	return (insn & 0x1c000000) == 0x14000000;
}

/* Return: how far the branch @insn goes, in bytes; 0 if it is none. */
static inline long branch(u32 insn)
{
	/* b, bl */
	if ((insn & 0x7c000000) == 0x14000000)
		return distance(insn, 0, 26);
	/* b.cond, bc.cond; cbz, cbnz */
	if ((insn & 0xff000000) == 0x54000000 || (insn & 0x7e000000) == 0x34000000)
		return distance(insn, 5, 19);
	/* tbz, tbnz */
	if ((insn & 0x7e000000) == 0x36000000)
		return distance(insn, 5, 14);
	return 0;
}

/* adrp x16, page */
static inline bool begins_veneer(u32 insn)
{
	return (insn & 0x9f00001f) == 0x90000010;
}

/* Return: where the veneer of these three instructions goes; 0 if it is none. */
static unsigned long veneer_to(const u32 insn[3], unsigned long at)
{
	long pages = ((int)(insn[0] << 8) >> 13) * 4L + (insn[0] >> 29 & 3);

	if ((insn[1] & ~(0xfffu << 10)) != VENEER_ADD || insn[2] != VENEER_BR)
		return 0;
	return (at & ~0xfffUL) + pages * 4096 + (insn[1] >> 10 & 0xfff);
}

/* Out of line, as few branches come here. */
static noinline void report(struct mmn_scan *scan, unsigned long at, unsigned long to)
{
	unsigned int i;

	for (i = 0; i < scan->nr; i++)
		if (scan->targets[i] == to)
			scan->found(scan, at, at + INSN, i);
}

static inline void check_branch(struct mmn_scan *scan, u32 insn, unsigned long at)
{
	long by = branch(insn);

	if (unlikely(by && at + by - scan->lowest <= scan->span))
		report(scan, at, at + by);
}

static void check_veneer(struct mmn_scan *scan, const u8 *code, size_t len, unsigned long at)
{
	u32 insn[3];

	if (len < sizeof(insn))
		return;
	memcpy(insn, code, sizeof(insn));
	report(scan, at, veneer_to(insn, at));
}

/**
 * mmn_scan_arm64_code() - as mmn_scan_code(), for arm64
 * @scan: search
 * @code: the piece
 * @starts: number of bytes at its beginning where an instruction may begin
 * @len: size of @code in bytes, at least @starts
 * @base: address that the code has in the kernel, aligned as instructions are
 *
 * Context: Any.
 */
void mmn_scan_arm64_code(struct mmn_scan *scan, const u8 *code, size_t starts, size_t len,
			 unsigned long base)
{
	size_t i;
	u32 insn;

	for (i = 0; i < starts && i + INSN <= len; i += INSN) {
		memcpy(&insn, code + i, INSN);
		if (is_of_branches(insn))
			check_branch(scan, insn, base + i);
		else if (unlikely(begins_veneer(insn)))
			check_veneer(scan, code + i, len - i, base + i);
	}
}
