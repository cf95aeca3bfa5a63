/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_PID_H
#define SHIM_PID_H

#include <linux/sched.h>

enum pid_type { PIDTYPE_PID };

struct pid;
struct pid_namespace;

/* The test finds the task. */
struct pid *find_pid_ns(int nr, struct pid_namespace *ns);
struct task_struct *pid_task(struct pid *pid, enum pid_type type);

#endif /* SHIM_PID_H */
