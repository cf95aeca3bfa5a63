/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * mmnotify_kernel: what the other headers need and older kernels lack, or have in another
 * place. Only mmnotify.h and mmnotify_compat.h include it.
 */
#ifndef MMNOTIFY_KERNEL_H
#define MMNOTIFY_KERNEL_H

#include <linux/atomic.h>
#include <linux/limits.h>
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/types.h>

/*
 * Member of struct mmu_notifier_ops that gets the range. RHEL 8 has two of each name, and
 * RH_MMU_NOTIFIER_V2, which a driver may define, decides which one has the plain name.
 */
#ifdef RH_MN_V2
#define MMNOTIFY_RANGE_OP(name)	RH_MN_V2(name)
#else
#define MMNOTIFY_RANGE_OP(name)	name
#endif

/**
 * mmnotify_notifier_mm() - mm of a whole-mm notifier
 * @mn: registered notifier, also that of a struct mmnotify_mm
 *
 * RHEL 8 keeps the mm in a structure behind the notifier, which is not valid after the
 * notifier is unregistered.
 *
 * Context: Any, before @mn is unregistered.
 * Return: the mm that @mn was registered for.
 */
static inline struct mm_struct *mmnotify_notifier_mm(const struct mmu_notifier *mn)
{
#ifdef RH_MMU_NOTIFIER_VERSION
	return mn->_rh->mm;
#else
	return mn->mm;
#endif
}

/**
 * mmnotify_range_is_release() - is the mm released?
 * @range: range that the kernel passed to the callback, unchanged
 *
 * RHEL 8 passes the release to interval notifiers with the event at its default, UNMAP. No
 * unmap looks like that: each one names its VMA, and has it even if it covers the whole
 * address space (exit_mmap()). If another module announces such an unmap, nothing is lost,
 * because the mm has no users any more: the release was before, or comes now.
 *
 * Context: The callback of an interval notifier.
 * Return: true for the last event of the mm, which has no end.
 */
static inline bool mmnotify_range_is_release(const struct mmu_notifier_range *range)
{
#ifdef MMNOTIFY_WITHOUT_RANGES
	return false;
#else
#ifdef RH_MMU_NOTIFIER_VERSION
	if (range->event == MMU_NOTIFY_UNMAP)
		return !range->vma && !range->start && range->end == ULONG_MAX &&
		       !atomic_read(&range->mm->mm_users);
#endif
	return range->event == MMU_NOTIFY_RELEASE;
#endif
}

/*
 * Kernels before v5.5 have no interval notifiers; mmnotify_kernel.mk finds that out. With
 * these definitions code that uses ranges compiles there, but no range can be inserted.
 */
#ifdef MMNOTIFY_WITHOUT_RANGES
#include <linux/errno.h>
#include <linux/interval_tree.h>
#include <linux/types.h>

struct mmu_interval_notifier;

struct mmu_interval_notifier_ops {
	bool (*invalidate)(struct mmu_interval_notifier *mni,
			   const struct mmu_notifier_range *range, unsigned long seq);
};

struct mmu_interval_notifier {
	struct interval_tree_node interval_tree;
	struct mm_struct *mm;
};

static inline int
mmu_interval_notifier_insert(struct mmu_interval_notifier *mni, struct mm_struct *mm,
			     unsigned long start, unsigned long length,
			     const struct mmu_interval_notifier_ops *ops)
{
	return -EOPNOTSUPP;
}

static inline int
mmu_interval_notifier_insert_locked(struct mmu_interval_notifier *mni,
				    struct mm_struct *mm, unsigned long start,
				    unsigned long length,
				    const struct mmu_interval_notifier_ops *ops)
{
	return -EOPNOTSUPP;
}

static inline void mmu_interval_notifier_remove(struct mmu_interval_notifier *mni)
{
}

static inline unsigned long mmu_interval_read_begin(struct mmu_interval_notifier *mni)
{
	return 0;
}

/* Nothing that was read is valid. */
static inline bool mmu_interval_read_retry(struct mmu_interval_notifier *mni,
					   unsigned long seq)
{
	return true;
}

static inline void mmu_interval_set_seq(struct mmu_interval_notifier *mni,
					unsigned long seq)
{
}
#endif /* MMNOTIFY_WITHOUT_RANGES */

#endif /* MMNOTIFY_KERNEL_H */
