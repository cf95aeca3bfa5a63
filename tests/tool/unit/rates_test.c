// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* Rows of stat and top: what happened between two snapshots, filters, order, a row as a line. */
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#include "rates.h"
#include "top_rows.h"

/* As event_stub.c has them. */
enum { HINT, UNMAP, FORK };

static struct net_count counts_before[] = { { UNMAP, 10, 40, 1000 } };
static struct net_count counts_now[] = {
	{ UNMAP, 13, 52, 1300 }, { HINT, 5, 5, 50 }, { FORK, 1, 900, 77 },
};

static struct net_process before_processes[] = {
	{ .id = 1, .tgid = 71, .comm = "a", .cgroup = 5, .nr = 1, .counts = counts_before },
};

static struct net_process processes[] = {
	{ .id = 1, .tgid = 71, .comm = "a", .cgroup = 5, .nr = 3, .counts = counts_now },
	{ .id = 2, .tgid = 72, .comm = "b", .cgroup = 6, .nr = 1, .counts = counts_before },
};

static struct net_driver drivers_before[] = {
	{ "start", "gpu", 1, 71, "a", UNMAP, 0, 10, 500, 90, { [5] = 10 } },
	{ "start", "kvm", 1, 71, "a", UNMAP, 0, 7, 70, 10, { [3] = 7 } },
};

/* In another order, with a new row, and one of notifiers. */
static struct net_driver drivers_now[] = {
	{ "start", "kvm", 0, 71, "a", 0, 1 },
	{ "start", "kvm", 1, 71, "a", UNMAP, 0, 9, 100, 20, { [3] = 8, [4] = 1 } },
	{ "start", "gpu", 2, 72, "b", FORK, 0, 1, 8, 8, { [3] = 1 } },
	{ "start", "gpu", 1, 71, "a", UNMAP, 0, 13, 590, 90, { [4] = 3, [5] = 10 } },
};

static const struct net_snapshot before = {
	.info.now_ns = 1000000000, .processes = before_processes, .nr_processes = 1,
	.drivers = drivers_before, .nr_drivers = 2,
};

static const struct net_snapshot now = {
	.info.now_ns = 3000000000, .processes = processes, .nr_processes = 2,
	.drivers = drivers_now, .nr_drivers = 4,
};

static const struct rate *find(const struct rates *r, unsigned int tgid, unsigned int cause,
			       const char *driver)
{
	for (unsigned int i = 0; i < r->nr; i++)
		if (r->list[i].tgid == tgid && r->list[i].cause == cause &&
		    !strcmp(r->list[i].driver, driver))
			return &r->list[i];
	return NULL;
}

static bool is_five(uint64_t id)
{
	return id == 5;
}

static void rows(void)
{
	static const struct rates_filter all, one = { .cgroup = is_five };
	static const struct rates_filter gpu = { .driver = "gpu" };
	const struct rate *row;
	struct rates r;

	rates_make(&r, &before, &now, RATES_PROCESS, &all);
	row = find(&r, 71, 0, "");
	ok(r.nr == 2 && r.seconds == 2 && row && row->events == 9 && row->pages == 917 &&
	   row->ns == 427 && row->nothing == 5, "by process");
	ok(row && row->calls == 5 && row->callback_ns == 120, "with its callbacks");
	rates_free(&r);
	rates_make(&r, &before, &now, RATES_CAUSE, &one);
	row = find(&r, 71, UNMAP, "");
	ok(r.nr == 3 && row && row->events == 3 && !find(&r, 72, UNMAP, ""), "by cause, a cgroup");
	rates_free(&r);
	rates_make(&r, &before, &now, RATES_DRIVER, &all);
	row = find(&r, 71, UNMAP, "kvm");
	ok(row && row->calls == 2 && row->callback_ns == 30 && row->bucket[3] == 1 &&
	   row->bucket[4] == 1, "by driver");
	row = find(&r, 71, UNMAP, "gpu");
	ok(row && row->calls == 3 && row->callback_ns == 90 && row->max_ns == 32,
	   "the longest one of the interval is known by its bucket");
	row = find(&r, 72, FORK, "gpu");
	ok(row && row->calls == 1 && row->max_ns == 8, "a row that was not there before");
	rates_free(&r);
	rates_make(&r, &before, &now, RATES_DRIVER, &gpu);
	ok(r.nr == 2 && !find(&r, 71, UNMAP, "kvm"), "one driver, and no events");
	rates_free(&r);
}

static void sorted(void)
{
	struct rate list[] = {
		{ .id = 1, .tgid = 1, .events = 9, .pages = 1, .ns = 50 },
		{ .id = 2, .tgid = 2, .events = 3, .pages = 8, .ns = 90, .nothing = 3 },
	};
	struct row a = { "a", { .events = 5, .max_ns = 7 } };
	struct row b = { "b", { .events = 2, .max_ns = 9 } };
	const struct row *p = &a, *q = &b;

	top_sort = EVENTS;
	qsort(list, 2, sizeof(*list), top_compare_rates);
	ok(list[0].tgid == 1 && top_compare_tallies(&p, &q) < 0, "most events first");
	top_sort = PAGES;
	qsort(list, 2, sizeof(*list), top_compare_rates);
	ok(list[0].tgid == 2 && top_compare_tallies(&p, &q) < 0, "most pages; else by name");
	top_sort = NOTHING;
	qsort(list, 2, sizeof(*list), top_compare_rates);
	ok(list[0].tgid == 2, "most of what changes nothing");
	top_sort = MAX;
	ok(top_compare_tallies(&p, &q) > 0, "the longest first");
}

static void lines(void)
{
	struct rate r = { .tgid = 7, .comm = "a\033[31mb", .events = 10, .pages = 20,
			  .ns = 2000000, .nothing = 5 };
	struct row row = { "munmap", { .events = 4, .pages = 8, .ns = 4000, .max_ns = 3000 } };
	char line[400];

	top_rate_line(&r, 2, "munmap 50%", line, sizeof(line));
	ok(strstr(line, "      7 ") && strstr(line, " 5.0 ") && strstr(line, " 1 ms ") &&
	   strstr(line, "   50  munmap 50%") && strstr(line, " - ") && !strchr(line, '\033'), "%s",
	   line);
	top_tally_line(&row, 7, "a", 2, line, sizeof(line));
	ok(strstr(line, " 2.0 ") && strstr(line, " 4.0 ") && strstr(line, " 3 us ") &&
	   strstr(line, "    0  munmap"), "%s", line);
}

int main(void)
{
	rows();
	sorted();
	lines();
	return tap_done();
}
