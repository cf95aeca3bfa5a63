// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * frame_table: functions that identify the operation behind an invalidation when they are on
 * the stack above the call site. Compilers inline, tail-call and rename differently from
 * kernel to kernel, so a frame has several names, and frames need not be adjacent.
 *
 * Pure: it also compiles in user space.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#include "frame_table.h"
#include "rules.h"
#include "symbol_name.h"

struct frame_name {
	const char *name;
	u8 frame;
};

/* clang-format off */
static const struct frame_name names[] = {
	{ "__mmu_notifier_invalidate_range_start", MMN_FRAME_ANNOUNCE },
	{ "__mmu_notifier_invalidate_range_end", MMN_FRAME_ANNOUNCE },
	/* They call these, or jump to them, which leaves the caller's return address to them. */
	{ "mn_hlist_invalidate_range_start", MMN_FRAME_ANNOUNCE },
	{ "mn_hlist_invalidate_end",	MMN_FRAME_ANNOUNCE },
	/* Inline functions; a compiler that optimises for size may call them. */
	{ "mmu_notifier_invalidate_range_start", MMN_FRAME_ANNOUNCE },
	{ "mmu_notifier_invalidate_range_start_nonblock", MMN_FRAME_ANNOUNCE },
	{ "mmu_notifier_invalidate_range_end", MMN_FRAME_ANNOUNCE },

	/* Helpers that many operations share: the next frame shows which one it is. */
	{ "zap_vma_ptes",		MMN_FRAME_DRIVER_ZAPPER },
	{ "zap_special_vma_range",	MMN_FRAME_DRIVER_ZAPPER },
	{ "zap_vma_range",		MMN_FRAME_ZAPPER },
	{ "zap_page_range",		MMN_FRAME_ZAPPER },
	{ "zap_page_range_single",	MMN_FRAME_ZAPPER },
	{ "unmap_mapping_range",	MMN_FRAME_UNMAPPER },
	{ "unmap_mapping_range_tree",	MMN_FRAME_UNMAPPER },
	{ "unmap_mapping_range_vma",	MMN_FRAME_UNMAPPER },
	{ "unmap_mapping_pages",	MMN_FRAME_UNMAPPER },
	{ "unmap_mapping_folio",	MMN_FRAME_UNMAP_FOLIO },
	{ "unmap_mapping_page",		MMN_FRAME_UNMAP_FOLIO },

	/* reclaim */
	{ "balance_pgdat",		MMN_FRAME_KSWAPD },
	{ "kswapd",			MMN_FRAME_KSWAPD },
	{ "try_to_free_pages",		MMN_FRAME_DIRECT_RECLAIM },
	{ "node_reclaim",		MMN_FRAME_DIRECT_RECLAIM },
	{ "shrink_all_memory",		MMN_FRAME_DIRECT_RECLAIM },
	{ "try_to_free_mem_cgroup_pages", MMN_FRAME_MEMCG },
	{ "try_charge",			MMN_FRAME_CHARGE },
	{ "try_charge_memcg",		MMN_FRAME_CHARGE },
	{ "high_work_func",		MMN_FRAME_CHARGE },
	{ "mem_cgroup_handle_over_high", MMN_FRAME_CHARGE },
	{ "__mem_cgroup_handle_over_high", MMN_FRAME_CHARGE },
	{ "memory_max_write",		MMN_FRAME_CHARGE },
	{ "memory_high_write",		MMN_FRAME_CHARGE },
	{ "memory_reclaim",		MMN_FRAME_PROACTIVE },
	{ "user_proactive_reclaim",	MMN_FRAME_PROACTIVE },
	{ "lru_gen_seq_write",		MMN_FRAME_PROACTIVE },
	{ "reclaim_pages",		MMN_FRAME_RECLAIM_PAGES },
	{ "demote_page_list",		MMN_FRAME_DEMOTE },
	{ "demote_folio_list",		MMN_FRAME_DEMOTE },

	/* migration */
	{ "migrate_pages",		MMN_FRAME_MIGRATION },
	{ "sysctl_compaction_handler",	MMN_FRAME_COMPACT_ADMIN },
	{ "compact_store",		MMN_FRAME_COMPACT_ADMIN },
	{ "sysfs_compact_node",		MMN_FRAME_COMPACT_ADMIN },
	{ "try_to_compact_pages",	MMN_FRAME_COMPACT_DIRECT },
	{ "compact_zone_order",		MMN_FRAME_COMPACT_DIRECT },
	{ "kcompactd_do_work",		MMN_FRAME_KCOMPACTD },
	{ "kcompactd",			MMN_FRAME_KCOMPACTD },
	{ "move_pages_and_store_status", MMN_FRAME_MOVE_PAGES },
	{ "do_pages_move",		MMN_FRAME_MOVE_PAGES },
	{ "kernel_move_pages",		MMN_FRAME_MOVE_PAGES },
	{ "do_mbind",			MMN_FRAME_MBIND },
	{ "kernel_mbind",		MMN_FRAME_MBIND },
	{ "migrate_to_node",		MMN_FRAME_MIGRATE_PAGES },
	{ "do_migrate_pages",		MMN_FRAME_MIGRATE_PAGES },
	{ "kernel_migrate_pages",	MMN_FRAME_MIGRATE_PAGES },
	{ "cpuset_migrate_mm_workfn",	MMN_FRAME_CPUSET },
	{ "migrate_misplaced_page",	MMN_FRAME_MISPLACED },
	{ "migrate_misplaced_folio",	MMN_FRAME_MISPLACED },
	{ "migrate_misplaced_transhuge_page", MMN_FRAME_MISPLACED },
	{ "do_numa_page",		MMN_FRAME_MISPLACED },
	{ "do_huge_pmd_numa_page",	MMN_FRAME_MISPLACED },
	{ "do_migrate_range",		MMN_FRAME_OFFLINE },
	{ "offline_pages",		MMN_FRAME_OFFLINE },
	{ "__alloc_contig_migrate_range", MMN_FRAME_CONTIG },
	{ "alloc_contig_range",		MMN_FRAME_CONTIG },
	{ "alloc_contig_range_noprof",	MMN_FRAME_CONTIG },
	{ "alloc_contig_frozen_range_noprof", MMN_FRAME_CONTIG },
	{ "migrate_longterm_unpinnable_pages", MMN_FRAME_LONGTERM },
	{ "migrate_longterm_unpinnable_folios", MMN_FRAME_LONGTERM },
	{ "check_and_migrate_movable_pages", MMN_FRAME_LONGTERM },
	{ "check_and_migrate_movable_folios", MMN_FRAME_LONGTERM },
	{ "__gup_longterm_locked",	MMN_FRAME_LONGTERM },
	{ "damon_migrate_folio_list",	MMN_FRAME_DAMON },
	{ "damon_migrate_pages",	MMN_FRAME_DAMON },
	{ "damon_pa_apply_scheme",	MMN_FRAME_DAMON },
	{ "damon_va_apply_scheme",	MMN_FRAME_DAMON },
	{ "kdamond_fn",			MMN_FRAME_DAMON },
	{ "migrate_device_unmap",	MMN_FRAME_MIGRATE_VMA },
	{ "migrate_vma_unmap",		MMN_FRAME_MIGRATE_VMA },
	{ "migrate_vma_setup",		MMN_FRAME_MIGRATE_VMA },

	/* memory failure, huge pages */
	{ "hwpoison_user_mappings",	MMN_FRAME_HWPOISON },
	{ "memory_failure",		MMN_FRAME_HWPOISON },
	{ "soft_offline_in_use_page",	MMN_FRAME_SOFT_OFFLINE },
	{ "soft_offline_page",		MMN_FRAME_SOFT_OFFLINE },
	{ "__soft_offline_page",	MMN_FRAME_SOFT_OFFLINE },
	{ "split_huge_page_to_list",	MMN_FRAME_SPLIT },
	{ "split_huge_page_to_list_to_order", MMN_FRAME_SPLIT },
	{ "__folio_split",		MMN_FRAME_SPLIT },
	{ "collapse_file",		MMN_FRAME_COLLAPSE },
	{ "collapse_huge_page",		MMN_FRAME_COLLAPSE },
	{ "khugepaged",			MMN_FRAME_KHUGEPAGED },
	{ "madvise_collapse",		MMN_FRAME_MADV_COLLAPSE },

	/* files and VMAs */
	{ "madvise_guard_install",	MMN_FRAME_GUARD_INSTALL },
	{ "madvise_vma_behavior",	MMN_FRAME_MADVISE },
	{ "do_madvise",			MMN_FRAME_MADVISE },
	/* Up to v5.5 the call itself does all. */
	{ "__do_sys_madvise",		MMN_FRAME_MADVISE },
	{ "__se_sys_madvise",		MMN_FRAME_MADVISE },
	{ "__x64_sys_madvise",		MMN_FRAME_MADVISE },
	{ "__ia32_sys_madvise",		MMN_FRAME_MADVISE },
	{ "__arm64_sys_madvise",	MMN_FRAME_MADVISE },
	{ "truncate_pagecache",		MMN_FRAME_TRUNCATE },
	{ "truncate_setsize",		MMN_FRAME_TRUNCATE },
	{ "notify_change",		MMN_FRAME_TRUNCATE },
	{ "do_truncate",		MMN_FRAME_TRUNCATE },
	{ "truncate_inode_pages_range",	MMN_FRAME_TRUNCATE },
	{ "truncate_pagecache_range",	MMN_FRAME_CACHE_RANGE },
	{ "truncate_bdev_range",	MMN_FRAME_FALLOCATE },
	{ "vfs_fallocate",		MMN_FRAME_FALLOCATE },
	/* loop calls the method itself. */
	{ "shmem_fallocate",		MMN_FRAME_FALLOCATE },
	{ "ksys_fallocate",		MMN_FRAME_FALLOCATE_CALL },
	{ "__do_sys_fallocate",		MMN_FRAME_FALLOCATE_CALL },
	{ "__se_sys_fallocate",		MMN_FRAME_FALLOCATE_CALL },
	{ "__x64_sys_fallocate",	MMN_FRAME_FALLOCATE_CALL },
	{ "__ia32_sys_fallocate",	MMN_FRAME_FALLOCATE_CALL },
	{ "__arm64_sys_fallocate",	MMN_FRAME_FALLOCATE_CALL },
	{ "__do_sys_ioctl",		MMN_FRAME_IOCTL },
	{ "__se_sys_ioctl",		MMN_FRAME_IOCTL },
	{ "__x64_sys_ioctl",		MMN_FRAME_IOCTL },
	{ "__ia32_sys_ioctl",		MMN_FRAME_IOCTL },
	{ "__arm64_sys_ioctl",		MMN_FRAME_IOCTL },
	{ "__do_compat_sys_ioctl",	MMN_FRAME_IOCTL },
	{ "__se_compat_sys_ioctl",	MMN_FRAME_IOCTL },
	{ "__ia32_compat_sys_ioctl",	MMN_FRAME_IOCTL },
	{ "__arm64_compat_sys_ioctl",	MMN_FRAME_IOCTL },
	{ "blkdev_uring_cmd",		MMN_FRAME_FALLOCATE },
	{ "vfs_clone_file_range",	MMN_FRAME_REMAP },
	{ "vfs_dedupe_file_range_one",	MMN_FRAME_REMAP },
	{ "vfs_dedupe_file_range",	MMN_FRAME_REMAP },
	{ "vfs_copy_file_range",	MMN_FRAME_REMAP },
	{ "set_blocksize",		MMN_FRAME_REMAP },
	{ "invalidate_inode_pages2_range", MMN_FRAME_INVALIDATE },
	{ "invalidate_inode_pages2",	MMN_FRAME_INVALIDATE },
	{ "folio_unmap_invalidate",	MMN_FRAME_INVALIDATE },
	{ "filemap_invalidate_inode",	MMN_FRAME_INVALIDATE },
	{ "generic_error_remove_page",	MMN_FRAME_INVALIDATE },
	{ "generic_error_remove_folio",	MMN_FRAME_INVALIDATE },
	{ "do_dentry_open",		MMN_FRAME_OPEN },
	/* Built in on newer kernels; otherwise its module has this frame. */
	{ "fuse_change_attributes",	MMN_FRAME_FILE_SYSTEM },
	{ "fuse_change_attributes_i",	MMN_FRAME_FILE_SYSTEM },
	{ "dax_insert_entry",		MMN_FRAME_DAX },
	{ "dax_layout_busy_page_range",	MMN_FRAME_DAX },
	{ "dax_fault_iter",		MMN_FRAME_DAX },
	{ "dax_iomap_pte_fault",	MMN_FRAME_DAX },
	{ "dax_iomap_fault",		MMN_FRAME_DAX },
	{ "tcp_zerocopy_receive",	MMN_FRAME_TCP_ZEROCOPY },
	{ "do_tcp_getsockopt",		MMN_FRAME_TCP_ZEROCOPY },
	{ "vdso_join_timens",		MMN_FRAME_VDSO },
	{ "timens_commit",		MMN_FRAME_VDSO },
	{ "arena_free_pages",		MMN_FRAME_ARENA },
	{ "arena_free_worker",		MMN_FRAME_ARENA },
	{ "bpf_arena_free_pages",	MMN_FRAME_ARENA },
	{ "hugetlb_wp",			MMN_FRAME_HUGETLB_WP },
	{ "hugetlb_cow",		MMN_FRAME_HUGETLB_WP },
	{ "hugetlb_cor",		MMN_FRAME_HUGETLB_WP },

	/* protection */
	{ "mprotect_fixup",		MMN_FRAME_MPROTECT },
	{ "__do_sys_pkey_mprotect",	MMN_FRAME_PKEY_MPROTECT },
	{ "__se_sys_pkey_mprotect",	MMN_FRAME_PKEY_MPROTECT },
	{ "__x64_sys_pkey_mprotect",	MMN_FRAME_PKEY_MPROTECT },
	{ "__ia32_sys_pkey_mprotect",	MMN_FRAME_PKEY_MPROTECT },
	{ "__arm64_sys_pkey_mprotect",	MMN_FRAME_PKEY_MPROTECT },
	{ "change_prot_numa",		MMN_FRAME_NUMA },
	{ "task_numa_work",		MMN_FRAME_NUMA },
	{ "mwriteprotect_range",	MMN_FRAME_UFFD_WP },
	{ "mrwprotect_range",		MMN_FRAME_UFFD_RWP },
	/* uffd_wp_range() also serves the two functions above and PAGEMAP_SCAN. */
	{ "uffd_wp_range",		MMN_FRAME_UFFD_END },
	{ "userfaultfd_clear_vma",	MMN_FRAME_UFFD_END },
	{ "userfaultfd_unregister",	MMN_FRAME_UFFD_END },
	{ "userfaultfd_release_all",	MMN_FRAME_UFFD_END },
	{ "userfaultfd_release",	MMN_FRAME_UFFD_END },
	{ "do_pagemap_scan",		MMN_FRAME_PAGEMAP_SCAN },

	/* copy-on-write */
	{ "break_ksm",			MMN_FRAME_BREAK_KSM },
	{ "unmerge_ksm_pages",		MMN_FRAME_BREAK_KSM },
	{ "uprobe_write",		MMN_FRAME_UPROBE },
	{ "uprobe_write_opcode",	MMN_FRAME_UPROBE },
	{ "install_breakpoint",		MMN_FRAME_UPROBE },
	{ "__access_remote_vm",		MMN_FRAME_ACCESS },
	{ "access_remote_vm",		MMN_FRAME_ACCESS },
	{ "process_vm_rw",		MMN_FRAME_ACCESS },
	{ "process_vm_rw_core",		MMN_FRAME_ACCESS },

	/* cleaning */
	{ "clear_page_dirty_for_io",	MMN_FRAME_WRITEBACK },
	{ "folio_clear_dirty_for_io",	MMN_FRAME_WRITEBACK },
	{ "do_writepages",		MMN_FRAME_WRITEBACK },
	{ "pagecache_isize_extended",	MMN_FRAME_WRITEBACK },
	{ "vfs_write",			MMN_FRAME_WRITE },
	{ "vfs_iter_write",		MMN_FRAME_WRITE },
	{ "vfs_iocb_iter_write",	MMN_FRAME_WRITE },
	{ "do_iter_write",		MMN_FRAME_WRITE },
	{ "vfs_writev",			MMN_FRAME_WRITE },
	{ "io_write",			MMN_FRAME_WRITE },
	{ "aio_write",			MMN_FRAME_WRITE },
	{ "io_submit_one",		MMN_FRAME_WRITE },
	{ "iter_file_splice_write",	MMN_FRAME_WRITE },
	{ "__kernel_write",		MMN_FRAME_WRITE },
	{ "__kernel_write_iter",	MMN_FRAME_WRITE },
	{ "pfn_mkclean_range",		MMN_FRAME_DAX_WRITEBACK },
	{ "dax_writeback_mapping_range", MMN_FRAME_DAX_WRITEBACK },
	{ "fb_deferred_io_work",	MMN_FRAME_DIRTY_TRACK },
	{ "mapping_wrprotect_range",	MMN_FRAME_DIRTY_TRACK },

	/* the ends of mappings */
	{ "exit_mmap",			MMN_FRAME_EXIT },
	{ "begin_new_exec",		MMN_FRAME_EXEC },
	{ "setup_new_exec",		MMN_FRAME_EXEC },
	{ "setup_arg_pages",		MMN_FRAME_EXEC },
	{ "load_elf_binary",		MMN_FRAME_EXEC },
	{ "bprm_execve",		MMN_FRAME_EXEC },
	{ "__vm_munmap",		MMN_FRAME_MUNMAP },
	{ "mmap_region",		MMN_FRAME_MMAP },
	{ "__mmap_region",		MMN_FRAME_MMAP },
	{ "do_mmap",			MMN_FRAME_MMAP },
	{ "__do_sys_brk",		MMN_FRAME_BRK },
	{ "__se_sys_brk",		MMN_FRAME_BRK },
	{ "__x64_sys_brk",		MMN_FRAME_BRK },
	{ "__ia32_sys_brk",		MMN_FRAME_BRK },
	{ "__arm64_sys_brk",		MMN_FRAME_BRK },
	{ "ksys_shmdt",			MMN_FRAME_SHMDT },
	{ "move_vma",			MMN_FRAME_MOVE_VMA },
	{ "copy_vma_and_data",		MMN_FRAME_MOVE_VMA },
	{ "unmap_source_vma",		MMN_FRAME_MOVE_VMA },
	{ "shrink_vma",			MMN_FRAME_SHRINK_VMA },
	{ "mremap_to",			MMN_FRAME_MREMAP_TO },
	{ "do_mremap",			MMN_FRAME_MREMAP },
	{ "__do_sys_mremap",		MMN_FRAME_MREMAP },
	{ "__se_sys_mremap",		MMN_FRAME_MREMAP },
	{ "__x64_sys_mremap",		MMN_FRAME_MREMAP },
	{ "__ia32_sys_mremap",		MMN_FRAME_MREMAP },
	{ "__arm64_sys_mremap",		MMN_FRAME_MREMAP },
	{ "oom_reaper",			MMN_FRAME_OOM_REAPER },
	{ "__do_sys_process_mrelease",	MMN_FRAME_MRELEASE },
	{ "__se_sys_process_mrelease",	MMN_FRAME_MRELEASE },
	{ "__x64_sys_process_mrelease",	MMN_FRAME_MRELEASE },
	{ "__ia32_sys_process_mrelease", MMN_FRAME_MRELEASE },
	{ "__arm64_sys_process_mrelease", MMN_FRAME_MRELEASE },

	/* Frames further out merely allocated or faulted; they are not the cause. */
	{ "__alloc_pages_slowpath",	MMN_FRAME_OTHERS },
	{ "__alloc_pages_nodemask",	MMN_FRAME_OTHERS },
	{ "__alloc_pages",		MMN_FRAME_OTHERS },
	{ "__alloc_pages_noprof",	MMN_FRAME_OTHERS },
	{ "__alloc_frozen_pages_noprof", MMN_FRAME_OTHERS },
	{ "do_user_addr_fault",		MMN_FRAME_OTHERS },
	{ "exc_page_fault",		MMN_FRAME_OTHERS },
	{ "asm_exc_page_fault",		MMN_FRAME_OTHERS },
	{ "do_page_fault",		MMN_FRAME_OTHERS },
};

/*
 * Modules of file systems, as kallsyms prints owners. Most drop and unmap page cache with the
 * functions above, but some with the helpers that drivers use. Only the owner of the function
 * tells them apart, since a driver may be written to or read from like a file.
 */
static const char *const file_systems[] = {
	"[9p]", "[afs]", "[bcachefs]", "[btrfs]", "[ceph]", "[cifs]", "[exfat]", "[ext4]",
	"[f2fs]", "[fat]", "[fuse]", "[gfs2]", "[hfsplus]", "[jfs]", "[netfs]", "[nfs]",
	"[nfsv3]", "[nfsv4]", "[nilfs2]", "[ntfs]", "[ntfs3]", "[ocfs2]", "[orangefs]",
	"[overlay]", "[ubifs]", "[udf]", "[vboxsf]", "[virtiofs]", "[xfs]", "[zonefs]",
};

/* clang-format on */

static unsigned int frame_of_module(const char *owner)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(file_systems); i++)
		if (strstarts(owner, file_systems[i]))
			return MMN_FRAME_FILE_SYSTEM;
	return MMN_FRAME_MODULE;
}

unsigned int mmn_frame_table_nr(void)
{
	return ARRAY_SIZE(names);
}

const char *mmn_frame_table_name(unsigned int row)
{
	return row < ARRAY_SIZE(names) ? names[row].name : "";
}

unsigned int mmn_frame_table_frame(unsigned int row)
{
	return row < ARRAY_SIZE(names) ? names[row].frame : MMN_FRAME_NONE;
}

/**
 * mmn_frame_table_find() - look up a function on the stack
 * @symbol: symbol as kallsyms prints it, see symbol_name.h
 *
 * Symbols of modules are not compared with the table, as a module may use any name.
 *
 * Context: Any.
 * Return: enum mmn_frame: MMN_FRAME_FILE_SYSTEM or MMN_FRAME_MODULE for all functions of
 * modules; MMN_FRAME_NONE if there is no row, and for BPF programs and trampolines.
 */
unsigned int mmn_frame_table_find(const char *symbol)
{
	size_t len = mmn_symbol_len(symbol);
	unsigned int row;

	if (mmn_symbol_is_module(symbol))
		return frame_of_module(mmn_symbol_owner(symbol));
	if (mmn_symbol_owner(symbol))
		return MMN_FRAME_NONE;
	for (row = 0; row < ARRAY_SIZE(names); row++)
		if (mmn_symbol_is(symbol, len, names[row].name))
			return names[row].frame;
	return MMN_FRAME_NONE;
}

/**
 * mmn_frame_table_ends() - does a frame end the search for the operation?
 * @frame: enum mmn_frame
 *
 * Either @frame decides by itself (MADVISE, NUMA), or frames further out belong to another
 * operation, which merely allocated memory, faulted or was interrupted.
 *
 * Context: Any.
 * Return: true if a walk can stop at @frame.
 */
bool mmn_frame_table_ends(unsigned int frame)
{
	switch (frame) {
	case MMN_FRAME_OTHERS:
	case MMN_FRAME_ANNOUNCE:
	case MMN_FRAME_KSWAPD:
	case MMN_FRAME_DIRECT_RECLAIM:
	case MMN_FRAME_CHARGE:
	case MMN_FRAME_PROACTIVE:
	case MMN_FRAME_RECLAIM_PAGES:
	case MMN_FRAME_DEMOTE:
	case MMN_FRAME_COMPACT_ADMIN:
	case MMN_FRAME_COMPACT_DIRECT:
	case MMN_FRAME_KCOMPACTD:
	case MMN_FRAME_MOVE_PAGES:
	case MMN_FRAME_MBIND:
	case MMN_FRAME_CPUSET:
	case MMN_FRAME_MISPLACED:
	case MMN_FRAME_OFFLINE:
	case MMN_FRAME_CONTIG:
	case MMN_FRAME_DAMON:
	case MMN_FRAME_MIGRATE_VMA:
	case MMN_FRAME_HWPOISON:
	case MMN_FRAME_SOFT_OFFLINE:
	case MMN_FRAME_MADV_COLLAPSE:
	case MMN_FRAME_MADVISE:
	case MMN_FRAME_BREAK_KSM:
	case MMN_FRAME_UPROBE:
	case MMN_FRAME_NUMA:
	case MMN_FRAME_HUGETLB_WP:
	case MMN_FRAME_EXIT:
	case MMN_FRAME_DAX_WRITEBACK:
	case MMN_FRAME_DIRTY_TRACK:
		return true;
	default:
		return false;
	}
}
