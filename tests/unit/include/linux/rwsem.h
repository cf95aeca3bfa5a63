/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* The test has a function for each change of a lock. */
#ifndef SHIM_RWSEM_H
#define SHIM_RWSEM_H

struct rw_semaphore {
	char held;	/* 'w', 'r', 0 */
};

#define DECLARE_RWSEM(name)	struct rw_semaphore name

void down_write(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);
void down_read(struct rw_semaphore *sem);
void up_read(struct rw_semaphore *sem);

#endif /* SHIM_RWSEM_H */
