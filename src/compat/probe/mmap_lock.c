// SPDX-License-Identifier: GPL-2.0-only
/* v5.8: da1c55f1b272 mmap locking API: rename mmap_sem to mmap_lock */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/mm_types.h>

void *probe(struct mm_struct *mm);
void *probe(struct mm_struct *mm)
{
	return &mm->mmap_lock;
}
