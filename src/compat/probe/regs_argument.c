// SPDX-License-Identifier: GPL-2.0-only
/* v4.20: 3c88ee194c28 x86: ptrace: Add function argument access API */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/ptrace.h>

unsigned long probe(struct pt_regs *regs);
unsigned long probe(struct pt_regs *regs)
{
	return regs_get_kernel_argument(regs, 0);
}
