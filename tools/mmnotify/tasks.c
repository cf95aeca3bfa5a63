// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* tasks: names of tasks by their number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tracefs/tracefs.h>

#include "event.h"
#include "live.h"
#include "tasks.h"
#include "util.h"

#define CACHE	1024
#define AGE_NS	1000000000ULL

static struct {
	int pid;
	unsigned long long read_at;
	char name[COMM_LEN];
} cache[CACHE];

const char *process_name(int pid)
{
	static char name[COMM_LEN];
	char path[40], *text;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	text = read_file(path, NULL);
	snprintf(name, sizeof(name), "%s", text ? text : "");
	name[strcspn(name, "\n")] = '\0';
	free(text);
	return name;
}

/* The kernel keeps the names of tasks that were traced last: lines "PID NAME". */
static const char *saved_name(int pid)
{
	static char name[COMM_LEN];
	char *text = tracefs_instance_file_read(NULL, "saved_cmdlines", NULL);
	char *rest = text, *line;

	name[0] = '\0';
	while ((line = next_line(&rest))) {
		if (atoi(line) == pid && strchr(line, ' ')) {
			snprintf(name, sizeof(name), "%s", strchr(line, ' ') + 1);
			break;
		}
	}
	free(text);
	return name;
}

const char *task_name(int pid)
{
	unsigned int slot = (unsigned int)pid % CACHE;
	unsigned long long now = live_now();
	const char *name;

	if (cache[slot].pid == pid && now - cache[slot].read_at < AGE_NS)
		return cache[slot].name;
	name = process_name(pid);
	if (!*name && cache[slot].pid == pid)
		return cache[slot].name;
	if (!*name)
		name = saved_name(pid);
	cache[slot].pid = pid;
	cache[slot].read_at = now;
	snprintf(cache[slot].name, sizeof(cache[slot].name), "%s", name);
	return cache[slot].name;
}

void task_of(struct event *e)
{
	if (e->task[0])
		return;
	snprintf(e->task, sizeof(e->task), "%s", e->pid == e->tgid ? e->comm : task_name(e->pid));
}
