/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_CENSUS_H
#define MMN_CENSUS_H

#include <linux/types.h>

struct mmn_census_line;
struct seq_file;

/**
 * DOC: Call sites in the running kernel's text
 *
 * The table of call sites (rules/site_table.c) says which functions announce invalidations,
 * and what they mean. Whether that holds for the running kernel is found out at load: the
 * census searches its text for direct calls and jumps to
 * __mmu_notifier_invalidate_range_start() and compares the result with the audit of the
 * sources (rules/census_table.c).
 *
 * - scan.c searches a piece of machine code. It does not disassemble, so bytes may look like a
 *   call, but none is missed. The kernel's kprobes tell whether an instruction begins there; they
 *   are asked about functions that were not audited. Short jumps are searched around the targets
 *   only. scan_arm64.c does the same for arm64, where each word is an instruction.
 * - text.c knows where the code is, and reads it without ever faulting.
 * - calls.c has the functions whose calls are searched for, and searches in modules.
 * - frames.c looks for the functions by which rules recognise operations on the stack.
 * - census.c has the result: the return address of each call, its row of the table, and the
 *   state of each row. The calls of the end function are listed, too, as a verdict may be
 *   needed at the end of an event only.
 *
 * **A row is trusted** if its function has no more calls than were audited, no other function
 * has its name, and, where its events have less effects than CLEAR, no function calls it that
 * was not audited. The search goes outwards: the callers of a function of the table count, and
 * if a caller is in the table, its own callers, too. So it does not matter which of them
 * the compiler inlined or split. A row that fails is inexact alone; an unknown caller fails all
 * rows of the class, and so does a function of the table whose callers are not found.
 *
 * **An event is trusted** if the row is, if the census found the very address that announces
 * it, and if the native event is one of the audited ones. A kprobe on a call at load hides it,
 * since its first byte is another instruction then, so its events are not exact.
 *
 * **Modules** (patches.c) may change the meaning of rows after load: a live patch names a
 * function that the row rests on, or the code of a module calls a function whose callers were
 * audited. Such rows lose their trust before code of the module runs, and get it back when it
 * is unloaded. A call through a pointer is not seen. An event that a module announces by itself
 * has no row, so it is not exact.
 *
 * **Without a census** (another architecture, no CONFIG_KPROBES, text that cannot be read) no
 * row is trusted. Only trust=series does without one; what the census does find counts there, too.
 *
 * **Cost.** Events pay nothing: the trust of an address is a member of its entry in the
 * address cache, and the native event a part of the key of the rule cache.
 */

const char *mmn_census_init(void);
u8 mmn_census_trust(unsigned int row, unsigned long pc);
bool mmn_census_expects(unsigned int row, unsigned int native);
void mmn_census_report(unsigned int row, unsigned int native);
const char *mmn_census_why_not(unsigned int row);
bool mmn_census_surprised(unsigned int row);
int mmn_census_read(unsigned int i, struct mmn_census_line *s);
void mmn_census_show(struct seq_file *m);

#endif /* MMN_CENSUS_H */
