// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* Drivers of processes: what is remembered, calls of this run, and the filter by driver. */
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#include "drivers.h"
#include "filter.h"

static const char before[] =
	"# tgid driver module notifiers cause calls ns max_ns histogram comm\n"
	"7 slow_start slow 2 - - - - - a\\040b\n"
	"7 slow_start slow - munmap 10 1000 500 3:9,8:1 a\\040b\n";
static const char after[] =
	"7 slow_start slow 2 - - - - - a\\040b\n"
	"7 slow_start slow - munmap 13 1300 500 3:12,8:1 a\\040b\n"
	"7 slow_start slow - brk 1 77 77 6:1 a\\040b\n"
	"8 sva_start - 1 - - - - - other\n"
	"# untimed 0\n";

static void known(struct drivers *d)
{
	char buf[64];

	ok(drivers_known(d, 7) && drivers_known(d, 8) && !drivers_known(d, 9), "processes");
	ok(drivers_has(d, 7, "slow") && drivers_has(d, 7, "slow_start"), "by module and function");
	ok(!drivers_has(d, 8, "slow") && drivers_has(d, 8, "sva_start"), "of another process");
	ok(!strcmp(drivers_names(d, 7, buf, sizeof(buf)), "slow"), "a module once: %s",
	   buf);
	ok(!strcmp(drivers_names(d, 8, buf, sizeof(buf)), "sva_start"), "the kernel's own: %s",
	   buf);
	ok(!strcmp(drivers_names(d, 9, buf, sizeof(buf)), "-"), "none");
}

static void calls(struct drivers *d)
{
	struct driver_line c;

	ok(!drivers_calls(&d->row[0], &c), "notifiers are no calls");
	ok(drivers_calls(&d->row[1], &c) && c.calls == 3 && c.ns == 300 && c.bucket[3] == 3 &&
	   !c.bucket[8], "calls of this run");
	ok(c.max_ns == 16, "the longest of this run is known by its bucket: %llu", c.max_ns);
	ok(drivers_calls(&d->row[2], &c) && c.calls == 1 && c.max_ns == 77, "a new cause");
	drivers_note(d, "7 slow_start slow - munmap 2 20 15 3:2 a\\040b\n", false);
	ok(drivers_calls(&d->row[1], &c) && c.calls == 2 && c.ns == 20,
	   "a line that made room and began again");
	ok(drivers_first(d, 0) && !drivers_first(d, 1) && !drivers_first(d, 2), "the first row");
}

static void copy_line(const char *line, void *data)
{
	char text[200];

	snprintf(text, sizeof(text), "%s\n", line);
	drivers_note(data, text, false);
}

static void recorded(const struct drivers *d)
{
	struct drivers read = { 0 };
	struct driver_line was, now;

	drivers_write(d, copy_line, &read);
	ok(read.nr == 4 && !strcmp(read.row[0].now.comm, "a b"), "what is written is read: %u",
	   read.nr);
	drivers_calls(&d->row[1], &was);
	ok(drivers_calls(&read.row[1], &now) && !memcmp(&was, &now, sizeof(was)), "all of it");
	drivers_free(&read);
}

static bool passes(const char *driver, int tgid, const struct drivers *d)
{
	struct filter_words words = { .drivers = { 1, { driver } } };
	struct event e = { .tgid = tgid };
	struct filter filter;

	filter_parse(&words, &filter);
	filter.known = d;
	return filter_wants(&filter, &e);
}

static bool counts(const struct filter_words *words, const struct driver_line *line)
{
	struct filter filter;

	filter_parse(words, &filter);
	return filter_wants_calls(&filter, line);
}

static void filtered(const struct drivers *d)
{
	static const struct filter_words all, slow = { .drivers = { 1, { "slow" } } };
	static const struct filter_words brk = { .causes = { 1, { "brk" } } };
	static const struct filter_words task = { .tasks = { 1, { "9" } } };

	ok(passes("slow", 7, d) && passes("slow_start", 7, d) && !passes("slow", 8, d) &&
	   !passes("other", 7, d), "events of the processes that have the driver");
	ok(!passes("slow", 7, NULL), "none where drivers are not known");
	ok(counts(&all, &d->row[1].now) && counts(&slow, &d->row[1].now) &&
	   !counts(&slow, &d->row[3].now), "calls of a driver");
	ok(!counts(&brk, &d->row[1].now) && counts(&brk, &d->row[2].now), "calls for a cause");
	ok(!counts(&task, &d->row[1].now), "the task of a call is not known");
}

int main(void)
{
	struct drivers d = { 0 };

	drivers_note(&d, before, true);
	drivers_note(&d, after, false);
	known(&d);
	calls(&d);
	recorded(&d);
	filtered(&d);
	drivers_free(&d);
	return tap_done();
}
