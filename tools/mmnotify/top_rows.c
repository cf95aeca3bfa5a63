// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* top_rows: the columns of top: their values, their order, and a row as a line. Pure. */
#include <stdio.h>
#include <string.h>

#include "fmt.h"
#include "top_rows.h"

const char *const top_columns[NR_COLUMNS] = {
	"events", "pages", "time", "p50", "p99", "max", "nothing",
};

enum column top_sort = EVENTS;

static double value_of(const struct rate *r, enum column c)
{
	switch (c) {
	case EVENTS:
		return r->events ? r->events : r->calls;
	case PAGES:
		return r->pages;
	case TIME:
		return r->calls ? r->callback_ns : r->ns;
	case P50:
		return rates_quantile(r, 0.5);
	case P99:
		return rates_quantile(r, 0.99);
	case MAX:
		return r->max_ns;
	case NOTHING:
		return r->events ? (double)r->nothing / r->events : 0;
	default:
		return 0;
	}
}

static double value_of_tally(const struct tally *t, enum column c)
{
	switch (c) {
	case EVENTS:
		return t->events;
	case PAGES:
		return t->pages;
	case TIME:
		return t->ns;
	case P50:
		return tally_quantile(t, 0.5);
	case P99:
		return tally_quantile(t, 0.99);
	case MAX:
		return t->max_ns;
	case NOTHING:
		return t->events ? (double)t->nothing / t->events : 0;
	default:
		return 0;
	}
}

int top_compare_tallies(const void *a, const void *b)
{
	const struct row *p = *(struct row *const *)a, *q = *(struct row *const *)b;
	double x = value_of_tally(&p->t, top_sort), y = value_of_tally(&q->t, top_sort);

	if (x != y)
		return x < y ? 1 : -1;
	return strcmp(p->key, q->key);
}

int top_compare_rates(const void *a, const void *b)
{
	double x = value_of(a, top_sort), y = value_of(b, top_sort);
	const struct rate *p = a, *q = b;

	if (x != y)
		return x < y ? 1 : -1;
	return (p->id > q->id) - (p->id < q->id);
}

void top_rate_line(const struct rate *r, double seconds, const char *what, char *to, size_t size)
{
	char time[FMT_LEN], p50[FMT_LEN], p99[FMT_LEN], max[FMT_LEN];
	char comm[80], nil[8] = "-";
	double s = seconds > 0 ? seconds : 1;

	if (r->events)
		snprintf(nil, sizeof(nil), "%.0f", 100.0 * r->nothing / r->events);
	snprintf(to, size, "%7u %-16.16s %9.1f %10.1f %8s %8s %8s %8s %4s  %s", r->tgid,
		 fmt_printable(comm, sizeof(comm), r->comm), (r->events ? r->events : r->calls) / s,
		 r->pages / s, fmt_time(time, (r->calls ? r->callback_ns : r->ns) / s),
		 fmt_time_or_dash(p50, rates_quantile(r, 0.5), r->calls),
		 fmt_time_or_dash(p99, rates_quantile(r, 0.99), r->calls),
		 fmt_time_or_dash(max, r->max_ns, r->calls), nil,
		 what);
}

void top_tally_line(const struct row *r, unsigned int tgid, const char *comm, double seconds,
		    char *to, size_t size)
{
	char time[FMT_LEN], p50[FMT_LEN], p99[FMT_LEN], max[FMT_LEN], key[4 * KEY_LEN];
	double s = seconds > 0 ? seconds : 1;
	const struct tally *t = &r->t;

	snprintf(to, size, "%7u %-16.16s %9.1f %10.1f %8s %8s %8s %8s %4.0f  %s", tgid, comm,
		 t->events / s, t->pages / s, fmt_time(time, t->ns / s),
		 fmt_time(p50, tally_quantile(t, 0.5)), fmt_time(p99, tally_quantile(t, 0.99)),
		 fmt_time(max, t->max_ns), 100.0 * t->nothing / t->events,
		 fmt_printable(key, sizeof(key), r->key));
}
