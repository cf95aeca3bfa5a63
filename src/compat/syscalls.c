// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * syscalls: the system call that current is in, independent of its ABI, and its arguments.
 */
#include <linux/compat.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/nospec.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/types.h>

#include <asm/syscall.h>
#include <asm/unistd.h>

#include "gen.h"
#include "rules/rules.h"
#include "syscalls.h"

/* enum mmn_sys by number; all others are MMN_SYS_OTHER. */
/* clang-format off */
#if MMN_SYSCALL_IS_FAST
const u8 mmn_syscall_native[MMN_SYSCALLS] = {
#else
static const u8 mmn_syscall_native[] = {
#endif
#ifdef __NR_open
	[__NR_open] = MMN_SYS_OPEN,
#endif
#ifdef __NR_creat
	[__NR_creat] = MMN_SYS_FTRUNCATE,
#endif
	[__NR_bpf] = MMN_SYS_BPF,
	[__NR_brk] = MMN_SYS_BRK,
	[__NR_close] = MMN_SYS_CLOSE,
	[__NR_execve] = MMN_SYS_EXEC,
	[__NR_execveat] = MMN_SYS_EXEC,
	[__NR_fallocate] = MMN_SYS_FALLOCATE,
	[__NR_ftruncate] = MMN_SYS_FTRUNCATE,
	[__NR_truncate] = MMN_SYS_FTRUNCATE,
	[__NR_getsockopt] = MMN_SYS_GETSOCKOPT,
	[__NR_ioctl] = MMN_SYS_IOCTL,
	[__NR_io_destroy] = MMN_SYS_IO_DESTROY,
	[__NR_madvise] = MMN_SYS_MADVISE,
	[__NR_mmap] = MMN_SYS_MMAP,
	[__NR_mprotect] = MMN_SYS_MPROTECT,
	[__NR_mremap] = MMN_SYS_MREMAP,
	[__NR_munmap] = MMN_SYS_MUNMAP,
	[__NR_openat] = MMN_SYS_OPENAT,
	[__NR_perf_event_open] = MMN_SYS_PERF_EVENT_OPEN,
	[__NR_pkey_mprotect] = MMN_SYS_PKEY_MPROTECT,
	[__NR_prctl] = MMN_SYS_PRCTL,
	/* By number, as the headers of older kernels lack them. */
	[440] = MMN_SYS_PROCESS_MADVISE,
	[448] = MMN_SYS_PROCESS_MRELEASE,
	[__NR_process_vm_writev] = MMN_SYS_PROCESS_VM_WRITEV,
	[__NR_pwrite64] = MMN_SYS_WRITE,
	[__NR_pwritev] = MMN_SYS_WRITE,
	[__NR_pwritev2] = MMN_SYS_WRITE,
	[__NR_remap_file_pages] = MMN_SYS_REMAP_FILE_PAGES,
	[__NR_setns] = MMN_SYS_SETNS,
	[__NR_shmat] = MMN_SYS_SHMAT,
	[__NR_shmdt] = MMN_SYS_SHMDT,
	[__NR_write] = MMN_SYS_WRITE,
	[__NR_writev] = MMN_SYS_WRITE,
};

/* init_module(2) and finit_module(2) */
#if defined(CONFIG_X86_64) && defined(CONFIG_IA32_EMULATION)
#define HAVE_OTHER
#define OTHER_INIT_MODULE	128
#define OTHER_FINIT_MODULE	350
#elif defined(CONFIG_ARM64) && defined(CONFIG_COMPAT)
#define HAVE_OTHER
#define OTHER_INIT_MODULE	128
#define OTHER_FINIT_MODULE	379
#endif

#ifdef HAVE_OTHER
/*
 * i386 and AArch32 (EABI), which have the older numbers in common. By number, which is ABI, as the
 * kernel has no header for these. ipc(2), socketcall(2) and the old mmap(2) of i386 pass their
 * arguments in memory, so they are MMN_SYS_OTHER. In AArch32 a 64-bit argument takes an even
 * register and the next one; those that rules look at stand before any such argument, at the place
 * that they have in AArch64.
 */
static const u8 other[] = {
	[4] = MMN_SYS_WRITE,
	[5] = MMN_SYS_OPEN,
	[6] = MMN_SYS_CLOSE,
	[8] = MMN_SYS_FTRUNCATE,	/* creat */
	[11] = MMN_SYS_EXEC,
	[45] = MMN_SYS_BRK,
	[54] = MMN_SYS_IOCTL,
	[91] = MMN_SYS_MUNMAP,
	[92] = MMN_SYS_FTRUNCATE,	/* truncate */
	[93] = MMN_SYS_FTRUNCATE,
	[125] = MMN_SYS_MPROTECT,
	[146] = MMN_SYS_WRITE,		/* writev */
	[163] = MMN_SYS_MREMAP,
	[172] = MMN_SYS_PRCTL,
	[181] = MMN_SYS_WRITE,		/* pwrite64 */
	[192] = MMN_SYS_MMAP,		/* mmap2 */
	[193] = MMN_SYS_FTRUNCATE,	/* truncate64 */
	[194] = MMN_SYS_FTRUNCATE,	/* ftruncate64 */
#ifdef CONFIG_X86_64
	[219] = MMN_SYS_MADVISE,
	[246] = MMN_SYS_IO_DESTROY,
	[257] = MMN_SYS_REMAP_FILE_PAGES,
	[295] = MMN_SYS_OPENAT,
	[324] = MMN_SYS_FALLOCATE,
	[334] = MMN_SYS_WRITE,		/* pwritev */
	[336] = MMN_SYS_PERF_EVENT_OPEN,
	[346] = MMN_SYS_SETNS,
	[348] = MMN_SYS_PROCESS_VM_WRITEV,
	[357] = MMN_SYS_BPF,
	[358] = MMN_SYS_EXEC,		/* execveat */
	[365] = MMN_SYS_GETSOCKOPT,
	[379] = MMN_SYS_WRITE,		/* pwritev2 */
	[380] = MMN_SYS_PKEY_MPROTECT,
	[397] = MMN_SYS_SHMAT,
	[398] = MMN_SYS_SHMDT,
#else
	[220] = MMN_SYS_MADVISE,
	[244] = MMN_SYS_IO_DESTROY,
	[253] = MMN_SYS_REMAP_FILE_PAGES,
	[295] = MMN_SYS_GETSOCKOPT,
	[305] = MMN_SYS_SHMAT,
	[306] = MMN_SYS_SHMDT,
	[322] = MMN_SYS_OPENAT,
	[352] = MMN_SYS_FALLOCATE,
	[362] = MMN_SYS_WRITE,		/* pwritev */
	[364] = MMN_SYS_PERF_EVENT_OPEN,
	[375] = MMN_SYS_SETNS,
	[377] = MMN_SYS_PROCESS_VM_WRITEV,
	[386] = MMN_SYS_BPF,
	[387] = MMN_SYS_EXEC,		/* execveat */
	[393] = MMN_SYS_WRITE,		/* pwritev2 */
	[394] = MMN_SYS_PKEY_MPROTECT,
#endif
	[440] = MMN_SYS_PROCESS_MADVISE,
	[448] = MMN_SYS_PROCESS_MRELEASE,
};
#endif

/* clang-format on */

#if !MMN_SYSCALL_IS_FAST
#define mmn_syscall_is_other()	in_compat_syscall()
#endif

static int syscall_find(const u8 *table, size_t size, int nr)
{
	u8 sys;

	if ((size_t)nr >= size)
		return MMN_SYS_OTHER;
	/* User space chooses the number: clamp it in speculation, too. */
	sys = table[array_index_nospec(nr, size)];
	return sys ? sys : MMN_SYS_OTHER;
}

/* A system call of a 32-bit program. */
static int syscall_translate_other(int nr)
{
#ifdef HAVE_OTHER
	return syscall_find(other, ARRAY_SIZE(other), nr);
#else
	return -EOPNOTSUPP;
#endif
}

static int syscall_translate(int nr)
{
	if (mmn_syscall_is_other())
		return syscall_translate_other(nr);
#ifdef CONFIG_X86_64
	/* x32 shares the low numbers; its own, from 512 on, are MMN_SYS_OTHER. */
	nr &= 0x3fffffff;
#endif
	return syscall_find(mmn_syscall_native, ARRAY_SIZE(mmn_syscall_native), nr);
}

/**
 * mmn_syscall_current() - find the system call that current is in
 *
 * Context: User task. Not for io_uring workers, which keep a stale number.
 * Return: enum mmn_sys; MMN_SYS_NONE in a page fault or interrupt from user space;
 * -EOPNOTSUPP if the ABI of the system call is not supported.
 */
int mmn_syscall_current(void)
{
	int nr = syscall_get_nr(current, task_pt_regs(current));

	return nr < 0 ? MMN_SYS_NONE : syscall_translate(nr);
}

/* On arm64 the registers of a 32-bit program may have anything there. */
static void clear_upper_halves(unsigned long args[6])
{
	unsigned int i;

	for (i = 0; i < 6; i++)
		args[i] = (u32)args[i];
}

/**
 * mmn_syscall_args() - read the arguments of the system call that current is in
 * @args: set to the six arguments
 *
 * Context: As mmn_syscall_current(), which has returned a system call.
 */
void mmn_syscall_args(unsigned long args[6])
{
#ifdef MMN_HAVE_SYSCALL_ARGS
	syscall_get_arguments(current, task_pt_regs(current), args);
#else
	syscall_get_arguments(current, task_pt_regs(current), 0, 6, args);
#endif
	if (mmn_syscall_is_other())
		clear_upper_halves(args);
}

/* The numbers of init_module(2) and finit_module(2). */
static __init bool is_load(int nr)
{
	if (mmn_syscall_is_other()) {
#ifdef HAVE_OTHER
		return nr == OTHER_INIT_MODULE || nr == OTHER_FINIT_MODULE;
#else
		return true;
#endif
	}
#ifdef CONFIG_X86_64
	nr &= 0x3fffffff;
#endif
	return nr == __NR_init_module || nr == __NR_finit_module;
}

/**
 * mmn_syscall_is_load() - is current in a system call that loads a module?
 *
 * The init function of a module always runs in one, so this proves where the number and the
 * arguments of a system call are.
 *
 * Context: Module init.
 * Return: true if it is, and each way to read an argument finds the same.
 */
bool __init mmn_syscall_is_load(void)
{
	unsigned long args[6];
	unsigned int i;

	if (!is_load(syscall_get_nr(current, task_pt_regs(current))))
		return false;
	if (mmn_syscall_current_fast() < 0)
		return true;
	mmn_syscall_args(args);
	for (i = 0; i < 4; i++)
		if (args[i] != mmn_syscall_arg(i))
			return false;
	return true;
}
