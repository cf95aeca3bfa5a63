/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* tasks: names of tasks by their number. */
#ifndef TASKS_H
#define TASKS_H

struct event;

/*
 * task_name() - name of the task @pid, from /proc, or from tracefs if it has ended. Return: @buf
 * or "" if it is not known; valid until the next call
 */
const char *task_name(int pid);

/* task_of() - fill the name of the task that caused @e. */
void task_of(struct event *e);

/* process_name() - name of process @pid in /proc now, or "". Valid until the next call. */
const char *process_name(int pid);

#endif /* TASKS_H */
