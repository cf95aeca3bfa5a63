/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * Replaces src/compat and some headers of src, for files of src that need little of the kernel.
 * The compiler includes it first; a test defines the functions that it declares.
 */
#ifndef KERNEL_ROOM_H
#define KERNEL_ROOM_H

#include <linux/mm_types.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/types.h>

/* src/compat/compat.h */
#define MMN_COMPAT_H

extern bool shim_numa_moves;

#define MMN_NUMA_HINT_MOVES	shim_numa_moves
#define MMN_HAVE_STACK		1
#define MMN_UNINIT
#define MMN_HAVE_CENSUS		1
#define MMN_HAVE_RANGES		1
#define MMN_NATIVE_TWO_PASS	0
#define MMN_PF_NO_SYSCALL	(PF_KTHREAD | PF_IO_WORKER)

#define mmn_lock_in_hook	raw_spin_lock_irqsave
#define MMN_HAVE_GROUP		1
#define MMN_GROUP_FLAGS
#define mmn_broadcast(ssk, skb, group, filter) \
	netlink_broadcast_filtered(ssk, skb, 0, group, GFP_KERNEL, filter, NULL)
/* There is one task, so nothing races. */
#define data_race(expr)	(expr)

enum mmn_mmap_lock {
	MMN_MMAP_LOCK_UNKNOWN,
	MMN_MMAP_LOCK_WRITE,
	MMN_MMAP_LOCK_NOT_WRITE,
};

static inline enum mmn_mmap_lock mmn_mmap_lock_mode(const struct mm_struct *mm)
{
	if (!mm->owner)
		return MMN_MMAP_LOCK_UNKNOWN;
	return mm->owner == current ? MMN_MMAP_LOCK_WRITE : MMN_MMAP_LOCK_NOT_WRITE;
}

static inline struct task_struct *mmn_mm_owner(const struct mm_struct *mm)
{
	return (struct task_struct *)mm->owner;
}

static inline u64 mmn_task_cgroup(const struct task_struct *task)
{
	return task->cgroup;
}

struct rw_semaphore;

enum mmn_mmap_lock mmn_rwsem_mode(const struct rw_semaphore *sem);
struct module;

void mmn_module_text(const struct module *mod, void (*fn)(void *arg, const void *base, size_t size),
		     void *arg);
unsigned int mmn_stack_save(unsigned long *pc, unsigned int size);
bool mmn_in_module_area(unsigned long pc);
extern bool shim_modules_anywhere;
#define MMN_MODULES_ANYWHERE	shim_modules_anywhere

long mmn_read_kernel(void *to, const void *from, size_t len);

struct module;

void mmn_module_data(const struct module *mod,
		     void (*fn)(void *arg, const void *base, size_t size), void *arg);

/* Registers at the entry of a function: first argument, return address, sp, bp, second argument. */
#define MMN_HAVE_FTRACE		1
#define MMN_HAVE_KPROBES	1
#define MMN_FTRACE_FLAGS	0

struct ftrace_regs;

static inline const struct pt_regs *mmn_ftrace_regs(const struct ftrace_regs *fregs)
{
	return (const struct pt_regs *)fregs;
}

static inline unsigned long mmn_ftrace_arg0(const struct ftrace_regs *fregs)
{
	return mmn_ftrace_regs(fregs)->word[0];
}

static inline unsigned long mmn_ftrace_arg1(const struct ftrace_regs *fregs)
{
	return mmn_ftrace_regs(fregs)->word[4];
}

static inline unsigned long mmn_regs_arg1(const struct pt_regs *regs)
{
	return regs->word[4];
}

static inline unsigned long mmn_regs_arg0(const struct pt_regs *regs)
{
	return regs->word[0];
}

static inline unsigned long mmn_regs_return_address(const struct pt_regs *regs)
{
	return regs->word[1];
}

/* Return addresses on the stack may have a signature, as on arm64. */
#define SIGNATURE		0xff00000000000000UL

static inline unsigned long mmn_return_address(unsigned long word)
{
	return word & ~SIGNATURE;
}

static inline unsigned long mmn_entry_sp(const struct pt_regs *regs)
{
	return regs->word[2];
}

static inline unsigned long mmn_entry_bp(const struct pt_regs *regs)
{
	return regs->word[3];
}

#define mmn_ftrace_sp(fregs)	mmn_entry_sp(mmn_ftrace_regs(fregs))
#define mmn_ftrace_bp(fregs)	mmn_entry_bp(mmn_ftrace_regs(fregs))

/* src/stack/orc_probe.h */
#define MMN_ORC_PROBE_H

#ifdef CONFIG_UNWINDER_FRAME_POINTER
#define MMN_KNOWS_ORC		0
#else
#define MMN_KNOWS_ORC		1
#endif

struct mmn_frame_pos;

void mmn_orc_probe_measure(const struct mmn_frame_pos *from,
			   void (*report)(unsigned long pc, unsigned int up));
unsigned int mmn_orc_probe_save(const struct mmn_frame_pos *from, unsigned long *pc,
				unsigned int size, bool *whole);

/* src/compat/export.h */
#define MMN_COMPAT_EXPORT_H
#define MMN_EXPORT(sym)

/* src/compat/syscalls.h */
#define MMN_COMPAT_SYSCALLS_H

int mmn_syscall_current(void);
void mmn_syscall_args(unsigned long args[6]);
int mmn_syscall_current_fast(void);
unsigned long mmn_syscall_arg(unsigned int nr);
bool mmn_syscall_is_load(void);

/* src/stats.h */
#define MMN_STATS_H

enum mmn_stat {
	MMN_STAT_HOOK_START,
	MMN_STAT_HOOK_END,
	MMN_STAT_NO_RECORD,
	MMN_STAT_INEXACT,
	MMN_STAT_DELIVERED,
	MMN_STAT_UNWOUND,
	MMN_NR_STATS
};

struct seq_file;

int mmn_stats_init(void);
void mmn_stats_exit(void);
void mmn_stats_reset(void);
void mmn_stats_inc(enum mmn_stat stat);
void mmn_stats_show(struct seq_file *m);
void mmn_stats_show_hook(struct seq_file *m);
u64 mmn_stats_read(enum mmn_stat stat);
u64 mmn_stats_site_hits(unsigned int row);
u64 mmn_stats_events(unsigned int event, unsigned int cause, bool walked);
u64 mmn_stats_walks(void);

/* src/client/client.h, but not for its own test */
#ifndef KEEP_CLIENT
#define MMN_CLIENT_H

struct mmnotify_client;

struct mmn_client {
	struct mmnotify_client *public;
	const struct module *owner;
	char *name;
	char *module;
};

struct mmn_delivery {
	const struct mmnotify_client *client;
};

bool mmn_client_enter(struct mmnotify_client *client, struct mmn_delivery *d);
void mmn_client_leave(struct mmn_delivery *d, bool watched);
void mmn_client_synchronize(struct mmn_client *c);
struct mmn_client *mmn_client_of_module(const struct module *mod);
void mmn_client_drop(struct mmn_client *c);
void mmn_client_show(struct seq_file *m);
#endif

/* src/verdict/verdict.h */
#define MMN_VERDICT_H

struct mmnotify_info;
struct mmu_notifier_range;

#include <linux/static_key.h>

DECLARE_STATIC_KEY_FALSE(mmn_verdict_watching);

bool mmn_verdict_is_watched(void);
void mmn_verdict_set_watched(bool on);
void mmn_verdict_set_recheck(bool on);
void mmn_verdict_set_hooked(bool on);
void mmn_verdict_start_in_hook(const struct mmu_notifier_range *range, unsigned long site,
			       unsigned long sp, unsigned long bp);
void mmn_verdict_end_in_hook(const struct mmu_notifier_range *range, unsigned long site,
			     unsigned long sp, unsigned long bp);
void mmn_verdict_show_release(struct mm_struct *mm);
unsigned int mmn_verdict_cause_now(struct mm_struct *mm, unsigned long sp);
struct mmn_flight *mmn_verdict_fly_release(struct mm_struct *mm, unsigned long at);

/* src/verdict/verdict_fast.h */
#define MMN_VERDICT_FAST_H

struct mmn_call_path;

struct mmn_query {
	const void *object;
	bool ends;
	struct mmn_call_path *path;
};

static inline struct mmn_query mmn_verdict_query(const void *object, bool ends,
						 struct mmn_call_path *path)
{
	return (struct mmn_query){ .object = object, .ends = ends, .path = path };
}

void mmn_verdict_start(const struct mmu_notifier_range *range, struct mmn_query query,
		       struct mmnotify_info *info);
void mmn_verdict_end(const struct mmu_notifier_range *range, struct mmnotify_info *info);

/* src/trace.h */
#define MMN_TRACE_H

int mmn_watch_tracer_on(void);
void mmn_watch_tracer_off(void);

#endif /* KERNEL_ROOM_H */
