// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * report: a recording by cause, process, task and call site, and what to do. Reads the file twice:
 * the scales of the pictures are known after the first time.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "filter.h"
#include "fmt.h"
#include "input.h"
#include "live.h"
#include "maps.h"
#include "report.h"
#include "tasks.h"
#include "util.h"

static struct filter_words words;
static const char *html;
static bool as_json;
static unsigned long top = 10;

static const struct opt opts[] = {
	FILTER_OPTIONS(words),
	FILTER_DRIVER(words),
	{ 0, "html", "FILE", OPT_TEXT, &html, "a page with pictures, which needs nothing else" },
	{ 0, "json", NULL, OPT_FLAG, &as_json, "one object of JSON" },
	{ 0, "top", "N", OPT_NUMBER, &top,
	  "lines of each table, and findings; 10 if none is given" },
	{ 0 }
};

static struct filter filter;

/* ---- first pass ---- */

static struct heat *heat_of(struct report *r, const struct event *e)
{
	for (int i = 0; i < REPORT_HEATS; i++)
		if (r->heat[i].tgid == e->tgid)
			return &r->heat[i];
	return NULL;
}

static void note_open(struct report *r, const struct event *e)
{
	struct open_event *at = &r->open[e->id % REPORT_OPEN];

	if (e->is_start && !at->used) {
		at->e = *e;
		at->used = true;
	} else if (!e->is_start && at->used && at->e.id == e->id) {
		at->used = false;
	}
}

/*
 * The memory is known if the process still lives. A process of that name that began later than the
 * event is another one; its clock is the one of this boot unless it is ahead.
 */
static void memory_of(const struct event *e, char memory[KIND_LEN])
{
	memory[0] = '\0';
	if (event_is_all(e) || e->ts > live_now() || strcmp(process_name(e->tgid), e->comm))
		return;
	maps_kind(e->tgid, e->start, e->end, memory);
}

static void count(struct report *r, const struct event *e)
{
	char key[KEY_LEN], memory[KIND_LEN];

	r->events++;
	tally_add(&r->all, e);
	tally_add(table_get(&r->causes, e->cause), e);
	snprintf(key, sizeof(key), "%d %s", e->tgid, e->comm);
	tally_add(table_get(&r->processes, key), e);
	snprintf(key, sizeof(key), "%d %s", e->pid, e->task);
	tally_add(table_get(&r->tasks, key), e);
	tally_add(table_get(&r->sites, *e->site_name ? e->site_name : "release of the mm"), e);
	memory_of(e, memory);
	findings_add(&r->findings, e, memory);
}

static void first_pass(const struct event *e, void *data)
{
	struct report *r = data;

	if (!filter_wants(&filter, e))
		return;
	if (!r->first || e->ts < r->first)
		r->first = e->ts;
	if (e->ts > r->last)
		r->last = e->ts;
	note_open(r, e);
	/* An event with an end counts there. RELEASE has none. */
	if (!e->is_start || e->kind == 5)
		count(r, e);
}

/* ---- between the passes ---- */

static void choose_colours(struct report *r)
{
	struct row *row;

	table_sort(&r->causes);
	for (unsigned int i = 0; i < r->causes.nr && r->nr_coloured < REPORT_COLOURS - 1; i++) {
		row = r->causes.sorted[i];
		snprintf(r->coloured[r->nr_coloured++], CAUSE_LEN, "%.28s", row->key);
	}
	if (r->causes.nr > r->nr_coloured)
		strcpy(r->coloured[r->nr_coloured++], "others");
}

/* The processes with the most pages have a heat map. */
static void choose_heats(struct report *r)
{
	unsigned int nr = 0;

	findings_sort(&r->findings);
	for (unsigned int i = 0; i < r->findings.nr && nr < REPORT_HEATS; i++) {
		const struct finding *f = &r->findings.list[i];
		struct event e = { .tgid = f->tgid };

		if (!f->t.pages || heat_of(r, &e))
			continue;
		r->heat[nr].tgid = f->tgid;
		memcpy(r->heat[nr++].comm, f->comm, sizeof(f->comm));
	}
}

static void note_blocks(const struct event *e, void *data)
{
	struct heat *heat = heat_of(data, e);

	if (heat && !e->is_start && filter_wants(&filter, e))
		heat_note(heat, e);
}

static unsigned int colour_of(const struct report *r, const char *cause)
{
	for (unsigned int i = 0; i < r->nr_coloured; i++)
		if (!strcmp(r->coloured[i], cause))
			return i;
	return r->nr_coloured - 1;
}

static void last_pass(const struct event *e, void *data)
{
	struct report *r = data;
	unsigned long long length = r->last - r->first + 1;
	unsigned int bin;
	struct heat *heat;

	if ((e->is_start && e->kind != 5) || !filter_wants(&filter, e))
		return;
	bin = (double)(e->ts - r->first) * REPORT_BINS / length;
	r->bins[colour_of(r, e->cause)][bin]++;
	heat = heat_of(r, e);
	if (heat)
		heat_add(heat, e, bin);
}

static void note_driver(const char *line, void *data)
{
	struct report *r = data;

	drivers_note(&r->drivers, line, false);
}

/* An event is told to each driver of its process, or to those with a part of its range. */
static void add_driver(struct report *r, const struct driver_line *line)
{
	char key[KEY_LEN];

	snprintf(key, sizeof(key), "%.40s: %.50s", drivers_module(line), line->driver);
	for (unsigned int i = 0; i < r->processes.nr; i++)
		if (atoi(r->processes.sorted[i]->key) == line->tgid)
			tally_sum(table_get(&r->by_driver, key), &r->processes.sorted[i]->t);
}

static bool has_events(const struct report *r, int tgid)
{
	for (unsigned int i = 0; i < r->processes.nr; i++)
		if (atoi(r->processes.sorted[i]->key) == tgid)
			return true;
	return false;
}

static void add_calls(struct report *r, const struct driver_line *calls)
{
	struct tally t = { .events = calls->calls, .ns = calls->ns, .max_ns = calls->max_ns };
	char key[KEY_LEN];

	if (!filter_wants_calls(&filter, calls) || !has_events(r, calls->tgid))
		return;
	memcpy(t.bucket, calls->bucket, sizeof(calls->bucket));
	snprintf(key, sizeof(key), "%.60s, %s", drivers_module(calls), calls->cause);
	tally_sum(table_get(&r->callbacks, key), &t);
}

static void by_driver(struct report *r)
{
	struct driver_line calls;

	for (unsigned int i = 0; i < r->drivers.nr; i++) {
		if (drivers_first(&r->drivers, i))
			add_driver(r, &r->drivers.row[i].now);
		if (drivers_calls(&r->drivers.row[i], &calls))
			add_calls(r, &calls);
	}
	table_sort(&r->by_driver);
	table_sort(&r->callbacks);
}

static void read_all(struct report *r)
{
	/* They are at the end of the file, and the filter may need them. */
	input_read(r->path, NULL, note_driver, r);
	filter.known = &r->drivers;
	r->lost = input_read(r->path, first_pass, NULL, r);
	table_sort(&r->processes);
	table_sort(&r->tasks);
	table_sort(&r->sites);
	by_driver(r);
	choose_colours(r);
	choose_heats(r);
	if (!html || !r->events)
		return;
	input_read(r->path, note_blocks, NULL, r);
	for (int i = 0; i < REPORT_HEATS; i++)
		heat_rows(&r->heat[i]);
	input_read(r->path, last_pass, NULL, r);
}

/* ---- text ---- */

static void print_row(const struct row *row)
{
	char events[FMT_LEN], pages[FMT_LEN], sum[FMT_LEN], half[FMT_LEN], high[FMT_LEN];
	char max[FMT_LEN], safe[KEY_LEN];
	const struct tally *t = &row->t;

	printf("  %-34.34s %9s %12s %9s %9s %9s %9s %7.0f%%\n",
	       fmt_printable(safe, sizeof(safe), row->key), fmt_count(events, t->events),
	       fmt_count(pages, t->pages), fmt_time(sum, t->ns),
	       fmt_time(half, tally_quantile(t, 0.5)), fmt_time(high, tally_quantile(t, 0.99)),
	       fmt_time(max, t->max_ns), t->events ? 100.0 * t->nothing / t->events : 0);
}

static void print_table(const char *name, const struct table *table)
{
	printf("\n%-36s %9s %12s %9s %9s %9s %9s %8s\n", name, "EVENTS", "PAGES", "TIME", "P50<",
	       "P99<", "MAX", "NOTHING");
	for (unsigned int i = 0; i < table->nr && i < top; i++)
		print_row(table->sorted[i]);
	if (table->nr > top)
		printf("  ... and %u more\n", table->nr - (unsigned int)top);
}

static void print_open(const struct report *r)
{
	char age[FMT_LEN], safe[KEY_LEN];

	for (int i = 0; i < REPORT_OPEN; i++) {
		const struct event *e = &r->open[i].e;

		if (!r->open[i].used || e->kind == 5)
			continue;
		printf("not ended: %s of %d %s, by task %d, began %s before the end\n", e->cause,
		       e->tgid, fmt_printable(safe, sizeof(safe), e->comm), e->pid,
		       fmt_time(age, r->last - e->ts));
	}
}

static void print_text(const struct report *r)
{
	char events[FMT_LEN], lost[FMT_LEN], time[FMT_LEN];

	printf("%s: %s events in %s, %s lost\n", r->path, fmt_count(events, r->events),
	       fmt_time(time, r->last - r->first), fmt_count(lost, r->lost));
	print_open(r);
	print_table("CAUSE", &r->causes);
	print_table("PROCESS", &r->processes);
	print_table("TASK", &r->tasks);
	print_table("CALL SITE", &r->sites);
	if (r->by_driver.nr)
		print_table("DRIVER, WITH ITS PROCESSES' EVENTS", &r->by_driver);
	if (r->callbacks.nr)
		print_table("CALLBACKS OF A DRIVER, BY CAUSE", &r->callbacks);
	printf("\nFindings, worst first\n\n");
	for (unsigned int i = 0; i < r->findings.nr && i < top; i++)
		finding_print(stdout, i + 1, &r->findings.list[i]);
}

static void write_html(const struct report *r)
{
	FILE *out = strcmp(html, "-") ? fopen(html, "we") : stdout;

	if (!out)
		die("%s: %s: name another file by --html", html, strerror(errno));
	html_write(out, r);
	if (fflush(out) || ferror(out))
		die("%s: %s: the page is not complete", html, strerror(errno));
	if (out == stdout)
		return;
	fclose(out);
	fprintf(stderr, "%s: open it in a browser\n", html);
}

static int run(int argc, char **argv)
{
	static struct report report;

	if (argc > 1)
		usage_die("report reads one file, not '%s', too", argv[1]);
	filter_parse(&words, &filter);
	report.path = argc ? argv[0] : "trace.dat";
	read_all(&report);
	if (html)
		write_html(&report);
	if (as_json)
		json_write(stdout, &report);
	else if (!html)
		print_text(&report);
	return 0;
}

const struct cmd cmd_report = {
	.name = "report",
	.what = "A recording by cause, process, task, call site and driver, and what to do.",
	.usage = "[options] [trace.dat]",
	.opts = opts,
	.run = run,
};
