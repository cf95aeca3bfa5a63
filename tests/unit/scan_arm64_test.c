// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* The search for calls in arm64 machine code, in pieces of each size. */
#include <stdlib.h>
#include <string.h>

#include "census/scan.h"
#include "tap.h"

#define BASE	0xffff800081000000UL
#define ENTRY	(BASE + 0x4000)
#define FAR	(BASE - 0x7654320)
#define INSNS	16
#define NOP	0xd503201f

static struct found {
	unsigned long at, ret;
	unsigned int target;
} found;
static unsigned int nr_found;

static void note(struct mmn_scan *scan, unsigned long at, unsigned long ret, unsigned int target)
{
	found = (struct found){ at, ret, target };
	nr_found++;
}

/* Searches a copy of exactly @len bytes, so that ASan sees each overrun. */
static void search(const u32 *code, size_t len, size_t piece)
{
	struct mmn_scan scan = { .found = note };
	size_t at, starts, size;
	u8 *copy;

	mmn_scan_add(&scan, ENTRY);
	mmn_scan_add(&scan, FAR);
	nr_found = 0;
	for (at = 0; at < len; at += starts) {
		starts = len - at < piece ? len - at : piece;
		size = starts + MMN_SCAN_LONGEST - 1;
		if (size > len - at)
			size = len - at;
		copy = malloc(size);
		memcpy(copy, (const u8 *)code + at, size);
		mmn_scan_arm64_code(&scan, copy, starts, size, BASE + at);
		free(copy);
	}
}

/* Is @target found once, at instruction @i of @code, whatever the size of the pieces? */
static bool is_found(const u32 *code, unsigned int i, unsigned int target)
{
	size_t piece;

	for (piece = 4; piece <= 4 * INSNS; piece += 4) {
		search(code, 4 * INSNS, piece);
		if (nr_found != 1 || found.at != BASE + 4 * i || found.ret != BASE + 4 * i + 4 ||
		    found.target != target)
			return false;
	}
	return true;
}

static void clear(u32 *code)
{
	unsigned int i;

	for (i = 0; i < INSNS; i++)
		code[i] = NOP;
}

/* A branch with @opcode and the distance in @bits bits from bit @shift on, at instruction @i. */
static u32 branch(u32 opcode, unsigned int shift, unsigned int bits, unsigned int i,
		  unsigned long to)
{
	u32 distance = (long)(to - BASE - 4 * i) / 4;

	return opcode | (distance & ((1u << bits) - 1)) << shift;
}

#define BL(i, to)	branch(0x94000000, 0, 26, i, to)

static void test_kinds(void)
{
	unsigned int i, wrong = 0;
	u32 code[INSNS];

	for (i = 0; i < INSNS; i++) {
		clear(code);
		code[i] = BL(i, ENTRY);
		wrong += !is_found(code, i, 0);
		code[i] = BL(i, FAR);
		wrong += !is_found(code, i, 1);
		code[i] = branch(0x14000000, 0, 26, i, FAR);
		wrong += !is_found(code, i, 1);
		code[i] = branch(0x54000001, 5, 19, i, ENTRY);
		wrong += !is_found(code, i, 0);
		code[i] = branch(0xb5000013, 5, 19, i, ENTRY);
		wrong += !is_found(code, i, 0);
		code[i] = branch(0x37180013, 5, 14, i, ENTRY);
		wrong += !is_found(code, i, 0);
	}
	ok(!wrong, "calls, jumps and conditional branches, at each place and in pieces of each size");
}

static void test_others(void)
{
	u32 code[INSNS];

	clear(code);
	code[0] = BL(0, ENTRY + 4);
	code[1] = BL(1, ENTRY - 4);
	code[2] = BL(3, ENTRY);
	code[3] = branch(0x10000000, 5, 19, 3, ENTRY);	/* adr x0, entry */
	code[4] = branch(0x58000000, 5, 19, 4, ENTRY);	/* ldr x0, entry */
	code[5] = 0xd63f0200;				/* blr x16 */
	search(code, sizeof(code), sizeof(code));
	ok(!nr_found, "branches beside the function, and what is no branch");
	code[15] = BL(15, ENTRY);
	search(code, sizeof(code) - 1, sizeof(code));
	ok(!nr_found, "a branch that ends behind the text is none");
}

/* adrp x16; add x16, x16; br x16 */
static void put_veneer(u32 *code, unsigned int i, unsigned long to)
{
	long pages = (long)(to >> 12) - (long)((BASE + 4 * i) >> 12);

	code[i] = 0x90000010 | (pages & 3) << 29 | (pages >> 2 & 0x7ffff) << 5;
	code[i + 1] = 0x91000210 | (to & 0xfff) << 10;
	code[i + 2] = 0xd61f0200;
}

static void test_veneer(void)
{
	unsigned int i, wrong = 0;
	u32 code[INSNS];

	for (i = 0; i + 3 <= INSNS; i++) {
		clear(code);
		put_veneer(code, i, FAR);
		wrong += !is_found(code, i, 1);
		put_veneer(code, i, ENTRY);
		wrong += !is_found(code, i, 0);
		code[i + 1] += 1 << 10;
		search(code, sizeof(code), sizeof(code));
		wrong += nr_found;
		put_veneer(code, i, ENTRY);
		code[i + 2] = 0xd61f0220;	/* br x17 */
		search(code, sizeof(code), sizeof(code));
		wrong += nr_found;
	}
	ok(!wrong, "a veneer counts as a call");
	clear(code);
	put_veneer(code, INSNS - 3, ENTRY);
	search(code, sizeof(code) - 4, sizeof(code));
	ok(!nr_found, "a veneer that ends behind the text is none");
}

int main(void)
{
	test_kinds();
	test_others();
	test_veneer();
	return tap_done();
}
