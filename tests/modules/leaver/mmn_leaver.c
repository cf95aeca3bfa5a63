// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_leaver: a driver that is unloaded without removing its objects and its client.
 * They are in the mm of the process that opened the device, which lives on. A callback
 * after the exit function shows in the log, or as an oops.
 */
#define pr_fmt(fmt) "leaver: " fmt

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kmemleak.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <mmnotify/mmnotify.h>

static bool tier1;
module_param(tier1, bool, 0444);
MODULE_PARM_DESC(tier1, "leave the client only, without objects");

static bool fail;
module_param(fail, bool, 0444);
MODULE_PARM_DESC(fail, "create the objects in the mm of the loading process, then fail to load");

static struct mmnotify_client leaver_client = {
	.name = "leaver",
	.owner = THIS_MODULE,
};

static bool gone;

static bool mmn_leaver_invalidate(struct mmnotify_range *range,
				  const struct mmnotify_info *info, unsigned long seq)
{
	mmnotify_range_set_seq(range, seq);
	if (READ_ONCE(gone))
		pr_err("a callback after the exit function\n");
	return true;
}

/* A removal by remove_async() must complete before the module's text is freed. */
static void mmn_leaver_removed(struct mmnotify_range *range)
{
	pr_info("removed() runs\n");
	kfree(range);
}

static const struct mmnotify_range_ops range_ops = {
	.invalidate = mmn_leaver_invalidate,
	.removed = mmn_leaver_removed,
};

static struct mmnotify_mm *mmn_leaver_alloc(struct mm_struct *mm)
{
	struct mmnotify_mm *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (!m)
		return ERR_PTR(-ENOMEM);
	/* Leaked on purpose. */
	kmemleak_not_leak(m);
	return m;
}

static void mmn_leaver_free(struct mmnotify_mm *m)
{
	pr_info("free() runs\n");
	kfree(m);
}

static void mmn_leaver_release(struct mmnotify_mm *m)
{
	if (READ_ONCE(gone))
		pr_err("release() after the exit function\n");
}

static const struct mmnotify_mm_ops mm_ops = {
	.alloc = mmn_leaver_alloc,
	.free = mmn_leaver_free,
	.release = mmn_leaver_release,
};

/* For a second mm object, which is put before the unload. */
static const struct mmnotify_mm_ops put_ops = {
	.alloc = mmn_leaver_alloc,
	.free = mmn_leaver_free,
};

static int leave_range(bool async)
{
	struct mmnotify_range *r = kzalloc(sizeof(*r), GFP_KERNEL);
	int ret;

	if (!r)
		return -ENOMEM;
	kmemleak_not_leak(r);
	ret = mmnotify_range_insert(&leaver_client, r, current->mm, 0,
				    ULONG_MAX & PAGE_MASK, &range_ops);
	if (ret)
		kfree(r);
	else if (async)
		ret = mmnotify_range_remove_async(r);
	return ret;
}

static int leave_whole(bool put)
{
	struct mmnotify_mm *m = mmnotify_mm_get(&leaver_client, current->mm,
						put ? &put_ops : &mm_ops);

	if (IS_ERR(m))
		return PTR_ERR(m);
	if (put)
		mmnotify_mm_put(m);
	return 0;
}

static int leave_all(void)
{
	int ret = leave_range(false);

	if (!ret)
		ret = leave_range(true);
	if (!ret)
		ret = leave_whole(false);
	if (!ret)
		ret = leave_whole(true);
	return ret;
}

static int leaver_open(struct inode *inode, struct file *file)
{
	return leave_all();
}

static const struct file_operations leaver_fops = {
	.owner = THIS_MODULE,
	.open = leaver_open,
};

static struct miscdevice leaver_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmn_leaver",
	.fops = &leaver_fops,
	.mode = 0600,
};

static int __init mmn_leaver_init(void)
{
	int ret = mmnotify_register(&leaver_client);

	if (ret || tier1)
		return ret;
	if (fail) {
		ret = leave_all();
		return ret ? ret : -ENODEV;
	}
	ret = misc_register(&leaver_misc);
	if (ret)
		mmnotify_unregister(&leaver_client);
	return ret;
}
module_init(mmn_leaver_init);

static void __exit mmn_leaver_exit(void)
{
	if (!tier1)
		misc_deregister(&leaver_misc);
	WRITE_ONCE(gone, true);
}
module_exit(mmn_leaver_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Test of mmnotify: a driver that is unloaded without removing its objects");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
