/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * storm: what user space says to the test module, /dev/mmn_storm: a driver that
 * makes and takes away objects as fast as it can.
 */
#ifndef STORM_H
#define STORM_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define STORM_END	(1u << 0) /* the objects have end() */
#define STORM_WAIT	(1u << 1) /* an mm is unregistered instead of put */
#define STORM_ASYNC	(1u << 2) /* a range is removed asynchronously */
#define STORM_HEAR	(1u << 3) /* a pair: not before it was told something */

/* Each of them has ops of its own: so many objects an mm can have. */
#define STORM_OPS	9

/**
 * struct storm_objects - which
 * @start: first byte of the first range
 * @len: bytes of each, the next one begins behind it
 * @nr: INSERT and REMOVE: how many; out: how many it was. Else which ops
 * @flags: STORM_*
 */
struct storm_objects {
	__u64 start;
	__u64 len;
	__u32 nr;
	__u32 flags;
};

/**
 * struct storm_counts - of all files
 * @alive: objects that are not freed
 * @told: callbacks
 * @ends: calls of end()
 * @released: releases of mms
 * @no_memory: objects that could not be had
 */
struct storm_counts {
	__u64 alive;
	__u64 told;
	__u64 ends;
	__u64 released;
	__u64 no_memory;
};

/* A pair: made and taken away, in the caller's mm. */
#define STORM_IOC_RANGE		_IOW('s', 1, struct storm_objects)
#define STORM_IOC_MM		_IOW('s', 2, struct storm_objects)
#define STORM_IOC_CLIENT	_IOW('s', 3, struct storm_objects)

/* What is kept with the file, until REMOVE and PUT or the last close. */
#define STORM_IOC_INSERT	_IOWR('s', 4, struct storm_objects)
#define STORM_IOC_REMOVE	_IOWR('s', 5, struct storm_objects)
#define STORM_IOC_GET		_IOW('s', 6, struct storm_objects)
#define STORM_IOC_PUT		_IOW('s', 7, struct storm_objects)

#define STORM_IOC_COUNTS	_IOR('s', 8, struct storm_counts)
#define STORM_IOC_SYNC		_IO('s', 9)

#endif /* STORM_H */
