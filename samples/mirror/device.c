// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mirror: a small but complete client. A software device that mirrors ranges of
 * the attached process: it builds translations when the device "accesses" an
 * address, drops or restricts them in its callbacks, and logs every verdict for
 * user space. User space chooses which tiers of the API it uses.
 *
 * Locking: mirror.lock (mutex) guards the attachment and the list of ranges
 * and is never taken in a callback. mirror_dev_range.lock (spinlock, ranges.c) is the driver
 * lock of real drivers: it guards the translations and orders them against the
 * sequence. The log's lock is innermost.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <mmnotify/mmnotify.h>

#include "log.h"
#include "mirror.h"
#include "ranges.h"

struct mirror_mm {
	struct mmnotify_mm m;
	struct mirror *mirror;	/* set once, NULL until then */
};

struct mmnotify_client mirror_client = {
	.name = "mirror",
	.owner = THIS_MODULE,
};

/* ---- life of an attachment ---- */

static void mirror_free(struct kref *kref)
{
	struct mirror *mirror = container_of(kref, struct mirror, kref);

	mirror_log_free(&mirror->log);
	if (mirror->mm)
		mmdrop(mirror->mm);
	kfree(mirror);
}

static int mirror_open(struct inode *inode, struct file *file)
{
	struct mirror *mirror = kzalloc(sizeof(*mirror), GFP_KERNEL);

	if (!mirror)
		return -ENOMEM;
	mirror_log_init(&mirror->log);
	kref_init(&mirror->kref);
	mutex_init(&mirror->lock);
	INIT_LIST_HEAD(&mirror->ranges);
	file->private_data = mirror;
	return 0;
}

/* ---- tier 1: a native notifier with mmnotify_classify() ---- */

static int mirror_native_start(struct mmu_notifier *mn,
			       const struct mmu_notifier_range *range)
{
	struct mirror *mirror = container_of(mn, struct mirror, native);
	struct mmnotify_info info;

	mmnotify_classify(range, &info);
	mirror_log_add(&mirror->log, &info, MIRROR_TIER_CLASSIFY, MIRROR_PHASE_START);
	return 0;
}

static const struct mmu_notifier_ops mirror_native_ops = {
	.invalidate_range_start = mirror_native_start,
};

/* ---- tier 2, the whole mm ---- */

static void mirror_mm_log(struct mmnotify_mm *m,
			  const struct mmnotify_info *info, u16 phase)
{
	struct mirror_mm *whole = container_of(m, struct mirror_mm, m);
	/* Pairs with the release in attach_mm(). */
	struct mirror *mirror = smp_load_acquire(&whole->mirror);

	if (mirror)
		mirror_log_add(&mirror->log, info, MIRROR_TIER_MM, phase);
}

static void mirror_mm_start(struct mmnotify_mm *m,
			    const struct mmnotify_info *info)
{
	mirror_mm_log(m, info, MIRROR_PHASE_START);
}

static void mirror_mm_end(struct mmnotify_mm *m,
			  const struct mmnotify_info *info)
{
	mirror_mm_log(m, info, MIRROR_PHASE_END);
}

static void mirror_mm_release(struct mmnotify_mm *m)
{
	struct mirror_mm *whole = container_of(m, struct mirror_mm, m);
	struct mmnotify_info info = {
		.event = MMNOTIFY_RELEASE,
		.native = MMNOTIFY_RELEASE,
		.effects = MMNOTIFY_FX_ALL,
		.flags = MMNOTIFY_F_EXACT | MMNOTIFY_F_BLOCKABLE,
		.cause = MMNOTIFY_CAUSE_EXIT,
		.end = ULONG_MAX,
	};

	if (whole->mirror)
		whole->mirror->released++;
	mirror_mm_log(m, &info, MIRROR_PHASE_RELEASE);
}

static struct mmnotify_mm *mirror_mm_alloc(struct mm_struct *mm)
{
	struct mirror_mm *whole = kzalloc(sizeof(*whole), GFP_KERNEL);

	return whole ? &whole->m : ERR_PTR(-ENOMEM);
}

static void mirror_mm_free(struct mmnotify_mm *m)
{
	struct mirror_mm *whole = container_of(m, struct mirror_mm, m);

	if (whole->mirror)
		kref_put(&whole->mirror->kref, mirror_free);
	kfree(whole);
}

static const struct mmnotify_mm_ops mirror_mm_ops = {
	.start = mirror_mm_start,
	.end = mirror_mm_end,
	.release = mirror_mm_release,
	.alloc = mirror_mm_alloc,
	.free = mirror_mm_free,
};

/* One log per process: mmnotify_mm_get() returns the same object to all files. */
static int attach_mm(struct mirror *mirror)
{
	static DEFINE_MUTEX(claim);
	struct mirror_mm *whole;
	struct mmnotify_mm *m;

	m = mmnotify_mm_get(&mirror_client, mirror->mm, &mirror_mm_ops);
	if (IS_ERR(m))
		return PTR_ERR(m);
	whole = container_of(m, struct mirror_mm, m);
	mutex_lock(&claim);
	if (whole->mirror) {
		mutex_unlock(&claim);
		mmnotify_mm_put(m);
		return -EBUSY;
	}
	kref_get(&mirror->kref);
	/* Callbacks may run already; pairs with the acquire in mirror_mm_log(). */
	smp_store_release(&whole->mirror, mirror);
	mutex_unlock(&claim);
	mirror->whole = whole;
	return 0;
}

static int attach_native(struct mirror *mirror)
{
	mirror->native.ops = &mirror_native_ops;
	return mmu_notifier_register(&mirror->native, mirror->mm);
}

static int attach_tiers(struct mirror *mirror, u32 tiers)
{
	int ret = 0;

	if (tiers & MIRROR_TIER_CLASSIFY)
		ret = attach_native(mirror);
	if (ret)
		return ret;
	if (tiers & MIRROR_TIER_MM)
		ret = attach_mm(mirror);
	if (ret && (tiers & MIRROR_TIER_CLASSIFY))
		mmu_notifier_unregister(&mirror->native, mirror->mm);
	return ret;
}

static int attach(struct mirror *mirror, struct mm_struct *mm, u32 tiers)
{
	int ret;

	mirror->mm = mm;
	mmgrab(mm);
	ret = attach_tiers(mirror, tiers);
	if (ret) {
		mmdrop(mm);
		mirror->mm = NULL;
		return ret;
	}
	mirror->tiers = tiers;
	return 0;
}

static long mirror_attach(struct mirror *mirror, void __user *argp)
{
	struct mirror_attach a;
	int ret;

	if (copy_from_user(&a, argp, sizeof(a)))
		return -EFAULT;
	if (!a.tiers || a.rsvd ||
	    (a.tiers & ~(MIRROR_TIER_CLASSIFY | MIRROR_TIER_RANGE |
			 MIRROR_TIER_MM)))
		return -EINVAL;
	if ((a.tiers & MIRROR_TIER_RANGE) && !(mmnotify_caps() & MMNOTIFY_CAP_RANGES))
		return -EOPNOTSUPP;
	if (mirror->mm)
		return -EBUSY;
	ret = mirror_log_alloc(&mirror->log);
	if (ret)
		return ret;
	return attach(mirror, current->mm, a.tiers);
}

static struct mm_struct *mm_of(pid_t nr)
{
	struct pid *pid = find_get_pid(nr);
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	struct mm_struct *mm = task ? get_task_mm(task) : NULL;

	if (task)
		put_task_struct(task);
	put_pid(pid);
	return mm;
}

/* Another process: its whole mm, without a log; STAT returns the counters. */
static long mirror_follow(struct mirror *mirror, void __user *argp)
{
	struct mirror_follow f;
	struct mm_struct *mm;
	int ret;

	if (copy_from_user(&f, argp, sizeof(f)))
		return -EFAULT;
	if (f.rsvd)
		return -EINVAL;
	if (!capable(CAP_SYS_PTRACE))
		return -EPERM;
	if (mirror->mm)
		return -EBUSY;
	mm = mm_of(f.pid);
	if (!mm)
		return -ESRCH;
	ret = attach(mirror, mm, MIRROR_TIER_MM);
	mmput(mm);
	return ret;
}

static long mirror_stat(struct mirror *mirror, void __user *argp)
{
	struct mirror_stat stat = {
		.released = mirror->released, .ranges = mirror_ranges_count(mirror),
	};

	spin_lock(&mirror->log.lock);
	stat.logged = mirror->log.head;
	stat.dropped = mirror->log.dropped;
	stat.events = mirror->log.events;
	stat.inexact = mirror->log.inexact;
	spin_unlock(&mirror->log.lock);
	return copy_to_user(argp, &stat, sizeof(stat)) ? -EFAULT : 0;
}

static long do_ioctl(struct mirror *mirror, unsigned int cmd, void __user *argp)
{
	if (cmd == MIRROR_IOC_ATTACH)
		return mirror_attach(mirror, argp);
	if (cmd == MIRROR_IOC_FOLLOW)
		return mirror_follow(mirror, argp);
	if (cmd == MIRROR_IOC_STAT)
		return mirror_stat(mirror, argp);
	if (!mirror->mm)
		return -ENXIO;
	return mirror_ranges_ioctl(mirror, cmd, argp);
}

static long mirror_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct mirror *mirror = file->private_data;
	long ret;

	if (mutex_lock_interruptible(&mirror->lock))
		return -EINTR;
	ret = do_ioctl(mirror, cmd, (void __user *)arg);
	mutex_unlock(&mirror->lock);
	return ret;
}

static ssize_t mirror_read(struct file *file, char __user *buf, size_t size,
			   loff_t *pos)
{
	struct mirror *mirror = file->private_data;

	return mirror_log_read(&mirror->log, buf, size);
}

static int mirror_release(struct inode *inode, struct file *file)
{
	struct mirror *mirror = file->private_data;

	mirror_ranges_free(mirror);
	if (mirror->whole)
		mmnotify_mm_put(&mirror->whole->m);
	if (mirror->tiers & MIRROR_TIER_CLASSIFY)
		mmu_notifier_unregister(&mirror->native, mirror->mm);
	kref_put(&mirror->kref, mirror_free);
	return 0;
}

static const struct file_operations mirror_fops = {
	.owner = THIS_MODULE,
	.open = mirror_open,
	.read = mirror_read,
	.unlocked_ioctl = mirror_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = mirror_release,
};

static struct miscdevice mirror_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmn_mirror",
	.fops = &mirror_fops,
	.mode = 0600,
};

static int __init mirror_init(void)
{
	int ret = mmnotify_register(&mirror_client);

	if (ret)
		return ret;
	ret = misc_register(&mirror_device);
	if (ret)
		mmnotify_unregister(&mirror_client);
	return ret;
}
module_init(mirror_init);

static void __exit mirror_exit(void)
{
	misc_deregister(&mirror_device);
	mmnotify_synchronize(&mirror_client);
	mmnotify_unregister(&mirror_client);
}
module_exit(mirror_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("A software device that mirrors a process, for mmnotify");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
