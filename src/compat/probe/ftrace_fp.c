// SPDX-License-Identifier: GPL-2.0-only
/* v6.13: 7888af4166d4 ftrace: Make ftrace_regs abstract from direct use; and arm64's members */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/ftrace.h>

unsigned long probe(struct ftrace_regs *fregs);
unsigned long probe(struct ftrace_regs *fregs)
{
	return arch_ftrace_regs(fregs)->fp + ftrace_regs_get_stack_pointer(fregs);
}
