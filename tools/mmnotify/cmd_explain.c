// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * explain: why the memory of a process is invalidated, in sentences, worst first. From events that
 * are watched for a few seconds, or from a recording, and from the module's counters.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attached.h"
#include "causes.h"
#include "census.h"
#include "cmd.h"
#include "findings.h"
#include "fmt.h"
#include "input.h"
#include "lines.h"
#include "live.h"
#include "maps.h"
#include "system.h"
#include "tasks.h"
#include "util.h"
#include "words.h"

static unsigned long long seconds = 10000000000;
static const char *input;
static unsigned long top = 10;

static const struct opt opts[] = {
	{ 's', "seconds", "TIME", OPT_TIME, &seconds, "watch so long, 10 s if none is given" },
	{ 'i', "input", "FILE", OPT_TEXT, &input, "a recording in place of watching" },
	{ 0, "top", "N", OPT_NUMBER, &top, "so many findings at most, 10 if none is given" },
	{ 0 }
};

struct explained {
	int pid;
	struct findings findings;
	unsigned long long events, first, last;
	char comm[COMM_LEN];
};

static void add(struct explained *x, const struct event *e, const char *memory)
{
	if (e->tgid != x->pid || (e->is_start && e->kind != 5))
		return;
	x->events++;
	x->last = e->ts;
	if (!x->first)
		x->first = e->ts;
	memcpy(x->comm, e->comm, sizeof(x->comm));
	findings_add(&x->findings, e, memory);
}

static void on_event(const struct event *traced, const struct stack *kernel,
		     const struct stack *user, void *data)
{
	struct event e = *traced;
	char memory[KIND_LEN];

	(void)kernel;
	(void)user;
	task_of(&e);
	maps_kind(event_is_all(&e) ? 0 : e.tgid, e.start, e.end, memory);
	add(data, &e, memory);
}

static void from_file(const struct event *e, void *data)
{
	add(data, e, "");
}

static void from_note(const char *line, void *data)
{
	(void)data;
	drivers_note(attached_drivers(), line, false);
}

static void show_progress(const struct explained *x, unsigned long long since)
{
	char time[FMT_LEN], count[FMT_LEN];

	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\rwatching %d: %s of %.0f s, %s events\033[K", x->pid,
			fmt_time(time, live_now() - since), seconds / 1e9,
			fmt_count(count, x->events));
}

/* A signal ends watching, and what was seen until then is explained. */
static void watch(struct explained *x)
{
	char filter[64];
	struct live_wish wish = { .releases = true, .filter = filter };
	unsigned long long since;

	snprintf(filter, sizeof(filter), "tgid == %d", x->pid);
	live_begin(&wish);
	attached_begin(true, false);
	since = live_now();
	while (!live_stopped && live_now() - since < seconds) {
		maps_watch(x->pid);
		live_read(on_event, x);
		show_progress(x, since);
		live_wait(100);
	}
	live_end(on_event, x);
	attached_end();
	x->first = since;
	x->last = live_now();
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
	if (live_lost())
		warn("%llu events were lost, so the numbers are too small", live_lost());
}

static void print_summary(const struct explained *x)
{
	char time[FMT_LEN], events[FMT_LEN], safe[KEY_LEN];

	fmt_printable(safe, sizeof(safe), x->comm[0] ? x->comm : process_name(x->pid));
	fmt_time(time, x->last - x->first);
	if (x->events)
		printf("%s (%d): %s event%s in %s.\n\n", safe, x->pid, fmt_count(events, x->events),
		       x->events == 1 ? "" : "s", time);
	else
		printf("%s (%d): no event in %s: no operation on its memory was announced.\n", safe,
		       x->pid, time);
}

/* ---- the counters since watching began ---- */

static bool has_notifier(const char *processes, int pid)
{
	char key[16];

	snprintf(key, sizeof(key), "%d", pid);
	return process_listed(processes, key);
}

static void print_counters(int pid)
{
	char *text = debugfs_read("processes"), *rest = text, *line;
	char events[FMT_LEN], pages[FMT_LEN], time[FMT_LEN];
	struct process_line row;
	bool any = false;

	while ((line = next_line(&rest))) {
		if (!process_parse(line, &row) || row.tgid != pid || !row.events)
			continue;
		if (!any)
			printf("Counted since second %llu of this boot:\n", row.since);
		any = true;
		printf("  %-22s %9s events %14s %9s\n", row.cause, fmt_count(events, row.events),
		       fmt_pages(pages, row.pages), fmt_time(time, row.ns));
	}
	free(text);
}

/* Without an event there is a reason, too. */
static void print_silence(const struct explained *x)
{
	char path[40], *processes;

	if (input || x->events)
		return;
	snprintf(path, sizeof(path), "/proc/%d", x->pid);
	if (access(path, F_OK)) {
		printf("There is no such process now.\n");
		return;
	}
	processes = debugfs_read("processes");
	if (!has_notifier(processes, x->pid))
		printf("No driver has a notifier in it, as far as was counted: no device, no KVM.\n");
	free(processes);
}

static void print_findings(struct explained *x)
{
	findings_sort(&x->findings);
	for (unsigned int i = 0; i < x->findings.nr && i < top; i++)
		finding_print(stdout, i + 1, &x->findings.list[i]);
	if (x->findings.nr > top)
		printf("... and %u smaller ones\n", x->findings.nr - (unsigned int)top);
}

static int run(int argc, char **argv)
{
	struct explained x = { 0 };
	unsigned long pid;

	if (argc != 1 || !parse_number(argv[0], &pid) || !pid)
		usage_die("explain needs the number of a process");
	x.pid = pid;
	if (input)
		input_read(input, from_file, from_note, &x);
	else
		watch(&x);
	print_summary(&x);
	print_findings(&x);
	print_silence(&x);
	drivers_print(stdout, attached_drivers(), x.pid);
	if (!input)
		print_counters(x.pid);
	findings_free(&x.findings);
	return 0;
}

const struct cmd cmd_explain = {
	.name = "explain",
	.what = "Why the memory of a process is invalidated, and what to do.",
	.usage = "[options] PID",
	.opts = opts,
	.run = run,
};
