/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_SCHED_SIGNAL_H
#define SHIM_SCHED_SIGNAL_H

#include <linux/sched.h>

/* The test has the processes, up to NULL; each has one thread. */
extern struct task_struct *shim_processes[];

#define for_each_process(p)						\
	for (struct task_struct **at = shim_processes; ((p) = *at); at++)
#define for_each_thread(p, t)	for ((t) = (p); (t); (t) = NULL)

#endif /* SHIM_SCHED_SIGNAL_H */
