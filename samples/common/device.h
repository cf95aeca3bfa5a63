/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * device: ioctls of the three sample devices, /dev/mmn_svm, /dev/mmn_userptr and
 * /dev/mmn_odp. They are software: a device access fills the device's own page
 * table as real hardware of that kind would, and an invalidation removes the
 * translations that the modelled driver would remove.
 *
 * One open file is one attachment to one process.
 */
#ifndef MMN_DEVICE_H
#define MMN_DEVICE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* How the driver reacts to invalidations. */
#define DEVICE_NAIVE	0	/* as the modelled driver does today */
#define DEVICE_AWARE	1	/* as it could with mmnotify's effects */

/**
 * struct device_attach - attach the calling process
 * @mode: DEVICE_NAIVE or DEVICE_AWARE
 * @rsvd: zero
 */
struct device_attach {
	__u32 mode;
	__u32 rsvd;
};

/* Range flags. */
#define DEVICE_WRITE	(1u << 0) /* the device may write */
#define DEVICE_IMPLICIT	(1u << 1) /* odp: children appear on demand */

/**
 * struct device_range - a range that the device may access
 * @start: first byte, page aligned
 * @len: bytes, page aligned
 * @flags: mask of DEVICE_WRITE and DEVICE_IMPLICIT
 * @rsvd: zero
 *
 * svm covers the whole process and creates its ranges on demand. There, adding a
 * range sets the user's policy for these addresses, which must be mapped, and
 * deleting one takes the policy back.
 */
struct device_range {
	__u64 start;
	__u64 len;
	__u32 flags;
	__u32 rsvd;
};

/**
 * struct device_access - the device reads or writes memory
 * @start: first byte, page aligned
 * @len: bytes, page aligned
 * @write: 1 to write
 * @pages: out: pages that the device reached, in order from @start
 *
 * The driver serves a device fault for each page without a translation. Fails with
 * -EFAULT at the first page that the process cannot access; @pages then counts the
 * pages before it.
 */
struct device_access {
	__u64 start;
	__u64 len;
	__u32 write;
	__u32 pages;
};

/**
 * struct device_check - compare the device's page table with the CPU's
 * @checked: out: translations that were compared
 * @stale: out: wrong translations; the kernel log has the first ones, each with
 *	the last verdicts that touched it
 * @unsettled: out: translations that changed too often to be compared
 */
struct device_check {
	__u64 checked;
	__u64 stale;
	__u64 unsettled;
};

/**
 * struct device_migrate - svm: migrate pages to the device's own memory
 * @start: first byte, page aligned
 * @len: bytes, page aligned; within one mapping
 * @pages: out: pages that were migrated; the others stay in place
 * @rsvd: zero
 *
 * A CPU access migrates a page back. Fails with -EOPNOTSUPP if the device or the
 * kernel has no device private memory.
 */
struct device_migrate {
	__u64 start;
	__u64 len;
	__u32 pages;
	__u32 rsvd;
};

/**
 * struct device_stat - what the driver did since it was attached
 * @events: callbacks
 * @skipped: callbacks that left all translations as they were
 * @inexact: callbacks with a verdict that was not exact
 * @zapped: translations removed
 * @downgraded: translations made read-only
 * @faults: device faults served
 * @filled: translations added
 * @rebuilds: tracking structures built (ranges, children, user pointers)
 * @destroyed: tracking structures destroyed
 * @evictions: times that the device's queues were stopped and restarted
 * @tracking_allocated: bytes allocated for tracking
 * @tracking_freed: bytes of tracking that were freed
 * @policies_lost: ranges destroyed with a policy of the user although the memory
 *	is still mapped
 * @migrated: pages migrated to the device's own memory
 */
struct device_stat {
	__u64 events;
	__u64 skipped;
	__u64 inexact;
	__u64 zapped;
	__u64 downgraded;
	__u64 faults;
	__u64 filled;
	__u64 rebuilds;
	__u64 destroyed;
	__u64 evictions;
	__u64 tracking_allocated;
	__u64 tracking_freed;
	__u64 policies_lost;
	__u64 migrated;
};

#define DEVICE_IOC_ATTACH	_IOW('n', 1, struct device_attach)
#define DEVICE_IOC_ADD_RANGE	_IOW('n', 2, struct device_range)
#define DEVICE_IOC_DEL_RANGE	_IOW('n', 3, struct device_range)
#define DEVICE_IOC_ACCESS	_IOWR('n', 4, struct device_access)
#define DEVICE_IOC_CHECK	_IOR('n', 5, struct device_check)
#define DEVICE_IOC_STAT		_IOR('n', 6, struct device_stat)
#define DEVICE_IOC_MIGRATE	_IOWR('n', 7, struct device_migrate)

#endif /* MMN_DEVICE_H */
