/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * features: what this kernel has, as far as the scenarios depend on it. Each feature is proved
 * present or absent at run time: the release of a kernel says little, since distributions
 * carry changes of newer kernels.
 */
#ifndef FEATURES_H
#define FEATURES_H

#include <stdbool.h>

/* The order is that of the table in features.c. */
enum feature {
	F_NONE,
	/* calls and advice */
	F_DONTNEED_LOCKED,
	F_POPULATE,
	F_COLLAPSE,
	F_GUARD,
	F_PROCESS_MADVISE,
	F_PROCESS_SELF,
	F_MRELEASE,
	F_MREMAP_DONTUNMAP,
	F_MREMAP_MANY,
	F_KSM_PRCTL,
	F_URING_LATER,
	F_URING_FTRUNCATE,
	F_ARENA,
	F_ARENA_LATER,
	/* userfaultfd */
	F_UFFD_WP_FILE,
	F_UFFD_WP_ASYNC,
	F_UFFD_MOVE,
	F_UFFD_RWP,
	F_UFFD_END,
	F_UFFD_CLOSE,
	F_PAGEMAP_SCAN,
	/* files by which memory is managed */
	F_DEMOTION,
	F_MEMORY_RECLAIM,
	F_NODE_RECLAIM,
	F_UNDERUSED,
	F_DAMON,
	F_DAMON_VADDR,
	F_DAMON_COLLAPSE,
	F_DAMON_RECLAIM,
	/* what drivers can do */
	F_RANGES,
	F_RELEASE_UNNAMED,
	F_MIGRATE_VMA,
	F_EXCLUSIVE,
	F_EXCLUSIVE_PAGE,
	F_VFIO_INODE,
	F_IOMEM_INODE,
	F_FAULTS_DRIVERS,
	F_READ_PIN_COPIES,
	/* which functions announce what */
	F_EXIT_REAPS,
	F_REAPER_CLEARS,
	F_HINT_SPLIT,
	F_LONGTERM_PIN,
	F_BDEV_RANGE,
	F_HUGE_COW,
	F_FORK_SPLITS,
	F_PUNCH_SPLITS,
	F_ZERO_PAGE_COW,
	F_UNMAP_SPLITS_FIRST,
	F_MIGRATE_SPLITS_FIRST,
	F_HUGETLB_NESTED,
	F_HUGETLB_MREMAP,
	F_HUGETLB_DONTNEED,
	F_DAX_RMAP,
	F_UPROBE_WRITE,
	NR_FEATURES
};

/* Return: true if this kernel has it, or for F_NONE. What cannot be told ends the program. */
bool has(enum feature f);

/* Return: true if the stock kernels of one column (enum column) have it. */
bool stock_has(enum feature f, unsigned int column);

/* Return: what a kernel without the feature does not have, for a waiver. */
const char *lack_of(enum feature f);

/* Prints each feature, whether it is there, and its meaning. */
void print_features(void);

/* To be called before the first fork: children share what was found. */
void features_init(void);

#endif /* FEATURES_H */
