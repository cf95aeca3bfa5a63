/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* lines: reads lines of debugfs processes, inflight and drivers. Pure. */
#ifndef LINES_H
#define LINES_H

#include <stdbool.h>

#include "event.h"

/* A line of debugfs processes. @until is 0 while it is counted. */
struct process_line {
	int tgid;
	unsigned long long cgroup, since, until, events, pages, ns;
	char cause[CAUSE_LEN];
	char comm[4 * COMM_LEN];
};

/* process_parse() - Return: true if the line is about a process and a cause. */
bool process_parse(const char *line, struct process_line *row);

/* process_listed() - is a process with that number in the text? */
bool process_listed(const char *text, const char *pid);

/* A line of debugfs inflight. @callback is "-" if it is not known, and @callback_ms is 0 then. */
struct flight_line {
	unsigned long long id, ms, start, end, callback_ms;
	int pid, tgid;
	char event[24], cause[CAUSE_LEN], site[80], task[4 * COMM_LEN], comm[4 * COMM_LEN];
	char callback[80];
};

/* flight_parse() - Return: true if the line is about an event. */
bool flight_parse(const char *line, struct flight_line *row);

/* Bucket i has calls of 2^i ns up to twice as long. */
#define DRIVER_BUCKETS	40

/*
 * A line of debugfs drivers: with @notifiers what the process has now, else calls for one cause.
 */
struct driver_line {
	int tgid;
	unsigned int notifiers;
	unsigned long long calls, ns, max_ns;
	unsigned long long bucket[DRIVER_BUCKETS];
	char driver[80], module[64], cause[CAUSE_LEN], comm[4 * COMM_LEN];
};

/* driver_parse() - Return: true if the line is about a driver. */
bool driver_parse(const char *line, struct driver_line *row);

#endif /* LINES_H */
