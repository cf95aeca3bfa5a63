/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_CLASSIFY_H
#define MMN_CLASSIFY_H

#include <linux/types.h>

#include <mmnotify/mmnotify_types.h>

/*
 * What a call site does, whatever its symbol is called on this kernel. One
 * class has one list of rules; many symbols may share a class.
 */
enum mmn_class {
	MMN_CLASS_UNKNOWN,		/* no row names this symbol */
	MMN_CLASS_RELEASE,		/* not a site: the mm is going away */
	MMN_CLASS_UNMAP,
	MMN_CLASS_MOVE,
	MMN_CLASS_ZAP,
	MMN_CLASS_HUGETLB_NESTED,
	MMN_CLASS_REAP,
	MMN_CLASS_PROTECT,
	MMN_CLASS_HUGETLB_PROTECT,
	MMN_CLASS_PAGEMAP_SCAN,
	MMN_CLASS_CLEAR_REFS,
	MMN_CLASS_FORK,
	MMN_CLASS_MKCLEAN,
	MMN_CLASS_DAX_MKCLEAN,
	MMN_CLASS_COW,
	MMN_CLASS_HUGETLB_COW,
	MMN_CLASS_MADV_FREE,
	MMN_CLASS_THP_SPLIT,
	MMN_CLASS_THP_COLLAPSE,
	MMN_CLASS_RMAP_UNMAP,
	MMN_CLASS_RMAP_MIGRATE,
	MMN_CLASS_HWPOISON,
	MMN_CLASS_KSM_WRPROTECT,
	MMN_CLASS_KSM_REPLACE,
	MMN_CLASS_UPROBE,
	MMN_CLASS_UFFD_MOVE,
	MMN_CLASS_PMD_UNSHARE,
	MMN_CLASS_MIGRATE_VMA,
	MMN_CLASS_EXCLUSIVE,
	MMN_CLASS_EXCLUSIVE_RESTORE,
	MMN_NR_CLASSES
};

/* The system calls that tell causes apart, whatever their number is. */
enum mmn_sys {
	MMN_SYS_NONE,			/* page fault, kernel thread, not known */
	MMN_SYS_OTHER,			/* a system call that tells nothing */
	MMN_SYS_BRK,
	MMN_SYS_CLOSE,
	MMN_SYS_EXEC,
	MMN_SYS_FALLOCATE,
	MMN_SYS_FTRUNCATE,
	MMN_SYS_IOCTL,
	MMN_SYS_MADVISE,
	MMN_SYS_MMAP,
	MMN_SYS_MPROTECT,
	MMN_SYS_MREMAP,
	MMN_SYS_MUNMAP,
	MMN_SYS_OPEN,
	MMN_SYS_PKEY_MPROTECT,
	MMN_SYS_PROCESS_MADVISE,
	MMN_SYS_PROCESS_MRELEASE,
	MMN_SYS_SHMDT,
	MMN_NR_SYS
};

/* Conditions: facts about the task and the mm at the call site. */
#define MMN_CTX_LOCAL		(1u << 0) /* current->mm is the mm */
#define MMN_CTX_DYING		(1u << 1) /* the mm has no users left */
#define MMN_CTX_EXITING		(1u << 2) /* current is exiting */
#define MMN_CTX_KTHREAD		(1u << 3) /* current is a kernel thread */
#define MMN_CTX_SYSCALL		(1u << 4) /* sys and args can be trusted */
#define MMN_CTX_MMAP_WRITE	(1u << 5) /* current holds mmap_lock for write */
#define MMN_CTX_MMAP_READ	(1u << 10) /* it does not; unlike "not known" */
#define MMN_CTX_NUMA_MOVES	(1u << 6) /* kernel: a hint may move the page */
#define MMN_CTX_VERIFIED	(1u << 7) /* kernel: this series was tested */
#define MMN_CTX_KHUGEPAGED	(1u << 8) /* current is khugepaged */
#define MMN_CTX_OOM_REAPER	(1u << 9) /* current is the OOM reaper */

/**
 * struct mmn_ctx - the context of one invalidation, gathered without waiting
 * @bits: mask of MMN_CTX_*
 * @sys: enum mmn_sys; MMN_SYS_NONE means "not in a system call" if
 *	MMN_CTX_SYSCALL is set, and "nobody knows" if not
 * @args: the arguments of that system call
 */
struct mmn_ctx {
	u32 bits;
	u32 sys;
	unsigned long args[4];
};

/**
 * struct mmn_verdict - what classification says
 * @event: enum mmnotify_event
 * @cause: enum mmnotify_cause
 * @effects: mask of MMNOTIFY_FX_*
 * @flags: MMNOTIFY_F_EXACT and MMNOTIFY_F_WIDENED, others are not its business
 */
struct mmn_verdict {
	u16 event;
	u16 cause;
	u16 effects;
	u16 flags;
};

/* True if the rules of @class look at the context at all. */
bool mmn_classify_wants_ctx(unsigned int class);
void mmn_classify(unsigned int class, unsigned int native,
		  const struct mmn_ctx *ctx, struct mmn_verdict *v);

#endif /* MMN_CLASSIFY_H */
