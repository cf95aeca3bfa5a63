/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_TASK_STACK_H
#define SHIM_TASK_STACK_H

#include <linux/sched.h>

#define THREAD_SIZE	16384UL

static inline void *task_stack_page(const struct task_struct *task)
{
	return task->stack;
}

#endif /* SHIM_TASK_STACK_H */
