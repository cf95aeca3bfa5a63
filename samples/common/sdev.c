// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * sdev: the common part of the three sample drivers: the file, the objects and
 * their translations, and the fault worker. See sdev.h.
 *
 * A work item serves a device access, as it does for a fault of a real device: it
 * works on a foreign mm, of which it only holds the structure (mmgrab()).
 */
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "sdev.h"

static unsigned int drop_effect;
module_param(drop_effect, uint, 0600);
MODULE_PARM_DESC(drop_effect, "for tests: effects that an aware driver wrongly ignores");

static const struct sdev_model *model;
static struct workqueue_struct *workers;

bool sdev_aware(const struct sdev *dev)
{
	return dev->mode == DEVICE_AWARE;
}

u32 sdev_dropped(void)
{
	return READ_ONCE(drop_effect);
}

/* The effects for an aware driver: a verdict that is not exact may have any effect. */
u32 sdev_effects(const struct mmnotify_info *info)
{
	u32 effects = info->flags & MMNOTIFY_F_EXACT ? info->effects :
						       MMNOTIFY_FX_ALL;

	return effects & ~sdev_dropped();
}

/*
 * Tracking memory that is gone is always safe. So a verdict that is not exact costs
 * translations only, unless the native event is UNMAP.
 */
bool sdev_is_gone(const struct mmnotify_info *info, u32 effects)
{
	if (info->flags & MMNOTIFY_F_EXACT)
		return effects & MMNOTIFY_FX_VMA_GONE;
	return info->event == MMNOTIFY_UNMAP;
}

/* Context: any, also a callback. */
void sdev_queue(struct delayed_work *work, unsigned int ms)
{
	queue_delayed_work(workers, work, msecs_to_jiffies(ms));
}

/* ---- objects ---- */

/*
 * A DEVICE_IMPLICIT object has no translations of its own, so its length is not
 * limited and no table is allocated. @size: bytes of the sample's structure.
 */
int sobj_init(struct sobj *o, struct sdev *dev, const struct device_range *arg,
	      size_t size)
{
	unsigned long pages = arg->len >> PAGE_SHIFT;

	kref_init(&o->kref);
	o->dev = dev;
	o->start = arg->start;
	o->end = arg->start + arg->len;
	o->flags = arg->flags;
	o->bytes = size;
	if (arg->flags & DEVICE_IMPLICIT)
		return 0;
	o->pte = kvcalloc(pages, sizeof(*o->pte), GFP_KERNEL | __GFP_NOWARN);
	if (!o->pte)
		return -ENOMEM;
	o->bytes += pages * sizeof(*o->pte);
	return 0;
}

static void sobj_free(struct kref *kref)
{
	struct sobj *o = container_of(kref, struct sobj, kref);

	kvfree(o->pte);
	kfree(o);
}

void sobj_put(struct sobj *o)
{
	kref_put(&o->kref, sobj_free);
}

/* Called before @mni is inserted, because its callback may run at once. */
void sobj_link(struct sobj *o, struct mmu_interval_notifier *mni)
{
	struct sdev *dev = o->dev;

	o->mni = mni;
	spin_lock(&dev->lock);
	list_add_tail(&o->list, &dev->objects);
	dev->stat.rebuilds++;
	dev->stat.tracking_allocated += o->bytes;
	spin_unlock(&dev->lock);
}

/* Drops all translations and passes the list's reference to the caller. */
void sobj_unlink(struct sobj *o)
{
	struct sdev *dev = o->dev;

	lockdep_assert_held(&dev->lock);
	sobj_zap(o, o->start, o->end);
	list_del(&o->list);
	o->dead = true;
	dev->stat.tracking_freed += o->bytes;
}

/* Deletes an object for user space, unless a callback has unlinked it already. */
void sobj_delete(struct sobj *o)
{
	struct sdev *dev = o->dev;
	bool mine;

	spin_lock(&dev->lock);
	mine = !o->dead;
	if (mine)
		sobj_unlink(o);
	spin_unlock(&dev->lock);
	if (!mine)
		return;
	if (o->mni)
		dev->model->remove(o);
	sobj_put(o);
}

/* Return: an object with translations that covers @addr, with a reference, or NULL. */
struct sobj *sobj_find(struct sdev *dev, unsigned long addr, bool write)
{
	struct sobj *o, *found = NULL;

	spin_lock(&dev->lock);
	list_for_each_entry(o, &dev->objects, list) {
		if (!o->pte || addr < o->start || addr >= o->end ||
		    (write && !(o->flags & DEVICE_WRITE)))
			continue;
		kref_get(&o->kref);
		found = o;
		break;
	}
	spin_unlock(&dev->lock);
	return found;
}

struct sobj *sobj_find_exact(struct sdev *dev, const struct device_range *arg)
{
	u32 kind = arg->flags & DEVICE_IMPLICIT;
	struct sobj *o, *found = NULL;

	spin_lock(&dev->lock);
	list_for_each_entry(o, &dev->objects, list) {
		if (o->start != arg->start || o->end != arg->start + arg->len ||
		    (o->flags & DEVICE_IMPLICIT) != kind)
			continue;
		kref_get(&o->kref);
		found = o;
		break;
	}
	spin_unlock(&dev->lock);
	return found;
}

/* ---- helpers of callbacks, under the driver lock ---- */

/* Counts a callback; the caller also counts it as skipped if it changes nothing. */
void sobj_event(struct sobj *o, const struct mmnotify_info *info)
{
	struct sdev *dev = o->dev;

	lockdep_assert_held(&dev->lock);
	dev->stat.events++;
	if (!(info->flags & MMNOTIFY_F_EXACT))
		dev->stat.inexact++;
}

void sobj_zap(struct sobj *o, unsigned long start, unsigned long end)
{
	unsigned long i = (start - o->start) >> PAGE_SHIFT;
	unsigned long last = DIV_ROUND_UP(end - o->start, PAGE_SIZE);

	lockdep_assert_held(&o->dev->lock);
	if (!o->present)
		return;
	for (; i < last; i++) {
		if (!o->pte[i])
			continue;
		o->pte[i] = 0;
		o->present--;
		o->dev->stat.zapped++;
	}
}

void sobj_downgrade(struct sobj *o, unsigned long start, unsigned long end)
{
	unsigned long i = (start - o->start) >> PAGE_SHIFT;
	unsigned long last = DIV_ROUND_UP(end - o->start, PAGE_SIZE);

	lockdep_assert_held(&o->dev->lock);
	if (!o->present)
		return;
	for (; i < last; i++) {
		if (!(o->pte[i] & HMM_PFN_WRITE))
			continue;
		o->pte[i] &= ~HMM_PFN_WRITE;
		o->dev->stat.downgraded++;
	}
}

/* Removes or downgrades only the translations that the effects require. */
void sobj_follow(struct sobj *o, u32 effects, unsigned long start,
		 unsigned long end)
{
	if (effects & (MMNOTIFY_FX_VMA_GONE | MMNOTIFY_FX_PFN |
		       MMNOTIFY_FX_NO_READ))
		sobj_zap(o, start, end);
	else if (effects & (MMNOTIFY_FX_NO_WRITE | MMNOTIFY_FX_DIRTY))
		sobj_downgrade(o, start, end);
}

/*
 * The driver itself migrates pages, so its ranges get no callback (same owner). Drops the
 * translations; dev->revoked makes a concurrent fault retry.
 */
void sdev_revoke(struct sdev *dev, unsigned long start, unsigned long end)
{
	struct sobj *o;

	spin_lock(&dev->lock);
	dev->revoked++;
	list_for_each_entry(o, &dev->objects, list)
		if (o->pte && o->start < end && start < o->end)
			sobj_zap(o, max(start, o->start), min(end, o->end));
	spin_unlock(&dev->lock);
}

/* ---- the fault worker ---- */

static void sdev_work(struct work_struct *work)
{
	struct sdev *dev = container_of(work, struct sdev, work);

	dev->ret = -ESRCH;
	if (mmget_not_zero(dev->mm)) {
		if (dev->model->prepare)
			dev->model->prepare(dev);
		dev->ret = sdev_access_all(dev, &dev->access);
		mmput(dev->mm);
	}
	complete(&dev->done);
}

/* ---- ioctls ---- */

static int check_place(u64 start, u64 len)
{
	if (!len || !PAGE_ALIGNED(start) || !PAGE_ALIGNED(len))
		return -EINVAL;
	if (start >= TASK_SIZE || len > TASK_SIZE - start)
		return -EOVERFLOW;
	return 0;
}

static long sdev_access(struct sdev *dev, void __user *argp)
{
	int ret;

	if (copy_from_user(&dev->access, argp, sizeof(dev->access)))
		return -EFAULT;
	if (dev->access.write > 1 || dev->access.pages)
		return -EINVAL;
	ret = check_place(dev->access.start, dev->access.len);
	if (ret)
		return ret;
	dev->stop = false;
	reinit_completion(&dev->done);
	queue_work(workers, &dev->work);
	if (wait_for_completion_killable(&dev->done)) {
		WRITE_ONCE(dev->stop, true);
		wait_for_completion(&dev->done);
		dev->stop = false;
	}
	if (copy_to_user(argp, &dev->access, sizeof(dev->access)))
		return -EFAULT;
	return dev->ret;
}

static long sdev_range(struct sdev *dev, unsigned int cmd, void __user *argp)
{
	struct device_range arg;
	int ret;

	if (copy_from_user(&arg, argp, sizeof(arg)))
		return -EFAULT;
	if (arg.rsvd || (arg.flags & ~(DEVICE_WRITE | DEVICE_IMPLICIT)))
		return -EINVAL;
	ret = check_place(arg.start, arg.len);
	if (ret)
		return ret;
	if (cmd == DEVICE_IOC_DEL_RANGE)
		return dev->model->del(dev, &arg);
	if (!mmget_not_zero(dev->mm))
		return -ESRCH;
	ret = dev->model->add(dev, &arg);
	mmput(dev->mm);
	return ret;
}

static long migrate(struct sdev *dev, struct device_migrate *arg)
{
	long ret;

	if (arg->rsvd || arg->pages)
		return -EINVAL;
	ret = check_place(arg->start, arg->len);
	if (ret)
		return ret;
	if (!dev->model->migrate)
		return -EOPNOTSUPP;
	if (!mmget_not_zero(dev->mm))
		return -ESRCH;
	ret = dev->model->migrate(dev, arg->start, arg->start + arg->len);
	mmput(dev->mm);
	if (ret < 0)
		return ret;
	arg->pages = ret;
	spin_lock(&dev->lock);
	dev->stat.migrated += ret;
	spin_unlock(&dev->lock);
	return 0;
}

static long sdev_migrate(struct sdev *dev, void __user *argp)
{
	struct device_migrate arg;
	long ret;

	if (copy_from_user(&arg, argp, sizeof(arg)))
		return -EFAULT;
	ret = migrate(dev, &arg);
	if (!ret && copy_to_user(argp, &arg, sizeof(arg)))
		return -EFAULT;
	return ret;
}

static long sdev_check(struct sdev *dev, void __user *argp)
{
	struct device_check result = {};
	int ret = check_all(dev, &result);

	if (!ret && copy_to_user(argp, &result, sizeof(result)))
		return -EFAULT;
	return ret;
}

static long sdev_stat(struct sdev *dev, void __user *argp)
{
	struct device_stat stat;

	spin_lock(&dev->lock);
	stat = dev->stat;
	spin_unlock(&dev->lock);
	return copy_to_user(argp, &stat, sizeof(stat)) ? -EFAULT : 0;
}

static int attach(struct sdev *dev)
{
	int ret = history_start(dev);

	if (ret)
		return ret;
	/* A primed mm lets a device fault insert its range without mmap_lock. */
	ret = mmnotify_prime(dev->mm);
	if (!ret && dev->model->attach)
		ret = dev->model->attach(dev);
	if (ret)
		history_stop(dev);
	return ret;
}

static long sdev_attach(struct sdev *dev, void __user *argp)
{
	struct device_attach arg;
	int ret;

	if (copy_from_user(&arg, argp, sizeof(arg)))
		return -EFAULT;
	if (arg.rsvd || arg.mode > DEVICE_AWARE)
		return -EINVAL;
	if (dev->mm)
		return -EBUSY;
	dev->mode = arg.mode;
	dev->mm = current->mm;
	mmgrab(dev->mm);
	ret = attach(dev);
	if (ret) {
		mmdrop(dev->mm);
		dev->mm = NULL;
	}
	return ret;
}

static long do_ioctl(struct sdev *dev, unsigned int cmd, void __user *argp)
{
	if (cmd == DEVICE_IOC_ATTACH)
		return sdev_attach(dev, argp);
	if (!dev->mm)
		return -ENXIO;
	switch (cmd) {
	case DEVICE_IOC_ADD_RANGE:
	case DEVICE_IOC_DEL_RANGE:
		return sdev_range(dev, cmd, argp);
	case DEVICE_IOC_ACCESS:
		return sdev_access(dev, argp);
	case DEVICE_IOC_MIGRATE:
		return sdev_migrate(dev, argp);
	case DEVICE_IOC_CHECK:
		return sdev_check(dev, argp);
	case DEVICE_IOC_STAT:
		return sdev_stat(dev, argp);
	default:
		return -ENOTTY;
	}
}

static long sdev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct sdev *dev = file->private_data;
	long ret;

	if (mutex_lock_killable(&dev->mutex))
		return -EINTR;
	ret = do_ioctl(dev, cmd, (void __user *)arg);
	mutex_unlock(&dev->mutex);
	return ret;
}

static void sdev_free(struct sdev *dev)
{
	kfree(dev->private);
	kvfree(dev->pfns);
	kfree(dev);
}

static int sdev_open(struct inode *inode, struct file *file)
{
	struct sdev *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (!dev)
		return -ENOMEM;
	dev->model = model;
	dev->pfns = kvcalloc(SDEV_CHUNK, sizeof(*dev->pfns), GFP_KERNEL);
	dev->private = kzalloc(model->private + 1, GFP_KERNEL);
	if (!dev->pfns || !dev->private) {
		sdev_free(dev);
		return -ENOMEM;
	}
	mutex_init(&dev->mutex);
	spin_lock_init(&dev->lock);
	INIT_LIST_HEAD(&dev->objects);
	INIT_WORK(&dev->work, sdev_work);
	init_completion(&dev->done);
	file->private_data = dev;
	return 0;
}

/* Return: some object, with a reference, or NULL. */
static struct sobj *any_object(struct sdev *dev)
{
	struct sobj *o;

	spin_lock(&dev->lock);
	o = list_first_entry_or_null(&dev->objects, struct sobj, list);
	if (o)
		kref_get(&o->kref);
	spin_unlock(&dev->lock);
	return o;
}

static int sdev_release(struct inode *inode, struct file *file)
{
	struct sdev *dev = file->private_data;
	struct sobj *o;

	if (!dev->mm) {
		sdev_free(dev);
		return 0;
	}
	while ((o = any_object(dev))) {
		sobj_delete(o);
		sobj_put(o);
	}
	/* Objects that a callback unlinked use @dev until their removal completes. */
	mmnotify_synchronize(dev->model->client);
	if (dev->model->detach)
		dev->model->detach(dev);
	history_stop(dev);
	mmdrop(dev->mm);
	sdev_free(dev);
	return 0;
}

static const struct file_operations sdev_fops = {
	.owner = THIS_MODULE,
	.open = sdev_open,
	.unlocked_ioctl = sdev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = sdev_release,
};

static struct miscdevice sdev_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.fops = &sdev_fops,
	.mode = 0600,
};

int sdev_init(const struct sdev_model *m)
{
	int ret;

	model = m;
	workers = alloc_workqueue("%s", WQ_UNBOUND, 0, m->name);
	if (!workers)
		return -ENOMEM;
	ret = mmnotify_register(m->client);
	if (ret)
		goto err_workers;
	sdev_misc.name = m->name;
	ret = misc_register(&sdev_misc);
	if (ret)
		goto err_client;
	return 0;

err_client:
	mmnotify_unregister(m->client);
err_workers:
	destroy_workqueue(workers);
	return ret;
}

void sdev_exit(void)
{
	misc_deregister(&sdev_misc);
	mmnotify_synchronize(model->client);
	mmnotify_unregister(model->client);
	destroy_workqueue(workers);
}
