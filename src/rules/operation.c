// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * operation: the operation behind the split of a huge page. The cause of its event is thp_split,
 * whatever asked for a part of the page. The system call that runs tells more.
 *
 * All of these but madvise() hold mmap_lock for write when they split. A fault that the task takes
 * on its way out of the system call does not. Likewise for a flush of secondary TLBs outside of an
 * event, at which the lock may be gone already.
 */
#include <linux/kernel.h>
#include <linux/types.h>

#include <mmnotify/mmnotify_types.h>

#include "names.h"
#include "operation.h"

/* Values of the ABI. */
static const struct {
	u32 advice;
	u16 cause;
} advices[] = {
	{ 4, MMNOTIFY_CAUSE_MADV_DONTNEED },
	{ 8, MMNOTIFY_CAUSE_MADV_FREE },
	{ 9, MMNOTIFY_CAUSE_MADV_REMOVE },
	{ 21, MMNOTIFY_CAUSE_MADV_PAGEOUT },
	{ 24, MMNOTIFY_CAUSE_MADV_DONTNEED_LOCKED },
	{ 25, MMNOTIFY_CAUSE_MADV_COLLAPSE },
	{ 102, MMNOTIFY_CAUSE_GUARD_INSTALL },
};

static const u16 callers[MMN_NR_SYS] = {
	[MMN_SYS_BRK] = MMNOTIFY_CAUSE_BRK,
	[MMN_SYS_MMAP] = MMNOTIFY_CAUSE_MMAP_FIXED,
	[MMN_SYS_MPROTECT] = MMNOTIFY_CAUSE_MPROTECT,
	[MMN_SYS_MREMAP] = MMNOTIFY_CAUSE_MREMAP,
	[MMN_SYS_MUNMAP] = MMNOTIFY_CAUSE_MUNMAP,
	[MMN_SYS_PKEY_MPROTECT] = MMNOTIFY_CAUSE_PKEY_MPROTECT,
	[MMN_SYS_SHMDT] = MMNOTIFY_CAUSE_SHMDT,
};

/* Advice without a cause of its own. */
static const char madvise[MMN_NAMES_SIZE] = "madvise";

static unsigned int cause_of_advice(u32 advice)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(advices); i++)
		if (advices[i].advice == advice)
			return advices[i].cause;
	return MMNOTIFY_CAUSE_UNKNOWN;
}

static bool is_advice(const struct mmn_ctx *ctx)
{
	return ctx->sys == MMN_SYS_MADVISE || ctx->sys == MMN_SYS_PROCESS_MADVISE;
}

/* Only process_madvise() is for another mm. */
static bool is_for_mm(const struct mmn_ctx *ctx)
{
	return ctx->bits & MMN_CTX_SYSCALL &&
	       (ctx->bits & MMN_CTX_LOCAL || ctx->sys == MMN_SYS_PROCESS_MADVISE);
}

/**
 * mmn_operation_cause() - get the cause that the system call of a task stands for
 * @ctx: context of the task, gathered for MMN_OPERATION_NEEDS
 *
 * Context: Any.
 * Return: enum mmnotify_cause; MMNOTIFY_CAUSE_UNKNOWN if it is not known.
 */
unsigned int mmn_operation_cause(const struct mmn_ctx *ctx)
{
	if (!is_for_mm(ctx))
		return MMNOTIFY_CAUSE_UNKNOWN;
	if (is_advice(ctx))
		return cause_of_advice(ctx->args[ctx->sys == MMN_SYS_MADVISE ? 2 : 3]);
	return callers[ctx->sys];
}

/**
 * mmn_operation_name() - name the operation that splits a page
 * @ctx: context of the task, gathered for MMN_OPERATION_NEEDS
 *
 * Advice that has no cause of its own changes the VMA.
 *
 * Context: Any.
 * Return: the name of its cause, or "madvise", padded as by mmn_names_cause(); NULL if it is not
 * known.
 */
const char *mmn_operation_name(const struct mmn_ctx *ctx)
{
	unsigned int cause = mmn_operation_cause(ctx);

	if (is_advice(ctx) && is_for_mm(ctx))
		return cause ? mmn_names_cause(cause) : madvise;
	if (!cause || ctx->bits & MMN_CTX_MMAP_READ)
		return NULL;
	return mmn_names_cause(cause);
}
