/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* devmem: ioctls of the test module, /dev/mmn_devmem. */
#ifndef DEVMEM_H
#define DEVMEM_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct devmem_range - range of the caller's memory
 * @start: first byte, page aligned
 * @len: bytes, page aligned, at most DEVMEM_PAGES pages
 * @done: out: pages that were migrated, or that the device has exclusively
 */
struct devmem_range {
	__u64 start;
	__u64 len;
	__u64 done;
};

#define DEVMEM_PAGES	16

/* Both fail with EOPNOTSUPP if the kernel is built without device private memory. */
#define DEVMEM_IOC_MIGRATE	_IOWR('d', 1, struct devmem_range)
#define DEVMEM_IOC_EXCLUSIVE	_IOWR('d', 2, struct devmem_range)

#endif /* DEVMEM_H */
