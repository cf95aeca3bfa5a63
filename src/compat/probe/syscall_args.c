// SPDX-License-Identifier: GPL-2.0-only
/* v5.1: b35f549df1d7 syscalls: Remove start and number from syscall_get_arguments() args */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/sched.h>

#include <asm/syscall.h>

void probe(struct task_struct *task, struct pt_regs *regs, unsigned long *args);
void probe(struct task_struct *task, struct pt_regs *regs, unsigned long *args)
{
	syscall_get_arguments(task, regs, args);
}
