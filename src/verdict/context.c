// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * context: the state of the running task that the rules use: its flags, its system call
 * and mmap_lock. Read without waiting, and without walking the stack.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "compat/compat.h"
#include "compat/syscalls.h"
#include "context.h"

/*
 * Only kernel code names kernel threads, so the name identifies them. The match is by
 * prefix, because some names end in a number.
 */
static const struct {
	const char *name;
	u32 bit;
} threads[] = {
	{ "kcompactd", MMN_CTX_KCOMPACTD },
	{ "kdamond.", MMN_CTX_KDAMOND },
	{ "khugepaged", MMN_CTX_KHUGEPAGED },
	{ "ksmd", MMN_CTX_KSMD },
	{ "oom_reaper", MMN_CTX_OOM_REAPER },
};

static noinline u32 thread_bits(void)
{
	unsigned int i;

	if (current->flags & PF_KSWAPD)
		return MMN_CTX_KTHREAD | MMN_CTX_KSWAPD |
		       (num_node_state(N_MEMORY) == 1 ? MMN_CTX_ONE_NODE : 0);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		if (strstarts(current->comm, threads[i].name))
			return MMN_CTX_KTHREAD | threads[i].bit;
	return MMN_CTX_KTHREAD;
}

/*
 * mremap(old, old_len, new_len, flags, new) may unmap the tail of a mapping that shrinks,
 * or a mapping that was at the target. Which of them is it?
 */
static u32 mremap_bits(const struct mmu_notifier_range *range,
		       const unsigned long *args)
{
	unsigned long tail = args[0] + PAGE_ALIGN(args[2]);
	u32 bits = 0;

	if (range->start >= tail &&
	    range->end <= args[0] + PAGE_ALIGN(args[1]))
		bits |= MMN_CTX_AT_TAIL;
	if (range->start >= args[4] &&
	    range->end <= args[4] + PAGE_ALIGN(args[2]))
		bits |= MMN_CTX_AT_TARGET;
	return bits;
}

static noinline void gather_args(const struct mmu_notifier_range *range, bool place,
				 struct mmn_ctx *ctx)
{
	unsigned long args[6];

	mmn_syscall_args(args);
	memcpy(ctx->args, args, sizeof(ctx->args));
	if (place && ctx->sys == MMN_SYS_MREMAP)
		ctx->bits |= mremap_bits(range, args);
}

/*
 * Kernel threads have no system call. Workers that user space created (io_uring, vhost) are
 * skipped, too: their saved number is of a system call that is over. After a fault or an
 * interrupt the saved number is -1. That becomes MMN_SYS_NONE, which is known, so the context
 * has the bit SYSCALL. A negative result means an ABI that is not supported.
 */
static void gather_syscall(const struct mmu_notifier_range *range, u32 needs,
			   struct mmn_ctx *ctx)
{
	int sys;

	if (current->flags & MMN_PF_NO_SYSCALL)
		return;
	sys = mmn_syscall_current();
	if (sys < 0) {
		/* A rule for tasks without a system call might decide. */
		ctx->bits &= ~MMN_CTX_VERIFIED;
		return;
	}
	ctx->sys = sys;
	ctx->bits |= MMN_CTX_SYSCALL;
	if (needs & MMN_NEED_ARGS && MMN_SYS_WITH_ARGS >> sys & 1)
		gather_args(range, needs & MMN_NEED_PLACE, ctx);
}

/**
 * mmn_context_gather() - gather the context for classification
 * @range: the kernel's range
 * @needs: mask of MMN_NEED_*, the parts to gather
 * @trust: bits of the context from mmn_census_trust()
 * @ctx: filled with those parts; it has no frames yet
 *
 * Context: The hook or a notifier's callback, in the task that invalidates.
 */
void mmn_context_gather(const struct mmu_notifier_range *range, u32 needs, u32 trust,
			struct mmn_ctx *ctx)
{
	ctx->bits = mmn_context_plain_bits(range, needs, trust);
	ctx->sys = MMN_SYS_NONE;
	ctx->nr_frames = 0;
	if (needs & MMN_NEED_THREAD && current->flags & PF_KTHREAD)
		ctx->bits |= thread_bits();
	if (needs & MMN_NEED_SYS)
		gather_syscall(range, needs, ctx);
}
