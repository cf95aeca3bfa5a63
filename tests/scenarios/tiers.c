// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * tiers: reclaim demotes pages to a slower node instead of swapping them. The memory of
 * that node is persistent memory that stock drivers add (dax, kmem). So every kernel with
 * memory tiers takes it for slow, whatever ACPI's tables report.
 */
#define _GNU_SOURCE
#include <glob.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner.h"

#define DEMOTION	"/sys/kernel/mm/numa/demotion_enabled"
#define ND		"/sys/bus/nd/"
#define DAX		"/sys/bus/dax/"
#define BALANCING	"/sys/kernel/debug/sched/numa_balancing/"
#define FAST		0
#define SLOW		1
#define PAGES		512
#define ROUNDS		4
/* More than the root file system: its pages are demoted first. */
#define HOG_PAGES	MB(120)

/* Allocates the next memory of this process from @node; -1: from any. */
static void from_node(struct env *e, int node)
{
	unsigned long nodes = 1UL << (node < 0 ? 0 : node);

	must(e, !syscall(SYS_set_mempolicy, node < 0 ? MPOL_DEFAULT : MPOL_BIND,
			 node < 0 ? NULL : &nodes, node < 0 ? 0UL : 64UL));
}

static bool slow_is_there(void)
{
	FILE *f = fopen("/sys/devices/system/node/node1/meminfo", "re");
	char line[128];
	long kb = 0;

	while (f && !kb && fgets(line, sizeof(line), f))
		sscanf(line, "Node 1 MemTotal: %ld", &kb);
	if (f)
		fclose(f);
	return kb > 0;
}

/* Turns the persistent memory into a dax device. Return: its name, in @name. */
static void make_dax(struct env *e, char *name, size_t size)
{
	static const char *const modules[] = {
		"nd_e820", "nd_pmem", "dax_pmem", "device_dax", "kmem"
	};
	unsigned int tries;
	char path[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modules); i++)
		need(e, !modprobe(modules[i]), "no kmem driver");
	for (tries = 0; tries < 100; tries++, sleep_ms(10))
		if (!access(ND "drivers/nd_pmem/namespace0.0", F_OK))
			break;
	need(e, !get(ND "devices/region0/dax_seed", name, size),
	     "no memory for a slow node");
	must(e, !put(ND "drivers/nd_pmem/unbind", "namespace0.0"));
	snprintf(path, sizeof(path), ND "devices/%s/mode", name);
	must(e, !put(path, "ram"));
	snprintf(path, sizeof(path), ND "devices/%s/align", name);
	must(e, !put(path, "2097152"));
	snprintf(path, sizeof(path), ND "devices/%s/uuid", name);
	must(e, !put(path, "6d6d6e6f-7469-6679-0000-000000000001"));
	snprintf(path, sizeof(path), ND "devices/%s/namespace", name);
	must(e, !put(path, "namespace0.0"));
	must(e, !put(ND "drivers/dax_pmem/bind", name));
}

static void online_blocks(struct env *e)
{
	char state[32];
	glob_t g;
	size_t i;

	must(e, !glob("/sys/devices/system/memory/memory*/state", 0, NULL, &g));
	for (i = 0; i < g.gl_pathc; i++)
		if (!get(g.gl_pathv[i], state, sizeof(state)) &&
		    !strcmp(state, "offline"))
			must(e, !put(g.gl_pathv[i], "online_movable"));
	globfree(&g);
}

/* Adds node 1 in the first scenario that needs it; it stays until the end. */
static void slow_node(struct env *e)
{
	char name[32];

	need(e, !access(DEMOTION, W_OK), "no demotion before 5.15");
	swap_on(e);
	if (!slow_is_there()) {
		make_dax(e, name, sizeof(name));
		must(e, !put(DAX "drivers/device_dax/unbind", name));
		must(e, !put(DAX "drivers/kmem/new_id", name));
		online_blocks(e);
	}
	must(e, slow_is_there());
	knob(e, DEMOTION, "1");
}

static char *watched_fast(struct env *e, bool huge)
{
	char *p;

	from_node(e, FAST);
	p = huge ? thp(e) : anon(e, PAGES);
	from_node(e, -1);
	must(e, page_node(p) == FAST);
	watch(e, p, PAGES * PG);
	device(e, p, PAGES * PG, true);
	return p;
}

static void proactive(struct env *e, bool huge)
{
	char path[128];

	slow_node(e);
	snprintf(path, sizeof(path), "%s/memory.reclaim", cgroup(e, "+memory"));
	need(e, !access(path, W_OK), "no memory.reclaim before 5.19");
	watched_fast(e, huge);
	begin(e);
	put(path, "2M");
}

static void run_proactive(struct env *e)
{
	proactive(e, false);
}

static void run_proactive_thp(struct env *e)
{
	proactive(e, true);
}

/* Demoted pages stay charged; to get below the limit some are swapped, too. */
static void run_memcg(struct env *e)
{
	unsigned long long before;
	char path[128];

	slow_node(e);
	snprintf(path, sizeof(path), "%s/memory.high", cgroup(e, "+memory"));
	watched_fast(e, false);
	before = vmstat(e, "pgdemote_");
	begin(e);
	must(e, !put(path, "1M"));
	put(path, "max");
	if (vmstat(e, "pgdemote_") == before)
		skip(e, "this kernel demotes nothing for a cgroup");
}

static void hog_slowly(struct env *e, void *arg)
{
	(void)arg;
	from_node(e, FAST);
	hog(e, HOG_PAGES, MMNOTIFY_CAUSE_DEMOTION, 5);
}

static void hog_quickly(struct env *e, void *arg)
{
	(void)arg;
	from_node(e, FAST);
	kswapd_policy(e, SCHED_IDLE);
	hog(e, HOG_PAGES, MMNOTIFY_CAUSE_DEMOTION, 0);
	kswapd_policy(e, SCHED_OTHER);
}

/* The fast node runs short of memory. */
static void under_pressure(struct env *e, other_job *job, const char *min_kb)
{
	struct other o[ROUNDS];
	unsigned int i;
	char *p;

	slow_node(e);
	for (i = 0; i < ROUNDS; i++)
		o[i] = other_process(e, job, NULL);
	p = watched_fast(e, false);
	from_node(e, FAST);
	scarce(e, min_kb);
	from_node(e, -1);
	must(e, !madvise(p, PAGES * PG, MADV_COLD));
	begin(e);
	/* Other pages may be demoted first. */
	for (i = 0; i < ROUNDS && !seen(e, MMNOTIFY_CAUSE_DEMOTION); i++) {
		if (i)
			must(e, !madvise(p, PAGES * PG, MADV_COLD));
		other_does(e, &o[i]);
	}
	plenty(e);
}

static void run_kswapd(struct env *e)
{
	under_pressure(e, hog_slowly, "24576");
}

static void run_direct(struct env *e)
{
	under_pressure(e, hog_quickly, "6144");
}

/* The way back: pages that are accessed again are promoted to the fast node. */
static void run_promotion(struct env *e)
{
	unsigned int tries, i;
	char *p;

	slow_node(e);
	try_knob(e, BALANCING "scan_delay_ms", "10");
	try_knob(e, BALANCING "scan_period_min_ms", "50");
	try_knob(e, BALANCING "scan_period_max_ms", "100");
	from_node(e, SLOW);
	p = watched_anon(e, PAGES);
	from_node(e, -1);
	must(e, page_node(p) == SLOW);
	begin(e);
	knob(e, "/proc/sys/kernel/numa_balancing", "2");
	for (tries = 0; tries < 2000; tries++) {
		for (i = 0; i < 1000; i++)
			fill(p, PAGES * PG, i);
		if (seen(e, MMNOTIFY_CAUSE_NUMA_MIGRATION))
			break;
	}
	put("/proc/sys/kernel/numa_balancing", "0");
}

#define DEMOTED		MUST(CLEAR, DEMOTION, CLEAR, HAS(DEMOTION, C))
#define FULL		"what the slow node does not take is swapped"
#define SPLIT		"the table of a huge page that cannot be moved whole"
#define TIERS		.machine = "tiers", .seconds = 90

const struct scenario tiers_scenarios[] = {
	{ .name = "demote_proactive", .run = run_proactive, .expect = { DEMOTED,
		MAY(FULL, CLEAR, RECLAIM_PROACTIVE, CLEAR, HAS(DEMOTION, C)) }, TIERS },
	{ .name = "demote_proactive_thp", .run = run_proactive_thp, .expect = {
		DEMOTED, MAY(FULL, CLEAR, RECLAIM_PROACTIVE, CLEAR, HAS(DEMOTION, C)),
		MAY(SPLIT, CLEAR, THP_SPLIT, CLEAR, HAS(DEMOTION, C)) }, TIERS },
	{ .name = "demote_memcg", .run = run_memcg, .expect = { DEMOTED,
		MAY(FULL, CLEAR, RECLAIM_MEMCG, CLEAR, HAS(DEMOTION, C)) }, TIERS },
	{ .name = "demote_kswapd", .run = run_kswapd, .expect = { DEMOTED,
		MAY(FULL, CLEAR, RECLAIM_KSWAPD, CLEAR, HAS(DEMOTION, C)),
		MAY(FULL, CLEAR, RECLAIM_DIRECT, CLEAR, HAS(DEMOTION, C)) }, TIERS },
	{ .name = "demote_direct", .run = run_direct, .expect = { DEMOTED,
		MAY(FULL, CLEAR, RECLAIM_KSWAPD, CLEAR, HAS(DEMOTION, C)),
		MAY(FULL, CLEAR, RECLAIM_DIRECT, CLEAR, HAS(DEMOTION, C)) }, TIERS },
	{ .name = "promotion", .run = run_promotion, .expect = {
		MUST(PROTECTION_PAGE, NUMA_HINT, NONE, HAS(DEMOTION, PV)),
		MUST(CLEAR, NUMA_MIGRATION, CLEAR, HAS(DEMOTION, C)) }, TIERS },
	{ .name = NULL }
};
