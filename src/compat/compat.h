/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_COMPAT_H
#define MMN_COMPAT_H

/**
 * DOC: Differences between kernels
 *
 * All other folders are written for the newest kernel; this header gives older ones the same
 * interface. Distributions backport changes, so the version of a kernel does not show its
 * features. For each feature probe.sh compiles a small file of probe/ with the flags of the
 * module, and gen.h gets MMN_HAVE_<FILE> if that succeeds. Meaning, which no compiler can
 * check, is a matter of trust.h.
 *
 * Controls: a broken toolchain would look like a kernel without features. So before the probes
 * control_yes.c must compile and control_no.c must not; otherwise the build stops.
 *
 * Provenance: line 2 of each probe has the kernel commit that changed the result, and the
 * first version with the feature or ("until") the last one. tests/lint/provenance checks the
 * line, and that each result is used.
 */

#include <linux/capability.h>
#include <linux/cgroup.h>
#include <linux/errno.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

#include "gen.h"

#ifndef data_race
/* Marks an access that may race, for KCSAN (v5.8). */
#define data_race(expr)	(expr)
#endif

/*
 * For a variable that is written completely before it is read: exempts it from being cleared
 * on kernels with CONFIG_INIT_STACK_ALL_ZERO.
 */
#if __has_attribute(__uninitialized__)
#define MMN_UNINIT	__attribute__((__uninitialized__))
#else
#define MMN_UNINIT
#endif

/*
 * Where migrate_misplaced_transhuge_page() exists (before v5.14), a NUMA hint
 * on a huge page may be followed by its migration with no further event.
 */
#ifdef MMN_HAVE_MIGRATE_MISPLACED_THP
#define MMN_NUMA_HINT_MOVES	1
#else
#define MMN_NUMA_HINT_MOVES	0
#endif

/* The first two arguments of a function, from the registers at its entry. */
#if defined(MMN_HAVE_REGS_ARGUMENT)
#define MMN_HAVE_ARG0		1
#define mmn_regs_arg0(regs)	regs_get_kernel_argument(regs, 0)
#define mmn_regs_arg1(regs)	regs_get_kernel_argument(regs, 1)
#elif defined(CONFIG_X86_64)
#define MMN_HAVE_ARG0		1
#define mmn_regs_arg0(regs)	((regs)->di)
#define mmn_regs_arg1(regs)	((regs)->si)
#else
#define MMN_HAVE_ARG0		0
#endif

/* ftrace backend; a kprobe that is never armed looks up the address of the function */
#if defined(CONFIG_DYNAMIC_FTRACE) && defined(CONFIG_KPROBES) && \
	defined(MMN_HAVE_FTRACE_ARGS) && MMN_HAVE_ARG0
#define MMN_HAVE_FTRACE		1
#include <linux/ftrace.h>

#ifndef MMN_HAVE_FTRACE_REGS
#define ftrace_regs	pt_regs
#endif

/*
 * Before v5.11 ftrace adds recursion protection unless RECURSION_SAFE is set, and passes
 * registers only with SAVE_REGS. Later the protection is opt-in, and arguments are always
 * passed.
 */
#ifdef MMN_HAVE_RECURSION_SAFE
#define MMN_FTRACE_FLAGS	(FTRACE_OPS_FL_RECURSION_SAFE | \
				 FTRACE_OPS_FL_SAVE_REGS | \
				 FTRACE_OPS_FL_PERMANENT)
#else
#define MMN_FTRACE_FLAGS	FTRACE_OPS_FL_PERMANENT
#endif

static __always_inline unsigned long mmn_ftrace_arg0(struct ftrace_regs *fregs)
{
#if defined(MMN_HAVE_FTRACE_GET_ARGUMENT)
	return ftrace_regs_get_argument(fregs, 0);
#elif defined(MMN_HAVE_FTRACE_REGS)
	return mmn_regs_arg0(&fregs->regs);
#else
	return mmn_regs_arg0(fregs);
#endif
}

static __always_inline unsigned long mmn_ftrace_arg1(struct ftrace_regs *fregs)
{
#if defined(MMN_HAVE_FTRACE_GET_ARGUMENT)
	return ftrace_regs_get_argument(fregs, 1);
#elif defined(MMN_HAVE_FTRACE_REGS)
	return mmn_regs_arg1(&fregs->regs);
#else
	return mmn_regs_arg1(fregs);
#endif
}

#else
#define MMN_HAVE_FTRACE		0
#define mmn_hook_ftrace		mmn_hook_none
#endif

/*
 * At function entry: address of the word above the return address; 0 if unknown. On arm64 that is
 * in a register still: the stack pointer, with bit 0 set as struct mmn_frame_pos has it.
 */
static __always_inline unsigned long mmn_entry_sp(const struct pt_regs *regs)
{
#if defined(CONFIG_X86_64)
	return regs->sp + sizeof(long);
#elif defined(CONFIG_ARM64)
	return regs->sp | 1;
#else
	return 0;
#endif
}

/* Frame pointer at function entry; 0 if unknown. */
static __always_inline unsigned long mmn_entry_bp(const struct pt_regs *regs)
{
#if defined(CONFIG_X86_64)
	return regs->bp;
#elif defined(CONFIG_ARM64)
	return regs->regs[29];
#else
	return 0;
#endif
}

#if MMN_HAVE_FTRACE
/* mmn_entry_sp() and mmn_entry_bp() of the registers that ftrace saves; 0 if it may not. */
#if defined(CONFIG_X86_64)
static __always_inline const struct pt_regs *mmn_ftrace_regs(struct ftrace_regs *fregs)
{
#if defined(MMN_HAVE_ARCH_FTRACE_REGS)
	return &arch_ftrace_regs(fregs)->regs;
#elif defined(MMN_HAVE_FTRACE_REGS)
	return &fregs->regs;
#else
	return fregs;
#endif
}

#define mmn_ftrace_sp(fregs)	mmn_entry_sp(mmn_ftrace_regs(fregs))
#define mmn_ftrace_bp(fregs)	mmn_entry_bp(mmn_ftrace_regs(fregs))
#elif defined(MMN_HAVE_FTRACE_FP)
#define mmn_ftrace_sp(fregs)	(ftrace_regs_get_stack_pointer(fregs) | 1)
#define mmn_ftrace_bp(fregs)	(arch_ftrace_regs(fregs)->fp)
#else
#define mmn_ftrace_sp(fregs)	0
#define mmn_ftrace_bp(fregs)	0
#endif
#endif

/*
 * A return address as the stack has it. On arm64 its upper bits may be a signature. In the
 * address of code they are all set: the kernel and its modules lie at the top of each size of
 * the address space.
 */
static __always_inline unsigned long mmn_return_address(unsigned long word)
{
#ifdef CONFIG_ARM64_PTR_AUTH
	return word | ~0UL << VA_BITS_MIN;
#else
	return word;
#endif
}

/* kprobe backend: probes at function entry */
#if defined(CONFIG_KPROBES) && MMN_HAVE_ARG0 && \
	(defined(CONFIG_X86_64) || defined(CONFIG_ARM64))
#define MMN_HAVE_KPROBES	1
#include <linux/ptrace.h>

static inline unsigned long mmn_regs_return_address(struct pt_regs *regs)
{
#ifdef CONFIG_ARM64
	return procedure_link_pointer(regs);
#else
	return *(unsigned long *)kernel_stack_pointer(regs);
#endif
}
#else
#define MMN_HAVE_KPROBES	0
#define mmn_hook_kprobe		mmn_hook_none
#endif

/* Census of call sites (src/census): knows two kinds of code, looks up its bounds by kprobes */
#if (defined(CONFIG_X86_64) || defined(CONFIG_ARM64)) && \
	defined(CONFIG_KPROBES) && defined(CONFIG_KALLSYMS)
#define MMN_HAVE_CENSUS		1
#else
#define MMN_HAVE_CENSUS		0
#endif

/* Reading what a profiler may read, since v5.8 */
#ifndef CAP_PERFMON
#define CAP_PERFMON		CAP_SYS_ADMIN
#endif

/* Generic netlink (src/netlink) */
#ifdef CONFIG_NET
#define MMN_HAVE_NETLINK	1
#else
#define MMN_HAVE_NETLINK	0
#endif

/*
 * Messages of a group must not reach sockets without a capability. Each is filtered, or the kernel
 * asks for one when a socket joins. Where it can do neither there is no group.
 */
#if defined(MMN_HAVE_NETLINK_FILTER)
#define MMN_HAVE_GROUP		1
#define MMN_GROUP_FLAGS
#define mmn_broadcast(ssk, skb, group, filter) \
	netlink_broadcast_filtered(ssk, skb, 0, group, GFP_KERNEL, filter, NULL)
#else
#ifdef MMN_HAVE_GROUP_FLAGS
#define MMN_HAVE_GROUP		1
#define MMN_GROUP_FLAGS		.flags = GENL_MCAST_CAP_SYS_ADMIN
#else
#define MMN_HAVE_GROUP		0
#define MMN_GROUP_FLAGS
#endif
#define mmn_broadcast(ssk, skb, group, filter) \
	((void)(filter), netlink_broadcast(ssk, skb, 0, group, GFP_KERNEL))
#endif

/* Reads memory of the kernel; -EFAULT if it is not there. */
static inline long mmn_read_kernel(void *to, const void *from, size_t len)
{
#ifdef MMN_HAVE_KERNEL_NOFAULT
	return copy_from_kernel_nofault(to, from, len);
#else
	return probe_kernel_read(to, from, len);
#endif
}

/* Calls @fn for each piece of a module's memory that is not code. */
static inline void mmn_module_data(const struct module *mod,
				   void (*fn)(void *arg, const void *base, size_t size), void *arg)
{
#ifdef MMN_HAVE_MODULE_MEMORY
	for_class_mod_mem_type(type, data)
		fn(arg, mod->mem[type].base, mod->mem[type].size);
#else
	fn(arg, mod->core_layout.base + mod->core_layout.text_size,
	   mod->core_layout.size - mod->core_layout.text_size);
	fn(arg, mod->init_layout.base + mod->init_layout.text_size,
	   mod->init_layout.size - mod->init_layout.text_size);
#endif
}

/* Calls @fn for each piece of a module's code. */
static inline void mmn_module_text(const struct module *mod,
				   void (*fn)(void *arg, const void *base, size_t size), void *arg)
{
#ifdef MMN_HAVE_MODULE_MEMORY
	for_class_mod_mem_type(type, text)
		fn(arg, mod->mem[type].base, mod->mem[type].size);
#else
	fn(arg, mod->core_layout.base, mod->core_layout.text_size);
	fn(arg, mod->init_layout.base, mod->init_layout.text_size);
#endif
}

/* Verdicts may depend on the stack only if the unwinder does not guess. */
#if defined(CONFIG_STACKTRACE) && !defined(CONFIG_UNWINDER_GUESS)
#define MMN_HAVE_STACK		1
#include <linux/stacktrace.h>

static inline unsigned int mmn_stack_save(unsigned long *pc, unsigned int size)
{
	return stack_trace_save(pc, size, 1);
}
#else
#define MMN_HAVE_STACK		0

static inline unsigned int mmn_stack_save(unsigned long *pc, unsigned int size)
{
	return 0;
}
#endif

/* Modules have no area of their own, but lie anywhere near the kernel: only kallsyms tells. */
#define MMN_MODULES_ANYWHERE	IS_ENABLED(CONFIG_ARM64)

/* May there be a module, a BPF program or a trampoline? */
static inline bool mmn_in_module_area(unsigned long pc)
{
#if defined(CONFIG_ARM64)
	return true;
#elif defined(MODULES_VADDR) && defined(MODULES_END)
	return pc >= MODULES_VADDR && pc < MODULES_END;
#else
	return false;
#endif
}

/* Flags of tasks without a system call, or with a stale number. */
#ifndef PF_IO_WORKER
#define MMN_PF_NO_SYSCALL	PF_KTHREAD
#elif defined(PF_USER_WORKER)
#define MMN_PF_NO_SYSCALL	(PF_KTHREAD | PF_IO_WORKER | PF_USER_WORKER)
#else
#define MMN_PF_NO_SYSCALL	(PF_KTHREAD | PF_IO_WORKER)
#endif

/* struct mmu_notifier_range: events and members that were added or renamed */
#ifndef MMN_HAVE_NOTIFY_RELEASE
#define MMU_NOTIFY_RELEASE	5
#endif
#ifndef MMN_HAVE_NOTIFY_MIGRATE
#define MMU_NOTIFY_MIGRATE	6
#endif

#ifdef MMN_HAVE_NOTIFY_EXCLUSIVE
#define MMN_NOTIFY_EXCLUSIVE	MMU_NOTIFY_EXCLUSIVE
#else
#define MMN_NOTIFY_EXCLUSIVE	MMU_NOTIFY_MIGRATE
#endif

static inline void *mmn_range_owner(const struct mmu_notifier_range *range)
{
#ifdef MMN_HAVE_RANGE_OWNER
	return range->owner;
#elif defined(MMN_HAVE_NOTIFY_MIGRATE)
	return range->migrate_pgmap_owner;
#else
	return NULL;
#endif
}

/*
 * Two-pass interval notifiers. On kernels without them only the first pass is registered. It
 * waits for the device itself, and the second pass is never called.
 */
#ifdef MMN_HAVE_TWO_PASS
#define MMN_NATIVE_TWO_PASS	1
#define MMN_TWO_PASS_OPS(start, finish)	\
	.invalidate_start = (start), .invalidate_finish = (finish)
#else
#define MMN_NATIVE_TWO_PASS	0
#define MMN_TWO_PASS_OPS(start, finish)

struct mmu_interval_notifier_finish {
	struct llist_node link;
	struct mmu_interval_notifier *notifier;
};
#endif

/* Interval notifiers, on which ranges are built; include/mmnotify/mmnotify_kernel.mk. */
#ifdef MMNOTIFY_WITHOUT_RANGES
#define MMN_HAVE_RANGES		0

/* Lets the insertion go on to the error of the native one. */
static inline bool mmn_is_primed(const struct mm_struct *mm)
{
	return true;
}

static inline int mmn_prime(struct mm_struct *mm, bool locked)
{
	return -EOPNOTSUPP;
}
#else
#define MMN_HAVE_RANGES		1

static inline bool mmn_is_primed(const struct mm_struct *mm)
{
	return mm->notifier_subscriptions;
}

/*
 * Without a notifier, this only sets up the mm for interval notifiers. The parentheses
 * keep out the macros that RHEL 8 has for these names: they lead to functions that
 * dereference the notifier.
 */
static inline int mmn_prime(struct mm_struct *mm, bool locked)
{
	return locked ? (__mmu_notifier_register)(NULL, mm) :
			(mmu_notifier_register)(NULL, mm);
}
#endif

/*
 * As raw_spin_lock_irqsave(), where the hook may run: a kprobe runs in the exception of a
 * breakpoint, and lockdep takes that for an NMI. It accepts a lock there that others take, too,
 * only if it is tried. No kprobe of the hook is hit under one of these locks, so it will be free.
 */
#define mmn_lock_in_hook(lock, flags)				\
	do {							\
		while (!raw_spin_trylock_irqsave(lock, flags))	\
			cpu_relax();				\
	} while (0)

/* mmap_lock */
#ifdef MMN_HAVE_MMAP_LOCK
#define mmn_mmap_lock(mm)	(&(mm)->mmap_lock)
#else
#define mmn_mmap_lock(mm)	(&(mm)->mmap_sem)
#endif

#ifndef MMN_HAVE_MMAP_ASSERT
#define mmap_assert_write_locked(mm)	lockdep_assert_held(mmn_mmap_lock(mm))
#endif

enum mmn_mmap_lock {
	MMN_MMAP_LOCK_UNKNOWN,
	MMN_MMAP_LOCK_WRITE,
	MMN_MMAP_LOCK_NOT_WRITE,
};

#if defined(MMN_HAVE_RWSEM_RT_OWNER)
#define mmn_rt_owner(sem)	((sem)->rwbase.rtmutex.owner)
#elif defined(MMN_HAVE_RWSEM_RT_PATCH_OWNER)
#define mmn_rt_owner(sem)	((sem)->rtmutex.owner)
#endif

/**
 * mmn_rwsem_mode() - does current hold a lock for write?
 * @sem: the lock
 *
 * Reads the owner word of the lock (kernel/locking/rwsem.c): for a writer it is the task
 * pointer, for readers a flag is set. On PREEMPT_RT a writer owns the inner rt_mutex; a
 * reader does not. No interface promises this, so mmn_proof_run() proves it at load.
 *
 * Context: Any.
 * Return: MMN_MMAP_LOCK_WRITE if current is the writer, MMN_MMAP_LOCK_NOT_WRITE if not;
 * MMN_MMAP_LOCK_UNKNOWN if this kernel's lock cannot be read.
 */
static inline enum mmn_mmap_lock mmn_rwsem_mode(const struct rw_semaphore *sem)
{
#if defined(MMN_HAVE_RWSEM_OWNER)
	unsigned long owner = atomic_long_read(&sem->owner);

	/* Bit 0: reader; bits 1 and 2: hints for spinning. */
	if (!(owner & 1) && (owner & ~7UL) == (unsigned long)current)
		return MMN_MMAP_LOCK_WRITE;
	return MMN_MMAP_LOCK_NOT_WRITE;
#elif defined(MMN_HAVE_RWSEM_RT_OWNER) || \
	defined(MMN_HAVE_RWSEM_RT_PATCH_OWNER)
	unsigned long owner = (unsigned long)READ_ONCE(mmn_rt_owner(sem));

	/* Bit 0: there are waiters. */
	if ((owner & ~1UL) == (unsigned long)current)
		return MMN_MMAP_LOCK_WRITE;
	return MMN_MMAP_LOCK_NOT_WRITE;
#else
	return MMN_MMAP_LOCK_UNKNOWN;
#endif
}

/* Return: as mmn_rwsem_mode(), for mmap_lock of @mm. */
static inline enum mmn_mmap_lock mmn_mmap_lock_mode(const struct mm_struct *mm)
{
	return mmn_rwsem_mode(mmn_mmap_lock(mm));
}

/* Task that owns an mm; NULL if it has left it, or without CONFIG_MEMCG. Under RCU. */
static inline struct task_struct *mmn_mm_owner(const struct mm_struct *mm)
{
#ifdef CONFIG_MEMCG
	return rcu_dereference(mm->owner);
#else
	return NULL;
#endif
}

/* Number of a task's cgroup, as its folder's inode; 0 without cgroups. Under RCU. */
static inline u64 mmn_task_cgroup(struct task_struct *task)
{
#ifdef CONFIG_CGROUPS
	return cgroup_ino(task_dfl_cgroup(task));
#else
	return 0;
#endif
}

/* enum mmnotify_event begins with the kernel's values, on every version. */
static_assert((int)MMU_NOTIFY_UNMAP == 0 && (int)MMU_NOTIFY_CLEAR == 1 &&
	      (int)MMU_NOTIFY_PROTECTION_VMA == 2 &&
	      (int)MMU_NOTIFY_PROTECTION_PAGE == 3 &&
	      (int)MMU_NOTIFY_SOFT_DIRTY == 4 && (int)MMU_NOTIFY_RELEASE == 5 &&
	      (int)MMU_NOTIFY_MIGRATE == 6);

#endif /* MMN_COMPAT_H */
