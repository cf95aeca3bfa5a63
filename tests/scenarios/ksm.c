// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* ksm: equal pages become one, and separate again. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "actors.h"

#define KSM	"/sys/kernel/mm/ksm/"
#define PAGES	16
#ifndef PR_SET_MEMORY_MERGE
#define PR_SET_MEMORY_MERGE	67
#endif

static void eager(struct env *e)
{
	try_knob(e, KSM "smart_scan", "0");
	knob(e, KSM "sleep_millisecs", "10");
	knob(e, KSM "pages_to_scan", "1000");
}

static char *equal(struct env *e)
{
	char *p = anon(e, PAGES);

	memset(p, 0x5a, PAGES * PG);
	eager(e);
	return p;
}

static char *mergeable(struct env *e)
{
	char *p = equal(e);

	need(e, !madvise(p, PAGES * PG, MADV_MERGEABLE), "no KSM");
	return p;
}

/* Return: true if all pages have the same frame. */
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

/* Pages that ksmd has merged before watch(). */
static char *merged_pages(struct env *e)
{
	char *p = mergeable(e);

	merge(e, p);
	watch(e, p, PAGES * PG);
	device(e, p, PAGES * PG, false);
	return p;
}

/* A page of zeroes is replaced by the zero page. */
static void run_zero(struct env *e)
{
	char *p = mergeable(e);

	memset(p, 0, PAGES * PG);
	knob(e, KSM "use_zero_pages", "1");
	watch(e, p, PAGES * PG);
	device(e, p, PAGES * PG, true);
	begin(e);
	merge(e, p);
}

/* Two equal huge pages are split before their pages merge. */
static void run_thp(struct env *e)
{
	char *p = thp(e), *q = thp(e);
	unsigned int i;

	memset(p, 0x5b, HUGE);
	memset(q, 0x5b, HUGE);
	eager(e);
	need(e, !madvise(q, HUGE, MADV_MERGEABLE), "no KSM");
	must(e, !madvise(p, HUGE, MADV_MERGEABLE));
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	begin(e);
	knob(e, KSM "run", "1");
	for (i = 0; i < 1200 && page_frame(p) != page_frame(q + HUGE - PG); i++)
		sleep_ms(10);
	put(KSM "run", "0");
	sleep_ms(20);
}

static void run_unmerge(struct env *e)
{
	char *p = merged_pages(e);

	begin(e);
	must(e, !madvise(p, PAGES * PG, MADV_UNMERGEABLE));
}

/* Unmerges the pages of all processes. */
static void run_unmerge_all(struct env *e)
{
	merged_pages(e);
	begin(e);
	must(e, !put(KSM "run", "2"));
}

static bool act_unmerge_all(const struct order *o)
{
	(void)o;
	return !put(KSM "run", "2");
}

static void run_unmerge_other(struct env *e)
{
	struct actor o;
	char *p;

	actor_ready(e, &o, act_unmerge_all);
	p = merged_pages(e);
	begin(e);
	actor_acts(e, &o, p, PAGES * PG, 0);
}

static void run_unmerge_worker(struct env *e)
{
	struct worker w;
	char *p;

	worker_open(e, &w);
	p = merged_pages(e);
	begin(e);
	must(e, !worker_madvise(e, &w, p, PAGES * PG, MADV_UNMERGEABLE));
}

static void run_unmerge_process(struct env *e)
{
	char *p;

	need_feature(e, F_PROCESS_SELF);
	p = merged_pages(e);
	begin(e);
	must(e, !advise_process(getpid(), p, PAGES * PG, MADV_UNMERGEABLE));
}

/* Merging is switched on and off for the whole process. */
static void run_unmerge_prctl(struct env *e)
{
	char *p = equal(e);

	need(e, !prctl(PR_SET_MEMORY_MERGE, 1, 0, 0, 0), "no PR_SET_MEMORY_MERGE");
	merge(e, p);
	watch(e, p, PAGES * PG);
	device(e, p, PAGES * PG, false);
	begin(e);
	must(e, !prctl(PR_SET_MEMORY_MERGE, 0, 0, 0, 0));
}

static void run_exit(struct env *e)
{
	merged_pages(e);
	begin(e);
	_exit(0);
}

static void run_write(struct env *e)
{
	char *p = merged_pages(e);

	begin(e);
	fill(p, 4 * PG, 1);
}

#define UNMERGED(on)	MUST_N(PAGES, CLEAR, KSM_UNMERGE, CLEAR, on)

const struct scenario ksm_scenarios[] = {
	{ .name = "ksm_merge", .run = run_merge, .expect = {
		MUST(PROTECTION_PAGE, KSM_MERGE, CLEAN, ALL(C)),
		MUST(CLEAR, KSM_MERGE, CLEAR, ALL(C)) },
	  .demo = "ksmd merges equal pages" },
	{ .name = "ksm_zero_page", .run = run_zero, .expect = {
		MUST(PROTECTION_PAGE, KSM_MERGE, CLEAN, ALL(C)),
		MUST(CLEAR, KSM_MERGE, CLEAR, ALL(C)) } },
	{ .name = "ksm_thp", .run = run_thp, .expect = {
		MUST(CLEAR, THP_SPLIT, CLEAR, ALL(C)),
		MUST(PROTECTION_PAGE, KSM_MERGE, CLEAN, ALL(C)),
		MUST(CLEAR, KSM_MERGE, CLEAR, ALL(C)) }, .machine = "long" },
	{ .name = "ksm_unmerge", .run = run_unmerge, .expect = { UNMERGED(ALL(C)) } },
	{ .name = "ksm_unmerge_all", .run = run_unmerge_all,
	  .expect = { UNMERGED(ALL(C)) } },
	{ .name = "ksm_unmerge_other", .run = run_unmerge_other,
	  .expect = { UNMERGED(ALL(C)) } },
	{ .name = "ksm_unmerge_io_uring", .run = run_unmerge_worker,
	  .expect = { UNMERGED(ALL(C)) } },
	{ .name = "ksm_unmerge_process", .run = run_unmerge_process,
	  .expect = { UNMERGED(HAS(PROCESS_SELF, C)) } },
	{ .name = "ksm_unmerge_prctl", .run = run_unmerge_prctl,
	  .expect = { UNMERGED(HAS(KSM_PRCTL, C)) } },
	{ .name = "ksm_write", .run = run_write, .expect = {
		MUST_N(4, CLEAR, COW, CLEAR, ALL(C)) } },
	{ .name = "ksm_exit", .run = run_exit, .expect = {
		MUST(RELEASE, EXIT, GONE, AFTER(RE)),
		MUST(UNMAP, EXIT, GONE, AFTER(U)) }, .flags = S_DIES },
	{ .name = NULL }
};
