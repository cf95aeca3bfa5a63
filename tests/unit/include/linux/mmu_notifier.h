/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * The test stands in for the kernel, and calls the notifiers. With RH_MMU_NOTIFIER_VERSION the
 * kernel is RHEL 8.
 */
#ifndef SHIM_MMU_NOTIFIER_H
#define SHIM_MMU_NOTIFIER_H

#include <linux/interval_tree.h>
#include <linux/mm_types.h>
#include <linux/types.h>

#define MMU_NOTIFIER_RANGE_BLOCKABLE	1

static inline bool mm_has_notifiers(const struct mm_struct *mm)
{
	return mm->notifier_subscriptions;
}

enum mmu_notifier_event {
	MMU_NOTIFY_UNMAP,
	MMU_NOTIFY_CLEAR,
	MMU_NOTIFY_RELEASE = 5,
	MMU_NOTIFY_MIGRATE,
};

struct mmu_notifier_range {
	struct mm_struct *mm;
	unsigned long start;
	unsigned long end;
	unsigned int flags;
	enum mmu_notifier_event event;
	bool blockable;
	void *owner;
#ifdef RH_MMU_NOTIFIER_VERSION
	struct vm_area_struct *vma;
#endif
};

static inline bool mmu_notifier_range_blockable(const struct mmu_notifier_range *range)
{
	return range->blockable || range->flags & MMU_NOTIFIER_RANGE_BLOCKABLE;
}

#ifdef RH_MMU_NOTIFIER_VERSION
struct mmu_notifier_rh {
	struct mm_struct *mm;
};

struct mmu_notifier {
	const struct mmu_notifier_ops *ops;
	struct mmu_notifier_rh *_rh;
};
#else
struct mmu_notifier {
	const struct mmu_notifier_ops *ops;
	struct mm_struct *mm;
};
#endif

struct mmu_notifier_ops {
	int (*invalidate_range_start)(struct mmu_notifier *mn,
				      const struct mmu_notifier_range *range);
	void (*invalidate_range_end)(struct mmu_notifier *mn,
				     const struct mmu_notifier_range *range);
	void (*release)(struct mmu_notifier *mn, struct mm_struct *mm);
	void (*arch_invalidate_secondary_tlbs)(struct mmu_notifier *mn, struct mm_struct *mm,
					       unsigned long start, unsigned long end);
	struct mmu_notifier *(*alloc_notifier)(struct mm_struct *mm);
	void (*free_notifier)(struct mmu_notifier *mn);
};

struct mmu_notifier *mmu_notifier_get(const struct mmu_notifier_ops *ops, struct mm_struct *mm);
struct mmu_notifier *mmu_notifier_get_locked(const struct mmu_notifier_ops *ops,
					     struct mm_struct *mm);
void mmu_notifier_put(struct mmu_notifier *mn);
int mmu_notifier_register(struct mmu_notifier *mn, struct mm_struct *mm);
void mmu_notifier_unregister(struct mmu_notifier *mn, struct mm_struct *mm);

struct mmu_interval_notifier {
	struct interval_tree_node interval_tree;
	struct mm_struct *mm;
};

struct mmu_interval_notifier_finish {
	struct mmu_interval_notifier *notifier;
};

struct mmu_interval_notifier_ops {
	bool (*invalidate)(struct mmu_interval_notifier *mni,
			   const struct mmu_notifier_range *range, unsigned long seq);
	bool (*invalidate_start)(struct mmu_interval_notifier *mni,
				 const struct mmu_notifier_range *range, unsigned long seq,
				 struct mmu_interval_notifier_finish **finish);
	void (*invalidate_finish)(struct mmu_interval_notifier_finish *finish);
};

unsigned long mmu_interval_read_begin(struct mmu_interval_notifier *mni);
int mmu_interval_read_retry(struct mmu_interval_notifier *mni, unsigned long seq);
void mmu_interval_set_seq(struct mmu_interval_notifier *mni, unsigned long seq);

#endif /* SHIM_MMU_NOTIFIER_H */
