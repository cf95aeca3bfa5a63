// SPDX-License-Identifier: GPL-2.0-only
/*
 * migrate: pages move to another node or another place. The call site serves
 * all of them, so the cause is a group: rmap_migrate, and rmap_unmap on 5.10,
 * where reclaim has the same one.
 */
#define _GNU_SOURCE
#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runner.h"

#define SCHED_DEBUG	"/sys/kernel/debug/sched/numa_balancing/"
#define SCHED_SYSCTL	"/proc/sys/kernel/numa_balancing_"

static void policy(struct env *e, int mode, unsigned long nodes)
{
	must(e, !syscall(SYS_set_mempolicy, mode, mode ? &nodes : NULL, 64UL));
}

/* Watched pages that are on node 0. */
static char *on_node0(struct env *e, size_t pages)
{
	char *p;

	two_nodes(e);
	policy(e, MPOL_BIND, 1);
	p = watched_anon(e, pages);
	policy(e, MPOL_DEFAULT, 0);
	return p;
}

static void run_move_pages(struct env *e)
{
	char *p = on_node0(e, 8);
	int nodes[4] = { 1, 1, 1, 1 }, status[4];
	void *pages[4] = { p, p + PG, p + 2 * PG, p + 3 * PG };

	begin(e);
	must(e, !syscall(SYS_move_pages, 0, 4UL, pages, nodes, status, MPOL_MF_MOVE));
	must(e, page_node(p) == 1);
}

static void run_mbind(struct env *e)
{
	char *p = on_node0(e, 8);
	unsigned long nodes = 2;

	begin(e);
	must(e, !syscall(SYS_mbind, p, 8 * PG, MPOL_BIND, &nodes, 64UL, MPOL_MF_MOVE));
	must(e, page_node(p) == 1);
}

static void run_migrate_pages(struct env *e)
{
	unsigned long from = 1, to = 2;
	char *p = on_node0(e, 8);

	begin(e);
	must(e, syscall(SYS_migrate_pages, 0, 64UL, &from, &to) >= 0);
	must(e, page_node(p) == 1);
}

static void run_thp(struct env *e)
{
	int node = 1, status;
	void *page;
	char *p;

	two_nodes(e);
	policy(e, MPOL_BIND, 1);
	p = thp(e);
	policy(e, MPOL_DEFAULT, 0);
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	page = p;
	begin(e);
	must(e, !syscall(SYS_move_pages, 0, 1UL, &page, &node, &status, MPOL_MF_MOVE));
	must(e, page_node(p) == 1);
}

/* A worker moves the pages when the cpuset changes. */
static void run_cpuset(struct env *e)
{
	const char *dir = cgroup(e, "+cpuset");
	char path[128], *p;

	need(e, kernel_is(5, 15), "cgroup2 moves no pages before 5.15");
	snprintf(path, sizeof(path), "%s/cpuset.mems", dir);
	need(e, !put(path, "0"), "no cpuset.mems");
	p = on_node0(e, 8);
	begin(e);
	must(e, !put(path, "1"));
	wait_for_cause(e, MMNOTIFY_CAUSE_RMAP_MIGRATE, 3000);
	must(e, page_node(p) == 1);
}

#define CHUNK_PAGES	2560UL

/*
 * Every second page is freed, so that there is something to compact. Pages that
 * happen to be where compaction ends are not moved: that is found out.
 */
static void run_compact(struct env *e)
{
	static __u64 frames[CHUNK_PAGES];
	unsigned int moved = 0;
	char *p = anon(e, CHUNK_PAGES);
	size_t i;

	for (i = 0; i < CHUNK_PAGES; i += 2)
		must(e, !madvise(p + i * PG, PG, MADV_DONTNEED));
	for (i = 1; i < CHUNK_PAGES; i += 2)
		frames[i] = page_frame(p + i * PG);
	watch(e, p, CHUNK_PAGES * PG);
	begin(e);
	need(e, !put("/proc/sys/vm/compact_memory", "1"), "no compaction");
	for (i = 1; i < CHUNK_PAGES; i += 2)
		moved += frames[i] != page_frame(p + i * PG);
	if (!moved)
		skip(e, "compaction moved none of the watched pages");
}

static bool numa_knob(struct env *e, const char *name, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), SCHED_DEBUG "%s", name);
	if (try_knob(e, path, value))
		return true;
	snprintf(path, sizeof(path), SCHED_SYSCTL "%s", name);
	return try_knob(e, path, value);
}

/* Pages on node 1, the task on the CPU of node 0. */
static void run_numa(struct env *e)
{
	time_t until;
	char *p;

	two_nodes(e);
	on_cpu(e, 0);
	numa_knob(e, "scan_delay_ms", "10");
	numa_knob(e, "scan_period_min_ms", "50");
	numa_knob(e, "scan_period_max_ms", "100");
	numa_knob(e, "scan_size_mb", "16");
	policy(e, MPOL_BIND, 2);
	p = watched_anon(e, 64);
	policy(e, MPOL_DEFAULT, 0);
	begin(e);
	knob(e, "/proc/sys/kernel/numa_balancing", "1");
	until = time(NULL) + 12;
	while (!seen(e, MMNOTIFY_CAUSE_NUMA_HINT) && time(NULL) < until) {
		unsigned int i;

		for (i = 0; i < 20000; i++)
			fill(p, 64 * PG, i);
	}
	put("/proc/sys/kernel/numa_balancing", "0");
	fill(p, 64 * PG, 3);
}

#define MOVED \
	MUST(CLEAR, RMAP_UNMAP, CLEAR, TO_5_10(C)), \
	MUST(CLEAR, RMAP_MIGRATE, CLEAR, FROM_6_1(C))
#define MOVE_AFTER_HINT "the hint is followed by a move to the task's node"

const struct scenario migrate_scenarios[] = {
	{ .name = "move_pages", .run = run_move_pages, .expect = { MOVED },
	  .demo = "move_pages(to node 1)" },
	{ .name = "mbind", .run = run_mbind, .expect = { MOVED },
	  .flags = 0 },
	{ .name = "migrate_pages", .run = run_migrate_pages, .expect = { MOVED },
	  .flags = 0 },
	{ .name = "thp_move_pages", .run = run_thp, .expect = { MOVED },
	  .flags = 0 },
	{ .name = "cpuset_migrate", .run = run_cpuset, .expect = { MOVED },
	  .flags = 0 },
	{ .name = "compact_memory", .run = run_compact, .expect = { MOVED },
	  .flags = 0 },
	{ .name = "numa_hint", .run = run_numa, .expect = {
		MUST(PROTECTION_PAGE, NUMA_HINT, CLEAR, TO_5_10(PV)),
		MUST(PROTECTION_PAGE, NUMA_HINT, NONE, FROM_6_1(PV)),
		MAY(MOVE_AFTER_HINT, CLEAR, RMAP_UNMAP, CLEAR, TO_5_10(C)),
		MAY(MOVE_AFTER_HINT, CLEAR, RMAP_MIGRATE, CLEAR, FROM_6_1(C)) },
	  .demo = "NUMA balancing" },
	{ .name = NULL }
};
