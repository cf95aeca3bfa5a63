// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * verify_table: the events and causes that it accepts for each stack, and that it
 * agrees with the rules. This file includes their table to check each rule that uses
 * the stack. "make mutants" proves that a stack here covers each row.
 */
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>
#include <linux/types.h>

#include "../../src/rules/rules.c"
/* The rows of rules.c define these macros differently than the cases. */
#undef SYS
#undef ARG
#undef IS
#undef GUESS
#include "rules_cases.h"
#undef IS
#include "rules/frame_table.h"
#include "rules/verify_table.h"
#include "tap.h"

#define FRAMES		4
#define CAUSES		7

/**
 * struct view - a stack, and the events and causes that fit it
 * @what: description, for the TAP
 * @class: enum mmn_class of the call site
 * @frames: enum mmn_frame, innermost first
 * @bits: context in which the rules must agree, MMN_CTX_*
 * @sys: enum mmn_sys
 * @arg: index of the argument that the rules use
 * @val: value of this argument
 * @unreal: no kernel has such a stack, so the rules are not checked
 * @event: event that fits
 * @or_clear: true if CLEAR fits as well
 * @causes: causes that fit
 */
struct view {
	const char *what;
	u8 class;
	u8 frames[FRAMES];
	u32 bits;
	u8 sys;
	u8 arg;
	unsigned long val;
	bool unreal;
	u8 event;
	bool or_clear;
	u8 causes[CAUSES];
};

#define CALL(s)		SYSB(s, LOCAL)
#define UNREAL		.unreal = true
#define OR_CLEAR	.or_clear = true
#define ON1(a)		.frames = { MMN_FRAME_##a }
#define ON2(a, b)	.frames = { MMN_FRAME_##a, MMN_FRAME_##b }
#define ON3(a, b, c)	.frames = { MMN_FRAME_##a, MMN_FRAME_##b, MMN_FRAME_##c }
#define ON4(a, b, c, d)	.frames = { MMN_FRAME_##a, MMN_FRAME_##b, \
				    MMN_FRAME_##c, MMN_FRAME_##d }
#define C(c)		MMNOTIFY_CAUSE_##c
/* Named like the macro of the cases. */
#define IS(e, ...)	.event = MMNOTIFY_##e, .causes = __VA_ARGS__

#define FALLOCATES	{ C(HOLE_PUNCH), C(COLLAPSE_RANGE), C(INSERT_RANGE), \
			  C(ZERO_RANGE) }
#define CALLS		{ C(HOLE_PUNCH), C(COLLAPSE_RANGE), C(INSERT_RANGE), \
			  C(ZERO_RANGE), C(TRUNCATE), C(FILE_INVALIDATE), \
			  C(DAX_REMAP) }
#define DONTNEEDS	{ C(MADV_DONTNEED), C(MADV_DONTNEED_LOCKED) }
#define ADVICES		{ C(MADV_DONTNEED), C(MADV_DONTNEED_LOCKED), C(GUARD_INSTALL) }
#define ZAPS		{ C(DRIVER_ZAP), C(ZAP) }

/* clang-format off */
static const struct view vma_views[] = {
	{ "exec", CLASS(UNMAP), ON2(EXIT, EXEC), SYSB(EXEC, DYING), IS(UNMAP, { C(EXEC) }) },
	{ "exit", CLASS(UNMAP), ON1(EXIT), BITS(DYING | EXITING), IS(UNMAP, { C(EXIT) }) },
	{ "mremap moved", CLASS(UNMAP), ON2(MOVE_VMA, MREMAP), CALL(MREMAP), ARG(3, 1), IS(UNMAP, { C(MREMAP_MOVE) }) },
	{ "mremap moved to a fixed address", CLASS(UNMAP), ON3(MOVE_VMA, MREMAP_TO, MREMAP), CALL(MREMAP), ARG(3, 3), IS(UNMAP, { C(MREMAP_MOVE) }) },
	{ "mremap shrinks", CLASS(UNMAP), ON2(SHRINK_VMA, MREMAP), SYSB(MREMAP, LOCAL | AT_TAIL), IS(UNMAP, { C(MREMAP_SHRINK) }) },
	{ "mremap's target", CLASS(UNMAP), ON2(MREMAP_TO, MREMAP), SYSB(MREMAP, LOCAL | AT_TARGET), ARG(3, 3), IS(UNMAP, { C(MREMAP_FIXED), C(MREMAP_SHRINK) }) },
	{ "mremap's target, the rest inlined", CLASS(UNMAP), ON1(MREMAP_TO), SYSB(MREMAP, LOCAL | AT_TARGET), ARG(3, 3), IS(UNMAP, { C(MREMAP_FIXED), C(MREMAP_SHRINK) }) },
	{ "mremap's tail, before 6.17", CLASS(UNMAP), ON1(MREMAP), SYSB(MREMAP, LOCAL | AT_TAIL), IS(UNMAP, { C(MREMAP_FIXED), C(MREMAP_SHRINK) }) },
	{ "mremap's target, before 6.17", CLASS(UNMAP), ON1(MREMAP), SYSB(MREMAP, LOCAL | AT_TARGET), ARG(3, 3), IS(UNMAP, { C(MREMAP_FIXED), C(MREMAP_SHRINK) }) },
	{ "brk", CLASS(UNMAP), ON1(BRK), CALL(BRK), IS(UNMAP, { C(BRK) }) },
	{ "shmdt", CLASS(UNMAP), ON1(SHMDT), CALL(SHMDT), IS(UNMAP, { C(SHMDT) }) },
	{ "mmap over it", CLASS(UNMAP), ON2(MMAP, MMAP), CALL(MMAP), ARG(3, MAP_FIXED), IS(UNMAP, { C(MMAP_FIXED), C(MMAP_ERROR) }) },
	{ "a mmap that fails", CLASS(UNMAP), ON2(MMAP, MMAP), CALL(MMAP), ARG(3, 1), IS(UNMAP, { C(MMAP_FIXED), C(MMAP_ERROR) }) },
	{ "munmap", CLASS(UNMAP), ON1(MUNMAP), CALL(MUNMAP), IS(UNMAP, { C(MUNMAP) }) },
	{ "a driver's vm_munmap", CLASS(UNMAP), ON2(MUNMAP, MODULE), CALL(IOCTL), IS(UNMAP, { C(MUNMAP) }) },
	{ "exec unmaps from its new mm", CLASS(UNMAP), ON1(EXEC), SYSB(EXEC, LOCAL), IS(UNMAP, { C(EXEC) }) },
	{ "exec maps over it", CLASS(UNMAP), ON3(MMAP, MMAP, EXEC), SYSB(EXEC, LOCAL), IS(UNMAP, { C(EXEC) }) },
	{ "a kernel thread execs", CLASS(UNMAP), ON2(MUNMAP, EXEC), BITS(LOCAL), IS(UNMAP, { C(EXEC) }) },
	{ "some unmap", CLASS(UNMAP), BITS(LOCAL), IS(UNMAP, { C(UNMAP) }) },

	{ "a move", CLASS(MOVE), ON2(MOVE_VMA, MREMAP), CALL(MREMAP), ARG(3, 1), OR_CLEAR, IS(UNMAP, { C(MREMAP_MOVE), C(MREMAP_DONTUNMAP), C(MREMAP) }) },
	{ "a move that leaves the VMA", CLASS(MOVE), ON1(MOVE_VMA), CALL(MREMAP), ARG(3, MREMAP_DONTUNMAP), OR_CLEAR, IS(UNMAP, { C(MREMAP_MOVE), C(MREMAP_DONTUNMAP), C(MREMAP) }) },
	{ "exec moves its stack", CLASS(MOVE), ON2(EXEC, EXEC), SYSB(EXEC, LOCAL), IS(UNMAP, { C(EXEC) }) },
	{ "a kernel thread moves its stack", CLASS(MOVE), ON1(EXEC), BITS(LOCAL), IS(UNMAP, { C(EXEC) }) },
	{ "a move of hugetlb", CLASS(MOVE_HUGETLB), ON2(MOVE_VMA, MREMAP), CALL(MREMAP), ARG(3, 1), IS(CLEAR, { C(MREMAP_MOVE) }) },

	{ "the OOM reaper", CLASS(REAP), ON1(OOM_REAPER), BITS(OOM_REAPER), IS(CLEAR, { C(OOM_REAPER) }) },
	{ "process_mrelease", CLASS(REAP), ON1(MRELEASE), SYSB(PROCESS_MRELEASE, 0), IS(CLEAR, { C(PROCESS_MRELEASE) }) },
	{ "a victim", CLASS(REAP), ON1(EXIT), BITS(DYING | EXITING), IS(CLEAR, { C(EXIT) }) },
	{ "an unknown caller reaps", CLASS(REAP), IS(CLEAR, { C(REAP) }) },
};

static const struct view zap_views[] = {
	{ "memory failure", CLASS(ZAP), ON2(UNMAPPER, HWPOISON), BITS(KTHREAD), IS(CLEAR, { C(HWPOISON) }) },
	{ "hugetlb copy-on-write takes a page from its other owners", CLASS(ZAP), ON1(HUGETLB_WP), BITS(LOCAL | TRUSTED), IS(CLEAR, { C(HUGETLB_COW) }) },
	{ "MADV_GUARD_INSTALL", CLASS(ZAP), ON3(ZAPPER, GUARD_INSTALL, MADVISE), CALL(MADVISE), ARG(2, MADV_GUARD_INSTALL), IS(CLEAR, { C(GUARD_INSTALL) }) },
	{ "MADV_REMOVE", CLASS(ZAP), ON3(UNMAPPER, FALLOCATE, MADVISE), CALL(MADVISE), ARG(2, MADV_REMOVE), IS(CLEAR, { C(MADV_REMOVE) }) },
	{ "a hole", CLASS(ZAP), ON2(UNMAPPER, FALLOCATE), CALL(FALLOCATE), ARG(1, FALLOC_PUNCH_HOLE), IS(CLEAR, FALLOCATES) },
	{ "io_uring: a hole", CLASS(ZAP), ON2(UNMAPPER, FALLOCATE), BITS(LOCAL), IS(CLEAR, FALLOCATES) },
	{ "zeroes", CLASS(ZAP), ON2(UNMAPPER, FALLOCATE), CALL(FALLOCATE), ARG(1, FALLOC_ZERO_RANGE), IS(CLEAR, FALLOCATES) },
	{ "a part of a file collapses", CLASS(ZAP), ON3(UNMAPPER, TRUNCATE, FALLOCATE), CALL(FALLOCATE), ARG(1, FALLOC_COLLAPSE_RANGE), IS(CLEAR, FALLOCATES) },
	{ "a part of a file is inserted", CLASS(ZAP), ON3(UNMAPPER, TRUNCATE, FALLOCATE), CALL(FALLOCATE), ARG(1, FALLOC_INSERT_RANGE), IS(CLEAR, FALLOCATES) },
	{ "ftruncate", CLASS(ZAP), ON3(UNMAPPER, TRUNCATE, TRUNCATE), CALL(FTRUNCATE), IS(CLEAR, { C(TRUNCATE) }) },
	{ "openat2 with O_TRUNC", CLASS(ZAP), ON2(UNMAPPER, TRUNCATE), CALL(OTHER), IS(CLEAR, { C(TRUNCATE) }) },
	{ "XFS clones a part", CLASS(ZAP), ON3(UNMAPPER, CACHE_RANGE, REMAP), CALL(IOCTL), IS(CLEAR, { C(FILE_INVALIDATE) }) },
	{ "MADV_REMOVE of a disk's file", CLASS(ZAP), ON4(UNMAPPER, CACHE_RANGE, FALLOCATE, MADVISE), CALL(MADVISE), ARG(2, MADV_REMOVE), IS(CLEAR, { C(MADV_REMOVE) }) },
	{ "a hole in a disk's file", CLASS(ZAP), ON4(UNMAPPER, CACHE_RANGE, FALLOCATE, FALLOCATE_CALL), CALL(FALLOCATE), ARG(1, FALLOC_PUNCH_HOLE), IS(CLEAR, CALLS) },
	{ "io_uring: a hole in a disk's file", CLASS(ZAP), ON3(UNMAPPER, CACHE_RANGE, FALLOCATE), BITS(LOCAL), IS(CLEAR, FALLOCATES) },
	{ "a hole by ioctl", CLASS(ZAP), ON4(UNMAPPER, CACHE_RANGE, FALLOCATE, IOCTL), CALL(IOCTL), IS(CLEAR, FALLOCATES) },
	{ "FUSE extends", CLASS(ZAP), ON3(UNMAPPER, CACHE_RANGE, TRUNCATE), CALL(OTHER), IS(CLEAR, { C(TRUNCATE) }) },
	{ "XFS exchanges ranges", CLASS(ZAP), ON4(UNMAPPER, CACHE_RANGE, FILE_SYSTEM, IOCTL), CALL(IOCTL), IS(CLEAR, { C(FILE_INVALIDATE) }) },
	{ "a write fails", CLASS(ZAP), ON4(UNMAPPER, CACHE_RANGE, FILE_SYSTEM, WRITE), CALL(WRITE), IS(CLEAR, { C(TRUNCATE) }) },
	{ "loop discards", CLASS(ZAP), ON4(UNMAPPER, CACHE_RANGE, FILE_SYSTEM, MODULE), BITS(KTHREAD), IS(CLEAR, { C(HOLE_PUNCH) }) },
	{ "a hole in a tmpfs file", CLASS(ZAP), ON3(UNMAPPER, FALLOCATE, FALLOCATE_CALL), CALL(FALLOCATE), ARG(1, FALLOC_PUNCH_HOLE), IS(CLEAR, CALLS) },
	{ "fallocate extends", CLASS(ZAP), ON4(UNMAPPER, TRUNCATE, FALLOCATE, FALLOCATE_CALL), CALL(FALLOCATE), IS(CLEAR, CALLS) },
	{ "fallocate unshares", CLASS(ZAP), ON4(UNMAPPER, INVALIDATE, FALLOCATE, FALLOCATE_CALL), CALL(FALLOCATE), IS(CLEAR, CALLS) },
	{ "fallocate waits for DAX", CLASS(ZAP), ON4(UNMAPPER, DAX, FALLOCATE, FALLOCATE_CALL), CALL(FALLOCATE), IS(CLEAR, CALLS) },
	{ "an ioctl exchanges content", CLASS(ZAP), ON4(UNMAPPER, TRUNCATE, FILE_SYSTEM, IOCTL), CALL(IOCTL), IS(CLEAR, { C(FILE_INVALIDATE) }) },
	{ "open drops huge pages", CLASS(ZAP), ON2(UNMAPPER, OPEN), CALL(OPENAT), IS(CLEAR, { C(FILE_INVALIDATE), C(PFNMAP_REVOKE) }) },
	{ "a fault finds a poisoned page", CLASS(ZAP), ON1(UNMAP_FOLIO), BITS(LOCAL | TRUSTED), IS(CLEAR, { C(HWPOISON) }) },
	{ "NFS unmaps by itself", CLASS(ZAP), ON3(UNMAPPER, FILE_SYSTEM, WRITE), CALL(WRITE), IS(CLEAR, { C(FILE_INVALIDATE), C(PFNMAP_REVOKE), C(DRIVER_ZAP), C(ZAP) }) },
	{ "XFS clones", CLASS(ZAP), ON3(UNMAPPER, FALLOCATE, REMAP), CALL(IOCTL), IS(CLEAR, { C(FILE_INVALIDATE) }) },
	{ "btrfs clones, 5.10", CLASS(ZAP), ON3(UNMAPPER, TRUNCATE, REMAP), CALL(IOCTL), IS(CLEAR, { C(FILE_INVALIDATE) }) },
	{ "XFS clones a DAX file", CLASS(ZAP), ON3(UNMAPPER, DAX, REMAP), CALL(IOCTL), IS(CLEAR, { C(FILE_INVALIDATE) }) },
	{ "dedupe", CLASS(ZAP), ON3(UNMAPPER, REMAP, REMAP), CALL(IOCTL), IS(CLEAR, { C(FILE_INVALIDATE) }) },
	{ "io_uring discards", CLASS(ZAP), ON3(UNMAPPER, INVALIDATE, FALLOCATE), BITS(LOCAL), IS(CLEAR, FALLOCATES) },
	{ "a hole in a DAX file", CLASS(ZAP), ON3(UNMAPPER, DAX, FALLOCATE), CALL(FALLOCATE), ARG(1, FALLOC_PUNCH_HOLE), IS(CLEAR, FALLOCATES) },
	{ "truncate of a DAX file", CLASS(ZAP), ON3(UNMAPPER, DAX, TRUNCATE), CALL(FTRUNCATE), IS(CLEAR, { C(TRUNCATE) }) },
	{ "a fault in a hole of a DAX file", CLASS(ZAP), ON3(UNMAPPER, DAX, DAX), BITS(LOCAL | TRUSTED), IS(CLEAR, { C(DAX_REMAP) }) },
	{ "direct I/O", CLASS(ZAP), ON2(UNMAPPER, INVALIDATE), CALL(WRITE), IS(CLEAR, { C(FILE_INVALIDATE) }) },
	{ "MADV_COLLAPSE of a file", CLASS(ZAP), ON4(UNMAPPER, COLLAPSE, MADV_COLLAPSE, MADVISE), CALL(MADVISE), ARG(2, MADV_COLLAPSE), IS(CLEAR, { C(MADV_COLLAPSE) }) },
	{ "io_uring: MADV_COLLAPSE of a file", CLASS(ZAP), ON4(UNMAPPER, COLLAPSE, MADV_COLLAPSE, MADVISE), BITS(LOCAL), IS(CLEAR, { C(MADV_COLLAPSE) }) },
	{ "khugepaged collapses a file", CLASS(ZAP), ON3(UNMAPPER, COLLAPSE, KHUGEPAGED), BITS(KHUGEPAGED), IS(CLEAR, { C(KHUGEPAGED) }) },
	{ "MADV_COLLAPSE, inlined", CLASS(ZAP), ON2(UNMAPPER, MADV_COLLAPSE), BITS(LOCAL), IS(CLEAR, { C(MADV_COLLAPSE) }) },
	{ "MADV_DONTNEED", CLASS(ZAP), ON2(ZAPPER, MADVISE), CALL(MADVISE), ARG(2, MADV_DONTNEED), IS(CLEAR, ADVICES) },
	{ "MADV_DONTNEED_LOCKED", CLASS(ZAP), ON1(MADVISE), CALL(PROCESS_MADVISE), ARG(3, MADV_DONTNEED_LOCKED), IS(CLEAR, ADVICES) },
	{ "process_madvise(MADV_GUARD_INSTALL), inlined", CLASS(ZAP), ON2(ZAPPER, MADVISE), CALL(PROCESS_MADVISE), ARG(3, MADV_GUARD_INSTALL), IS(CLEAR, ADVICES) },
	{ "TCP", CLASS(ZAP), ON2(ZAPPER, TCP_ZEROCOPY), CALL(GETSOCKOPT), ARG(2, TCP_ZEROCOPY_RECEIVE), IS(CLEAR, { C(TCP_ZEROCOPY) }) },
	{ "a time namespace", CLASS(ZAP), ON2(ZAPPER, VDSO), CALL(SETNS), IS(CLEAR, { C(VDSO_ZAP) }) },
	{ "a time namespace by clone", CLASS(ZAP), ON2(ZAPPER, VDSO), CALL(OTHER), IS(CLEAR, { C(VDSO_ZAP) }) },
	{ "a BPF arena", CLASS(ZAP), ON2(ZAPPER, ARENA), BITS(KTHREAD), IS(CLEAR, { C(BPF_ARENA_FREE) }) },
	{ "sysfs", CLASS(ZAP), ON2(UNMAPPER, UNMAPPER), CALL(WRITE), IS(CLEAR, { C(PFNMAP_REVOKE) }) },
	{ "a driver zaps", CLASS(ZAP), ON2(ZAPPER, MODULE), SYSB(IOCTL, LOCAL | MODULE), IS(CLEAR, ZAPS) },
	{ "a driver that is built in zaps", CLASS(ZAP), ON2(DRIVER_ZAPPER, IOCTL), SYSB(IOCTL, LOCAL), IS(CLEAR, { C(DRIVER_ZAP) }) },
	{ "a driver revokes", CLASS(ZAP), ON2(UNMAPPER, MODULE), SYSB(IOCTL, LOCAL | MODULE), IS(CLEAR, { C(PFNMAP_REVOKE) }) },
	{ "an unknown caller zaps", CLASS(ZAP), BITS(KTHREAD), IS(CLEAR, ZAPS) },

	{ "hugetlb: a page is taken back", CLASS(HUGETLB_NESTED), ON1(HUGETLB_WP), BITS(LOCAL | TRUSTED), IS(CLEAR, { C(HUGETLB_COW) }) },
	{ "hugetlb: MADV_REMOVE", CLASS(HUGETLB_NESTED), ON2(FALLOCATE, MADVISE), CALL(MADVISE), ARG(2, MADV_REMOVE), IS(CLEAR, { C(MADV_REMOVE) }) },
	{ "hugetlb: a hole", CLASS(HUGETLB_NESTED), ON1(FALLOCATE), CALL(FALLOCATE), ARG(1, FALLOC_PUNCH_HOLE), IS(CLEAR, { C(HOLE_PUNCH) }) },
	{ "hugetlb: truncate", CLASS(HUGETLB_NESTED), ON1(TRUNCATE), CALL(FTRUNCATE), IS(CLEAR, { C(TRUNCATE) }) },
	{ "hugetlb: MADV_DONTNEED", CLASS(HUGETLB_NESTED), ON1(MADVISE), CALL(MADVISE), ARG(2, MADV_DONTNEED), IS(CLEAR, DONTNEEDS) },
	{ "hugetlb: munmap", CLASS(HUGETLB_NESTED), ON1(MUNMAP), CALL(MUNMAP), IS(CLEAR, { C(HUGETLB_UNMAP) }) },
	{ "hugetlb: exit", CLASS(HUGETLB_NESTED), ON1(EXIT), BITS(DYING | EXITING), IS(CLEAR, { C(HUGETLB_UNMAP) }) },
};

static const struct view protect_views[] = {
	{ "pkey_mprotect", CLASS(PROTECT), ON2(MPROTECT, PKEY_MPROTECT), SYSB(PKEY_MPROTECT, WRITER), IS(PROTECTION_VMA, { C(PKEY_MPROTECT) }) },
	{ "mprotect", CLASS(PROTECT), ON1(MPROTECT), SYSB(MPROTECT, WRITER), IS(PROTECTION_VMA, { C(MPROTECT) }) },
	{ "exec protects its stack", CLASS(PROTECT), ON2(MPROTECT, EXEC), SYSB(EXEC, WRITER), IS(PROTECTION_VMA, { C(EXEC) }) },
	{ "a hint", CLASS(PROTECT), ON2(NUMA, NUMA), BITS(READER | TRUSTED), IS(PROTECTION_PAGE, { C(NUMA_HINT) }) },
	{ "a hint on the way out of uffd-wp", CLASS(PROTECT), ON1(NUMA), SYSB(IOCTL, READER), ARG(1, UFFDIO_WRITEPROTECT), IS(PROTECTION_PAGE, { C(NUMA_HINT) }) },
	{ "uffd-wp on 5.10", CLASS(PROTECT), ON1(UFFD_WP), SYSB(IOCTL, READER), ARG(1, UFFDIO_WRITEPROTECT), IS(PROTECTION_PAGE, { C(UFFD_WP) }) },
	{ "uffd-wp", CLASS(PROTECT), ON2(UFFD_END, UFFD_WP), SYSB(IOCTL, READER), ARG(1, UFFDIO_WRITEPROTECT), IS(PROTECTION_PAGE, { C(UFFD_WP) }) },
	{ "uffd-wp of another mm", CLASS(PROTECT), ON2(UFFD_END, UFFD_WP), SYSB(IOCTL, OTHERS_READER), ARG(1, UFFDIO_WRITEPROTECT), IS(PROTECTION_PAGE, { C(UFFD_WP) }) },
	{ "uffd-rwp", CLASS(PROTECT), ON1(UFFD_RWP), SYSB(IOCTL, READER), ARG(1, UFFDIO_RWPROTECT), IS(PROTECTION_PAGE, { C(UFFD_RWP) }) },
	{ "uffd-rwp, not inlined", CLASS(PROTECT), ON2(UFFD_END, UFFD_RWP), SYSB(IOCTL, READER), ARG(1, UFFDIO_RWPROTECT), IS(PROTECTION_PAGE, { C(UFFD_RWP) }) },
	{ "PAGEMAP_SCAN over a hole", CLASS(PROTECT), ON2(UFFD_END, PAGEMAP_SCAN), SYSB(IOCTL, READER), IS(PROTECTION_PAGE, { C(PAGEMAP_SCAN) }) },
	{ "PAGEMAP_SCAN, inlined", CLASS(PROTECT), ON1(PAGEMAP_SCAN), SYSB(IOCTL, READER), IS(PROTECTION_PAGE, { C(PAGEMAP_SCAN) }) },
	{ "a userfaultfd ends", CLASS(PROTECT), ON2(UFFD_END, UFFD_END), SYSB(CLOSE, WRITER), IS(PROTECTION_PAGE, { C(UFFD_WP_UNREGISTER) }) },
	{ "hugetlb: pkey_mprotect", CLASS(HUGETLB_PROTECT), ON2(MPROTECT, PKEY_MPROTECT), SYSB(PKEY_MPROTECT, WRITER), IS(PROTECTION_VMA, { C(PKEY_MPROTECT) }) },
	{ "hugetlb: mprotect", CLASS(HUGETLB_PROTECT), ON1(MPROTECT), SYSB(MPROTECT, WRITER), IS(PROTECTION_VMA, { C(MPROTECT) }) },
	{ "hugetlb: uffd-wp", CLASS(HUGETLB_PROTECT), ON2(UFFD_END, UFFD_WP), SYSB(IOCTL, READER), ARG(1, UFFDIO_WRITEPROTECT), IS(PROTECTION_PAGE, { C(UFFD_WP) }) },
	{ "hugetlb: a userfaultfd ends", CLASS(HUGETLB_PROTECT), ON1(UFFD_END), SYSB(IOCTL, WRITER), ARG(1, UFFDIO_UNREGISTER), IS(PROTECTION_PAGE, { C(UFFD_WP_UNREGISTER) }) },
};

static const struct view page_views[] = {
	{ "PAGEMAP_SCAN", CLASS(PAGEMAP_SCAN), IS(PROTECTION_PAGE, { C(PAGEMAP_SCAN) }) },
	{ "clear_refs", CLASS(CLEAR_REFS), IS(SOFT_DIRTY, { C(SOFT_DIRTY_CLEAR) }) },
	{ "fork", CLASS(FORK), IS(PROTECTION_PAGE, { C(FORK) }) },
	{ "a poisoned page is cleaned", CLASS(MKCLEAN), ON1(HWPOISON), IS(PROTECTION_PAGE, { C(HWPOISON) }) },
	{ "a frame buffer", CLASS(MKCLEAN), ON1(DIRTY_TRACK), BITS(KTHREAD), IS(PROTECTION_PAGE, { C(DRIVER_DIRTY_TRACK) }) },
	{ "writeback of a DAX file", CLASS(MKCLEAN), ON2(DAX_WRITEBACK, DAX_WRITEBACK), IS(PROTECTION_PAGE, { C(DAX_WRITEBACK) }) },
	{ "writeback", CLASS(MKCLEAN), ON2(WRITEBACK, WRITEBACK), BITS(KTHREAD), IS(PROTECTION_PAGE, { C(WRITEBACK) }) },
	{ "an edge of MADV_REMOVE", CLASS(MKCLEAN), ON2(FALLOCATE, MADVISE), CALL(MADVISE), IS(PROTECTION_PAGE, { C(MADV_REMOVE) }) },
	{ "an edge of a hole", CLASS(MKCLEAN), ON2(MODULE, FALLOCATE), CALL(FALLOCATE), IS(PROTECTION_PAGE, { C(HOLE_PUNCH) }) },
	{ "an edge of what collapses", CLASS(MKCLEAN), ON2(TRUNCATE, FALLOCATE), CALL(FALLOCATE), IS(PROTECTION_PAGE, { C(HOLE_PUNCH) }) },
	{ "ftruncate extends", CLASS(MKCLEAN), ON3(MODULE, TRUNCATE, TRUNCATE), CALL(FTRUNCATE), IS(PROTECTION_PAGE, { C(TRUNCATE) }) },
	{ "a write extends", CLASS(MKCLEAN), ON3(MODULE, MODULE, WRITE), CALL(WRITE), IS(PROTECTION_PAGE, { C(WRITEBACK) }) },
	{ "a write extends, by the core", CLASS(MKCLEAN), ON2(WRITEBACK, WRITE), CALL(WRITE), IS(PROTECTION_PAGE, { C(WRITEBACK) }) },
	{ "writeback by kswapd", CLASS(MKCLEAN), ON2(WRITEBACK, KSWAPD), BITS(KSWAPD), IS(PROTECTION_PAGE, { C(WRITEBACK) }) },
	{ "writeback on the way of a migration", CLASS(MKCLEAN), ON2(WRITEBACK, MBIND), CALL(OTHER), IS(PROTECTION_PAGE, { C(WRITEBACK) }) },
	{ "a copy extends", CLASS(MKCLEAN), ON2(FILE_SYSTEM, REMAP), CALL(OTHER), IS(PROTECTION_PAGE, { C(WRITEBACK) }) },
	{ "unknown cause of a cleaned page", CLASS(MKCLEAN), IS(PROTECTION_PAGE, { C(MKCLEAN) }) },
	{ "DAX on 5.10", CLASS(DAX_MKCLEAN), ON1(DAX_WRITEBACK), IS(PROTECTION_PAGE, { C(DAX_WRITEBACK) }) },
	{ "vmwgfx", CLASS(DIRTY_TRACK), ON1(MODULE), IS(PROTECTION_PAGE, { C(DRIVER_DIRTY_TRACK) }) },

	{ "ksm/run = 2", CLASS(COW), ON2(BREAK_KSM, BREAK_KSM), SYSB(WRITE, 0), IS(CLEAR, { C(KSM_UNMERGE) }) },
	{ "ksmd", CLASS(COW), ON1(BREAK_KSM), BITS(KSMD), IS(CLEAR, { C(KSM_UNMERGE) }) },
	{ "MADV_UNMERGEABLE", CLASS(COW), ON2(BREAK_KSM, MADVISE), CALL(MADVISE), ARG(2, MADV_UNMERGEABLE), IS(CLEAR, { C(KSM_UNMERGE) }) },
	{ "a uprobe", CLASS(COW), ON2(UPROBE, MMAP), CALL(MMAP), IS(CLEAR, { C(UPROBE) }) },
	{ "/proc/PID/mem", CLASS(COW), ON2(ACCESS, ACCESS), SYSB(WRITE, 0), IS(CLEAR, { C(COW_GUP) }) },
	{ "/proc/self/mem", CLASS(COW), ON1(ACCESS), CALL(WRITE), IS(CLEAR, { C(COW_GUP) }) },
	{ "process_vm_writev", CLASS(COW), ON2(ACCESS, ACCESS), SYSB(PROCESS_VM_WRITEV, 0), IS(CLEAR, { C(COW_GUP) }) },
	{ "a write", CLASS(COW), BITS(LOCAL | TRUSTED), IS(CLEAR, { C(COW), C(COW_GUP) }) },
	{ "another task pins", CLASS(COW), SYSB(OTHER, 0), IS(CLEAR, { C(COW), C(COW_GUP) }) },
	{ "hugetlb COW", CLASS(HUGETLB_COW), ON1(HUGETLB_WP), IS(CLEAR, { C(HUGETLB_COW) }) },
	{ "MADV_FREE", CLASS(MADV_FREE), ON1(MADVISE), CALL(MADVISE), IS(CLEAR, { C(MADV_FREE) }) },
	{ "a split of a mapping", CLASS(THP_SPLIT), ON1(MUNMAP), CALL(MUNMAP), IS(CLEAR, { C(THP_SPLIT) }) },

	{ "khugepaged is the innermost", CLASS(THP_COLLAPSE), ON2(KHUGEPAGED, UPROBE), UNREAL, IS(CLEAR, { C(KHUGEPAGED) }) },
	{ "MADV_COLLAPSE", CLASS(THP_COLLAPSE), ON2(MADV_COLLAPSE, MADVISE), CALL(MADVISE), ARG(2, MADV_COLLAPSE), IS(CLEAR, { C(MADV_COLLAPSE) }) },
	{ "process_madvise(MADV_COLLAPSE)", CLASS(THP_COLLAPSE), ON2(MADV_COLLAPSE, MADVISE), SYSB(PROCESS_MADVISE, 0), ARG(3, MADV_COLLAPSE), IS(CLEAR, { C(MADV_COLLAPSE) }) },
	{ "khugepaged", CLASS(THP_COLLAPSE), ON2(COLLAPSE, KHUGEPAGED), BITS(KHUGEPAGED), IS(CLEAR, { C(KHUGEPAGED) }) },
	{ "khugepaged on 5.10", CLASS(THP_COLLAPSE), BITS(KHUGEPAGED), IS(CLEAR, { C(KHUGEPAGED) }) },
	{ "a uprobe goes", CLASS(THP_COLLAPSE), ON1(UPROBE), CALL(WRITE), IS(CLEAR, { C(UPROBE) }) },

	{ "hugetlb memory failure", CLASS(HWPOISON), ON1(HWPOISON), IS(CLEAR, { C(HWPOISON) }) },
	{ "KSM protects", CLASS(KSM_WRPROTECT), IS(PROTECTION_PAGE, { C(KSM_MERGE) }) },
	{ "KSM replaces", CLASS(KSM_REPLACE), IS(CLEAR, { C(KSM_MERGE) }) },
	{ "a uprobe's page", CLASS(UPROBE), ON1(UPROBE), IS(CLEAR, { C(UPROBE) }) },
	{ "UFFDIO_MOVE", CLASS(UFFD_MOVE), IS(CLEAR, { C(UFFD_MOVE) }) },
	{ "hugetlb tables unshared", CLASS(PMD_UNSHARE), IS(CLEAR, { C(HUGETLB_PMD_UNSHARE) }) },
	{ "migrate_vma", CLASS(MIGRATE_VMA), ON1(MODULE), IS(MIGRATE, { C(MIGRATE_VMA) }) },
	{ "device exclusive", CLASS(EXCLUSIVE), ON1(MODULE), IS(EXCLUSIVE, { C(DEVICE_EXCLUSIVE) }) },
	{ "a CPU fault takes a device exclusive page back", CLASS(EXCLUSIVE_RESTORE), IS(CLEAR, { C(DEVICE_EXCLUSIVE_RESTORE) }) },
};

static const struct view rmap_views[] = {
	{ "kswapd", CLASS(RMAP_UNMAP), ON2(KSWAPD, KSWAPD), BITS(KSWAPD), IS(CLEAR, { C(RECLAIM_KSWAPD) }) },
	{ "kswapd splits", CLASS(RMAP_MIGRATE), ON2(SPLIT, KSWAPD), BITS(KSWAPD), IS(CLEAR, { C(RECLAIM_KSWAPD) }) },
	{ "kswapd demotes", CLASS(RMAP_MIGRATE), ON2(DEMOTE, KSWAPD), BITS(KSWAPD), IS(CLEAR, { C(DEMOTION) }) },
	{ "kswapd demotes, inlined", CLASS(RMAP_MIGRATE), ON3(SPLIT, MIGRATION, KSWAPD), BITS(KSWAPD), IS(CLEAR, { C(DEMOTION) }) },
	{ "direct reclaim demotes, inlined", CLASS(RMAP_MIGRATE), ON3(MIGRATION, DIRECT_RECLAIM, OTHERS), BITS(LOCAL), IS(CLEAR, { C(DEMOTION) }) },
	{ "a limit demotes, inlined", CLASS(RMAP_MIGRATE), ON3(MIGRATION, MEMCG, CHARGE), BITS(LOCAL | TRUSTED), IS(CLEAR, { C(DEMOTION) }) },
	{ "lru_gen demotes, inlined", CLASS(RMAP_MIGRATE), ON2(MIGRATION, PROACTIVE), CALL(WRITE), IS(CLEAR, { C(DEMOTION) }) },
	{ "kcompactd migrates", CLASS(RMAP_MIGRATE), ON3(MIGRATION, KCOMPACTD, KCOMPACTD), BITS(KCOMPACTD), IS(CLEAR, { C(COMPACTION_KCOMPACTD) }) },
	{ "a migration that reclaims", CLASS(RMAP_UNMAP), ON4(DIRECT_RECLAIM, OTHERS, MIGRATION, MBIND), CALL(OTHER), IS(CLEAR, { C(RECLAIM_DIRECT) }) },
	{ "direct reclaim", CLASS(RMAP_UNMAP), ON3(DIRECT_RECLAIM, OTHERS, MADVISE), BITS(LOCAL), IS(CLEAR, { C(RECLAIM_DIRECT) }) },
	{ "direct reclaim in mbind", CLASS(RMAP_UNMAP), ON3(DIRECT_RECLAIM, OTHERS, MBIND), CALL(OTHER), IS(CLEAR, { C(RECLAIM_DIRECT) }) },
	{ "direct reclaim in a hole", CLASS(RMAP_UNMAP), ON4(SPLIT, DIRECT_RECLAIM, OTHERS, FALLOCATE), CALL(FALLOCATE), IS(CLEAR, { C(RECLAIM_DIRECT) }) },
	{ "memory.reclaim", CLASS(RMAP_UNMAP), ON3(MEMCG, PROACTIVE, PROACTIVE), CALL(WRITE), IS(CLEAR, { C(RECLAIM_PROACTIVE) }) },
	{ "a limit", CLASS(RMAP_UNMAP), ON2(MEMCG, CHARGE), BITS(LOCAL | TRUSTED), IS(CLEAR, { C(RECLAIM_MEMCG) }) },
	{ "a limit in MADV_POPULATE", CLASS(RMAP_UNMAP), ON3(MEMCG, CHARGE, MADVISE), CALL(MADVISE), IS(CLEAR, { C(RECLAIM_MEMCG) }) },
	{ "a limit that demotes", CLASS(RMAP_MIGRATE), ON3(DEMOTE, MEMCG, CHARGE), BITS(LOCAL | TRUSTED), IS(CLEAR, { C(DEMOTION) }) },
	{ "memory.max without a charge", CLASS(RMAP_UNMAP), ON1(MEMCG), CALL(WRITE), IS(CLEAR, { C(RECLAIM_MEMCG) }) },
	{ "lru_gen", CLASS(RMAP_UNMAP), ON1(PROACTIVE), CALL(WRITE), IS(CLEAR, { C(RECLAIM_PROACTIVE) }) },
	{ "DAMON pages out", CLASS(RMAP_UNMAP), ON2(RECLAIM_PAGES, DAMON), BITS(KDAMOND), IS(CLEAR, { C(DAMON_PAGEOUT) }) },
	{ "MADV_PAGEOUT", CLASS(RMAP_UNMAP), ON2(RECLAIM_PAGES, MADVISE), CALL(MADVISE), ARG(2, MADV_PAGEOUT), IS(CLEAR, { C(MADV_PAGEOUT) }) },
	{ "reclaim_pages() without a caller", CLASS(RMAP_UNMAP), ON1(RECLAIM_PAGES), UNREAL, IS(CLEAR, { C(RMAP_UNMAP), C(RMAP_MIGRATE) }) },
	{ "compact_memory", CLASS(RMAP_MIGRATE), ON1(COMPACT_ADMIN), CALL(WRITE), IS(CLEAR, { C(COMPACTION_SYSCTL) }) },
	{ "compaction to allocate", CLASS(RMAP_MIGRATE), ON2(COMPACT_DIRECT, OTHERS), BITS(LOCAL | TRUSTED), IS(CLEAR, { C(COMPACTION_DIRECT) }) },
	{ "compaction in move_pages", CLASS(RMAP_MIGRATE), ON3(COMPACT_DIRECT, OTHERS, MOVE_PAGES), CALL(OTHER), IS(CLEAR, { C(COMPACTION_DIRECT) }) },
	{ "kcompactd", CLASS(RMAP_MIGRATE), ON2(KCOMPACTD, KCOMPACTD), BITS(KCOMPACTD), IS(CLEAR, { C(COMPACTION_KCOMPACTD) }) },
	{ "move_pages", CLASS(RMAP_MIGRATE), ON2(MOVE_PAGES, MOVE_PAGES), SYSB(OTHER, 0), IS(CLEAR, { C(MOVE_PAGES) }) },
	{ "mbind", CLASS(RMAP_MIGRATE), ON2(MBIND, MBIND), CALL(OTHER), IS(CLEAR, { C(MBIND) }) },
	{ "a cpuset moves", CLASS(RMAP_MIGRATE), ON2(MIGRATE_PAGES, CPUSET), BITS(KTHREAD), IS(CLEAR, { C(CPUSET_MIGRATION) }) },
	{ "migrate_pages", CLASS(RMAP_MIGRATE), ON2(MIGRATE_PAGES, MIGRATE_PAGES), SYSB(OTHER, 0), IS(CLEAR, { C(MIGRATE_PAGES) }) },
	{ "NUMA balancing", CLASS(RMAP_MIGRATE), ON2(MISPLACED, MISPLACED), BITS(LOCAL | TRUSTED), IS(CLEAR, { C(NUMA_MIGRATION) }) },
	{ "memory goes offline", CLASS(RMAP_MIGRATE), ON2(OFFLINE, OFFLINE), SYSB(WRITE, 0), IS(CLEAR, { C(MEMORY_OFFLINE) }) },
	{ "a contiguous range", CLASS(RMAP_MIGRATE), ON2(CONTIG, CONTIG), SYSB(WRITE, 0), IS(CLEAR, { C(CONTIG_ALLOC) }) },
	{ "a long pin", CLASS(RMAP_MIGRATE), ON2(LONGTERM, LONGTERM), CALL(IOCTL), IS(CLEAR, { C(LONGTERM_PIN) }) },
	{ "DAMON migrates", CLASS(RMAP_MIGRATE), ON2(DAMON, DAMON), BITS(KDAMOND), IS(CLEAR, { C(DAMON_MIGRATE) }) },
	{ "migrate_vma", CLASS(RMAP_MIGRATE), ON2(MIGRATE_VMA, MODULE), CALL(IOCTL), IS(CLEAR, { C(MIGRATE_VMA) }) },
	{ "memory failure", CLASS(RMAP_UNMAP), ON3(HWPOISON, HWPOISON, MADVISE), CALL(MADVISE), IS(CLEAR, { C(HWPOISON) }) },
	{ "memory failure splits", CLASS(RMAP_MIGRATE), ON2(SPLIT, HWPOISON), BITS(KTHREAD), IS(CLEAR, { C(HWPOISON) }) },
	{ "soft offline", CLASS(RMAP_MIGRATE), ON2(SOFT_OFFLINE, MADVISE), CALL(MADVISE), IS(CLEAR, { C(SOFT_OFFLINE) }) },
	{ "MADV_REMOVE splits", CLASS(RMAP_MIGRATE), ON3(SPLIT, FALLOCATE, MADVISE), CALL(MADVISE), ARG(2, MADV_REMOVE), IS(CLEAR, { C(MADV_REMOVE) }) },
	{ "a clone splits", CLASS(RMAP_MIGRATE), ON4(SPLIT, TRUNCATE, FALLOCATE, REMAP), CALL(IOCTL), IS(CLEAR, { C(FILE_INVALIDATE) }) },
	{ "a clone splits, with one frame less", CLASS(RMAP_MIGRATE), ON3(SPLIT, FALLOCATE, REMAP), CALL(IOCTL), IS(CLEAR, { C(FILE_INVALIDATE) }) },
	{ "a clone splits, by itself", CLASS(RMAP_MIGRATE), ON2(SPLIT, REMAP), CALL(IOCTL), IS(CLEAR, { C(FILE_INVALIDATE) }) },
	{ "an ioctl splits", CLASS(RMAP_MIGRATE), ON4(SPLIT, TRUNCATE, FILE_SYSTEM, IOCTL), CALL(IOCTL), IS(CLEAR, { C(FILE_INVALIDATE) }) },
	{ "a hole splits", CLASS(RMAP_MIGRATE), ON2(SPLIT, FALLOCATE), CALL(FALLOCATE), IS(CLEAR, { C(HOLE_PUNCH) }) },
	{ "fallocate truncates a file and splits", CLASS(RMAP_MIGRATE), ON3(SPLIT, TRUNCATE, FALLOCATE), CALL(FALLOCATE), IS(CLEAR, { C(HOLE_PUNCH) }) },
	{ "truncate splits", CLASS(RMAP_MIGRATE), ON3(SPLIT, TRUNCATE, TRUNCATE), CALL(FTRUNCATE), IS(CLEAR, { C(TRUNCATE) }) },
	{ "MADV_COLLAPSE of a file", CLASS(RMAP_UNMAP), ON3(COLLAPSE, MADV_COLLAPSE, MADVISE), CALL(MADVISE), ARG(2, MADV_COLLAPSE), IS(CLEAR, { C(MADV_COLLAPSE) }) },
	{ "khugepaged collapses a file", CLASS(RMAP_UNMAP), ON2(COLLAPSE, KHUGEPAGED), BITS(KHUGEPAGED), IS(CLEAR, { C(KHUGEPAGED) }) },
	{ "collapse_file() without a caller", CLASS(RMAP_UNMAP), ON1(COLLAPSE), BITS(KTHREAD), IS(CLEAR, { C(RMAP_UNMAP), C(RMAP_MIGRATE) }) },
	{ "split_huge_pages", CLASS(RMAP_MIGRATE), ON1(SPLIT), CALL(WRITE), IS(CLEAR, { C(THP_SPLIT) }) },
	{ "MADV_FREE of a part splits", CLASS(RMAP_MIGRATE), ON2(SPLIT, MADVISE), CALL(MADVISE), ARG(2, MADV_FREE), IS(CLEAR, { C(THP_SPLIT) }) },
	{ "unknown cause of a migration", CLASS(RMAP_MIGRATE), CALL(OTHER), IS(CLEAR, { C(RMAP_UNMAP), C(RMAP_MIGRATE) }) },
	{ "unknown cause of an unmap", CLASS(RMAP_UNMAP), CALL(OTHER), IS(CLEAR, { C(RMAP_UNMAP), C(RMAP_MIGRATE) }) },
};

/* clang-format on */

static const char *const agreement_names[MMN_NR_AGREEMENTS] = {
	[MMN_AGREE] = "agrees", [MMN_OTHER_EVENT] = "needs another event",
	[MMN_OTHER_CAUSE] = "needs another cause", [MMN_UNSURE] = "has no row",
};

static unsigned int nr_of(const u8 *frames)
{
	unsigned int nr = 0;

	while (nr < FRAMES && frames[nr])
		nr++;
	return nr;
}

static enum mmn_agreement expected(const struct view *w,
				   const struct mmn_verdict *v)
{
	if (v->event != w->event &&
	    !(w->or_clear && v->event == MMNOTIFY_CLEAR))
		return MMN_OTHER_EVENT;
	return memchr(w->causes, v->cause, CAUSES) ? MMN_AGREE : MMN_OTHER_CAUSE;
}

/* Return: number of wrong results over all events and causes for the stack. */
static unsigned int misfits(const struct view *w, const u8 *frames,
			    unsigned int nr)
{
	struct mmn_verdict v = { 0 };
	unsigned int bad = 0;

	for (v.event = 0; v.event < MMNOTIFY_NR_EVENTS; v.event++)
		for (v.cause = 1; v.cause < MMNOTIFY_NR_CAUSES; v.cause++)
			bad += mmn_verify_table_check(w->class, frames, nr, &v) !=
			       expected(w, &v);
	return bad;
}

/* Frames behind an allocation, a fault or another event must not matter. */
static unsigned int misfits_behind(const struct view *w, unsigned int border)
{
	u8 frames[FRAMES + 2];
	unsigned int bad = 0, nr = nr_of(w->frames);

	memcpy(frames, w->frames, nr);
	frames[nr++] = border;
	for (frames[nr] = 1; frames[nr] < MMN_NR_FRAMES; frames[nr]++)
		bad += misfits(w, frames, nr + 1);
	return bad;
}

/* What lies behind the last frame is of an earlier stack. */
static unsigned int misfits_beyond(const struct view *w)
{
	struct mmn_verdict v = { .event = w->event };
	unsigned int bad = 0, nr = nr_of(w->frames);
	u8 frames[FRAMES + 1];

	memcpy(frames, w->frames, nr);
	for (frames[nr] = 1; frames[nr] < MMN_NR_FRAMES; frames[nr]++)
		for (v.cause = 1; v.cause < MMNOTIFY_NR_CAUSES; v.cause++)
			bad += mmn_verify_table_check(w->class, frames, nr, &v) != expected(w, &v);
	return bad;
}

/* Fills the context with the frames that a walk of this stack gathers. */
static void walk(const u8 *frames, unsigned int nr, struct mmn_ctx *ctx)
{
	ctx->bits |= MMN_CTX_WALKED;
	while (ctx->nr_frames < nr) {
		ctx->frames[ctx->nr_frames] = frames[ctx->nr_frames];
		if (mmn_frame_table_ends(frames[ctx->nr_frames++]))
			break;
	}
}

static void show(const char *what, unsigned int class, const struct mmn_ctx *ctx,
		 const struct mmn_verdict *v)
{
	unsigned int i;

	printf("#   %s: class %u, frames", what, class);
	for (i = 0; i < ctx->nr_frames; i++)
		printf(" %u", ctx->frames[i]);
	printf(": event %u, cause %u\n", v->event, v->cause);
}

static void agree(const struct view *w)
{
	struct mmn_ctx ctx = { .bits = w->bits | MMN_CTX_VERIFIED, .sys = w->sys };
	unsigned int nr = nr_of(w->frames);
	enum mmn_agreement a;
	struct mmn_verdict v;

	ctx.args[w->arg] = w->val;
	if (!mmn_rules_classify(w->class, MMNOTIFY_CLEAR, &ctx, &v)) {
		walk(w->frames, nr, &ctx);
		mmn_rules_classify(w->class, MMNOTIFY_CLEAR, &ctx, &v);
	}
	a = mmn_verify_table_check(w->class, w->frames, nr, &v);
	if (!ok(a == MMN_AGREE && v.flags & MMNOTIFY_F_EXACT,
		"%s: verify_table %s", w->what, agreement_names[a]))
		show("said", w->class, &ctx, &v);
}

static void test_views(const struct view *views, unsigned int nr)
{
	const struct view *w;

	for (w = views; w < views + nr; w++) {
		ok(!misfits(w, w->frames, nr_of(w->frames)) && !misfits_beyond(w),
		   "%s: exactly the listed events and causes fit the stack", w->what);
		ok(!misfits_behind(w, MMN_FRAME_OTHERS) &&
		   !misfits_behind(w, MMN_FRAME_ANNOUNCE),
		   "%s: frames of another operation further out do not matter", w->what);
		if (!w->unreal)
			agree(w);
	}
}

#define RUN_VIEWS(views)	test_views(views, ARRAY_SIZE(views))

/* Stacks without a row, and unknown classes. */
static void test_unsure(void)
{
	static const struct {
		unsigned int class;
		u8 frame;
	} unsure[] = {
		{ MMN_CLASS_PROTECT, MMN_FRAME_NONE },
		{ MMN_CLASS_PROTECT, MMN_FRAME_MADVISE },
		{ MMN_CLASS_HUGETLB_PROTECT, MMN_FRAME_NONE },
		{ MMN_CLASS_RELEASE, MMN_FRAME_EXIT },
		{ MMN_CLASS_UNKNOWN, MMN_FRAME_EXIT },
		{ MMN_NR_CLASSES, MMN_FRAME_EXIT },
	};
	struct mmn_verdict v = { MMNOTIFY_CLEAR, MMNOTIFY_CAUSE_EXIT };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(unsure); i++)
		ok(mmn_verify_table_check(unsure[i].class, &unsure[i].frame,
					  unsure[i].frame != MMN_FRAME_NONE,
					  &v) == MMN_UNSURE,
		   "class %u with frame %u: unsure", unsure[i].class,
		   unsure[i].frame);
}

/*
 * Frames that always come together, innermost first; the rules only use @frame.
 */
static const struct company {
	u8 class;
	u8 frame;
	u8 stack[FRAMES];
} company[] = {
	{ MMN_CLASS_PROTECT, MMN_FRAME_PKEY_MPROTECT,
	  { MMN_FRAME_MPROTECT, MMN_FRAME_PKEY_MPROTECT } },
	{ MMN_CLASS_HUGETLB_PROTECT, MMN_FRAME_PKEY_MPROTECT,
	  { MMN_FRAME_MPROTECT, MMN_FRAME_PKEY_MPROTECT } },
	{ MMN_CLASS_RMAP_UNMAP, MMN_FRAME_RECLAIM_PAGES,
	  { MMN_FRAME_RECLAIM_PAGES, MMN_FRAME_MADVISE } },
	{ MMN_CLASS_RMAP_UNMAP, MMN_FRAME_CPUSET,
	  { MMN_FRAME_MIGRATE_PAGES, MMN_FRAME_CPUSET } },
	{ MMN_CLASS_RMAP_UNMAP, MMN_FRAME_MADV_COLLAPSE,
	  { MMN_FRAME_COLLAPSE, MMN_FRAME_MADV_COLLAPSE } },
};

/* Threads that the rules recognize by a bit, and verify_table.c by the outermost frame. */
static const struct {
	u32 bit;
	u8 frame;
} threads[] = {
	{ MMN_CTX_KSWAPD, MMN_FRAME_KSWAPD },
	{ MMN_CTX_KHUGEPAGED, MMN_FRAME_KHUGEPAGED },
	{ MMN_CTX_KDAMOND, MMN_FRAME_DAMON },
};

/* Rules that differ from verify_table.c on purpose. */
static const struct {
	u8 class;
	u8 frame;
	const char *why;
} exceptions[] = {
	{ MMN_CLASS_UNMAP, MMN_FRAME_MREMAP,
	  "without the system call, the rules decide for the cause of the group" },
};

static const char *exception(unsigned int class, const struct rule *r)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(exceptions); i++)
		if (exceptions[i].class == class && exceptions[i].frame == r->saw)
			return exceptions[i].why;
	return NULL;
}

static unsigned int plain(unsigned int class)
{
	return class == MMN_CLASS_RMAP_MIGRATE ? MMN_CLASS_RMAP_UNMAP : class;
}

/* Builds the shortest stack of a real kernel to which the rule applies. */
static unsigned int stack_for(unsigned int class, const struct rule *r, u8 *stack)
{
	unsigned int i, nr = 0;

	stack[nr++] = r->saw;
	if (r->also)
		stack[nr++] = r->also;
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		if (r->need & threads[i].bit) {
			stack[nr++] = threads[i].frame;
			return nr;
		}
	for (i = 0; i < ARRAY_SIZE(company); i++)
		if (company[i].class == plain(class) && company[i].frame == r->saw) {
			memcpy(stack, company[i].stack, FRAMES);
			return nr_of(stack);
		}
	return nr;
}

static void test_rule(unsigned int class, unsigned int nr)
{
	const struct rule *r = &lists[class].rules[nr];
	struct mmn_ctx ctx = {
		.bits = r->need | MMN_CTX_VERIFIED,
		.sys = r->sys,
	};
	u8 stack[FRAMES + 2] = { 0 };
	const char *why = exception(class, r);
	unsigned int nr_stack = stack_for(class, r, stack);
	struct mmn_verdict v = { 0 };
	enum mmn_agreement a;

	ctx.args[r->arg] = r->val;
	if (r->sys)
		ctx.bits |= MMN_CTX_SYSCALL;
	walk(stack, nr_stack, &ctx);
	mmn_rules_classify(class, MMNOTIFY_CLEAR, &ctx, &v);
	if (!ok(find_rule(class, &ctx) == r, "class %u rule %u can be reached",
		class, nr))
		show("verdict of another rule", class, &ctx, &v);
	a = mmn_verify_table_check(class, stack, nr_stack, &v);
	if (why)
		ok(a == MMN_OTHER_CAUSE,
		   "class %u rule %u: another cause than in verify_table, because %s",
		   class, nr, why);
	else if (!ok(a == MMN_AGREE, "class %u rule %u: verify_table %s",
		     class, nr, agreement_names[a]))
		show("verdict of the rules", class, &ctx, &v);
}

static void test_all_rules(void)
{
	unsigned int class, nr, all = 0, wrong = 0;
	u32 how;

	for (class = 0; class < MMN_NR_CLASSES; class++)
		for (nr = 0; nr < lists[class].nr; nr++) {
			how = mmn_rules_how(class, nr);
			wrong += !!(how & MMN_RULE_SAW) !=
				 !!lists[class].rules[nr].saw;
			if (lists[class].rules[nr].saw) {
				test_rule(class, nr);
				all++;
			}
		}
	ok(all > 60, "%u rules use the stack", all);
	ok(!wrong, "mmn_rules_how() has MMN_RULE_SAW for exactly these rules");
}

int main(void)
{
	RUN_VIEWS(vma_views);
	RUN_VIEWS(zap_views);
	RUN_VIEWS(protect_views);
	RUN_VIEWS(page_views);
	RUN_VIEWS(rmap_views);
	test_unsure();
	test_all_rules();
	return tap_done();
}
