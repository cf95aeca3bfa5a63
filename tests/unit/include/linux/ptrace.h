/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_PTRACE_H
#define SHIM_PTRACE_H

struct pt_regs {
	unsigned long word[20];
	unsigned long di, si, dx, r10, orig_ax, ip, sp, bp;
	unsigned long cs;
};

/* As kernel_room.h has them: at the entry of a function, or where it returns to. */
#define kernel_stack_pointer(regs)		((regs)->word[2])
#define regs_get_kernel_argument(regs, n)	shim_argument(regs, n)

static inline unsigned long shim_argument(const struct pt_regs *regs, unsigned int n)
{
	return regs->word[n ? n + 3 : 0];
}

#define user_mode(regs)	(((regs)->cs & 3) != 0)

#define task_pt_regs(task)	((struct pt_regs *)((char *)(task)->stack + THREAD_SIZE) - 1)

#endif /* SHIM_PTRACE_H */
