/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * Common part of the benchmark's modules: a device that attaches an object to the
 * process that opens it, until the file is closed.
 */
#ifndef BENCH_ATTACH_H
#define BENCH_ATTACH_H

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>

/* Bytes of user space that an interval may cover on each kernel. */
#define ALL_ADDRESSES	(1UL << 46)

/* @attach returns an object or ERR_PTR. */
struct attacher {
	struct miscdevice misc;
	void *(*attach)(struct mm_struct *mm);
	void (*detach)(void *object);
};

struct attachment {
	const struct attacher *how;
	void *object;
};

static int bench_open(struct inode *inode, struct file *file)
{
	struct attachment *a = kzalloc(sizeof(*a), GFP_KERNEL);

	if (!a)
		return -ENOMEM;
	a->how = container_of(file->private_data, struct attacher, misc);
	a->object = a->how->attach(current->mm);
	if (IS_ERR(a->object)) {
		int ret = PTR_ERR(a->object);

		kfree(a);
		return ret;
	}
	file->private_data = a;
	return 0;
}

static int bench_release(struct inode *inode, struct file *file)
{
	struct attachment *a = file->private_data;

	a->how->detach(a->object);
	kfree(a);
	return 0;
}

static const struct file_operations bench_fops = {
	.owner = THIS_MODULE,
	.open = bench_open,
	.release = bench_release,
};

#define ATTACHER(device, in, out)				\
	{							\
		.misc = {					\
			.minor = MISC_DYNAMIC_MINOR,		\
			.name = device,				\
			.fops = &bench_fops,			\
			.mode = 0600,				\
		},						\
		.attach = attach_##in,				\
		.detach = detach_##out,			\
	}

static void bench_unregister(struct attacher *list, unsigned int nr)
{
	while (nr)
		misc_deregister(&list[--nr].misc);
}

static int bench_register(struct attacher *list, unsigned int nr)
{
	unsigned int i;
	int ret;

	for (i = 0; i < nr; i++) {
		ret = misc_register(&list[i].misc);
		if (ret) {
			bench_unregister(list, i);
			return ret;
		}
	}
	return 0;
}

#endif /* BENCH_ATTACH_H */
