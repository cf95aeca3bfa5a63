// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * stats: the debugfs pages show each counter and the sums, and nothing else.
 */
#include <stdlib.h>

#include <linux/errno.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "stats.h"
#include "tap.h"

unsigned int nr_cpu_ids = 4;

static bool no_memory;
static int allocated;

void *shim_alloc_percpu(unsigned long size)
{
	if (no_memory)
		return NULL;
	allocated++;
	return calloc(1, size);
}

void free_percpu(void *p)
{
	allocated -= !!p;
	free(p);
}

static bool page_is(void (*show)(struct seq_file *m), const char *text)
{
	struct seq_file page = { };

	show(&page);
	return !strcmp(page.text, text);
}

static const struct mmn_verdict munmap_verdict = {
	.event = MMNOTIFY_UNMAP, .cause = MMNOTIFY_CAUSE_MUNMAP, .flags = MMNOTIFY_F_EXACT,
};

static const struct mmn_verdict unknown_verdict = {
	.event = MMNOTIFY_CLEAR, .cause = MMNOTIFY_CAUSE_UNKNOWN,
};

static const char nothing[] =
	"# event cause count walked\n# inexact 0\n# delivered 0\n# walks 0\n# unwound 0\n";

static void test_verdicts(void)
{
	ok(page_is(mmn_stats_show, nothing), "without events the page has only its sums");
	mmn_stats_verdict(&munmap_verdict, 3, false);
	mmn_stats_verdict(&munmap_verdict, 3, false);
	mmn_stats_verdict(&munmap_verdict, 4, true);
	mmn_stats_verdict(&unknown_verdict, 4, true);
	mmn_stats_verdict(&unknown_verdict, 4, true);
	ok(page_is(mmn_stats_show, "# event cause count walked\nUNMAP munmap 3 1\nCLEAR unknown 2 2\n"
		   "# inexact 2\n# delivered 0\n# walks 3\n# unwound 0\n"),
	   "events are counted by event and cause, with the number of walks");
	ok(mmn_stats_events(MMNOTIFY_UNMAP, MMNOTIFY_CAUSE_MUNMAP, false) == 2 &&
	   mmn_stats_events(MMNOTIFY_UNMAP, MMNOTIFY_CAUSE_MUNMAP, true) == 1 &&
	   mmn_stats_events(MMNOTIFY_CLEAR, MMNOTIFY_CAUSE_UNKNOWN, true) == 2 &&
	   !mmn_stats_events(MMNOTIFY_CLEAR, MMNOTIFY_CAUSE_UNKNOWN, false) &&
	   !mmn_stats_events(MMNOTIFY_CLEAR, MMNOTIFY_CAUSE_MUNMAP, true) && mmn_stats_walks() == 3,
	   "each of them can be read");
	ok(mmn_stats_site_hits(3) == 2 && mmn_stats_site_hits(4) == 3 && !mmn_stats_site_hits(5),
	   "events are counted by call site");
}

static void test_plain(void)
{
	unsigned int i, n;

	for (i = 0; i < MMN_NR_STATS; i++)
		for (n = 0; n <= i; n++)
			mmn_stats_inc(i);
	/* Two of MMN_STAT_INEXACT are from the test before. */
	ok(mmn_stats_read(MMN_STAT_HOOK_START) == 1 && mmn_stats_read(MMN_STAT_UNWOUND) == 6 &&
	   mmn_stats_read(MMN_STAT_INEXACT) == 6, "mmn_stats_read() returns each other counter");
	ok(page_is(mmn_stats_show_hook, "starts 1\nends 2\nno_record 3\n"),
	   "the counters of the hook are on its page");
	ok(page_is(mmn_stats_show, "# event cause count walked\nUNMAP munmap 3 1\nCLEAR unknown 2 2\n"
		   "# inexact 6\n# delivered 5\n# walks 3\n# unwound 6\n"),
	   "the counters of verdicts and callbacks are on the other page");
}

static void test_reset(void)
{
	mmn_stats_reset();
	ok(page_is(mmn_stats_show, nothing) &&
	   page_is(mmn_stats_show_hook, "starts 0\nends 0\nno_record 0\n") &&
	   !mmn_stats_site_hits(3), "reset clears all counters");
}

/* CPU 0 of 4, so the others have the numbers between. */
static void test_numbers(void)
{
	ok(mmn_stats_number() == 4 && mmn_stats_number() == 8,
	   "events are numbered in steps of the number of CPUs");
	mmn_stats_reset();
	ok(mmn_stats_number() == 12, "a reset gives no number again");
}

int main(void)
{
	no_memory = true;
	ok(mmn_stats_init() == -ENOMEM, "init returns -ENOMEM without memory");
	no_memory = false;
	ok(!mmn_stats_init(), "init");
	test_verdicts();
	test_plain();
	test_reset();
	test_numbers();
	mmn_stats_exit();
	ok(!allocated, "exit frees the counters");
	return tap_done();
}
