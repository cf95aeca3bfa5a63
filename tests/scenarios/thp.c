// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* thp: huge pages are made, moved, written to and collapsed from small ones. */
#define _GNU_SOURCE
#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "actors.h"

#define MADV_COLLAPSE_	25
#define THP_DIR		"/sys/kernel/mm/transparent_hugepage/"
#define KHUGEPAGED	THP_DIR "khugepaged/"

static char *watched_thp(struct env *e)
{
	char *p = thp(e);

	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	return p;
}

static void run_munmap(struct env *e)
{
	char *p = watched_thp(e);

	begin(e);
	must(e, !munmap(p, HUGE));
}

static void run_mremap(struct env *e)
{
	char *to = map_at(e, HUGE, HUGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char *p = watched_thp(e);

	begin(e);
	must(e, mremap(p, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
}

/* A write to the huge zero page. */
static void run_zero(struct env *e)
{
	char *p = map_at(e, HUGE, HUGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1);

	need(e, !madvise(p, HUGE, MADV_HUGEPAGE), "no transparent huge pages");
	must(e, !*(volatile char *)p);
	watch(e, p, HUGE);
	device(e, p, HUGE, false);
	begin(e);
	p[3 * PG] = 1;
}

/* 512 small pages that can be collapsed; khugepaged does not scan them yet. */
static char *scattered(struct env *e)
{
	char *p = map_at(e, HUGE, HUGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1);

	fill(p, HUGE, 1);
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	return p;
}

static void run_collapse(struct env *e)
{
	char *p = scattered(e);

	begin(e);
	need(e, !madvise(p, HUGE, MADV_COLLAPSE_), "no MADV_COLLAPSE");
}

/*
 * Before v5.8 khugepaged skips a page that is still on its way to the LRU lists. A call that
 * moves pages puts all of them there first, even if it finds nothing to move.
 */
static void fill_lru(void)
{
	void *nothing = NULL;
	int node = 0, status;

	syscall(SYS_move_pages, 0, 1UL, &nothing, &node, &status, MPOL_MF_MOVE);
}

/* Waits until khugepaged has scanned the memory and collapsed it. */
static void await_khugepaged(struct env *e, char *p)
{
	unsigned int before;

	fill_lru();
	try_knob(e, KHUGEPAGED "alloc_sleep_millisecs", "10");
	try_knob(e, KHUGEPAGED "pages_to_scan", "100000");
	begin(e);
	need(e, !madvise(p, HUGE, MADV_HUGEPAGE), "no transparent huge pages");
	knob(e, KHUGEPAGED "scan_sleep_millisecs", "10");
	if (!wait_for_cause(e, MMNOTIFY_CAUSE_KHUGEPAGED, 12000))
		fail(e, "khugepaged did not collapse the memory within 12 s");
	put(KHUGEPAGED "scan_sleep_millisecs", "600000");
	/* khugepaged collapses file mappings page by page. */
	do {
		before = seen(e, MMNOTIFY_CAUSE_KHUGEPAGED);
		sleep_ms(100);
	} while (seen(e, MMNOTIFY_CAUSE_KHUGEPAGED) != before);
}

static void run_khugepaged(struct env *e)
{
	await_khugepaged(e, scattered(e));
}

/* Small pages of shared memory. */
static char *scattered_file(struct env *e, int fd)
{
	char *p = map_at(e, HUGE, HUGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);

	fill(p, HUGE, 2);
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	return p;
}

static void run_khugepaged_file(struct env *e)
{
	int fd = memfd(e, HUGE, 0);
	char *p = scattered_file(e, fd);

	knob(e, THP_DIR "shmem_enabled", "always");
	await_khugepaged(e, p);
}

static bool collapse(char *p)
{
	unsigned int tries;

	/* A page in a per-CPU LRU batch cannot be isolated: try again. */
	for (tries = 0; madvise(p, HUGE, MADV_COLLAPSE_); tries++) {
		if (errno != EAGAIN || tries == 20)
			return false;
		sleep_ms(20);
	}
	return true;
}

static void run_collapse_file(struct env *e)
{
	char *p = scattered_file(e, memfd(e, HUGE, 0));

	begin(e);
	need(e, collapse(p), "no MADV_COLLAPSE of shmem");
}

/* Another process that maps the file collapses it. */
static bool collapse_other(const struct order *o)
{
	char *p = mmap(o->p, HUGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		       o->what, 0);

	if (p != o->p)
		return false;
	fill(p, HUGE, 5);
	return collapse(p);
}

static void run_collapse_file_other(struct env *e)
{
	int fd = memfd(e, HUGE, 0);
	struct actor o;
	char *p;

	need_feature(e, F_COLLAPSE);
	actor_ready(e, &o, collapse_other);
	p = scattered_file(e, fd);
	begin(e);
	actor_acts(e, &o, p, HUGE, fd);
}

/* The file has a huge page already; only the mapping still uses PTEs. */
static void run_collapse_mapping(struct env *e)
{
	int fd = memfd(e, HUGE, 0);
	char *p = map_at(e, HUGE, HUGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);

	fill(p, HUGE, 2);
	need(e, collapse(p), "no MADV_COLLAPSE of shmem");
	/* With two VMAs no PMD can map the huge page. */
	must(e, !mprotect(p, PG, PROT_READ));
	fill(p + PG, HUGE - PG, 3);
	/*
	 * finish_fault() of RHEL 10.0 maps all of a large folio or nothing. In one VMA, a page that
	 * is not mapped beside pages that are faults for ever, so map it before the VMAs merge.
	 */
	must(e, *(volatile char *)p == 2);
	must(e, !mprotect(p, PG, PROT_READ | PROT_WRITE));
	fill(p, HUGE, 4);
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	begin(e);
	must(e, collapse(p));
}

const struct scenario thp_scenarios[] = {
	{ .name = "thp_munmap", .run = run_munmap, .expect = {
		MUST(UNMAP, MUNMAP, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "thp_mremap", .run = run_mremap, .expect = {
		MUST(UNMAP, MREMAP_MOVE, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "thp_zero_page", .run = run_zero, .expect = {
		MUST(CLEAR, THP_SPLIT, CLEAR, LACKS(ZERO_PAGE_COW, C)),
		MUST(CLEAR, COW, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "thp_collapse", .run = run_collapse, .expect = {
		MUST(CLEAR, MADV_COLLAPSE, CLEAR, HAS(COLLAPSE, C)) },
	  .demo = "madvise(p, MADV_COLLAPSE)" },
	{ .name = "thp_collapse_file", .run = run_collapse_file, .expect = {
		MUST(CLEAR, MADV_COLLAPSE, CLEAR, HAS(COLLAPSE, C)) } },
	{ .name = "thp_collapse_file_other", .run = run_collapse_file_other, .expect = {
		MUST(CLEAR, MADV_COLLAPSE, CLEAR, HAS(COLLAPSE, C)) } },
	{ .name = "thp_collapse_mapping", .run = run_collapse_mapping, .expect = {
		MUST(CLEAR, MADV_COLLAPSE, CLEAR, HAS(COLLAPSE, C)) } },
	/* The last one: khugepaged may scan all processes once more after it. */
	{ .name = "thp_khugepaged", .run = run_khugepaged, .expect = {
		MUST(CLEAR, KHUGEPAGED, CLEAR, ALL(C)) } },
	{ .name = "thp_khugepaged_file", .run = run_khugepaged_file, .expect = {
		MUST(CLEAR, KHUGEPAGED, CLEAR, ALL(C)) } },
	{ .name = NULL }
};
