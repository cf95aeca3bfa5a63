/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* Fixture of tests/lint/audit: mm/memory.c of a kernel that announces four invalidations. */

/* A row with effects of less than CLEAR: its callers count. */
int
copy_page_range(struct vm_area_struct *dst, struct vm_area_struct *src)
{
	struct mmu_notifier_range range;

	mmu_notifier_range_init(&range, MMU_NOTIFY_PROTECTION_PAGE,
				0, src, src->vm_mm, src->vm_start,
				src->vm_end);
	mmu_notifier_invalidate_range_start(&range);
	return 0;
}

static __latent_entropy int dup_mmap(struct mm_struct *mm, struct mm_struct *old)
{
	return copy_page_range(mm->mmap, old->mmap);
}

/* A row of CLEAR: its callers do not count. */
void unmap_vmas(struct mmu_gather *tlb, struct vm_area_struct *vma)
{
	struct mmu_notifier_range range;

	pr_info("unmap %p", vma);
	mmu_notifier_range_init(&range, MMU_NOTIFY_UNMAP, 0, vma, vma->vm_mm, 0, -1UL);
	mmu_notifier_invalidate_range_start(&range);
}

/* Entered through a pointer: the callers of the walker count. */
static bool page_mkclean_one(struct page *page, struct vm_area_struct *vma, void *arg)
{
	struct mmu_notifier_range range;

	mmu_notifier_range_init(&range, MMU_NOTIFY_PROTECTION_PAGE, 0, vma, vma->vm_mm, 0, 1);
	mmu_notifier_invalidate_range_start(&range);
	return true;
}

int folio_mkclean(struct page *page)
{
	struct rmap_walk_control rwc = {
		.rmap_one = page_mkclean_one,
	};

	return rmap_walk(page, &rwc);
}

#ifdef CONFIG_MMU
bool __oom_reap_task_mm(struct mm_struct *mm)
{
	struct mmu_notifier_range range;

	mmu_notifier_range_init_owner(&range, MMU_NOTIFY_UNMAP, MMU_NOTIFIER_RANGE_BLOCKABLE,
				      mm, 0, 1, NULL);
	return !mmu_notifier_invalidate_range_start_nonblock(&range);
}
#else
bool __oom_reap_task_mm(struct mm_struct *mm)
{
	return false;
}
#endif

/* A frame. */
void truncate_pagecache(struct inode *inode, loff_t newsize)
{
	unmap_mapping_range(inode->i_mapping, newsize, 0, 1);
}

SYSCALL_DEFINE1(mremap, unsigned long, addr)
{
	return do_mremap(addr);
}
