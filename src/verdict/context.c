// SPDX-License-Identifier: GPL-2.0-only
/*
 * context: what the running task is doing, as far as it can be told from its
 * flags, its system call and its locks, without waiting and without the stack.
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
 * Only the kernel names its threads, so the name is an identity. Those with a
 * number are known by their beginning.
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
 * Which of its parts does mremap(old, old_len, new_len, flags, new) unmap? The
 * tail of what shrinks, or what was at the target.
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
 * Workers that user space made carry the number of a system call that is long
 * over, kernel threads have none. A task that took a fault or an interrupt in
 * user mode has the number -1.
 */
static void gather_syscall(const struct mmu_notifier_range *range, u32 needs,
			   struct mmn_ctx *ctx)
{
	int sys;

	if (current->flags & MMN_PF_NO_SYSCALL)
		return;
	sys = mmn_syscall_current();
	if (sys < 0)
		return;
	ctx->sys = sys;
	ctx->bits |= MMN_CTX_SYSCALL;
	if (needs & MMN_NEED_ARGS && MMN_SYS_WITH_ARGS >> sys & 1)
		gather_args(range, needs & MMN_NEED_PLACE, ctx);
}

/**
 * mmn_context_gather() - the context for classification
 * @range: what is invalidated
 * @needs: mask of MMN_NEED_*
 * @ctx: filled as far as it is wanted, but for the frames
 *
 * Context: The task that invalidates, in the hook or in a notifier.
 */
void mmn_context_gather(const struct mmu_notifier_range *range, u32 needs,
			struct mmn_ctx *ctx)
{
	ctx->bits = mmn_context_plain_bits(range, needs);
	ctx->sys = MMN_SYS_NONE;
	ctx->nr_frames = 0;
	if (needs & MMN_NEED_THREAD && current->flags & PF_KTHREAD)
		ctx->bits |= thread_bits();
	if (needs & MMN_NEED_SYS)
		gather_syscall(range, needs, ctx);
}
