// SPDX-License-Identifier: GPL-2.0-only
/* v6.13, and Debian's 6.12: e4cf33ca4812 ftrace: Consolidate ftrace_regs accessor functions */
#include <linux/ftrace.h>

struct pt_regs *probe(struct ftrace_regs *fregs);
struct pt_regs *probe(struct ftrace_regs *fregs)
{
	return &arch_ftrace_regs(fregs)->regs;
}
