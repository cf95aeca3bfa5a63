// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* compat.h on an old kernel of another architecture: what is not there must not be claimed. */
#include <string.h>

#include <linux/errno.h>

#include "compat_kernel.h"
#include "compat/compat.h"
#include "tap.h"

long probe_kernel_read(void *to, const void *from, size_t len)
{
	memcpy(to, from, len);
	return -EFAULT;
}

static char pieces[100];

static void note(void *arg, const void *base, size_t size)
{
	sprintf(arg + strlen(arg), "%lx+%zx ", (unsigned long)base, size);
}

static void test_modules(void)
{
	struct module mod = {
		.core_layout = { .base = (void *)0x100, .size = 0x30, .text_size = 0x10 },
		.init_layout = { .base = (void *)0x200, .size = 0x70, .text_size = 0x20 },
	};

	mmn_module_text(&mod, note, pieces);
	ok(!strcmp(pieces, "100+10 200+20 "), "the code of a module");
	pieces[0] = 0;
	mmn_module_data(&mod, note, pieces);
	ok(!strcmp(pieces, "110+20 220+50 "), "its data");
	ok(!mmn_in_module_area(0) && !mmn_in_module_area(~0UL), "an architecture without an area");
}

/* Return: the mode with a word as the owner of the lock. */
static enum mmn_mmap_lock mode(const struct task_struct *task, unsigned long flags)
{
	struct mm_struct mm = { };

	mm.mmap_sem.rwbase.rtmutex.owner = (struct task_struct *)((unsigned long)task | flags);
	return mmn_mmap_lock_mode(&mm);
}

static void test_lock(void)
{
	ok(mode(current, 0) == MMN_MMAP_LOCK_WRITE && mode(current, 1) == MMN_MMAP_LOCK_WRITE,
	   "current holds mmap_sem for write, perhaps with waiters");
	ok(mode(&other_task, 0) == MMN_MMAP_LOCK_NOT_WRITE &&
	   mode(NULL, 0) == MMN_MMAP_LOCK_NOT_WRITE &&
	   mode(NULL, 1) == MMN_MMAP_LOCK_NOT_WRITE, "or not");
}

static void test_lacks(void)
{
	struct mmu_notifier_range range = { .owner = &range };
	struct pt_regs regs = { };
	struct mm_struct mm = { };
	unsigned long pc;

	ok(!MMN_HAVE_FTRACE && !MMN_HAVE_KPROBES && !MMN_HAVE_STACK && !MMN_HAVE_CENSUS &&
	   !MMN_HAVE_RANGES && !MMN_NATIVE_TWO_PASS && !MMN_HAVE_ARG0, "the kernel has nothing");
	ok(!mmn_entry_sp(&regs) && !mmn_entry_bp(&regs), "no registers are known");
	ok(!mmn_stack_save(&pc, 9), "nor a stack");
	ok(mmn_is_primed(&mm) && mmn_prime(&mm, false) == -EOPNOTSUPP &&
	   mmn_prime(&mm, true) == -EOPNOTSUPP, "there are no ranges");
	ok(!mmn_range_owner(&range) && !mmn_mm_owner(&mm) && !mmn_task_cgroup(current),
	   "the process, its cgroup and the owner are unknown");
	ok(MMU_NOTIFY_RELEASE == 5 && MMU_NOTIFY_MIGRATE == 6 && MMN_NOTIFY_EXCLUSIVE == 6,
	   "events that it does not have");
	ok(mmn_read_kernel(&pc, &range.owner, sizeof(pc)) == -EFAULT && pc == (unsigned long)&range,
	   "memory of the kernel");
}

int main(void)
{
	test_modules();
	test_lock();
	test_lacks();
	return tap_done();
}
