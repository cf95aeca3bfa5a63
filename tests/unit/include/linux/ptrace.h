/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_PTRACE_H
#define SHIM_PTRACE_H

struct pt_regs {
	unsigned long word[20];
	unsigned long cs;
};

#define user_mode(regs)	(((regs)->cs & 3) != 0)

#endif /* SHIM_PTRACE_H */
