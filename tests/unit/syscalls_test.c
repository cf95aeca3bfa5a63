// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* syscalls: the system call that a task is in, by the numbers of three ABIs, and its arguments. */
#include <linux/sched/task_stack.h>
#include <linux/types.h>

#include <asm/syscall.h>
#include <asm/unistd.h>

#include "compat/syscalls.h"
#include "rules/rules.h"
#include "tap.h"

#define X32	0x40000000

struct task_struct shim_current;
bool shim_ia32;

static char stack[THREAD_SIZE] __attribute__((aligned(16)));

/* The task enters a system call, of the native ABI or of ia32. */
static void enter(int nr, bool ia32)
{
	shim_current.stack = stack;
	shim_ia32 = ia32;
	*task_pt_regs(current) = (struct pt_regs){
		.orig_ax = nr, .di = 11, .si = 22, .dx = 33, .r10 = 44,
	};
}

/* Is it @sys, on both ways? */
static bool is(int nr, int sys)
{
	enter(nr, false);
	return mmn_syscall_current() == sys && mmn_syscall_current_fast() == sys;
}

/* The ABI that only the slow way knows. */
static bool is_ia32(int nr, int sys)
{
	enter(nr, true);
	return mmn_syscall_current() == sys && mmn_syscall_current_fast() == -1;
}

static void test_native(void)
{
	ok(is(__NR_munmap, MMN_SYS_MUNMAP) && is(__NR_write, MMN_SYS_WRITE) &&
	   is(448, MMN_SYS_PROCESS_MRELEASE), "system calls with rules");
	ok(is(__NR_getpid, MMN_SYS_OTHER) && is(__NR_read, MMN_SYS_OTHER) &&
	   is(MMN_SYSCALLS - 1, MMN_SYS_OTHER), "system calls without");
	ok(is(-1, MMN_SYS_NONE), "no system call");
	enter(MMN_SYSCALLS, false);
	ok(mmn_syscall_current() == MMN_SYS_OTHER, "a number behind the table");
	enter(MMN_SYSCALLS + __NR_munmap, false);
	ok(mmn_syscall_current() == MMN_SYS_OTHER && mmn_syscall_current_fast() == -1,
	   "also one that ends like a number of the table");
	enter(X32 | __NR_munmap, false);
	ok(mmn_syscall_current() == MMN_SYS_MUNMAP && mmn_syscall_current_fast() == -1,
	   "x32 has the same numbers with a mark");
}

static void test_ia32(void)
{
	ok(is_ia32(91, MMN_SYS_MUNMAP) && is_ia32(448, MMN_SYS_PROCESS_MRELEASE),
	   "ia32 has other numbers");
	ok(is_ia32(2, MMN_SYS_OTHER) && is_ia32(449, MMN_SYS_OTHER) &&
	   is_ia32(1 << 20, MMN_SYS_OTHER), "all others are other system calls");
	enter(-1, true);
	ok(mmn_syscall_current() == MMN_SYS_NONE, "or none");
}

static void test_args(void)
{
	unsigned long args[6];

	enter(__NR_munmap, false);
	mmn_syscall_args(args);
	ok(args[0] == 11 && args[3] == 44 && mmn_syscall_arg(0) == 11 && mmn_syscall_arg(1) == 22 &&
	   mmn_syscall_arg(2) == 33 && mmn_syscall_arg(3) == 44, "the arguments");
	enter(91, true);
	task_pt_regs(current)->si |= 1UL << 40;
	mmn_syscall_args(args);
	ok(args[1] == 22, "those of a 32-bit program have 32 bits");
	enter(__NR_munmap, false);
	task_pt_regs(current)->si |= 1UL << 40;
	mmn_syscall_args(args);
	ok(args[1] == (22 | 1UL << 40), "and those of a 64-bit one 64");
}

int main(void)
{
	test_native();
	test_ia32();
	test_args();
	return tap_done();
}
