// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * stat: totals and rates by process and cause, or by driver, from the module's counters. No event
 * leaves the kernel.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "causes.h"
#include "cgroups.h"
#include "cmd.h"
#include "fmt.h"
#include "live.h"
#include "net.h"
#include "pick.h"
#include "rates.h"
#include "util.h"
#include "words.h"

static struct pick pick;
static unsigned long times;
static unsigned long long interval;
static bool drivers;
static bool json, csv, total;

static const struct opt opts[] = {
	PICK_OPTIONS(pick),
	{ 'D', "drivers", NULL, OPT_FLAG, &drivers, "callbacks of each driver, timed" },
	{ 'i', "interval", "TIME", OPT_TIME, &interval,
	  "print rates again and again, until Ctrl-C" },
	{ 'n', "times", "NUMBER", OPT_NUMBER, &times, "end after so many intervals" },
	{ 0, "total", NULL, OPT_FLAG, &total, "what was counted so far, and end" },
	{ 0, "json", NULL, OPT_FLAG, &json, "one JSON object a line for each interval" },
	{ 0, "csv", NULL, OPT_FLAG, &csv, "comma-separated values" },
	{ 0 }
};

static struct rates_filter filter;
static bool headed;

/* ---- a command, with the processes that it starts ---- */

#define FAMILY	4096

static pid_t child;
static unsigned int kin[FAMILY], nr_kin;

static bool is_kin(unsigned int tgid)
{
	for (unsigned int i = 0; i < nr_kin; i++)
		if (kin[i] == tgid)
			return true;
	return false;
}

static int parent_of(unsigned int tgid)
{
	char path[40], *text, *at;
	int parent = 0;

	snprintf(path, sizeof(path), "/proc/%u/status", tgid);
	text = read_file(path, NULL);
	at = text ? strstr(text, "\nPPid:") : NULL;
	if (at)
		parent = atoi(at + 6);
	free(text);
	return parent;
}

static bool descends(unsigned int tgid)
{
	for (int depth = 0; tgid > 1 && depth < 64; depth++, tgid = parent_of(tgid))
		if (is_kin(tgid))
			return true;
	return false;
}

/* Processes are asked for their parents while they live; one of less than 10 ms may be missed. */
static void note_kin(void)
{
	struct net_snapshot s;

	net_read_processes(&s);
	for (unsigned int i = 0; i < s.nr_processes; i++) {
		unsigned int tgid = s.processes[i].tgid;

		if (!s.processes[i].until && !is_kin(tgid) && nr_kin < FAMILY && descends(tgid))
			kin[nr_kin++] = tgid;
	}
	net_free(&s);
}

static void start(char **argv)
{
	child = fork();
	if (child < 0)
		die("fork: %s", strerror(errno));
	if (!child) {
		execvp(argv[0], argv);
		fprintf(stderr, "mmnotify: %s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	kin[nr_kin++] = child;
	filter.wanted = is_kin;
}

/* Return: its exit status, as a shell has it. */
static int wait_for_command(void)
{
	int status;

	while (waitpid(child, &status, WNOHANG) == 0) {
		note_kin();
		live_wait(10);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- output ---- */

/* Return: true if rows are of callbacks, and not of events. */
static bool timed(void)
{
	return pick.driver || drivers;
}

static int compare(const void *a, const void *b)
{
	const struct rate *x = a, *y = b;
	uint64_t v = timed() ? x->callback_ns : x->events, w = timed() ? y->callback_ns : y->events;

	return v < w ? 1 : v > w ? -1 : 0;
}

static void print_row(const struct rate *r, double seconds)
{
	char count[FMT_LEN], pages[FMT_LEN], ns[FMT_LEN], p50[FMT_LEN], p99[FMT_LEN], max[FMT_LEN];
	char comm[80], name[200], group[240];
	uint64_t events = timed() ? r->calls : r->events;

	printf("%7u %-16s %-22s %10s %9.1f %10s %8s %8s %8s %8s", r->tgid,
	       fmt_printable(comm, sizeof(comm), r->comm), net_cause(r->cause),
	       fmt_count(count, events), seconds > 0 ? events / seconds : 0,
	       timed() ? "-" : fmt_count(pages, r->pages),
	       fmt_time(ns, timed() ? r->callback_ns : r->ns),
	       fmt_time_or_dash(p50, rates_quantile(r, 0.5), r->calls),
	       fmt_time_or_dash(p99, rates_quantile(r, 0.99), r->calls),
	       fmt_time_or_dash(max, r->max_ns, r->calls));
	if (drivers)
		printf("  %-20s", fmt_printable(comm, sizeof(comm), r->driver));
	cgroup_name(r->cgroup, name, sizeof(name));
	printf("  %s\n", fmt_printable(group, sizeof(group), name));
}

static void print_text(const struct rates *r)
{
	struct rate sum = { 0 };
	char events[FMT_LEN], pages[FMT_LEN], ns[FMT_LEN];

	printf("%7s %-16s %-22s %10s %9s %10s %8s %8s %8s %8s%s  CGROUP\n", "PID", "PROCESS", "CAUSE",
	       timed() ? "CALLS" : "EVENTS", "/s", "PAGES", "TIME", "P50", "P99", "MAX",
	       drivers ? "  DRIVER              " : "");
	for (unsigned int i = 0; i < r->nr; i++) {
		if (drivers && !r->list[i].calls)
			continue;
		print_row(&r->list[i], r->seconds);
		rates_add(&sum, &r->list[i]);
	}
	printf("%s %s in %.1f s, ", fmt_count(events, timed() ? sum.calls : sum.events),
	       timed() ? "calls" : "events", r->seconds);
	if (!timed())
		printf("%s pages, ", fmt_count(pages, sum.pages));
	printf("%s", fmt_time(ns, timed() ? sum.callback_ns : sum.ns));
	if (sum.nothing && !timed())
		printf("; %.0f%% changed nothing for a device", 100.0 * sum.nothing / sum.events);
	printf("\n\n");
}

#define LEGEND	8

/* What the causes of the first rows are, each once. */
static void print_legend(const struct rates *r)
{
	unsigned int shown[LEGEND], nr = 0, j;
	char plain[512];

	for (unsigned int i = 0; i < r->nr && nr < LEGEND; i++) {
		unsigned int cause = r->list[i].cause;

		for (j = 0; j < nr && shown[j] != cause; j++)
			;
		if (j < nr)
			continue;
		shown[nr++] = cause;
		printf("%-22s  ", net_cause(cause));
		words_plain(plain, sizeof(plain), cause_get(net_cause(cause))->what);
		words_wrapped(stdout, plain, 24, 72);
	}
}

static void print_json(const struct rates *r, const struct net_snapshot *now)
{
	printf("{\"now_ns\":%lu,\"seconds\":%.3f,\"complete\":%s,\"rows\":[", now->info.now_ns,
	       r->seconds, now->flagged ? "false" : "true");
	for (unsigned int i = 0; i < r->nr; i++) {
		const struct rate *t = &r->list[i];

		printf("%s{\"tgid\":%u,\"comm\":", i ? "," : "", t->tgid);
		put_json(stdout, t->comm);
		printf(",\"cgroup\":%lu,\"ended\":%s,\"cause\":\"%s\",\"events\":%lu,\"pages\":%lu,\"ns\":%lu",
		       t->cgroup, t->ended ? "true" : "false", net_cause(t->cause), t->events,
		       t->pages, t->ns);
		if (drivers) {
			printf(",\"driver\":");
			put_json(stdout, t->driver);
		}
		printf(",\"calls\":%lu,\"callback_ns\":%lu,\"p50_ns\":%lu,\"p99_ns\":%lu,\"max_ns\":%lu}",
		       t->calls, t->callback_ns, rates_quantile(t, 0.5), rates_quantile(t, 0.99),
		       t->max_ns);
	}
	printf("]}\n");
}

static void print_csv(const struct rates *r, const struct net_snapshot *now)
{
	if (!headed)
		printf("now_ns,seconds,tgid,comm,cgroup,cause,events,pages,ns,calls,callback_ns,p50_ns,p99_ns,max_ns\n");
	headed = true;
	for (unsigned int i = 0; i < r->nr; i++) {
		const struct rate *t = &r->list[i];

		printf("%lu,%.3f,%u,", now->info.now_ns, r->seconds, t->tgid);
		put_json(stdout, t->comm);
		printf(",%lu,%s,%lu,%lu,%lu,%lu,%lu,%lu,%lu,%lu\n", t->cgroup, net_cause(t->cause),
		       t->events, t->pages, t->ns, t->calls, t->callback_ns,
		       rates_quantile(t, 0.5), rates_quantile(t, 0.99), t->max_ns);
	}
}

static void print(const struct net_snapshot *before, const struct net_snapshot *now)
{
	struct rates r;

	rates_make(&r, before, now, drivers ? RATES_DRIVER : RATES_CAUSE, &filter);
	qsort(r.list, r.nr, sizeof(*r.list), compare);
	if (json)
		print_json(&r, now);
	else if (csv)
		print_csv(&r, now);
	else
		print_text(&r);
	/* Not with rates, which come again and again. */
	if (!json && !csv && !interval)
		print_legend(&r);
	if (now->flagged)
		warn("processes ended faster than they could be read: rows may be missing");
	rates_free(&r);
	fflush(stdout);
}

/* ---- modes ---- */

static void print_intervals(void)
{
	struct net_snapshot before, now;

	net_read(&before);
	for (unsigned long n = 0; !live_stopped && (!times || n < times); n++) {
		live_wait(interval / 1000000);
		net_read(&now);
		print(&before, &now);
		net_free(&before);
		before = now;
	}
	net_free(&before);
}

static int print_once(int argc, char **argv)
{
	struct net_snapshot before, now;
	int status = 0;

	net_read(&before);
	if (argc) {
		start(argv);
		status = wait_for_command();
	} else {
		if (isatty(STDERR_FILENO))
			fprintf(stderr, "watching; Ctrl-C ends it and prints the sums\n");
		while (!live_stopped)
			live_wait(1000);
	}
	net_read(&now);
	print(&before, &now);
	net_free(&before);
	net_free(&now);
	return status;
}

static int run(int argc, char **argv)
{
	struct net_snapshot now;

	if (json && csv)
		usage_die("--json and --csv exclude each other");
	if (times && !interval)
		interval = 2000000000;
	if (argc && (interval || total))
		usage_die("a command excludes --interval and --total");
	live_catch_signals();
	net_open();
	filter = pick_filter(&pick);
	if (total) {
		net_read(&now);
		print(NULL, &now);
		net_free(&now);
		return 0;
	}
	pick_watch(timed());
	if (argc || !interval)
		return print_once(argc, argv);
	print_intervals();
	return 0;
}

const struct cmd cmd_stat = {
	.name = "stat",
	.what = "Totals and rates by process and cause, also around a command.",
	.usage = "[options] [-- COMMAND ...]",
	.opts = opts,
	.run = run,
};
