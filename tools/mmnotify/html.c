// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * html: the report as one page, with its pictures as SVG. Each name comes from outside, since a
 * process names itself: it is written by put_html() only.
 */
#include <stdlib.h>
#include <string.h>

#include "causes.h"
#include "fmt.h"
#include "page.h"
#include "report.h"
#include "util.h"

#define FINDINGS_MAX	12
#define ROWS_MAX	50
/* Inner size of the pictures, and what their axes take at the left and below. */
#define WIDTH		960
#define LEFT		110
#define BELOW		22

static const char *const colours[REPORT_COLOURS] = {
	"#3b6fb6", "#d9822b", "#2e8b6f", "#b5446e", "#7a5bb0", "#8a6d3b", "#2aa1b3", "#9aa3ad",
};

static const char *colour_of(const struct report *r, const char *cause)
{
	for (unsigned int i = 0; i < r->nr_coloured; i++)
		if (!strcmp(r->coloured[i], cause))
			return colours[i];
	return colours[REPORT_COLOURS - 1];
}

static void put_tile(FILE *out, const char *what, const char *value)
{
	fprintf(out, "<div class=\"tile\">%s<b>", what);
	put_html(out, value);
	fputs("</b></div>\n", out);
}

static void put_head(FILE *out, const struct report *r)
{
	char text[FMT_LEN];

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<link rel=\"icon\" href=\"data:,\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>mmnotify: ", out);
	put_html(out, r->path);
	fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", page_css);
	fputs("<h1>What invalidated the mappings of devices</h1>\n<p class=\"soft\">", out);
	put_html(out, r->path);
	fputs(", by mmnotify " MMN_VERSION "</p>\n<div class=\"tiles\">\n", out);
	put_tile(out, "events", fmt_count(text, r->events));
	put_tile(out, "lost", fmt_count(text, r->lost));
	put_tile(out, "recorded", fmt_time(text, r->last - r->first));
	put_tile(out, "processes", fmt_count(text, r->processes.nr));
	put_tile(out, "between start and end", fmt_time(text, r->all.ns));
	put_tile(out, "longest", fmt_time(text, r->all.max_ns));
	fputs("</div>\n", out);
}

/* ---- findings ---- */

/* Backticks of the table of causes become code. */
static void put_text(FILE *out, const char *text)
{
	bool code = false;
	char one[2] = "";

	for (; *text; text++) {
		if (*text == '`') {
			code = !code;
			fputs(code ? "<code>" : "</code>", out);
			continue;
		}
		one[0] = *text;
		if (*text & 0x80)
			fputc(*text, out);
		else
			put_html(out, one);
	}
}

static void put_finding(FILE *out, const struct report *r, const struct finding *f)
{
	const struct cause_text *text = cause_get(f->cause);
	char *facts = finding_facts(f);

	fprintf(out, "<div class=\"card finding\" style=\"border-left-color:%s\">\n<h3>",
		colour_of(r, f->cause));
	put_html(out, facts);
	fputs("</h3>\n<p>", out);
	put_text(out, text->what);
	fprintf(out, " %s</p>\n<p class=\"do\"><b>What to do:</b> ", finding_effects(f));
	put_text(out, text->remedy);
	fputs("</p>\n</div>\n", out);
	free(facts);
}

static void put_findings(FILE *out, const struct report *r)
{
	fputs("<h2>Findings, worst first</h2>\n", out);
	if (!r->findings.nr)
		fputs("<p>No event was recorded.</p>\n", out);
	for (unsigned int i = 0; i < r->findings.nr && i < FINDINGS_MAX; i++)
		put_finding(out, r, &r->findings.list[i]);
	if (r->findings.nr > FINDINGS_MAX)
		fprintf(out, "<p class=\"soft\">... and %u smaller ones</p>\n",
			r->findings.nr - FINDINGS_MAX);
}

static void put_open(FILE *out, const struct report *r)
{
	char age[FMT_LEN];

	for (int i = 0; i < REPORT_OPEN; i++) {
		const struct event *e = &r->open[i].e;

		if (!r->open[i].used || e->kind == 5)
			continue;
		fputs("<div class=\"card finding\" style=\"border-left-color:#c0392b\"><h3>", out);
		fprintf(out, "Not ended: %s of ", e->cause);
		put_html(out, e->comm);
		fprintf(out, " (%d), by task %d, began %s before the end</h3></div>\n", e->tgid,
			e->pid, fmt_time(age, r->last - e->ts));
	}
}

/* ---- pictures ---- */

/* Five times below a picture whose inner part begins at LEFT. */
static void put_times(FILE *out, const struct report *r, int height)
{
	char time[FMT_LEN];

	for (int i = 0; i <= 4; i++)
		fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n",
			LEFT + i * (WIDTH - LEFT) / 4, height - 6,
			i == 0 ? "start" : i == 4 ? "end" : "middle",
			fmt_time(time, (r->last - r->first) / 4 * i));
}

static unsigned long long bin_sum(const struct report *r, int bin)
{
	unsigned long long sum = 0;

	for (unsigned int c = 0; c < r->nr_coloured; c++)
		sum += r->bins[c][bin];
	return sum;
}

static void put_keys(FILE *out, const struct report *r)
{
	fputs("<p>", out);
	for (unsigned int c = 0; c < r->nr_coloured; c++)
		fprintf(out, "<span class=\"key\"><i style=\"background:%s\"></i>%s</span>",
			colours[c], r->coloured[c]);
	fputs("</p>\n", out);
}

static void put_column(FILE *out, const struct report *r, int bin, double scale, int base)
{
	double width = (double)(WIDTH - LEFT) / REPORT_BINS, y = base;

	for (unsigned int c = 0; c < r->nr_coloured; c++) {
		double height = r->bins[c][bin] * scale;

		if (!r->bins[c][bin])
			continue;
		y -= height;
		fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\">"
			"<title>%s: %llu</title></rect>\n", LEFT + bin * width, y, width - 1,
			height, colours[c], r->coloured[c], r->bins[c][bin]);
	}
}

static void put_time_line(FILE *out, const struct report *r)
{
	int height = 220, base = height - BELOW;
	unsigned long long max = 1;
	char text[FMT_LEN];

	for (int bin = 0; bin < REPORT_BINS; bin++)
		max = bin_sum(r, bin) > max ? bin_sum(r, bin) : max;
	fputs("<h2>Events over time</h2>\n<div class=\"card\">\n", out);
	put_keys(out, r);
	fprintf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"events over time\">\n",
		WIDTH, height);
	fprintf(out, "<text x=\"%d\" y=\"14\" text-anchor=\"end\">%s</text>\n", LEFT - 8,
		fmt_count(text, max));
	fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">0 events</text>\n", LEFT - 8,
		base);
	fprintf(out, "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#d9dee6\"/>\n", LEFT,
		WIDTH, base, base);
	for (int bin = 0; bin < REPORT_BINS; bin++)
		put_column(out, r, bin, (base - 6.0) / max, base);
	put_times(out, r, height);
	fputs("</svg>\n</div>\n", out);
}

/* Darker is more, by the logarithm: pages of one cell differ by factors of thousands. */
static void put_cell(FILE *out, const struct heat *heat, unsigned int row, int column, int high)
{
	unsigned long long pages = heat->cell[row][column];
	double width = (double)(WIDTH - LEFT) / HEAT_COLUMNS;
	int bits = 0, all = 1;

	if (!pages)
		return;
	while (pages >> bits)
		bits++;
	while (heat->max >> all)
		all++;
	fprintf(out, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#1d4f91\" "
		"fill-opacity=\"%.2f\"><title>%#llx: %llu pages</title></rect>\n",
		LEFT + column * width, row * high, width - 0.5, high - 1,
		0.15 + 0.85 * bits / all, heat->from[row], pages);
}

static void put_heat(FILE *out, const struct report *r, const struct heat *heat)
{
	int high = heat->rows > 20 ? 10 : 14, height = heat->rows * high + BELOW;
	unsigned int step = heat->rows > 20 ? 2 : 1;

	fputs("<h2>Addresses of ", out);
	put_html(out, heat->comm);
	fprintf(out, " (%d) over time</h2>\n<div class=\"card\">\n"
		"<p class=\"soft\">Pages hit; darker is more. A row is %u block%s of 2 MB; blocks "
		"that were never hit are left out.</p>\n", heat->tgid, heat->per_row,
		heat->per_row == 1 ? "" : "s");
	fprintf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"addresses over time\">\n",
		WIDTH, height);
	for (unsigned int row = 0; row < heat->rows; row++) {
		if (row % step == 0)
			fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%#llx</text>\n",
				LEFT - 8, row * high + high - 2, heat->from[row]);
		for (int column = 0; column < HEAT_COLUMNS; column++)
			put_cell(out, heat, row, column, high);
	}
	put_times(out, r, height);
	fputs("</svg>\n</div>\n", out);
}

static void put_histogram(FILE *out, const struct report *r, const struct row *row)
{
	int height = 150, base = height - BELOW, first = TALLY_BUCKETS, last = 0, width;
	unsigned long long max = 1;
	char time[FMT_LEN];

	for (int i = 0; i < TALLY_BUCKETS; i++) {
		if (!row->t.bucket[i])
			continue;
		first = i < first ? i : first;
		last = i;
		max = row->t.bucket[i] > max ? row->t.bucket[i] : max;
	}
	if (first > last)
		return;
	width = 460 / (last - first + 1 > 6 ? last - first + 1 : 6);
	fputs("<div class=\"card\"><b>", out);
	put_html(out, row->key);
	fprintf(out, "</b>\n<svg viewBox=\"0 0 460 %d\" role=\"img\" aria-label=\"durations\">\n",
		height);
	for (int i = first; i <= last; i++) {
		double part = (base - 14.0) * row->t.bucket[i] / max;

		fprintf(out, "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"%s\">"
			"<title>from %s: %llu events</title></rect>\n", (i - first) * width,
			base - part, width - 2, part, colour_of(r, row->key),
			fmt_time(time, 1ULL << i), row->t.bucket[i]);
		if ((i - first) % (width < 50 ? 3 : 1) == 0)
			fprintf(out, "<text x=\"%d\" y=\"%d\">%s</text>\n", (i - first) * width,
				height - 6, fmt_time(time, 1ULL << i));
	}
	fputs("</svg></div>\n", out);
}

static void put_histograms(FILE *out, const struct report *r)
{
	fputs("<h2>Time from start to end, by cause</h2>\n<div class=\"four\">\n", out);
	for (unsigned int i = 0; i < r->causes.nr && i < 4; i++)
		put_histogram(out, r, r->causes.sorted[i]);
	fputs("</div>\n", out);
}

/* ---- tables ---- */

static void put_number(FILE *out, unsigned long long value, const char *text)
{
	fprintf(out, "<td data-v=\"%llu\">%s</td>", value, text);
}

static void put_row(FILE *out, const struct row *row, unsigned long long max)
{
	const struct tally *t = &row->t;
	char text[FMT_LEN];

	fputs("<tr><td>", out);
	put_html(out, row->key);
	fputs("</td>", out);
	put_number(out, t->events, fmt_count(text, t->events));
	put_number(out, t->pages, fmt_count(text, t->pages));
	put_number(out, t->ns, fmt_time(text, t->ns));
	put_number(out, tally_quantile(t, 0.5), fmt_time(text, tally_quantile(t, 0.5)));
	put_number(out, tally_quantile(t, 0.99), fmt_time(text, tally_quantile(t, 0.99)));
	put_number(out, t->max_ns, fmt_time(text, t->max_ns));
	fprintf(out, "<td data-v=\"%llu\">%.0f%%</td>", t->nothing,
		t->events ? 100.0 * t->nothing / t->events : 0);
	fprintf(out, "<td data-v=\"%llu\"><span class=\"bar\" style=\"width:%.0fpx\"></span></td></tr>\n",
		t->ns, max ? 90.0 * t->ns / max : 0);
}

static void put_table(FILE *out, const char *title, const char *first, const struct table *table)
{
	unsigned long long max = table->nr ? table->sorted[0]->t.ns : 0;

	fprintf(out, "<h2>%s</h2>\n<div class=\"card\"><table>\n<thead><tr><th>%s</th>"
		"<th>events</th><th>pages</th><th>time</th><th>half below</th><th>99%% below</th>"
		"<th>longest</th><th>nothing to do</th><th>share of time</th></tr></thead>\n<tbody>\n",
		title, first);
	for (unsigned int i = 0; i < table->nr && i < ROWS_MAX; i++)
		put_row(out, table->sorted[i], max);
	fputs("</tbody></table>", out);
	if (table->nr > ROWS_MAX)
		fprintf(out, "<p class=\"soft\">... and %u more</p>", table->nr - ROWS_MAX);
	fputs("</div>\n", out);
}

void html_write(FILE *out, const struct report *r)
{
	put_head(out, r);
	put_open(out, r);
	if (r->events)
		put_time_line(out, r);
	put_findings(out, r);
	if (r->events) {
		for (int i = 0; i < REPORT_HEATS; i++)
			if (r->heat[i].rows)
				put_heat(out, r, &r->heat[i]);
		put_histograms(out, r);
	}
	put_table(out, "By cause", "cause", &r->causes);
	put_table(out, "By process", "process", &r->processes);
	put_table(out, "By task", "task", &r->tasks);
	put_table(out, "By call site", "kernel function", &r->sites);
	if (r->by_driver.nr)
		put_table(out, "Events of the processes that have a driver", "driver: callback",
			  &r->by_driver);
	if (r->callbacks.nr)
		put_table(out, "Callbacks of drivers", "driver, cause", &r->callbacks);
	fprintf(out, "</main>\n<script>\n%s</script>\n</body>\n</html>\n", page_js);
}
