// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * The search for calls in machine code. Each case has code, the address where it begins and
 * the calls in it; all are also found if the code is searched in pieces.
 */
#include <stdlib.h>
#include <string.h>

#include "census/scan.h"
#include "tap.h"

#define BASE	0xffffffff81000000UL
#define ENTRY	(BASE + 0x100000)
#define OTHER	(BASE - 0x4000)
#define FOUND_MAX	8

static struct found {
	unsigned long at, ret;
	unsigned int target;
} found[FOUND_MAX];
static unsigned int nr_found;

static void note(struct mmn_scan *scan, unsigned long at, unsigned long ret, unsigned int target)
{
	if (nr_found < FOUND_MAX)
		found[nr_found] = (struct found){ at, ret, target };
	nr_found++;
}

/* Puts a branch with the opcode of @opcode_len bytes at @code + @at; it goes to @to. */
static void put_branch(u8 *code, size_t at, const char *opcode, size_t opcode_len,
		       unsigned long to)
{
	int rel = to - (BASE + at + opcode_len + 4);

	memcpy(code + at, opcode, opcode_len);
	memcpy(code + at + opcode_len, &rel, 4);
}

static void put_call(u8 *code, size_t at, unsigned long to)
{
	put_branch(code, at, "\xe8", 1, to);
}

static void put_jump(u8 *code, size_t at, unsigned long to)
{
	put_branch(code, at, "\xe9", 1, to);
}

/* Searches a copy of exactly @len bytes, in pieces of @piece, so that ASan sees each overrun. */
static void search(const u8 *code, size_t len, size_t piece)
{
	struct mmn_scan scan = { .found = note };
	size_t at, starts, size;
	u8 *copy;

	mmn_scan_add(&scan, ENTRY);
	mmn_scan_add(&scan, OTHER);
	nr_found = 0;
	for (at = 0; at < len; at += starts) {
		starts = len - at < piece ? len - at : piece;
		size = starts + MMN_SCAN_LONGEST - 1;
		if (size > len - at)
			size = len - at;
		copy = malloc(size);
		memcpy(copy, code + at, size);
		mmn_scan_code(&scan, copy, starts, size, BASE + at);
		free(copy);
	}
}

static bool is_found(unsigned int i, size_t at, size_t len, unsigned int target)
{
	return found[i].at == BASE + at && found[i].ret == BASE + at + len &&
	       found[i].target == target;
}

static void test_places(void)
{
	u8 code[64];
	unsigned int at, len, wrong = 0;

	for (at = 0; at + 5 <= sizeof(code); at++) {
		memset(code, 0x90, sizeof(code));
		put_call(code, at, ENTRY);
		search(code, sizeof(code), sizeof(code));
		wrong += nr_found != 1 || !is_found(0, at, 5, 0);
	}
	ok(!wrong, "a call is found at each place of a buffer");
	/* Their last byte is 0, as if it were read from behind the text. */
	for (len = 1; len < 6; len++) {
		put_branch(code, 10, "\x0f\x84", 2, ENTRY);
		search(code, 10 + len, sizeof(code));
		wrong += nr_found;
		put_call(code, 10, ENTRY);
		search(code, 10 + len - 1, sizeof(code));
		wrong += nr_found;
	}
	ok(!wrong, "a branch that ends behind the text is none");
}

static void test_pieces(void)
{
	unsigned int at, piece, wrong = 0;
	u8 code[48];

	for (piece = 1; piece <= sizeof(code); piece++) {
		for (at = 0; at + 6 <= sizeof(code); at++) {
			memset(code, 0x90, sizeof(code));
			put_branch(code, at, "\x0f\x84", 2, OTHER);
			search(code, sizeof(code), piece);
			wrong += nr_found != 1 || !is_found(0, at, 6, 1);
			memset(code, 0xcc, sizeof(code));
			put_call(code, at, ENTRY);
			search(code, sizeof(code), piece);
			wrong += nr_found != 1 || !is_found(0, at, 5, 0);
		}
	}
	ok(!wrong, "a branch across two pieces is found once, whatever their size");
}

static void test_kinds(void)
{
	u8 code[64];
	unsigned int i;

	memset(code, 0xe8, sizeof(code));
	put_jump(code, 3, ENTRY);
	put_branch(code, 20, "\x0f\x8f", 2, ENTRY);
	put_call(code, 40, OTHER);
	search(code, sizeof(code), sizeof(code));
	ok(nr_found == 3 && is_found(0, 3, 5, 0) && is_found(1, 20, 6, 0) &&
	   is_found(2, 40, 5, 1), "a jump, a conditional jump and a call backwards are found among other branches");
	memset(code, 0x90, sizeof(code));
	put_call(code, 8, ENTRY);
	code[8] = 0xcc;
	put_branch(code, 24, "\x0f\x90", 2, ENTRY);
	put_branch(code, 40, "\x48\x8b", 2, ENTRY);
	search(code, sizeof(code), sizeof(code));
	ok(!nr_found, "a breakpoint in place of a call hides it, and other instructions are no branch");
	for (i = 0; i < 7; i++) {
		memset(code + 8 * i, 0x0f, 8);
		put_call(code, 8 * i + 1, ENTRY);
	}
	search(code, sizeof(code), sizeof(code));
	ok(nr_found == 7, "calls close together are all found");
}

/* Return: number of hits of a branch of one byte and a distance to ENTRY + @offset. */
static unsigned int hits(u8 opcode, long offset)
{
	u8 code[32];

	memset(code, 0x90, sizeof(code));
	put_call(code, 10, ENTRY + offset);
	code[10] = opcode;
	search(code, sizeof(code), sizeof(code));
	return nr_found;
}

/* Return: likewise, of a conditional jump. */
static unsigned int jcc_hits(long offset)
{
	u8 code[32];

	memset(code, 0x90, sizeof(code));
	put_branch(code, 10, "\x0f\x85", 2, ENTRY + offset);
	search(code, sizeof(code), sizeof(code));
	return nr_found;
}

static void test_entries(void)
{
	ok(hits(0xe8, -16) && hits(0xe8, -1) && hits(0xe8, 4),
	   "a call into the padding before, or behind an ENDBR, counts");
	ok(!hits(0xe8, -17) && !hits(0xe8, 5), "a call further away does not");
	ok(hits(0xe8, OTHER - 16 - ENTRY) && !hits(0xe8, OTHER - 17 - ENTRY) &&
	   hits(0xe8, OTHER + 4 - ENTRY), "neither of the lowest function, nor of another one");
	ok(hits(0xe9, 0) && hits(0xe9, 4) && !hits(0xe9, 5) && !hits(0xe9, -1) && !hits(0xe9, -16),
	   "a jump into the padding is one of the function before");
	ok(jcc_hits(0) && jcc_hits(4) && !jcc_hits(5) && !jcc_hits(-1) && !jcc_hits(-16),
	   "so is a conditional one");
	ok(!hits(0xe8, 0x1000) && !hits(0xe8, 0x4000) && !hits(0xe8, -0x4000) &&
	   !hits(0xe8, 0x100000),
	   "addresses with the same bit of the filter do not count");
	ok(!hits(0xe8, -ENTRY), "nor does address 0, though the places without a target have it");
}

/* Searches for short jumps to ENTRY in 128 bytes around it, without the bytes from @len on. */
static void search_short(u8 opcode, size_t at, unsigned long to, size_t len)
{
	struct mmn_scan scan = { .found = note };
	unsigned long base = ENTRY - 64;
	u8 *code = malloc(len);

	memset(code, 0x90, len);
	code[at] = opcode;
	if (at + 1 < len)
		code[at + 1] = to - (base + at + 2);
	mmn_scan_add(&scan, OTHER);
	mmn_scan_add(&scan, ENTRY);
	nr_found = 0;
	mmn_scan_short(&scan, 1, code, len, base);
	free(code);
}

static void test_short(void)
{
	unsigned int at, opcode, wrong = 0;

	for (at = 0; at + 2 <= 128; at++) {
		search_short(0xeb, at, ENTRY, 128);
		wrong += nr_found != 1 || found[0].at != ENTRY - 64 + at ||
			 found[0].ret != ENTRY - 64 + at + 2 || found[0].target != 1;
	}
	ok(!wrong, "a short jump is found at each place before and behind the entry");
	for (opcode = 0; opcode < 0x100; opcode++) {
		search_short(opcode, 20, ENTRY, 128);
		wrong += nr_found != (opcode == 0xeb || (opcode >= 0x70 && opcode < 0x80));
	}
	ok(!wrong, "so is each conditional one, and no other instruction");
	search_short(0xeb, 20, ENTRY + 4, 128);
	wrong += nr_found != 1;
	search_short(0xeb, 20, ENTRY + 1, 128);
	wrong += nr_found;
	search_short(0xeb, 20, ENTRY - 1, 128);
	wrong += nr_found;
	search_short(0xeb, 20, ENTRY + 5, 128);
	wrong += nr_found;
	ok(!wrong, "only the entry counts, or the place behind an ENDBR");
	search_short(0xeb, 63, ENTRY, 64);
	ok(!nr_found, "a jump that ends behind the code is none");
}

static void test_room(void)
{
	struct mmn_scan scan = { .found = note };
	unsigned int i, added = 0;

	for (i = 0; i <= MMN_SCAN_TARGETS; i++)
		added += mmn_scan_add(&scan, ENTRY + 64 * i);
	ok(added == MMN_SCAN_TARGETS, "no more targets are added than there is room for");
}

int main(void)
{
	test_places();
	test_pieces();
	test_kinds();
	test_entries();
	test_short();
	test_room();
	return tap_done();
}
