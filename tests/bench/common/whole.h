/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * A native notifier for a whole mm, with an empty end callback; the including module
 * defines the start callback.
 */
#ifndef BENCH_WHOLE_H
#define BENCH_WHOLE_H

#include <linux/mmu_notifier.h>

#include "attach.h"

static void whole_end(struct mmu_notifier *mn,
		      const struct mmu_notifier_range *range)
{
}

/* Not every kernel has the mm in the notifier. */
struct whole {
	struct mmu_notifier mn;
	struct mm_struct *mm;
};

static void *attach_whole(struct mm_struct *mm,
			  const struct mmu_notifier_ops *ops)
{
	struct whole *w = kzalloc(sizeof(*w), GFP_KERNEL);
	int ret;

	if (!w)
		return ERR_PTR(-ENOMEM);
	w->mn.ops = ops;
	w->mm = mm;
	ret = mmu_notifier_register(&w->mn, mm);
	if (ret) {
		kfree(w);
		return ERR_PTR(ret);
	}
	return w;
}

static void detach_whole(void *object)
{
	struct whole *w = object;

	mmu_notifier_unregister(&w->mn, w->mm);
	kfree(w);
}

#endif /* BENCH_WHOLE_H */
