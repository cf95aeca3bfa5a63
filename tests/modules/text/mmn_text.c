// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_text: copies text of the kernel to its caller, which looks for calls in it. /proc/kcore
 * does the same where it is built. The module does not use mmnotify.
 */
#include <linux/fs.h>
#include <linux/ioctl.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "text.h"

/* A copy to user space may not read from kernel text, so it takes a second buffer. */
static long text_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct text_range r;
	long ret = 0;
	void *copy;

	if (cmd != TEXT_IOC_COPY)
		return -ENOTTY;
	if (copy_from_user(&r, (void __user *)arg, sizeof(r)))
		return -EFAULT;
	if (!r.len || r.len > TEXT_MAX)
		return -EINVAL;
	copy = kmalloc(r.len, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, (void *)(unsigned long)r.from, r.len);
	if (copy_to_user((void __user *)(unsigned long)r.to, copy, r.len))
		ret = -EFAULT;
	kfree(copy);
	return ret;
}

static const struct file_operations text_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = text_ioctl,
};

static struct miscdevice text_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmn_text",
	.fops = &text_fops,
	.mode = 0600,
};
module_misc_device(text_misc);

MODULE_DESCRIPTION("Copies text of the kernel, for mmnotify's tests");
MODULE_LICENSE("GPL");
