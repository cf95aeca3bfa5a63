// SPDX-License-Identifier: GPL-2.0-only
/* v6.13: 7888af4166d4 ftrace: Make ftrace_regs abstract from direct use */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/ftrace.h>

struct pt_regs *probe(struct ftrace_regs *fregs);
struct pt_regs *probe(struct ftrace_regs *fregs)
{
	return &arch_ftrace_regs(fregs)->regs;
}
