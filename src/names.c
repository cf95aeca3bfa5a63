// SPDX-License-Identifier: GPL-2.0-only
/*
 * names: one table for traces, counters, documents and programs. Pure; it
 * compiles in user space too.
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

static const char *const causes[MMNOTIFY_NR_CAUSES] = {
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
};

const char *mmn_names_event(unsigned int event)
{
	return event < ARRAY_SIZE(events) ? events[event] : "unknown";
}

const char *mmn_names_cause(unsigned int cause)
{
	return cause < ARRAY_SIZE(causes) && causes[cause] ? causes[cause]
							    : "unknown";
}
