/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* pick: which processes and drivers are shown, for the commands that read counters. */
#ifndef PICK_H
#define PICK_H

#include <stdbool.h>

#include "rates.h"

/* Options as they are given; zero: all. */
struct pick {
	unsigned long pid;
	const char *cgroup;
	const char *driver;
};

/* The options, for a table of options. */
#define PICK_OPTIONS(pick)						\
	{ 'p', "pid", "PID", OPT_NUMBER, &(pick).pid, "only this process" },	\
	{ 'g', "cgroup", "FOLDER", OPT_TEXT, &(pick).cgroup,		\
	  "only processes of this cgroup and of those below; also by its number" },	\
	{ 'd', "driver", "NAME", OPT_TEXT, &(pick).driver,		\
	  "callbacks of this module, or of this function" }

/* pick_filter() - what the options select. Dies if one is wrong. */
struct rates_filter pick_filter(const struct pick *pick);

/*
 * pick_watch() - watch until the program ends, and time callbacks if that is possible here
 * @needed: die with the reason if it is not
 * Return: why callbacks are not timed, NULL if they are
 */
const char *pick_watch(bool needed);

#endif /* PICK_H */
