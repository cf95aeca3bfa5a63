/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * wide: ioctls of the test module, /dev/mmn_wide: ranges that get an event together. A task says
 * which cause its next events have, and each callback in that task compares.
 */
#ifndef WIDE_H
#define WIDE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct wide_range - a range to insert, or several to remove
 * @start: first byte
 * @len: bytes
 * @nr: REMOVE: number of ranges, the oldest ones first; out: number that were removed
 */
struct wide_range {
	__u64 start;
	__u64 len;
	__u32 nr;
	__u32 pad;
};

/**
 * struct wide_counts - counters of all files
 * @told: callbacks that compared their cause
 * @wrong: those with another cause
 */
struct wide_counts {
	__u64 told;
	__u64 wrong;
};

#define WIDE_IOC_INSERT		_IOW('w', 1, struct wide_range)
#define WIDE_IOC_REMOVE		_IOWR('w', 2, struct wide_range)
/* The argument is the cause of the events of this task, enum mmnotify_cause; 0: not compared. */
#define WIDE_IOC_EXPECT		_IO('w', 3)
#define WIDE_IOC_COUNTS		_IOR('w', 4, struct wide_counts)
/* The slot of mmnotify's table of events that this task shares with others of the same number. */
#define WIDE_IOC_SLOT		_IOR('w', 5, __u32)

#endif /* WIDE_H */
