/* SPDX-License-Identifier: GPL-2.0-only */
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

static void *attach_whole(struct mm_struct *mm,
			  const struct mmu_notifier_ops *ops)
{
	struct mmu_notifier *mn = kzalloc(sizeof(*mn), GFP_KERNEL);
	int ret;

	if (!mn)
		return ERR_PTR(-ENOMEM);
	mn->ops = ops;
	ret = mmu_notifier_register(mn, mm);
	if (ret) {
		kfree(mn);
		return ERR_PTR(ret);
	}
	return mn;
}

static void detach_whole(void *object)
{
	struct mmu_notifier *mn = object;

	mmu_notifier_unregister(mn, mn->mm);
	kfree(mn);
}

#endif /* BENCH_WHOLE_H */
