// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * names: names of events and causes, for tracepoints, counters, docs/causes.md and the test
 * programs. Pure: it also compiles in user space.
 */
#include <linux/kernel.h>
#include <linux/types.h>

#include <mmnotify/mmnotify_types.h>

#include "names.h"

static const char *const events[MMNOTIFY_NR_EVENTS] = {
	[MMNOTIFY_UNMAP] = "UNMAP",
	[MMNOTIFY_CLEAR] = "CLEAR",
	[MMNOTIFY_PROTECTION_VMA] = "PROTECTION_VMA",
	[MMNOTIFY_PROTECTION_PAGE] = "PROTECTION_PAGE",
	[MMNOTIFY_SOFT_DIRTY] = "SOFT_DIRTY",
	[MMNOTIFY_RELEASE] = "RELEASE",
	[MMNOTIFY_MIGRATE] = "MIGRATE",
	[MMNOTIFY_EXCLUSIVE] = "EXCLUSIVE",
};

static const char causes[MMNOTIFY_NR_CAUSES][MMN_NAMES_SIZE] = {
	[MMNOTIFY_CAUSE_UNKNOWN] = "unknown",
	[MMNOTIFY_CAUSE_UNMAP] = "unmap",
	[MMNOTIFY_CAUSE_MUNMAP] = "munmap",
	[MMNOTIFY_CAUSE_MMAP_FIXED] = "mmap_fixed",
	[MMNOTIFY_CAUSE_BRK] = "brk",
	[MMNOTIFY_CAUSE_MREMAP] = "mremap",
	[MMNOTIFY_CAUSE_MREMAP_DONTUNMAP] = "mremap_dontunmap",
	[MMNOTIFY_CAUSE_SHMDT] = "shmdt",
	[MMNOTIFY_CAUSE_EXIT] = "exit",
	[MMNOTIFY_CAUSE_EXEC] = "exec",
	[MMNOTIFY_CAUSE_PROTECTION] = "protection",
	[MMNOTIFY_CAUSE_MPROTECT] = "mprotect",
	[MMNOTIFY_CAUSE_PKEY_MPROTECT] = "pkey_mprotect",
	[MMNOTIFY_CAUSE_NUMA_HINT] = "numa_hint",
	[MMNOTIFY_CAUSE_UFFD_WP] = "uffd_wp",
	[MMNOTIFY_CAUSE_UFFD_WP_UNREGISTER] = "uffd_wp_unregister",
	[MMNOTIFY_CAUSE_UFFD_RWP] = "uffd_rwp",
	[MMNOTIFY_CAUSE_PAGEMAP_SCAN] = "pagemap_scan",
	[MMNOTIFY_CAUSE_SOFT_DIRTY_CLEAR] = "soft_dirty_clear",
	[MMNOTIFY_CAUSE_FORK] = "fork",
	[MMNOTIFY_CAUSE_COW] = "cow",
	[MMNOTIFY_CAUSE_HUGETLB_COW] = "hugetlb_cow",
	[MMNOTIFY_CAUSE_KSM_MERGE] = "ksm_merge",
	[MMNOTIFY_CAUSE_KSM_UNMERGE] = "ksm_unmerge",
	[MMNOTIFY_CAUSE_ZAP] = "zap",
	[MMNOTIFY_CAUSE_MADV_DONTNEED] = "madv_dontneed",
	[MMNOTIFY_CAUSE_MADV_FREE] = "madv_free",
	[MMNOTIFY_CAUSE_MADV_REMOVE] = "madv_remove",
	[MMNOTIFY_CAUSE_MADV_PAGEOUT] = "madv_pageout",
	[MMNOTIFY_CAUSE_MADV_COLLAPSE] = "madv_collapse",
	[MMNOTIFY_CAUSE_GUARD_INSTALL] = "guard_install",
	[MMNOTIFY_CAUSE_TRUNCATE] = "truncate",
	[MMNOTIFY_CAUSE_HOLE_PUNCH] = "hole_punch",
	[MMNOTIFY_CAUSE_THP_SPLIT] = "thp_split",
	[MMNOTIFY_CAUSE_THP_COLLAPSE] = "thp_collapse",
	[MMNOTIFY_CAUSE_KHUGEPAGED] = "khugepaged",
	[MMNOTIFY_CAUSE_MKCLEAN] = "mkclean",
	[MMNOTIFY_CAUSE_DAX_WRITEBACK] = "dax_writeback",
	[MMNOTIFY_CAUSE_RMAP_UNMAP] = "rmap_unmap",
	[MMNOTIFY_CAUSE_RMAP_MIGRATE] = "rmap_migrate",
	[MMNOTIFY_CAUSE_REAP] = "reap",
	[MMNOTIFY_CAUSE_OOM_REAPER] = "oom_reaper",
	[MMNOTIFY_CAUSE_PROCESS_MRELEASE] = "process_mrelease",
	[MMNOTIFY_CAUSE_HWPOISON] = "hwpoison",
	[MMNOTIFY_CAUSE_UPROBE] = "uprobe",
	[MMNOTIFY_CAUSE_UFFD_MOVE] = "uffd_move",
	[MMNOTIFY_CAUSE_HUGETLB_UNMAP] = "hugetlb_unmap",
	[MMNOTIFY_CAUSE_HUGETLB_PMD_UNSHARE] = "hugetlb_pmd_unshare",
	[MMNOTIFY_CAUSE_MIGRATE_VMA] = "migrate_vma",
	[MMNOTIFY_CAUSE_DEVICE_EXCLUSIVE] = "device_exclusive",
	[MMNOTIFY_CAUSE_DEVICE_EXCLUSIVE_RESTORE] = "device_exclusive_restore",
	[MMNOTIFY_CAUSE_MREMAP_MOVE] = "mremap_move",
	[MMNOTIFY_CAUSE_MREMAP_FIXED] = "mremap_fixed",
	[MMNOTIFY_CAUSE_MREMAP_SHRINK] = "mremap_shrink",
	[MMNOTIFY_CAUSE_MMAP_ERROR] = "mmap_error",
	[MMNOTIFY_CAUSE_MADV_DONTNEED_LOCKED] = "madv_dontneed_locked",
	[MMNOTIFY_CAUSE_COLLAPSE_RANGE] = "collapse_range",
	[MMNOTIFY_CAUSE_INSERT_RANGE] = "insert_range",
	[MMNOTIFY_CAUSE_ZERO_RANGE] = "zero_range",
	[MMNOTIFY_CAUSE_FILE_INVALIDATE] = "file_invalidate",
	[MMNOTIFY_CAUSE_WRITEBACK] = "writeback",
	[MMNOTIFY_CAUSE_DRIVER_DIRTY_TRACK] = "driver_dirty_track",
	[MMNOTIFY_CAUSE_DAX_REMAP] = "dax_remap",
	[MMNOTIFY_CAUSE_DRIVER_ZAP] = "driver_zap",
	[MMNOTIFY_CAUSE_PFNMAP_REVOKE] = "pfnmap_revoke",
	[MMNOTIFY_CAUSE_TCP_ZEROCOPY] = "tcp_zerocopy",
	[MMNOTIFY_CAUSE_VDSO_ZAP] = "vdso_zap",
	[MMNOTIFY_CAUSE_BPF_ARENA_FREE] = "bpf_arena_free",
	[MMNOTIFY_CAUSE_RECLAIM_KSWAPD] = "reclaim_kswapd",
	[MMNOTIFY_CAUSE_RECLAIM_DIRECT] = "reclaim_direct",
	[MMNOTIFY_CAUSE_RECLAIM_MEMCG] = "reclaim_memcg",
	[MMNOTIFY_CAUSE_RECLAIM_PROACTIVE] = "reclaim_proactive",
	[MMNOTIFY_CAUSE_DEMOTION] = "demotion",
	[MMNOTIFY_CAUSE_COMPACTION_SYSCTL] = "compaction_sysctl",
	[MMNOTIFY_CAUSE_COMPACTION_DIRECT] = "compaction_direct",
	[MMNOTIFY_CAUSE_COMPACTION_KCOMPACTD] = "compaction_kcompactd",
	[MMNOTIFY_CAUSE_MOVE_PAGES] = "move_pages",
	[MMNOTIFY_CAUSE_MBIND] = "mbind",
	[MMNOTIFY_CAUSE_MIGRATE_PAGES] = "migrate_pages",
	[MMNOTIFY_CAUSE_CPUSET_MIGRATION] = "cpuset_migration",
	[MMNOTIFY_CAUSE_NUMA_MIGRATION] = "numa_migration",
	[MMNOTIFY_CAUSE_MEMORY_OFFLINE] = "memory_offline",
	[MMNOTIFY_CAUSE_CONTIG_ALLOC] = "contig_alloc",
	[MMNOTIFY_CAUSE_LONGTERM_PIN] = "longterm_pin",
	[MMNOTIFY_CAUSE_SOFT_OFFLINE] = "soft_offline",
	[MMNOTIFY_CAUSE_DAMON_PAGEOUT] = "damon_pageout",
	[MMNOTIFY_CAUSE_DAMON_MIGRATE] = "damon_migrate",
	[MMNOTIFY_CAUSE_COW_GUP] = "cow_gup",
};

const char *mmn_names_event(unsigned int event)
{
	return event < ARRAY_SIZE(events) ? events[event] : "unknown";
}

const char *mmn_names_cause(unsigned int cause)
{
	return causes[cause < ARRAY_SIZE(causes) ? cause : MMNOTIFY_CAUSE_UNKNOWN];
}
