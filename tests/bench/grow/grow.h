/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* /dev/mmn_grow: many objects on the caller's mm, native ones or mmnotify's. */
#ifndef GROW_H
#define GROW_H

#include <linux/ioctl.h>
#include <linux/types.h>

enum grow_kind {
	GROW_INTERVAL,		/* struct mmu_interval_notifier */
	GROW_RANGE,		/* struct mmnotify_range */
	GROW_NOTIFIER,		/* struct mmu_notifier */
	GROW_MM,		/* struct mmnotify_mm, each of a client of its own */
	GROW_KINDS
};

#define GROW_MOST	1000000
#define GROW_MOST_MMS	64	/* maximum for the last two kinds */

/**
 * struct grow_add - objects to create
 * @kind: enum grow_kind
 * @nr: number of objects
 * @start: address of the first range; each covers one page, side by side
 * @cost: out: cost of their creation, in units of the time stamp counter
 * @bytes: out: size of one object
 */
struct grow_add {
	__u32 kind;
	__u32 nr;
	__u64 start;
	__u64 cost;
	__u64 bytes;
};

/* A file has one set of objects; closing it removes them, too. */
#define GROW_IOC_ADD	_IOWR('G', 1, struct grow_add)
/* The argument: address for the cost of their removal, in units of the time stamp counter. */
#define GROW_IOC_DEL	_IOR('G', 2, __u64)

#endif /* GROW_H */
