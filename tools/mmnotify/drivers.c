// SPDX-License-Identifier: GPL-2.0-only
/* drivers: how long callbacks of drivers took while the tool ran. Pure. */
#include <stdlib.h>
#include <string.h>

#include "drivers.h"
#include "fmt.h"
#include "lines.h"
#include "util.h"

/* What @row had in @text: lines of a driver and a cause only grow. */
static struct driver_line find(const char *text, const struct driver_line *row)
{
	char *copy = copy_text(text ? text : ""), *rest = copy, *line;
	struct driver_line at = { 0 }, none = { 0 };
	bool found = false;

	while (!found && (line = next_line(&rest)))
		found = driver_parse(line, &at) && at.tgid == row->tgid && !at.notifiers &&
			!strcmp(at.driver, row->driver) && !strcmp(at.cause, row->cause);
	free(copy);
	return found ? at : none;
}

static void print_calls(FILE *out, const char *before, const struct driver_line *row)
{
	struct driver_line was = find(before, row);
	char calls[FMT_LEN], sum[FMT_LEN], max[FMT_LEN];

	/* A line that made room for another one begins again. */
	if (was.calls >= row->calls)
		return;
	fprintf(out, "  %-40s %-20s %9s calls, %s in all", row->driver, row->cause,
		fmt_count(calls, row->calls - was.calls), fmt_time(sum, row->ns - was.ns));
	if (row->max_ns > was.max_ns)
		fprintf(out, ", the longest %s", fmt_time(max, row->max_ns));
	fputc('\n', out);
}

static void print_driver(FILE *out, const struct driver_line *row)
{
	fprintf(out, "  %-40s of %s: %u notifier%s\n", row->driver,
		strcmp(row->module, "-") ? row->module : "the kernel", row->notifiers,
		row->notifiers == 1 ? "" : "s");
}

void drivers_print(FILE *out, const char *before, const char *after, int pid)
{
	char *copy = copy_text(after), *rest = copy, *line;
	struct driver_line row;
	bool any = false;

	while ((line = next_line(&rest))) {
		if (!driver_parse(line, &row) || row.tgid != pid)
			continue;
		if (!any)
			fprintf(out, "Drivers of the process, and what their callbacks took:\n");
		any = true;
		if (row.notifiers)
			print_driver(out, &row);
		else
			print_calls(out, before, &row);
	}
	free(copy);
}
