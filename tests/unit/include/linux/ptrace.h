/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_PTRACE_H
#define SHIM_PTRACE_H

struct pt_regs {
	unsigned long word[20];
	unsigned long di, si, dx, r10, orig_ax;
	unsigned long cs;
};

#define user_mode(regs)	(((regs)->cs & 3) != 0)

#define task_pt_regs(task)	((struct pt_regs *)((char *)(task)->stack + THREAD_SIZE) - 1)

#endif /* SHIM_PTRACE_H */
