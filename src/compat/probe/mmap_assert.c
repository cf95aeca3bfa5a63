// SPDX-License-Identifier: GPL-2.0-only
/* v5.8: 42fc541404f2 mmap locking API: add mmap_assert_locked() and ..._write_locked() */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/mm.h>
#include <linux/mmap_lock.h>

void probe(struct mm_struct *mm);
void probe(struct mm_struct *mm)
{
	mmap_assert_write_locked(mm);
}
