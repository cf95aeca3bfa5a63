// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * vendor: a minimal driver with the headers of mmnotify in its own tree. It has a range
 * over one page of the process that loads it, and fails to load if it gets no callback
 * for the unmap of the page.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/sched.h>

#define MMNOTIFY_COMPAT_IMPLEMENTATION
#include <mmnotify/mmnotify_compat.h>

static struct mmnotify_client vendor_client = {
	.name = "vendor",
	.owner = THIS_MODULE,
};

static unsigned int starts, ends;

static bool vendor_invalidate(struct mmnotify_range *range,
			      const struct mmnotify_info *info,
			      unsigned long seq)
{
	mmnotify_range_set_seq(range, seq);
	starts += !!(info->effects & MMNOTIFY_FX_VMA_GONE);
	return true;
}

static void vendor_end(struct mmnotify_range *range,
		       const struct mmnotify_info *info)
{
	ends++;
}

static const struct mmnotify_range_ops vendor_ops = {
	.invalidate = vendor_invalidate,
	.end = vendor_end,
};

static int watch_one_page(void)
{
	unsigned long addr = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, 0);
	struct mmnotify_range range = { };
	int ret;

	if (IS_ERR_VALUE(addr))
		return addr;
	ret = mmnotify_range_insert(&vendor_client, &range, current->mm, addr,
				    PAGE_SIZE, &vendor_ops);
	vm_munmap(addr, PAGE_SIZE);
	if (ret)
		return ret;
	WARN_ON(mmnotify_range_remove(&range));
	pr_info("%u start, %u end\n", starts, ends);
	return starts == 1 && ends == 1 ? 0 : -EPROTO;
}

static int __init vendor_init(void)
{
	int ret = mmnotify_register(&vendor_client);

	if (ret)
		return ret;
	ret = watch_one_page();
	if (ret)
		mmnotify_unregister(&vendor_client);
	return ret;
}
module_init(vendor_init);

static void __exit vendor_exit(void)
{
	mmnotify_synchronize(&vendor_client);
	mmnotify_unregister(&vendor_client);
}
module_exit(vendor_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("A driver with the headers of mmnotify in its own tree");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
