/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_RULES_H
#define MMN_RULES_H

#include <linux/types.h>

#include <mmnotify/mmnotify_types.h>

/**
 * DOC: Rules
 *
 * This folder turns a call site and the context of the running task into a verdict: event,
 * cause, effects and flags. It is data and pure functions: no locks, no kernel calls, no
 * changing state but the rule cache. It also compiles in user space, for the unit tests and
 * for docs/causes.md.
 *
 * - The site table maps the symbol of a call site to a class: the operation, independent of
 *   version and compiler.
 * - Each class has a list of rules. The first rule with all conditions met decides. Conditions
 *   are bits of the context, the system call and its arguments, and frames on the stack.
 * - A rule may demand the stack instead of a verdict. Then the caller adds the frames above
 *   the call site (frame table) to the context and starts over. Rules that demand the stack
 *   are ignored from then on.
 * - An unknown call site has no rules: the native event remains, with all effects, not exact.
 *
 * So the cause is found in this order: the kernel thread, the system call, mmap_lock and
 * task flags, the stack. Most events are decided before the stack is needed.
 *
 * If the compiler inlined a function whose frame a rule looks for, an outer frame would decide, and
 * give a wrong cause. So where the kernel lacks such a function (MMN_CTX_NO_FRAMES) no frame
 * counts, and the last rule of the class gives the cause of the group.
 *
 * Gathering a context costs time, so each class declares its needs (MMN_NEED_*), and only
 * those parts are gathered.
 *
 * The rule cache keeps verdicts that needed no stack, and the fact that one needs it. Its key
 * has everything that such a verdict depends on: row, native event, context bits, system call,
 * and the bits of one argument that the rules compare. Contexts with the same key have the same
 * verdict; tests/unit/properties_test.c checks it. A verdict that does need the stack depends
 * on row, native event, context bits and frames, not on the system call: see mmn_last_walk_find().
 *
 * Its lookups take no lock. A writer takes an empty slot by a cmpxchg, fills it and publishes it by
 * a release of the key, and then it never changes. Lookups acquire the key
 * (tests/litmus/claim.litmus, publish.litmus).
 *
 * verify=1 checks verdicts against the verify table, which sees only the stack.
 */

/*
 * What a call site does, independent of its symbol. Each class has one list of rules; many
 * symbols may share a class.
 */
enum mmn_class {
	MMN_CLASS_UNKNOWN,		/* the symbol has no row */
	MMN_CLASS_RELEASE,		/* no call site: the mm is released */
	MMN_CLASS_UNMAP,
	MMN_CLASS_MOVE,
	MMN_CLASS_MOVE_HUGETLB,
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
	MMN_CLASS_DIRTY_TRACK,
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

/* System calls that distinguish causes, independent of their numbers. */
enum mmn_sys {
	MMN_SYS_NONE,			/* page fault, kernel thread, unknown */
	MMN_SYS_OTHER,			/* a system call without rules */
	MMN_SYS_BPF,
	MMN_SYS_BRK,
	MMN_SYS_CLOSE,
	MMN_SYS_EXEC,
	MMN_SYS_FALLOCATE,
	MMN_SYS_FTRUNCATE,
	MMN_SYS_GETSOCKOPT,
	MMN_SYS_IOCTL,
	MMN_SYS_IO_DESTROY,
	MMN_SYS_MADVISE,
	MMN_SYS_MMAP,
	MMN_SYS_MPROTECT,
	MMN_SYS_MREMAP,
	MMN_SYS_MUNMAP,
	MMN_SYS_OPEN,
	MMN_SYS_OPENAT,
	MMN_SYS_PERF_EVENT_OPEN,
	MMN_SYS_PKEY_MPROTECT,
	MMN_SYS_PRCTL,
	MMN_SYS_PROCESS_MADVISE,
	MMN_SYS_PROCESS_MRELEASE,
	MMN_SYS_PROCESS_VM_WRITEV,
	MMN_SYS_REMAP_FILE_PAGES,
	MMN_SYS_SETNS,
	MMN_SYS_SHMAT,
	MMN_SYS_SHMDT,
	MMN_SYS_WRITE,			/* and pwrite, writev ... */
	MMN_NR_SYS
};

/*
 * Operations that a function above the call site stands for. Many functions may share one;
 * frame_table.c has their names.
 */
enum mmn_frame {
	MMN_FRAME_NONE,
	MMN_FRAME_ANNOUNCE,		/* the kernel's start and end functions */
	MMN_FRAME_MODULE,		/* any function of another module */
	MMN_FRAME_FILE_SYSTEM,		/* a file system: any function of its module */
	MMN_FRAME_ZAPPER,		/* helper that zaps a part of a VMA */
	MMN_FRAME_DRIVER_ZAPPER,	/* the same, for drivers only */
	MMN_FRAME_UNMAPPER,		/* helper that unmaps a file everywhere */
	MMN_FRAME_UNMAP_FOLIO,		/* the same for one folio of it */
	MMN_FRAME_OTHERS,		/* frames further out do not count */

	MMN_FRAME_KSWAPD,
	MMN_FRAME_DIRECT_RECLAIM,
	MMN_FRAME_MEMCG,
	MMN_FRAME_CHARGE,
	MMN_FRAME_PROACTIVE,
	MMN_FRAME_RECLAIM_PAGES,
	MMN_FRAME_DEMOTE,
	MMN_FRAME_MIGRATION,		/* the core of all migration of pages */
	MMN_FRAME_COMPACT_ADMIN,
	MMN_FRAME_COMPACT_DIRECT,
	MMN_FRAME_KCOMPACTD,
	MMN_FRAME_MOVE_PAGES,
	MMN_FRAME_MBIND,
	MMN_FRAME_MIGRATE_PAGES,
	MMN_FRAME_CPUSET,
	MMN_FRAME_MISPLACED,
	MMN_FRAME_OFFLINE,
	MMN_FRAME_CONTIG,
	MMN_FRAME_LONGTERM,
	MMN_FRAME_DAMON,
	MMN_FRAME_MIGRATE_VMA,
	MMN_FRAME_HWPOISON,
	MMN_FRAME_SOFT_OFFLINE,
	MMN_FRAME_SPLIT,
	MMN_FRAME_COLLAPSE,
	MMN_FRAME_KHUGEPAGED,

	MMN_FRAME_MADVISE,
	MMN_FRAME_MADV_COLLAPSE,
	MMN_FRAME_GUARD_INSTALL,
	MMN_FRAME_TRUNCATE,
	MMN_FRAME_FALLOCATE,
	MMN_FRAME_FALLOCATE_CALL,	/* the system call itself */
	MMN_FRAME_CACHE_RANGE,		/* drops a range of the page cache */
	MMN_FRAME_IOCTL,		/* the system call itself */
	MMN_FRAME_INVALIDATE,
	MMN_FRAME_OPEN,
	MMN_FRAME_REMAP,		/* clone, dedupe, copy_file_range, new block size */
	MMN_FRAME_DAX,
	MMN_FRAME_TCP_ZEROCOPY,
	MMN_FRAME_VDSO,
	MMN_FRAME_ARENA,
	MMN_FRAME_HUGETLB_WP,

	MMN_FRAME_MPROTECT,
	MMN_FRAME_PKEY_MPROTECT,
	MMN_FRAME_NUMA,
	MMN_FRAME_UFFD_WP,
	MMN_FRAME_UFFD_RWP,
	MMN_FRAME_UFFD_END,
	MMN_FRAME_PAGEMAP_SCAN,

	MMN_FRAME_BREAK_KSM,
	MMN_FRAME_UPROBE,
	MMN_FRAME_ACCESS,

	MMN_FRAME_WRITEBACK,
	MMN_FRAME_WRITE,		/* write() to a file */
	MMN_FRAME_DAX_WRITEBACK,
	MMN_FRAME_DIRTY_TRACK,

	MMN_FRAME_EXIT,
	MMN_FRAME_EXEC,
	MMN_FRAME_MUNMAP,
	MMN_FRAME_MMAP,
	MMN_FRAME_BRK,
	MMN_FRAME_SHMDT,
	MMN_FRAME_MREMAP,
	MMN_FRAME_MOVE_VMA,
	MMN_FRAME_SHRINK_VMA,
	MMN_FRAME_MREMAP_TO,
	MMN_FRAME_OOM_REAPER,
	MMN_FRAME_MRELEASE,
	MMN_NR_FRAMES
};

/*
 * Conditions: facts about the task and the mm at the call site. Neither MMAP_WRITE nor
 * MMAP_READ: unknown, because the class does not need the lock, or this kernel's lock cannot
 * be read.
 */
#define MMN_CTX_LOCAL		(1u << 0) /* current->mm is the mm */
#define MMN_CTX_DYING		(1u << 1) /* the mm has no users left */
#define MMN_CTX_EXITING		(1u << 2) /* current is exiting */
#define MMN_CTX_KTHREAD		(1u << 3) /* current is a kernel thread */
#define MMN_CTX_SYSCALL		(1u << 4) /* sys and args can be trusted */
#define MMN_CTX_MMAP_WRITE	(1u << 5) /* current is the writer of mmap_lock */
#define MMN_CTX_NO_FRAMES	(1u << 6) /* kernel: lacks a function that the class looks for */
#define MMN_CTX_VERIFIED	(1u << 7) /* kernel: tested, or trusted (compat/trust.h) */
#define MMN_CTX_KHUGEPAGED	(1u << 8) /* current is khugepaged */
#define MMN_CTX_OOM_REAPER	(1u << 9) /* current is the OOM reaper */
#define MMN_CTX_MMAP_READ	(1u << 10) /* current is not the writer of mmap_lock */
#define MMN_CTX_KSWAPD		(1u << 11) /* current is a kswapd */
#define MMN_CTX_KCOMPACTD	(1u << 12) /* current is a kcompactd */
#define MMN_CTX_KSMD		(1u << 13) /* current is ksmd */
#define MMN_CTX_KDAMOND		(1u << 14) /* current is a kdamond */
#define MMN_CTX_ONE_NODE	(1u << 15) /* machine: no other memory node */
#define MMN_CTX_AT_TARGET	(1u << 16) /* mremap: the range is at the target */
#define MMN_CTX_AT_TAIL		(1u << 17) /* mremap: the range is the tail cut off */
#define MMN_CTX_WALKED		(1u << 18) /* the stack was walked for frames */
#define MMN_CTX_MODULE_CALLS	(1u << 19) /* walk: a module requested the zap */
#define MMN_CTX_MIGRATION	(1u << 20) /* class: the page is unmapped for migration */
#define MMN_CTX_NUMA_MOVES	(1u << 21) /* kernel: a NUMA hint may also migrate */
#define MMN_CTX_INCOMPLETE	(1u << 22) /* walk: outer frames may be missing */

#define MMN_FRAMES_MAX		24

/* Parts of the context that the rules of a class look at; only those are gathered. */
#define MMN_NEED_TASK	(1u << 0) /* LOCAL, DYING, EXITING */
#define MMN_NEED_THREAD	(1u << 1) /* which kernel thread it is */
#define MMN_NEED_LOCK	(1u << 2) /* MMAP_WRITE, MMAP_READ */
#define MMN_NEED_SYS	(1u << 3) /* SYSCALL, struct mmn_ctx.sys */
#define MMN_NEED_ARGS	(1u << 4) /* struct mmn_ctx.args, for MMN_SYS_WITH_ARGS */
#define MMN_NEED_PLACE	(1u << 5) /* AT_TARGET, AT_TAIL */

/* System calls with arguments that some rule looks at. */
#define MMN_SYS_WITH_ARGS	(1u << MMN_SYS_BPF | 1u << MMN_SYS_FALLOCATE | \
				 1u << MMN_SYS_GETSOCKOPT | 1u << MMN_SYS_IOCTL | \
				 1u << MMN_SYS_MADVISE | 1u << MMN_SYS_MMAP | \
				 1u << MMN_SYS_MPROTECT | 1u << MMN_SYS_MREMAP | \
				 1u << MMN_SYS_OPEN | 1u << MMN_SYS_OPENAT | \
				 1u << MMN_SYS_PKEY_MPROTECT | 1u << MMN_SYS_PRCTL | \
				 1u << MMN_SYS_PROCESS_MADVISE)

/**
 * struct mmn_ctx - context of one invalidation, as far as its class needs it
 * @bits: mask of MMN_CTX_*
 * @sys: enum mmn_sys; MMN_SYS_NONE means "not in a system call" if MMN_CTX_SYSCALL is set,
 *	and "unknown" if not
 * @args: first four arguments of that system call
 * @nr_frames: number of entries in @frames
 * @frames: enum mmn_frame of the functions above the call site, innermost first, without
 *	those that are MMN_FRAME_NONE
 */
struct mmn_ctx {
	u32 bits;
	u32 sys;
	unsigned long args[4];
	u8 nr_frames;
	u8 frames[MMN_FRAMES_MAX];
};

/**
 * struct mmn_verdict - meaning of one invalidation
 * @event: enum mmnotify_event
 * @cause: enum mmnotify_cause
 * @effects: mask of MMNOTIFY_FX_*
 * @flags: MMNOTIFY_F_EXACT and MMNOTIFY_F_WIDENED; the rules set no others
 */
struct mmn_verdict {
	u16 event;
	u16 cause;
	u16 effects;
	u16 flags;
};

/* How a rule decides: mmn_rules_how(), for documents. */
#define MMN_RULE_NEEDS_STACK	(1u << 0) /* no verdict: it demands the stack */
#define MMN_RULE_SAW	(1u << 1) /* a verdict that depends on the stack */
#define MMN_RULE_ALWAYS	(1u << 2) /* it has no condition */
#define MMN_RULE_NEVER	(1u << 3) /* never matches in its class */

u32 mmn_rules_needs(unsigned int class);
bool mmn_rules_look_for(unsigned int class, unsigned int frame);
bool mmn_rules_classify(unsigned int class, unsigned int native,
			const struct mmn_ctx *ctx, struct mmn_verdict *v);
bool mmn_rules_get(unsigned int class, unsigned int nr,
		   struct mmn_verdict *v);
u32 mmn_rules_how(unsigned int class, unsigned int nr);

#endif /* MMN_RULES_H */
