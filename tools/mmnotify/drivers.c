// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* drivers: which drivers each process has, and what their callbacks took. Pure. */
#include <stdlib.h>
#include <string.h>

#include "drivers.h"
#include "fmt.h"
#include "util.h"

/* A row is of notifiers, or of calls for one cause. */
static bool same(const struct driver_line *a, const struct driver_line *b)
{
	return a->tgid == b->tgid && !a->notifiers == !b->notifiers &&
	       !strcmp(a->driver, b->driver) && !strcmp(a->module, b->module) &&
	       !strcmp(a->cause, b->cause);
}

static struct driver_row *row_of(struct drivers *d, const struct driver_line *line)
{
	for (unsigned int i = 0; i < d->nr; i++)
		if (same(&d->row[i].now, line))
			return &d->row[i];
	if (d->nr == d->room) {
		d->room = d->room ? 2 * d->room : 64;
		d->row = regrow(d->row, d->room * sizeof(*d->row));
	}
	d->row[d->nr] = (struct driver_row){ .now = *line };
	return &d->row[d->nr++];
}

void drivers_note(struct drivers *d, const char *text, bool begin)
{
	char *copy = copy_text(text ? text : ""), *rest = copy, *at;
	struct driver_line line;
	struct driver_row *row;

	while ((at = next_line(&rest))) {
		if (!driver_parse(at, &line))
			continue;
		row = row_of(d, &line);
		/* A line that made room for another one began again. */
		if (line.calls < row->now.calls)
			row->base = (struct driver_line){ 0 };
		row->now = line;
		if (begin)
			row->base = line;
	}
	free(copy);
}

bool drivers_known(const struct drivers *d, int tgid)
{
	for (unsigned int i = 0; i < d->nr; i++)
		if (d->row[i].now.tgid == tgid)
			return true;
	return false;
}

bool drivers_has(const struct drivers *d, int tgid, const char *name)
{
	for (unsigned int i = 0; i < d->nr; i++) {
		const struct driver_line *line = &d->row[i].now;

		if (line->tgid == tgid &&
		    (!strcmp(line->module, name) || !strcmp(line->driver, name)))
			return true;
	}
	return false;
}

const char *drivers_module(const struct driver_line *line)
{
	return strcmp(line->module, "-") ? line->module : line->driver;
}

/* Has a row before @i the same process and module, and if @function also the same function? */
static bool named_before(const struct drivers *d, unsigned int i, bool function)
{
	const struct driver_line *line = &d->row[i].now;

	for (unsigned int j = 0; j < i; j++) {
		const struct driver_line *other = &d->row[j].now;

		if (other->tgid == line->tgid &&
		    !strcmp(drivers_module(other), drivers_module(line)) &&
		    (!function || !strcmp(other->driver, line->driver)))
			return true;
	}
	return false;
}

bool drivers_first(const struct drivers *d, unsigned int i)
{
	return !named_before(d, i, true);
}

const char *drivers_names(const struct drivers *d, int tgid, char *buf, size_t size)
{
	size_t used = 0;

	snprintf(buf, size, "-");
	for (unsigned int i = 0; i < d->nr && used < size; i++) {
		const struct driver_line *line = &d->row[i].now;

		if (line->tgid == tgid && !named_before(d, i, false))
			used += snprintf(buf + used, size - used, "%s%s", used ? ", " : "",
					 drivers_module(line));
	}
	return buf;
}

bool drivers_calls(const struct driver_row *row, struct driver_line *calls)
{
	int longest = -1;

	*calls = row->now;
	calls->calls -= row->base.calls;
	calls->ns -= row->base.ns;
	for (int i = 0; i < DRIVER_BUCKETS; i++) {
		calls->bucket[i] -= row->base.bucket[i];
		if (calls->bucket[i])
			longest = i;
	}
	/* If an earlier call was the longest one, that of this run is known by its bucket. */
	if (longest >= 0 && calls->max_ns > 2ULL << longest)
		calls->max_ns = 2ULL << longest;
	return !row->now.notifiers && calls->calls;
}

static void print_driver(FILE *out, const struct driver_line *line)
{
	fprintf(out, "  %-40s of %s: %u notifier%s\n", line->driver,
		strcmp(line->module, "-") ? line->module : "the kernel", line->notifiers,
		line->notifiers == 1 ? "" : "s");
}

static void print_calls(FILE *out, const struct driver_line *calls)
{
	char count[FMT_LEN], sum[FMT_LEN], max[FMT_LEN];

	fprintf(out, "  %-40s %-20s %9s call%s %s in all, the longest %s\n", calls->driver,
		calls->cause, fmt_count(count, calls->calls), calls->calls == 1 ? ", " : "s,",
		fmt_time(sum, calls->ns), fmt_time(max, calls->max_ns));
}

void drivers_print(FILE *out, const struct drivers *d, int pid)
{
	struct driver_line calls;
	char safe[4 * COMM_LEN];
	int last = 0;

	for (unsigned int i = 0; i < d->nr; i++) {
		const struct driver_line *line = &d->row[i].now;
		bool any = drivers_calls(&d->row[i], &calls);

		if ((pid && line->tgid != pid) || (!any && !line->notifiers))
			continue;
		if (line->tgid != last)
			fprintf(out, "Drivers of %s (%d), and what their callbacks took:\n",
				fmt_printable(safe, sizeof(safe), line->comm), line->tgid);
		last = line->tgid;
		if (line->notifiers)
			print_driver(out, line);
		else
			print_calls(out, &calls);
	}
}

static void put_buckets(FILE *out, const struct driver_line *line)
{
	char between = ' ';

	for (int i = 0; i < DRIVER_BUCKETS; i++) {
		if (!line->bucket[i])
			continue;
		fprintf(out, "%c%d:%llu", between, i, line->bucket[i]);
		between = ',';
	}
}

/* A blank in the name of the process is not written as one. */
static void put_line(FILE *out, const struct driver_line *line)
{
	fprintf(out, "%d %s %s ", line->tgid, line->driver, line->module);
	if (line->notifiers)
		fprintf(out, "%u - - - - -", line->notifiers);
	else
		fprintf(out, "- %s %llu %llu %llu", line->cause, line->calls, line->ns,
			line->max_ns);
	put_buckets(out, line);
	fputc(' ', out);
	for (const char *at = line->comm; *at; at++)
		fprintf(out, *at == ' ' ? "\\040" : "%c", *at);
}

void drivers_write(const struct drivers *d, void (*fn)(const char *line, void *data), void *data)
{
	struct driver_line calls;
	char *text = NULL;
	size_t size;

	for (unsigned int i = 0; i < d->nr; i++) {
		FILE *out;

		if (!drivers_calls(&d->row[i], &calls) && !d->row[i].now.notifiers)
			continue;
		out = open_memstream(&text, &size);
		if (!out)
			die("out of memory");
		put_line(out, &calls);
		fclose(out);
		fn(text, data);
		free(text);
	}
}

void drivers_free(struct drivers *d)
{
	free(d->row);
	*d = (struct drivers){ 0 };
}
