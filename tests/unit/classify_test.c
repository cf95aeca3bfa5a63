// SPDX-License-Identifier: GPL-2.0-only
/*
 * classify: what it says for each rule (cases), and what it never says for any
 * class, context and system call (properties). "make mutants" proves that no
 * rule and no condition can be taken away without a case noticing.
 */
#include <linux/kernel.h>
#include <linux/types.h>

#include "classify.h"
#include "tap.h"

#define MREMAP_DONTUNMAP	4
#define MADV_DONTNEED		4
#define MADV_REMOVE		9
#define MADV_UNMERGEABLE	13
#define MADV_PAGEOUT		21
#define MADV_DONTNEED_LOCKED	24
#define MADV_COLLAPSE		25
#define MADV_HWPOISON		100
#define MADV_GUARD_INSTALL	102
#define UFFDIO_UNREGISTER	0x8010aa01ul
#define UFFDIO_WRITEPROTECT	0xc018aa06ul
#define UFFDIO_RWPROTECT	0xc018aa09ul

#define CLEAR_FX	(MMNOTIFY_FX_PFN | MMNOTIFY_FX_NO_WRITE | \
			 MMNOTIFY_FX_NO_READ | MMNOTIFY_FX_DIRTY)
#define ACCESS_FX	(MMNOTIFY_FX_NO_WRITE | MMNOTIFY_FX_NO_READ)
#define WRITE_FX	MMNOTIFY_FX_NO_WRITE
#define CLEAN_FX	(MMNOTIFY_FX_NO_WRITE | MMNOTIFY_FX_DIRTY)
#define ALL_FX		MMNOTIFY_FX_ALL
#define NO_FX		0

/*
 * struct test_case - one context and the verdict it deserves
 *
 * The verified bit is always added; MMN_CTX_SYSCALL comes with a system call.
 */
struct test_case {
	const char *what;
	u8 class;
	u8 sys;
	u16 bits;
	u8 arg;
	unsigned long val;
	u8 event;
	u8 cause;
	u8 effects;
	u8 flags;
};

#define CLASS(c)	.class = MMN_CLASS_##c
#define BITS(b)		.bits = (b)
#define SYS(s)		.sys = MMN_SYS_##s, .bits = MMN_CTX_SYSCALL
#define SYSB(s, b)	.sys = MMN_SYS_##s, .bits = MMN_CTX_SYSCALL | (b)
#define ARG(n, v)	.arg = (n), .val = (v)
#define IS(e, c, fx)	.event = MMNOTIFY_##e, .cause = MMNOTIFY_CAUSE_##c, \
			.effects = fx##_FX, .flags = MMNOTIFY_F_EXACT
#define ISW(e, c, fx)	.event = MMNOTIFY_##e, .cause = MMNOTIFY_CAUSE_##c, \
			.effects = fx##_FX, \
			.flags = MMNOTIFY_F_EXACT | MMNOTIFY_F_WIDENED
#define GUESS(e, c)	.event = MMNOTIFY_##e, .cause = MMNOTIFY_CAUSE_##c, \
			.effects = MMNOTIFY_FX_ALL

#define LOCAL		MMN_CTX_LOCAL
#define DYING		MMN_CTX_DYING
#define EXITING		MMN_CTX_EXITING
#define TRUSTED		MMN_CTX_SYSCALL
#define WRITER		(MMN_CTX_LOCAL | MMN_CTX_MMAP_WRITE)
#define READER		(MMN_CTX_LOCAL | MMN_CTX_MMAP_READ)
#define MOVES		MMN_CTX_NUMA_MOVES
#define KHUGEPAGED	(MMN_CTX_KTHREAD | MMN_CTX_KHUGEPAGED)

/* clang-format off */
static const struct test_case end_cases[] = {
	{ "exit releases", CLASS(RELEASE), BITS(EXITING), IS(RELEASE, EXIT, ALL) },
	{ "exec releases", CLASS(RELEASE), SYS(EXEC), IS(RELEASE, EXEC, ALL) },
	{ "another task's mmput releases", CLASS(RELEASE), SYS(OTHER), IS(RELEASE, EXIT, ALL) },
	{ "a failing exec that kills is an exit", CLASS(RELEASE), SYSB(EXEC, EXITING), IS(RELEASE, EXIT, ALL) },

	{ "exit unmaps", CLASS(UNMAP), BITS(DYING | EXITING), IS(UNMAP, EXIT, ALL) },
	{ "another task's mmput unmaps", CLASS(UNMAP), SYSB(MUNMAP, DYING), IS(UNMAP, EXIT, ALL) },
	{ "exec unmaps", CLASS(UNMAP), SYSB(EXEC, DYING), IS(UNMAP, EXEC, ALL) },
	{ "a failing exec that kills unmaps as exit", CLASS(UNMAP), SYSB(EXEC, DYING | EXITING), IS(UNMAP, EXIT, ALL) },
	{ "exec that sets a new mm up does not end it", CLASS(UNMAP), SYSB(EXEC, LOCAL), IS(UNMAP, UNMAP, ALL) },
	{ "munmap", CLASS(UNMAP), SYSB(MUNMAP, LOCAL), IS(UNMAP, MUNMAP, ALL) },
	{ "munmap is not of another mm", CLASS(UNMAP), SYS(MUNMAP), IS(UNMAP, UNMAP, ALL) },
	{ "mmap over it", CLASS(UNMAP), SYSB(MMAP, LOCAL), IS(UNMAP, MMAP_FIXED, ALL) },
	{ "mmap is not of another mm", CLASS(UNMAP), SYS(MMAP), IS(UNMAP, UNMAP, ALL) },
	{ "mremap", CLASS(UNMAP), SYSB(MREMAP, LOCAL), IS(UNMAP, MREMAP, ALL) },
	{ "mremap is not of another mm", CLASS(UNMAP), SYS(MREMAP), IS(UNMAP, UNMAP, ALL) },
	{ "brk", CLASS(UNMAP), SYSB(BRK, LOCAL), IS(UNMAP, BRK, ALL) },
	{ "brk is not of another mm", CLASS(UNMAP), SYS(BRK), IS(UNMAP, UNMAP, ALL) },
	{ "shmdt", CLASS(UNMAP), SYSB(SHMDT, LOCAL), IS(UNMAP, SHMDT, ALL) },
	{ "shmdt is not of another mm", CLASS(UNMAP), SYS(SHMDT), IS(UNMAP, UNMAP, ALL) },
	{ "some other unmap", CLASS(UNMAP), BITS(LOCAL), IS(UNMAP, UNMAP, ALL) },

	{ "mremap moves", CLASS(MOVE), SYSB(MREMAP, LOCAL), ARG(3, 3), IS(UNMAP, MREMAP, ALL) },
	{ "MREMAP_DONTUNMAP clears, the old VMA stays", CLASS(MOVE), SYSB(MREMAP, LOCAL), ARG(3, MREMAP_DONTUNMAP | 1), IS(CLEAR, MREMAP_DONTUNMAP, CLEAR) },
	{ "another mm's move is a guess", CLASS(MOVE), SYS(MREMAP), ARG(3, MREMAP_DONTUNMAP), GUESS(UNMAP, MREMAP) },
	{ "another mm's move is a guess without the flag", CLASS(MOVE), SYS(MREMAP), ARG(3, 1), GUESS(UNMAP, MREMAP) },
	{ "a move in no system call is a guess", CLASS(MOVE), BITS(LOCAL | TRUSTED), ARG(3, MREMAP_DONTUNMAP), GUESS(UNMAP, MREMAP) },
	{ "a move in another system call is a guess", CLASS(MOVE), SYSB(MMAP, LOCAL), ARG(3, MREMAP_DONTUNMAP), GUESS(UNMAP, MREMAP) },
};

static const struct test_case zap_cases[] = {
	{ "MADV_DONTNEED", CLASS(ZAP), SYS(MADVISE), ARG(2, MADV_DONTNEED), IS(CLEAR, MADV_DONTNEED, CLEAR) },
	{ "MADV_DONTNEED_LOCKED", CLASS(ZAP), SYS(MADVISE), ARG(2, MADV_DONTNEED_LOCKED), IS(CLEAR, MADV_DONTNEED, CLEAR) },
	{ "the advice is an int", CLASS(ZAP), SYS(MADVISE), ARG(2, 0xdead00000000ul | MADV_DONTNEED), IS(CLEAR, MADV_DONTNEED, CLEAR) },
	{ "MADV_REMOVE", CLASS(ZAP), SYS(MADVISE), ARG(2, MADV_REMOVE), IS(CLEAR, MADV_REMOVE, CLEAR) },
	{ "MADV_COLLAPSE", CLASS(ZAP), SYS(MADVISE), ARG(2, MADV_COLLAPSE), IS(CLEAR, MADV_COLLAPSE, CLEAR) },
	{ "MADV_GUARD_INSTALL", CLASS(ZAP), SYS(MADVISE), ARG(2, MADV_GUARD_INSTALL), IS(CLEAR, GUARD_INSTALL, CLEAR) },
	{ "some other advice", CLASS(ZAP), SYS(MADVISE), ARG(2, 1), IS(CLEAR, ZAP, CLEAR) },
	{ "process_madvise(MADV_DONTNEED)", CLASS(ZAP), SYS(PROCESS_MADVISE), ARG(3, MADV_DONTNEED), IS(CLEAR, MADV_DONTNEED, CLEAR) },
	{ "process_madvise() of something else", CLASS(ZAP), SYS(PROCESS_MADVISE), ARG(3, MADV_REMOVE), IS(CLEAR, ZAP, CLEAR) },
	{ "ftruncate", CLASS(ZAP), SYS(FTRUNCATE), IS(CLEAR, TRUNCATE, CLEAR) },
	{ "O_TRUNC", CLASS(ZAP), SYS(OPEN), IS(CLEAR, TRUNCATE, CLEAR) },
	{ "fallocate", CLASS(ZAP), SYS(FALLOCATE), IS(CLEAR, HOLE_PUNCH, CLEAR) },
	{ "khugepaged zaps", CLASS(ZAP), BITS(KHUGEPAGED), IS(CLEAR, KHUGEPAGED, CLEAR) },
	{ "a driver zaps", CLASS(ZAP), SYS(IOCTL), ARG(2, MADV_DONTNEED), IS(CLEAR, ZAP, CLEAR) },
	{ "a kernel thread zaps", CLASS(ZAP), BITS(MMN_CTX_KTHREAD), IS(CLEAR, ZAP, CLEAR) },

	{ "hugetlb: ftruncate", CLASS(HUGETLB_NESTED), SYS(FTRUNCATE), ISW(CLEAR, TRUNCATE, CLEAR) },
	{ "hugetlb: O_TRUNC", CLASS(HUGETLB_NESTED), SYS(OPEN), ISW(CLEAR, TRUNCATE, CLEAR) },
	{ "hugetlb: fallocate", CLASS(HUGETLB_NESTED), SYS(FALLOCATE), ISW(CLEAR, HOLE_PUNCH, CLEAR) },
	{ "hugetlb: MADV_DONTNEED", CLASS(HUGETLB_NESTED), SYS(MADVISE), ARG(2, MADV_DONTNEED), ISW(CLEAR, MADV_DONTNEED, CLEAR) },
	{ "hugetlb: MADV_REMOVE", CLASS(HUGETLB_NESTED), SYS(MADVISE), ARG(2, MADV_REMOVE), ISW(CLEAR, MADV_REMOVE, CLEAR) },
	{ "hugetlb: some other advice", CLASS(HUGETLB_NESTED), SYS(MADVISE), ARG(2, 1), ISW(CLEAR, HUGETLB_UNMAP, CLEAR) },
	{ "hugetlb: inside munmap", CLASS(HUGETLB_NESTED), SYSB(MUNMAP, LOCAL), ISW(CLEAR, HUGETLB_UNMAP, CLEAR) },

	{ "the OOM reaper clears", CLASS(REAP), BITS(MMN_CTX_KTHREAD | MMN_CTX_OOM_REAPER), IS(CLEAR, OOM_REAPER, CLEAR) },
	{ "process_mrelease clears", CLASS(REAP), SYS(PROCESS_MRELEASE), IS(CLEAR, PROCESS_MRELEASE, CLEAR) },
	{ "a victim that reaps itself clears", CLASS(REAP), BITS(DYING | EXITING), IS(CLEAR, REAP, CLEAR) },
};

static const struct test_case protect_cases[] = {
	{ "mprotect", CLASS(PROTECT), SYSB(MPROTECT, WRITER), IS(PROTECTION_VMA, MPROTECT, ACCESS) },
	{ "mprotect that does not hold the lock to write is a hint", CLASS(PROTECT), SYSB(MPROTECT, READER), IS(PROTECTION_PAGE, NUMA_HINT, NO) },
	{ "mprotect when nobody knows the lock", CLASS(PROTECT), SYSB(MPROTECT, LOCAL), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "mprotect is not of another mm", CLASS(PROTECT), SYSB(MPROTECT, MMN_CTX_MMAP_WRITE), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "pkey_mprotect", CLASS(PROTECT), SYSB(PKEY_MPROTECT, WRITER), IS(PROTECTION_VMA, PKEY_MPROTECT, ACCESS) },
	{ "pkey_mprotect when nobody knows the lock", CLASS(PROTECT), SYSB(PKEY_MPROTECT, LOCAL), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "pkey_mprotect is not of another mm", CLASS(PROTECT), SYSB(PKEY_MPROTECT, MMN_CTX_MMAP_WRITE), GUESS(PROTECTION_VMA, PROTECTION) },

	{ "UFFDIO_UNREGISTER", CLASS(PROTECT), SYSB(IOCTL, WRITER), ARG(1, UFFDIO_UNREGISTER), IS(PROTECTION_PAGE, UFFD_WP_UNREGISTER, ACCESS) },
	{ "UFFDIO_UNREGISTER of another mm", CLASS(PROTECT), SYSB(IOCTL, MMN_CTX_MMAP_WRITE), ARG(1, UFFDIO_UNREGISTER), IS(PROTECTION_PAGE, UFFD_WP_UNREGISTER, ACCESS) },
	{ "UFFDIO_UNREGISTER without the lock", CLASS(PROTECT), SYSB(IOCTL, LOCAL), ARG(1, UFFDIO_UNREGISTER), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "another ioctl that writes", CLASS(PROTECT), SYSB(IOCTL, WRITER), ARG(1, UFFDIO_WRITEPROTECT), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "closing a userfaultfd", CLASS(PROTECT), SYSB(CLOSE, WRITER), IS(PROTECTION_PAGE, UFFD_WP_UNREGISTER, ACCESS) },
	{ "a hint on the way out of close", CLASS(PROTECT), SYSB(CLOSE, READER), IS(PROTECTION_PAGE, NUMA_HINT, NO) },
	{ "exit closes a userfaultfd", CLASS(PROTECT), BITS(MMN_CTX_MMAP_WRITE | TRUSTED), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "UNREGISTER is not of close", CLASS(PROTECT), SYSB(MUNMAP, WRITER), ARG(1, UFFDIO_UNREGISTER), GUESS(PROTECTION_VMA, PROTECTION) },

	{ "uffd-wp of another mm", CLASS(PROTECT), SYSB(IOCTL, MMN_CTX_MMAP_READ), ARG(1, UFFDIO_WRITEPROTECT), IS(PROTECTION_PAGE, UFFD_WP, WRITE) },
	{ "uffd-wp of another mm on 5.10", CLASS(PROTECT), SYSB(IOCTL, MMN_CTX_MMAP_READ | MOVES), ARG(1, UFFDIO_WRITEPROTECT), IS(PROTECTION_PAGE, UFFD_WP, WRITE) },
	{ "uffd-wp when nobody knows the lock", CLASS(PROTECT), SYSB(IOCTL, 0), ARG(1, UFFDIO_WRITEPROTECT), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "uffd-wp or a hint", CLASS(PROTECT), SYSB(IOCTL, READER), ARG(1, UFFDIO_WRITEPROTECT), IS(PROTECTION_PAGE, PROTECTION, WRITE) },
	{ "uffd-wp or a hint, when nobody knows the lock", CLASS(PROTECT), SYSB(IOCTL, LOCAL), ARG(1, UFFDIO_WRITEPROTECT), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "uffd-wp or a hint that may move", CLASS(PROTECT), SYSB(IOCTL, READER | MOVES), ARG(1, UFFDIO_WRITEPROTECT), IS(PROTECTION_PAGE, PROTECTION, CLEAR) },
	{ "uffd-rwp of another mm", CLASS(PROTECT), SYSB(IOCTL, MMN_CTX_MMAP_READ), ARG(1, UFFDIO_RWPROTECT), IS(PROTECTION_PAGE, UFFD_RWP, ACCESS) },
	{ "uffd-rwp when nobody knows the lock", CLASS(PROTECT), SYSB(IOCTL, 0), ARG(1, UFFDIO_RWPROTECT), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "uffd-rwp or a hint", CLASS(PROTECT), SYSB(IOCTL, READER), ARG(1, UFFDIO_RWPROTECT), IS(PROTECTION_PAGE, PROTECTION, ACCESS) },
	{ "uffd-rwp or a hint, when nobody knows the lock", CLASS(PROTECT), SYSB(IOCTL, LOCAL), ARG(1, UFFDIO_RWPROTECT), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "uffd-rwp or a hint that may move", CLASS(PROTECT), SYSB(IOCTL, READER | MOVES), ARG(1, UFFDIO_RWPROTECT), IS(PROTECTION_PAGE, PROTECTION, CLEAR) },
	{ "the ioctl of 32 bits", CLASS(PROTECT), SYSB(IOCTL, READER), ARG(1, 0xffffffff00000000ul | UFFDIO_RWPROTECT), IS(PROTECTION_PAGE, PROTECTION, ACCESS) },
	{ "an unknown ioctl of another mm", CLASS(PROTECT), SYSB(IOCTL, MMN_CTX_MMAP_READ), ARG(1, 1), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "the number of an ioctl in another call", CLASS(PROTECT), SYSB(OTHER, MMN_CTX_MMAP_READ), ARG(1, UFFDIO_WRITEPROTECT), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "the other number of an ioctl in another call", CLASS(PROTECT), SYSB(OTHER, MMN_CTX_MMAP_READ), ARG(1, UFFDIO_RWPROTECT), GUESS(PROTECTION_VMA, PROTECTION) },

	{ "a hint in a page fault", CLASS(PROTECT), BITS(READER | TRUSTED), IS(PROTECTION_PAGE, NUMA_HINT, NO) },
	{ "a hint on the way out of some call", CLASS(PROTECT), SYSB(OTHER, READER), ARG(1, UFFDIO_WRITEPROTECT), IS(PROTECTION_PAGE, NUMA_HINT, NO) },
	{ "a hint on the way out of some ioctl", CLASS(PROTECT), SYSB(IOCTL, READER), ARG(1, 1), IS(PROTECTION_PAGE, NUMA_HINT, NO) },
	{ "a hint after UNREGISTER", CLASS(PROTECT), SYSB(IOCTL, READER), ARG(1, UFFDIO_UNREGISTER), IS(PROTECTION_PAGE, NUMA_HINT, NO) },
	{ "a hint that may move", CLASS(PROTECT), SYSB(OTHER, READER | MOVES), IS(PROTECTION_PAGE, NUMA_HINT, CLEAR) },
	{ "a hint that may move, in a page fault", CLASS(PROTECT), BITS(READER | MOVES | TRUSTED), IS(PROTECTION_PAGE, NUMA_HINT, CLEAR) },
	{ "a hint when nobody knows the call", CLASS(PROTECT), BITS(READER), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "a hint that may move when nobody knows the call", CLASS(PROTECT), BITS(READER | MOVES), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "a hint when nobody knows the lock", CLASS(PROTECT), BITS(LOCAL | TRUSTED), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "a hint that may move when nobody knows the lock", CLASS(PROTECT), BITS(LOCAL | TRUSTED | MOVES), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "an ioctl that may be a hint, nobody knows the lock", CLASS(PROTECT), SYSB(IOCTL, LOCAL | MOVES), ARG(1, 1), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "hints are never of another mm", CLASS(PROTECT), BITS(MMN_CTX_MMAP_READ | TRUSTED), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "hints that may move are never of another mm", CLASS(PROTECT), BITS(MMN_CTX_MMAP_READ | TRUSTED | MOVES), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "an unknown ioctl of another mm is no hint", CLASS(PROTECT), SYSB(IOCTL, MMN_CTX_MMAP_READ | MOVES), ARG(1, 1), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "on 5.10 an ioctl may be anything", CLASS(PROTECT), SYSB(IOCTL, READER | MOVES), ARG(1, 1), IS(PROTECTION_PAGE, PROTECTION, CLEAR) },
};

static const struct test_case hugetlb_protect_cases[] = {
	{ "hugetlb: mprotect", CLASS(HUGETLB_PROTECT), SYSB(MPROTECT, WRITER), ISW(PROTECTION_VMA, MPROTECT, ACCESS) },
	{ "hugetlb: mprotect when nobody knows the lock", CLASS(HUGETLB_PROTECT), SYSB(MPROTECT, LOCAL), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "hugetlb: mprotect is not of another mm", CLASS(HUGETLB_PROTECT), SYSB(MPROTECT, MMN_CTX_MMAP_WRITE), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "hugetlb: pkey_mprotect", CLASS(HUGETLB_PROTECT), SYSB(PKEY_MPROTECT, WRITER), ISW(PROTECTION_VMA, PKEY_MPROTECT, ACCESS) },
	{ "hugetlb: pkey_mprotect when nobody knows the lock", CLASS(HUGETLB_PROTECT), SYSB(PKEY_MPROTECT, LOCAL), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "hugetlb: pkey_mprotect is not of another mm", CLASS(HUGETLB_PROTECT), SYSB(PKEY_MPROTECT, MMN_CTX_MMAP_WRITE), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "hugetlb: UFFDIO_UNREGISTER", CLASS(HUGETLB_PROTECT), SYSB(IOCTL, WRITER), ARG(1, UFFDIO_UNREGISTER), ISW(PROTECTION_PAGE, UFFD_WP_UNREGISTER, ACCESS) },
	{ "hugetlb: UFFDIO_UNREGISTER without the lock", CLASS(HUGETLB_PROTECT), SYSB(IOCTL, LOCAL), ARG(1, UFFDIO_UNREGISTER), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "hugetlb: another ioctl that writes", CLASS(HUGETLB_PROTECT), SYSB(IOCTL, WRITER), ARG(1, 1), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "hugetlb: UNREGISTER's number in another call", CLASS(HUGETLB_PROTECT), SYSB(MUNMAP, WRITER), ARG(1, UFFDIO_UNREGISTER), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "hugetlb: closing a userfaultfd", CLASS(HUGETLB_PROTECT), SYSB(CLOSE, WRITER), ISW(PROTECTION_PAGE, UFFD_WP_UNREGISTER, ACCESS) },
	{ "hugetlb: close does not read", CLASS(HUGETLB_PROTECT), SYSB(CLOSE, READER), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "hugetlb: uffd-wp", CLASS(HUGETLB_PROTECT), SYSB(IOCTL, READER), ARG(1, UFFDIO_WRITEPROTECT), ISW(PROTECTION_PAGE, UFFD_WP, WRITE) },
	{ "hugetlb: uffd-wp when nobody knows the lock", CLASS(HUGETLB_PROTECT), SYSB(IOCTL, LOCAL), ARG(1, UFFDIO_WRITEPROTECT), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "hugetlb: uffd-rwp", CLASS(HUGETLB_PROTECT), SYSB(IOCTL, READER), ARG(1, UFFDIO_RWPROTECT), ISW(PROTECTION_PAGE, UFFD_RWP, ACCESS) },
	{ "hugetlb: uffd-rwp when nobody knows the lock", CLASS(HUGETLB_PROTECT), SYSB(IOCTL, LOCAL), ARG(1, UFFDIO_RWPROTECT), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "hugetlb: an unknown ioctl", CLASS(HUGETLB_PROTECT), SYSB(IOCTL, READER), ARG(1, 1), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "hugetlb: no hints", CLASS(HUGETLB_PROTECT), SYSB(OTHER, READER), ARG(1, UFFDIO_WRITEPROTECT), GUESS(PROTECTION_VMA, PROTECTION) },
	{ "hugetlb: still no hints", CLASS(HUGETLB_PROTECT), SYSB(OTHER, READER), ARG(1, UFFDIO_RWPROTECT), GUESS(PROTECTION_VMA, PROTECTION) },
};

static const struct test_case page_cases[] = {
	{ "PAGEMAP_SCAN", CLASS(PAGEMAP_SCAN), ISW(PROTECTION_PAGE, PAGEMAP_SCAN, CLEAN) },
	{ "clear_refs", CLASS(CLEAR_REFS), ISW(SOFT_DIRTY, SOFT_DIRTY_CLEAR, CLEAN) },
	{ "fork", CLASS(FORK), IS(PROTECTION_PAGE, FORK, WRITE) },
	{ "writeback", CLASS(MKCLEAN), IS(PROTECTION_PAGE, MKCLEAN, CLEAN) },
	{ "DAX writeback", CLASS(DAX_MKCLEAN), IS(PROTECTION_PAGE, DAX_WRITEBACK, CLEAN) },
	{ "COW", CLASS(COW), IS(CLEAR, COW, CLEAR) },
	{ "COW in another madvise", CLASS(COW), SYS(MADVISE), ARG(2, 14), IS(CLEAR, COW, CLEAR) },
	{ "MADV_UNMERGEABLE", CLASS(COW), SYS(MADVISE), ARG(2, MADV_UNMERGEABLE), IS(CLEAR, KSM_UNMERGE, CLEAR) },
	{ "its number in another call", CLASS(COW), SYS(OTHER), ARG(2, MADV_UNMERGEABLE), IS(CLEAR, COW, CLEAR) },
	{ "hugetlb COW", CLASS(HUGETLB_COW), IS(CLEAR, HUGETLB_COW, CLEAR) },
	{ "MADV_FREE clears", CLASS(MADV_FREE), SYS(MADVISE), ARG(2, 8), IS(CLEAR, MADV_FREE, CLEAR) },
	{ "a THP split", CLASS(THP_SPLIT), IS(CLEAR, THP_SPLIT, CLEAR) },
	{ "khugepaged collapses", CLASS(THP_COLLAPSE), BITS(KHUGEPAGED), IS(CLEAR, KHUGEPAGED, CLEAR) },
	{ "MADV_COLLAPSE collapses", CLASS(THP_COLLAPSE), SYS(MADVISE), ARG(2, MADV_COLLAPSE), IS(CLEAR, MADV_COLLAPSE, CLEAR) },
	{ "a uprobe collapses", CLASS(THP_COLLAPSE), SYS(MADVISE), ARG(2, 1), IS(CLEAR, THP_COLLAPSE, CLEAR) },
	{ "another call collapses", CLASS(THP_COLLAPSE), SYS(OTHER), ARG(2, MADV_COLLAPSE), IS(CLEAR, THP_COLLAPSE, CLEAR) },
	{ "MADV_PAGEOUT", CLASS(RMAP_UNMAP), SYS(MADVISE), ARG(2, MADV_PAGEOUT), IS(CLEAR, MADV_PAGEOUT, CLEAR) },
	{ "MADV_HWPOISON", CLASS(RMAP_UNMAP), SYS(MADVISE), ARG(2, MADV_HWPOISON), IS(CLEAR, HWPOISON, CLEAR) },
	{ "MADV_COLLAPSE of a file", CLASS(RMAP_UNMAP), SYS(MADVISE), ARG(2, MADV_COLLAPSE), IS(CLEAR, MADV_COLLAPSE, CLEAR) },
	{ "khugepaged collapses a file", CLASS(RMAP_UNMAP), BITS(KHUGEPAGED), IS(CLEAR, KHUGEPAGED, CLEAR) },
	{ "reclaim", CLASS(RMAP_UNMAP), SYS(OTHER), ARG(2, MADV_PAGEOUT), IS(CLEAR, RMAP_UNMAP, CLEAR) },
	{ "reclaim in another madvise", CLASS(RMAP_UNMAP), SYS(MADVISE), ARG(2, 14), IS(CLEAR, RMAP_UNMAP, CLEAR) },
	{ "migration", CLASS(RMAP_MIGRATE), IS(CLEAR, RMAP_MIGRATE, CLEAR) },
	{ "memory failure", CLASS(HWPOISON), IS(CLEAR, HWPOISON, CLEAR) },
	{ "KSM protects a page of its own symbol", CLASS(KSM_WRPROTECT), IS(PROTECTION_PAGE, KSM_MERGE, CLEAN) },
	{ "KSM replaces", CLASS(KSM_REPLACE), IS(CLEAR, KSM_MERGE, CLEAR) },
	{ "a uprobe", CLASS(UPROBE), IS(CLEAR, UPROBE, CLEAR) },
	{ "UFFDIO_MOVE", CLASS(UFFD_MOVE), IS(CLEAR, UFFD_MOVE, CLEAR) },
	{ "hugetlb tables unshared", CLASS(PMD_UNSHARE), ISW(CLEAR, HUGETLB_PMD_UNSHARE, CLEAR) },
	{ "migrate_vma", CLASS(MIGRATE_VMA), IS(MIGRATE, MIGRATE_VMA, CLEAR) },
	{ "device exclusive", CLASS(EXCLUSIVE), IS(EXCLUSIVE, DEVICE_EXCLUSIVE, CLEAR) },
	{ "the CPU takes it back", CLASS(EXCLUSIVE_RESTORE), IS(CLEAR, DEVICE_EXCLUSIVE_RESTORE, CLEAR) },
};

/* clang-format on */

static bool seen_class[MMN_NR_CLASSES];

static void diag_verdict(const char *what, const struct mmn_verdict *v)
{
	printf("#   %s: event %u cause %u effects 0x%x flags 0x%x\n", what,
	       v->event, v->cause, v->effects, v->flags);
}

static void run_case(const struct test_case *c)
{
	struct mmn_ctx ctx = { .bits = c->bits | MMN_CTX_VERIFIED, .sys = c->sys };
	struct mmn_verdict want = { c->event, c->cause, c->effects, c->flags };
	struct mmn_verdict v;

	ctx.args[c->arg] = c->val;
	/* The native event must not matter where a rule decides. */
	mmn_classify(c->class, MMNOTIFY_NR_EVENTS, &ctx, &v);
	seen_class[c->class] = true;
	if (ok(v.event == want.event && v.cause == want.cause &&
	       v.effects == want.effects && v.flags == want.flags, "%s", c->what))
		return;
	diag_verdict("expected", &want);
	diag_verdict("verdict", &v);
}

static void run_cases(const struct test_case *cases, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		run_case(&cases[i]);
}

#define RUN(cases)	run_cases(cases, ARRAY_SIZE(cases))

static void test_cases(void)
{
	unsigned int class;

	RUN(end_cases);
	RUN(zap_cases);
	RUN(protect_cases);
	RUN(hugetlb_protect_cases);
	RUN(page_cases);
	for (class = MMN_CLASS_UNKNOWN + 1; class < MMN_NR_CLASSES; class++)
		if (!seen_class[class])
			break;
	ok(class == MMN_NR_CLASSES, "every class has a case (class %u)", class);
}

/* What no row names keeps the kernel's event and claims nothing. */
static void test_unknown(void)
{
	static const unsigned int classes[] = {
		MMN_CLASS_UNKNOWN, MMN_NR_CLASSES, MMN_NR_CLASSES + 1, ~0u,
	};
	struct mmn_ctx ctx = { .bits = MMN_CTX_VERIFIED };
	unsigned int i, native, bad = 0;
	struct mmn_verdict v;

	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		for (native = 0; native < MMNOTIFY_NR_EVENTS; native++) {
			mmn_classify(classes[i], native, &ctx, &v);
			bad += v.event != native || v.flags ||
			       v.cause != MMNOTIFY_CAUSE_UNKNOWN ||
			       v.effects != MMNOTIFY_FX_ALL;
		}
		ok(!bad, "class %u: the native event as a hint, not exact",
		   classes[i]);
		mmn_classify(classes[i], MMNOTIFY_NR_EVENTS, &ctx, &v);
		ok(v.event == MMNOTIFY_CLEAR && !v.flags,
		   "class %u: a native event from the future is CLEAR",
		   classes[i]);
		ok(!mmn_classify_wants_ctx(classes[i]),
		   "class %u: no context wanted", classes[i]);
	}
}

/* Where one rule serves all, nothing is gathered; elsewhere it must be. */
static void test_wants_ctx(void)
{
	static const u8 one_rule[] = {
		MMN_CLASS_PAGEMAP_SCAN, MMN_CLASS_CLEAR_REFS, MMN_CLASS_FORK,
		MMN_CLASS_MKCLEAN, MMN_CLASS_DAX_MKCLEAN,
		MMN_CLASS_HUGETLB_COW, MMN_CLASS_MADV_FREE,
		MMN_CLASS_THP_SPLIT, MMN_CLASS_RMAP_MIGRATE,
		MMN_CLASS_HWPOISON, MMN_CLASS_KSM_WRPROTECT,
		MMN_CLASS_KSM_REPLACE, MMN_CLASS_UPROBE, MMN_CLASS_UFFD_MOVE,
		MMN_CLASS_PMD_UNSHARE, MMN_CLASS_MIGRATE_VMA,
		MMN_CLASS_EXCLUSIVE, MMN_CLASS_EXCLUSIVE_RESTORE,
	};
	bool expected[MMN_NR_CLASSES];
	unsigned int class, i;

	for (class = 0; class < MMN_NR_CLASSES; class++)
		expected[class] = class != MMN_CLASS_UNKNOWN;
	for (i = 0; i < ARRAY_SIZE(one_rule); i++)
		expected[one_rule[i]] = false;
	for (class = 0; class < MMN_NR_CLASSES; class++)
		if (mmn_classify_wants_ctx(class) != expected[class])
			break;
	ok(class == MMN_NR_CLASSES,
	   "the context is asked for where rules look at it (class %u)", class);
}

/* Everything below holds for every class, context and system call. */
struct property {
	const char *name;
	bool (*holds)(unsigned int class, const struct mmn_ctx *ctx,
		      const struct mmn_verdict *v);
	unsigned int class;
	struct mmn_ctx ctx;
	unsigned long broken;
};

static bool is_exact(const struct mmn_verdict *v)
{
	return v->flags & MMNOTIFY_F_EXACT;
}

static bool in_range(unsigned int class, const struct mmn_ctx *ctx,
		     const struct mmn_verdict *v)
{
	return v->event < MMNOTIFY_NR_EVENTS && v->cause < MMNOTIFY_NR_CAUSES &&
	       !(v->effects & ~MMNOTIFY_FX_ALL) &&
	       !(v->flags & ~(MMNOTIFY_F_EXACT | MMNOTIFY_F_WIDENED));
}

static bool guesses_all(unsigned int class, const struct mmn_ctx *ctx,
			const struct mmn_verdict *v)
{
	return is_exact(v) || v->effects == MMNOTIFY_FX_ALL;
}

static bool only_verified(unsigned int class, const struct mmn_ctx *ctx,
			  const struct mmn_verdict *v)
{
	return !is_exact(v) || class == MMN_CLASS_RELEASE ||
	       (ctx->bits & MMN_CTX_VERIFIED);
}

static bool release_exact(unsigned int class, const struct mmn_ctx *ctx,
			  const struct mmn_verdict *v)
{
	return class != MMN_CLASS_RELEASE ||
	       (is_exact(v) && v->event == MMNOTIFY_RELEASE);
}

static bool protects_by_ioctl(const struct mmn_ctx *ctx)
{
	u32 cmd = ctx->args[1];

	return ctx->sys == MMN_SYS_IOCTL &&
	       (cmd == UFFDIO_WRITEPROTECT || cmd == UFFDIO_RWPROTECT);
}

static bool nothing_only_for_hints(unsigned int class, const struct mmn_ctx *ctx,
				   const struct mmn_verdict *v)
{
	const u32 need = MMN_CTX_LOCAL | MMN_CTX_MMAP_READ | MMN_CTX_SYSCALL |
			 MMN_CTX_VERIFIED;

	if (v->effects)
		return true;
	return class == MMN_CLASS_PROTECT &&
	       v->cause == MMNOTIFY_CAUSE_NUMA_HINT &&
	       v->event == MMNOTIFY_PROTECTION_PAGE &&
	       (ctx->bits & need) == need &&
	       !(ctx->bits & MMN_CTX_NUMA_MOVES) && !protects_by_ioctl(ctx);
}

static bool unmap_is_unmap(unsigned int class, const struct mmn_ctx *ctx,
			   const struct mmn_verdict *v)
{
	return class != MMN_CLASS_UNMAP ||
	       (v->event == MMNOTIFY_UNMAP &&
		(v->effects & MMNOTIFY_FX_VMA_GONE));
}

static bool others_keep_the_vma(unsigned int class, const struct mmn_ctx *ctx,
				const struct mmn_verdict *v)
{
	return class == MMN_CLASS_UNMAP || class == MMN_CLASS_MOVE ||
	       class == MMN_CLASS_RELEASE || !is_exact(v) ||
	       !(v->effects & MMNOTIFY_FX_VMA_GONE);
}

/* What an event says is never less than its effects. */
static bool event_fits_effects(unsigned int class, const struct mmn_ctx *ctx,
			       const struct mmn_verdict *v)
{
	if (!is_exact(v))
		return true;
	switch (v->event) {
	case MMNOTIFY_UNMAP:
	case MMNOTIFY_RELEASE:
		return v->effects == MMNOTIFY_FX_ALL;
	case MMNOTIFY_CLEAR:
	case MMNOTIFY_MIGRATE:
	case MMNOTIFY_EXCLUSIVE:
		return v->effects == CLEAR_FX;
	case MMNOTIFY_SOFT_DIRTY:
		return v->effects == CLEAN_FX;
	default:
		return true;
	}
}

/* Only a hint that may move has a page changed by a change of protection. */
static bool protection_keeps_pages(unsigned int class, const struct mmn_ctx *ctx,
				   const struct mmn_verdict *v)
{
	if (!is_exact(v) || !(v->effects & MMNOTIFY_FX_PFN) ||
	    (v->event != MMNOTIFY_PROTECTION_PAGE &&
	     v->event != MMNOTIFY_PROTECTION_VMA))
		return true;
	return class == MMN_CLASS_PROTECT && (ctx->bits & MMN_CTX_NUMA_MOVES);
}

/* On 5.10 a change that may be a hint never claims that the page stays. */
static bool moves_are_said(unsigned int class, const struct mmn_ctx *ctx,
			   const struct mmn_verdict *v)
{
	const u32 hint = MMN_CTX_LOCAL | MMN_CTX_MMAP_READ | MMN_CTX_NUMA_MOVES;

	if (class != MMN_CLASS_PROTECT || (ctx->bits & hint) != hint ||
	    (ctx->bits & MMN_CTX_MMAP_WRITE))
		return true;
	return v->effects & MMNOTIFY_FX_PFN;
}

static bool known_has_cause(unsigned int class, const struct mmn_ctx *ctx,
			    const struct mmn_verdict *v)
{
	return (class == MMN_CLASS_UNKNOWN) ==
	       (v->cause == MMNOTIFY_CAUSE_UNKNOWN);
}

static struct mmn_verdict plain[MMN_NR_CLASSES][2];

static bool context_free(unsigned int class, const struct mmn_ctx *ctx,
			 const struct mmn_verdict *v)
{
	const struct mmn_verdict *p;

	p = &plain[class][!!(ctx->bits & MMN_CTX_VERIFIED)];
	return mmn_classify_wants_ctx(class) ||
	       (v->event == p->event && v->cause == p->cause &&
		v->effects == p->effects && v->flags == p->flags);
}

/* Without the trusted bit, sys and args are garbage and must not be read. */
static bool untrusted_is_unread(unsigned int class, const struct mmn_ctx *ctx,
				const struct mmn_verdict *v)
{
	struct mmn_ctx none = { .bits = ctx->bits };
	struct mmn_verdict w;

	if (ctx->bits & MMN_CTX_SYSCALL)
		return true;
	mmn_classify(class, MMNOTIFY_CLEAR, &none, &w);
	return v->event == w.event && v->cause == w.cause &&
	       v->effects == w.effects && v->flags == w.flags;
}

/* The native event is for sites that no row names. */
static bool native_is_unread(unsigned int class, const struct mmn_ctx *ctx,
			     const struct mmn_verdict *v)
{
	struct mmn_verdict w;

	mmn_classify(class, MMNOTIFY_UNMAP, ctx, &w);
	return class == MMN_CLASS_UNKNOWN ||
	       (v->event == w.event && v->cause == w.cause &&
		v->effects == w.effects && v->flags == w.flags);
}

static struct property properties[] = {
	{ "event, cause, effects and flags are in range", in_range },
	{ "what is not exact has all effects", guesses_all },
	{ "on an unverified kernel only RELEASE is exact", only_verified },
	{ "RELEASE is RELEASE and exact everywhere", release_exact },
	{ "no effects only for a NUMA hint that is sure", nothing_only_for_hints },
	{ "unmap_vmas() is always UNMAP and the VMA gone", unmap_is_unmap },
	{ "only an unmap, a move or the end takes the VMA", others_keep_the_vma },
	{ "effects are those of the event", event_fits_effects },
	{ "a change of protection keeps the page", protection_keeps_pages },
	{ "where a hint may move, that is said", moves_are_said },
	{ "a known class has a cause, an unknown one none", known_has_cause },
	{ "a class without conditions has one verdict", context_free },
	{ "a system call that is not trusted is not read", untrusted_is_unread },
	{ "the native event decides nothing that a rule decides", native_is_unread },
};

static void check_properties(unsigned int class, const struct mmn_ctx *ctx)
{
	struct mmn_verdict v;
	unsigned int i;

	mmn_classify(class, MMNOTIFY_CLEAR, ctx, &v);
	for (i = 0; i < ARRAY_SIZE(properties); i++) {
		if (properties[i].holds(class, ctx, &v) ||
		    properties[i].broken++)
			continue;
		properties[i].class = class;
		properties[i].ctx = *ctx;
	}
}

/* Every value some rule compares with, its neighbours and garbage above it. */
static const unsigned long arg_values[] = {
	0, 1, 3, 4, 5, 9, 13, 21, 24, 25, 100, 102, 0x100000004ul,
	UFFDIO_UNREGISTER, UFFDIO_WRITEPROTECT, UFFDIO_RWPROTECT,
	UFFDIO_WRITEPROTECT | 0xffffffff00000000ul, ~0ul,
};

static void check_args(unsigned int class, struct mmn_ctx *ctx)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(arg_values); i++) {
		ctx->args[0] = arg_values[i];
		ctx->args[1] = arg_values[i];
		ctx->args[2] = arg_values[i];
		ctx->args[3] = arg_values[i];
		check_properties(class, ctx);
	}
}

static void test_properties(void)
{
	unsigned long broken = 0;
	struct mmn_ctx ctx;
	unsigned int class, i;

	for (class = 0; class < MMN_NR_CLASSES; class++) {
		for (i = 0; i < 2; i++) {
			ctx = (struct mmn_ctx){
				.bits = i ? MMN_CTX_VERIFIED : 0,
			};
			mmn_classify(class, MMNOTIFY_CLEAR, &ctx, &plain[class][i]);
		}
		for (ctx.bits = 0; ctx.bits < 1u << 11; ctx.bits++)
			for (ctx.sys = 0; ctx.sys < MMN_NR_SYS; ctx.sys++)
				check_args(class, &ctx);
	}
	for (i = 0; i < ARRAY_SIZE(properties); i++) {
		broken = properties[i].broken;
		if (ok(!broken, "always: %s", properties[i].name))
			continue;
		printf("#   %lu times; first: class %u bits 0x%x sys %u args 0x%lx\n",
		       broken, properties[i].class, properties[i].ctx.bits,
		       properties[i].ctx.sys, properties[i].ctx.args[0]);
	}
}

/* A number of the vocabulary, once given out, never changes. */
static void test_numbers(void)
{
	ok(MMNOTIFY_UNMAP == 0 && MMNOTIFY_CLEAR == 1 &&
	   MMNOTIFY_PROTECTION_VMA == 2 && MMNOTIFY_PROTECTION_PAGE == 3 &&
	   MMNOTIFY_SOFT_DIRTY == 4 && MMNOTIFY_RELEASE == 5 &&
	   MMNOTIFY_MIGRATE == 6 && MMNOTIFY_EXCLUSIVE == 7,
	   "events have the kernel's numbers");
	ok(MMNOTIFY_CAUSE_UNKNOWN == 0 && MMNOTIFY_CAUSE_MUNMAP == 2 &&
	   MMNOTIFY_CAUSE_COW == 20 &&
	   MMNOTIFY_CAUSE_DEVICE_EXCLUSIVE_RESTORE == 50,
	   "causes have the numbers they were given");
	ok(MMNOTIFY_FX_ALL == (MMNOTIFY_FX_VMA_GONE | CLEAR_FX),
	   "all effects are all effects");
}

int main(void)
{
	test_cases();
	test_unknown();
	test_wants_ctx();
	test_properties();
	test_numbers();
	return tap_done();
}
