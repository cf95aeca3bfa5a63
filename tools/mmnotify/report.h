/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* report: what is known of a recording, for text, JSON and HTML. */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "drivers.h"
#include "findings.h"
#include "heat.h"
#include "tally.h"

#define REPORT_HEATS	3
/* The causes with the most events have a colour of their own, the others share the last one. */
#define REPORT_COLOURS	8
#define REPORT_BINS	HEAT_COLUMNS

/* An event that began and did not end, as far as the file goes. */
struct open_event {
	struct event e;
	bool used;
};

#define REPORT_OPEN	512

/*
 * @first, @last: time of the first and the last event, ns
 * @lost: events that the recording has lost, as far as the file tells
 * @by_driver: events of the processes that have it; @callbacks: calls, if they were timed
 * @coloured: names of the causes with a colour; @bins has events by colour and time
 */
struct report {
	const char *path;
	unsigned long long events, lost;
	unsigned long long first, last;
	struct tally all;
	struct table causes, processes, tasks, sites, by_driver, callbacks;
	struct drivers drivers;
	struct findings findings;
	struct open_event open[REPORT_OPEN];
	unsigned int nr_coloured;
	char coloured[REPORT_COLOURS][CAUSE_LEN];
	unsigned long long bins[REPORT_COLOURS][REPORT_BINS];
	struct heat heat[REPORT_HEATS];
};

/* html_write() - the report as one page that needs nothing else. */
void html_write(FILE *out, const struct report *report);

/* json_write() - the report as one object. */
void json_write(FILE *out, const struct report *report);

#endif /* REPORT_H */
