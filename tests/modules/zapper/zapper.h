/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* zapper: what user space says to the test module, /dev/mmn_zapper. */
#ifndef ZAPPER_H
#define ZAPPER_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define ZAPPER_PAGES	16

/* The offset of a mapping chooses what the driver does in mmap(). */
#define ZAPPER_MAP_PAGES	0		/* pages, as a sound card does */
#define ZAPPER_MAP_PFNS		(1 << 20)	/* as a PCI device's registers */
#define ZAPPER_MAP_FAILS	(2 << 20)	/* pages, and then an error */

/**
 * struct zapper_range - what to take away
 * @start: an address, or for REVOKE and LATER an offset of the file
 * @len: bytes
 */
struct zapper_range {
	__u64 start;
	__u64 len;
};

/* By a VMA of the caller, which has to be one of ours. */
#define ZAPPER_IOC_ZAP		_IOW('z', 1, struct zapper_range)
/* Wherever the file is mapped; LATER has a worker do it. */
#define ZAPPER_IOC_REVOKE	_IOW('z', 2, struct zapper_range)
#define ZAPPER_IOC_LATER	_IOW('z', 3, struct zapper_range)
/* The driver calls munmap() for its caller. */
#define ZAPPER_IOC_MUNMAP	_IOW('z', 4, struct zapper_range)

#endif /* ZAPPER_H */
