/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_MM_TYPES_H
#define SHIM_MM_TYPES_H

#include <linux/atomic.h>

/* @owner: the task that holds mmap_lock for write, for the shim of compat.h */
struct mm_struct {
	atomic_t mm_users;
	const void *owner;
	void *notifier_subscriptions;
};

#endif /* SHIM_MM_TYPES_H */
