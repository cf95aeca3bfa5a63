/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_CONTEXT_H
#define MMN_CONTEXT_H

#include <linux/atomic.h>
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "compat/compat.h"
#include "compat/syscalls.h"
#include "rules/rule_cache.h"
#include "rules/rules.h"

void mmn_context_gather(const struct mmu_notifier_range *range, u32 needs, u32 trust,
			struct mmn_ctx *ctx);

static inline u32 mmn_context_kernel_bits(void)
{
	return MMN_NUMA_HINT_MOVES ? MMN_CTX_NUMA_MOVES : 0;
}

static inline u32 mmn_context_task_bits(const struct mm_struct *mm)
{
	u32 bits = 0;

	if (current->mm == mm)
		bits |= MMN_CTX_LOCAL;
	if (unlikely(!atomic_read(&mm->mm_users)))
		bits |= MMN_CTX_DYING;
	if (unlikely(current->flags & PF_EXITING))
		bits |= MMN_CTX_EXITING;
	return bits;
}

static inline u32 mmn_context_lock_bits(const struct mm_struct *mm)
{
	switch (mmn_mmap_lock_mode(mm)) {
	case MMN_MMAP_LOCK_WRITE:
		return MMN_CTX_MMAP_WRITE;
	case MMN_MMAP_LOCK_NOT_WRITE:
		return MMN_CTX_MMAP_READ;
	default:
		return 0;
	}
}

/* The bits for @needs, except those for kernel threads and system calls. */
static __always_inline u32
mmn_context_plain_bits(const struct mmu_notifier_range *range, u32 needs, u32 trust)
{
	u32 bits = mmn_context_kernel_bits() | trust;

	if (needs & MMN_NEED_TASK)
		bits |= mmn_context_task_bits(range->mm);
	if (needs & MMN_NEED_LOCK)
		bits |= mmn_context_lock_bits(range->mm);
	return bits;
}

/**
 * mmn_context_key() - make the key for the rule cache without gathering the context
 * @range: the kernel's range
 * @site: mmn_rule_cache_site() of the event
 * @needs: mask of MMN_NEED_* of its class
 * @trust: bits of the context from mmn_census_trust()
 * @bits: filled with MMN_CTX_* of the context; undefined if there is no key
 *
 * If there is a key, it is that of mmn_rule_cache_key() on a gathered context. Kernel
 * threads and system calls of another ABI are left to the slow path, if they matter to
 * the class.
 *
 * Context: A notifier's callback, in the task that invalidates.
 * Return: the key; 0 if the whole context is needed, or if the verdict depends on more
 * than a key can hold.
 */
static __always_inline u64 mmn_context_key(const struct mmu_notifier_range *range,
					   u32 site, u32 needs, u32 trust, u32 *bits)
{
	const struct mmn_rule_cache_arg *what;
	int sys = MMN_SYS_NONE;
	u64 key;

	if (unlikely(current->flags & MMN_PF_NO_SYSCALL &&
		     needs & (MMN_NEED_THREAD | MMN_NEED_SYS)))
		return 0;
	*bits = mmn_context_plain_bits(range, needs, trust);
	if (needs & MMN_NEED_SYS) {
		sys = mmn_syscall_current_fast();
		/* The part of an mremap depends on the range and on all arguments. */
		if (unlikely(sys < 0 || (sys == MMN_SYS_MREMAP && needs & MMN_NEED_PLACE)))
			return 0;
		*bits |= MMN_CTX_SYSCALL;
	}
	key = mmn_rule_cache_key_plain(site, *bits, sys);
	if (!mmn_rule_cache_needs_arg(needs, sys))
		return key;
	what = &mmn_rule_cache_args[sys];
	return mmn_rule_cache_key_arg(key, what, mmn_syscall_arg(what->nr));
}

#endif /* MMN_CONTEXT_H */
