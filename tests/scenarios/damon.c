// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* damon: DAMON samples accesses to memory, and reclaims and migrates pages by the result. */
#define _GNU_SOURCE
#include <linux/mempolicy.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner.h"

#define KDAMONDS	"/sys/kernel/mm/damon/admin/kdamonds/"
#define KDAMOND		KDAMONDS "0/"
#define CONTEXT		KDAMOND "contexts/0/"
#define INTERVALS	CONTEXT "monitoring_attrs/intervals/"
#define REGIONS		CONTEXT "monitoring_attrs/nr_regions/"
#define SCHEME		CONTEXT "schemes/0/"
#define RECLAIM		"/sys/module/damon_reclaim/parameters/"
#define PAGES		256

/* The address range that DAMON monitors. */
struct region {
	unsigned long start;
	unsigned long end;
};

__attribute__((format(printf, 3, 4)))
static void set(struct env *e, const char *path, const char *fmt, ...)
{
	char value[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	if (put(path, value))
		fail(e, "%s to %s: %m", value, path);
}

/* One DAMON thread with one target; a thread that ran before is stopped. */
static void context(struct env *e, const char *operations, struct region r)
{
	need(e, !access(KDAMONDS, F_OK), "DAMON is not built");
	try_knob(e, "/sys/module/damon_stat/parameters/enabled", "N");
	knob(e, KDAMONDS "nr_kdamonds", "0");
	set(e, KDAMONDS "nr_kdamonds", "1");
	set(e, KDAMOND "contexts/nr_contexts", "1");
	set(e, CONTEXT "operations", "%s", operations);
	set(e, INTERVALS "sample_us", "5000");
	set(e, INTERVALS "aggr_us", "50000");
	set(e, INTERVALS "update_us", "1000000000");
	set(e, CONTEXT "targets/nr_targets", "1");
	if (strcmp(operations, "paddr"))
		set(e, CONTEXT "targets/0/pid_target", "%d", getpid());
	set(e, CONTEXT "targets/0/regions/nr_regions", "1");
	set(e, CONTEXT "targets/0/regions/0/start", "%lu", r.start);
	set(e, CONTEXT "targets/0/regions/0/end", "%lu", r.end);
	set(e, CONTEXT "schemes/nr_schemes", "1");
}

/* The scheme applies to regions of any size, access rate and age, but only of cgroup @dir. */
static void scheme(struct env *e, const char *action, const char *dir)
{
	static const char *const patterns[] = { "sz", "nr_accesses", "age" };
	char path[160];
	size_t i;

	need(e, !put(SCHEME "action", action), "DAMON does not have this action");
	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		snprintf(path, sizeof(path), SCHEME "access_pattern/%s/min", patterns[i]);
		set(e, path, "0");
		snprintf(path, sizeof(path), SCHEME "access_pattern/%s/max", patterns[i]);
		set(e, path, "%u", ~0u);
	}
	if (!dir)
		return;
	need(e, !access(SCHEME "filters", F_OK), "DAMON has no filters");
	set(e, SCHEME "filters/nr_filters", "1");
	set(e, SCHEME "filters/0/type", "memcg");
	set(e, SCHEME "filters/0/memcg_path", "%s", strrchr(dir, '/'));
	set(e, SCHEME "filters/0/matching", "N");
}

/* Starts DAMON and waits for its first event with this cause. */
static void run_until(struct env *e, unsigned int cause)
{
	begin(e);
	set(e, KDAMOND "state", "on");
	wait_for_cause(e, cause, 10000);
	set(e, KDAMOND "state", "off");
}

static struct region here(const char *p)
{
	return (struct region){ (uintptr_t)p, (uintptr_t)p + PAGES * PG };
}

/* From the lowest to the highest frame of the pages; pages of other owners lie between. */
static struct region frames(struct env *e, char *p)
{
	struct region r = { ~0UL, 0 };
	size_t i;

	for (i = 0; i < PAGES; i++) {
		unsigned long at = page_frame(p + i * PG) * PG;

		must(e, at);
		r.start = at < r.start ? at : r.start;
		r.end = at + PG > r.end ? at + PG : r.end;
	}
	return r;
}

static char *on_node0(struct env *e)
{
	unsigned long nodes = 1;
	char *p;

	two_nodes(e);
	must(e, !syscall(SYS_set_mempolicy, MPOL_BIND, &nodes, 64UL));
	p = watched_anon(e, PAGES);
	must(e, !syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0UL));
	return p;
}

static void run_pageout(struct env *e)
{
	char *p;

	swap_on(e);
	p = watched_anon(e, PAGES);
	context(e, "vaddr", here(p));
	scheme(e, "pageout", NULL);
	run_until(e, MMNOTIFY_CAUSE_DAMON_PAGEOUT);
}

static void run_pageout_frames(struct env *e)
{
	const char *dir = cgroup(e, "+memory");
	char *p;

	swap_on(e);
	p = watched_anon(e, PAGES);
	context(e, "paddr", frames(e, p));
	scheme(e, "pageout", dir);
	run_until(e, MMNOTIFY_CAUSE_DAMON_PAGEOUT);
}

static void run_migrate(struct env *e)
{
	char *p = on_node0(e);

	context(e, "vaddr", here(p));
	need_feature(e, F_DAMON_VADDR);
	scheme(e, "migrate_cold", NULL);
	set(e, SCHEME "target_nid", "1");
	run_until(e, MMNOTIFY_CAUSE_DAMON_MIGRATE);
}

static void run_migrate_frames(struct env *e)
{
	const char *dir = cgroup(e, "+memory");
	char *p = on_node0(e);

	context(e, "paddr", frames(e, p));
	scheme(e, "migrate_cold", dir);
	set(e, SCHEME "target_nid", "1");
	run_until(e, MMNOTIFY_CAUSE_DAMON_MIGRATE);
}

/* The module DAMON_RECLAIM, with watermarks at which it runs however much memory is free. */
static void run_reclaim(struct env *e)
{
	static const char *const values[][2] = {
		{ "min_age", "1000" }, { "wmarks_high", "1000" },
		{ "wmarks_mid", "999" }, { "wmarks_low", "0" },
		{ "wmarks_interval", "100000" }, { "quota_ms", "0" },
		{ "quota_sz", "0" }, { "sample_interval", "5000" },
		{ "aggr_interval", "50000" },
	};
	struct region r;
	char path[128];
	size_t i;

	need(e, !access(RECLAIM, F_OK), "DAMON is not built");
	need_feature(e, F_DAMON_RECLAIM);
	swap_on(e);
	r = frames(e, watched_anon(e, PAGES));
	try_knob(e, "/sys/module/damon_stat/parameters/enabled", "N");
	for (i = 0; i < ARRAY_SIZE(values); i++) {
		snprintf(path, sizeof(path), RECLAIM "%s", values[i][0]);
		knob(e, path, values[i][1]);
	}
	set(e, RECLAIM "monitor_region_start", "%lu", r.start);
	set(e, RECLAIM "monitor_region_end", "%lu", r.end);
	begin(e);
	knob(e, RECLAIM "enabled", "Y");
	wait_for_cause(e, MMNOTIFY_CAUSE_DAMON_PAGEOUT, 10000);
	put(RECLAIM "enabled", "N");
}

/* DAMON splits the range into three regions; each has whole huge pages. */
static void run_collapse(struct env *e)
{
	size_t len = 8 * HUGE;
	char *p;

	if (!has_thp())
		skip(e, "no transparent huge pages");
	p = map_at(e, len, HUGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1);
	fill(p, len, 1);
	watch(e, p, len);
	device(e, p, len, true);
	context(e, "vaddr", (struct region){ (uintptr_t)p, (uintptr_t)p + len });
	set(e, REGIONS "min", "3");
	set(e, REGIONS "max", "3");
	scheme(e, "collapse", NULL);
	run_until(e, MMNOTIFY_CAUSE_MADV_COLLAPSE);
}

#define PAGED_OUT	MUST(CLEAR, DAMON_PAGEOUT, CLEAR, HAS(DAMON, C))

const struct scenario damon_scenarios[] = {
	{ .name = "damon_pageout", .run = run_pageout, .expect = { PAGED_OUT } },
	{ .name = "damon_pageout_frames", .run = run_pageout_frames, .expect = {
		PAGED_OUT } },
	{ .name = "damon_reclaim", .run = run_reclaim, .expect = {
		MUST(CLEAR, DAMON_PAGEOUT, CLEAR, HAS(DAMON_RECLAIM, C)) } },
	{ .name = "damon_migrate", .run = run_migrate, .expect = {
		MUST(CLEAR, DAMON_MIGRATE, CLEAR, HAS(DAMON_VADDR, C)) } },
	{ .name = "damon_migrate_frames", .run = run_migrate_frames, .expect = {
		MUST(CLEAR, DAMON_MIGRATE, CLEAR, HAS(DAMON, C)) } },
	{ .name = "damon_collapse", .run = run_collapse, .expect = {
		MUST(CLEAR, MADV_COLLAPSE, CLEAR, HAS(DAMON_COLLAPSE, C)) } },
	{ .name = NULL }
};
