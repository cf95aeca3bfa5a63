// SPDX-License-Identifier: GPL-2.0-only
/*
 * context: what the running task is doing, as far as it can be told from its
 * flags, its system call and its locks, without waiting and without the stack.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/mm_types.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/string.h>

#include "compat/compat.h"
#include "compat/syscalls.h"
#include "context.h"

static u32 kernel_bits(void)
{
	u32 bits = 0;

	if (MMN_KERNEL_VERIFIED)
		bits |= MMN_CTX_VERIFIED;
	if (MMN_NUMA_HINT_MOVES)
		bits |= MMN_CTX_NUMA_MOVES;
	return bits;
}

static u32 lock_bits(const struct mm_struct *mm)
{
	switch (mmn_mmap_lock_mine(mm)) {
	case MMN_MMAP_LOCK_WRITE:
		return MMN_CTX_MMAP_WRITE;
	case MMN_MMAP_LOCK_NOT_WRITE:
		return MMN_CTX_MMAP_READ;
	default:
		return 0;
	}
}

static u32 task_bits(const struct mm_struct *mm)
{
	u32 bits = 0;

	if (current->mm == mm)
		bits |= MMN_CTX_LOCAL;
	if (!atomic_read(&mm->mm_users))
		bits |= MMN_CTX_DYING;
	if (current->flags & PF_EXITING)
		bits |= MMN_CTX_EXITING;
	if (!(current->flags & PF_KTHREAD))
		return bits;

	/* Only the kernel names its threads, so the name is an identity. */
	bits |= MMN_CTX_KTHREAD;
	if (!strcmp(current->comm, "khugepaged"))
		bits |= MMN_CTX_KHUGEPAGED;
	else if (!strcmp(current->comm, "oom_reaper"))
		bits |= MMN_CTX_OOM_REAPER;
	return bits;
}

/*
 * Workers that user space made carry the number of a system call that is long
 * over, kernel threads have none. A task that took a fault or an interrupt in
 * user mode has the number -1.
 */
static void gather_syscall(struct mmn_ctx *ctx)
{
	unsigned long args[6];
	int sys;

	ctx->sys = MMN_SYS_NONE;
	if (current->flags & MMN_PF_NO_SYSCALL)
		return;
	sys = mmn_syscall_current(args);
	if (sys < 0)
		return;
	ctx->sys = sys;
	ctx->bits |= MMN_CTX_SYSCALL;
	if (sys != MMN_SYS_NONE)
		memcpy(ctx->args, args, sizeof(ctx->args));
}

/**
 * mmn_context_gather() - the context for classification
 * @mm: whose range it is
 * @whole: false if only what the kernel is matters
 * @ctx: filled
 *
 * Context: The task that invalidates, in the hook or in a notifier.
 */
void mmn_context_gather(const struct mm_struct *mm, bool whole,
			struct mmn_ctx *ctx)
{
	memset(ctx, 0, sizeof(*ctx));
	ctx->bits = kernel_bits();
	if (!whole)
		return;
	ctx->bits |= task_bits(mm) | lock_bits(mm);
	gather_syscall(ctx);
}
