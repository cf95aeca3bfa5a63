// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * rules: maps the class of a call site and a context to a verdict. The first rule of the
 * class with all conditions met decides.
 *
 * Pure: no changing state, no locks, no kernel calls. It also compiles in user space, for the
 * unit tests.
 */
#include <linux/kernel.h>
#include <linux/types.h>

#include "rule_row.h"
#include "rules.h"
#include "uapi_args.h"

/* clang-format off */

/*
 * The mm is released. This is the only event without a call site; the native event itself
 * identifies it with certainty.
 */
static const struct rule release_rules[] = {
	{ SYS(EXEC), UNLESS(EXITING), IS(RELEASE, EXEC, ALL) },
	{ ALWAYS, IS(RELEASE, EXIT, ALL) },
};

/* mm/memory.c:unmap_vmas(): the mapping always ends. */
static const struct rule unmap_rules[] = {
	{ IF1(DYING), UNLESS(EXITING), SYS(EXEC), IS(UNMAP, EXEC, ALL) },
	{ IF1(DYING), IS(UNMAP, EXIT, ALL) },
	{ IF1(LOCAL), SYS(EXEC), IS(UNMAP, EXEC, ALL) },
	{ IF1(LOCAL), SYS(MUNMAP), IS(UNMAP, MUNMAP, ALL) },
	{ IF1(LOCAL), SYS(IO_DESTROY), IS(UNMAP, MUNMAP, ALL) },
	{ IF1(LOCAL), SYS(MMAP), ARG(3, HAS, MAP_FIXED), IS(UNMAP, MMAP_FIXED, ALL) },
	{ IF1(LOCAL), SYS(MMAP), IS(UNMAP, MMAP_ERROR, ALL) },
	{ IF1(LOCAL), SYS(SHMAT), IS(UNMAP, MMAP_FIXED, ALL) },
	{ IF1(LOCAL), SYS(REMAP_FILE_PAGES), IS(UNMAP, MMAP_FIXED, ALL) },
	{ IF2(LOCAL, AT_TARGET), SYS(MREMAP), ARG(3, HAS, MREMAP_FIXED), IS(UNMAP, MREMAP_FIXED, ALL) },
	{ IF2(LOCAL, AT_TAIL), SYS(MREMAP), IS(UNMAP, MREMAP_SHRINK, ALL) },
	{ IF1(LOCAL), SYS(MREMAP), IS(UNMAP, MREMAP_MOVE, ALL) },
	{ IF1(LOCAL), SYS(BRK), IS(UNMAP, BRK, ALL) },
	{ IF1(LOCAL), SYS(SHMDT), IS(UNMAP, SHMDT, ALL) },
	{ ASK },
	{ SAW(EXEC), IS(UNMAP, EXEC, ALL) },
	{ SAW(SHMDT), IS(UNMAP, SHMDT, ALL) },
	{ SAW(MREMAP), IS(UNMAP, MREMAP, ALL) },
	{ SAW(MMAP), IS(UNMAP, MMAP_FIXED, ALL) },
	{ SAW(MUNMAP), IS(UNMAP, MUNMAP, ALL) },
	{ ALWAYS, IS(UNMAP, UNMAP, ALL) },
};

/*
 * mm/mremap.c:move_page_tables(): only the flags of mremap() decide whether the source VMA
 * stays (MREMAP_DONTUNMAP); the stack is the same. Without the system call the verdict is a
 * guess. execve() moves the new stack.
 */
static const struct rule move_rules[] = {
	{ IF1(LOCAL), SYS(MREMAP), ARG(3, HAS, MREMAP_DONTUNMAP), IS(CLEAR, MREMAP_DONTUNMAP, CLEAR) },
	{ IF1(LOCAL), SYS(MREMAP), IS(UNMAP, MREMAP_MOVE, ALL) },
	{ IF1(LOCAL), SYS(EXEC), IS(UNMAP, EXEC, ALL) },
	{ ASK },
	{ SAW(EXEC), IS(UNMAP, EXEC, ALL) },
	{ ALWAYS, IS(UNMAP, MREMAP, ALL), GUESS },
};

/*
 * mm/hugetlb.c:move_hugetlb_page_tables(): part of the move of a VMA. The range is widened to
 * where page tables may be shared, so it exceeds the VMA. unmap_vmas() announces the exact
 * range as UNMAP afterwards.
 */
static const struct rule move_hugetlb_rules[] = {
	{ ALWAYS, IS(CLEAR, MREMAP_MOVE, CLEAR), WIDE },
};

/*
 * zap_page_range_single() and its variants: the VMA stays. If the system call itself requests
 * the zap, no stack is needed.
 */
static const struct rule zap_rules[] = {
	{ SYS(MADVISE), ARG(2, IS, MADV_DONTNEED), IS(CLEAR, MADV_DONTNEED, CLEAR) },
	{ SYS(MADVISE), ARG(2, IS, MADV_DONTNEED_LOCKED), IS(CLEAR, MADV_DONTNEED_LOCKED, CLEAR) },
	{ SYS(MADVISE), ARG(2, IS, MADV_REMOVE), IS(CLEAR, MADV_REMOVE, CLEAR) },
	{ SYS(MADVISE), ARG(2, IS, MADV_COLLAPSE), IS(CLEAR, MADV_COLLAPSE, CLEAR) },
	{ SYS(MADVISE), ARG(2, IS, MADV_GUARD_INSTALL), IS(CLEAR, GUARD_INSTALL, CLEAR) },
	{ SYS(PROCESS_MADVISE), ARG(3, IS, MADV_DONTNEED), IS(CLEAR, MADV_DONTNEED, CLEAR) },
	{ SYS(PROCESS_MADVISE), ARG(3, IS, MADV_DONTNEED_LOCKED), IS(CLEAR, MADV_DONTNEED_LOCKED, CLEAR) },
	{ SYS(PROCESS_MADVISE), ARG(3, IS, MADV_GUARD_INSTALL), IS(CLEAR, GUARD_INSTALL, CLEAR) },
	{ SYS(FTRUNCATE), IS(CLEAR, TRUNCATE, CLEAR) },
	{ SYS(OPEN), ARG(1, HAS, O_TRUNC), IS(CLEAR, TRUNCATE, CLEAR) },
	{ SYS(OPENAT), ARG(2, HAS, O_TRUNC), IS(CLEAR, TRUNCATE, CLEAR) },
	{ SYS(FALLOCATE), ARG(1, HAS, FALLOC_PUNCH_HOLE), IS(CLEAR, HOLE_PUNCH, CLEAR) },
	{ SYS(FALLOCATE), ARG(1, HAS, FALLOC_COLLAPSE), IS(CLEAR, COLLAPSE_RANGE, CLEAR) },
	{ SYS(FALLOCATE), ARG(1, HAS, FALLOC_INSERT), IS(CLEAR, INSERT_RANGE, CLEAR) },
	{ SYS(FALLOCATE), ARG(1, HAS, FALLOC_ZERO), IS(CLEAR, ZERO_RANGE, CLEAR) },
	{ SYS(GETSOCKOPT), ARG(2, IS, TCP_ZEROCOPY), IS(CLEAR, TCP_ZEROCOPY, CLEAR) },
	{ SYS(SETNS), IS(CLEAR, VDSO_ZAP, CLEAR) },
	{ ASK },
	{ SAW(HWPOISON), IS(CLEAR, HWPOISON, CLEAR) },
	{ SAW(HUGETLB_WP), IS(CLEAR, HUGETLB_COW, CLEAR) },
	{ SAW(GUARD_INSTALL), IS(CLEAR, GUARD_INSTALL, CLEAR) },
	{ SAW(REMAP), IS(CLEAR, FILE_INVALIDATE, CLEAR) },
	{ SAW(FALLOCATE), ALSO(MADVISE), IS(CLEAR, MADV_REMOVE, CLEAR) },
	{ IF1(SYSCALL), SAW(FALLOCATE_CALL), ALSO(INVALIDATE), IS(CLEAR, FILE_INVALIDATE, CLEAR) },
	{ IF1(SYSCALL), SAW(FALLOCATE_CALL), ALSO(DAX), IS(CLEAR, DAX_REMAP, CLEAR) },
	{ IF1(SYSCALL), SAW(FALLOCATE), ALSO(FALLOCATE_CALL), IS(CLEAR, TRUNCATE, CLEAR) },
	{ SAW(FALLOCATE), IS(CLEAR, HOLE_PUNCH, CLEAR) },
	{ SAW(TRUNCATE), ALSO(IOCTL), IS(CLEAR, FILE_INVALIDATE, CLEAR) },
	{ SAW(TRUNCATE), IS(CLEAR, TRUNCATE, CLEAR) },
	{ SAW(CACHE_RANGE), ALSO(IOCTL), IS(CLEAR, FILE_INVALIDATE, CLEAR) },
	{ SAW(CACHE_RANGE), ALSO(WRITE), IS(CLEAR, TRUNCATE, CLEAR) },
	{ SAW(CACHE_RANGE), IS(CLEAR, HOLE_PUNCH, CLEAR) },
	{ SAW(INVALIDATE), IS(CLEAR, FILE_INVALIDATE, CLEAR) },
	{ IF1(KHUGEPAGED), SAW(COLLAPSE), IS(CLEAR, KHUGEPAGED, CLEAR) },
	{ SAW(MADV_COLLAPSE), IS(CLEAR, MADV_COLLAPSE, CLEAR) },
	{ SAW(DAX), IS(CLEAR, DAX_REMAP, CLEAR) },
	{ SAW(MADVISE), IS(CLEAR, MADV_DONTNEED, CLEAR) },
	{ SAW(TCP_ZEROCOPY), IS(CLEAR, TCP_ZEROCOPY, CLEAR) },
	{ SAW(VDSO), IS(CLEAR, VDSO_ZAP, CLEAR) },
	{ SAW(ARENA), IS(CLEAR, BPF_ARENA_FREE, CLEAR) },
	{ SAW(UNMAP_FOLIO), IS(CLEAR, HWPOISON, CLEAR) },
	{ UNLESS(MODULE_CALLS), SAW(UNMAPPER), ALSO(OPEN), IS(CLEAR, FILE_INVALIDATE, CLEAR) },
	{ UNLESS(MODULE_CALLS), SAW(UNMAPPER), ALSO(FILE_SYSTEM), IS(CLEAR, FILE_INVALIDATE, CLEAR) },
	{ SAW(UNMAPPER), IS(CLEAR, PFNMAP_REVOKE, CLEAR) },
	{ SAW(DRIVER_ZAPPER), IS(CLEAR, DRIVER_ZAP, CLEAR) },
	{ IF1(MODULE_CALLS), IS(CLEAR, DRIVER_ZAP, CLEAR) },
	{ ALWAYS, IS(CLEAR, ZAP, CLEAR) },
};

/*
 * 5.10, 6.1: __unmap_hugepage_range() announces a nested event between the start and the end
 * of its caller's. It is natively UNMAP for all callers, and widened to where page tables may
 * be shared. If the mapping really ends, unmap_vmas() has already announced UNMAP for the
 * exact range. So the nested event is always CLEAR, as in later kernels.
 */
static const struct rule hugetlb_nested_rules[] = {
	{ IF1(DYING), IS(CLEAR, HUGETLB_UNMAP, CLEAR), WIDE },
	{ SYS(MUNMAP), IS(CLEAR, HUGETLB_UNMAP, CLEAR), WIDE },
	{ SYS(FTRUNCATE), IS(CLEAR, TRUNCATE, CLEAR), WIDE },
	{ SYS(OPEN), ARG(1, HAS, O_TRUNC), IS(CLEAR, TRUNCATE, CLEAR), WIDE },
	{ SYS(OPENAT), ARG(2, HAS, O_TRUNC), IS(CLEAR, TRUNCATE, CLEAR), WIDE },
	{ SYS(FALLOCATE), ARG(1, HAS, FALLOC_PUNCH_HOLE), IS(CLEAR, HOLE_PUNCH, CLEAR), WIDE },
	{ SYS(MADVISE), ARG(2, IS, MADV_DONTNEED), IS(CLEAR, MADV_DONTNEED, CLEAR), WIDE },
	{ SYS(MADVISE), ARG(2, IS, MADV_DONTNEED_LOCKED), IS(CLEAR, MADV_DONTNEED_LOCKED, CLEAR), WIDE },
	{ SYS(MADVISE), ARG(2, IS, MADV_REMOVE), IS(CLEAR, MADV_REMOVE, CLEAR), WIDE },
	{ ASK },
	{ SAW(HUGETLB_WP), IS(CLEAR, HUGETLB_COW, CLEAR), WIDE },
	{ SAW(FALLOCATE), ALSO(MADVISE), IS(CLEAR, MADV_REMOVE, CLEAR), WIDE },
	{ SAW(FALLOCATE), IS(CLEAR, HOLE_PUNCH, CLEAR), WIDE },
	{ SAW(TRUNCATE), IS(CLEAR, TRUNCATE, CLEAR), WIDE },
	{ SAW(MADVISE), IS(CLEAR, MADV_DONTNEED, CLEAR), WIDE },
	{ ALWAYS, IS(CLEAR, HUGETLB_UNMAP, CLEAR), WIDE },
};

/*
 * The VMAs of the victim stay, even where the native event is UNMAP. On 5.10 an exiting victim
 * may reap itself.
 */
static const struct rule reap_rules[] = {
	{ IF1(OOM_REAPER), IS(CLEAR, OOM_REAPER, CLEAR) },
	{ SYS(PROCESS_MRELEASE), IS(CLEAR, PROCESS_MRELEASE, CLEAR) },
	{ IF1(DYING), IS(CLEAR, EXIT, CLEAR) },
	{ ALWAYS, IS(CLEAR, REAP, CLEAR) },
};

/*
 * mm/mprotect.c:change_protection(). If current holds mmap_lock for write, this is mprotect()
 * or the end of a userfaultfd. With the lock held for read no VMA changes: this is a NUMA
 * hint, userfaultfd or PAGEMAP_SCAN. NUMA hints run on the way out of any system call, so the
 * system call does not exclude them. A hint is the only event without effects, so the stack
 * must prove it.
 *
 * With PROT_READ, pages that were readable stay so. Write access may be lost until the next
 * fault even with PROT_WRITE.
 */
static const struct rule protect_rules[] = {
	{ IF2(LOCAL, MMAP_WRITE), SYS(MPROTECT), ARG(2, HAS, PROT_READ), IS(PROTECTION_VMA, MPROTECT, WRITE) },
	{ IF2(LOCAL, MMAP_WRITE), SYS(MPROTECT), IS(PROTECTION_VMA, MPROTECT, ACCESS) },
	{ IF2(LOCAL, MMAP_WRITE), SYS(PKEY_MPROTECT), ARG(2, HAS, PROT_READ), IS(PROTECTION_VMA, PKEY_MPROTECT, WRITE) },
	{ IF2(LOCAL, MMAP_WRITE), SYS(PKEY_MPROTECT), IS(PROTECTION_VMA, PKEY_MPROTECT, ACCESS) },
	{ IF1(MMAP_WRITE), SYS(IOCTL), ARG(1, IS, UFFDIO_UNREGISTER), IS(PROTECTION_PAGE, UFFD_WP_UNREGISTER, ACCESS) },
	{ IF1(MMAP_WRITE), SYS(CLOSE), IS(PROTECTION_PAGE, UFFD_WP_UNREGISTER, ACCESS) },
	{ IF1(MMAP_READ), UNLESS(LOCAL), SYS(IOCTL), ARG(1, IS, UFFDIO_WRITEPROTECT), IS(PROTECTION_PAGE, UFFD_WP, WRITE) },
	{ IF1(MMAP_READ), UNLESS(LOCAL), SYS(IOCTL), ARG(1, IS, UFFDIO_RWPROTECT), IS(PROTECTION_PAGE, UFFD_RWP, ACCESS) },
	{ ASK },
	{ SAW(NUMA), IF1(NUMA_MOVES), IS(PROTECTION_PAGE, NUMA_HINT, CLEAR) },
	{ SAW(NUMA), IS(PROTECTION_PAGE, NUMA_HINT, NONE) },
	{ SAW(PAGEMAP_SCAN), IS(PROTECTION_PAGE, PAGEMAP_SCAN, CLEAN) },
	{ SAW(UFFD_WP), IS(PROTECTION_PAGE, UFFD_WP, WRITE) },
	{ SAW(UFFD_RWP), IS(PROTECTION_PAGE, UFFD_RWP, ACCESS) },
	{ SAW(UFFD_END), IS(PROTECTION_PAGE, UFFD_WP_UNREGISTER, ACCESS) },
	{ SAW(PKEY_MPROTECT), IS(PROTECTION_VMA, PKEY_MPROTECT, ACCESS) },
	{ SAW(MPROTECT), ALSO(EXEC), IS(PROTECTION_VMA, EXEC, ACCESS) },
	{ SAW(MPROTECT), IS(PROTECTION_VMA, MPROTECT, ACCESS) },
	{ IF1(MMAP_READ), IS(PROTECTION_PAGE, PROTECTION, CLEAR) },
	{ ALWAYS, IS(PROTECTION_VMA, PROTECTION, ALL), GUESS },
};

/* The same for hugetlb pages, which get no NUMA hints. */
static const struct rule hugetlb_protect_rules[] = {
	{ IF2(LOCAL, MMAP_WRITE), SYS(MPROTECT), IS(PROTECTION_VMA, MPROTECT, ACCESS), WIDE },
	{ IF2(LOCAL, MMAP_WRITE), SYS(PKEY_MPROTECT), IS(PROTECTION_VMA, PKEY_MPROTECT, ACCESS), WIDE },
	{ IF1(MMAP_WRITE), SYS(IOCTL), ARG(1, IS, UFFDIO_UNREGISTER), IS(PROTECTION_PAGE, UFFD_WP_UNREGISTER, ACCESS), WIDE },
	{ IF1(MMAP_WRITE), SYS(CLOSE), IS(PROTECTION_PAGE, UFFD_WP_UNREGISTER, ACCESS), WIDE },
	{ IF1(MMAP_READ), SYS(IOCTL), ARG(1, IS, UFFDIO_WRITEPROTECT), IS(PROTECTION_PAGE, UFFD_WP, WRITE), WIDE },
	{ IF1(MMAP_READ), SYS(IOCTL), ARG(1, IS, UFFDIO_RWPROTECT), IS(PROTECTION_PAGE, UFFD_RWP, ACCESS), WIDE },
	{ ASK },
	{ SAW(PAGEMAP_SCAN), IS(PROTECTION_PAGE, PAGEMAP_SCAN, CLEAN), WIDE },
	{ SAW(UFFD_WP), IS(PROTECTION_PAGE, UFFD_WP, WRITE), WIDE },
	{ SAW(UFFD_RWP), IS(PROTECTION_PAGE, UFFD_RWP, ACCESS), WIDE },
	{ SAW(UFFD_END), IS(PROTECTION_PAGE, UFFD_WP_UNREGISTER, ACCESS), WIDE },
	{ SAW(PKEY_MPROTECT), IS(PROTECTION_VMA, PKEY_MPROTECT, ACCESS), WIDE },
	{ SAW(MPROTECT), IS(PROTECTION_VMA, MPROTECT, ACCESS), WIDE },
	{ ALWAYS, IS(PROTECTION_VMA, PROTECTION, ALL), GUESS },
};

/* The event covers the whole scan range, not only the pages that match. */
static const struct rule pagemap_scan_rules[] = {
	{ ALWAYS, IS(PROTECTION_PAGE, PAGEMAP_SCAN, CLEAN), WIDE },
};

static const struct rule clear_refs_rules[] = {
	{ ALWAYS, IS(SOFT_DIRTY, SOFT_DIRTY_CLEAR, CLEAN), WIDE },
};

static const struct rule fork_rules[] = {
	{ ALWAYS, IS(PROTECTION_PAGE, FORK, WRITE) },
};

/*
 * The reverse map cleans and write-protects a page; only the stack shows for which caller.
 * File systems also do it themselves, mostly in modules, whose functions are no frames: for
 * the last page when a file is extended, and for the edges of a hole.
 */
static const struct rule mkclean_rules[] = {
	{ ASK },
	{ SAW(HWPOISON), IS(PROTECTION_PAGE, HWPOISON, CLEAN) },
	{ SAW(DIRTY_TRACK), IS(PROTECTION_PAGE, DRIVER_DIRTY_TRACK, CLEAN) },
	{ SAW(DAX_WRITEBACK), IS(PROTECTION_PAGE, DAX_WRITEBACK, CLEAN) },
	{ SAW(WRITEBACK), IS(PROTECTION_PAGE, WRITEBACK, CLEAN) },
	{ SAW(FALLOCATE), ALSO(MADVISE), IS(PROTECTION_PAGE, MADV_REMOVE, CLEAN) },
	{ SAW(FALLOCATE), IS(PROTECTION_PAGE, HOLE_PUNCH, CLEAN) },
	{ SAW(TRUNCATE), IS(PROTECTION_PAGE, TRUNCATE, CLEAN) },
	{ SAW(WRITE), IS(PROTECTION_PAGE, WRITEBACK, CLEAN) },
	{ SAW(REMAP), IS(PROTECTION_PAGE, WRITEBACK, CLEAN) },
	{ ALWAYS, IS(PROTECTION_PAGE, MKCLEAN, CLEAN) },
};

static const struct rule dirty_track_rules[] = {
	{ ALWAYS, IS(PROTECTION_PAGE, DRIVER_DIRTY_TRACK, CLEAN) },
};

static const struct rule dax_mkclean_rules[] = {
	{ ALWAYS, IS(PROTECTION_PAGE, DAX_WRITEBACK, CLEAN) },
};

/*
 * Write faults of the process itself need no stack. Copy-on-write is also broken by other
 * processes, and by the few system calls below. For those the stack decides, because they may
 * also write a signal frame on their way out, which is an ordinary fault.
 */
static const struct rule cow_rules[] = {
	{ IF1(KSMD), IS(CLEAR, KSM_UNMERGE, CLEAR) },
	{ SYS(MADVISE), ARG(2, IS, MADV_UNMERGEABLE), ASK },
	{ SYS(PROCESS_MADVISE), ARG(3, IS, MADV_UNMERGEABLE), ASK },
	{ SYS(PROCESS_VM_WRITEV), ASK },
	{ UNLESS(LOCAL), ASK },
	{ UNLESS(SYSCALL), ASK },
	{ SYS(WRITE), ASK },
	{ SYS(MMAP), ASK },
	{ SYS(MREMAP), ASK },
	{ SYS(PERF_EVENT_OPEN), ASK },
	{ SYS(IOCTL), ARG(1, IS, PERF_IOC_ENABLE), ASK },
	{ SYS(BPF), ARG(0, IS, BPF_LINK_CREATE), ASK },
	{ SYS(PRCTL), ARG(0, IS, SET_MEMORY_MERGE), ASK },
	{ SAW(BREAK_KSM), IS(CLEAR, KSM_UNMERGE, CLEAR) },
	{ SAW(UPROBE), IS(CLEAR, UPROBE, CLEAR) },
	{ SAW(ACCESS), IS(CLEAR, COW_GUP, CLEAR) },
	{ UNLESS(LOCAL), IS(CLEAR, COW_GUP, CLEAR) },
	{ ALWAYS, IS(CLEAR, COW, CLEAR) },
};

static const struct rule hugetlb_cow_rules[] = {
	{ ALWAYS, IS(CLEAR, HUGETLB_COW, CLEAR) },
};

static const struct rule madv_free_rules[] = {
	{ ALWAYS, IS(CLEAR, MADV_FREE, CLEAR) },
};

/* For file pages the split unmaps the huge page, and no other event announces that. */
static const struct rule thp_split_rules[] = {
	{ ALWAYS, IS(CLEAR, THP_SPLIT, CLEAR) },
};

static const struct rule thp_collapse_rules[] = {
	{ IF1(KHUGEPAGED), IS(CLEAR, KHUGEPAGED, CLEAR) },
	{ SYS(MADVISE), ARG(2, IS, MADV_COLLAPSE), IS(CLEAR, MADV_COLLAPSE, CLEAR) },
	{ ASK },
	{ SAW(MADV_COLLAPSE), IS(CLEAR, MADV_COLLAPSE, CLEAR) },
	{ SAW(UPROBE), IS(CLEAR, UPROBE, CLEAR) },
	{ ALWAYS, IS(CLEAR, THP_COLLAPSE, CLEAR) },
};

/*
 * The reverse map: CLEAR for every caller. kswapd and kcompactd are recognised by the thread,
 * but kswapd may also migrate, to demote or to split a page. All others are on the stack.
 * Before v5.14 try_to_unmap_one() also served migration.
 *
 * Compilers may inline demote_folio_list(). Reclaim unmaps for migration only to demote or to
 * split, and only to demote it calls migrate_pages(), which may split, too.
 */
static const struct rule rmap_rules[] = {
	{ IF1(KSWAPD), UNLESS(MIGRATION), IS(CLEAR, RECLAIM_KSWAPD, CLEAR) },
	{ IF2(KSWAPD, ONE_NODE), IS(CLEAR, RECLAIM_KSWAPD, CLEAR) },
	{ IF1(KCOMPACTD), IS(CLEAR, COMPACTION_KCOMPACTD, CLEAR) },
	{ ASK },
	{ SAW(HWPOISON), IS(CLEAR, HWPOISON, CLEAR) },
	{ SAW(SOFT_OFFLINE), IS(CLEAR, SOFT_OFFLINE, CLEAR) },
	{ SAW(DEMOTE), IS(CLEAR, DEMOTION, CLEAR) },
	{ IF1(MIGRATION), SAW(MIGRATION), ALSO(KSWAPD), IS(CLEAR, DEMOTION, CLEAR) },
	{ IF1(MIGRATION), SAW(MIGRATION), ALSO(PROACTIVE), IS(CLEAR, DEMOTION, CLEAR) },
	{ IF1(MIGRATION), SAW(MIGRATION), ALSO(MEMCG), IS(CLEAR, DEMOTION, CLEAR) },
	{ IF1(MIGRATION), SAW(MIGRATION), ALSO(DIRECT_RECLAIM), IS(CLEAR, DEMOTION, CLEAR) },
	{ IF1(KSWAPD), IS(CLEAR, RECLAIM_KSWAPD, CLEAR) },
	{ SAW(PROACTIVE), IS(CLEAR, RECLAIM_PROACTIVE, CLEAR) },
	{ SAW(MEMCG), IS(CLEAR, RECLAIM_MEMCG, CLEAR) },
	{ SAW(DIRECT_RECLAIM), IS(CLEAR, RECLAIM_DIRECT, CLEAR) },
	{ IF1(KDAMOND), SAW(RECLAIM_PAGES), IS(CLEAR, DAMON_PAGEOUT, CLEAR) },
	{ SAW(RECLAIM_PAGES), IS(CLEAR, MADV_PAGEOUT, CLEAR) },
	{ SAW(COMPACT_ADMIN), IS(CLEAR, COMPACTION_SYSCTL, CLEAR) },
	{ SAW(COMPACT_DIRECT), IS(CLEAR, COMPACTION_DIRECT, CLEAR) },
	{ SAW(MISPLACED), IS(CLEAR, NUMA_MIGRATION, CLEAR) },
	{ SAW(MOVE_PAGES), IS(CLEAR, MOVE_PAGES, CLEAR) },
	{ SAW(MBIND), IS(CLEAR, MBIND, CLEAR) },
	{ SAW(CPUSET), IS(CLEAR, CPUSET_MIGRATION, CLEAR) },
	{ SAW(MIGRATE_PAGES), IS(CLEAR, MIGRATE_PAGES, CLEAR) },
	{ SAW(OFFLINE), IS(CLEAR, MEMORY_OFFLINE, CLEAR) },
	{ SAW(CONTIG), IS(CLEAR, CONTIG_ALLOC, CLEAR) },
	{ SAW(LONGTERM), IS(CLEAR, LONGTERM_PIN, CLEAR) },
	{ SAW(DAMON), IS(CLEAR, DAMON_MIGRATE, CLEAR) },
	{ SAW(MIGRATE_VMA), IS(CLEAR, MIGRATE_VMA, CLEAR) },
	{ SAW(REMAP), IS(CLEAR, FILE_INVALIDATE, CLEAR) },
	{ SAW(FALLOCATE), ALSO(MADVISE), IS(CLEAR, MADV_REMOVE, CLEAR) },
	{ SAW(FALLOCATE), IS(CLEAR, HOLE_PUNCH, CLEAR) },
	{ SAW(TRUNCATE), ALSO(IOCTL), IS(CLEAR, FILE_INVALIDATE, CLEAR) },
	{ SAW(TRUNCATE), IS(CLEAR, TRUNCATE, CLEAR) },
	{ IF1(KHUGEPAGED), SAW(COLLAPSE), IS(CLEAR, KHUGEPAGED, CLEAR) },
	{ SAW(MADV_COLLAPSE), IS(CLEAR, MADV_COLLAPSE, CLEAR) },
	{ SAW(SPLIT), IS(CLEAR, THP_SPLIT, CLEAR) },
	{ IF1(MIGRATION), IS(CLEAR, RMAP_MIGRATE, CLEAR) },
	{ ALWAYS, IS(CLEAR, RMAP_UNMAP, CLEAR) },
};

static const struct rule hwpoison_rules[] = {
	{ ALWAYS, IS(CLEAR, HWPOISON, CLEAR) },
};

static const struct rule ksm_wrprotect_rules[] = {
	{ ALWAYS, IS(PROTECTION_PAGE, KSM_MERGE, CLEAN) },
};

/* May contain write_protect_page() inlined; CLEAR is correct for both. */
static const struct rule ksm_replace_rules[] = {
	{ ALWAYS, IS(CLEAR, KSM_MERGE, CLEAR) },
};

static const struct rule uprobe_rules[] = {
	{ ALWAYS, IS(CLEAR, UPROBE, CLEAR) },
};

static const struct rule uffd_move_rules[] = {
	{ ALWAYS, IS(CLEAR, UFFD_MOVE, CLEAR) },
};

static const struct rule pmd_unshare_rules[] = {
	{ ALWAYS, IS(CLEAR, HUGETLB_PMD_UNSHARE, CLEAR), WIDE },
};

static const struct rule migrate_vma_rules[] = {
	{ ALWAYS, IS(MIGRATE, MIGRATE_VMA, CLEAR) },
};

static const struct rule exclusive_rules[] = {
	{ ALWAYS, IS(EXCLUSIVE, DEVICE_EXCLUSIVE, CLEAR) },
};

static const struct rule exclusive_restore_rules[] = {
	{ ALWAYS, IS(CLEAR, DEVICE_EXCLUSIVE_RESTORE, CLEAR) },
};

#define LIST_IN(c, l, b, w) [MMN_CLASS_##c] = { \
	.rules = l##_rules, .nr = ARRAY_SIZE(l##_rules), .bits = (b), .needs = (w) }
#define LIST(c, l, w)	LIST_IN(c, l, 0, w)
#define NOTHING		0
#define TASK		MMN_NEED_TASK
#define THREAD		MMN_NEED_THREAD
#define LOCK		MMN_NEED_LOCK
#define NUMBER		MMN_NEED_SYS
#define ARGS		(MMN_NEED_SYS | MMN_NEED_ARGS)
#define PLACE		MMN_NEED_PLACE

/* @bits: MMN_CTX_* that the class implies. @needs: MMN_NEED_* of its rules. */
static const struct {
	const struct rule *rules;
	unsigned int nr;
	u32 bits;
	u32 needs;
} lists[MMN_NR_CLASSES] = {
	LIST(RELEASE, release, TASK | NUMBER),
	LIST(UNMAP, unmap, TASK | ARGS | PLACE),
	LIST(MOVE, move, TASK | ARGS),
	LIST(MOVE_HUGETLB, move_hugetlb, NOTHING),
	LIST(ZAP, zap, THREAD | ARGS),
	LIST(HUGETLB_NESTED, hugetlb_nested, TASK | ARGS),
	LIST(REAP, reap, TASK | THREAD | NUMBER),
	LIST(PROTECT, protect, TASK | LOCK | ARGS),
	LIST(HUGETLB_PROTECT, hugetlb_protect, TASK | LOCK | ARGS),
	LIST(PAGEMAP_SCAN, pagemap_scan, NOTHING),
	LIST(CLEAR_REFS, clear_refs, NOTHING),
	LIST(FORK, fork, NOTHING),
	LIST(MKCLEAN, mkclean, NOTHING),
	LIST(DAX_MKCLEAN, dax_mkclean, NOTHING),
	LIST(DIRTY_TRACK, dirty_track, NOTHING),
	LIST(COW, cow, TASK | THREAD | ARGS),
	LIST(HUGETLB_COW, hugetlb_cow, NOTHING),
	LIST(MADV_FREE, madv_free, NOTHING),
	LIST(THP_SPLIT, thp_split, NOTHING),
	LIST(THP_COLLAPSE, thp_collapse, THREAD | ARGS),
	LIST(RMAP_UNMAP, rmap, THREAD),
	LIST_IN(RMAP_MIGRATE, rmap, MMN_CTX_MIGRATION, THREAD),
	LIST(HWPOISON, hwpoison, NOTHING),
	LIST(KSM_WRPROTECT, ksm_wrprotect, NOTHING),
	LIST(KSM_REPLACE, ksm_replace, NOTHING),
	LIST(UPROBE, uprobe, NOTHING),
	LIST(UFFD_MOVE, uffd_move, NOTHING),
	LIST(PMD_UNSHARE, pmd_unshare, NOTHING),
	LIST(MIGRATE_VMA, migrate_vma, NOTHING),
	LIST(EXCLUSIVE, exclusive, NOTHING),
	LIST(EXCLUSIVE_RESTORE, exclusive_restore, NOTHING),
};

/* clang-format on */

static bool arg_holds(const struct rule *r, const struct mmn_ctx *ctx)
{
	u32 arg = (u32)ctx->args[r->arg];

	switch (r->op) {
	case ARG_IS:
		return arg == r->val;
	case ARG_HAS:
		return arg & r->val;
	default:
		return true;
	}
}

/*
 * Frames of a context as a bitmap, as a list of rules looks for many of them. MMN_FRAME_NONE
 * is always set, so rules without a condition on frames match.
 */
struct frames {
	u64 low;
	u64 high;
};

static_assert(MMN_FRAME_NONE == 0 && MMN_NR_FRAMES <= 128);

static struct frames frames_collect(const struct mmn_ctx *ctx)
{
	struct frames set = { .low = 1 };
	const u8 *frame = ctx->frames, *end = frame + ctx->nr_frames;

	for (; frame < end; frame++) {
		if (*frame & 64)
			set.high |= 1ULL << (*frame & 63);
		else
			set.low |= 1ULL << *frame;
	}
	return set;
}

static bool frames_match(struct frames set, unsigned int frame)
{
	return (frame & 64 ? set.high : set.low) >> (frame & 63) & 1;
}

/* The part of a context that is the same for all rules of a search. */
struct task {
	const struct mmn_ctx *ctx;
	u32 bits;
	u32 sys;
};

/* The system call is unknown: equals no enum mmn_sys. */
#define SYS_UNKNOWN		0xffu

static bool task_holds(const struct rule *r, const struct task *task)
{
	if ((task->bits & (r->need | r->not)) != r->need)
		return false;
	return !r->sys || (r->sys == task->sys && arg_holds(r, task->ctx));
}

/* Without frames: the stack was not walked, or has no frame that is in the table. */
static const struct rule *find_plain(const struct rule *r, const struct rule *end,
				     const struct task *task)
{
	for (; r < end; r++)
		if (task_holds(r, task) && !r->saw &&
		    !(r->ask && task->bits & MMN_CTX_WALKED))
			return r;
	return NULL;
}

/* With frames: they are compared first, as most rules fail there. */
static const struct rule *find_walked(const struct rule *r, const struct rule *end,
				      const struct task *task)
{
	struct frames set = frames_collect(task->ctx);

	for (; r < end; r++)
		if (frames_match(set, r->saw) && task_holds(r, task) &&
		    frames_match(set, r->also) && !(r->ask && task->bits & MMN_CTX_WALKED))
			return r;
	return NULL;
}

static const struct rule *find_rule(unsigned int class,
				    const struct mmn_ctx *ctx)
{
	const struct rule *r, *end;
	struct task task = { .ctx = ctx };

	if (class >= MMN_NR_CLASSES)
		return NULL;
	r = lists[class].rules;
	end = r + lists[class].nr;
	task.bits = ctx->bits | lists[class].bits;
	task.sys = task.bits & MMN_CTX_SYSCALL ? ctx->sys : SYS_UNKNOWN;
	/* A module on the stack tells no more than the frames around it. */
	if (ctx->bits & MMN_CTX_NO_FRAMES) {
		task.bits &= ~MMN_CTX_MODULE_CALLS;
		return find_plain(r, end, &task);
	}
	return ctx->nr_frames ? find_walked(r, end, &task) : find_plain(r, end, &task);
}

/**
 * mmn_rules_needs() - which parts of the context do the rules of a class need?
 * @class: enum mmn_class
 *
 * Context: Any.
 * Return: mask of MMN_NEED_*; 0 if the verdict does not depend on the task.
 */
u32 mmn_rules_needs(unsigned int class)
{
	return class < MMN_NR_CLASSES ? lists[class].needs : 0;
}

/**
 * mmn_rules_look_for() - do the rules of a class look for a frame?
 * @class: enum mmn_class
 * @frame: enum mmn_frame
 *
 * Context: Any.
 * Return: true if a verdict may depend on it.
 */
bool mmn_rules_look_for(unsigned int class, unsigned int frame)
{
	unsigned int i;

	if (class >= MMN_NR_CLASSES || frame == MMN_FRAME_NONE)
		return false;
	for (i = 0; i < lists[class].nr; i++)
		if (lists[class].rules[i].saw == frame || lists[class].rules[i].also == frame)
			return true;
	return false;
}

/**
 * mmn_rules_get() - read the verdict of one rule, for documents and tests
 * @class: enum mmn_class
 * @nr: index of the rule in its class, from 0
 * @v: set to the verdict on a tested kernel; without flags and with the cause unknown if the
 *	rule demands the stack
 *
 * Context: Any.
 * Return: false if there is no such rule; @v is unchanged then.
 */
bool mmn_rules_get(unsigned int class, unsigned int nr,
		   struct mmn_verdict *v)
{
	const struct rule *r;

	if (class >= MMN_NR_CLASSES || nr >= lists[class].nr)
		return false;
	r = &lists[class].rules[nr];
	v->event = r->event;
	v->cause = r->cause;
	v->effects = r->guess ? MMNOTIFY_FX_ALL : r->effects;
	v->flags = (r->guess || r->ask ? 0 : MMNOTIFY_F_EXACT) |
		   (r->wide ? MMNOTIFY_F_WIDENED : 0);
	return true;
}

/**
 * mmn_rules_how() - how does one rule decide? For documents
 * @class: enum mmn_class
 * @nr: index of the rule in its class, from 0
 *
 * MMN_RULE_NEVER: classes may share a list, and the bits that one of them implies may exclude
 * some of its rules.
 *
 * Context: Any.
 * Return: mask of MMN_RULE_*; 0 if there is no such rule.
 */
u32 mmn_rules_how(unsigned int class, unsigned int nr)
{
	const struct rule *r;
	u32 how = 0, own;

	if (class >= MMN_NR_CLASSES || nr >= lists[class].nr)
		return 0;
	r = &lists[class].rules[nr];
	own = lists[class].bits;
	if (r->ask)
		how |= MMN_RULE_NEEDS_STACK;
	if (r->saw)
		how |= MMN_RULE_SAW;
	if (!r->need && !r->not && !r->sys && !r->saw)
		how |= MMN_RULE_ALWAYS;
	if ((r->not & own) || (r->need & MMN_CTX_MIGRATION & ~own))
		how |= MMN_RULE_NEVER;
	return how;
}

/*
 * On an untested kernel series a known symbol may have gained another use, so no verdict is
 * exact. Only the release of an mm means the same everywhere. Nor is a verdict exact if
 * frames are missing: one of them might match an earlier rule. If no frame counts, the verdict is
 * one for any frames, but for changes of protection: frames tell two events apart there.
 */
static bool is_exact(const struct rule *r, unsigned int class,
		     const struct mmn_ctx *ctx)
{
	if (class == MMN_CLASS_RELEASE)
		return true;
	if (class == MMN_CLASS_PROTECT && ctx->bits & MMN_CTX_NO_FRAMES &&
	    ctx->bits & MMN_CTX_WALKED)
		return false;
	return !r->guess && ctx->bits & MMN_CTX_VERIFIED && !(ctx->bits & MMN_CTX_INCOMPLETE);
}

/**
 * mmn_rules_classify() - find the verdict on one invalidation
 * @class: enum mmn_class of the call site
 * @native: event of the kernel's range, used for call sites without a row
 * @ctx: context of the invalidation
 * @v: set to the verdict
 *
 * If no rule matches, the event is the native one, the cause is unknown, and the verdict is
 * not exact and has all effects.
 *
 * Context: Any.
 * Return: false if the stack is needed: walk it to complete @ctx and call again. @v is not
 * valid then.
 */
bool mmn_rules_classify(unsigned int class, unsigned int native,
			const struct mmn_ctx *ctx, struct mmn_verdict *v)
{
	const struct rule *r = find_rule(class, ctx);

	v->flags = 0;
	v->effects = MMNOTIFY_FX_ALL;
	if (!r) {
		v->event = native < MMNOTIFY_NR_EVENTS ? native : MMNOTIFY_CLEAR;
		v->cause = MMNOTIFY_CAUSE_UNKNOWN;
		return true;
	}
	if (r->ask)
		return false;
	v->event = r->event;
	v->cause = r->cause;
	if (r->wide)
		v->flags |= MMNOTIFY_F_WIDENED;
	if (is_exact(r, class, ctx)) {
		v->flags |= MMNOTIFY_F_EXACT;
		v->effects = r->effects;
	}
	return true;
}
