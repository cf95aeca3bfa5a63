// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_devmem: treats its caller's memory as a GPU driver does: it migrates pages
 * (here to other pages of the system) and gives the device exclusive access to
 * pages. The module does not use mmnotify.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/ioctl.h>
#include <linux/migrate.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "devmem.h"

/* Kernels without it take pages of the device that are locked, and need not be told. */
#ifndef MIGRATE_PFN_LOCKED
#define MIGRATE_PFN_LOCKED	0
#endif

/* Before CONFIG_DEVICE_MIGRATION it was built for CONFIG_DEVICE_PRIVATE only. */
#if IS_ENABLED(CONFIG_DEVICE_MIGRATION) || IS_ENABLED(CONFIG_DEVICE_PRIVATE)

/* Return: entry of the new page; 0 if the allocation failed, so the page stays. */
static unsigned long new_place(unsigned long src)
{
	struct page *from = migrate_pfn_to_page(src);
	struct page *to = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_ZERO);

	if (!to)
		return 0;
	if (from)
		copy_highpage(to, from);
	lock_page(to);
	return migrate_pfn(page_to_pfn(to)) | MIGRATE_PFN_LOCKED;
}

static long migrate(struct vm_area_struct *vma, struct devmem_range *r)
{
	unsigned long src[DEVMEM_PAGES] = { }, dst[DEVMEM_PAGES] = { }, i;
	struct migrate_vma m = {
		.vma = vma,
		.start = r->start,
		.end = r->start + r->len,
		.src = src,
		.dst = dst,
		.pgmap_owner = THIS_MODULE,
		.flags = MIGRATE_VMA_SELECT_SYSTEM,
	};
	int ret;

	ret = migrate_vma_setup(&m);
	if (ret)
		return ret;
	for (i = 0; i < m.npages; i++)
		if (src[i] & MIGRATE_PFN_MIGRATE)
			dst[i] = new_place(src[i]);
	migrate_vma_pages(&m);
	for (i = 0; i < m.npages; i++)
		r->done += !!(src[i] & MIGRATE_PFN_MIGRATE);
	migrate_vma_finalize(&m);
	return 0;
}

#else

static long migrate(struct vm_area_struct *vma, struct devmem_range *r)
{
	return -EOPNOTSUPP;
}

#endif

#if IS_ENABLED(CONFIG_DEVICE_PRIVATE) && defined(HAVE_EXCLUSIVE_PAGE)

/* The pages stay in place; a real device would map them now. */
static long exclusive(struct vm_area_struct *vma, struct devmem_range *r)
{
	struct folio *folio;
	unsigned long at;
	struct page *page;

	for (at = r->start; at < r->start + r->len; at += PAGE_SIZE) {
		page = make_device_exclusive(vma->vm_mm, at, THIS_MODULE, &folio);
		if (IS_ERR(page))
			return PTR_ERR(page);
		folio_unlock(folio);
		folio_put(folio);
		r->done++;
	}
	return 0;
}

#elif IS_ENABLED(CONFIG_DEVICE_PRIVATE) && defined(HAVE_EXCLUSIVE_RANGE)

static long exclusive(struct vm_area_struct *vma, struct devmem_range *r)
{
	struct page *pages[DEVMEM_PAGES] = { };
	unsigned long i, nr = r->len >> PAGE_SHIFT;
	int ret;

	ret = make_device_exclusive_range(vma->vm_mm, r->start, r->start + r->len,
					  pages, THIS_MODULE);
	for (i = 0; i < nr; i++) {
		if (!pages[i])
			continue;
		unlock_page(pages[i]);
		put_page(pages[i]);
		r->done++;
	}
	return ret < 0 ? ret : 0;
}

#else

static long exclusive(struct vm_area_struct *vma, struct devmem_range *r)
{
	return -EOPNOTSUPP;
}

#endif

static long devmem_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct vm_area_struct *vma;
	struct devmem_range r;
	long ret = -EFAULT;

	if (copy_from_user(&r, (void __user *)arg, sizeof(r)))
		return -EFAULT;
	if (!r.len || r.len > DEVMEM_PAGES * PAGE_SIZE ||
	    !PAGE_ALIGNED(r.start | r.len))
		return -EINVAL;
	r.done = 0;
	mmap_read_lock(current->mm);
	vma = find_vma(current->mm, r.start);
	if (vma && vma->vm_start <= r.start && r.start + r.len <= vma->vm_end)
		ret = cmd == DEVMEM_IOC_MIGRATE ? migrate(vma, &r) :
		      cmd == DEVMEM_IOC_EXCLUSIVE ? exclusive(vma, &r) : -ENOTTY;
	mmap_read_unlock(current->mm);
	if (!ret && copy_to_user((void __user *)arg, &r, sizeof(r)))
		return -EFAULT;
	return ret;
}

static const struct file_operations devmem_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = devmem_ioctl,
};

static struct miscdevice devmem_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmn_devmem",
	.fops = &devmem_fops,
	.mode = 0600,
};
module_misc_device(devmem_misc);

MODULE_DESCRIPTION("Migrates memory as a GPU driver does, for mmnotify's tests");
MODULE_LICENSE("GPL");
