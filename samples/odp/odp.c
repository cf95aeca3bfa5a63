// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * odp: an RDMA device with on-demand paging. Its model is mlx5: a memory region
 * (MR) is registered without its pages, and the device's page faults map them.
 * An implicit MR (DEVICE_IMPLICIT) covers addresses that need not be mapped yet;
 * faults create children of at most 2 MiB in it, each with a range of its own.
 *
 * naive: every event drops the translations that it touches, and a child without
 * translations is destroyed, even after reclaim or a migration.
 * aware: the effects decide about translations, and a child is destroyed when it
 * has no translations left and its memory was unmapped.
 *
 * Only DEVICE_IOC_DEL_RANGE ends an explicit MR.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <mmnotify/mmnotify.h>

#include "../common/sdev.h"

#define CHILD		SZ_2M
#define MAX_LEN		((u64)SZ_1G * 4)

struct odp_mr {
	struct sobj obj;
	struct mmnotify_range range;	/* unused in an implicit MR */
	const struct odp_mr *parent;	/* implicit MR of a child, else NULL */
};

static struct mmnotify_client odp_client = {
	.name = "mmn_odp",
	.owner = THIS_MODULE,
};

/* ---- invalidation, under the driver lock ---- */

static void destroy_child(struct odp_mr *mr)
{
	mr->obj.dev->stat.destroyed++;
	sobj_unlink(&mr->obj);
	mmnotify_range_remove_async(&mr->range);
}

static bool odp_invalidate(struct mmnotify_range *range,
			   const struct mmnotify_info *info, unsigned long seq)
{
	struct odp_mr *mr = container_of(range, struct odp_mr, range);
	struct sdev *dev = mr->obj.dev;
	u32 effects = MMNOTIFY_FX_ALL;
	unsigned long start, end;
	bool over = true;

	if (sdev_aware(dev)) {
		effects = sdev_effects(info);
		over = sdev_is_gone(info, effects);
	}
	spin_lock(&dev->lock);
	if (mr->obj.dead) {
		mmnotify_range_set_seq(range, seq);
	} else if (!effects) {
		sobj_event(&mr->obj, info);
		dev->stat.skipped++;
	} else if (mmnotify_range_clamp(range, info, &start, &end)) {
		mmnotify_range_set_seq(range, seq);
		sobj_event(&mr->obj, info);
		sobj_follow(&mr->obj, effects, start, end);
		if (over && mr->parent && !mr->obj.present)
			destroy_child(mr);
	}
	spin_unlock(&dev->lock);
	return true;
}

static void odp_removed(struct mmnotify_range *range)
{
	struct odp_mr *mr = container_of(range, struct odp_mr, range);

	sobj_put(&mr->obj);
}

static const struct mmnotify_range_ops odp_naive_ops = {
	.invalidate = odp_invalidate,
	.removed = odp_removed,
};

static const struct mmnotify_range_ops odp_aware_ops = {
	.invalidate = odp_invalidate,
	.removed = odp_removed,
	.effects = MMNOTIFY_FX_ALL,
};

/* ---- memory regions ---- */

static struct odp_mr *alloc_mr(struct sdev *dev, const struct device_range *arg,
			       const struct odp_mr *parent)
{
	struct odp_mr *mr = kzalloc(sizeof(*mr), GFP_KERNEL);

	if (!mr)
		return NULL;
	if (sobj_init(&mr->obj, dev, arg, sizeof(*mr))) {
		kfree(mr);
		return NULL;
	}
	mr->parent = parent;
	mr->range.owner = &odp_client;
	return mr;
}

/* Return: a new MR or child with a reference; the list has another one. */
static struct sobj *make(struct sdev *dev, const struct device_range *arg,
			 const struct odp_mr *parent)
{
	const struct mmnotify_range_ops *ops =
		sdev_aware(dev) ? &odp_aware_ops : &odp_naive_ops;
	struct odp_mr *mr = alloc_mr(dev, arg, parent);
	int ret;

	if (!mr)
		return ERR_PTR(-ENOMEM);
	kref_get(&mr->obj.kref);
	if (arg->flags & DEVICE_IMPLICIT) {
		sobj_link(&mr->obj, NULL);
		return &mr->obj;
	}
	sobj_link(&mr->obj, mmnotify_range_notifier(&mr->range));
	ret = mmnotify_range_insert(&odp_client, &mr->range, dev->mm,
				    arg->start, arg->len, ops);
	if (!ret)
		return &mr->obj;
	/* No callback ran for a range that was not inserted, so it is still linked. */
	spin_lock(&dev->lock);
	sobj_unlink(&mr->obj);
	spin_unlock(&dev->lock);
	sobj_put(&mr->obj);
	sobj_put(&mr->obj);
	return ERR_PTR(ret);
}

static int odp_add(struct sdev *dev, const struct device_range *arg)
{
	struct sobj *o;

	if (!(arg->flags & DEVICE_IMPLICIT) && arg->len > MAX_LEN)
		return -EINVAL;
	o = make(dev, arg, NULL);
	if (IS_ERR(o))
		return PTR_ERR(o);
	sobj_put(o);
	return 0;
}

/* Return: a child of @parent with a reference, or NULL. */
static struct sobj *any_child(struct sdev *dev, const struct odp_mr *parent)
{
	struct odp_mr *mr;
	struct sobj *found = NULL;

	spin_lock(&dev->lock);
	list_for_each_entry(mr, &dev->objects, obj.list) {
		if (mr->parent != parent)
			continue;
		kref_get(&mr->obj.kref);
		found = &mr->obj;
		break;
	}
	spin_unlock(&dev->lock);
	return found;
}

static struct odp_mr *find_implicit(struct sdev *dev, unsigned long addr,
				    bool write)
{
	struct odp_mr *mr, *found = NULL;
	struct sobj *o;

	spin_lock(&dev->lock);
	list_for_each_entry(mr, &dev->objects, obj.list) {
		o = &mr->obj;
		if (!(o->flags & DEVICE_IMPLICIT) || addr < o->start ||
		    addr >= o->end || (write && !(o->flags & DEVICE_WRITE)))
			continue;
		found = mr;
		break;
	}
	spin_unlock(&dev->lock);
	/* Implicit MRs are only deleted under dev->mutex, which the caller holds. */
	return found;
}

static int odp_del(struct sdev *dev, const struct device_range *arg)
{
	struct sobj *o = sobj_find_exact(dev, arg), *child;

	if (!o)
		return -ENOENT;
	if (o->flags & DEVICE_IMPLICIT)
		while ((child = any_child(dev, container_of(o, struct odp_mr, obj)))) {
			sobj_delete(child);
			sobj_put(child);
		}
	sobj_delete(o);
	sobj_put(o);
	return 0;
}

static struct sobj *odp_find(struct sdev *dev, unsigned long addr, bool write)
{
	struct sobj *o = sobj_find(dev, addr, write);
	const struct odp_mr *parent;
	struct device_range arg;
	unsigned long start, end;

	if (o)
		return o;
	parent = find_implicit(dev, addr, write);
	if (!parent)
		return ERR_PTR(-ENOENT);
	start = ALIGN_DOWN(addr, CHILD);
	end = min(start + CHILD, parent->obj.end);
	start = max(start, parent->obj.start);
	arg = (struct device_range) {
		.start = start,
		.len = end - start,
		.flags = parent->obj.flags & DEVICE_WRITE,
	};
	return make(dev, &arg, parent);
}

static void odp_remove(struct sobj *o)
{
	WARN_ON(mmnotify_range_remove(&container_of(o, struct odp_mr, obj)->range));
}

static const struct sdev_model odp_model = {
	.name = "mmn_odp",
	.client = &odp_client,
	.add = odp_add,
	.del = odp_del,
	.find = odp_find,
	.remove = odp_remove,
};

static int __init odp_init(void)
{
	BUILD_BUG_ON(offsetof(struct odp_mr, obj));
	return sdev_init(&odp_model);
}
module_init(odp_init);

static void __exit odp_exit(void)
{
	sdev_exit();
}
module_exit(odp_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("A software RDMA device with on-demand paging, for mmnotify");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
