// SPDX-License-Identifier: GPL-2.0-only
/*
 * syscalls: which system call is current in, whatever ABI it came through.
 */
#include <linux/compat.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/types.h>

#include <asm/syscall.h>
#include <asm/unistd.h>

#include "../classify.h"
#include "syscalls.h"

struct number {
	s16 nr;
	u8 sys;
};

/* clang-format off */
static const struct number native[] = {
#ifdef __NR_open
	{ __NR_open, MMN_SYS_OPEN },
#endif
#ifdef __NR_creat
	{ __NR_creat, MMN_SYS_OPEN },
#endif
	{ __NR_brk, MMN_SYS_BRK },
	{ __NR_close, MMN_SYS_CLOSE },
	{ __NR_execve, MMN_SYS_EXEC },
	{ __NR_execveat, MMN_SYS_EXEC },
	{ __NR_fallocate, MMN_SYS_FALLOCATE },
	{ __NR_ftruncate, MMN_SYS_FTRUNCATE },
	{ __NR_truncate, MMN_SYS_FTRUNCATE },
	{ __NR_ioctl, MMN_SYS_IOCTL },
	{ __NR_madvise, MMN_SYS_MADVISE },
	{ __NR_mmap, MMN_SYS_MMAP },
	{ __NR_mprotect, MMN_SYS_MPROTECT },
	{ __NR_mremap, MMN_SYS_MREMAP },
	{ __NR_munmap, MMN_SYS_MUNMAP },
	{ __NR_openat, MMN_SYS_OPEN },
	{ __NR_openat2, MMN_SYS_OPEN },
	{ __NR_pkey_mprotect, MMN_SYS_PKEY_MPROTECT },
	{ __NR_process_madvise, MMN_SYS_PROCESS_MADVISE },
	/* Younger than the oldest kernel, and in no header of it. */
	{ 448, MMN_SYS_PROCESS_MRELEASE },
	{ __NR_shmdt, MMN_SYS_SHMDT },
};

#if defined(CONFIG_X86_64) && defined(CONFIG_IA32_EMULATION)
/* The numbers of i386; they are ABI. ipc(2) hides shmdt: not told apart. */
static const struct number ia32[] = {
	{ 5, MMN_SYS_OPEN },
	{ 6, MMN_SYS_CLOSE },
	{ 8, MMN_SYS_OPEN },		/* creat */
	{ 11, MMN_SYS_EXEC },
	{ 45, MMN_SYS_BRK },
	{ 54, MMN_SYS_IOCTL },
	{ 90, MMN_SYS_MMAP },
	{ 91, MMN_SYS_MUNMAP },
	{ 92, MMN_SYS_FTRUNCATE },	/* truncate */
	{ 93, MMN_SYS_FTRUNCATE },
	{ 125, MMN_SYS_MPROTECT },
	{ 163, MMN_SYS_MREMAP },
	{ 192, MMN_SYS_MMAP },		/* mmap2 */
	{ 193, MMN_SYS_FTRUNCATE },	/* truncate64 */
	{ 194, MMN_SYS_FTRUNCATE },	/* ftruncate64 */
	{ 219, MMN_SYS_MADVISE },
	{ 295, MMN_SYS_OPEN },		/* openat */
	{ 324, MMN_SYS_FALLOCATE },
	{ 358, MMN_SYS_EXEC },		/* execveat */
	{ 380, MMN_SYS_PKEY_MPROTECT },
	{ 398, MMN_SYS_SHMDT },
	{ 437, MMN_SYS_OPEN },		/* openat2 */
	{ 440, MMN_SYS_PROCESS_MADVISE },
	{ 448, MMN_SYS_PROCESS_MRELEASE },
};
#endif

/* clang-format on */

static int find(const struct number *table, size_t size, int nr)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (table[i].nr == nr)
			return table[i].sys;
	return MMN_SYS_OTHER;
}

#if defined(CONFIG_X86_64)
static int translate(int nr)
{
	if (in_ia32_syscall()) {
#ifdef CONFIG_IA32_EMULATION
		return find(ia32, ARRAY_SIZE(ia32), nr);
#else
		return -EOPNOTSUPP;
#endif
	}
	/* x32 shares the low numbers; its own ones (512..) tell nothing. */
	return find(native, ARRAY_SIZE(native), nr & 0x3fffffff);
}
#else
static int translate(int nr)
{
	if (in_compat_syscall())
		return -EOPNOTSUPP;
	return find(native, ARRAY_SIZE(native), nr);
}
#endif

/**
 * mmn_syscall_current() - the system call that current is in
 * @args: its arguments, if it is in one
 *
 * Context: A user task; not an io_uring worker, whose number is stale.
 * Return: enum mmn_sys, MMN_SYS_NONE in a page fault or interrupt; -EOPNOTSUPP
 * if this ABI cannot be told.
 */
int mmn_syscall_current(unsigned long args[6])
{
	struct pt_regs *regs = task_pt_regs(current);
	int nr = syscall_get_nr(current, regs);

	if (nr < 0)
		return MMN_SYS_NONE;
	syscall_get_arguments(current, regs, args);
	return translate(nr);
}
