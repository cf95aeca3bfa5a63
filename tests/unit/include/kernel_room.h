/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Replaces src/compat and some headers of src, for files of src that need little of the kernel.
 * The compiler includes it first; a test defines the functions that it declares.
 */
#ifndef KERNEL_ROOM_H
#define KERNEL_ROOM_H

#include <linux/mm_types.h>
#include <linux/sched.h>
#include <linux/types.h>

/* src/compat/compat.h */
#define MMN_COMPAT_H

extern bool shim_numa_moves;

#define MMN_NUMA_HINT_MOVES	shim_numa_moves
#define MMN_HAVE_STACK		1
#define MMN_UNINIT
#define MMN_HAVE_CENSUS		1
#define MMN_PF_NO_SYSCALL	(PF_KTHREAD | PF_IO_WORKER)

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

unsigned int mmn_stack_save(unsigned long *pc, unsigned int size);
bool mmn_in_module_area(unsigned long pc);
long mmn_read_kernel(void *to, const void *from, size_t len);

/* src/stack/orc_probe.h */
#define MMN_ORC_PROBE_H

#ifdef CONFIG_UNWINDER_FRAME_POINTER
#define MMN_KNOWS_ORC		0
#else
#define MMN_KNOWS_ORC		1
#endif

void mmn_orc_probe_measure(void (*report)(unsigned long pc, unsigned int up));

/* src/compat/syscalls.h */
#define MMN_COMPAT_SYSCALLS_H

int mmn_syscall_current(void);
void mmn_syscall_args(unsigned long args[6]);
int mmn_syscall_current_fast(void);
unsigned long mmn_syscall_arg(unsigned int nr);

/* src/stats.h */
#define MMN_STATS_H

enum mmn_stat { MMN_STAT_UNWOUND };

struct seq_file;

void mmn_stats_inc(enum mmn_stat stat);
void mmn_stats_show_hook(struct seq_file *m);
u64 mmn_stats_site_hits(unsigned int row);

/* src/client/client.h */
#define MMN_CLIENT_H

struct mmnotify_client;
struct module;

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

/* src/verdict/verdict.h */
#define MMN_VERDICT_H

bool mmn_verdict_is_watched(void);
void mmn_verdict_set_watched(bool on);
void mmn_verdict_set_recheck(bool on);
void mmn_verdict_set_hooked(bool on);

/* src/verdict/verdict_fast.h */
#define MMN_VERDICT_FAST_H

struct mmnotify_info;
struct mmu_notifier_range;

void mmn_verdict_end(const struct mmu_notifier_range *range, struct mmnotify_info *info);

/* src/trace.h */
#define MMN_TRACE_H

int mmn_watch_tracer_on(void);
void mmn_watch_tracer_off(void);

#endif /* KERNEL_ROOM_H */
