// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_zapper: maps pages of its own and zaps them in each way that a driver can. The
 * module does not use mmnotify.
 */
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/ioctl.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "zapper.h"

#define ORDER	4

static_assert(1 << ORDER == ZAPPER_PAGES);

static struct page *pages;

/* Offsets wrap, so that each kind of mapping (ZAPPER_MAP_*) covers all pages. */
static struct page *page_of(pgoff_t pgoff)
{
	return pages + pgoff % ZAPPER_PAGES;
}

static vm_fault_t zapper_fault(struct vm_fault *vmf)
{
	struct page *page = page_of(vmf->pgoff);

	if (vmf->vma->vm_flags & VM_PFNMAP)
		return vmf_insert_pfn(vmf->vma, vmf->address, page_to_pfn(page));
	get_page(page);
	vmf->page = page;
	return 0;
}

static const struct vm_operations_struct zapper_vm_ops = {
	.fault = zapper_fault,
};

static int insert_pages(struct vm_area_struct *vma)
{
	unsigned long nr = vma_pages(vma), i;
	int ret = 0;

	for (i = 0; i < nr && !ret; i++)
		ret = vm_insert_page(vma, vma->vm_start + i * PAGE_SIZE,
				     page_of(vma->vm_pgoff + i));
	return ret;
}

static int zapper_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned long way = vma->vm_pgoff << PAGE_SHIFT;
	int ret;

	if (vma_pages(vma) > ZAPPER_PAGES)
		return -EINVAL;
	vma->vm_ops = &zapper_vm_ops;
	switch (way) {
	case ZAPPER_MAP_PAGES:
		return insert_pages(vma);
	case ZAPPER_MAP_PFNS:
		return remap_pfn_range(vma, vma->vm_start, page_to_pfn(pages),
				       vma->vm_end - vma->vm_start,
				       vma->vm_page_prot);
	case ZAPPER_MAP_FAILS:
		ret = insert_pages(vma);
		return ret ? ret : -EIO;
	default:
		return -EINVAL;
	}
}

static long zap(const struct zapper_range *r)
{
	struct vm_area_struct *vma;
	long ret = -EFAULT;

	mmap_read_lock(current->mm);
	vma = find_vma(current->mm, r->start);
	if (vma && vma->vm_ops == &zapper_vm_ops && vma->vm_start <= r->start &&
	    r->start + r->len <= vma->vm_end) {
		zap_vma_ptes(vma, r->start, r->len);
		ret = 0;
	}
	mmap_read_unlock(current->mm);
	return ret;
}

struct later {
	struct work_struct work;
	struct address_space *mapping;
	struct zapper_range range;
};

static void revoke_later(struct work_struct *work)
{
	struct later *l = container_of(work, struct later, work);

	unmap_mapping_range(l->mapping, l->range.start, l->range.len, 1);
}

static long later(struct file *file, const struct zapper_range *r)
{
	struct later l = { .mapping = file->f_mapping, .range = *r };

	INIT_WORK_ONSTACK(&l.work, revoke_later);
	schedule_work(&l.work);
	flush_work(&l.work);
	destroy_work_on_stack(&l.work);
	return 0;
}

static long zapper_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct zapper_range r;

	if (copy_from_user(&r, (void __user *)arg, sizeof(r)))
		return -EFAULT;
	switch (cmd) {
	case ZAPPER_IOC_ZAP:
		return zap(&r);
	case ZAPPER_IOC_REVOKE:
		unmap_mapping_range(file->f_mapping, r.start, r.len, 1);
		return 0;
	case ZAPPER_IOC_LATER:
		return later(file, &r);
	case ZAPPER_IOC_MUNMAP:
		return vm_munmap(r.start, r.len);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations zapper_fops = {
	.owner = THIS_MODULE,
	.mmap = zapper_mmap,
	.unlocked_ioctl = zapper_ioctl,
};

static struct miscdevice zapper_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmn_zapper",
	.fops = &zapper_fops,
	.mode = 0600,
};

static void free_all(void)
{
	unsigned int i;

	for (i = 0; i < ZAPPER_PAGES; i++)
		__free_page(pages + i);
}

static int __init zapper_init(void)
{
	int ret;

	pages = alloc_pages(GFP_KERNEL | __GFP_ZERO, ORDER);
	if (!pages)
		return -ENOMEM;
	split_page(pages, ORDER);
	ret = misc_register(&zapper_misc);
	if (ret)
		free_all();
	return ret;
}
module_init(zapper_init);

static void __exit zapper_exit(void)
{
	misc_deregister(&zapper_misc);
	free_all();
}
module_exit(zapper_exit);

MODULE_DESCRIPTION("Maps pages and zaps them, for mmnotify's tests");
MODULE_LICENSE("GPL");
