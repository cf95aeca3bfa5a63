/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_MM_H
#define SHIM_MM_H

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_ALIGN(x)	(((x) + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1))

#define VM_READ		1
#define VM_WRITE	2
#define VM_EXEC		4

struct mm_struct;

struct vm_area_struct {
	unsigned long vm_start, vm_end, vm_flags;
};

/* The test has the areas. */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr);

#endif /* SHIM_MM_H */
