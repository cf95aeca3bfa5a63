// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* lines: reads lines of debugfs processes, inflight and drivers. Pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"

/* Blanks in a name are "\040"; other escapes stay, since they are no text. */
static void unescape(char *name)
{
	char *to = name;

	while (*name) {
		if (!strncmp(name, "\\040", 4)) {
			*to++ = ' ';
			name += 4;
		} else {
			*to++ = *name++;
		}
	}
	*to = '\0';
}

bool process_parse(const char *line, struct process_line *row)
{
	char until[24];

	*row = (struct process_line){ 0 };
	if (*line == '#' ||
	    sscanf(line, "%d %llu %llu %23s %28s %llu %llu %llu %67s", &row->tgid, &row->cgroup,
		   &row->since, until, row->cause, &row->events, &row->pages, &row->ns,
		   row->comm) != 9)
		return false;
	row->until = strtoull(until, NULL, 10);
	unescape(row->comm);
	return true;
}

bool process_listed(const char *text, const char *pid)
{
	size_t len = strlen(pid);

	while (text && *text) {
		if (!strncmp(text, pid, len) && text[len] == ' ')
			return true;
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return false;
}

bool flight_parse(const char *line, struct flight_line *row)
{
	int got;

	*row = (struct flight_line){ .callback = "-" };
	if (*line == '#')
		return false;
	got = sscanf(line, "%llu %llu %d %d %23s %28s %llx %llx %79s %67s %67s %79s %llu",
		     &row->id, &row->ms, &row->pid, &row->tgid, row->event, row->cause,
		     &row->start, &row->end, row->site, row->task, row->comm, row->callback,
		     &row->callback_ms);
	/* The last two columns are younger. */
	if (got < 11)
		return false;
	unescape(row->task);
	unescape(row->comm);
	return true;
}

/* "24:3,27:9"; "-" if there is none. */
static void parse_buckets(const char *text, struct driver_line *row)
{
	unsigned long long calls;
	unsigned int bucket;
	int used;

	while (sscanf(text, "%u:%llu%n", &bucket, &calls, &used) == 2) {
		if (bucket < DRIVER_BUCKETS)
			row->bucket[bucket] = calls;
		text += used;
		text += *text == ',';
	}
}

bool driver_parse(const char *line, struct driver_line *row)
{
	char notifiers[16], calls[24], ns[24], max[24], histogram[600];

	*row = (struct driver_line){ 0 };
	if (*line == '#' || sscanf(line, "%d %79s %63s %15s %28s %23s %23s %23s %599s %67s",
				   &row->tgid, row->driver, row->module, notifiers, row->cause,
				   calls, ns, max, histogram, row->comm) != 10)
		return false;
	/* "-" is 0. */
	row->notifiers = strtoul(notifiers, NULL, 10);
	row->calls = strtoull(calls, NULL, 10);
	row->ns = strtoull(ns, NULL, 10);
	row->max_ns = strtoull(max, NULL, 10);
	parse_buckets(histogram, row);
	unescape(row->comm);
	return true;
}
