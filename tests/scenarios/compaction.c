// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * compaction: pages are moved to form larger free blocks.
 *
 * All of it happens on node 1, in memory in which every second run of pages was freed.
 * Single free pages would not do: the scan for free pages may check only every 32nd
 * page. The machine has no swap, so that no reclaim interferes.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel.h"
#include "runner.h"

#define AREA_PAGES	12288UL
#define AREA		(AREA_PAGES * PG)
#define RUN_PAGES	48UL
#define NODE		"/sys/devices/system/node/node1/"
#define DEFRAG		"/sys/kernel/mm/transparent_hugepage/defrag"
#define PROACTIVENESS	"/proc/sys/vm/compaction_proactiveness"

typedef __u64 frames_t[AREA_PAGES];

static frames_t placed;		/* frames of the pages before compaction */

static void read_frames(struct env *e, const char *p, frames_t frames)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	size_t i;

	must(e, fd >= 0);
	must(e, pread(fd, frames, sizeof(frames_t), (uintptr_t)p / PG * 8) ==
		(ssize_t)sizeof(frames_t));
	close(fd);
	for (i = 0; i < AREA_PAGES; i++)
		frames[i] &= (1ULL << 55) - 1;
}

static bool moved(struct env *e, const char *p)
{
	static frames_t now;

	drain(e);
	read_frames(e, p, now);
	return memcmp(now, placed, sizeof(now));
}

/* Waits until compaction stops: other pages may still move after the first has. */
static void settle_by(struct env *e, const char *p)
{
	static frames_t before, now;
	unsigned int tries;

	read_frames(e, p, before);
	for (tries = 0; tries < 50; tries++) {
		sleep_ms(60);
		drain(e);
		read_frames(e, p, now);
		if (!memcmp(before, now, sizeof(now)))
			return;
		memcpy(before, now, sizeof(now));
	}
}

/* The middle of the biggest zone of node 1. */
static unsigned long middle(struct env *e)
{
	unsigned long start, spanned = 0, most = 0, at = 0;
	FILE *f = fopen("/proc/zoneinfo", "re");
	bool mine = false;
	char line[256];

	must(e, f);
	while (fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "Node ", 5))
			mine = !strncmp(line, "Node 1,", 7);
		if (sscanf(line, " spanned %lu", &spanned) == 1)
			continue;
		if (!mine || sscanf(line, " start_pfn: %lu", &start) != 1 ||
		    spanned <= most)
			continue;
		most = spanned;
		at = start + spanned / 2;
	}
	fclose(f);
	return at;
}

static void make_gaps(struct env *e, char *p)
{
	size_t i;

	for (i = 0; i < AREA_PAGES; i += 2 * RUN_PAGES)
		must(e, !madvise(p + i * PG, RUN_PAGES * PG, MADV_DONTNEED));
}

/*
 * Watched memory with gaps. Unless compaction retries skipped blocks, it looks for pages
 * to move in the lower half of the zone and for free pages in the upper half. So half of
 * this memory is allocated above the middle of the zone.
 */
static char *fragmented(struct env *e)
{
	char *p, *huge;
	size_t i;

	two_nodes(e);
	/* Freed pages have to reach the buddy allocator and not stay in per-CPU lists. */
	if (!try_knob(e, "/proc/sys/vm/percpu_pagelist_high_fraction", "100000"))
		try_knob(e, "/proc/sys/vm/percpu_pagelist_fraction", "100000");
	p = map_at(e, AREA, PG, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1);
	madvise(p, AREA, MADV_NOHUGEPAGE);
	bind_node(e, 1);
	fill(p, AREA / 2, 1);
	huge = thp_above(e, middle(e));
	must(e, !munmap(huge, HUGE));
	bind_node(e, 1);
	fill(p + AREA / 2, AREA / 2, 1);
	bind_node(e, -1);
	make_gaps(e, p);
	watch(e, p, AREA);
	for (i = RUN_PAGES; i < AREA_PAGES; i += 2 * RUN_PAGES)
		device(e, p + i * PG, RUN_PAGES * PG, true);
	return p;
}

static void start(struct env *e, const char *p)
{
	read_frames(e, p, placed);
	begin(e);
}

/* ---- compaction on request of an administrator ---- */

/* Makes more gaps on node 1, between pages that are not watched. */
static void more_gaps(struct env *e)
{
	char *p = map_at(e, AREA, PG, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1);

	madvise(p, AREA, MADV_NOHUGEPAGE);
	bind_node(e, 1);
	fill(p, AREA, 1);
	bind_node(e, -1);
	make_gaps(e, p);
}

/*
 * The pages of the VM's root file system are movable, too, and would fill the gaps from
 * below. So compaction runs before, to move them out of the way.
 */
static void compact(struct env *e, const char *file)
{
	unsigned int tries;
	char *p;

	two_nodes(e);
	for (tries = 0; tries < 3; tries++)
		need(e, !put(file, "1"), "no compaction");
	p = fragmented(e);
	start(e, p);
	for (tries = 0; !moved(e, p) && tries < 6; tries++) {
		if (tries)
			more_gaps(e);
		need(e, !put(file, "1"), "no compaction");
	}
	/* One of the two scenarios has to succeed: make check-causes wants the cause. */
	need(e, moved(e, p), "compaction moved only pages that are not watched");
}

static void run_sysctl(struct env *e)
{
	compact(e, "/proc/sys/vm/compact_memory");
}

static void run_node(struct env *e)
{
	compact(e, NODE "compact");
}

/* ---- compaction because no huge page is free ---- */

/* Return: number of free huge pages that the buddy allocator of node 1 could provide. */
static long free_huge(struct env *e)
{
	FILE *f = fopen("/proc/buddyinfo", "re");
	long n[11], sum = 0;
	char line[256];

	must(e, f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Node 1, zone %*s %ld %ld %ld %ld %ld %ld %ld %ld %ld %ld %ld",
			   n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7,
			   n + 8, n + 9, n + 10) == 11)
			sum += n[9] + 2 * n[10];
	}
	fclose(f);
	return sum;
}

static void ask(long more)
{
	char value[24];

	snprintf(value, sizeof(value), "%ld", get_number(huge_pool(1)) + more);
	put(huge_pool(1), value);
}

/* Reserves all free huge pages for the pool; the remaining memory is fragmented. */
static char *scarce_room(struct env *e)
{
	unsigned int tries;
	long there;
	char *p;

	p = fragmented(e);
	knob(e, "/proc/sys/vm/min_free_kbytes", "2048");
	for (tries = 0; tries < 8; tries++) {
		there = free_huge(e);
		if (!there)
			break;
		ask(there);
	}
	return p;
}

static void run_direct_pool(struct env *e)
{
	char *p = scarce_room(e);
	unsigned int tries;

	start(e, p);
	for (tries = 0; !moved(e, p) && tries < 300; tries++) {
		ask(1);
		sleep_ms(20);
	}
	settle_by(e, p);
	must(e, moved(e, p));
}

/*
 * Faults in huge pages until a watched page has moved. Several rounds, because a
 * failed compaction may defer the next ones.
 */
static void fault(struct env *e, const char *defrag)
{
	unsigned int i, n = 300, round;
	char *p = scarce_room(e), *huge;

	/* RHEL 8 does not allow a mapping larger than the memory that is free. */
	try_knob(e, "/proc/sys/vm/overcommit_memory", "1");
	huge = map_at(e, n * HUGE, HUGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1);
	need(e, !madvise(huge, n * HUGE, MADV_HUGEPAGE),
	     "no transparent huge pages");
	knob(e, DEFRAG, defrag);
	bind_node(e, 1);
	start(e, p);
	for (round = 0; !moved(e, p) && round < 4; round++) {
		if (round)
			must(e, !madvise(huge, n * HUGE, MADV_DONTNEED));
		for (i = 0; !moved(e, p) && i < n; i++) {
			huge[i * HUGE] = 1;
			sleep_ms(20);
		}
	}
	bind_node(e, -1);
	settle_by(e, p);
	must(e, moved(e, p));
}

static void run_direct_fault(struct env *e)
{
	fault(e, "always");
}

/* The fault does not compact itself: it wakes kswapd, which wakes kcompactd. */
static void run_woken(struct env *e)
{
	fault(e, "defer");
}

/* kcompactd runs without a request, because the memory is too fragmented. */
static void run_proactive(struct env *e)
{
	char *p = scarce_room(e);
	unsigned int tries;

	start(e, p);
	knob(e, PROACTIVENESS, "100");
	for (tries = 0; !moved(e, p) && tries < 60; tries++) {
		sleep_ms(200);
		put(PROACTIVENESS, "100");
	}
	put(PROACTIVENESS, "0");
	settle_by(e, p);
	/* RHEL 8 has it off by default. kcompactd sleeps meanwhile, and nothing wakes it. */
	if (!moved(e, p) && kernel_has("sysctl_compaction_proactiveness_handler"))
		skip(e, "turning proactive compaction on does not wake kcompactd here");
	must(e, moved(e, p));
}

/* Thousands of pages move: with all three tiers the log would overflow. */
#define ONE_TIER	.tiers = MIRROR_TIER_RANGE
#define MOVED(by)	MUST(CLEAR, COMPACTION_##by, CLEAR, ALL(C))
#define WOKEN \
	MAY("a huge page that is not there wakes kcompactd, too", \
	    CLEAR, COMPACTION_KCOMPACTD, CLEAR, ALL(C))

const struct scenario compaction_scenarios[] = {
	{ .name = "compact_memory", .run = run_sysctl, ONE_TIER,
	  .expect = { MOVED(SYSCTL) } },
	{ .name = "compact_node", .run = run_node, ONE_TIER,
	  .machine = "compaction",
	  .expect = { MOVED(SYSCTL) } },
	{ .name = "compact_for_pool", .run = run_direct_pool,
	  ONE_TIER, .machine = "compaction", .seconds = 60,
	  .expect = { MOVED(DIRECT), WOKEN } },
	{ .name = "compact_for_fault", .run = run_direct_fault,
	  ONE_TIER, .machine = "compaction", .seconds = 60,
	  .expect = { MOVED(DIRECT), WOKEN } },
	{ .name = "kcompactd_woken", .run = run_woken,
	  ONE_TIER, .machine = "compaction", .seconds = 60,
	  .expect = { MOVED(KCOMPACTD) } },
	{ .name = "kcompactd_proactive", .run = run_proactive,
	  ONE_TIER, .machine = "compaction", .seconds = 60,
	  .expect = { MOVED(KCOMPACTD) } },
	{ .name = NULL }
};
