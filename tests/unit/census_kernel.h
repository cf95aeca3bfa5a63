/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* Made-up kernels for the tests of the census: functions with calls, in a buffer. */
#ifndef CENSUS_KERNEL_H
#define CENSUS_KERNEL_H

#include <stdlib.h>
#include <string.h>

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "census/calls.h"
#include "census/census.h"
#include "census/frames.h"
#include "census/line.h"
#include "census/scan.h"
#include "census/text.h"
#include "compat/trust.h"
#include <mmnotify/mmnotify_types.h>
#include "rules/rules.h"
#include "rules/site_table.h"
#include "log.h"
#include "tap.h"

#define BASE	0xffffffff81000000UL
#define SIZE	0x1000		/* of each function, in bytes */
#define FUNCTIONS	128

/*
 * A kernel: functions in the order of their addresses, each with calls of others by number. The
 * last call ends where its function does.
 */
static struct function {
	const char *name;
	int calls[4];		/* number of a function plus 1 */
} kernel[FUNCTIONS];

static unsigned int nr;
static unsigned int nr_modules;	/* that many functions, the last ones, are of modules */
static u8 text[FUNCTIONS * SIZE];
static bool unreadable, exact, needs_census;
static unsigned int patched;	/* row that rests on a live patch */

bool mmn_trust_exact(void)
{
	return exact;
}

const char *mmn_trust_why_not(void)
{
	return exact ? NULL : "not exact here";
}

static const char *no_census;	/* why */

bool mmn_trust_needs_census(void)
{
	return needs_census;
}

/* A class whose rules may not look at the stack. */
static unsigned int frameless = MMN_NR_CLASSES;

u32 mmn_frames_bits(unsigned int class)
{
	return class == frameless ? MMN_CTX_NO_FRAMES : 0;
}

void mmn_frames_show(struct seq_file *m)
{
	seq_puts(m, "frames\n");
}

bool mmn_patches_has(unsigned int row)
{
	return row == patched;
}

void mmn_patches_show(struct seq_file *m)
{
	seq_puts(m, "patches\n");
}

/* Of two places the second one has a call. */
int mmn_patches_read(unsigned int i, struct mmn_census_line *s)
{
	if (i > 1)
		return -ENOENT;
	*s = (struct mmn_census_line){ .name = "patches", .calls = 1 };
	return i;
}

static unsigned int number_of(const char *name)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (!strcmp(kernel[i].name, name))
			return i;
	return FUNCTIONS;
}

static unsigned long entry_of(const char *name)
{
	return BASE + number_of(name) * SIZE;
}

unsigned long mmn_text_find(const char *symbol)
{
	return number_of(symbol) < FUNCTIONS ? entry_of(symbol) : 0;
}

unsigned long mmn_text_name(unsigned long pc, char *name)
{
	unsigned int i = (pc - BASE) / SIZE;

	sprintf(name, "%s+%#lx/%#x", kernel[i].name, (pc - BASE) % SIZE, SIZE);
	return BASE + i * SIZE;
}

int sprint_symbol_no_offset(char *name, unsigned long pc)
{
	return sprintf(name, "%s", kernel[(pc - BASE) / SIZE].name);
}

bool mmn_text_find_kernel(struct mmn_text *t)
{
	t->start = BASE;
	t->end = BASE + (nr - nr_modules) * SIZE;
	return true;
}

int mmn_text_scan(struct mmn_scan *scan, const struct mmn_text *t, unsigned long from,
		  unsigned long to)
{
	unsigned long end = to + MMN_SCAN_LONGEST - 1;

	if (unreadable)
		return -1;
	mmn_scan_code(scan, text + (from - BASE), to - from, (end < t->end ? end : t->end) - from,
		      from);
	return 0;
}

int mmn_text_scan_short(struct mmn_scan *scan, unsigned int target, const struct mmn_text *t)
{
	unsigned long from = scan->targets[target] - MMN_SCAN_SHORT;

	if (from < BASE)
		from = BASE;
	mmn_scan_short(scan, target, text + (from - BASE), 2 * MMN_SCAN_SHORT, from);
	return 0;
}

/* Where a byte that looks like a short jump is in the middle of an instruction. */
static unsigned long middle;
/* How often code was decoded. */
static unsigned int decoded;

bool mmn_text_is_instruction(unsigned long at, unsigned long start)
{
	decoded++;
	return at != middle;
}

/* Return: where call @i ends in its function. */
static unsigned int end_of(unsigned int i)
{
	return i == 3 ? SIZE : 16 * i + 16 + 5;
}

/* Return: the address behind call @i of function @f. */
static inline unsigned long ret_of(const char *name, unsigned int i)
{
	return entry_of(name) + end_of(i);
}

static void put_call(unsigned int f, unsigned int i, unsigned int to)
{
	unsigned long ret = BASE + f * SIZE + end_of(i);
	int rel = BASE + to * SIZE - ret;
	u8 *code = text + (ret - 5 - BASE);

	code[0] = 0xe8;
	memcpy(code + 1, &rel, sizeof(rel));
}

static void add(const char *name)
{
	kernel[nr++].name = name;
}

static void add_call(const char *from, const char *to)
{
	unsigned int f = number_of(from), i = 0;

	while (kernel[f].calls[i])
		i++;
	kernel[f].calls[i] = number_of(to) + 1;
}

#define START	"__mmu_notifier_invalidate_range_start"
#define FINISH	"__mmu_notifier_invalidate_range_end"

static const char *const sites[] = {
	"unmap_vmas", "change_protection", "copy_page_range", "page_vma_mkclean_one.constprop.0",
};

/* A kernel without a fault. Functions of START and FINISH have the call i of the row. */
static void make_kernel(void)
{
	unsigned int i;

	memset(kernel, 0, sizeof(kernel));
	nr = 0;
	nr_modules = 0;
	add("mprotect_fixup");
	for (i = 0; i < 4; i++)
		add(sites[i]);
	add(START);
	add(FINISH);
	add("dup_mmap");
	add("page_mkclean_one");
	add("other");
	for (i = 0; i < 4; i++) {
		add_call(sites[i], START);
		add_call(sites[i], FINISH);
	}
	add_call("mprotect_fixup", "change_protection");
	add_call("dup_mmap", "copy_page_range");
	add_call("page_mkclean_one", sites[3]);
	add_call("other", "mprotect_fixup");
}

/* A short jump of two bytes, so many bytes before or behind the entry of a function. */
static struct {
	const char *to;
	int from;
	u8 opcode;
} jump;

static void put_jump(void)
{
	unsigned long at = entry_of(jump.to) + jump.from;

	text[at - BASE] = jump.opcode;
	text[at - BASE + 1] = -jump.from - 2;
}

static void take(void)
{
	unsigned int f, i;

	memset(text, 0x90, sizeof(text));
	if (jump.to)
		put_jump();
	for (f = 0; f < nr; f++)
		for (i = 0; i < 4; i++)
			if (kernel[f].calls[i])
				put_call(f, i, kernel[f].calls[i] - 1);
	logged[0] = 0;
	exact = true;
	needs_census = true;
	no_census = mmn_census_init();
}

static struct seq_file page;

#define HEADING	"# site calls state\n"

#endif /* CENSUS_KERNEL_H */
