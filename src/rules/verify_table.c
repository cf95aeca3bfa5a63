// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * verify_table: events and causes that fit a stack, for verify=1. It uses neither the
 * system call nor the task nor the state of mmap_lock. It also reads frames in another
 * order than the rules: from the innermost outwards, and the first frame with a row
 * decides. So a mistake in one of the two shows as a disagreement.
 *
 * Pure: it also compiles in user space.
 */
#include <linux/kernel.h>
#include <linux/types.h>

#include "rules.h"
#include "verify_table.h"

#define MAX_CAUSES	7

/**
 * struct expectation - events and causes that fit a frame above a class of call sites
 * @class: enum mmn_class of the call site
 * @frame: enum mmn_frame that is on the stack; MMN_FRAME_NONE for stacks that no other row
 *	of the class fits
 * @also: second frame that must be on the stack; MMN_FRAME_NONE for no condition
 * @events: mask of the events that fit, 1 << enum mmnotify_event
 * @causes: enum mmnotify_cause of those that fit; ends at MMNOTIFY_CAUSE_UNKNOWN
 */
struct expectation {
	u8 class;
	u8 frame;
	u8 also;
	u8 events;
	u8 causes[MAX_CAUSES];
};

#define AT(c, f)	.class = MMN_CLASS_##c, .frame = MMN_FRAME_##f
#define AT2(c, f, a)	.class = MMN_CLASS_##c, .frame = MMN_FRAME_##f, \
			.also = MMN_FRAME_##a
#define EV(e)		.events = 1u << MMNOTIFY_##e
#define EV2(e, f)	.events = 1u << MMNOTIFY_##e | 1u << MMNOTIFY_##f
#define C(c)		MMNOTIFY_CAUSE_##c

#define FALLOCATES	{ C(HOLE_PUNCH), C(COLLAPSE_RANGE), C(INSERT_RANGE), \
			  C(ZERO_RANGE) }
/* The system call in any mode: it may also extend the file, or give it blocks of its own. */
#define CALLS		{ C(HOLE_PUNCH), C(COLLAPSE_RANGE), C(INSERT_RANGE), \
			  C(ZERO_RANGE), C(TRUNCATE), C(FILE_INVALIDATE), \
			  C(DAX_REMAP) }
#define DONTNEEDS	{ C(MADV_DONTNEED), C(MADV_DONTNEED_LOCKED) }

/* clang-format off */
static const struct expectation expectations[] = {
	{ AT2(UNMAP, EXIT, EXEC),	EV(UNMAP), .causes = { C(EXEC) } },
	{ AT(UNMAP, EXIT),		EV(UNMAP), .causes = { C(EXIT) } },
	{ AT(UNMAP, MOVE_VMA),		EV(UNMAP), .causes = { C(MREMAP_MOVE) } },
	{ AT(UNMAP, SHRINK_VMA),	EV(UNMAP), .causes = { C(MREMAP_SHRINK) } },
	{ AT(UNMAP, MREMAP_TO),		EV(UNMAP), .causes = { C(MREMAP_FIXED), C(MREMAP_SHRINK) } },
	{ AT(UNMAP, MREMAP),		EV(UNMAP), .causes = { C(MREMAP_FIXED), C(MREMAP_SHRINK) } },
	{ AT2(UNMAP, MMAP, EXEC),	EV(UNMAP), .causes = { C(EXEC) } },
	{ AT2(UNMAP, MUNMAP, EXEC),	EV(UNMAP), .causes = { C(EXEC) } },
	{ AT(UNMAP, EXEC),		EV(UNMAP), .causes = { C(EXEC) } },
	{ AT(UNMAP, BRK),		EV(UNMAP), .causes = { C(BRK) } },
	{ AT(UNMAP, SHMDT),		EV(UNMAP), .causes = { C(SHMDT) } },
	{ AT(UNMAP, MMAP),		EV(UNMAP), .causes = { C(MMAP_FIXED), C(MMAP_ERROR) } },
	{ AT(UNMAP, MUNMAP),		EV(UNMAP), .causes = { C(MUNMAP) } },
	{ AT(UNMAP, NONE),		EV(UNMAP), .causes = { C(UNMAP) } },

	{ AT(MOVE, EXEC),		EV(UNMAP), .causes = { C(EXEC) } },
	{ AT(MOVE, NONE), EV2(UNMAP, CLEAR), .causes = { C(MREMAP_MOVE), C(MREMAP_DONTUNMAP), C(MREMAP) } },
	{ AT(MOVE_HUGETLB, NONE),	EV(CLEAR), .causes = { C(MREMAP_MOVE) } },

	{ AT(ZAP, HWPOISON),		EV(CLEAR), .causes = { C(HWPOISON) } },
	{ AT(ZAP, HUGETLB_WP),		EV(CLEAR), .causes = { C(HUGETLB_COW) } },
	{ AT(ZAP, GUARD_INSTALL),	EV(CLEAR), .causes = { C(GUARD_INSTALL) } },
	{ AT2(ZAP, CACHE_RANGE, REMAP),	EV(CLEAR), .causes = { C(FILE_INVALIDATE) } },
	{ AT2(ZAP, CACHE_RANGE, MADVISE), EV(CLEAR), .causes = { C(MADV_REMOVE) } },
	{ AT2(ZAP, CACHE_RANGE, FALLOCATE_CALL), EV(CLEAR), .causes = CALLS },
	{ AT2(ZAP, CACHE_RANGE, FALLOCATE), EV(CLEAR), .causes = FALLOCATES },
	{ AT2(ZAP, CACHE_RANGE, TRUNCATE), EV(CLEAR), .causes = { C(TRUNCATE) } },
	{ AT2(ZAP, CACHE_RANGE, IOCTL),	EV(CLEAR), .causes = { C(FILE_INVALIDATE) } },
	{ AT2(ZAP, CACHE_RANGE, WRITE),	EV(CLEAR), .causes = { C(TRUNCATE) } },
	{ AT(ZAP, CACHE_RANGE),		EV(CLEAR), .causes = { C(HOLE_PUNCH) } },
	{ AT2(ZAP, FALLOCATE, REMAP),	EV(CLEAR), .causes = { C(FILE_INVALIDATE) } },
	{ AT2(ZAP, TRUNCATE, REMAP),	EV(CLEAR), .causes = { C(FILE_INVALIDATE) } },
	{ AT2(ZAP, DAX, REMAP),		EV(CLEAR), .causes = { C(FILE_INVALIDATE) } },
	{ AT2(ZAP, INVALIDATE, FALLOCATE_CALL), EV(CLEAR), .causes = CALLS },
	{ AT2(ZAP, INVALIDATE, FALLOCATE), EV(CLEAR), .causes = FALLOCATES },
	{ AT(ZAP, REMAP),		EV(CLEAR), .causes = { C(FILE_INVALIDATE) } },
	{ AT2(ZAP, FALLOCATE, MADVISE),	EV(CLEAR), .causes = { C(MADV_REMOVE) } },
	{ AT2(ZAP, FALLOCATE, FALLOCATE_CALL), EV(CLEAR), .causes = CALLS },
	{ AT(ZAP, FALLOCATE),		EV(CLEAR), .causes = FALLOCATES },
	{ AT2(ZAP, TRUNCATE, FALLOCATE_CALL), EV(CLEAR), .causes = CALLS },
	{ AT2(ZAP, TRUNCATE, FALLOCATE), EV(CLEAR), .causes = FALLOCATES },
	{ AT2(ZAP, TRUNCATE, IOCTL),	EV(CLEAR), .causes = { C(FILE_INVALIDATE) } },
	{ AT(ZAP, TRUNCATE),		EV(CLEAR), .causes = { C(TRUNCATE) } },
	{ AT2(ZAP, DAX, FALLOCATE_CALL), EV(CLEAR), .causes = CALLS },
	{ AT2(ZAP, DAX, FALLOCATE),	EV(CLEAR), .causes = FALLOCATES },
	{ AT2(ZAP, DAX, TRUNCATE),	EV(CLEAR), .causes = { C(TRUNCATE) } },
	{ AT(ZAP, DAX),			EV(CLEAR), .causes = { C(DAX_REMAP) } },
	{ AT(ZAP, INVALIDATE),		EV(CLEAR), .causes = { C(FILE_INVALIDATE) } },
	{ AT2(ZAP, COLLAPSE, MADV_COLLAPSE), EV(CLEAR), .causes = { C(MADV_COLLAPSE) } },
	{ AT(ZAP, COLLAPSE),		EV(CLEAR), .causes = { C(KHUGEPAGED) } },
	{ AT(ZAP, MADV_COLLAPSE),	EV(CLEAR), .causes = { C(MADV_COLLAPSE) } },
	/* Compilers may inline madvise_guard_install(). */
	{ AT(ZAP, MADVISE), EV(CLEAR), .causes = { C(MADV_DONTNEED), C(MADV_DONTNEED_LOCKED), C(GUARD_INSTALL) } },
	{ AT(ZAP, TCP_ZEROCOPY),	EV(CLEAR), .causes = { C(TCP_ZEROCOPY) } },
	{ AT(ZAP, VDSO),		EV(CLEAR), .causes = { C(VDSO_ZAP) } },
	{ AT(ZAP, ARENA),		EV(CLEAR), .causes = { C(BPF_ARENA_FREE) } },
	{ AT(ZAP, DRIVER_ZAPPER),	EV(CLEAR), .causes = { C(DRIVER_ZAP) } },
	{ AT2(ZAP, OPEN, UNMAPPER),	EV(CLEAR), .causes = { C(FILE_INVALIDATE), C(PFNMAP_REVOKE) } },
	{ AT2(ZAP, NONE, UNMAP_FOLIO),	EV(CLEAR), .causes = { C(HWPOISON) } },
	{ AT2(ZAP, NONE, FILE_SYSTEM), EV(CLEAR), .causes = { C(FILE_INVALIDATE), C(PFNMAP_REVOKE), C(DRIVER_ZAP), C(ZAP) } },
	{ AT2(ZAP, NONE, UNMAPPER),	EV(CLEAR), .causes = { C(PFNMAP_REVOKE) } },
	{ AT(ZAP, NONE),		EV(CLEAR), .causes = { C(DRIVER_ZAP), C(ZAP) } },

	{ AT(HUGETLB_NESTED, HUGETLB_WP), EV(CLEAR), .causes = { C(HUGETLB_COW) } },
	{ AT2(HUGETLB_NESTED, FALLOCATE, MADVISE), EV(CLEAR), .causes = { C(MADV_REMOVE) } },
	{ AT(HUGETLB_NESTED, FALLOCATE), EV(CLEAR), .causes = { C(HOLE_PUNCH) } },
	{ AT(HUGETLB_NESTED, TRUNCATE),	EV(CLEAR), .causes = { C(TRUNCATE) } },
	{ AT(HUGETLB_NESTED, MADVISE),	EV(CLEAR), .causes = DONTNEEDS },
	{ AT(HUGETLB_NESTED, NONE),	EV(CLEAR), .causes = { C(HUGETLB_UNMAP) } },

	{ AT(REAP, OOM_REAPER),		EV(CLEAR), .causes = { C(OOM_REAPER) } },
	{ AT(REAP, MRELEASE),		EV(CLEAR), .causes = { C(PROCESS_MRELEASE) } },
	{ AT(REAP, EXIT),		EV(CLEAR), .causes = { C(EXIT) } },
	{ AT(REAP, NONE),		EV(CLEAR), .causes = { C(REAP) } },

	{ AT2(PROTECT, MPROTECT, PKEY_MPROTECT), EV(PROTECTION_VMA), .causes = { C(PKEY_MPROTECT) } },
	{ AT2(PROTECT, MPROTECT, EXEC),	EV(PROTECTION_VMA), .causes = { C(EXEC) } },
	{ AT(PROTECT, MPROTECT),	EV(PROTECTION_VMA), .causes = { C(MPROTECT) } },
	{ AT(PROTECT, NUMA),		EV(PROTECTION_PAGE), .causes = { C(NUMA_HINT) } },
	{ AT(PROTECT, UFFD_WP),		EV(PROTECTION_PAGE), .causes = { C(UFFD_WP) } },
	{ AT(PROTECT, UFFD_RWP),	EV(PROTECTION_PAGE), .causes = { C(UFFD_RWP) } },
	{ AT2(PROTECT, UFFD_END, UFFD_WP), EV(PROTECTION_PAGE), .causes = { C(UFFD_WP) } },
	{ AT2(PROTECT, UFFD_END, UFFD_RWP), EV(PROTECTION_PAGE), .causes = { C(UFFD_RWP) } },
	{ AT2(PROTECT, UFFD_END, PAGEMAP_SCAN), EV(PROTECTION_PAGE), .causes = { C(PAGEMAP_SCAN) } },
	{ AT(PROTECT, PAGEMAP_SCAN),	EV(PROTECTION_PAGE), .causes = { C(PAGEMAP_SCAN) } },
	{ AT(PROTECT, UFFD_END),	EV(PROTECTION_PAGE), .causes = { C(UFFD_WP_UNREGISTER) } },

	{ AT(PAGEMAP_SCAN, NONE),	EV(PROTECTION_PAGE), .causes = { C(PAGEMAP_SCAN) } },
	{ AT(CLEAR_REFS, NONE),		EV(SOFT_DIRTY), .causes = { C(SOFT_DIRTY_CLEAR) } },
	{ AT(FORK, NONE),		EV(PROTECTION_PAGE), .causes = { C(FORK) } },

	{ AT(MKCLEAN, HWPOISON),	EV(PROTECTION_PAGE), .causes = { C(HWPOISON) } },
	{ AT(MKCLEAN, DIRTY_TRACK),	EV(PROTECTION_PAGE), .causes = { C(DRIVER_DIRTY_TRACK) } },
	{ AT(MKCLEAN, DAX_WRITEBACK),	EV(PROTECTION_PAGE), .causes = { C(DAX_WRITEBACK) } },
	{ AT(MKCLEAN, WRITEBACK),	EV(PROTECTION_PAGE), .causes = { C(WRITEBACK) } },
	{ AT2(MKCLEAN, TRUNCATE, FALLOCATE), EV(PROTECTION_PAGE), .causes = { C(HOLE_PUNCH) } },
	{ AT2(MKCLEAN, FALLOCATE, MADVISE), EV(PROTECTION_PAGE), .causes = { C(MADV_REMOVE) } },
	{ AT(MKCLEAN, FALLOCATE),	EV(PROTECTION_PAGE), .causes = { C(HOLE_PUNCH) } },
	{ AT(MKCLEAN, TRUNCATE),	EV(PROTECTION_PAGE), .causes = { C(TRUNCATE) } },
	{ AT(MKCLEAN, WRITE),		EV(PROTECTION_PAGE), .causes = { C(WRITEBACK) } },
	{ AT(MKCLEAN, REMAP),		EV(PROTECTION_PAGE), .causes = { C(WRITEBACK) } },
	{ AT(MKCLEAN, NONE),		EV(PROTECTION_PAGE), .causes = { C(MKCLEAN) } },
	{ AT(DAX_MKCLEAN, NONE),	EV(PROTECTION_PAGE), .causes = { C(DAX_WRITEBACK) } },
	{ AT(DIRTY_TRACK, NONE),	EV(PROTECTION_PAGE), .causes = { C(DRIVER_DIRTY_TRACK) } },

	{ AT(COW, BREAK_KSM),		EV(CLEAR), .causes = { C(KSM_UNMERGE) } },
	{ AT(COW, UPROBE),		EV(CLEAR), .causes = { C(UPROBE) } },
	{ AT(COW, ACCESS),		EV(CLEAR), .causes = { C(COW_GUP) } },
	{ AT(COW, NONE),		EV(CLEAR), .causes = { C(COW), C(COW_GUP) } },
	{ AT(HUGETLB_COW, NONE),	EV(CLEAR), .causes = { C(HUGETLB_COW) } },
	{ AT(MADV_FREE, NONE),		EV(CLEAR), .causes = { C(MADV_FREE) } },
	{ AT(THP_SPLIT, NONE),		EV(CLEAR), .causes = { C(THP_SPLIT) } },

	{ AT(THP_COLLAPSE, MADV_COLLAPSE), EV(CLEAR), .causes = { C(MADV_COLLAPSE) } },
	{ AT(THP_COLLAPSE, KHUGEPAGED),	EV(CLEAR), .causes = { C(KHUGEPAGED) } },
	{ AT(THP_COLLAPSE, UPROBE),	EV(CLEAR), .causes = { C(UPROBE) } },
	/* 5.10: the call site is khugepaged() itself. */
	{ AT(THP_COLLAPSE, NONE),	EV(CLEAR), .causes = { C(KHUGEPAGED) } },

	/* Also for MMN_CLASS_RMAP_MIGRATE, see plain_class(). */
	{ AT2(RMAP_UNMAP, MIGRATION, KSWAPD), EV(CLEAR), .causes = { C(DEMOTION) } },
	{ AT2(RMAP_UNMAP, MIGRATION, DIRECT_RECLAIM), EV(CLEAR), .causes = { C(DEMOTION) } },
	{ AT2(RMAP_UNMAP, MIGRATION, MEMCG), EV(CLEAR), .causes = { C(DEMOTION) } },
	{ AT2(RMAP_UNMAP, MIGRATION, PROACTIVE), EV(CLEAR), .causes = { C(DEMOTION) } },
	{ AT(RMAP_UNMAP, KSWAPD),	EV(CLEAR), .causes = { C(RECLAIM_KSWAPD) } },
	{ AT(RMAP_UNMAP, DIRECT_RECLAIM), EV(CLEAR), .causes = { C(RECLAIM_DIRECT) } },
	{ AT2(RMAP_UNMAP, MEMCG, PROACTIVE), EV(CLEAR), .causes = { C(RECLAIM_PROACTIVE) } },
	{ AT(RMAP_UNMAP, MEMCG),	EV(CLEAR), .causes = { C(RECLAIM_MEMCG) } },
	{ AT(RMAP_UNMAP, PROACTIVE),	EV(CLEAR), .causes = { C(RECLAIM_PROACTIVE) } },
	{ AT2(RMAP_UNMAP, RECLAIM_PAGES, DAMON), EV(CLEAR), .causes = { C(DAMON_PAGEOUT) } },
	{ AT2(RMAP_UNMAP, RECLAIM_PAGES, MADVISE), EV(CLEAR), .causes = { C(MADV_PAGEOUT) } },
	{ AT(RMAP_UNMAP, DEMOTE),	EV(CLEAR), .causes = { C(DEMOTION) } },
	{ AT(RMAP_UNMAP, COMPACT_ADMIN), EV(CLEAR), .causes = { C(COMPACTION_SYSCTL) } },
	{ AT(RMAP_UNMAP, COMPACT_DIRECT), EV(CLEAR), .causes = { C(COMPACTION_DIRECT) } },
	{ AT(RMAP_UNMAP, KCOMPACTD),	EV(CLEAR), .causes = { C(COMPACTION_KCOMPACTD) } },
	{ AT(RMAP_UNMAP, MOVE_PAGES),	EV(CLEAR), .causes = { C(MOVE_PAGES) } },
	{ AT(RMAP_UNMAP, MBIND),	EV(CLEAR), .causes = { C(MBIND) } },
	{ AT2(RMAP_UNMAP, MIGRATE_PAGES, CPUSET), EV(CLEAR), .causes = { C(CPUSET_MIGRATION) } },
	{ AT(RMAP_UNMAP, MIGRATE_PAGES), EV(CLEAR), .causes = { C(MIGRATE_PAGES) } },
	{ AT(RMAP_UNMAP, MISPLACED),	EV(CLEAR), .causes = { C(NUMA_MIGRATION) } },
	{ AT(RMAP_UNMAP, OFFLINE),	EV(CLEAR), .causes = { C(MEMORY_OFFLINE) } },
	{ AT(RMAP_UNMAP, CONTIG),	EV(CLEAR), .causes = { C(CONTIG_ALLOC) } },
	{ AT(RMAP_UNMAP, LONGTERM),	EV(CLEAR), .causes = { C(LONGTERM_PIN) } },
	{ AT(RMAP_UNMAP, DAMON),	EV(CLEAR), .causes = { C(DAMON_MIGRATE) } },
	{ AT(RMAP_UNMAP, MIGRATE_VMA),	EV(CLEAR), .causes = { C(MIGRATE_VMA) } },
	{ AT(RMAP_UNMAP, HWPOISON),	EV(CLEAR), .causes = { C(HWPOISON) } },
	{ AT(RMAP_UNMAP, SOFT_OFFLINE),	EV(CLEAR), .causes = { C(SOFT_OFFLINE) } },
	{ AT2(RMAP_UNMAP, FALLOCATE, REMAP), EV(CLEAR), .causes = { C(FILE_INVALIDATE) } },
	{ AT2(RMAP_UNMAP, TRUNCATE, REMAP), EV(CLEAR), .causes = { C(FILE_INVALIDATE) } },
	{ AT(RMAP_UNMAP, REMAP),	EV(CLEAR), .causes = { C(FILE_INVALIDATE) } },
	{ AT2(RMAP_UNMAP, FALLOCATE, MADVISE), EV(CLEAR), .causes = { C(MADV_REMOVE) } },
	{ AT(RMAP_UNMAP, FALLOCATE),	EV(CLEAR), .causes = { C(HOLE_PUNCH) } },
	{ AT2(RMAP_UNMAP, TRUNCATE, FALLOCATE), EV(CLEAR), .causes = { C(HOLE_PUNCH) } },
	{ AT2(RMAP_UNMAP, TRUNCATE, IOCTL), EV(CLEAR), .causes = { C(FILE_INVALIDATE) } },
	{ AT(RMAP_UNMAP, TRUNCATE),	EV(CLEAR), .causes = { C(TRUNCATE) } },
	{ AT2(RMAP_UNMAP, COLLAPSE, MADV_COLLAPSE), EV(CLEAR), .causes = { C(MADV_COLLAPSE) } },
	{ AT2(RMAP_UNMAP, COLLAPSE, KHUGEPAGED), EV(CLEAR), .causes = { C(KHUGEPAGED) } },
	{ AT2(RMAP_UNMAP, NONE, SPLIT),	EV(CLEAR), .causes = { C(THP_SPLIT) } },
	{ AT(RMAP_UNMAP, NONE),		EV(CLEAR), .causes = { C(RMAP_UNMAP), C(RMAP_MIGRATE) } },

	{ AT(HWPOISON, NONE),		EV(CLEAR), .causes = { C(HWPOISON) } },
	{ AT(KSM_WRPROTECT, NONE),	EV(PROTECTION_PAGE), .causes = { C(KSM_MERGE) } },
	{ AT(KSM_REPLACE, NONE),	EV(CLEAR), .causes = { C(KSM_MERGE) } },
	{ AT(UPROBE, NONE),		EV(CLEAR), .causes = { C(UPROBE) } },
	{ AT(UFFD_MOVE, NONE),		EV(CLEAR), .causes = { C(UFFD_MOVE) } },
	{ AT(PMD_UNSHARE, NONE),	EV(CLEAR), .causes = { C(HUGETLB_PMD_UNSHARE) } },
	{ AT(MIGRATE_VMA, NONE),	EV(MIGRATE), .causes = { C(MIGRATE_VMA) } },
	{ AT(EXCLUSIVE, NONE),		EV(EXCLUSIVE), .causes = { C(DEVICE_EXCLUSIVE) } },
	{ AT(EXCLUSIVE_RESTORE, NONE),	EV(CLEAR), .causes = { C(DEVICE_EXCLUSIVE_RESTORE) } },
};

/* clang-format on */

/* Maps classes that share the rows of another one. */
static unsigned int plain_class(unsigned int class)
{
	switch (class) {
	case MMN_CLASS_RMAP_MIGRATE:
		return MMN_CLASS_RMAP_UNMAP;
	case MMN_CLASS_HUGETLB_PROTECT:
		return MMN_CLASS_PROTECT;
	default:
		return class;
	}
}

static bool is_there(const u8 *frames, unsigned int nr, unsigned int frame)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (frames[i] == frame)
			return true;
	return false;
}

static const struct expectation *find_expectation(unsigned int class, unsigned int frame,
						  const u8 *frames, unsigned int nr)
{
	const struct expectation *o;

	for (o = expectations; o < expectations + ARRAY_SIZE(expectations); o++)
		if (o->class == class && o->frame == frame &&
		    (!o->also || is_there(frames, nr, o->also)))
			return o;
	return NULL;
}

static const struct expectation *verify_table_decide(unsigned int class, const u8 *frames,
						     unsigned int nr)
{
	const struct expectation *o;
	unsigned int i;

	/* Frames further out belong to another operation. */
	for (i = 0; i < nr; i++)
		if (frames[i] == MMN_FRAME_OTHERS ||
		    frames[i] == MMN_FRAME_ANNOUNCE)
			nr = i;
	for (i = 0; i < nr; i++) {
		o = find_expectation(class, frames[i], frames, nr);
		if (o)
			return o;
	}
	return find_expectation(class, MMN_FRAME_NONE, frames, nr);
}

/**
 * mmn_verify_table_check() - compare a verdict with the stack
 * @class: enum mmn_class of the call site that the stack shows
 * @frames: enum mmn_frame of the functions above it, innermost first
 * @nr: number of frames
 * @v: verdict to check
 *
 * Context: Any.
 * Return: enum mmn_agreement; MMN_UNSURE if the table has no row for this stack.
 */
enum mmn_agreement mmn_verify_table_check(unsigned int class, const u8 *frames,
					  unsigned int nr,
					  const struct mmn_verdict *v)
{
	const struct expectation *o = verify_table_decide(plain_class(class), frames, nr);
	unsigned int i;

	if (!o)
		return MMN_UNSURE;
	if (!(o->events & (1u << v->event)))
		return MMN_OTHER_EVENT;
	for (i = 0; i < MAX_CAUSES && o->causes[i]; i++)
		if (o->causes[i] == v->cause)
			return MMN_AGREE;
	return MMN_OTHER_CAUSE;
}
