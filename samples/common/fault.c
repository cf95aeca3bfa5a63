// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * fault: device faults: look up the pages of a range, and commit the translations
 * only if no invalidation raced. The caller holds sdev.mutex.
 */
#include <linux/err.h>
#include <linux/hmm.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "sdev.h"

#define FAULT_TIMEOUT	(10 * HZ)

/* Return: true if the translations are valid and were committed. */
static bool commit(struct sobj *o, const struct hmm_range *hmm,
		   unsigned int revoked)
{
	unsigned long first = (hmm->start - o->start) >> PAGE_SHIFT;
	unsigned long n = (hmm->end - hmm->start) >> PAGE_SHIFT, i;
	unsigned long bits = SDEV_PTE_BITS;
	struct sdev *dev = o->dev;
	bool ok;

	if (!(o->flags & DEVICE_WRITE))
		bits &= ~HMM_PFN_WRITE;
	spin_lock(&dev->lock);
	ok = !o->dead && dev->revoked == revoked &&
	     !mmu_interval_read_retry(o->mni, hmm->notifier_seq);
	for (i = 0; ok && i < n; i++) {
		o->present += !o->pte[first + i];
		o->pte[first + i] = hmm->hmm_pfns[i] & bits;
	}
	if (ok) {
		dev->stat.faults++;
		dev->stat.filled += n;
	}
	spin_unlock(&dev->lock);
	return ok;
}

/*
 * The native protocol: read the sequence, fault, check under the driver lock.
 * Return: 0; -EAGAIN if the object is dead; -EFAULT if the memory is not accessible.
 */
int sobj_fault(struct sobj *o, unsigned long start, unsigned long pages,
	       bool write)
{
	unsigned long deadline = jiffies + FAULT_TIMEOUT;
	struct sdev *dev = o->dev;
	struct hmm_range hmm = {
		.notifier = o->mni,
		.start = start,
		.end = start + (pages << PAGE_SHIFT),
		.hmm_pfns = dev->pfns,
		.default_flags = HMM_PFN_REQ_FAULT |
			(write ? HMM_PFN_REQ_WRITE : 0),
		.dev_private_owner = dev->model->owner,
	};
	unsigned int revoked;
	int ret;

	do {
		if (READ_ONCE(dev->stop))
			return -EINTR;
		if (READ_ONCE(o->dead))
			return -EAGAIN;
		if (time_after(jiffies, deadline))
			return -EBUSY;
		cond_resched();
		revoked = READ_ONCE(dev->revoked);
		hmm.notifier_seq = mmu_interval_read_begin(o->mni);
		mmap_read_lock(dev->mm);
		ret = hmm_range_fault(&hmm);
		mmap_read_unlock(dev->mm);
		if (ret && ret != -EBUSY)
			return -EFAULT;
	} while (ret || !commit(o, &hmm, revoked));
	return 0;
}

/* Return: number of pages from @at on that all have (@hit) or all lack a translation. */
static unsigned long run(struct sobj *o, unsigned long at, unsigned long end,
			 bool write, bool hit)
{
	unsigned long need = HMM_PFN_VALID | (write ? HMM_PFN_WRITE : 0);
	unsigned long i = (at - o->start) >> PAGE_SHIFT, n = 0;

	spin_lock(&o->dev->lock);
	while (at < end && n < SDEV_CHUNK &&
	       ((o->pte[i] & need) == need) == hit) {
		at += PAGE_SIZE;
		i++;
		n++;
	}
	spin_unlock(&o->dev->lock);
	return n;
}

/* Faults the pages before the first one that is not accessible. */
static int fault_some(struct sobj *o, unsigned long at, unsigned long *n,
		      bool write)
{
	int ret = sobj_fault(o, at, *n, write);

	while (ret == -EFAULT && *n > 1) {
		*n /= 2;
		ret = sobj_fault(o, at, *n, write);
	}
	return ret;
}

/* Return: @at if it is mapped, else the start of the next mapping. */
static unsigned long next_mapped(struct sdev *dev, unsigned long at)
{
	struct vm_area_struct *vma;
	unsigned long next = ULONG_MAX;

	mmap_read_lock(dev->mm);
	vma = find_vma(dev->mm, at);
	if (vma)
		next = max(at, vma->vm_start);
	mmap_read_unlock(dev->mm);
	return next;
}

/* Faults each accessible page of an object, for writing if the object allows it. */
void sobj_fill(struct sobj *o)
{
	unsigned long at = o->start, n;
	int ret;

	while (at < o->end) {
		n = min_t(unsigned long, (o->end - at) >> PAGE_SHIFT, SDEV_CHUNK);
		ret = fault_some(o, at, &n, o->flags & DEVICE_WRITE);
		if (ret && ret != -EFAULT)
			return;
		at += n << PAGE_SHIFT;
		/* An unmapped hole may be gigabytes long. */
		if (ret)
			at = next_mapped(o->dev, at);
	}
}

static int access_object(struct sobj *o, struct device_access *arg)
{
	unsigned long end = min_t(u64, arg->start + arg->len, o->end);
	unsigned long at, n;
	int ret;

	while ((at = arg->start + ((u64)arg->pages << PAGE_SHIFT)) < end) {
		n = run(o, at, end, arg->write, true);
		if (n) {
			arg->pages += n;
			continue;
		}
		n = run(o, at, end, arg->write, false);
		if (!n)
			continue;
		ret = fault_some(o, at, &n, arg->write);
		if (ret)
			return ret;
		arg->pages += n;
	}
	return 0;
}

/* Stops at the first page that is not accessible; arg->pages counts those before it. */
int sdev_access_all(struct sdev *dev, struct device_access *arg)
{
	struct sobj *o;
	u64 at;
	int ret;

	while ((at = (u64)arg->pages << PAGE_SHIFT) < arg->len) {
		if (READ_ONCE(dev->stop))
			return -EINTR;
		o = dev->model->find(dev, arg->start + at, arg->write);
		if (IS_ERR(o))
			return PTR_ERR(o);
		ret = access_object(o, arg);
		sobj_put(o);
		/* The object died meanwhile: retry with another one. */
		if (ret && ret != -EAGAIN)
			return ret;
	}
	return 0;
}
