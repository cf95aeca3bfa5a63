// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * frames: which classes may not look at the stack, for each function that a kernel lacks.
 */
#include <string.h>

#include <linux/kernel.h>
#include <linux/seq_file.h>

#include "census/frames.h"
#include "census/text.h"
#include "compat/operations.h"
#include "log.h"
#include "rules/frame_table.h"
#include "rules/rules.h"
#include "tap.h"

/* A kernel that performs all operations but @without, and has no function of @lacking. */
static unsigned int without, lacking, lookups;

bool mmn_operations_have(unsigned int frame)
{
	return frame != without && frame != MMN_FRAME_NONE && frame != MMN_FRAME_MODULE;
}

unsigned long mmn_text_find(const char *symbol)
{
	lookups++;
	return mmn_frame_table_find(symbol) != lacking;
}

/* Return: number of classes that may not look at the stack. */
static unsigned int load(unsigned int frame, bool needed)
{
	unsigned int class, nr = 0;

	lacking = frame;
	lookups = 0;
	logged[0] = '\0';
	mmn_frames_init(needed);
	for (class = 0; class < MMN_NR_CLASSES; class++)
		nr += mmn_frames_bits(class) == MMN_CTX_NO_FRAMES;
	return nr;
}

/* Does each class whose rules look for @frame lose its frames, and no other? */
static bool is_right(unsigned int frame)
{
	unsigned int class, wrong = 0;

	load(frame, true);
	for (class = 0; class < MMN_NR_CLASSES; class++)
		wrong += !mmn_frames_bits(class) == mmn_rules_look_for(class, frame);
	return !wrong;
}

static void test_classes(void)
{
	static struct seq_file m;
	unsigned int row, wrong = 0;

	without = MMN_FRAME_NONE;
	for (row = 0; row < mmn_frame_table_nr(); row++)
		wrong += !is_right(mmn_frame_table_frame(row));
	ok(!wrong, "a missing function costs the classes whose rules look for it their frames");
	ok(load(MMN_FRAME_GUARD_INSTALL, true) == 1 && mmn_frames_bits(MMN_CLASS_ZAP),
	   "one that a single class looks for");
	ok(strstr(logged, "census: madvise_guard_install() and the functions"), "the log names it");
	mmn_frames_show(&m);
	ok(!strcmp(m.text, "# no function of madvise_guard_install\n"), "and debugfs");
	ok(load(MMN_FRAME_KSWAPD, true) > 1 && strstr(logged, "balance_pgdat()"),
	   "one of several names stands for all");
	ok(!mmn_frames_bits(MMN_NR_CLASSES), "an unknown class has none");
}

static void test_needed(void)
{
	ok(!load(MMN_FRAME_KSWAPD, false) && !lookups && !logged[0],
	   "on a build that the tests cover nothing is looked up");
	without = MMN_FRAME_KSWAPD;
	ok(!load(MMN_FRAME_KSWAPD, true) && lookups && !logged[0],
	   "an operation that the kernel lacks needs no function");
	without = MMN_FRAME_NONE;
	ok(!load(MMN_NR_FRAMES, true), "a kernel with all functions");
}

int main(void)
{
	test_classes();
	test_needed();
	return tap_done();
}
