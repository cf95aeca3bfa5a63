/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* What src/drivers needs to know of the notifiers of others. */
#ifndef MMN_NOTIFIERS_H
#define MMN_NOTIFIERS_H

#include <linux/mmu_notifier.h>
#include <linux/ptrace.h>
#include <linux/types.h>

#include "compat.h"

/* The private structure of an mm's notifiers (src/drivers/layout.c) is found by a kprobe. */
#if MMN_HAVE_RANGES && MMN_HAVE_KPROBES && defined(CONFIG_SMP)
#define MMN_LAYOUT_READABLE		1
#else
#define MMN_LAYOUT_READABLE		0
#endif

#if MMN_LAYOUT_READABLE
/* Functions among the operations of notifiers, NULL if the kernel does not have them. */
static inline void *mmn_two_pass_start_of(const struct mmu_interval_notifier_ops *ops)
{
#ifdef MMN_HAVE_TWO_PASS
	return ops->invalidate_start;
#else
	return NULL;
#endif
}

static inline void *mmn_two_pass_finish_of(const struct mmu_interval_notifier_ops *ops)
{
#ifdef MMN_HAVE_TWO_PASS
	return ops->invalidate_start ? ops->invalidate_finish : NULL;
#else
	return NULL;
#endif
}

/* The mm of a second pass, which is passed neither it nor the range. */
static inline struct mm_struct *mmn_two_pass_mm_of(const void *finish)
{
#ifdef MMN_HAVE_TWO_PASS
	return ((const struct mmu_interval_notifier_finish *)finish)->notifier->mm;
#else
	return NULL;
#endif
}

static inline void *mmn_secondary_tlbs_of(const struct mmu_notifier_ops *ops)
{
#ifdef MMN_HAVE_SECONDARY_TLBS
	return ops->arch_invalidate_secondary_tlbs;
#else
	return ops->invalidate_range;
#endif
}

/* Argument @n of a function, from the registers of a kprobe at its entry. */
static inline unsigned long mmn_regs_arg(struct pt_regs *regs, unsigned int n)
{
#if defined(MMN_HAVE_REGS_ARGUMENT)
	return regs_get_kernel_argument(regs, n);
#else
	const unsigned long args[] = { regs->di, regs->si, regs->dx, regs->cx, regs->r8, regs->r9 };

	return args[n];
#endif
}

/*
 * Stack pointer of the caller, from the registers of a kprobe at a function's entry. It is the
 * same where the function returns to.
 */
static inline unsigned long mmn_caller_sp(const struct pt_regs *regs)
{
#ifdef CONFIG_X86_64
	return regs->sp + sizeof(long);
#else
	return kernel_stack_pointer((struct pt_regs *)regs);
#endif
}
#endif /* MMN_LAYOUT_READABLE */

#endif /* MMN_NOTIFIERS_H */
