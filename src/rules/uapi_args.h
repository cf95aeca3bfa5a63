/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_UAPI_ARGS_H
#define MMN_UAPI_ARGS_H

/* Values, flags and masks of system call arguments that the rules compare. They are ABI. */
#define ARG_MAP_FIXED		0x10
#define ARG_MREMAP_FIXED	2
#define ARG_MREMAP_DONTUNMAP	4
#define ARG_MADV_DONTNEED	4
#define ARG_MADV_REMOVE		9
#define ARG_MADV_UNMERGEABLE	13
#define ARG_MADV_DONTNEED_LOCKED 24
#define ARG_MADV_COLLAPSE	25
#define ARG_MADV_GUARD_INSTALL	102
#define ARG_PROT_READ		0x1
#define ARG_FALLOC_PUNCH_HOLE	0x02
#define ARG_FALLOC_COLLAPSE	0x08
#define ARG_FALLOC_ZERO		0x90	/* ZERO_RANGE, WRITE_ZEROES */
#define ARG_FALLOC_INSERT	0x20
#define ARG_O_TRUNC		01000
#define ARG_TCP_ZEROCOPY	35
#define ARG_SET_MEMORY_MERGE	67
#define ARG_BPF_LINK_CREATE	28
#define ARG_PERF_IOC_ENABLE	0x2400
#define ARG_UFFDIO_UNREGISTER	0x8010aa01
#define ARG_UFFDIO_WRITEPROTECT	0xc018aa06
#define ARG_UFFDIO_RWPROTECT	0xc018aa09

#endif /* MMN_UAPI_ARGS_H */
