/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* top_rows: the columns of top: their values, their order, and a row as a line. Pure. */
#ifndef TOP_ROWS_H
#define TOP_ROWS_H

#include <stddef.h>

#include "rates.h"
#include "tally.h"

enum column { EVENTS, PAGES, TIME, P50, P99, MAX, NOTHING, NR_COLUMNS };

/* Their names, for options and people. */
extern const char *const top_columns[NR_COLUMNS];

/* By which one rows are sorted. */
extern enum column top_sort;

/* For qsort(): of struct rate, and of pointers to struct row. */
int top_compare_rates(const void *a, const void *b);
int top_compare_tallies(const void *a, const void *b);

/* top_rate_line() - a row of counters; times are of callbacks, if they are timed. */
void top_rate_line(const struct rate *r, double seconds, const char *what, char *to, size_t size);

/* top_tally_line() - a row of events that were read; times are from start to end of an event. */
void top_tally_line(const struct row *r, unsigned int tgid, const char *comm, double seconds,
		    char *to, size_t size);

#endif /* TOP_ROWS_H */
