// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_wide: a driver with ranges that get events together. Its callbacks sleep now and then, so
 * that tasks run between two callbacks of an event.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <mmnotify/mmnotify.h>

#include "wide.h"

/* MMN_EVENT_BITS of src/verdict/event.h. */
#define SLOT_BITS	10

static struct mmnotify_client wide_client = {
	.name = "wide",
	.owner = THIS_MODULE,
};

static atomic64_t told, wrong;
static atomic_t turn;

/* Expected cause of the events of each task, by its pid. */
static struct {
	pid_t pid;
	u32 cause;
} expected[4096];

struct wide {
	struct mutex lock;	/* guards the list, not taken in callbacks */
	struct list_head ranges;
};

struct wide_one {
	struct mmnotify_range range;
	struct list_head list;
};

static void compare(const struct mmnotify_info *info)
{
	unsigned int i = current->pid % ARRAY_SIZE(expected);

	if (expected[i].pid != current->pid || !expected[i].cause)
		return;
	atomic64_inc(&told);
	if (info->cause == expected[i].cause)
		return;
	atomic64_inc(&wrong);
	pr_err_ratelimited("mmn_wide: %s, expected %s\n", mmnotify_cause_name(info->cause),
			   mmnotify_cause_name(expected[i].cause));
}

static bool wide_invalidate(struct mmnotify_range *r, const struct mmnotify_info *info,
			    unsigned long seq)
{
	mmnotify_range_set_seq(r, seq);
	compare(info);
	if (mmnotify_blockable(info) && atomic_inc_return(&turn) % 3 == 0)
		usleep_range(10, 30);
	return true;
}

static const struct mmnotify_range_ops wide_ops = {
	.invalidate = wide_invalidate,
};

static int wide_insert(struct wide *w, const struct wide_range *arg)
{
	struct wide_one *one = kzalloc(sizeof(*one), GFP_KERNEL);
	int ret;

	if (!one)
		return -ENOMEM;
	ret = mmnotify_range_insert(&wide_client, &one->range, current->mm, arg->start, arg->len,
				    &wide_ops);
	if (ret) {
		kfree(one);
		return ret;
	}
	mutex_lock(&w->lock);
	list_add_tail(&one->list, &w->ranges);
	mutex_unlock(&w->lock);
	return 0;
}

static struct wide_one *wide_oldest(struct wide *w)
{
	struct wide_one *one;

	mutex_lock(&w->lock);
	one = list_first_entry_or_null(&w->ranges, struct wide_one, list);
	if (one)
		list_del(&one->list);
	mutex_unlock(&w->lock);
	return one;
}

static u32 wide_remove(struct wide *w, u32 nr)
{
	struct wide_one *one;
	u32 done = 0;

	while (done < nr) {
		one = wide_oldest(w);
		if (!one)
			break;
		if (mmnotify_range_remove(&one->range))
			break;
		kfree(one);
		done++;
	}
	return done;
}

static long wide_expect(u32 cause)
{
	unsigned int i = current->pid % ARRAY_SIZE(expected);

	expected[i].pid = 0;
	expected[i].cause = cause;
	expected[i].pid = current->pid;
	return 0;
}

static long wide_counts(void __user *user)
{
	struct wide_counts c = {
		.told = atomic64_read(&told), .wrong = atomic64_read(&wrong),
	};

	return copy_to_user(user, &c, sizeof(c)) ? -EFAULT : 0;
}

static long wide_slot(void __user *user)
{
	u32 slot = hash_long((unsigned long)current, SLOT_BITS);

	return copy_to_user(user, &slot, sizeof(slot)) ? -EFAULT : 0;
}

static long wide_ranges(struct wide *w, unsigned int cmd, void __user *user)
{
	struct wide_range arg;

	if (copy_from_user(&arg, user, sizeof(arg)))
		return -EFAULT;
	if (cmd == WIDE_IOC_INSERT)
		return wide_insert(w, &arg);
	arg.nr = wide_remove(w, arg.nr);
	return copy_to_user(user, &arg, sizeof(arg)) ? -EFAULT : 0;
}

static long wide_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;

	switch (cmd) {
	case WIDE_IOC_INSERT:
	case WIDE_IOC_REMOVE:
		return wide_ranges(file->private_data, cmd, user);
	case WIDE_IOC_EXPECT:
		return wide_expect(arg);
	case WIDE_IOC_COUNTS:
		return wide_counts(user);
	case WIDE_IOC_SLOT:
		return wide_slot(user);
	}
	return -ENOTTY;
}

static int wide_open(struct inode *inode, struct file *file)
{
	struct wide *w = kzalloc(sizeof(*w), GFP_KERNEL);

	if (!w)
		return -ENOMEM;
	mutex_init(&w->lock);
	INIT_LIST_HEAD(&w->ranges);
	file->private_data = w;
	return 0;
}

static int wide_release(struct inode *inode, struct file *file)
{
	struct wide *w = file->private_data;

	wide_remove(w, U32_MAX);
	kfree(w);
	return 0;
}

static const struct file_operations wide_fops = {
	.owner = THIS_MODULE,
	.open = wide_open,
	.release = wide_release,
	.unlocked_ioctl = wide_ioctl,
};

static struct miscdevice wide_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmn_wide",
	.fops = &wide_fops,
	.mode = 0600,
};

static int __init wide_init(void)
{
	int ret = mmnotify_register(&wide_client);

	if (ret)
		return ret;
	ret = misc_register(&wide_device);
	if (ret)
		mmnotify_unregister(&wide_client);
	return ret;
}
module_init(wide_init);

static void __exit wide_exit(void)
{
	misc_deregister(&wide_device);
	WARN_ON(mmnotify_unregister(&wide_client));
}
module_exit(wide_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Test of mmnotify: ranges that get an event together");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
