/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_CENSUS_H
#define MMN_CENSUS_H

#include <linux/types.h>

struct seq_file;

/**
 * DOC: Call sites in the running kernel's text
 *
 * The table of call sites (rules/site_table.c) says which functions announce invalidations,
 * and what they mean. Whether the running kernel has exactly these is found out at load: the
 * census searches its text for direct calls and jumps to
 * __mmu_notifier_invalidate_range_start().
 *
 * - scan.c searches a piece of machine code. It does not disassemble; a coincidence may add a
 *   call, but none is missed.
 * - text.c knows where the code is, and reads it without ever faulting.
 * - census.c has the result: the return address of each call, and its row of the table.
 *
 * A kprobe on a call hides it, since its first byte is another instruction then. An address
 * that the census did not find is never taken for a call site that it found.
 *
 * Only x86-64 with CONFIG_KPROBES, which looks up the bounds of the text.
 */

void mmn_census_init(void);
void mmn_census_show(struct seq_file *m);

#endif /* MMN_CENSUS_H */
