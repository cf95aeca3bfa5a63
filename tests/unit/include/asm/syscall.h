/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* The test sets the registers and the ABI of the system call. */
#ifndef SHIM_SYSCALL_H
#define SHIM_SYSCALL_H

#include <linux/compiler.h>
#include <linux/ptrace.h>
#include <linux/sched.h>

extern bool shim_ia32;

static inline bool in_ia32_syscall(void)
{
	return shim_ia32;
}

static inline int syscall_get_nr(struct task_struct *task, struct pt_regs *regs)
{
	return regs->orig_ax;
}

static inline void syscall_get_arguments(struct task_struct *task, struct pt_regs *regs,
					 unsigned long *args)
{
	args[0] = regs->di;
	args[1] = regs->si;
	args[2] = regs->dx;
	args[3] = regs->r10;
	args[4] = 0;
	args[5] = 0;
}

#endif /* SHIM_SYSCALL_H */
