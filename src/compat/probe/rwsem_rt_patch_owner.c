// SPDX-License-Identifier: GPL-2.0-only
/* until v5.14: 42254105dfe8 locking/rwsem: Add rtmutex based R/W semaphore; PREEMPT_RT patch */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/mm_types.h>

void *probe(struct mm_struct *mm);
void *probe(struct mm_struct *mm)
{
	return mm->mmap_lock.rtmutex.owner;
}
