// SPDX-License-Identifier: GPL-2.0-only
/* v5.3: 94a9717b3c40 locking/rwsem: Make rwsem->owner an atomic_long_t; not PREEMPT_RT */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/rwsem.h>

long probe(struct rw_semaphore *sem);
long probe(struct rw_semaphore *sem)
{
	return atomic_long_read(&sem->owner);
}
