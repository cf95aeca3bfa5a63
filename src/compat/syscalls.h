/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_COMPAT_SYSCALLS_H
#define MMN_COMPAT_SYSCALLS_H

#include <linux/compat.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/types.h>

#include <asm/syscall.h>

#include "rules/rules.h"

int mmn_syscall_current(void);
void mmn_syscall_args(unsigned long args[6]);
bool mmn_syscall_is_load(void);

/* Is the system call of another ABI, with other numbers? */
#if defined(CONFIG_X86_64)
#define MMN_SYSCALL_IS_FAST	1
#define mmn_syscall_is_other()	in_ia32_syscall()
#elif defined(CONFIG_ARM64)
#define MMN_SYSCALL_IS_FAST	1
#define mmn_syscall_is_other()	is_compat_task()
#else
#define MMN_SYSCALL_IS_FAST	0
#endif

#if MMN_SYSCALL_IS_FAST
#define MMN_SYSCALLS	512

extern const u8 mmn_syscall_native[MMN_SYSCALLS];

/**
 * mmn_syscall_current_fast() - mmn_syscall_current() for the native ABI
 *
 * Context: As mmn_syscall_current().
 * Return: enum mmn_sys; -1 to fall back to mmn_syscall_current().
 */
static inline int mmn_syscall_current_fast(void)
{
	int nr = syscall_get_nr(current, task_pt_regs(current));
	u8 sys;

	if (nr < 0)
		return MMN_SYS_NONE;
	if (unlikely(nr >= MMN_SYSCALLS || mmn_syscall_is_other()))
		return -1;
	/* User space chooses the number; the mask also holds in speculation. */
	sys = mmn_syscall_native[nr & (MMN_SYSCALLS - 1)];
	return sys ? sys : MMN_SYS_OTHER;
}

/* One of the first four arguments, after mmn_syscall_current_fast() returned a system call. */
static inline unsigned long mmn_syscall_arg(unsigned int nr)
{
	static const u16 at[] = {
#ifdef CONFIG_ARM64
		offsetof(struct pt_regs, orig_x0), offsetof(struct pt_regs, regs[1]),
		offsetof(struct pt_regs, regs[2]), offsetof(struct pt_regs, regs[3]),
#else
		offsetof(struct pt_regs, di), offsetof(struct pt_regs, si),
		offsetof(struct pt_regs, dx), offsetof(struct pt_regs, r10),
#endif
	};

	return *(unsigned long *)((char *)task_pt_regs(current) + at[nr & 3]);
}
#else
static inline int mmn_syscall_current_fast(void)
{
	return -1;
}

static inline unsigned long mmn_syscall_arg(unsigned int nr)
{
	return 0;
}
#endif

#endif /* MMN_COMPAT_SYSCALLS_H */
