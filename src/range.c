// SPDX-License-Identifier: GPL-2.0-only
/*
 * range: per-range objects. Each embeds the kernel's own interval notifier, so
 * hmm_range_fault() and the sequence protocol work as they do without us; we
 * stand between the kernel's callback and the driver's and add the verdict.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mmu_notifier.h>
#include <linux/overflow.h>
#include <linux/sched/mm.h>

#include <mmnotify/mmnotify.h>

#include "client.h"
#include "compat/export.h"
#include "judge.h"

static bool mmn_range_invalidate(struct mmu_interval_notifier *mni,
				 const struct mmu_notifier_range *range,
				 unsigned long seq)
{
	struct mmnotify_range *r = container_of(mni, struct mmnotify_range, mni);
	struct mmnotify_info info;
	struct mmn_delivery d;
	bool ret;

	mmn_judge_range(range, false, &info);
	mmn_client_enter(r->client, &d);
	ret = r->ops->invalidate(r, &info, seq);
	mmn_client_leave(&d);
	if (!ret && mmnotify_blockable(&info))
		pr_err_once("%ps() refused an invalidation that may block: it must wait and return true\n",
			    r->ops->invalidate);
	return ret;
}

static const struct mmu_interval_notifier_ops native_ops = {
	.invalidate = mmn_range_invalidate,
};

static int check(struct mmnotify_client *client,
		 const struct mmnotify_range *range, const struct mm_struct *mm,
		 unsigned long start, unsigned long len,
		 const struct mmnotify_range_ops *ops, size_t size)
{
	unsigned long last;
	int ret;

	if (!mmn_client_registered(client) || !range || !mm)
		return -EINVAL;
	ret = mmn_client_check_ops(ops, size, sizeof(*ops));
	if (ret)
		return ret;
	if (!ops->invalidate || !len)
		return -EINVAL;
	if (check_add_overflow(start, len - 1, &last))
		return -EOVERFLOW;
	return 0;
}

/**
 * mmnotify_range_insert_v1() - begin to hear of a range
 * @client: a registered client
 * @range: the driver's object; see mmnotify_range_insert()
 * @mm: whose addresses; the caller holds mmget(), it need not be current->mm
 * @start: first byte
 * @len: bytes
 * @ops: callbacks; must outlive the range
 * @size: sizeof(struct mmnotify_range_ops) as the driver knows it, bytes
 *
 * Callbacks may run before this returns. Follows
 * mm/mmu_notifier.c:mmu_interval_notifier_insert(), but answers an error where
 * that warns.
 *
 * Context: Process, may sleep; takes mmap_lock for write if the mm has no
 * notifier yet, so do not hold it. Not in a callback.
 * Return: 0; -EINVAL for a missing argument, a client that is not registered,
 * a zero length or ops that are too small; -E2BIG if the ops use members that
 * this mmnotify does not know; -EOVERFLOW if the range wraps; -ESRCH if the mm
 * is dying; -ENOMEM; -EINTR.
 */
int mmnotify_range_insert_v1(struct mmnotify_client *client,
			     struct mmnotify_range *range, struct mm_struct *mm,
			     unsigned long start, unsigned long len,
			     const struct mmnotify_range_ops *ops, size_t size)
{
	int ret = check(client, range, mm, start, len, ops, size);

	if (ret)
		return ret;
	if (!mmget_not_zero(mm))
		return -ESRCH;
	range->ops = ops;
	range->client = client;
	mmn_client_born(client, MMN_OBJECT_RANGE);
	ret = mmu_interval_notifier_insert(&range->mni, mm, start, len,
					   &native_ops);
	if (ret)
		mmn_client_dead(client, MMN_OBJECT_RANGE);
	mmput(mm);
	return ret;
}
MMN_EXPORT(mmnotify_range_insert_v1);

/**
 * mmnotify_range_remove_v1() - hear no more of a range
 * @range: an inserted range; see mmnotify_range_remove()
 *
 * When it returns 0 no callback runs or will run, and the memory may go.
 *
 * Context: Process, sleeps until running invalidations of the mm end. Never in
 * a callback: it would wait for itself. With the module parameter debug=1 that
 * is caught.
 * Return: 0; -EDEADLK with debug=1 if called in a callback, and then the range
 * is still inserted.
 */
int mmnotify_range_remove_v1(struct mmnotify_range *range)
{
	if (mmn_client_in_callback("mmnotify_range_remove()"))
		return -EDEADLK;
	mmu_interval_notifier_remove(&range->mni);
	mmn_client_dead(range->client, MMN_OBJECT_RANGE);
	return 0;
}
MMN_EXPORT(mmnotify_range_remove_v1);
