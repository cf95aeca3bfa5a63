// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * frames: whether the running kernel has the functions that rules look for on the stack. A compiler
 * may inline all functions of an operation. Then a function further out would decide, and stand for
 * another operation.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/bitmap.h>
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/printk.h>
#include <linux/seq_file.h>

#include "compat/operations.h"
#include "frames.h"
#include "rules/frame_table.h"
#include "rules/rules.h"
#include "text.h"

/* Frames that the kernel should have, but lacks. */
static DECLARE_BITMAP(missing, MMN_NR_FRAMES) __ro_after_init;
/* Classes whose rules look for a missing frame. */
static DECLARE_BITMAP(affected, MMN_NR_CLASSES) __ro_after_init;

static __init bool has_function(unsigned int frame)
{
	unsigned int row;

	for (row = 0; row < mmn_frame_table_nr(); row++)
		if (mmn_frame_table_frame(row) == frame && mmn_text_find(mmn_frame_table_name(row)))
			return true;
	return false;
}

/* Return: a name of the operation, for the log. */
static const char *name_of(unsigned int frame)
{
	unsigned int row;

	for (row = 0; row < mmn_frame_table_nr(); row++)
		if (mmn_frame_table_frame(row) == frame)
			break;
	return mmn_frame_table_name(row);
}

static __init void add_missing(unsigned int frame)
{
	unsigned int class;

	__set_bit(frame, missing);
	for (class = 0; class < MMN_NR_CLASSES; class++)
		if (mmn_rules_look_for(class, frame))
			__set_bit(class, affected);
	pr_warn("census: %s() and the functions that may stand for it are not in this kernel, so causes that depend on them are given by group; please report the name and the kernel version\n",
		name_of(frame));
}

/**
 * mmn_frames_init() - look for the functions of all operations
 * @needed: false on a build that the tests cover, as each lookup takes some million instructions
 *	before v6.2
 *
 * Context: Module init, after the census; sleeps.
 */
void __init mmn_frames_init(bool needed)
{
	unsigned int frame;

	bitmap_zero(missing, MMN_NR_FRAMES);
	bitmap_zero(affected, MMN_NR_CLASSES);
	for (frame = 0; needed && frame < MMN_NR_FRAMES; frame++)
		if (mmn_operations_have(frame) && !has_function(frame))
			add_missing(frame);
}

/**
 * mmn_frames_bits() - may rules of a class look at the stack?
 * @class: enum mmn_class
 *
 * Context: Any.
 * Return: MMN_CTX_NO_FRAMES if not, else 0.
 */
u32 mmn_frames_bits(unsigned int class)
{
	return class < MMN_NR_CLASSES && test_bit(class, affected) ? MMN_CTX_NO_FRAMES : 0;
}

/**
 * mmn_frames_show() - print the missing functions
 * @m: seq_file of debugfs mmnotify/census
 *
 * Context: Process.
 */
void mmn_frames_show(struct seq_file *m)
{
	unsigned int frame;

	for (frame = 0; frame < MMN_NR_FRAMES; frame++)
		if (test_bit(frame, missing))
			seq_printf(m, "# no function of %s\n", name_of(frame));
}
