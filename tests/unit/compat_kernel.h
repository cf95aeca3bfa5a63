/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * A kernel for the tests of src/compat/compat.h, in place of the headers that it includes. With
 * NEW it has what the kernels of today have. Else it is an old one of another architecture, with
 * PREEMPT_RT and without interval notifiers.
 */
#ifndef COMPAT_KERNEL_H
#define COMPAT_KERNEL_H

#define SHIM_GEN_H
#define SHIM_MM_H
#define SHIM_MM_TYPES_H
#define SHIM_MMU_NOTIFIER_H
#define SHIM_MODULE_H
#define SHIM_PTRACE_H
#define SHIM_RCUPDATE_H
#define SHIM_RWSEM_H
#define SHIM_SCHED_H
#define SHIM_UACCESS_H

#include <stdlib.h>

#include <linux/kernel.h>
#include <linux/types.h>

/* The low bits of a lock's owner are flags. */
struct task_struct {
	u32 tgid;
	u64 cgroup;
} __attribute__((aligned(64)));

static struct task_struct this_task, other_task;

#define current		(&this_task)

static int __maybe_unused rcu_held;

#define rcu_read_lock()		((void)rcu_held++)
#define rcu_read_unlock()	((void)rcu_held--)
#define rcu_dereference(p)	({ if (!rcu_held) abort(); (p); })

struct mmu_notifier;

enum mmu_notifier_event {
	MMU_NOTIFY_UNMAP,
	MMU_NOTIFY_CLEAR,
	MMU_NOTIFY_PROTECTION_VMA,
	MMU_NOTIFY_PROTECTION_PAGE,
	MMU_NOTIFY_SOFT_DIRTY,
#ifdef NEW
	MMU_NOTIFY_RELEASE,
	MMU_NOTIFY_MIGRATE,
	MMU_NOTIFY_EXCLUSIVE,
#endif
};

struct mmu_notifier_range {
	void *owner;
};

#ifdef NEW

#define CONFIG_CGROUPS
#define CONFIG_DYNAMIC_FTRACE
#define CONFIG_KALLSYMS
#define CONFIG_KPROBES
#define CONFIG_MEMCG
#define CONFIG_STACKTRACE
#define CONFIG_X86_64
#define MMN_HAVE_ARCH_FTRACE_REGS
#define MMN_HAVE_CGROUP_ID
#define MMN_HAVE_FTRACE_ARGS
#define MMN_HAVE_FTRACE_GET_ARGUMENT
#define MMN_HAVE_FTRACE_REGS
#define MMN_HAVE_KERNEL_NOFAULT
#define MMN_HAVE_MMAP_ASSERT
#define MMN_HAVE_MMAP_LOCK
#define MMN_HAVE_MODULE_MEMORY
#define MMN_HAVE_NOTIFY_EXCLUSIVE
#define MMN_HAVE_NOTIFY_MIGRATE
#define MMN_HAVE_NOTIFY_RELEASE
#define MMN_HAVE_RANGE_OWNER
#define MMN_HAVE_REGS_ARGUMENT
#define MMN_HAVE_RWSEM_OWNER
#define MMN_HAVE_TWO_PASS

#define MODULES_VADDR	0x1000UL
#define MODULES_END	0x2000UL

struct pt_regs {
	unsigned long di, bp, sp;
};

struct ftrace_regs {
	struct pt_regs regs;
};

#define arch_ftrace_regs(fregs)			(fregs)
#define ftrace_regs_get_argument(fregs, nr)	((fregs)->regs.di + (nr))
#define regs_get_kernel_argument(regs, nr)	((regs)->di + (nr))
#define kernel_stack_pointer(regs)		((regs)->sp)

/* Code and data by turns. */
struct module {
	struct {
		void *base;
		unsigned int size;
	} mem[4];
};

#define for_class_mod_mem_type(type, class)					\
	for (unsigned int type = MODULE_##class; type < 4; type += 2)
#define MODULE_text	0
#define MODULE_data	1

struct rw_semaphore {
	atomic_long_t owner;
};

struct mm_struct {
	struct rw_semaphore mmap_lock;
	struct task_struct *owner;
	void *notifier_subscriptions;
};

#define task_dfl_cgroup(task)	(&(task)->cgroup)
#define cgroup_ino(cgroup)	(*(cgroup))

long copy_from_kernel_nofault(void *to, const void *from, size_t len);
unsigned int stack_trace_save(unsigned long *pc, unsigned int size, unsigned int skip);
int mmu_notifier_register(struct mmu_notifier *mn, struct mm_struct *mm);
int __mmu_notifier_register(struct mmu_notifier *mn, struct mm_struct *mm);

#else

#define MMNOTIFY_WITHOUT_RANGES
#define MMN_HAVE_RWSEM_RT_OWNER

struct pt_regs {
	unsigned long x0;
};

struct module_layout {
	void *base;
	unsigned int size, text_size;
};

struct module {
	struct module_layout core_layout, init_layout;
};

struct rw_semaphore {
	struct {
		struct {
			struct task_struct *owner;
		} rtmutex;
	} rwbase;
};

struct mm_struct {
	struct rw_semaphore mmap_sem;
};

struct mmu_interval_notifier;

long probe_kernel_read(void *to, const void *from, size_t len);

#endif /* NEW */

#endif /* COMPAT_KERNEL_H */
