// SPDX-License-Identifier: GPL-2.0-only
/* thp: huge pages are split, collapsed, moved and written to. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner.h"

#define MADV_COLLAPSE_	25
#define KHUGEPAGED	"/sys/kernel/mm/transparent_hugepage/khugepaged/"

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

static void run_munmap_part(struct env *e)
{
	char *p = watched_thp(e);

	begin(e);
	must(e, !munmap(p + 7 * PG, PG));
}

static void run_mprotect_part(struct env *e)
{
	char *p = watched_thp(e);

	begin(e);
	must(e, !mprotect(p + 7 * PG, PG, PROT_READ));
}

static void run_dontneed_part(struct env *e)
{
	char *p = watched_thp(e);

	begin(e);
	must(e, !madvise(p + 7 * PG, PG, MADV_DONTNEED));
}

static void run_mremap(struct env *e)
{
	char *to = map_at(e, HUGE, HUGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char *p = watched_thp(e);

	begin(e);
	must(e, mremap(p, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
}

/* A write to a huge page that a child shares. */
static void run_cow(struct env *e)
{
	char *p = thp(e);
	int fds[2];
	pid_t pid;
	char c;

	must(e, !pipe(fds));
	pid = child(e);
	if (!pid) {
		close(fds[1]);
		_exit(read(fds[0], &c, 1) ? 1 : 0);
	}
	watch(e, p, HUGE);
	device(e, p, HUGE, false);
	begin(e);
	p[9 * PG] = 2;
	close(fds[1]);
	reap(e, pid);
}

/* The huge zero page is written to. */
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

/* The page itself is split, by order of debugfs. */
static void run_split(struct env *e)
{
	const char *file = "/sys/kernel/debug/split_huge_pages";
	char *p = watched_thp(e);
	char text[80];

	if (kernel_is(5, 18))
		snprintf(text, sizeof(text), "%d,%#lx,%#lx", getpid(),
			 (long)p, (long)p + HUGE);
	else
		snprintf(text, sizeof(text), "1");
	begin(e);
	need(e, !put(file, text), "no split_huge_pages in debugfs");
}

/* 512 small pages, ready to become one; khugepaged does not know of them. */
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

static void run_khugepaged(struct env *e)
{
	char *p = scattered(e);

	try_knob(e, KHUGEPAGED "alloc_sleep_millisecs", "10");
	try_knob(e, KHUGEPAGED "pages_to_scan", "100000");
	begin(e);
	need(e, !madvise(p, HUGE, MADV_HUGEPAGE), "no transparent huge pages");
	knob(e, KHUGEPAGED "scan_sleep_millisecs", "10");
	if (!wait_for_cause(e, MMNOTIFY_CAUSE_KHUGEPAGED, 12000))
		fail(e, "khugepaged did not come within 12 s");
	put(KHUGEPAGED "scan_sleep_millisecs", "600000");
	sleep_ms(50);
}

static void run_collapse_file(struct env *e)
{
	int fd = memfd(e, HUGE, 0), tries;
	char *p;

	p = map_at(e, HUGE, HUGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	fill(p, HUGE, 2);
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	begin(e);
	for (tries = 0; madvise(p, HUGE, MADV_COLLAPSE_); tries++) {
		need(e, errno == EAGAIN && tries < 20, "no MADV_COLLAPSE of shmem");
		sleep_ms(20);
	}
}

const struct scenario thp_scenarios[] = {
	{ .name = "thp_munmap", .run = run_munmap, .expect = {
		MUST(UNMAP, MUNMAP, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "thp_munmap_part", .run = run_munmap_part, .expect = {
		MUST(CLEAR, THP_SPLIT, CLEAR, ALL(C)),
		MUST(UNMAP, MUNMAP, GONE, ALL(U)) },
	  .flags = S_QUICK, .demo = "munmap(1 page of a huge page)" },
	{ .name = "thp_mprotect_part", .run = run_mprotect_part, .expect = {
		MUST(CLEAR, THP_SPLIT, CLEAR, ALL(C)),
		MUST(PROTECTION_VMA, MPROTECT, ACCESS, ALL(PV)) }, .flags = S_QUICK },
	{ .name = "thp_dontneed_part", .run = run_dontneed_part, .expect = {
		MUST(CLEAR, THP_SPLIT, CLEAR, ALL(C)),
		MUST(CLEAR, MADV_DONTNEED, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "thp_mremap", .run = run_mremap, .expect = {
		MUST(UNMAP, MREMAP, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "thp_cow", .run = run_cow, .expect = {
		MUST(CLEAR, THP_SPLIT, CLEAR, ALL(C)),
		MUST(CLEAR, COW, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "thp_zero_page", .run = run_zero, .expect = {
		MUST(CLEAR, THP_SPLIT, CLEAR, TO_6_12(C)),
		MUST(CLEAR, COW, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "thp_split", .run = run_split, .expect = {
		MUST(CLEAR, THP_SPLIT, CLEAR, TO_6_12(C)),
		MUST(CLEAR, RMAP_UNMAP, CLEAR, TO_5_10(C)),
		MUST(CLEAR, RMAP_MIGRATE, CLEAR, FROM_6_1(C)) } },
	{ .name = "thp_collapse", .run = run_collapse, .expect = {
		MUST(CLEAR, MADV_COLLAPSE, CLEAR, FROM_6_1(C)) },
	  .demo = "madvise(p, MADV_COLLAPSE)" },
	{ .name = "thp_collapse_file", .run = run_collapse_file, .expect = {
		MUST(CLEAR, MADV_COLLAPSE, CLEAR, FROM_6_1(C)) } },
	/* The last: it may look at all processes once more when it is over. */
	{ .name = "thp_khugepaged", .run = run_khugepaged, .expect = {
		MUST(CLEAR, KHUGEPAGED, CLEAR, ALL(C)) } },
	{ .name = NULL }
};
