// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * vram: device private pages. The kernel has a struct page for each, and their
 * entries in page tables make the CPU fault; to_ram() then migrates the page back.
 * The contents, which a real device keeps in its own memory, are in a page of the
 * system that is not mapped: the backing.
 *
 * Each page in use holds a reference to the module: page tables, for example of a
 * forked child, may refer to it after all files are closed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/ioport.h>
#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>

#include "vram.h"

#if IS_ENABLED(CONFIG_DEVICE_PRIVATE) && defined(HAVE_FOLIO_FREE)

#define VRAM_SIZE	SZ_8M
#define BATCH		64	/* pages that are migrated in one go */

static const struct vram_ops *vram_ops;
static struct dev_pagemap pagemap;
static DEFINE_SPINLOCK(free_lock);	/* guards the list of free pages */
static struct page *free_list;		/* linked by zone_device_data */

/* Return: a locked page with a backing and a reference, or NULL. */
static struct page *get_page_of_device(void)
{
	struct page *backing = alloc_page(GFP_HIGHUSER), *page;

	if (!backing)
		return NULL;
	spin_lock(&free_lock);
	page = free_list;
	if (page)
		free_list = page->zone_device_data;
	spin_unlock(&free_lock);
	if (!page) {
		__free_page(backing);
		return NULL;
	}
	__module_get(THIS_MODULE);
	zone_device_page_init(page, &pagemap, 0);
	page->zone_device_data = backing;
	return page;
}

static void folio_free(struct folio *folio)
{
	struct page *page = &folio->page;

	__free_page(page->zone_device_data);
	spin_lock(&free_lock);
	page->zone_device_data = free_list;
	free_list = page;
	spin_unlock(&free_lock);
	module_put(THIS_MODULE);
}

/* Return: the entry that migrates @src to @page, writable if @src is. */
static unsigned long goes_to(struct page *page, unsigned long src)
{
	return migrate_pfn(page_to_pfn(page)) | (src & MIGRATE_PFN_WRITE);
}

/* Return: entry of the destination page; 0 if the page is not migrated. */
static unsigned long place_on_device(unsigned long src)
{
	struct page *from = migrate_pfn_to_page(src);
	struct page *to = get_page_of_device();

	if (!to)
		return 0;
	if (from)
		copy_highpage(to->zone_device_data, from);
	else
		clear_highpage(to->zone_device_data);
	return goes_to(to, src);
}

static long take_batch(struct vm_area_struct *vma, unsigned long start,
		       unsigned long end)
{
	unsigned long src[BATCH] = { }, dst[BATCH] = { }, i;
	struct migrate_vma m = {
		.vma = vma,
		.start = start,
		.end = end,
		.src = src,
		.dst = dst,
		.pgmap_owner = pagemap.owner,
		.flags = MIGRATE_VMA_SELECT_SYSTEM,
	};
	long done = 0;
	int ret;

	ret = migrate_vma_setup(&m);
	if (ret)
		return ret;
	vram_ops->revoke(vma->vm_mm, start, end);
	for (i = 0; i < m.npages; i++)
		if (src[i] & MIGRATE_PFN_MIGRATE)
			dst[i] = place_on_device(src[i]);
	migrate_vma_pages(&m);
	for (i = 0; i < m.npages; i++)
		done += dst[i] && (src[i] & MIGRATE_PFN_MIGRATE);
	migrate_vma_finalize(&m);
	return done;
}

/**
 * vram_take() - migrate the pages of a range to the device
 * @mm: address space of the range; the caller holds mmget()
 * @start: first byte, page aligned
 * @end: first byte behind the range, page aligned
 *
 * The kernel sends a MIGRATE event with the owner given to vram_init(); ranges
 * with the same owner get no callback for it.
 *
 * Context: Process, takes mmap_lock for read.
 * Return: number of migrated pages; -EFAULT if the range is not within one mapping;
 * -EINVAL if its pages cannot migrate; -ENOMEM.
 */
long vram_take(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma;
	unsigned long at, last;
	long done = 0, ret = -EFAULT;

	mmap_read_lock(mm);
	vma = find_vma(mm, start);
	if (!vma || vma->vm_start > start || end > vma->vm_end)
		goto out;
	for (at = start; at < end; at = last) {
		last = min(end, at + BATCH * PAGE_SIZE);
		ret = take_batch(vma, at, last);
		if (ret < 0)
			goto out;
		done += ret;
	}
	ret = done;
out:
	mmap_read_unlock(mm);
	return ret;
}

/* CPU fault on a device private page: migrates it back. Under mmap_lock. */
static vm_fault_t to_ram(struct vm_fault *vmf)
{
	unsigned long at = vmf->address & PAGE_MASK, src = 0, dst = 0;
	struct vm_area_struct *vma = vmf->vma;
	struct migrate_vma m = {
		.vma = vma,
		.start = at,
		.end = at + PAGE_SIZE,
		.src = &src,
		.dst = &dst,
		.pgmap_owner = pagemap.owner,
		.flags = MIGRATE_VMA_SELECT_DEVICE_PRIVATE,
		.fault_page = vmf->page,
	};
	struct page *from, *to;

	to = alloc_page(GFP_HIGHUSER_MOVABLE);
	if (!to)
		return VM_FAULT_OOM;
	if (migrate_vma_setup(&m)) {
		__free_page(to);
		return VM_FAULT_SIGBUS;
	}
	from = migrate_pfn_to_page(src);
	if (!(src & MIGRATE_PFN_MIGRATE) || !from) {
		/* Migrated or zapped concurrently: the CPU faults again if needed. */
		__free_page(to);
		goto out;
	}
	vram_ops->revoke(vma->vm_mm, at, at + PAGE_SIZE);
	copy_highpage(to, from->zone_device_data);
	lock_page(to);
	dst = goes_to(to, src);
out:
	migrate_vma_pages(&m);
	migrate_vma_finalize(&m);
	return 0;
}

static const struct dev_pagemap_ops pagemap_ops = {
	.folio_free = folio_free,
	.migrate_to_ram = to_ram,
};

/**
 * vram_init() - set up the device's memory
 * @owner: owner of the pages, as in struct mmnotify_range
 * @ops: callbacks of the driver
 *
 * Context: Process, at load.
 * Return: 0, also if the kernel has no device private memory; -ENOMEM, -EBUSY.
 */
int vram_init(void *owner, const struct vram_ops *ops)
{
	struct resource *res;
	unsigned long pfn;
	void *ret;

	res = request_free_mem_region(&iomem_resource, VRAM_SIZE, KBUILD_MODNAME);
	if (IS_ERR(res))
		return PTR_ERR(res);
	vram_ops = ops;
	pagemap.type = MEMORY_DEVICE_PRIVATE;
	pagemap.range.start = res->start;
	pagemap.range.end = res->end;
	pagemap.nr_range = 1;
	pagemap.ops = &pagemap_ops;
	pagemap.owner = owner;
	ret = memremap_pages(&pagemap, numa_node_id());
	if (IS_ERR(ret)) {
		release_mem_region(res->start, resource_size(res));
		return PTR_ERR(ret);
	}
	for (pfn = PHYS_PFN(res->start); pfn <= PHYS_PFN(res->end); pfn++) {
		pfn_to_page(pfn)->zone_device_data = free_list;
		free_list = pfn_to_page(pfn);
	}
	return 0;
}

/**
 * vram_exit() - release the device's memory
 *
 * Context: Process, at unload. No page is in use, because each one in use holds a
 * reference to the module.
 */
void vram_exit(void)
{
	memunmap_pages(&pagemap);
	release_mem_region(pagemap.range.start, range_len(&pagemap.range));
}

#else

int vram_init(void *owner, const struct vram_ops *ops)
{
	return 0;
}

void vram_exit(void)
{
}

long vram_take(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	return -EOPNOTSUPP;
}

#endif
