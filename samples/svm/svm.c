// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * svm: a GPU that shares the address space of its process. It models the shared
 * virtual memory of nouveau, xe and KFD, and NVIDIA's UVM with HMM: user space
 * registers no memory. A device fault creates a range (at most 2 MiB, within one
 * VMA) and fills it.
 *
 * A range carries a policy, like those of cudaMemAdvise() and KFD's attributes.
 * DEVICE_IOC_ADD_RANGE sets it and creates the ranges it needs;
 * DEVICE_IOC_DEL_RANGE takes it back. Ranges created by faults have none.
 *
 * naive: a native UNMAP or CLEAR event ends the range object: its translations,
 * policy and tracking. Any other event drops the translations that it touches.
 * aware: the effects decide. Tracking and policy end only if the memory is unmapped;
 * a new page or a loss of access drops the translation; a loss of the right to
 * write makes it read-only. Events without an effect are filtered.
 *
 * DEVICE_IOC_MIGRATE migrates pages to the device's own memory (vram.c); a CPU
 * access migrates them back. Both are MIGRATE events with the owner of our ranges,
 * so the ranges get no callback. Instead, svm_revoke() drops the translations in
 * all devices of the process.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <mmnotify/mmnotify.h>

#include "../common/sdev.h"
#include "vram.h"

#define WINDOW		SZ_2M
#define WINDOW_PAGES	(WINDOW / PAGE_SIZE)

struct svm_range {
	struct sobj obj;
	struct mmnotify_range range;
	DECLARE_BITMAP(policy, WINDOW_PAGES);	/* under sdev.lock */
};

static struct mmnotify_client svm_client = {
	.name = "mmn_svm",
	.owner = THIS_MODULE,
};

/* Attached devices. */
static DEFINE_SPINLOCK(devices_lock);	/* outside sdev.lock; guards the list */
static LIST_HEAD(devices);

struct svm_device {
	struct list_head list;
	struct sdev *dev;
};

static unsigned int page_in(const struct svm_range *r, unsigned long addr)
{
	return (addr - r->obj.start) >> PAGE_SHIFT;
}

/* ---- invalidation, under the driver lock ---- */

/* Also destroys the user's policy, which is correct only if the memory is unmapped. */
static void destroy(struct svm_range *r, const struct mmnotify_info *info)
{
	struct device_stat *stat = &r->obj.dev->stat;

	stat->destroyed++;
	if (!(info->effects & MMNOTIFY_FX_VMA_GONE) &&
	    !bitmap_empty(r->policy, WINDOW_PAGES))
		stat->policies_lost++;
	sobj_unlink(&r->obj);
	mmnotify_range_remove_async(&r->range);
}

static void naive(struct svm_range *r, const struct mmnotify_info *info,
		  unsigned long start, unsigned long end)
{
	if (info->native == MMU_NOTIFY_UNMAP ||
	    info->native == MMU_NOTIFY_CLEAR)
		destroy(r, info);
	else
		sobj_zap(&r->obj, start, end);
}

static void aware(struct svm_range *r, const struct mmnotify_info *info,
		  u32 effects, unsigned long start, unsigned long end)
{
	if (sdev_is_gone(info, effects)) {
		bitmap_clear(r->policy, page_in(r, start),
			     (end - start) >> PAGE_SHIFT);
		if (start == r->obj.start && end == r->obj.end) {
			destroy(r, info);
			return;
		}
	}
	sobj_follow(&r->obj, effects, start, end);
}

static bool svm_invalidate(struct mmnotify_range *range,
			   const struct mmnotify_info *info, unsigned long seq)
{
	struct svm_range *r = container_of(range, struct svm_range, range);
	struct sdev *dev = r->obj.dev;
	unsigned long start, end;
	u32 effects = sdev_effects(info);

	spin_lock(&dev->lock);
	if (r->obj.dead) {
		mmnotify_range_set_seq(range, seq);
	} else if (sdev_aware(dev) && !effects) {
		sobj_event(&r->obj, info);
		dev->stat.skipped++;
	} else if (mmnotify_range_clamp(range, info, &start, &end)) {
		mmnotify_range_set_seq(range, seq);
		sobj_event(&r->obj, info);
		if (sdev_aware(dev))
			aware(r, info, effects, start, end);
		else
			naive(r, info, start, end);
	}
	spin_unlock(&dev->lock);
	return true;
}

static void svm_removed(struct mmnotify_range *range)
{
	struct svm_range *r = container_of(range, struct svm_range, range);

	sobj_put(&r->obj);
}

static const struct mmnotify_range_ops svm_naive_ops = {
	.invalidate = svm_invalidate,
	.removed = svm_removed,
};

static const struct mmnotify_range_ops svm_aware_ops = {
	.invalidate = svm_invalidate,
	.removed = svm_removed,
	.effects = MMNOTIFY_FX_ALL,
};

/* ---- ranges on demand ---- */

/* The part of the window around @addr that is free and in one VMA. */
static int clip(struct sdev *dev, unsigned long addr, struct device_range *arg)
{
	unsigned long start = ALIGN_DOWN(addr, WINDOW), end = start + WINDOW;
	struct vm_area_struct *vma;
	struct sobj *o;

	mmap_read_lock(dev->mm);
	vma = find_vma(dev->mm, addr);
	if (!vma || vma->vm_start > addr) {
		mmap_read_unlock(dev->mm);
		return -EFAULT;
	}
	start = max(start, vma->vm_start);
	end = min(end, vma->vm_end);
	mmap_read_unlock(dev->mm);
	spin_lock(&dev->lock);
	list_for_each_entry(o, &dev->objects, list) {
		if (o->end <= addr)
			start = max(start, o->end);
		else if (o->start > addr)
			end = min(end, o->start);
	}
	spin_unlock(&dev->lock);
	arg->start = start;
	arg->len = end - start;
	return 0;
}

static struct svm_range *alloc_range(struct sdev *dev,
				     const struct device_range *arg)
{
	struct svm_range *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return NULL;
	if (sobj_init(&r->obj, dev, arg, sizeof(*r))) {
		kfree(r);
		return NULL;
	}
	r->range.owner = &svm_client;
	return r;
}

/* Return: a new range with a reference; the list has another one. */
static struct sobj *make(struct sdev *dev, unsigned long addr)
{
	const struct mmnotify_range_ops *ops =
		sdev_aware(dev) ? &svm_aware_ops : &svm_naive_ops;
	struct device_range arg = { .flags = DEVICE_WRITE };
	struct svm_range *r;
	int ret = clip(dev, addr, &arg);

	if (ret)
		return ERR_PTR(ret);
	r = alloc_range(dev, &arg);
	if (!r)
		return ERR_PTR(-ENOMEM);
	kref_get(&r->obj.kref);
	sobj_link(&r->obj, mmnotify_range_notifier(&r->range));
	ret = mmnotify_range_insert(&svm_client, &r->range, dev->mm, arg.start,
				    arg.len, ops);
	if (!ret)
		return &r->obj;
	/* No callback ran for a range that was not inserted, so it is still linked. */
	spin_lock(&dev->lock);
	sobj_unlink(&r->obj);
	spin_unlock(&dev->lock);
	sobj_put(&r->obj);
	sobj_put(&r->obj);
	return ERR_PTR(ret);
}

static struct sobj *svm_find(struct sdev *dev, unsigned long addr, bool write)
{
	struct sobj *o = sobj_find(dev, addr, write);

	return o ? o : make(dev, addr);
}

static void svm_remove(struct sobj *o)
{
	WARN_ON(mmnotify_range_remove(&container_of(o, struct svm_range, obj)->range));
}

/* ---- the user's policy ---- */

/* Return: false if a callback has unlinked the range. */
static bool set_policy(struct sobj *o, unsigned long start, unsigned long end,
		       bool on)
{
	struct svm_range *r = container_of(o, struct svm_range, obj);
	unsigned int first = page_in(r, start);
	unsigned int n = (end - start) >> PAGE_SHIFT;
	bool alive;

	spin_lock(&o->dev->lock);
	alive = !o->dead;
	if (alive && on)
		bitmap_set(r->policy, first, n);
	else if (alive)
		bitmap_clear(r->policy, first, n);
	spin_unlock(&o->dev->lock);
	return alive;
}

static int svm_add(struct sdev *dev, const struct device_range *arg)
{
	unsigned long at = arg->start, end = arg->start + arg->len, last;
	struct sobj *o;

	if (arg->flags & DEVICE_IMPLICIT)
		return -EINVAL;
	while (at < end) {
		o = svm_find(dev, at, true);
		if (IS_ERR(o))
			return PTR_ERR(o);
		last = min(end, o->end);
		if (set_policy(o, at, last, true))
			at = last;
		sobj_put(o);
	}
	return 0;
}

static int svm_del(struct sdev *dev, const struct device_range *arg)
{
	unsigned long end = arg->start + arg->len, at = arg->start, last;
	struct sobj *o;

	while (at < end) {
		o = sobj_find(dev, at, true);
		if (!o) {
			at += PAGE_SIZE;
			continue;
		}
		last = min(end, o->end);
		set_policy(o, at, last, false);
		at = last;
		sobj_put(o);
	}
	return 0;
}

/* ---- the device's memory ---- */

static int svm_attach(struct sdev *dev)
{
	struct svm_device *d = dev->private;

	d->dev = dev;
	spin_lock(&devices_lock);
	list_add(&d->list, &devices);
	spin_unlock(&devices_lock);
	return 0;
}

static void svm_detach(struct sdev *dev)
{
	struct svm_device *d = dev->private;

	spin_lock(&devices_lock);
	list_del(&d->list);
	spin_unlock(&devices_lock);
}

static void svm_revoke(struct mm_struct *mm, unsigned long start,
		       unsigned long end)
{
	struct svm_device *d;

	spin_lock(&devices_lock);
	list_for_each_entry(d, &devices, list)
		if (d->dev->mm == mm)
			sdev_revoke(d->dev, start, end);
	spin_unlock(&devices_lock);
}

static long svm_migrate(struct sdev *dev, unsigned long start, unsigned long end)
{
	return vram_take(dev->mm, start, end);
}

static const struct vram_ops svm_vram_ops = {
	.revoke = svm_revoke,
};

static const struct sdev_model svm_model = {
	.name = "mmn_svm",
	.client = &svm_client,
	.private = sizeof(struct svm_device),
	.add = svm_add,
	.del = svm_del,
	.find = svm_find,
	.remove = svm_remove,
	.attach = svm_attach,
	.detach = svm_detach,
	.migrate = svm_migrate,
	.owner = &svm_client,
};

static int __init svm_init(void)
{
	int ret;

	BUILD_BUG_ON(offsetof(struct svm_range, obj));
	ret = vram_init(svm_model.owner, &svm_vram_ops);
	if (ret)
		return ret;
	ret = sdev_init(&svm_model);
	if (ret)
		vram_exit();
	return ret;
}
module_init(svm_init);

static void __exit svm_exit(void)
{
	sdev_exit();
	vram_exit();
}
module_exit(svm_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("A software GPU with shared virtual memory, for mmnotify");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
