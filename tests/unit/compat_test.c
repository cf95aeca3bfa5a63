// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* compat.h on a kernel of today, for x86-64. */
#include <string.h>

#include <linux/errno.h>

#define NEW
#include "compat_kernel.h"
#include "compat/compat.h"
#include "tap.h"

long copy_from_kernel_nofault(void *to, const void *from, size_t len)
{
	memcpy(to, from, len);
	return -EFAULT;
}

unsigned int stack_trace_save(unsigned long *pc, unsigned int size, unsigned int skip)
{
	return size + skip;
}

int mmu_notifier_register(struct mmu_notifier *mn, struct mm_struct *mm)
{
	return mn || !mm ? -EINVAL : 1;
}

int __mmu_notifier_register(struct mmu_notifier *mn, struct mm_struct *mm)
{
	return mn || !mm ? -EINVAL : 2;
}

static void test_entry(void)
{
	unsigned long ret = 77;
	struct ftrace_regs fregs = { .regs = { .di = 5, .bp = 6, .sp = (unsigned long)&ret } };
	const struct pt_regs *regs = mmn_ftrace_regs(&fregs);

	ok(MMN_HAVE_FTRACE && MMN_HAVE_KPROBES && MMN_HAVE_STACK && MMN_HAVE_CENSUS &&
	   MMN_HAVE_RANGES && MMN_NATIVE_TWO_PASS && !MMN_NUMA_HINT_MOVES, "the kernel has all");
	ok(mmn_ftrace_arg0(&fregs) == 5 && mmn_regs_arg0(regs) == 5 &&
	   mmn_ftrace_arg1(&fregs) == 6 && mmn_regs_arg1(regs) == 6,
	   "the first arguments at the entry of a function");
	ok(mmn_regs_return_address(&fregs.regs) == 77 && mmn_entry_sp(regs) == regs->sp + 8 &&
	   mmn_entry_bp(regs) == 6 && mmn_ftrace_sp(&fregs) == regs->sp + 8 &&
	   mmn_ftrace_bp(&fregs) == 6, "return address, the word above it, and frame pointer");
}

static char pieces[100];

static void note(void *arg, const void *base, size_t size)
{
	sprintf(arg + strlen(arg), "%lx+%zx ", (unsigned long)base, size);
}

static void test_modules(void)
{
	struct module mod;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		mod.mem[i].base = (void *)(0x10UL * i);
		mod.mem[i].size = i + 1;
	}
	mmn_module_text(&mod, note, pieces);
	ok(!strcmp(pieces, "0+1 20+3 "), "the code of a module");
	pieces[0] = 0;
	mmn_module_data(&mod, note, pieces);
	ok(!strcmp(pieces, "10+2 30+4 "), "its data");
	ok(!mmn_in_module_area(0xfff) && mmn_in_module_area(0x1000) &&
	   mmn_in_module_area(0x1fff) && !mmn_in_module_area(0x2000), "the area of modules");
}

/* Return: the mode with a word as the owner of mmap_lock. */
static enum mmn_mmap_lock mode(const struct task_struct *task, unsigned long flags)
{
	struct mm_struct mm = { .mmap_lock.owner = { (long)task | flags } };

	return mmn_mmap_lock_mode(&mm);
}

static void test_lock(void)
{
	ok(mode(current, 0) == MMN_MMAP_LOCK_WRITE && mode(current, 2) == MMN_MMAP_LOCK_WRITE &&
	   mode(current, 6) == MMN_MMAP_LOCK_WRITE, "current holds mmap_lock for write");
	ok(mode(current, 1) == MMN_MMAP_LOCK_NOT_WRITE &&
	   mode(current, 7) == MMN_MMAP_LOCK_NOT_WRITE, "for read");
	ok(mode(&other_task, 0) == MMN_MMAP_LOCK_NOT_WRITE &&
	   mode(NULL, 0) == MMN_MMAP_LOCK_NOT_WRITE &&
	   mode(NULL, 1) == MMN_MMAP_LOCK_NOT_WRITE, "or not at all");
}

static void test_mm(void)
{
	struct mmu_notifier_range range = { .owner = &range };
	struct mm_struct mm = { };
	unsigned long pc;

	rcu_read_lock();
	ok(!mmn_mm_owner(&mm), "an mm whose process is gone");
	mm.owner = &other_task;
	other_task.cgroup = 44;
	ok(mmn_mm_owner(&mm) == &other_task && mmn_task_cgroup(&other_task) == 44,
	   "the process of an mm, and its cgroup");
	rcu_read_unlock();
	ok(!mmn_is_primed(&mm) && mmn_prime(&mm, false) == 1 && mmn_prime(&mm, true) == 2,
	   "an mm is primed, also under mmap_lock");
	mm.notifier_subscriptions = &mm;
	ok(mmn_is_primed(&mm), "an mm that is primed");
	ok(mmn_range_owner(&range) == &range, "the owner of an event");
	ok(mmn_read_kernel(&pc, &range.owner, sizeof(pc)) == -EFAULT && pc == (unsigned long)&range,
	   "memory of the kernel");
	ok(mmn_stack_save(&pc, 9) == 10, "the stack, without the function that asks");
}

int main(void)
{
	test_entry();
	test_modules();
	test_lock();
	test_mm();
	return tap_done();
}
