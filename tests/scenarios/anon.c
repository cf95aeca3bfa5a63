// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* anon: mapping, unmapping, moving and advising anonymous memory. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif
#ifndef SYS_mseal
#define SYS_mseal	462
#endif

static void run_munmap(struct env *e)
{
	char *p = watched_anon(e, 8);

	begin(e);
	must(e, !munmap(p, 8 * PG));
}

static void run_munmap_partial(struct env *e)
{
	char *p = watched_anon(e, 8);

	begin(e);
	must(e, !munmap(p + 2 * PG, 3 * PG));
}

static void run_mmap_fixed(struct env *e)
{
	char *p = watched_anon(e, 8);

	begin(e);
	must(e, mmap(p, 4 * PG, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		     -1, 0) == p);
}

/* The source is watched; the destination lies outside of the watched range. */
static void run_mremap_move(struct env *e)
{
	char *to = map_at(e, 8 * PG, PG, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char *p = watched_anon(e, 8);

	must(e, !munmap(to, 8 * PG));
	begin(e);
	must(e, mremap(p, 8 * PG, 8 * PG, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
}

static void run_mremap_dontunmap(struct env *e)
{
	char *p;

	need_feature(e, F_MREMAP_DONTUNMAP);
	p = watched_anon(e, 8);

	begin(e);
	must(e, mremap(p, 8 * PG, 8 * PG, MREMAP_MAYMOVE | MREMAP_DONTUNMAP,
		       NULL) != MAP_FAILED);
}

/* mremap() unmaps the old contents of the destination. */
static void run_mremap_over(struct env *e)
{
	char *from = anon(e, 8);
	char *to = watched_anon(e, 8);

	begin(e);
	must(e, mremap(from, 8 * PG, 8 * PG, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
}

static void run_mremap_shrink(struct env *e)
{
	char *p = watched_anon(e, 8);

	begin(e);
	must(e, mremap(p, 8 * PG, 4 * PG, 0) == p);
}

/* mremap() unmaps the tail first and then moves the rest. */
static void run_mremap_move_shrink(struct env *e)
{
	char *to = map_at(e, 4 * PG, PG, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char *p = watched_anon(e, 8);

	must(e, !munmap(to, 4 * PG));
	begin(e);
	must(e, mremap(p, 8 * PG, 4 * PG, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
}

/* One mremap() of several VMAs moves each of them separately. */
static void run_mremap_many(struct env *e)
{
	char *to = map_at(e, 8 * PG, PG, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char *p = anon(e, 8);

	must(e, !mprotect(p + 4 * PG, 4 * PG, PROT_READ));
	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, false);
	need_feature(e, F_MREMAP_MANY);
	begin(e);
	must(e, mremap(p, 8 * PG, 8 * PG, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
}

static void run_mremap_grow(struct env *e)
{
	char *p = watched_anon(e, 8);

	begin(e);
	must(e, mremap(p, 8 * PG, 64 * PG, MREMAP_MAYMOVE) != MAP_FAILED);
}

static void run_brk(struct env *e)
{
	char *p = sbrk(0);

	must(e, sbrk(-((uintptr_t)p & (PG - 1)) & (PG - 1)) != (void *)-1);
	p = sbrk(16 * PG);
	must(e, p != (void *)-1);
	fill(p, 16 * PG, 1);
	watch(e, p, 16 * PG);
	device(e, p, 16 * PG, true);
	begin(e);
	must(e, syscall(SYS_brk, p + 8 * PG) == (long)(p + 8 * PG));
}

static void run_mlock(struct env *e)
{
	char *p = watched_anon(e, 8);

	begin(e);
	must(e, !mlock(p, 8 * PG));
	must(e, !munlock(p, 8 * PG));
}

static void run_mseal(struct env *e)
{
	char *p = watched_anon(e, 8);

	begin(e);
	need(e, !syscall(SYS_mseal, p, 8 * PG, 0UL), "no mseal");
	must(e, munmap(p, 8 * PG) < 0 && errno == EPERM);
}

/* Each tier alone gets the same verdicts as all three together. */
static void run_tier(struct env *e)
{
	if (e->sc->tiers == MIRROR_TIER_RANGE)
		need_feature(e, F_RANGES);
	run_munmap(e);
}

const struct scenario anon_scenarios[] = {
	{ .name = "munmap", .run = run_munmap, .expect = {
		MUST(UNMAP, MUNMAP, GONE, ALL(U)) },
	  .flags = S_QUICK, .demo = "munmap(p, 8 pages)" },
	{ .name = "munmap_partial", .run = run_munmap_partial, .expect = {
		MUST(UNMAP, MUNMAP, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "mmap_fixed", .run = run_mmap_fixed, .expect = {
		MUST(UNMAP, MMAP_FIXED, GONE, ALL(U)) },
	  .flags = S_QUICK, .demo = "mmap(p, 4 pages, MAP_FIXED)" },
	{ .name = "mremap_move", .run = run_mremap_move, .expect = {
		MUST_N(2, UNMAP, MREMAP_MOVE, GONE, ALL(U)) },
	  .flags = S_QUICK, .demo = "mremap(p, MREMAP_FIXED)" },
	{ .name = "mremap_dontunmap", .run = run_mremap_dontunmap, .expect = {
		MUST(CLEAR, MREMAP_DONTUNMAP, CLEAR, ALL(U)) },
	  .flags = S_QUICK, .demo = "mremap(p, MREMAP_DONTUNMAP)" },
	{ .name = "mremap_over", .run = run_mremap_over, .expect = {
		MUST(UNMAP, MREMAP_FIXED, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "mremap_shrink", .run = run_mremap_shrink, .expect = {
		MUST(UNMAP, MREMAP_SHRINK, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "mremap_move_shrink", .run = run_mremap_move_shrink, .expect = {
		MUST(UNMAP, MREMAP_SHRINK, GONE, ALL(U)),
		MUST_N(2, UNMAP, MREMAP_MOVE, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "mremap_many", .run = run_mremap_many, .expect = {
		MUST_N(4, UNMAP, MREMAP_MOVE, GONE, HAS(MREMAP_MANY, U)) }, .flags = S_QUICK },
	{ .name = "mremap_grow", .run = run_mremap_grow, .expect = {
		MUST_N(2, UNMAP, MREMAP_MOVE, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "brk", .run = run_brk, .expect = {
		MUST(UNMAP, BRK, GONE, ALL(U)) },
	  .flags = S_QUICK },
	{ .name = "mlock", .run = run_mlock, .expect = { }, .flags = S_QUICK },
	{ .name = "mseal", .run = run_mseal, .expect = { }, .flags = S_QUICK },
	{ .name = "tier_classify", .run = run_tier, .expect = {
		MUST(UNMAP, MUNMAP, GONE, ALL(U)) },
	  .flags = S_QUICK, .tiers = MIRROR_TIER_CLASSIFY },
	{ .name = "tier_range", .run = run_tier, .expect = {
		MUST(UNMAP, MUNMAP, GONE, ALL(U)) },
	  .flags = S_QUICK, .tiers = MIRROR_TIER_RANGE },
	{ .name = "tier_mm", .run = run_tier, .expect = {
		MUST(UNMAP, MUNMAP, GONE, ALL(U)) },
	  .flags = S_QUICK, .tiers = MIRROR_TIER_MM },
	{ .name = NULL }
};
