// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * export: the counters as OpenMetrics text, on standard output, or as the file of node_exporter's
 * textfile collector. It does not watch by itself: a run every 15 s would count nothing in between.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "net.h"
#include "util.h"

static const char *textfile;
static unsigned long processes = 100;

static const struct opt opts[] = {
	{ 0, "textfile", "FILE", OPT_TEXT, &textfile, "replace this file, for node_exporter" },
	{ 0, "processes", "NUMBER", OPT_NUMBER, &processes,
	  "how many processes at most, those with most events; 100 if none is given" },
	{ 0 }
};

/* The textfile collector reads the older text format, which has no end mark and no units. */
static bool open_metrics(void)
{
	return !textfile;
}

/* OpenMetrics names a counter without _total in its description; the older format with it. */
static void head(FILE *out, const char *name, const char *type, const char *help)
{
	const char *total = !open_metrics() && !strcmp(type, "counter") ? "_total" : "";

	fprintf(out, "# HELP mmnotify_%s%s %s\n# TYPE mmnotify_%s%s %s\n", name, total, help, name,
		total, type);
}

static void label(FILE *out, const char *name, const char *value)
{
	fprintf(out, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", out);
		else if (*value == '"' || *value == '\\')
			fprintf(out, "\\%c", *value);
		else if ((unsigned char)*value < ' ' || (unsigned char)*value >= 127)
			fputc('?', out);
		else
			fputc(*value, out);
	}
	fputc('"', out);
}

static void gauge(FILE *out, const char *name, const char *help, double value)
{
	head(out, name, "gauge", help);
	fprintf(out, "mmnotify_%s %.17g\n", name, value);
}

static void counter(FILE *out, const char *name, const char *help, uint64_t value)
{
	head(out, name, "counter", help);
	fprintf(out, "mmnotify_%s_total %lu\n", name, value);
}

static void put_info(FILE *out, const struct net_info *i)
{
	head(out, open_metrics() ? "build" : "build_info", open_metrics() ? "info" : "gauge",
	     "Version of the module, and what verdicts rest on.");
	fputs("mmnotify_build_info{", out);
	label(out, "version", i->version);
	fputc(',', out);
	label(out, "trust", i->trust);
	fputc(',', out);
	label(out, "hook", i->hook);
	fputs("} 1\n", out);
	gauge(out, "exact", "1 if verdicts may be exact on this kernel.", i->exact);
	gauge(out, "watching", "1 while events of every process with a notifier are counted.",
	      i->watching);
	gauge(out, "timing", "1 while callbacks of drivers are timed.", i->timing);
	counter(out, "inexact_events", "Events whose verdict was not exact.", i->inexact);
	counter(out, "events_without_process",
		"Events that no process has, as the table was full.", i->without_entry);
	counter(out, "untimed_callbacks", "Callbacks that were not timed although timing was on.",
		i->untimed);
}

static void put_events(FILE *out, const struct net_snapshot *s)
{
	head(out, "events", "counter", "Invalidations of the whole machine by event and cause.");
	for (unsigned int i = 0; i < s->nr_counters; i++)
		fprintf(out, "mmnotify_events_total{event=\"%s\",cause=\"%s\"} %lu\n",
			net_event(s->counters[i].event), net_cause(s->counters[i].cause),
			s->counters[i].count);
}

/* ---- processes ---- */

/* The sum of entries with the same labels, after execve() for one. */
struct line {
	const struct net_process *p;
	struct net_count c;
};

static struct line *lines;
static unsigned int nr_lines;

static bool same(const struct net_process *p, const struct net_process *q)
{
	return p->tgid == q->tgid && p->cgroup == q->cgroup && !strcmp(p->comm, q->comm);
}

static void add_line(const struct net_process *p, const struct net_count *c)
{
	for (unsigned int i = 0; i < nr_lines; i++) {
		if (lines[i].c.cause != c->cause || !same(lines[i].p, p))
			continue;
		lines[i].c.events += c->events;
		lines[i].c.pages += c->pages;
		lines[i].c.ns += c->ns;
		return;
	}
	lines = regrow(lines, (nr_lines + 1) * sizeof(*lines));
	lines[nr_lines++] = (struct line){ p, *c };
}

static uint64_t events_of(const struct net_process *p)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < p->nr; i++)
		sum += p->counts[i].events;
	return sum;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = events_of(a), y = events_of(b);

	return x < y ? 1 : x > y ? -1 : 0;
}

static void put_line(FILE *out, const char *name, const struct line *l)
{
	fprintf(out, "mmnotify_process_%s_total{pid=\"%u\",", name, l->p->tgid);
	label(out, "comm", l->p->comm);
	fprintf(out, ",cgroup=\"%lu\",cause=\"%s\"} ", l->p->cgroup, net_cause(l->c.cause));
}

static void put_processes(FILE *out, struct net_snapshot *s)
{
	qsort(s->processes, s->nr_processes, sizeof(*s->processes), compare);
	for (unsigned int i = 0; i < s->nr_processes && i < processes; i++)
		for (unsigned int j = 0; j < s->processes[i].nr; j++)
			add_line(&s->processes[i], &s->processes[i].counts[j]);
	head(out, "process_events", "counter", "Invalidations by process and cause.");
	for (unsigned int i = 0; i < nr_lines; i++) {
		put_line(out, "events", &lines[i]);
		fprintf(out, "%lu\n", lines[i].c.events);
	}
	head(out, "process_pages", "counter", "Pages in the ranges of these events.");
	for (unsigned int i = 0; i < nr_lines; i++) {
		put_line(out, "pages", &lines[i]);
		fprintf(out, "%lu\n", lines[i].c.pages);
	}
	head(out, "process_seconds", "counter", "Time from their starts to their ends.");
	for (unsigned int i = 0; i < nr_lines; i++) {
		put_line(out, "seconds", &lines[i]);
		fprintf(out, "%.9f\n", lines[i].c.ns / 1e9);
	}
}

/* ---- drivers: a histogram for each, of all processes and causes ---- */

static struct net_driver *totals;
static unsigned int nr_totals;

static void add_driver(const struct net_driver *d)
{
	unsigned int i;

	for (i = 0; i < nr_totals; i++)
		if (!strcmp(totals[i].symbol, d->symbol) && !strcmp(totals[i].module, d->module))
			break;
	if (i == nr_totals) {
		totals = regrow(totals, (nr_totals + 1) * sizeof(*totals));
		totals[nr_totals++] = *d;
		return;
	}
	totals[i].calls += d->calls;
	totals[i].ns += d->ns;
	for (unsigned int b = 0; b < NET_BUCKETS; b++)
		totals[i].bucket[b] += d->bucket[b];
}

static void put_driver(FILE *out, const struct net_driver *d, const char *suffix)
{
	fprintf(out, "mmnotify_callback_seconds%s{", suffix);
	label(out, "module", d->module);
	fputc(',', out);
	label(out, "function", d->symbol);
}

/* From 1 us to 69 s: buckets below and above are parts of the first and the last one. */
static void put_histogram(FILE *out, const struct net_driver *d)
{
	uint64_t below = 0;

	for (unsigned int b = 0; b < NET_BUCKETS; b++) {
		below += d->bucket[b];
		if (b < 10 || b > 35)
			continue;
		put_driver(out, d, "_bucket");
		fprintf(out, ",le=\"%.9g\"} %lu\n", (2ULL << b) / 1e9, below);
	}
	put_driver(out, d, "_bucket");
	fprintf(out, ",le=\"+Inf\"} %lu\n", below);
	put_driver(out, d, "_count");
	fprintf(out, "} %lu\n", below);
	put_driver(out, d, "_sum");
	fprintf(out, "} %.9f\n", d->ns / 1e9);
}

static void put_drivers(FILE *out, const struct net_snapshot *s)
{
	for (unsigned int i = 0; i < s->nr_drivers; i++)
		if (!s->drivers[i].notifiers)
			add_driver(&s->drivers[i]);
	if (nr_totals)
		head(out, "callback_seconds", "histogram", "Time in callbacks of drivers.");
	for (unsigned int i = 0; i < nr_totals; i++)
		put_histogram(out, &totals[i]);
}

static void put_all(FILE *out, struct net_snapshot *s)
{
	put_info(out, &s->info);
	put_events(out, s);
	put_processes(out, s);
	put_drivers(out, s);
	gauge(out, "in_flight", "Events that have started and not ended.", s->flights);
	gauge(out, "in_flight_oldest_seconds", "Age of the oldest one.", s->oldest_ns / 1e9);
	if (open_metrics())
		fputs("# EOF\n", out);
}

/* The collector must never see a part of the file, nor a second one. */
static void replace_file(struct net_snapshot *s)
{
	char path[PATH_MAX];
	FILE *out;
	int fd;

	if (snprintf(path, sizeof(path), "%s.%d", textfile, getpid()) >= (int)sizeof(path))
		die("%s: the name is too long", textfile);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out || fchmod(fd, 0644))
		die("%s: %s", path, strerror(errno));
	put_all(out, s);
	if (fflush(out) || ferror(out) || fsync(fd) || fclose(out) || rename(path, textfile)) {
		int error = errno;

		unlink(path);
		die("%s: %s", textfile, strerror(error));
	}
}

static int run(int argc, char **argv)
{
	struct net_snapshot s;

	if (argc)
		usage_die("export has no operand '%s'", argv[0]);
	net_open();
	net_read(&s);
	if (!s.info.watching)
		warn("nothing is counted: echo 1 > /sys/module/mmnotify/parameters/watch");
	if (textfile)
		replace_file(&s);
	else
		put_all(stdout, &s);
	return 0;
}

const struct cmd cmd_export = {
	.name = "export",
	.what = "The counters as OpenMetrics text, for Prometheus.",
	.usage = "[options]",
	.opts = opts,
	.run = run,
};
