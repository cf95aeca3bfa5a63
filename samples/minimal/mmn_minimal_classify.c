// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * Tier 1: the driver keeps its own mmu_interval_notifier and calls mmnotify_classify() in
 * the callback. Each open file of /dev/mmn_minimal_classify mirrors all addresses of the
 * process that opened it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <mmnotify/mmnotify.h>

struct mirror {
	struct mmu_interval_notifier mni;
	spinlock_t lock;	/* guards the page tables of the device */
	unsigned long zaps;
};

static struct mmnotify_client client = { .name = KBUILD_MODNAME, .owner = THIS_MODULE };

static bool mirror_invalidate(struct mmu_interval_notifier *mni,
			      const struct mmu_notifier_range *range, unsigned long seq)
{
	struct mirror *m = container_of(mni, struct mirror, mni);
	struct mmnotify_info info;

	mmnotify_classify(range, &info);
	if (!mmnotify_affects(&info, MMNOTIFY_FX_ALL))
		return true;	/* nothing changes for the device: a NUMA hint */
	spin_lock(&m->lock);
	mmu_interval_set_seq(mni, seq);
	m->zaps++;		/* here a driver zaps [info.start, info.end) */
	spin_unlock(&m->lock);
	return true;
}

static const struct mmu_interval_notifier_ops mirror_ops = { .invalidate = mirror_invalidate };

static int mirror_open(struct inode *inode, struct file *file)
{
	struct mirror *m = kzalloc(sizeof(*m), GFP_KERNEL);
	int ret;

	if (!m)
		return -ENOMEM;
	spin_lock_init(&m->lock);
	ret = mmu_interval_notifier_insert(&m->mni, current->mm, 0, current->mm->task_size,
					   &mirror_ops);
	if (ret) {
		kfree(m);
		return ret;
	}
	file->private_data = m;
	return 0;
}

static int mirror_release(struct inode *inode, struct file *file)
{
	struct mirror *m = file->private_data;

	mmu_interval_notifier_remove(&m->mni);
	pr_info("%lu zaps\n", m->zaps);
	kfree(m);
	return 0;
}

static const struct file_operations mirror_fops = {
	.owner = THIS_MODULE, .open = mirror_open, .release = mirror_release,
};

static struct miscdevice mirror_device = {
	.minor = MISC_DYNAMIC_MINOR, .name = KBUILD_MODNAME, .fops = &mirror_fops,
};

static int __init mirror_init(void)
{
	int ret = mmnotify_register(&client);

	if (ret)
		return ret;
	ret = misc_register(&mirror_device);
	if (ret)
		mmnotify_unregister(&client);
	return ret;
}
module_init(mirror_init);

static void __exit mirror_exit(void)
{
	misc_deregister(&mirror_device);
	mmnotify_unregister(&client);
}
module_exit(mirror_exit);

MODULE_DESCRIPTION("The smallest driver with a native notifier that uses mmnotify");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
