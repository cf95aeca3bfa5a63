/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * filter: which events are wanted. As much as possible becomes a filter of tracefs, so that the
 * kernel drops the others; the same test in the program serves recorded files. Pure.
 */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>

#include "cmd.h"
#include "drivers.h"
#include "event.h"

/* Options as they are given; zero: no restriction. */
struct filter_words {
	struct list pids;
	struct list tasks;
	struct list causes;
	struct list ranges;
	struct list drivers;
	const char *effects;
	unsigned long long longer_ns;
};

/* @known: which processes have which driver; not in the kernel's filter. The caller sets it. */
struct filter {
	unsigned int pids, tasks, causes, ranges, drivers;
	int pid[LIST_MAX];
	int task[LIST_MAX];
	const char *cause[LIST_MAX];
	unsigned long long start[LIST_MAX], end[LIST_MAX];
	const char *driver[LIST_MAX];
	const struct drivers *known;
	bool effects_given;
	unsigned int effects;
	unsigned long long longer_ns;
};

/* The options of all commands that select events, for a table of options. */
#define FILTER_OPTIONS(words)						\
	{ 'p', "pid", "PID", OPT_LIST, &(words).pids, "processes whose memory it is" },	\
	{ 't', "task", "TID", OPT_LIST, &(words).tasks, "tasks that do it" },	\
	{ 'c', "cause", "CAUSE", OPT_LIST, &(words).causes,		\
	  "causes, as in docs/causes.md" },				\
	{ 'r', "range", "START-END", OPT_LIST, &(words).ranges,		\
	  "addresses, hexadecimal; also START+SIZE, as in 0x7f00+2M" },	\
	{ 'e', "effects", "LIST", OPT_TEXT, &(words).effects,		\
	  "with any of: gone,pfn,no_write,no_read,dirty; any; nothing" },	\
	{ 'l', "longer", "TIME", OPT_TIME, &(words).longer_ns,		\
	  "that took longer, as in 10ms", "ms" }

/* One more, where the drivers of processes are known. */
#define FILTER_DRIVER(words)						\
	{ 'd', "driver", "NAME", OPT_LIST, &(words).drivers,		\
	  "processes that have this driver, by its module or its function" }

/* filter_parse() - check the words and translate them; dies if one is wrong. */
void filter_parse(const struct filter_words *words, struct filter *filter);

/* filter_kernel() - the filter in the language of tracefs; "" if there is none. To be freed. */
char *filter_kernel(const struct filter *filter);

/* filter_wants() - does the event pass? */
bool filter_wants(const struct filter *filter, const struct event *e);

/* filter_wants_driver() - does a driver of a process pass? Only --pid and --driver count. */
bool filter_wants_driver(const struct filter *filter, const struct driver_line *line);

/*
 * filter_wants_calls() - do calls of a driver pass? Not if a condition is given that needs an
 * event: a task, a range, effects or a duration.
 */
bool filter_wants_calls(const struct filter *filter, const struct driver_line *calls);

#endif /* FILTER_H */
