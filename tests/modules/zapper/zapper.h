/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* zapper: ioctls of the test module, /dev/mmn_zapper. */
#ifndef ZAPPER_H
#define ZAPPER_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define ZAPPER_PAGES	16

/* The offset of a mapping selects the kind of mapping. */
#define ZAPPER_MAP_PAGES	0		/* struct pages, like a sound card */
#define ZAPPER_MAP_PFNS		(1 << 20)	/* PFNs, like registers of a PCI device */
#define ZAPPER_MAP_FAILS	(2 << 20)	/* struct pages, then mmap() fails */

/**
 * struct zapper_range - range to zap
 * @start: an address, or for REVOKE and LATER an offset of the file
 * @len: bytes
 */
struct zapper_range {
	__u64 start;
	__u64 len;
};

/* Zaps a range of a VMA of the caller, which must map this device. */
#define ZAPPER_IOC_ZAP		_IOW('z', 1, struct zapper_range)
/* Zaps all mappings of the file; LATER does it in a worker. */
#define ZAPPER_IOC_REVOKE	_IOW('z', 2, struct zapper_range)
#define ZAPPER_IOC_LATER	_IOW('z', 3, struct zapper_range)
/* The driver calls munmap() for its caller. */
#define ZAPPER_IOC_MUNMAP	_IOW('z', 4, struct zapper_range)

#endif /* ZAPPER_H */
