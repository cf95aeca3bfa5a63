// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmn_client: an mmnotify per-mm object with empty callbacks for the process
 * that opens the device: what mmnotify itself costs, and nothing else.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <mmnotify/mmnotify.h>

static struct mmnotify_client mmn_bench_client = {
	.name = "bench",
	.owner = THIS_MODULE,
};

static void mmn_bench_start(struct mmnotify_mm *m,
			    const struct mmnotify_info *info)
{
}

static void mmn_bench_end(struct mmnotify_mm *m,
			  const struct mmnotify_info *info)
{
}

static struct mmnotify_mm *mmn_bench_alloc(struct mm_struct *mm)
{
	struct mmnotify_mm *m = kzalloc(sizeof(*m), GFP_KERNEL);

	return m ? m : ERR_PTR(-ENOMEM);
}

static void mmn_bench_free(struct mmnotify_mm *m)
{
	kfree(m);
}

static const struct mmnotify_mm_ops mmn_bench_ops = {
	.start = mmn_bench_start,
	.end = mmn_bench_end,
	.alloc = mmn_bench_alloc,
	.free = mmn_bench_free,
};

static int mmn_bench_open(struct inode *inode, struct file *file)
{
	struct mmnotify_mm *m;

	m = mmnotify_mm_get(&mmn_bench_client, current->mm, &mmn_bench_ops);
	if (IS_ERR(m))
		return PTR_ERR(m);
	file->private_data = m;
	return 0;
}

static int mmn_bench_release(struct inode *inode, struct file *file)
{
	mmnotify_mm_put(file->private_data);
	return 0;
}

static const struct file_operations mmn_bench_fops = {
	.owner = THIS_MODULE,
	.open = mmn_bench_open,
	.release = mmn_bench_release,
};

static struct miscdevice mmn_bench_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmn_client",
	.fops = &mmn_bench_fops,
	.mode = 0600,
};

static int __init mmn_bench_init(void)
{
	int ret = mmnotify_register(&mmn_bench_client);

	if (ret)
		return ret;
	ret = misc_register(&mmn_bench_device);
	if (ret)
		mmnotify_unregister(&mmn_bench_client);
	return ret;
}
module_init(mmn_bench_init);

static void __exit mmn_bench_exit(void)
{
	misc_deregister(&mmn_bench_device);
	mmnotify_synchronize();
	mmnotify_unregister(&mmn_bench_client);
}
module_exit(mmn_bench_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("An empty mmnotify client, for the benchmark");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
