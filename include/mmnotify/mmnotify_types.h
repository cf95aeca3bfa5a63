/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vocabulary: plain numbers, the same in the kernel, in traces and in
 * programs that read them. Append-only: a number never changes its meaning.
 */
#ifndef MMNOTIFY_TYPES_H
#define MMNOTIFY_TYPES_H

#define MMNOTIFY_ABI	1

/**
 * enum mmnotify_event - what happens to the translations of a range
 * @MMNOTIFY_UNMAP: the addresses stop being valid for this mapping (munmap,
 *	MAP_FIXED over it, mremap source, brk shrink, exit)
 * @MMNOTIFY_CLEAR: the translations go or change page, the range stays valid
 * @MMNOTIFY_PROTECTION_VMA: the permissions of the VMA changed
 * @MMNOTIFY_PROTECTION_PAGE: single PTEs lost write or all access, the VMA did
 *	not change
 * @MMNOTIFY_SOFT_DIRTY: soft-dirty tracking starts again
 * @MMNOTIFY_RELEASE: the mm goes away
 * @MMNOTIFY_MIGRATE: migration to or from device memory, with an owner
 * @MMNOTIFY_EXCLUSIVE: a device takes exclusive access, with an owner
 * @MMNOTIFY_NR_EVENTS: number of events known to this header
 */
enum mmnotify_event {
	MMNOTIFY_UNMAP = 0,
	MMNOTIFY_CLEAR = 1,
	MMNOTIFY_PROTECTION_VMA = 2,
	MMNOTIFY_PROTECTION_PAGE = 3,
	MMNOTIFY_SOFT_DIRTY = 4,
	MMNOTIFY_RELEASE = 5,
	MMNOTIFY_MIGRATE = 6,
	MMNOTIFY_EXCLUSIVE = 7,
	MMNOTIFY_NR_EVENTS
};

/**
 * enum mmnotify_cause - which operation invalidates
 * @MMNOTIFY_CAUSE_UNKNOWN: not known; always legal
 * @MMNOTIFY_CAUSE_UNMAP: group: some removal of a mapping
 * @MMNOTIFY_CAUSE_MUNMAP: munmap()
 * @MMNOTIFY_CAUSE_MMAP_FIXED: a mapping placed over another one
 * @MMNOTIFY_CAUSE_BRK: brk() shrinks the heap
 * @MMNOTIFY_CAUSE_MREMAP: mremap() moves, shrinks or overwrites
 * @MMNOTIFY_CAUSE_MREMAP_DONTUNMAP: mremap() moves the pages and keeps the VMA
 * @MMNOTIFY_CAUSE_SHMDT: shmdt()
 * @MMNOTIFY_CAUSE_EXIT: the last user of the mm is gone
 * @MMNOTIFY_CAUSE_EXEC: execve() replaces the mm
 * @MMNOTIFY_CAUSE_PROTECTION: group: some change of protection
 * @MMNOTIFY_CAUSE_MPROTECT: mprotect()
 * @MMNOTIFY_CAUSE_PKEY_MPROTECT: pkey_mprotect()
 * @MMNOTIFY_CAUSE_NUMA_HINT: NUMA balancing makes PTEs inaccessible
 * @MMNOTIFY_CAUSE_UFFD_WP: userfaultfd write protection (UFFDIO_WRITEPROTECT)
 * @MMNOTIFY_CAUSE_UFFD_WP_UNREGISTER: end of userfaultfd write protection
 * @MMNOTIFY_CAUSE_UFFD_RWP: userfaultfd protection of reads and writes
 * @MMNOTIFY_CAUSE_PAGEMAP_SCAN: PAGEMAP_SCAN ioctl write-protects
 * @MMNOTIFY_CAUSE_SOFT_DIRTY_CLEAR: /proc/PID/clear_refs
 * @MMNOTIFY_CAUSE_FORK: fork() shares pages copy-on-write
 * @MMNOTIFY_CAUSE_COW: a write breaks copy-on-write
 * @MMNOTIFY_CAUSE_HUGETLB_COW: the same for hugetlb
 * @MMNOTIFY_CAUSE_KSM_MERGE: ksmd write-protects or merges a page
 * @MMNOTIFY_CAUSE_KSM_UNMERGE: MADV_UNMERGEABLE takes a merged page apart
 * @MMNOTIFY_CAUSE_ZAP: group: the mapping of file or anonymous pages is zapped
 * @MMNOTIFY_CAUSE_MADV_DONTNEED: MADV_DONTNEED or MADV_DONTNEED_LOCKED
 * @MMNOTIFY_CAUSE_MADV_FREE: MADV_FREE
 * @MMNOTIFY_CAUSE_MADV_REMOVE: MADV_REMOVE
 * @MMNOTIFY_CAUSE_MADV_PAGEOUT: MADV_PAGEOUT
 * @MMNOTIFY_CAUSE_MADV_COLLAPSE: MADV_COLLAPSE
 * @MMNOTIFY_CAUSE_GUARD_INSTALL: MADV_GUARD_INSTALL
 * @MMNOTIFY_CAUSE_TRUNCATE: a file is truncated
 * @MMNOTIFY_CAUSE_HOLE_PUNCH: fallocate() punches a hole, or collapses,
 *	inserts or zeroes a range
 * @MMNOTIFY_CAUSE_THP_SPLIT: a huge page mapping is split
 * @MMNOTIFY_CAUSE_THP_COLLAPSE: group: pages collapse into a huge page
 * @MMNOTIFY_CAUSE_KHUGEPAGED: khugepaged collapses
 * @MMNOTIFY_CAUSE_MKCLEAN: group: pages are cleaned and write-protected, by
 *	writeback most of all
 * @MMNOTIFY_CAUSE_DAX_WRITEBACK: the same for a DAX file
 * @MMNOTIFY_CAUSE_RMAP_UNMAP: group: a page is unmapped everywhere: reclaim,
 *	memory failure, split or collapse of a file page; on 5.10 migration too
 * @MMNOTIFY_CAUSE_RMAP_MIGRATE: group: a page is unmapped to be migrated:
 *	compaction, move_pages(), NUMA balancing ...; or a huge page is split
 * @MMNOTIFY_CAUSE_REAP: group: the memory of a dying process is taken early
 * @MMNOTIFY_CAUSE_OOM_REAPER: by the OOM reaper
 * @MMNOTIFY_CAUSE_PROCESS_MRELEASE: by process_mrelease()
 * @MMNOTIFY_CAUSE_HWPOISON: memory failure
 * @MMNOTIFY_CAUSE_UPROBE: a uprobe is installed or removed
 * @MMNOTIFY_CAUSE_UFFD_MOVE: UFFDIO_MOVE
 * @MMNOTIFY_CAUSE_HUGETLB_UNMAP: group: hugetlb pages are unmapped
 * @MMNOTIFY_CAUSE_HUGETLB_PMD_UNSHARE: shared hugetlb page tables are unshared
 * @MMNOTIFY_CAUSE_MIGRATE_VMA: migrate_vma_*() of a device driver
 * @MMNOTIFY_CAUSE_DEVICE_EXCLUSIVE: a device takes exclusive access
 * @MMNOTIFY_CAUSE_DEVICE_EXCLUSIVE_RESTORE: the CPU takes it back
 * @MMNOTIFY_NR_CAUSES: number of causes known to this header
 *
 * A group says honestly that the call site serves several causes and that the
 * context did not tell which.
 */
enum mmnotify_cause {
	MMNOTIFY_CAUSE_UNKNOWN = 0,
	MMNOTIFY_CAUSE_UNMAP,
	MMNOTIFY_CAUSE_MUNMAP,
	MMNOTIFY_CAUSE_MMAP_FIXED,
	MMNOTIFY_CAUSE_BRK,
	MMNOTIFY_CAUSE_MREMAP,
	MMNOTIFY_CAUSE_MREMAP_DONTUNMAP,
	MMNOTIFY_CAUSE_SHMDT,
	MMNOTIFY_CAUSE_EXIT,
	MMNOTIFY_CAUSE_EXEC,
	MMNOTIFY_CAUSE_PROTECTION,
	MMNOTIFY_CAUSE_MPROTECT,
	MMNOTIFY_CAUSE_PKEY_MPROTECT,
	MMNOTIFY_CAUSE_NUMA_HINT,
	MMNOTIFY_CAUSE_UFFD_WP,
	MMNOTIFY_CAUSE_UFFD_WP_UNREGISTER,
	MMNOTIFY_CAUSE_UFFD_RWP,
	MMNOTIFY_CAUSE_PAGEMAP_SCAN,
	MMNOTIFY_CAUSE_SOFT_DIRTY_CLEAR,
	MMNOTIFY_CAUSE_FORK,
	MMNOTIFY_CAUSE_COW,
	MMNOTIFY_CAUSE_HUGETLB_COW,
	MMNOTIFY_CAUSE_KSM_MERGE,
	MMNOTIFY_CAUSE_KSM_UNMERGE,
	MMNOTIFY_CAUSE_ZAP,
	MMNOTIFY_CAUSE_MADV_DONTNEED,
	MMNOTIFY_CAUSE_MADV_FREE,
	MMNOTIFY_CAUSE_MADV_REMOVE,
	MMNOTIFY_CAUSE_MADV_PAGEOUT,
	MMNOTIFY_CAUSE_MADV_COLLAPSE,
	MMNOTIFY_CAUSE_GUARD_INSTALL,
	MMNOTIFY_CAUSE_TRUNCATE,
	MMNOTIFY_CAUSE_HOLE_PUNCH,
	MMNOTIFY_CAUSE_THP_SPLIT,
	MMNOTIFY_CAUSE_THP_COLLAPSE,
	MMNOTIFY_CAUSE_KHUGEPAGED,
	MMNOTIFY_CAUSE_MKCLEAN,
	MMNOTIFY_CAUSE_DAX_WRITEBACK,
	MMNOTIFY_CAUSE_RMAP_UNMAP,
	MMNOTIFY_CAUSE_RMAP_MIGRATE,
	MMNOTIFY_CAUSE_REAP,
	MMNOTIFY_CAUSE_OOM_REAPER,
	MMNOTIFY_CAUSE_PROCESS_MRELEASE,
	MMNOTIFY_CAUSE_HWPOISON,
	MMNOTIFY_CAUSE_UPROBE,
	MMNOTIFY_CAUSE_UFFD_MOVE,
	MMNOTIFY_CAUSE_HUGETLB_UNMAP,
	MMNOTIFY_CAUSE_HUGETLB_PMD_UNSHARE,
	MMNOTIFY_CAUSE_MIGRATE_VMA,
	MMNOTIFY_CAUSE_DEVICE_EXCLUSIVE,
	MMNOTIFY_CAUSE_DEVICE_EXCLUSIVE_RESTORE,
	MMNOTIFY_NR_CAUSES
};

/* Effects: what may be different for the range once the event is over. */
#define MMNOTIFY_FX_VMA_GONE	(1u << 0) /* the addresses are not mapped */
#define MMNOTIFY_FX_PFN		(1u << 1) /* another page, or none */
#define MMNOTIFY_FX_NO_WRITE	(1u << 2) /* write access is withdrawn */
#define MMNOTIFY_FX_NO_READ	(1u << 3) /* all access is withdrawn */
#define MMNOTIFY_FX_DIRTY	(1u << 4) /* later writes: report them again */
#define MMNOTIFY_FX_ALL		0x1fu

/* Flags. */
#define MMNOTIFY_F_BLOCKABLE	(1u << 0) /* the callback may sleep */
#define MMNOTIFY_F_EXACT	(1u << 1) /* site and context identified */
#define MMNOTIFY_F_WIDENED	(1u << 2) /* the range exceeds the change */
#define MMNOTIFY_F_SELF		(1u << 3) /* raised by this task's own driver */
#define MMNOTIFY_F_REMOTE	(1u << 4) /* current->mm is not this mm */

/* Capabilities, mmnotify_caps(). */
#define MMNOTIFY_CAP_HOOK	(1u << 0) /* call sites are seen right now */
#define MMNOTIFY_CAP_FTRACE	(1u << 1) /* by ftrace */
#define MMNOTIFY_CAP_VERIFIED	(1u << 2) /* this kernel series was tested */

#endif /* MMNOTIFY_TYPES_H */
