// SPDX-License-Identifier: GPL-2.0-only
/* v5.15: 42254105dfe8 locking/rwsem: Add rtmutex based R/W semaphore implementation */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/mm_types.h>

void *probe(struct mm_struct *mm);
void *probe(struct mm_struct *mm)
{
	return mm->mmap_lock.rwbase.rtmutex.owner;
}
