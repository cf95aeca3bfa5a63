// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* reclaim: pages are reclaimed on request, or because a cgroup is at its limit. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "actors.h"

/* Newer than the headers that this may be built with. */
#define MADV_POPULATE_WRITE_	23
#define MADV_COLLAPSE_		25

static void run_pageout(struct env *e)
{
	char *p;

	swap_on(e);
	p = watched_anon(e, 64);
	begin(e);
	must(e, !madvise(p, 64 * PG, MADV_PAGEOUT));
}

/* Clean file pages are dropped, which needs no swap. */
static void run_pageout_file(struct env *e)
{
	int fd = ext4_file(e, "pageout", 64 * PG);
	char *p = map_at(e, 64 * PG, PG, PROT_READ, MAP_SHARED, fd);

	watch(e, p, 64 * PG);
	device(e, p, 64 * PG, false);
	begin(e);
	must(e, !madvise(p, 64 * PG, MADV_PAGEOUT));
}

static void pageout_of(struct env *e, void *p)
{
	need_feature(e, F_PROCESS_MADVISE);
	must(e, !advise_process(getppid(), p, 64 * PG, MADV_PAGEOUT));
}

/* Another process gives the advice. */
static void run_pageout_remote(struct env *e)
{
	struct other o;
	char *p;

	swap_on(e);
	p = map_at(e, 64 * PG, PG, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1);
	o = other_process(e, pageout_of, p);
	fill(p, 64 * PG, 4);
	watch(e, p, 64 * PG);
	device(e, p, 64 * PG, true);
	begin(e);
	other_does(e, &o);
}

static void run_pageout_thp(struct env *e)
{
	char *p;

	swap_on(e);
	p = thp(e);
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	begin(e);
	must(e, !madvise(p, HUGE, MADV_PAGEOUT));
}

/* ---- memory cgroups ---- */

static const char *memcg(struct env *e)
{
	swap_on(e);
	return cgroup(e, "+memory");
}

/* Return: 0 if the value could be written to the file of the cgroup. */
static int memcg_put(const char *dir, const char *file, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return put(path, value);
}

static void limit(struct env *e, const char *dir, const char *file, const char *value)
{
	if (memcg_put(dir, file, value))
		skip(e, "no %s (%m)", file);
}

/* Sets the limit below the current usage. */
static void squeeze(struct env *e, const char *dir, const char *file, const char *value)
{
	begin(e);
	limit(e, dir, file, value);
	memcg_put(dir, file, "max");
}

/* The first passes may only take pages from the active list, or pass over dirty ones. */
static void squeeze_again(struct env *e, const char *dir, const char *file, const char *value)
{
	unsigned int i;

	for (i = 0; i < 50 && !seen(e, MMNOTIFY_CAUSE_RECLAIM_MEMCG); i++) {
		sleep_ms(100);
		limit(e, dir, file, value);
		memcg_put(dir, file, "max");
	}
}

static void run_memcg_max(struct env *e)
{
	const char *dir = memcg(e);

	watched_anon(e, MB(4));
	squeeze(e, dir, "memory.max", "3M");
}

static void run_memcg_high(struct env *e)
{
	const char *dir = memcg(e);

	watched_anon(e, MB(4));
	squeeze(e, dir, "memory.high", "3M");
}

/* A huge page is swapped whole, or split first. */
static void run_memcg_thp(struct env *e)
{
	const char *dir = memcg(e);
	char *p = thp(e);

	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	squeeze(e, dir, "memory.high", "1M");
}

static void charge(struct env *e, const char *file)
{
	const char *dir = memcg(e);

	watched_anon(e, MB(2));
	limit(e, dir, file, "8M");
	begin(e);
	anon(e, MB(9));
	memcg_put(dir, file, "max");
}

/* A task at its cgroup's limit reclaims in its own page fault. */
static void run_memcg_charge(struct env *e)
{
	charge(e, "memory.max");
}

/* Above memory.high it reclaims on its way back to user space. */
static void run_memcg_high_charge(struct env *e)
{
	charge(e, "memory.high");
}

/* An mmap() of other memory reclaims the watched pages. */
static void run_memcg_mmap(struct env *e)
{
	const char *dir = memcg(e);

	watched_anon(e, MB(2));
	limit(e, dir, "memory.max", "8M");
	begin(e);
	must(e, mmap(NULL, MB(9) * PG, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) != MAP_FAILED);
	memcg_put(dir, "memory.max", "max");
}

static void run_memcg_populate(struct env *e)
{
	const char *dir = memcg(e);
	char *p;

	watched_anon(e, MB(2));
	p = map_at(e, MB(9) * PG, PG, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1);
	limit(e, dir, "memory.max", "8M");
	begin(e);
	need(e, !madvise(p, MB(9) * PG, MADV_POPULATE_WRITE_),
	     "no MADV_POPULATE_WRITE");
	memcg_put(dir, "memory.max", "max");
}

/* The huge page is charged before the small pages are uncharged. */
static void run_memcg_collapse(struct env *e)
{
	const char *dir = memcg(e);
	char *p, *idle;

	need_feature(e, F_COLLAPSE);
	if (!has_thp())
		skip(e, "no transparent huge pages");
	p = map_at(e, HUGE, HUGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1);
	idle = watched_anon(e, MB(3));
	limit(e, dir, "memory.max", "6M");
	must(e, !madvise(idle, MB(3) * PG, MADV_COLD));
	fill(p, HUGE, 1);
	begin(e);
	must(e, !madvise(p, HUGE, MADV_COLLAPSE_));
	memcg_put(dir, "memory.max", "max");
}

/* Pages of a mapped file, charged to the calling process's cgroup. */
static void watched_file(struct env *e, const char *name, int prot)
{
	int fd = ext4_file(e, name, MB(2) * PG);
	char *p = map_at(e, MB(2) * PG, PG, prot, MAP_SHARED, fd);

	if (prot & PROT_WRITE)
		fill(p, MB(2) * PG, 8);
	watch(e, p, MB(2) * PG);
	device(e, p, MB(2) * PG, prot & PROT_WRITE);
}

static void run_memcg_file(struct env *e)
{
	const char *dir = memcg(e);

	watched_file(e, "reclaim", PROT_READ);
	squeeze(e, dir, "memory.high", "1M");
}

static void run_memcg_dirty(struct env *e)
{
	const char *dir = memcg(e);

	watched_file(e, "dirty", PROT_READ | PROT_WRITE);
	squeeze(e, dir, "memory.high", "1M");
	/* Early kernels with generations of pages do not have dirty ones written. */
	try_knob(e, "/proc/sys/vm/dirty_expire_centisecs", "10");
	try_knob(e, "/proc/sys/vm/dirty_writeback_centisecs", "10");
	squeeze_again(e, dir, "memory.high", "1M");
}

static void run_memcg_shmem(struct env *e)
{
	const char *dir = memcg(e);

	watched_shared(e, memfd(e, MB(4) * PG, 0), MB(4) * PG);
	squeeze(e, dir, "memory.high", "2M");
	squeeze_again(e, dir, "memory.high", "2M");
}

/* ---- requests of user space ---- */

static void ask_for(struct env *e, const char *dir, const char *amount)
{
	begin(e);
	errno = 0;
	memcg_put(dir, "memory.reclaim", amount);
	need(e, errno != ENOENT, "no memory.reclaim before 5.19");
}

static void run_memcg_reclaim(struct env *e)
{
	const char *dir = memcg(e);

	watched_anon(e, MB(4));
	ask_for(e, dir, "2M");
}

static void run_reclaim_file(struct env *e)
{
	const char *dir = memcg(e);

	watched_file(e, "proactive", PROT_READ);
	ask_for(e, dir, "1M");
}

#define LRU_GEN	"/sys/kernel/debug/lru_gen"

/* Return: the cgroup's number in lru_gen; @oldest and @youngest are those of the node. */
static int generations(const char *dir, int node, int *oldest, int *youngest)
{
	const char *name = strrchr(dir, '/');
	char line[256], path[128];
	int id = -1, at = -1, n;
	bool mine = false;
	FILE *f = fopen(LRU_GEN, "re");

	*oldest = -1;
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "memcg %d %127s", &n, path) == 2) {
			mine = !strcmp(path, name);
			id = mine ? n : id;
		} else if (mine && sscanf(line, " node %d", &n) == 1) {
			at = n;
		} else if (mine && at == node) {
			*youngest = strtol(line, NULL, 10);
			*oldest = *oldest < 0 ? *youngest : *oldest;
		}
	}
	if (f)
		fclose(f);
	return id;
}

static void lru_gen(struct env *e, char what, int id, int node, int nr,
		    const char *more)
{
	char text[64];

	snprintf(text, sizeof(text), "%c %d %d %d %s", what, id, node, nr, more);
	if (put(LRU_GEN, text))
		fail(e, "%s to lru_gen: %m", text);
}

/* Creates two new generations, then evicts the oldest one. */
static void run_lru_gen(struct env *e)
{
	int id, node, oldest, youngest, i;
	const char *dir;
	char *p;

	need(e, !access(LRU_GEN, W_OK), "no multi-generational LRU before 6.1");
	knob(e, "/sys/kernel/mm/lru_gen/enabled", "7");
	dir = memcg(e);
	p = watched_anon(e, MB(2));
	node = page_node(p);
	begin(e);
	for (i = 0; i < 3; i++) {
		id = generations(dir, node, &oldest, &youngest);
		must(e, id > 0 && oldest >= 0);
		lru_gen(e, '+', id, node, youngest, "1 1");
	}
	lru_gen(e, '-', id, node, youngest - 1, "200");
}

/*
 * Any page of the node may be reclaimed; the watched ones are the coldest. The kernel
 * skips a node with few file pages and little slab memory.
 */
static void run_node_reclaim(struct env *e)
{
	char path[64], *p;
	int i;

	swap_on(e);
	knob(e, "/proc/sys/vm/swappiness", "200");
	knob(e, "/proc/sys/vm/min_slab_ratio", "0");
	p = watched_anon(e, MB(2));
	snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/reclaim",
		 page_node(p));
	need(e, !access(path, W_OK), "no file to reclaim from a node before 6.17");
	must(e, !madvise(p, MB(2) * PG, MADV_COLD));
	begin(e);
	for (i = 0; i < 40 && !seen(e, MMNOTIFY_CAUSE_RECLAIM_PROACTIVE); i++)
		put(path, "4M swappiness=200");
}

/* Swapping in causes no event. */
static void run_swapin(struct env *e)
{
	char *p;

	swap_on(e);
	p = anon(e, 16);
	must(e, !madvise(p, 16 * PG, MADV_PAGEOUT));
	watch(e, p, 16 * PG);
	begin(e);
	fill(p, 16 * PG, 5);
}

#define BY_MEMCG	MUST(CLEAR, RECLAIM_MEMCG, CLEAR, ALL(C))
#define ASKED_FOR	MUST(CLEAR, RECLAIM_PROACTIVE, CLEAR, HAS(MEMORY_RECLAIM, C))
#define SPLIT		"the table of a huge page that cannot be swapped whole"
#define CLEANED		"dirty pages are written first"
#define SMALL		.machine = "small", .seconds = 90

const struct scenario reclaim_scenarios[] = {
	{ .name = "madv_pageout", .run = run_pageout, .expect = {
		MUST_N(16, CLEAR, MADV_PAGEOUT, CLEAR, ALL(C)) },
	  .demo = "madvise(p, MADV_PAGEOUT)" },
	{ .name = "madv_pageout_file", .run = run_pageout_file, .expect = {
		MUST(CLEAR, MADV_PAGEOUT, CLEAR, ALL(C)) } },
	{ .name = "process_madvise_pageout", .run = run_pageout_remote, .expect = {
		MUST_N(16, CLEAR, MADV_PAGEOUT, CLEAR, ALL(C)) } },
	{ .name = "madv_pageout_thp", .run = run_pageout_thp, .expect = {
		MUST(CLEAR, MADV_PAGEOUT, CLEAR, ALL(C)),
		MAY(SPLIT, CLEAR, THP_SPLIT, CLEAR, ALL(C)) } },
	{ .name = "memcg_max", .run = run_memcg_max, .expect = { BY_MEMCG } },
	{ .name = "memcg_high", .run = run_memcg_high, .expect = { BY_MEMCG } },
	{ .name = "memcg_charge", .run = run_memcg_charge, .expect = { BY_MEMCG } },
	{ .name = "memcg_high_charge", .run = run_memcg_high_charge, .expect = {
		BY_MEMCG }, SMALL },
	{ .name = "memcg_mmap", .run = run_memcg_mmap, .expect = { BY_MEMCG }, SMALL },
	{ .name = "memcg_populate", .run = run_memcg_populate, .expect = {
		MUST(CLEAR, RECLAIM_MEMCG, CLEAR, HAS(POPULATE, C)) }, SMALL },
	{ .name = "memcg_collapse", .run = run_memcg_collapse, .expect = {
		MUST(CLEAR, RECLAIM_MEMCG, CLEAR, HAS(COLLAPSE, C)) }, SMALL },
	{ .name = "memcg_thp", .run = run_memcg_thp, .expect = { BY_MEMCG,
		MAY(SPLIT, CLEAR, THP_SPLIT, CLEAR, ALL(C)) }, SMALL },
	{ .name = "memcg_file", .run = run_memcg_file, .expect = { BY_MEMCG }, SMALL },
	{ .name = "memcg_dirty_file", .run = run_memcg_dirty, .expect = { BY_MEMCG,
		MAY(CLEANED, PROTECTION_PAGE, WRITEBACK, CLEAN, ALL(PP)) }, SMALL },
	{ .name = "memcg_shmem", .run = run_memcg_shmem, .expect = { BY_MEMCG }, SMALL },
	{ .name = "memory_reclaim", .run = run_memcg_reclaim, .expect = { ASKED_FOR },
	  .demo = "echo 2M > memory.reclaim" },
	{ .name = "memory_reclaim_file", .run = run_reclaim_file, .expect = {
		ASKED_FOR }, SMALL },
	{ .name = "lru_gen_evict", .run = run_lru_gen, .expect = { ASKED_FOR }, SMALL },
	{ .name = "node_reclaim_file", .run = run_node_reclaim, .expect = {
		MUST(CLEAR, RECLAIM_PROACTIVE, CLEAR, HAS(NODE_RECLAIM, C)) }, SMALL },
	{ .name = "swap_in", .run = run_swapin, .expect = { } },
	{ .name = NULL }
};
