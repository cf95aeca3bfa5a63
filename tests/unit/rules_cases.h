/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * Common part of the lists of cases for the rules. Each case is a context and its
 * expected verdict.
 */
#ifndef CLASSIFY_CASES_H
#define CLASSIFY_CASES_H

#include <linux/kernel.h>
#include <linux/types.h>

#include "rules/rules.h"

#define O_TRUNC_		01000
#define MAP_FIXED		0x10
#define MREMAP_FIXED		2
#define MREMAP_DONTUNMAP	4
#define FALLOC_KEEP_SIZE	0x01
#define FALLOC_PUNCH_HOLE	0x02
#define FALLOC_COLLAPSE_RANGE	0x08
#define FALLOC_ZERO_RANGE	0x10
#define FALLOC_INSERT_RANGE	0x20
#define FALLOC_WRITE_ZEROES	0x80
#define MADV_DONTNEED		4
#define MADV_FREE		8
#define MADV_REMOVE		9
#define MADV_MERGEABLE		12
#define MADV_UNMERGEABLE	13
#define MADV_HUGEPAGE		14
#define MADV_PAGEOUT		21
#define MADV_DONTNEED_LOCKED	24
#define MADV_COLLAPSE		25
#define MADV_GUARD_INSTALL	102
#define TCP_ZEROCOPY_RECEIVE	35
#define PR_SET_MEMORY_MERGE	67
#define BPF_LINK_CREATE		28
#define PERF_EVENT_IOC_ENABLE	0x2400
#define UFFDIO_UNREGISTER	0x8010aa01ul
#define UFFDIO_WRITEPROTECT	0xc018aa06ul
#define UFFDIO_RWPROTECT	0xc018aa09ul
#define GARBAGE			0xdeadbeef00000000ul

#define CLEAR_FX	(MMNOTIFY_FX_PFN | MMNOTIFY_FX_NO_WRITE | \
			 MMNOTIFY_FX_NO_READ | MMNOTIFY_FX_DIRTY)
#define ACCESS_FX	(MMNOTIFY_FX_NO_WRITE | MMNOTIFY_FX_NO_READ)
#define WRITE_FX	MMNOTIFY_FX_NO_WRITE
#define CLEAN_FX	(MMNOTIFY_FX_NO_WRITE | MMNOTIFY_FX_DIRTY)
#define ALL_FX		MMNOTIFY_FX_ALL
#define NO_FX		0

#define CASE_FRAMES	4

/**
 * struct test_case - a context and its expected verdict
 * @what: description, for the TAP
 * @class: enum mmn_class of the call site
 * @bits: MMN_CTX_*; the verified bit is always added, and MMN_CTX_SYSCALL comes
 *	with a system call
 * @sys: enum mmn_sys
 * @arg: index of the argument that the rules use
 * @val: value of this argument
 * @asks: true if the rules must request a walk, false if they must not
 * @frames: frames on the stack, innermost first
 * @event: expected enum mmnotify_event
 * @cause: expected enum mmnotify_cause
 * @effects: expected MMNOTIFY_FX_*
 * @flags: expected MMNOTIFY_F_*
 */
struct test_case {
	const char *what;
	u8 class;
	u32 bits;
	u8 sys;
	u8 arg;
	unsigned long val;
	bool asks;
	u8 frames[CASE_FRAMES];
	u8 event;
	u8 cause;
	u8 effects;
	u8 flags;
};

struct test_list {
	const struct test_case *cases;
	unsigned int nr;
};

extern const struct test_list vma_list, zap_list, nested_list, protect_list,
			      hugetlb_protect_list, page_list, cow_list,
			      rmap_list;

#define CLASS(c)	.class = MMN_CLASS_##c
#define BITS(b)		.bits = (b)
#define SYS(s)		.sys = MMN_SYS_##s, .bits = MMN_CTX_SYSCALL
#define SYSB(s, b)	.sys = MMN_SYS_##s, .bits = MMN_CTX_SYSCALL | (b)
#define ARG(n, v)	.arg = (n), .val = (v)
/* The stack is walked and has none to four frames that rules use. */
#define F0		.asks = true
#define F1(a)		.asks = true, .frames = { MMN_FRAME_##a }
#define F2(a, b)	.asks = true, .frames = { MMN_FRAME_##a, MMN_FRAME_##b }
#define F3(a, b, c)	.asks = true, .frames = { MMN_FRAME_##a, \
						  MMN_FRAME_##b, MMN_FRAME_##c }
#define F4(a, b, c, d)	.asks = true, .frames = { MMN_FRAME_##a, MMN_FRAME_##b, \
			MMN_FRAME_##c, MMN_FRAME_##d }
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
#define OTHERS_WRITER	MMN_CTX_MMAP_WRITE
#define OTHERS_READER	MMN_CTX_MMAP_READ
#define MOVES		MMN_CTX_NUMA_MOVES
#define MODULE		MMN_CTX_MODULE_CALLS
#define ONE_NODE	MMN_CTX_ONE_NODE
#define AT_TARGET	MMN_CTX_AT_TARGET
#define AT_TAIL		MMN_CTX_AT_TAIL
#define KTHREAD		MMN_CTX_KTHREAD
#define KSWAPD		(MMN_CTX_KTHREAD | MMN_CTX_KSWAPD)
#define KCOMPACTD	(MMN_CTX_KTHREAD | MMN_CTX_KCOMPACTD)
#define KSMD		(MMN_CTX_KTHREAD | MMN_CTX_KSMD)
#define KDAMOND		(MMN_CTX_KTHREAD | MMN_CTX_KDAMOND)
#define KHUGEPAGED	(MMN_CTX_KTHREAD | MMN_CTX_KHUGEPAGED)
#define OOM_REAPER	(MMN_CTX_KTHREAD | MMN_CTX_OOM_REAPER)

#endif /* CLASSIFY_CASES_H */
