/* SPDX-License-Identifier: ((GPL-2.0-only WITH Linux-syscall-note) OR MIT) */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * Events, causes, effects and flags: plain numbers, shared by the kernel, by traces and
 * by programs that read them. Append-only: a number never changes its meaning.
 */
#ifndef MMNOTIFY_TYPES_H
#define MMNOTIFY_TYPES_H

#define MMNOTIFY_ABI	1

/**
 * enum mmnotify_event - what happens to the translations of a range
 * @MMNOTIFY_UNMAP: the addresses stop being valid for this mapping (munmap,
 *	MAP_FIXED over it, mremap source, brk shrink, exit)
 * @MMNOTIFY_CLEAR: the translations are removed or point to other pages; the range
 *	stays valid
 * @MMNOTIFY_PROTECTION_VMA: the permissions of the VMA changed
 * @MMNOTIFY_PROTECTION_PAGE: single PTEs lost write or all access; the VMA did
 *	not change
 * @MMNOTIFY_SOFT_DIRTY: soft-dirty tracking starts again
 * @MMNOTIFY_RELEASE: the mm is released
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
 * enum mmnotify_cause - operation that invalidates
 * @MMNOTIFY_CAUSE_UNKNOWN: not known; may occur for any event
 * @MMNOTIFY_CAUSE_UNMAP: group: some removal of a mapping
 * @MMNOTIFY_CAUSE_MUNMAP: munmap()
 * @MMNOTIFY_CAUSE_MMAP_FIXED: a mapping placed over another one
 * @MMNOTIFY_CAUSE_BRK: brk() shrinks the heap
 * @MMNOTIFY_CAUSE_MREMAP: group: some part of a mremap()
 * @MMNOTIFY_CAUSE_MREMAP_DONTUNMAP: mremap() moves the pages and keeps the VMA
 * @MMNOTIFY_CAUSE_SHMDT: shmdt()
 * @MMNOTIFY_CAUSE_EXIT: the last user of the mm exits
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
 * @MMNOTIFY_CAUSE_COW: a write of the process breaks copy-on-write
 * @MMNOTIFY_CAUSE_HUGETLB_COW: the same for hugetlb
 * @MMNOTIFY_CAUSE_KSM_MERGE: ksmd write-protects or merges a page
 * @MMNOTIFY_CAUSE_KSM_UNMERGE: merged pages are taken apart
 * @MMNOTIFY_CAUSE_ZAP: group: the mapping of file or anonymous pages is zapped
 * @MMNOTIFY_CAUSE_MADV_DONTNEED: MADV_DONTNEED
 * @MMNOTIFY_CAUSE_MADV_FREE: MADV_FREE
 * @MMNOTIFY_CAUSE_MADV_REMOVE: MADV_REMOVE
 * @MMNOTIFY_CAUSE_MADV_PAGEOUT: MADV_PAGEOUT
 * @MMNOTIFY_CAUSE_MADV_COLLAPSE: MADV_COLLAPSE
 * @MMNOTIFY_CAUSE_GUARD_INSTALL: MADV_GUARD_INSTALL
 * @MMNOTIFY_CAUSE_TRUNCATE: a file is truncated
 * @MMNOTIFY_CAUSE_HOLE_PUNCH: fallocate() punches a hole, or an io_uring
 *	worker does a fallocate() in any mode
 * @MMNOTIFY_CAUSE_THP_SPLIT: a huge page mapping is split, or a huge page for
 *	its own sake (not to reclaim, migrate, truncate or isolate it)
 * @MMNOTIFY_CAUSE_THP_COLLAPSE: group: pages collapse into a huge page
 * @MMNOTIFY_CAUSE_KHUGEPAGED: khugepaged collapses
 * @MMNOTIFY_CAUSE_MKCLEAN: group: pages are cleaned and write-protected, mostly by
 *	writeback
 * @MMNOTIFY_CAUSE_DAX_WRITEBACK: the same for a DAX file
 * @MMNOTIFY_CAUSE_RMAP_UNMAP: group: a page is unmapped everywhere: reclaim,
 *	memory failure, split or collapse of a file page; on 5.10 migration too
 * @MMNOTIFY_CAUSE_RMAP_MIGRATE: group: a page is unmapped to be migrated:
 *	compaction, move_pages(), NUMA balancing ...; or a huge page is split
 * @MMNOTIFY_CAUSE_REAP: group: the memory of a dying process is freed early
 * @MMNOTIFY_CAUSE_OOM_REAPER: the OOM reaper frees the memory of a dying process
 * @MMNOTIFY_CAUSE_PROCESS_MRELEASE: process_mrelease() frees the memory of a dying
 *	process
 * @MMNOTIFY_CAUSE_HWPOISON: memory failure
 * @MMNOTIFY_CAUSE_UPROBE: a uprobe is installed or removed
 * @MMNOTIFY_CAUSE_UFFD_MOVE: UFFDIO_MOVE
 * @MMNOTIFY_CAUSE_HUGETLB_UNMAP: group: hugetlb pages are unmapped; on 5.10
 *	and 6.1 inside a removal that was announced just before
 * @MMNOTIFY_CAUSE_HUGETLB_PMD_UNSHARE: shared hugetlb page tables are unshared
 * @MMNOTIFY_CAUSE_MIGRATE_VMA: migrate_vma_*() of a device driver
 * @MMNOTIFY_CAUSE_DEVICE_EXCLUSIVE: a device takes exclusive access
 * @MMNOTIFY_CAUSE_DEVICE_EXCLUSIVE_RESTORE: the CPU ends the exclusive access of a
 *	device
 * @MMNOTIFY_CAUSE_MREMAP_MOVE: mremap() moves a mapping: its old addresses
 * @MMNOTIFY_CAUSE_MREMAP_FIXED: mremap() to a fixed address: the mapping that was there
 * @MMNOTIFY_CAUSE_MREMAP_SHRINK: mremap() shrinks a mapping: its tail
 * @MMNOTIFY_CAUSE_MMAP_ERROR: a failed mmap() removes its pages again
 * @MMNOTIFY_CAUSE_MADV_DONTNEED_LOCKED: MADV_DONTNEED_LOCKED
 * @MMNOTIFY_CAUSE_COLLAPSE_RANGE: fallocate(FALLOC_FL_COLLAPSE_RANGE)
 * @MMNOTIFY_CAUSE_INSERT_RANGE: fallocate(FALLOC_FL_INSERT_RANGE)
 * @MMNOTIFY_CAUSE_ZERO_RANGE: fallocate(FALLOC_FL_ZERO_RANGE)
 * @MMNOTIFY_CAUSE_FILE_INVALIDATE: the page cache drops pages that were
 *	changed behind its back: direct I/O, network file systems
 * @MMNOTIFY_CAUSE_WRITEBACK: writeback cleans and write-protects file pages
 * @MMNOTIFY_CAUSE_DRIVER_DIRTY_TRACK: a driver write-protects pages that it mapped,
 *	to catch the next writes (frame buffers)
 * @MMNOTIFY_CAUSE_DAX_REMAP: a page of a DAX file gets other storage
 * @MMNOTIFY_CAUSE_DRIVER_ZAP: a driver zaps a range of one VMA
 * @MMNOTIFY_CAUSE_PFNMAP_REVOKE: the owner of a file removes pages from every
 *	mapping of it: a driver (vfio, DRM), the kernel (sysfs, /dev/mem), a network
 *	file system
 * @MMNOTIFY_CAUSE_TCP_ZEROCOPY: getsockopt(TCP_ZEROCOPY_RECEIVE)
 * @MMNOTIFY_CAUSE_VDSO_ZAP: the vDSO's data page changes with the time
 *	namespace
 * @MMNOTIFY_CAUSE_BPF_ARENA_FREE: pages of a BPF arena are freed
 * @MMNOTIFY_CAUSE_RECLAIM_KSWAPD: reclaim by kswapd
 * @MMNOTIFY_CAUSE_RECLAIM_DIRECT: reclaim by a task that allocates
 * @MMNOTIFY_CAUSE_RECLAIM_MEMCG: reclaim because of a memory cgroup's limit
 * @MMNOTIFY_CAUSE_RECLAIM_PROACTIVE: reclaim that user space requested:
 *	memory.reclaim, lru_gen
 * @MMNOTIFY_CAUSE_DEMOTION: migration to a slower memory tier, in reclaim
 * @MMNOTIFY_CAUSE_COMPACTION_SYSCTL: compaction that an administrator requested
 * @MMNOTIFY_CAUSE_COMPACTION_DIRECT: compaction by a task that allocates
 * @MMNOTIFY_CAUSE_COMPACTION_KCOMPACTD: compaction by kcompactd, proactive or
 *	woken by kswapd
 * @MMNOTIFY_CAUSE_MOVE_PAGES: move_pages()
 * @MMNOTIFY_CAUSE_MBIND: mbind()
 * @MMNOTIFY_CAUSE_MIGRATE_PAGES: migrate_pages()
 * @MMNOTIFY_CAUSE_CPUSET_MIGRATION: the memory nodes of a cpuset change
 * @MMNOTIFY_CAUSE_NUMA_MIGRATION: NUMA balancing moves a page to its user
 * @MMNOTIFY_CAUSE_MEMORY_OFFLINE: memory goes offline
 * @MMNOTIFY_CAUSE_CONTIG_ALLOC: room is made for a contiguous allocation (CMA,
 *	gigantic pages, virtio-mem)
 * @MMNOTIFY_CAUSE_LONGTERM_PIN: a page leaves movable memory to be pinned
 * @MMNOTIFY_CAUSE_SOFT_OFFLINE: soft offline of a page
 * @MMNOTIFY_CAUSE_DAMON_PAGEOUT: DAMON reclaims
 * @MMNOTIFY_CAUSE_DAMON_MIGRATE: DAMON migrates
 * @MMNOTIFY_CAUSE_COW_GUP: copy-on-write broken by an access of another process:
 *	/proc/PID/mem, ptrace(), process_vm_writev()
 * @MMNOTIFY_NR_CAUSES: number of causes known to this header
 *
 * A group stands for several causes that share a call site, if the context does not
 * show which one it is.
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
	MMNOTIFY_CAUSE_MREMAP_MOVE,
	MMNOTIFY_CAUSE_MREMAP_FIXED,
	MMNOTIFY_CAUSE_MREMAP_SHRINK,
	MMNOTIFY_CAUSE_MMAP_ERROR,
	MMNOTIFY_CAUSE_MADV_DONTNEED_LOCKED,
	MMNOTIFY_CAUSE_COLLAPSE_RANGE,
	MMNOTIFY_CAUSE_INSERT_RANGE,
	MMNOTIFY_CAUSE_ZERO_RANGE,
	MMNOTIFY_CAUSE_FILE_INVALIDATE,
	MMNOTIFY_CAUSE_WRITEBACK,
	MMNOTIFY_CAUSE_DRIVER_DIRTY_TRACK,
	MMNOTIFY_CAUSE_DAX_REMAP,
	MMNOTIFY_CAUSE_DRIVER_ZAP,
	MMNOTIFY_CAUSE_PFNMAP_REVOKE,
	MMNOTIFY_CAUSE_TCP_ZEROCOPY,
	MMNOTIFY_CAUSE_VDSO_ZAP,
	MMNOTIFY_CAUSE_BPF_ARENA_FREE,
	MMNOTIFY_CAUSE_RECLAIM_KSWAPD,
	MMNOTIFY_CAUSE_RECLAIM_DIRECT,
	MMNOTIFY_CAUSE_RECLAIM_MEMCG,
	MMNOTIFY_CAUSE_RECLAIM_PROACTIVE,
	MMNOTIFY_CAUSE_DEMOTION,
	MMNOTIFY_CAUSE_COMPACTION_SYSCTL,
	MMNOTIFY_CAUSE_COMPACTION_DIRECT,
	MMNOTIFY_CAUSE_COMPACTION_KCOMPACTD,
	MMNOTIFY_CAUSE_MOVE_PAGES,
	MMNOTIFY_CAUSE_MBIND,
	MMNOTIFY_CAUSE_MIGRATE_PAGES,
	MMNOTIFY_CAUSE_CPUSET_MIGRATION,
	MMNOTIFY_CAUSE_NUMA_MIGRATION,
	MMNOTIFY_CAUSE_MEMORY_OFFLINE,
	MMNOTIFY_CAUSE_CONTIG_ALLOC,
	MMNOTIFY_CAUSE_LONGTERM_PIN,
	MMNOTIFY_CAUSE_SOFT_OFFLINE,
	MMNOTIFY_CAUSE_DAMON_PAGEOUT,
	MMNOTIFY_CAUSE_DAMON_MIGRATE,
	MMNOTIFY_CAUSE_COW_GUP,
	MMNOTIFY_NR_CAUSES
};

/* Effects: what may be different for the range once the event is over. */
#define MMNOTIFY_FX_VMA_GONE	(1u << 0) /* the addresses are not mapped */
#define MMNOTIFY_FX_PFN		(1u << 1) /* another page, or none */
#define MMNOTIFY_FX_NO_WRITE	(1u << 2) /* write access is withdrawn */
#define MMNOTIFY_FX_NO_READ	(1u << 3) /* all access is withdrawn */
#define MMNOTIFY_FX_DIRTY	(1u << 4) /* later writes: report them again */
#define MMNOTIFY_FX_ALL		0x1fu

#ifndef __GENKSYMS__ /* see mmnotify.h */
/**
 * enum mmnotify_perm - access that a VMA permits
 * @MMNOTIFY_PERM_UNKNOWN: not known: find out at the next fault
 * @MMNOTIFY_PERM_NONE: no access
 * @MMNOTIFY_PERM_RO: read
 * @MMNOTIFY_PERM_RW: read and write
 */
enum mmnotify_perm {
	MMNOTIFY_PERM_UNKNOWN = 0,
	MMNOTIFY_PERM_NONE = 1,
	MMNOTIFY_PERM_RO = 2,
	MMNOTIFY_PERM_RW = 3,
};
#endif

/* Flags. */
#define MMNOTIFY_F_BLOCKABLE	(1u << 0) /* the callback may sleep */
#define MMNOTIFY_F_EXACT	(1u << 1) /* site and context identified */
#define MMNOTIFY_F_WIDENED	(1u << 2) /* the range exceeds the change */
#define MMNOTIFY_F_SELF		(1u << 3) /* raised by the driver itself */
#define MMNOTIFY_F_REMOTE	(1u << 4) /* current->mm is not this mm */

/* Capabilities, mmnotify_caps(). */
#define MMNOTIFY_CAP_HOOK	(1u << 0) /* a hook is attached now and records call sites */
#define MMNOTIFY_CAP_FTRACE	(1u << 1) /* the hook uses ftrace */
#define MMNOTIFY_CAP_VERIFIED	(1u << 2) /* verdicts may be exact here: parameter trust */
#define MMNOTIFY_CAP_KPROBE	(1u << 3) /* the hook uses kprobes */
#define MMNOTIFY_CAP_STACK	(1u << 4) /* callbacks may walk the stack */
#define MMNOTIFY_CAP_TWO_PASS	(1u << 5) /* two passes are native, not emulated */
#define MMNOTIFY_CAP_NO_HOOK_NEEDED	(1u << 6) /* callbacks find call sites without a hook */
#define MMNOTIFY_CAP_RANGES	(1u << 7) /* the kernel has what ranges need */

#endif /* MMNOTIFY_TYPES_H */
