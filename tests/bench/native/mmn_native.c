// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmn_native: a bare mmu_notifier for the process that opens the device, as
 * the yardstick of the benchmark. It does not know mmnotify.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

static int mmn_native_start(struct mmu_notifier *mn,
			    const struct mmu_notifier_range *range)
{
	return 0;
}

static void mmn_native_end(struct mmu_notifier *mn,
			   const struct mmu_notifier_range *range)
{
}

static const struct mmu_notifier_ops mmn_native_ops = {
	.invalidate_range_start = mmn_native_start,
	.invalidate_range_end = mmn_native_end,
};

static int mmn_native_open(struct inode *inode, struct file *file)
{
	struct mmu_notifier *mn = kzalloc(sizeof(*mn), GFP_KERNEL);
	int ret;

	if (!mn)
		return -ENOMEM;
	mn->ops = &mmn_native_ops;
	ret = mmu_notifier_register(mn, current->mm);
	if (ret) {
		kfree(mn);
		return ret;
	}
	file->private_data = mn;
	return 0;
}

static int mmn_native_release(struct inode *inode, struct file *file)
{
	struct mmu_notifier *mn = file->private_data;

	mmu_notifier_unregister(mn, mn->mm);
	kfree(mn);
	return 0;
}

static const struct file_operations mmn_native_fops = {
	.owner = THIS_MODULE,
	.open = mmn_native_open,
	.release = mmn_native_release,
};

static struct miscdevice mmn_native_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmn_native",
	.fops = &mmn_native_fops,
	.mode = 0600,
};
module_misc_device(mmn_native_device);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("A bare mmu_notifier, for the benchmark");
MODULE_LICENSE("GPL");
