/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * mirror: ioctls of the software device, /dev/mmn_mirror.
 *
 * One open file is one attachment. A parent may open the file and its child attach
 * it after the fork: the parent can then read the log after the child is gone.
 */
#ifndef MIRROR_H
#define MIRROR_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Tiers of the API that the attachment uses. */
#define MIRROR_TIER_CLASSIFY	(1u << 0) /* native notifier, mmnotify_classify() */
#define MIRROR_TIER_RANGE	(1u << 1) /* per range; needed for ACCESS */
#define MIRROR_TIER_MM		(1u << 2) /* the whole mm, with end and release */

/* Callback that logged the record. */
#define MIRROR_PHASE_START	0
#define MIRROR_PHASE_END	1
#define MIRROR_PHASE_RELEASE	2

/**
 * struct mirror_attach - attach the calling process
 * @tiers: mask of MIRROR_TIER_*, at least one
 * @rsvd: zero
 */
struct mirror_attach {
	__u32 tiers;
	__u32 rsvd;
};

/**
 * struct mirror_follow - attach another process, for CAP_SYS_PTRACE
 * @pid: any of its threads
 * @rsvd: zero
 *
 * Its whole mm, without a log: STAT has the counters.
 */
struct mirror_follow {
	__s32 pid;
	__u32 rsvd;
};

/**
 * struct mirror_range - a range that the device may access
 * @start: first byte, page aligned
 * @len: bytes, page aligned, up to MIRROR_MAX_LEN
 */
struct mirror_range {
	__u64 start;
	__u64 len;
};

#define MIRROR_MAX_LEN	(4ULL << 30)

/**
 * struct mirror_access - a device access: builds translations
 * @start: first byte, page aligned, inside one range
 * @len: bytes, page aligned
 * @write: 1 to ask for write access
 * @pages: out: pages that are translated now
 */
struct mirror_access {
	__u64 start;
	__u64 len;
	__u32 write;
	__u32 pages;
};

/**
 * struct mirror_lookup - the device's translation of one address
 * @addr: any byte of the page
 * @present: out: 1 if there is a translation
 * @writable: out: 1 if it allows writing
 */
struct mirror_lookup {
	__u64 addr;
	__u32 present;
	__u32 writable;
};

/**
 * struct mirror_stat - the attachment's own counters
 * @logged: records written to the log since it was opened
 * @dropped: records lost because the log was full
 * @released: calls of release()
 * @ranges: live ranges
 * @events: start callbacks of all tiers, logged or not
 * @inexact: start callbacks with a verdict that was not exact
 */
struct mirror_stat {
	__u64 logged;
	__u64 dropped;
	__u32 released;
	__u32 ranges;
	__u64 events;
	__u64 inexact;
};

#define MIRROR_IOC_ATTACH	_IOW('m', 1, struct mirror_attach)
#define MIRROR_IOC_ADD_RANGE	_IOW('m', 2, struct mirror_range)
#define MIRROR_IOC_DEL_RANGE	_IOW('m', 3, struct mirror_range)
#define MIRROR_IOC_ACCESS	_IOWR('m', 4, struct mirror_access)
#define MIRROR_IOC_LOOKUP	_IOWR('m', 5, struct mirror_lookup)
#define MIRROR_IOC_STAT		_IOR('m', 6, struct mirror_stat)
#define MIRROR_IOC_FOLLOW	_IOW('m', 7, struct mirror_follow)

/**
 * struct mirror_record - one verdict; read() returns as many as fit
 * @seq: number of the record in this log, from 0
 * @start: first byte
 * @end: first byte behind the range; all ones for a whole mm
 * @effects: MMNOTIFY_FX_*
 * @flags: MMNOTIFY_F_*
 * @tgid: process that invalidated, not always the attached one
 * @event: enum mmnotify_event
 * @cause: enum mmnotify_cause
 * @native: native event of the kernel
 * @tier: one of MIRROR_TIER_*
 * @phase: MIRROR_PHASE_*
 * @rsvd: zero
 * @comm: task that invalidated
 * @site: kernel function that started the invalidation
 */
struct mirror_record {
	__u64 seq;
	__u64 start;
	__u64 end;
	__u32 effects;
	__u32 flags;
	__u32 tgid;
	__u16 event;
	__u16 cause;
	__u16 native;
	__u16 tier;
	__u16 phase;
	__u16 rsvd;
	char comm[16];
	char site[56];
};

#endif /* MIRROR_H */
