// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* filter: the same options as a filter of tracefs and as a test of an event. */
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#include "filter.h"

static bool kernel_is(const struct filter_words *words, const char *want)
{
	struct filter filter;
	char *got;
	bool same;

	filter_parse(words, &filter);
	got = filter_kernel(&filter);
	same = !strcmp(got, want);
	if (!same)
		printf("#   got '%s'\n", got);
	free(got);
	return same;
}

static bool wants(const struct filter_words *words, struct event e)
{
	struct filter filter;

	filter_parse(words, &filter);
	return filter_wants(&filter, &e);
}

int main(void)
{
	static const struct filter_words all, pids = { .pids = { 2, { "7", "8" } } };
	static const struct filter_words tasks = { .tasks = { 1, { "9" } } };
	static const struct filter_words both = {
		.pids = { 1, { "7" } }, .causes = { 1, { "brk" } },
	};
	static const struct filter_words range = { .ranges = { 1, { "0x2000-0x3000" } } };
	static const struct filter_words pfn = { .effects = "pfn,dirty" };
	static const struct filter_words nothing = { .effects = "nothing", .longer_ns = 5 };
	struct event e = { .tgid = 7, .pid = 9, .start = 0x1000, .end = 0x2000, .cause = "brk" };

	ok(kernel_is(&all, "") && wants(&all, e), "without options all events pass");
	ok(kernel_is(&pids, "(tgid == 7 || tgid == 8)") && wants(&pids, e), "processes");
	ok(kernel_is(&tasks, "(common_pid == 9)") && wants(&tasks, e), "a task");
	ok(kernel_is(&both, "(tgid == 7) && (cause == 4)") && wants(&both, e), "process and cause");
	ok(kernel_is(&range, "((start < 0x3000 && end > 0x2000))") && !wants(&range, e),
	   "a range that begins where the event ends");
	e.end++;
	ok(wants(&range, e), "a range that the event touches");
	ok(kernel_is(&pfn, "(effects & 0x12)") && !wants(&pfn, e), "effects");
	ok(kernel_is(&nothing, "(effects == 0) && (duration_ns > 5)") && !wants(&nothing, e),
	   "no effects, and longer");
	e.ns = 6;
	ok(wants(&nothing, e), "an event that took longer");
	e.tgid = 6;
	ok(!wants(&pids, e) && !wants(&both, e), "another process");
	return tap_done();
}
