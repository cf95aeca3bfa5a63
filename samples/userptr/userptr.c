// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * userptr: a GPU that cannot fault and works on buffers of its process. It models
 * amdgpu with KFD: each buffer has a native interval notifier. Each of its events
 * stops all queues of the process (an eviction) and drops the buffer's pages. A
 * millisecond later a work item looks the pages up again and restarts the queues.
 *
 * The notifier stays native: the callback calls mmnotify_classify_as() (tier 1),
 * and the modes differ in one condition:
 *
 * naive: every event is an eviction.
 * aware: an event without an effect on this buffer is no eviction. A buffer that
 * the device only reads is not affected by a loss of the right to write.
 *
 * An access that finds the queues stopped restarts them at once, without waiting
 * for the work item. A page that the buffer still lacks is then looked up, as the
 * validation at submission does.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <mmnotify/mmnotify.h>

#include "../common/sdev.h"

#define MAX_LEN		((u64)SZ_1G * 4)
#define RESTORE_MS	1

/* A buffer. */
struct userptr {
	struct sobj obj;
	struct mmu_interval_notifier mni;
	bool forgotten;		/* the pages were dropped; under sdev.lock */
};

/* The queues of a process. */
struct queues {
	struct sdev *dev;
	struct delayed_work restore;
	bool stopped;		/* under sdev.lock */
};

static struct mmnotify_client userptr_client = {
	.name = "mmn_userptr",
	.owner = THIS_MODULE,
};

/* Bytes of the page list, which a real driver frees when it drops the pages. */
static size_t pages_bytes(const struct userptr *u)
{
	return ((u->obj.end - u->obj.start) >> PAGE_SHIFT) * sizeof(*u->obj.pte);
}

/* ---- invalidation, under the driver lock ---- */

static u32 depends(const struct userptr *u)
{
	u32 effects = MMNOTIFY_FX_VMA_GONE | MMNOTIFY_FX_PFN |
		      MMNOTIFY_FX_NO_READ;

	if (u->obj.flags & DEVICE_WRITE)
		effects |= MMNOTIFY_FX_NO_WRITE | MMNOTIFY_FX_DIRTY;
	return effects & ~sdev_dropped();
}

static void evict(struct userptr *u)
{
	struct sdev *dev = u->obj.dev;
	struct queues *q = dev->private;

	sobj_zap(&u->obj, u->obj.start, u->obj.end);
	if (!u->forgotten) {
		u->forgotten = true;
		u->obj.bytes -= pages_bytes(u);
		dev->stat.destroyed++;
		dev->stat.tracking_freed += pages_bytes(u);
	}
	if (!q->stopped)
		dev->stat.evictions++;
	q->stopped = true;
	sdev_queue(&q->restore, RESTORE_MS);
}

static void invalidate(struct userptr *u, const struct mmnotify_info *info,
		       unsigned long seq)
{
	struct sdev *dev = u->obj.dev;

	sobj_event(&u->obj, info);
	if (sdev_aware(dev) && !mmnotify_affects(info, depends(u))) {
		dev->stat.skipped++;
		return;
	}
	mmu_interval_set_seq(&u->mni, seq);
	if (u->obj.present)
		evict(u);
	else
		dev->stat.skipped++;
}

static bool userptr_invalidate(struct mmu_interval_notifier *mni,
			       const struct mmu_notifier_range *range,
			       unsigned long seq)
{
	struct userptr *u = container_of(mni, struct userptr, mni);
	struct sdev *dev = u->obj.dev;
	struct mmnotify_info info;

	mmnotify_classify_as(&userptr_client, range, &info);
	spin_lock(&dev->lock);
	if (u->obj.dead)
		mmu_interval_set_seq(mni, seq);
	else
		invalidate(u, &info, seq);
	spin_unlock(&dev->lock);
	return true;
}

static const struct mmu_interval_notifier_ops userptr_ops = {
	.invalidate = userptr_invalidate,
};

/* ---- restore ---- */

/* Return: a buffer to rebuild, with a reference; or NULL after the queues are restarted. */
static struct userptr *next_forgotten(struct sdev *dev)
{
	struct queues *q = dev->private;
	struct userptr *u, *found = NULL;

	spin_lock(&dev->lock);
	list_for_each_entry(u, &dev->objects, obj.list) {
		if (!u->forgotten)
			continue;
		u->forgotten = false;
		u->obj.bytes += pages_bytes(u);
		kref_get(&u->obj.kref);
		dev->stat.rebuilds++;
		dev->stat.tracking_allocated += pages_bytes(u);
		found = u;
		break;
	}
	if (!found)
		q->stopped = false;
	spin_unlock(&dev->lock);
	return found;
}

/*
 * Pages that are not accessible stay without a translation: the device would fault
 * on them. The caller holds dev->mutex and a reference of mmget().
 */
static void restore(struct sdev *dev)
{
	struct userptr *u;

	while ((u = next_forgotten(dev))) {
		sobj_fill(&u->obj);
		sobj_put(&u->obj);
	}
}

static void userptr_restore(struct work_struct *work)
{
	struct queues *q = container_of(to_delayed_work(work), struct queues,
					restore);
	struct sdev *dev = q->dev;

	mutex_lock(&dev->mutex);
	if (mmget_not_zero(dev->mm)) {
		restore(dev);
		mmput(dev->mm);
	}
	mutex_unlock(&dev->mutex);
}

static int userptr_attach(struct sdev *dev)
{
	struct queues *q = dev->private;

	q->dev = dev;
	INIT_DELAYED_WORK(&q->restore, userptr_restore);
	return 0;
}

static void userptr_detach(struct sdev *dev)
{
	struct queues *q = dev->private;

	cancel_delayed_work_sync(&q->restore);
}

/* ---- buffers ---- */

static int userptr_add(struct sdev *dev, const struct device_range *arg)
{
	struct userptr *u;
	int ret;

	if ((arg->flags & DEVICE_IMPLICIT) || arg->len > MAX_LEN)
		return -EINVAL;
	u = kzalloc(sizeof(*u), GFP_KERNEL);
	if (!u)
		return -ENOMEM;
	ret = sobj_init(&u->obj, dev, arg, sizeof(*u));
	if (ret)
		goto err_alloc;
	ret = mmu_interval_notifier_insert(&u->mni, dev->mm, arg->start,
					   arg->len, &userptr_ops);
	if (ret)
		goto err_init;
	/* A callback that runs before sobj_link() finds a buffer without pages. */
	sobj_link(&u->obj, &u->mni);
	return 0;

err_init:
	kvfree(u->obj.pte);
err_alloc:
	kfree(u);
	return ret;
}

static int userptr_del(struct sdev *dev, const struct device_range *arg)
{
	struct sobj *o = sobj_find_exact(dev, arg);

	if (!o)
		return -ENOENT;
	sobj_delete(o);
	sobj_put(o);
	return 0;
}

static struct sobj *userptr_find(struct sdev *dev, unsigned long addr,
				 bool write)
{
	struct sobj *o = sobj_find(dev, addr, write);

	return o ? o : ERR_PTR(-ENOENT);
}

static void userptr_remove(struct sobj *o)
{
	mmu_interval_notifier_remove(o->mni);
}

static const struct sdev_model userptr_model = {
	.name = "mmn_userptr",
	.client = &userptr_client,
	.private = sizeof(struct queues),
	.add = userptr_add,
	.del = userptr_del,
	.find = userptr_find,
	.remove = userptr_remove,
	.prepare = restore,
	.attach = userptr_attach,
	.detach = userptr_detach,
};

static int __init userptr_init(void)
{
	BUILD_BUG_ON(offsetof(struct userptr, obj));
	return sdev_init(&userptr_model);
}
module_init(userptr_init);

static void __exit userptr_exit(void)
{
	sdev_exit();
}
module_exit(userptr_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("A software GPU with user pointers, for mmnotify");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
