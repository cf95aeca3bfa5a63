/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* frames: finds the callback of a driver in the text of /proc/PID/task/TID/stack. Pure. */
#ifndef FRAMES_H
#define FRAMES_H

#include <stdbool.h>
#include <stddef.h>

/* What a task waits in. @phase: "start", "end", "release" or "secondary TLBs" */
struct frames {
	const char *phase;
	char callback[160];
};

/*
 * frames_parse() - look for a function of the kernel that calls notifiers.
 * Return: true if the task is below one; @frames has the innermost
 */
bool frames_parse(const char *text, struct frames *frames);

/* frames_strip() - a line of the stack without its address: "msleep+0x2d/0x40 [drv]". */
void frames_strip(const char *line, char *buf, size_t size);

#endif /* FRAMES_H */
