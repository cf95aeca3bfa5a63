/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * storm: ioctls of the test module, /dev/mmn_storm: a driver that creates and
 * removes objects as fast as possible.
 */
#ifndef STORM_H
#define STORM_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define STORM_END	(1u << 0) /* the objects have end() */
#define STORM_WAIT	(1u << 1) /* an mm is unregistered instead of put */
#define STORM_ASYNC	(1u << 2) /* a range is removed asynchronously */
#define STORM_HEAR	(1u << 3) /* a pair is removed only after a callback */

/* Number of mm_ops, and so of objects that one mm can have. */
#define STORM_OPS	9

/**
 * struct storm_objects - objects to create or remove
 * @start: first byte of the first range
 * @len: bytes of each range; the next range starts behind it
 * @nr: INSERT and REMOVE: number of objects, out: number that succeeded. Others: index
 *	of the ops
 * @flags: STORM_*
 */
struct storm_objects {
	__u64 start;
	__u64 len;
	__u32 nr;
	__u32 flags;
};

/**
 * struct storm_counts - counters of all files
 * @alive: objects that are not freed
 * @told: callbacks
 * @ends: calls of end()
 * @released: calls of release() for mm objects
 * @no_memory: objects that could not be allocated
 */
struct storm_counts {
	__u64 alive;
	__u64 told;
	__u64 ends;
	__u64 released;
	__u64 no_memory;
};

/* A pair: one object is created and removed, in the caller's mm. */
#define STORM_IOC_RANGE		_IOW('s', 1, struct storm_objects)
#define STORM_IOC_MM		_IOW('s', 2, struct storm_objects)
#define STORM_IOC_CLIENT	_IOW('s', 3, struct storm_objects)

/* Objects that the file keeps until REMOVE, PUT or its last close. */
#define STORM_IOC_INSERT	_IOWR('s', 4, struct storm_objects)
#define STORM_IOC_REMOVE	_IOWR('s', 5, struct storm_objects)
#define STORM_IOC_GET		_IOW('s', 6, struct storm_objects)
#define STORM_IOC_PUT		_IOW('s', 7, struct storm_objects)

#define STORM_IOC_COUNTS	_IOR('s', 8, struct storm_counts)
#define STORM_IOC_SYNC		_IO('s', 9)

#endif /* STORM_H */
