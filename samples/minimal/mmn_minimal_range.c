// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * Tier 2: mmnotify calls the driver, with a verdict. Each open file of
 * /dev/mmn_minimal_range mirrors all addresses of the process that opened it. The page table
 * of the device has one entry. ioctl(fd, 0, address) is a page fault of the device.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/fs.h>
#include <linux/hmm.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <mmnotify/mmnotify.h>

struct mirror {
	struct mmnotify_range range;
	spinlock_t lock;	/* guards all below */
	unsigned long addr;
	unsigned long pfn;	/* HMM_PFN_*; 0: the entry is empty */
};

static struct mmnotify_client client = { .name = KBUILD_MODNAME, .owner = THIS_MODULE };

static bool mirror_invalidate(struct mmnotify_range *range, const struct mmnotify_info *info,
			      unsigned long seq)
{
	struct mirror *m = container_of(range, struct mirror, range);

	spin_lock(&m->lock);
	mmnotify_range_set_seq(range, seq);
	if (m->addr >= info->start && m->addr < info->end) {
		if (info->effects & (MMNOTIFY_FX_PFN | MMNOTIFY_FX_NO_READ | MMNOTIFY_FX_VMA_GONE))
			m->pfn = 0;
		else
			m->pfn &= ~HMM_PFN_WRITE;	/* read-only from now on */
	}
	spin_unlock(&m->lock);
	return true;
}

/* An event without any of these effects, such as a NUMA hint, is not delivered. */
static const struct mmnotify_range_ops mirror_ops = {
	.invalidate = mirror_invalidate, .effects = MMNOTIFY_FX_ALL,
};

static long mirror_fault(struct file *file, unsigned int cmd, unsigned long addr)
{
	struct mirror *m = file->private_data;
	struct mm_struct *mm = mmnotify_range_mm(&m->range);
	unsigned long pfn = 0;
	struct hmm_range hmm = {
		.notifier = mmnotify_range_notifier(&m->range),
		.start = addr & PAGE_MASK,
		.end = (addr & PAGE_MASK) + PAGE_SIZE,
		.hmm_pfns = &pfn,
		.default_flags = HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE,
	};
	long ret;

	if (!mmget_not_zero(mm))
		return -ESRCH;
again:
	hmm.notifier_seq = mmnotify_range_read_begin(&m->range);
	mmap_read_lock(mm);
	ret = hmm_range_fault(&hmm);
	mmap_read_unlock(mm);
	if (ret == -EBUSY)
		goto again;
	if (!ret) {
		spin_lock(&m->lock);
		if (mmnotify_range_read_retry(&m->range, hmm.notifier_seq)) {
			spin_unlock(&m->lock);
			goto again;
		}
		m->addr = hmm.start;
		m->pfn = pfn;
		spin_unlock(&m->lock);
	}
	mmput(mm);
	return ret;
}

static int mirror_open(struct inode *inode, struct file *file)
{
	struct mirror *m = kzalloc(sizeof(*m), GFP_KERNEL);
	int ret;

	if (!m)
		return -ENOMEM;
	spin_lock_init(&m->lock);
	ret = mmnotify_range_insert(&client, &m->range, current->mm, 0, current->mm->task_size,
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

	/* Free the range only if it was removed. */
	if (!WARN_ON(mmnotify_range_remove(&m->range)))
		kfree(m);
	return 0;
}

static const struct file_operations mirror_fops = {
	.owner = THIS_MODULE, .open = mirror_open, .release = mirror_release,
	.unlocked_ioctl = mirror_fault,
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

MODULE_DESCRIPTION("The smallest driver with a range of mmnotify");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
