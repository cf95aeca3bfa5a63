// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * scan: finds the direct calls and jumps to given functions in x86-64 machine code. Code is
 * not disassembled: each byte may begin an instruction. Bytes inside of an instruction may look
 * like a call of one of these functions. So one call too many may be found, never one too few, and
 * the callback has to sort those out.
 *
 * Pure: it also compiles in user space.
 */
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#include "scan.h"

#define CALL		0xe8	/* call rel32 */
#define JUMP		0xe9	/* jmp rel32 */
#define ESCAPE		0x0f	/* 0f 80 to 0f 8f: conditional jump rel32 */
#define IS_JCC(b)	(((b) & 0xf0) == 0x80)
#define SHORT_JUMP	0xeb	/* jmp rel8 */
#define IS_SHORT_JCC(b)	(((b) & 0xf0) == 0x70)

#define EVERY(b)	(0x0101010101010101ULL * (b))

/*
 * A call may enter a function before its entry, if call depth tracking put an account of the
 * call into the padding there; and any branch behind it, if it skips an ENDBR.
 */
#define PADDING		16
#define ENDBR		4

/* Addresses that share a bit of the filter. */
#define FILTER_SHIFT	2

static unsigned int filter_bit(unsigned long at)
{
	return at >> FILTER_SHIFT & ((1u << MMN_SCAN_FILTER_BITS) - 1);
}

static void widen(struct mmn_scan *scan, unsigned long from, unsigned long to)
{
	unsigned long highest = scan->lowest + scan->span;

	if (scan->nr) {
		from = min(from, scan->lowest);
		to = max(to, highest);
	}
	scan->lowest = from;
	scan->span = to - from;
}

/**
 * mmn_scan_add() - search for another function, too
 * @scan: search, zeroed at first
 * @entry: address of the function
 *
 * Context: Any.
 * Return: false if @scan has no room for it.
 */
bool mmn_scan_add(struct mmn_scan *scan, unsigned long entry)
{
	unsigned long at;

	if (scan->nr == MMN_SCAN_TARGETS)
		return false;
	widen(scan, entry - PADDING, entry + ENDBR);
	scan->targets[scan->nr++] = entry;
	for (at = entry - PADDING; at <= entry + ENDBR; at++)
		scan->filter[filter_bit(at) / 64] |= 1ULL << filter_bit(at) % 64;
	return true;
}

static bool is_target(const struct mmn_scan *scan, unsigned int i, unsigned long to, bool call)
{
	unsigned long first = scan->targets[i] - (call ? PADDING : 0);

	return to - first <= scan->targets[i] + ENDBR - first;
}

/* Out of line, as few branches come here. */
static noinline void report(struct mmn_scan *scan, unsigned long at, unsigned long ret,
			    unsigned long to, bool call)
{
	unsigned int i;

	for (i = 0; i < scan->nr; i++)
		if (is_target(scan, i, to, call))
			scan->found(scan, at, ret, i);
}

static inline bool may_be_target(const struct mmn_scan *scan, unsigned long to)
{
	/* Most branches fail this comparison, which costs less than the filter. */
	if (to - scan->lowest > scan->span)
		return false;
	return scan->filter[filter_bit(to) / 64] >> filter_bit(to) % 64 & 1;
}

/* @rel: where the displacement is, the last 4 bytes of the instruction at @at. */
static inline void check_branch(struct mmn_scan *scan, unsigned long at, unsigned long ret,
				const u8 *rel, bool call)
{
	unsigned long to;
	int distance;

	memcpy(&distance, rel, sizeof(distance));
	to = ret + distance;
	if (unlikely(may_be_target(scan, to)))
		report(scan, at, ret, to, call);
}

/* @code: at least MMN_SCAN_LONGEST bytes. */
static inline void check_byte(struct mmn_scan *scan, const u8 *code, unsigned long at)
{
	if (code[0] == CALL || code[0] == JUMP)
		check_branch(scan, at, at + 5, code + 1, code[0] == CALL);
	else if (code[0] == ESCAPE && IS_JCC(code[1]))
		check_branch(scan, at, at + 6, code + 2, false);
}

/*
 * Marks the bytes of @word that may begin a branch, and few others. CALL and JUMP differ in bit 0,
 * so an XOR with JUMP makes 0 or 1 of them, and subtracting 2 sets the top bit. Bytes with that bit
 * set before are excluded by @word, as it tells CALL from ESCAPE.
 */
static inline u64 find_branches(u64 word)
{
	u64 branch = (word ^ EVERY(JUMP)) - EVERY(2);
	u64 escape = (word ^ EVERY(ESCAPE)) - EVERY(2);

	return (((branch ^ escape) & word) ^ escape) & EVERY(0x80);
}

static inline void check_word(struct mmn_scan *scan, const u8 *code, unsigned long at, u64 marks)
{
	unsigned long byte;

	for (; marks; marks &= marks - 1) {
		byte = (unsigned int)__builtin_ctzll(marks) / 8;
		check_byte(scan, code + byte, at + byte);
	}
}

/*
 * The last bytes of @code, where a word would exceed it or its instructions may. A copy with
 * room behind it keeps check_byte() simple; the zeros there begin no branch.
 */
static void check_rest(struct mmn_scan *scan, const u8 *code, size_t starts, size_t len,
		       unsigned long base)
{
	u8 copy[3 * sizeof(u64)] = { };
	size_t i;

	memcpy(copy, code, len);
	for (i = 0; i < starts; i++) {
		/* An instruction that ends outside is not there. */
		if (i + 5 > len || (copy[i] == ESCAPE && i + 6 > len))
			return;
		check_byte(scan, copy + i, base + i);
	}
}

/**
 * mmn_scan_code() - search in a piece of code
 * @scan: search
 * @code: the piece
 * @starts: number of bytes at its beginning where an instruction may begin
 * @len: size of @code in bytes, at least @starts, at most MMN_SCAN_LONGEST - 1 more: an
 *	instruction that begins in the first @starts bytes may end behind them
 * @base: address that the code has in the kernel
 *
 * Context: Any.
 */
void mmn_scan_code(struct mmn_scan *scan, const u8 *code, size_t starts, size_t len,
		   unsigned long base)
{
	/* Up to here each instruction is complete. As @len is bounded, that is @starts at most. */
	size_t whole = len < MMN_SCAN_LONGEST ? 0 : len - MMN_SCAN_LONGEST + 1;
	u64 word, marks;
	size_t i;

	whole -= whole % sizeof(word);
	for (i = 0; i < whole; i += sizeof(word)) {
		memcpy(&word, code + i, sizeof(word));
		marks = find_branches(word);
		if (marks)
			check_word(scan, code + i, base + i, marks);
	}
	check_rest(scan, code + i, starts - i, len - i, base + i);
}

/**
 * mmn_scan_short() - search for short jumps to one function
 * @scan: search
 * @target: index of the function in its targets
 * @code: code around the function
 * @len: size of @code in bytes
 * @base: address that @code has in the kernel
 *
 * Two bytes of data look like such a jump too often: the callback has to make sure that an
 * instruction begins there. It also gets jumps of the function to itself.
 *
 * Context: Any.
 */
void mmn_scan_short(struct mmn_scan *scan, unsigned int target, const u8 *code, size_t len,
		    unsigned long base)
{
	unsigned long ret, to;
	size_t i;

	for (i = 0; i + 2 <= len; i++) {
		ret = base + i + 2;
		to = ret + (signed char)code[i + 1];
		if ((code[i] == SHORT_JUMP || IS_SHORT_JCC(code[i])) &&
		    (to == scan->targets[target] || to == scan->targets[target] + ENDBR))
			scan->found(scan, base + i, ret, target);
	}
}
