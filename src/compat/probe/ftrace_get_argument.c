// SPDX-License-Identifier: GPL-2.0-only
/* v6.2: 94d095ffa0e1 ftrace: abstract DYNAMIC_FTRACE_WITH_ARGS accesses */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/ftrace.h>

unsigned long probe(struct ftrace_regs *fregs);
unsigned long probe(struct ftrace_regs *fregs)
{
	return ftrace_regs_get_argument(fregs, 0);
}
