// SPDX-License-Identifier: GPL-2.0-only
/* v5.3: 94a9717b3c40 locking/rwsem: Make rwsem->owner an atomic_long_t; not PREEMPT_RT */
#include <linux/mm_types.h>

long probe(struct mm_struct *mm);
long probe(struct mm_struct *mm)
{
	return atomic_long_read(&mm->mmap_lock.owner);
}
