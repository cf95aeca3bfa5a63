// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * ranges: the part of the device that needs interval notifiers. It builds translations of
 * the memory in a range, and drops or restricts them in the callback.
 */
/* Before hmm.h, which needs asm/cpufeatures.h on some kernels and does not include it. */
#include <linux/atomic.h>
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

#include <mmnotify/mmnotify.h>

#include "mirror.h"
#include "ranges.h"

#define ACCESS_PAGES	128

/* A device translation. */
#define DEV_PRESENT	(1u << 0)
#define DEV_WRITE	(1u << 1)

struct mirror_dev_range {
	struct mmnotify_range range;
	struct list_head list;
	struct mirror *mirror;
	unsigned long start;
	unsigned long pages;
	spinlock_t lock;	/* the driver lock: guards dev, orders the sequence */
	u8 *dev;		/* one byte per page: DEV_* */
};

static void dev_invalidate(struct mirror_dev_range *r,
			   const struct mmnotify_info *info)
{
	unsigned long first = 0, last = r->pages, i;
	u8 keep = 0;

	lockdep_assert_held(&r->lock);
	if (info->start > r->start)
		first = (info->start - r->start) >> PAGE_SHIFT;
	if (info->end < r->start + (r->pages << PAGE_SHIFT))
		last = DIV_ROUND_UP(info->end - r->start, PAGE_SIZE);
	/* Same page, still readable: only the right to write is lost. */
	if (!mmnotify_affects(info, MMNOTIFY_FX_ALL & ~(MMNOTIFY_FX_NO_WRITE |
							 MMNOTIFY_FX_DIRTY)))
		keep = DEV_PRESENT;
	for (i = first; i < last; i++)
		r->dev[i] &= keep;
}

static bool mirror_range_invalidate(struct mmnotify_range *range,
				    const struct mmnotify_info *info,
				    unsigned long seq)
{
	struct mirror_dev_range *r =
		container_of(range, struct mirror_dev_range, range);

	mirror_log_add(&r->mirror->log, info, MIRROR_TIER_RANGE, MIRROR_PHASE_START);
	/* Without an effect the translations stay valid. */
	if (!mmnotify_affects(info, MMNOTIFY_FX_ALL))
		return true;
	spin_lock(&r->lock);
	mmnotify_range_set_seq(range, seq);
	dev_invalidate(r, info);
	spin_unlock(&r->lock);
	return true;
}

static const struct mmnotify_range_ops mirror_range_ops = {
	.invalidate = mirror_range_invalidate,
};

static int check_range(u64 start, u64 len)
{
	u64 end;

	if (!len || !PAGE_ALIGNED(start) || !PAGE_ALIGNED(len) ||
	    len > MIRROR_MAX_LEN)
		return -EINVAL;
	if (check_add_overflow(start, len, &end) || end > TASK_SIZE)
		return -EOVERFLOW;
	return 0;
}

static int get_range(struct mirror_range *arg, void __user *argp)
{
	if (copy_from_user(arg, argp, sizeof(*arg)))
		return -EFAULT;
	return check_range(arg->start, arg->len);
}

static void free_range(struct mirror_dev_range *r)
{
	kvfree(r->dev);
	kfree(r);
}

static struct mirror_dev_range *alloc_range(struct mirror *mirror,
					    const struct mirror_range *arg)
{
	struct mirror_dev_range *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return NULL;
	r->mirror = mirror;
	r->start = arg->start;
	r->pages = arg->len >> PAGE_SHIFT;
	spin_lock_init(&r->lock);
	r->dev = kvzalloc(r->pages, GFP_KERNEL);
	if (!r->dev) {
		kfree(r);
		return NULL;
	}
	return r;
}

static long mirror_add_range(struct mirror *mirror, void __user *argp)
{
	struct mirror_dev_range *r;
	struct mirror_range arg;
	int ret = get_range(&arg, argp);

	if (ret)
		return ret;
	if (!(mirror->tiers & MIRROR_TIER_RANGE))
		return -ENXIO;
	r = alloc_range(mirror, &arg);
	if (!r)
		return -ENOMEM;
	ret = mmnotify_range_insert(&mirror_client, &r->range, mirror->mm,
				    arg.start, arg.len, &mirror_range_ops);
	if (ret) {
		free_range(r);
		return ret;
	}
	list_add(&r->list, &mirror->ranges);
	return 0;
}

static void del_range(struct mirror_dev_range *r)
{
	list_del(&r->list);
	WARN_ON(mmnotify_range_remove(&r->range));
	free_range(r);
}

static long mirror_del_range(struct mirror *mirror, void __user *argp)
{
	struct mirror_dev_range *r;
	struct mirror_range arg;
	int ret = get_range(&arg, argp);

	if (ret)
		return ret;
	list_for_each_entry(r, &mirror->ranges, list) {
		if (r->start != arg.start || r->pages != arg.len >> PAGE_SHIFT)
			continue;
		del_range(r);
		return 0;
	}
	return -ENOENT;
}

static struct mirror_dev_range *find_range(struct mirror *mirror, u64 start,
					   u64 len)
{
	struct mirror_dev_range *r;
	u64 bytes;

	list_for_each_entry(r, &mirror->ranges, list) {
		bytes = (u64)r->pages << PAGE_SHIFT;
		/* Without start + len, which may overflow. */
		if (start >= r->start && start - r->start < bytes &&
		    len <= bytes - (start - r->start))
			return r;
	}
	return NULL;
}

/* Return: true if the translations are valid and were committed. */
static bool commit(struct mirror_dev_range *r, const struct hmm_range *hmm,
		   unsigned long seq)
{
	unsigned long first = (hmm->start - r->start) >> PAGE_SHIFT;
	unsigned long n = (hmm->end - hmm->start) >> PAGE_SHIFT, i;
	bool ok;

	spin_lock(&r->lock);
	ok = !mmnotify_range_read_retry(&r->range, seq);
	for (i = 0; ok && i < n; i++) {
		r->dev[first + i] = DEV_PRESENT;
		if (hmm->hmm_pfns[i] & HMM_PFN_WRITE)
			r->dev[first + i] |= DEV_WRITE;
	}
	spin_unlock(&r->lock);
	return ok;
}

/* The native protocol: read the sequence, fault, check under the driver lock. */
static int fault_chunk(struct mirror_dev_range *r, struct hmm_range *hmm)
{
	struct mm_struct *mm = r->mirror->mm;
	int ret;

	do {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		hmm->notifier_seq = mmnotify_range_read_begin(&r->range);
		mmap_read_lock(mm);
		ret = hmm_range_fault(hmm);
		mmap_read_unlock(mm);
		if (ret && ret != -EBUSY)
			return ret;
	} while (ret || !commit(r, hmm, hmm->notifier_seq));
	return 0;
}

static int fault(struct mirror_dev_range *r, struct mirror_access *arg)
{
	unsigned long *pfns, end = arg->start + arg->len, at;
	int ret = 0;

	pfns = kcalloc(ACCESS_PAGES, sizeof(*pfns), GFP_KERNEL);
	if (!pfns)
		return -ENOMEM;
	for (at = arg->start; !ret && at < end; at += ACCESS_PAGES * PAGE_SIZE) {
		struct hmm_range hmm = {
			.notifier = mmnotify_range_notifier(&r->range),
			.start = at,
			.end = min(end, at + ACCESS_PAGES * PAGE_SIZE),
			.hmm_pfns = pfns,
			.default_flags = HMM_PFN_REQ_FAULT |
				(arg->write ? HMM_PFN_REQ_WRITE : 0),
		};

		ret = fault_chunk(r, &hmm);
		if (!ret)
			arg->pages += (hmm.end - hmm.start) >> PAGE_SHIFT;
	}
	kfree(pfns);
	return ret;
}

static long mirror_access(struct mirror *mirror, void __user *argp)
{
	struct mirror_dev_range *r;
	struct mirror_access arg;
	int ret;

	if (copy_from_user(&arg, argp, sizeof(arg)))
		return -EFAULT;
	if (arg.write > 1 || arg.pages)
		return -EINVAL;
	ret = check_range(arg.start, arg.len);
	if (ret)
		return ret;
	r = find_range(mirror, arg.start, arg.len);
	if (!r)
		return -ENOENT;
	if (!mmget_not_zero(mirror->mm))
		return -ESRCH;
	ret = fault(r, &arg);
	mmput(mirror->mm);
	if (!ret && copy_to_user(argp, &arg, sizeof(arg)))
		return -EFAULT;
	return ret;
}

static long mirror_lookup(struct mirror *mirror, void __user *argp)
{
	struct mirror_dev_range *r;
	struct mirror_lookup arg;
	u8 dev;

	if (copy_from_user(&arg, argp, sizeof(arg)))
		return -EFAULT;
	r = find_range(mirror, arg.addr, 1);
	if (!r)
		return -ENOENT;
	spin_lock(&r->lock);
	dev = r->dev[(arg.addr - r->start) >> PAGE_SHIFT];
	spin_unlock(&r->lock);
	arg.present = !!(dev & DEV_PRESENT);
	arg.writable = !!(dev & DEV_WRITE);
	return copy_to_user(argp, &arg, sizeof(arg)) ? -EFAULT : 0;
}

long mirror_ranges_ioctl(struct mirror *mirror, unsigned int cmd, void __user *argp)
{
	switch (cmd) {
	case MIRROR_IOC_ADD_RANGE:
		return mirror_add_range(mirror, argp);
	case MIRROR_IOC_DEL_RANGE:
		return mirror_del_range(mirror, argp);
	case MIRROR_IOC_ACCESS:
		return mirror_access(mirror, argp);
	case MIRROR_IOC_LOOKUP:
		return mirror_lookup(mirror, argp);
	default:
		return -ENOTTY;
	}
}

u32 mirror_ranges_count(const struct mirror *mirror)
{
	const struct mirror_dev_range *r;
	u32 n = 0;

	list_for_each_entry(r, &mirror->ranges, list)
		n++;
	return n;
}

void mirror_ranges_free(struct mirror *mirror)
{
	struct mirror_dev_range *r, *next;

	list_for_each_entry_safe(r, next, &mirror->ranges, list)
		del_range(r);
}
