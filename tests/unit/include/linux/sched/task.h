/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_SCHED_TASK_H
#define SHIM_SCHED_TASK_H

#include <linux/sched.h>

#define task_lock(t)	((void)(t))
#define task_unlock(t)	((void)(t))

#endif /* SHIM_SCHED_TASK_H */
