// SPDX-License-Identifier: GPL-2.0-only
/* ksm: equal pages become one, and separate again. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>

#include "runner.h"

#define KSM	"/sys/kernel/mm/ksm/"
#define PAGES	16

static char *mergeable(struct env *e)
{
	char *p = anon(e, PAGES);

	memset(p, 0x5a, PAGES * PG);
	need(e, !madvise(p, PAGES * PG, MADV_MERGEABLE), "no KSM");
	try_knob(e, KSM "smart_scan", "0");
	knob(e, KSM "sleep_millisecs", "10");
	knob(e, KSM "pages_to_scan", "1000");
	return p;
}

/* Are all pages the same one? */
static bool merged(char *p)
{
	unsigned int i;

	for (i = 1; i < PAGES; i++)
		if (page_frame(p + i * PG) != page_frame(p))
			return false;
	return true;
}

static void merge(struct env *e, char *p)
{
	unsigned int i;

	knob(e, KSM "run", "1");
	for (i = 0; i < 800 && !merged(p); i++)
		sleep_ms(10);
	if (!merged(p))
		fail(e, "ksmd did not merge all pages within 8 s");
	put(KSM "run", "0");
	sleep_ms(20);
}

static void run_merge(struct env *e)
{
	char *p = mergeable(e);

	watch(e, p, PAGES * PG);
	device(e, p, PAGES * PG, true);
	begin(e);
	merge(e, p);
}

static void run_unmerge(struct env *e)
{
	char *p = mergeable(e);

	merge(e, p);
	watch(e, p, PAGES * PG);
	device(e, p, PAGES * PG, false);
	begin(e);
	must(e, !madvise(p, PAGES * PG, MADV_UNMERGEABLE));
}

static void run_write(struct env *e)
{
	char *p = mergeable(e);

	merge(e, p);
	watch(e, p, PAGES * PG);
	device(e, p, PAGES * PG, false);
	begin(e);
	fill(p, 4 * PG, 1);
}

const struct scenario ksm_scenarios[] = {
	{ .name = "ksm_merge", .run = run_merge, .expect = {
		MUST(PROTECTION_PAGE, KSM_MERGE, CLEAN, ALL(C)),
		MUST(CLEAR, KSM_MERGE, CLEAR, ALL(C)) },
	  .demo = "ksmd merges equal pages" },
	{ .name = "ksm_unmerge", .run = run_unmerge, .expect = {
		MUST_N(PAGES, CLEAR, KSM_UNMERGE, CLEAR, ALL(C)) } },
	{ .name = "ksm_write", .run = run_write, .expect = {
		MUST_N(4, CLEAR, COW, CLEAR, ALL(C)) } },
	{ .name = NULL }
};
