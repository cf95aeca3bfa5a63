// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * text: addresses of symbols, the symbol of an address, and code that is read in pieces, each
 * with the bytes behind it that an instruction of the piece may have.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>

#include "census/scan.h"
#include "census/text.h"
#include "tap.h"

#define STEXT	0xffffffff81000000UL
#define PIECE	768

static unsigned long stext, etext;
static bool takes_probe;
static int probes;

/*
 * What register_kprobe() answers for an address: @answer, or, for one behind an INT3 that begins
 * an instruction, -EILSEQ if the decoder gives up there.
 */
static int answer;
static unsigned long int3;
static bool gives_up;

static int register_address(const struct kprobe *kp)
{
	unsigned long at = (unsigned long)kp->addr;
	int ret = answer;

	if (kp->offset || kp->flags != KPROBE_FLAG_DISABLED)
		return -EINVAL;
	if (int3 && at == int3)
		ret = -EINVAL;
	if (int3 && at == int3 + 1)
		ret = gives_up ? -EILSEQ : 0;
	probes += !ret;
	return ret;
}

int register_kprobe(struct kprobe *kp)
{
	const char *name = kp->symbol_name ?: "";
	unsigned long at = !strcmp(name, "_stext") ? stext : !strcmp(name, "_etext") ? etext : 0;

	if (!*name)
		return register_address(kp);

	if (!at)
		return -ENOENT;
	kp->addr = (void *)(at + kp->offset);
	if (!takes_probe || kp->flags != KPROBE_FLAG_DISABLED)
		return -EILSEQ;
	probes++;
	return 0;
}

void unregister_kprobe(struct kprobe *kp)
{
	probes--;
}

int sprint_symbol(char *name, unsigned long pc)
{
	if (pc < STEXT)
		return sprintf(name, "%#lx", pc);
	return sprintf(name, "f+0x%lx/0x200 [mod]", pc % 0x100);
}

/* Code in memory; the second half may be unmapped. */
static u8 code[3 * PIECE];
static size_t mapped;

long mmn_read_kernel(void *to, const void *from, size_t len)
{
	if ((const u8 *)from + len > code + mapped)
		return -EFAULT;
	memcpy(to, from, len);
	return 0;
}

/* Bytes where an instruction may begin that were searched, in order, and pieces. */
static size_t searched, len_of_text;
static unsigned int pieces;
static bool wrong;

void mmn_scan_code(struct mmn_scan *scan, const u8 *piece, size_t starts, size_t len,
		   unsigned long base)
{
	size_t left = len_of_text - searched, behind = left - starts;

	if (behind > MMN_SCAN_LONGEST - 1)
		behind = MMN_SCAN_LONGEST - 1;
	wrong |= base != (unsigned long)(code + searched) || starts > left ||
		 len != starts + behind || memcmp(piece, code + searched, len);
	searched += starts;
	pieces++;
}

/* The part that was searched for short jumps: offsets in the code. */
static size_t short_from, short_to;

void mmn_scan_short(struct mmn_scan *scan, unsigned int target, const u8 *code_read, size_t len,
		    unsigned long base)
{
	short_from = base - (unsigned long)code;
	short_to = short_from + len;
	wrong |= target != 3 || memcmp(code_read, code + short_from, len);
}

/* Search around a function at @at, in code of @len bytes. */
static bool search_short(size_t at, size_t len, size_t from, size_t to)
{
	struct mmn_text t = { (unsigned long)code, (unsigned long)(code + len) };
	struct mmn_scan scan = { };

	scan.targets[3] = t.start + at;
	return !mmn_text_scan_short(&scan, 3, &t) && short_from == from && short_to == to;
}

static int search(size_t len)
{
	struct mmn_text t = { (unsigned long)code, (unsigned long)(code + len) };
	struct mmn_scan scan;

	searched = 0;
	pieces = 0;
	len_of_text = len;
	return mmn_text_scan(&scan, &t, t.start, t.end);
}

static void test_find(void)
{
	struct mmn_text t;

	ok(!mmn_text_find("unknown") && !mmn_text_find_kernel(&t), "a symbol that is not there");
	stext = STEXT;
	etext = STEXT + 0x1000;
	ok(mmn_text_find("_stext") == STEXT, "a symbol where no probe can be");
	takes_probe = true;
	ok(mmn_text_find("_stext") == STEXT && !probes, "no probe stays where one can be");
	ok(mmn_text_find_kernel(&t) && t.start == STEXT && t.end == STEXT + 0x1000,
	   "the kernel's text");
	etext = STEXT;
	ok(!mmn_text_find_kernel(&t), "empty text");
	stext = 0;
	ok(!mmn_text_find_kernel(&t), "text without a start");
}

static void test_name(void)
{
	char name[KSYM_SYMBOL_LEN];

	ok(mmn_text_name(STEXT + 0x10f, name) == STEXT + 0x100 && !strncmp(name, "f+0xf/", 6),
	   "the start of a function, and its name");
	ok(mmn_text_name(0x4321, name) == 0x4321 && !strcmp(name, "0x4321"),
	   "an address without a name");
}

static void test_instruction(void)
{
	unsigned long start = (unsigned long)code, at = start + 50;

	mapped = sizeof(code);
	answer = 0;
	ok(mmn_text_is_instruction(at, start) && !probes, "an address that takes a probe, which goes");
	answer = -EILSEQ;
	ok(!mmn_text_is_instruction(at, start), "the middle of an instruction");
	ok(mmn_text_is_instruction(at, at), "where the function begins is not known");
	code[20] = 0xcc;
	code[40] = 0xcc;
	ok(!mmn_text_is_instruction(at, start), "an operand that looks like an INT3");
	int3 = start + 40;
	ok(!mmn_text_is_instruction(at, start) && !probes, "behind an INT3 that the decoder passes");
	gives_up = true;
	ok(mmn_text_is_instruction(at, start) && !probes, "behind one where it gives up");
	ok(!mmn_text_is_instruction(start + 39, start) && mmn_text_is_instruction(int3, start),
	   "an INT3 behind the address does not matter, and is an instruction itself");
	int3 = 0;
	gives_up = false;
	mapped = 40;
	ok(mmn_text_is_instruction(at, start), "code that cannot be read is not known");
	answer = -EINVAL;
	ok(mmn_text_is_instruction(at, start), "an address where no probe may be is not known");
	code[20] = 0;
	code[40] = 0;
	mapped = 0;
}

static void test_scan(void)
{
	static const size_t lens[] = { 1, 5, PIECE - 1, PIECE, PIECE + 1, PIECE + 5, PIECE + 6,
		2 * PIECE, 2 * PIECE + 100 };
	unsigned int i;

	for (i = 0; i < sizeof(code); i++)
		code[i] = i * 7 >> 3;
	mapped = sizeof(code);
	for (i = 0; i < ARRAY_SIZE(lens); i++)
		wrong |= search(lens[i]) || searched != lens[i] ||
			 pieces != (lens[i] + PIECE - 1) / PIECE;
	ok(!wrong, "text of any length is searched in pieces, each byte once");
	ok(!search(0) && !pieces, "no text has no piece");
	mapped = PIECE + 100;
	ok(search(sizeof(code)) == -EFAULT && pieces == 1, "it ends where code cannot be read");
}

static void test_scan_short(void)
{
	const size_t far = 2 * MMN_SCAN_SHORT;

	mapped = sizeof(code);
	ok(search_short(far, sizeof(code), far - MMN_SCAN_SHORT, far + MMN_SCAN_SHORT) && !wrong,
	   "what a short jump to a function can reach is searched");
	ok(search_short(5, sizeof(code), 0, 5 + MMN_SCAN_SHORT) &&
	   search_short(95, 100, 0, 100) && !wrong, "but not before the text or after it");
	short_from = 7;
	ok(search_short(sizeof(code), 100, 7, short_to) && !wrong, "a function outside of the text is not");
	mapped = far;
	ok(!search_short(far, sizeof(code), 0, 0), "code that cannot be read is an error");
}

int main(void)
{
	test_find();
	test_name();
	test_instruction();
	test_scan();
	test_scan_short();
	return tap_done();
}
