// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * split: huge pages are split, in all ways. Splitting the mapping of one page goes through
 * __split_huge_pmd(), and its cause is always thp_split. Splitting the page itself goes
 * through the reverse map, and its cause is the reason of the split.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "actors.h"

#define DONTNEED_LOCKED	24
#define GUARD_INSTALL	102
#define MPOL_PREFERRED_	1
#define THP_DIR		"/sys/kernel/mm/transparent_hugepage/"
#define SPLIT_FILE	"/sys/kernel/debug/split_huge_pages"

static char *watched_thp(struct env *e)
{
	char *p = thp(e);

	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	return p;
}

/* Return: value in kB of a field in the smaps entry of the mapping at @p. */
static long smaps(char *p, const char *field)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	size_t len = strlen(field);
	bool here = false;
	char line[256];
	long kb = -1;

	while (f && kb < 0 && fgets(line, sizeof(line), f)) {
		unsigned long a, b;

		if (sscanf(line, "%lx-%lx ", &a, &b) == 2)
			here = a <= (uintptr_t)p && (uintptr_t)p < b;
		else if (here && !strncmp(line, field, len) && line[len] == ':')
			sscanf(line + len + 1, "%ld", &kb);
	}
	if (f)
		fclose(f);
	return kb;
}

/* A memfd that is one huge page, mapped by one PMD. */
static char *huge_file(struct env *e, int *fd)
{
	char *p;

	knob(e, THP_DIR "shmem_enabled", "advise");
	*fd = memfd(e, HUGE, 0);
	p = map_at(e, HUGE, HUGE, PROT_READ | PROT_WRITE, MAP_SHARED, *fd);
	must(e, !madvise(p, HUGE, MADV_HUGEPAGE));
	fill(p, HUGE, 1);
	if (smaps(p, "ShmemPmdMapped") != (long)HUGE / 1024)
		skip(e, "no huge page for the file was free");
	return p;
}

/* ---- the mapping is split, because a part of it changes ---- */

static void run_munmap(struct env *e)
{
	char *p = watched_thp(e);

	begin(e);
	must(e, !munmap(p + 7 * PG, PG));
}

static void run_mmap(struct env *e)
{
	char *p = watched_thp(e);

	begin(e);
	must(e, mmap(p + 7 * PG, PG, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		     -1, 0) == p + 7 * PG);
}

static void run_mprotect(struct env *e)
{
	char *p = watched_thp(e);

	begin(e);
	must(e, !mprotect(p + 7 * PG, PG, PROT_READ));
}

static void run_mremap(struct env *e)
{
	char *p = watched_thp(e);

	begin(e);
	must(e, mremap(p + 7 * PG, PG, 2 * PG, MREMAP_MAYMOVE) != MAP_FAILED);
}

static void run_mremap_shrink(struct env *e)
{
	char *p = watched_thp(e);

	begin(e);
	must(e, mremap(p, HUGE, HUGE - PG, 0) == p);
}

/* Nothing else changes than that there are two VMAs. */
static void run_mlock(struct env *e)
{
	char *p = watched_thp(e);

	begin(e);
	must(e, !mlock(p + 7 * PG, PG));
}

static void run_mbind(struct env *e)
{
	char *p = watched_thp(e);

	begin(e);
	must(e, !syscall(SYS_mbind, p + 7 * PG, PG, MPOL_PREFERRED_, NULL, 0UL, 0U));
}

static void advise_part(struct env *e, int advice, const char *what)
{
	char *p = watched_thp(e);

	begin(e);
	need(e, !madvise(p + 7 * PG, PG, advice), what);
}

static void run_dontfork(struct env *e)
{
	advise_part(e, MADV_DONTFORK, "MADV_DONTFORK");
}

static void run_dontneed(struct env *e)
{
	advise_part(e, MADV_DONTNEED, "MADV_DONTNEED");
}

static void run_dontneed_locked(struct env *e)
{
	char *p = thp(e);

	must(e, !mlock(p, HUGE));
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	begin(e);
	need(e, !madvise(p + 7 * PG, PG, DONTNEED_LOCKED), "no MADV_DONTNEED_LOCKED");
}

static void run_guard(struct env *e)
{
	need_feature(e, F_GUARD);
	advise_part(e, GUARD_INSTALL, "MADV_GUARD_INSTALL");
}

static void run_worker_dontneed(struct env *e)
{
	struct worker w;
	char *p;

	worker_open(e, &w);
	p = watched_thp(e);
	begin(e);
	must(e, !worker_madvise(e, &w, p + 7 * PG, PG, MADV_DONTNEED));
}

/* A write to a huge page that a child shares. */
static void run_cow(struct env *e)
{
	char *p = thp(e);
	int release;
	pid_t pid;

	pid = sharer(e, &release);
	watch(e, p, HUGE);
	device(e, p, HUGE, false);
	begin(e);
	p[9 * PG] = 2;
	unshare_pages(e, pid, release);
}

/* A pinned page cannot be shared by fork(), so the child gets small copies. */
static void run_fork_pinned(struct env *e)
{
	struct iovec iov = { .iov_len = HUGE };
	struct worker w;
	char *p;

	worker_open(e, &w);
	p = thp(e);
	iov.iov_base = p;
	must(e, !syscall(SYS_io_uring_register, w.fd, IORING_REGISTER_BUFFERS, &iov, 1));
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	begin(e);
	fork_and_reap(e);
}

/* ---- the page itself is split ---- */

static void run_cold(struct env *e)
{
	advise_part(e, MADV_COLD, "MADV_COLD");
}

static void run_free(struct env *e)
{
	advise_part(e, MADV_FREE, "MADV_FREE");
}

static void run_pageout(struct env *e)
{
	swap_on(e);
	advise_part(e, MADV_PAGEOUT, "MADV_PAGEOUT");
}

static bool cold_part(const struct order *o)
{
	return !advise_process(o->to, o->p, o->len, MADV_COLD);
}

static void run_other_cold(struct env *e)
{
	struct actor o;
	char *p;

	need_feature(e, F_PROCESS_MADVISE);
	actor_ready(e, &o, cold_part);
	p = watched_thp(e);
	begin(e);
	actor_acts(e, &o, p + 7 * PG, PG, 0);
}

static void run_worker_cold(struct env *e)
{
	struct worker w;
	char *p;

	worker_open(e, &w);
	p = watched_thp(e);
	begin(e);
	must(e, !worker_madvise(e, &w, p + 7 * PG, PG, MADV_COLD));
}

/* The debugfs file splits what it is told to, or, on older kernels, all huge pages. */
static void split_by_debugfs(struct env *e, const char *what)
{
	need(e, !put(SPLIT_FILE, what) || !put(SPLIT_FILE, "1"),
	     "no split_huge_pages in debugfs");
}

static void run_debugfs(struct env *e)
{
	char *p = watched_thp(e);
	char text[80];

	snprintf(text, sizeof(text), "%d,%#lx,%#lx", getpid(), (long)p, (long)p + HUGE);
	begin(e);
	split_by_debugfs(e, text);
}

static void run_debugfs_file(struct env *e)
{
	char text[80];
	int fd;
	char *p = huge_file(e, &fd);

	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	snprintf(text, sizeof(text), "/proc/self/fd/%d,0x0,0x200", fd);
	begin(e);
	split_by_debugfs(e, text);
}

/* Reclaim splits huge pages that are only partially mapped. */
static void run_drop_caches(struct env *e)
{
	char *p = thp(e);

	must(e, !madvise(p + 7 * PG, PG, MADV_DONTNEED));
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	begin(e);
	must(e, !put("/proc/sys/vm/drop_caches", "2"));
}

/* Reclaim splits huge pages that are mostly zeroes. */
static void run_underused(struct env *e)
{
	char *p;

	need(e, !access(THP_DIR "shrink_underused", F_OK),
	     "this kernel does not split underused huge pages");
	knob(e, THP_DIR "khugepaged/max_ptes_none", "0");
	p = map_at(e, HUGE, HUGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1);
	must(e, !madvise(p, HUGE, MADV_HUGEPAGE));
	*p = 1;
	if (smaps(p, "AnonHugePages") != (long)HUGE / 1024)
		skip(e, "no huge page was free");
	watch(e, p, HUGE);
	device(e, p, HUGE, false);
	begin(e);
	must(e, !put("/proc/sys/vm/drop_caches", "2"));
}

/* ---- a huge page of a file is split ---- */

static void run_truncate(struct env *e)
{
	int fd;
	char *p = huge_file(e, &fd);

	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	begin(e);
	must(e, !ftruncate(fd, HUGE / 2));
}

/*
 * If PTEs map the huge page, the remaining pages are unmapped during the split. Kernels up
 * to 6.10 announce the split of a PMD before they check that there is one.
 */
static void run_truncate_small(struct env *e)
{
	char *p;
	int fd;

	need_feature(e, F_PUNCH_SPLITS);
	huge_file(e, &fd);
	/* Not aligned to a huge page, so that no PMD can map it. */
	p = map_at(e, HUGE, PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	if (!((uintptr_t)p & (HUGE - 1)))
		p = map_at(e, HUGE, PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	fill(p, HUGE, 2);
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	begin(e);
	must(e, !ftruncate(fd, HUGE / 2));
}

static void run_remove(struct env *e)
{
	int fd;
	char *p = huge_file(e, &fd);

	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	begin(e);
	must(e, !madvise(p + 7 * PG, PG, MADV_REMOVE));
}

#define SPLIT		MUST(CLEAR, THP_SPLIT, CLEAR, ALL(C))

const struct scenario split_scenarios[] = {
	{ .name = "thp_munmap_part", .run = run_munmap, .expect = {
		SPLIT, MUST(UNMAP, MUNMAP, GONE, ALL(U)) },
	  .flags = S_QUICK, .demo = "munmap(1 page of a huge page)" },
	{ .name = "thp_mmap_part", .run = run_mmap, .expect = {
		SPLIT, MUST(UNMAP, MMAP_FIXED, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "thp_mprotect_part", .run = run_mprotect, .expect = {
		SPLIT, MUST(PROTECTION_VMA, MPROTECT, WRITE, ALL(PV)) },
	  .flags = S_QUICK },
	{ .name = "thp_mremap_part", .run = run_mremap, .expect = {
		SPLIT, MUST_N(2, UNMAP, MREMAP_MOVE, GONE, ALL(U)) },
	  .flags = S_QUICK },
	{ .name = "thp_mremap_shrink", .run = run_mremap_shrink, .expect = {
		SPLIT, MUST(UNMAP, MREMAP_SHRINK, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "thp_mlock_part", .run = run_mlock, .expect = { SPLIT },
	  .flags = S_QUICK },
	{ .name = "thp_mbind_part", .run = run_mbind, .expect = { SPLIT },
	  .flags = S_QUICK },
	{ .name = "thp_dontfork_part", .run = run_dontfork, .expect = { SPLIT },
	  .flags = S_QUICK },
	{ .name = "thp_dontneed_part", .run = run_dontneed, .expect = {
		SPLIT, MUST(CLEAR, MADV_DONTNEED, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "thp_dontneed_locked_part", .run = run_dontneed_locked, .expect = {
		MUST(CLEAR, THP_SPLIT, CLEAR, HAS(DONTNEED_LOCKED, C)),
		MUST(CLEAR, MADV_DONTNEED_LOCKED, CLEAR, HAS(DONTNEED_LOCKED, C)) },
	  .flags = S_QUICK },
	{ .name = "thp_guard_part", .run = run_guard, .expect = {
		MUST(CLEAR, THP_SPLIT, CLEAR, HAS(GUARD, C)),
		MUST(CLEAR, GUARD_INSTALL, CLEAR, HAS(GUARD, C)) }, .flags = S_QUICK },
	{ .name = "thp_io_uring_dontneed_part", .run = run_worker_dontneed, .expect = {
		SPLIT, MUST(CLEAR, MADV_DONTNEED, CLEAR, ALL(C)) } },
	{ .name = "thp_cow", .run = run_cow, .expect = {
		MUST(CLEAR, THP_SPLIT, CLEAR, LACKS(HUGE_COW, C)),
		MUST(CLEAR, COW, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "thp_fork_pinned", .run = run_fork_pinned, .expect = {
		MUST(CLEAR, THP_SPLIT, CLEAR, HAS(FORK_SPLITS, C)),
		MUST(PROTECTION_PAGE, FORK, WRITE, ALL(PP)) } },
	{ .name = "thp_cold_part", .run = run_cold, .expect = { SPLIT } },
	{ .name = "thp_other_cold_part", .run = run_other_cold, .expect = { SPLIT } },
	{ .name = "thp_io_uring_cold_part", .run = run_worker_cold, .expect = { SPLIT } },
	{ .name = "thp_free_part", .run = run_free, .expect = {
		SPLIT, MUST(CLEAR, MADV_FREE, CLEAR, ALL(C)) } },
	{ .name = "thp_pageout_part", .run = run_pageout, .expect = {
		SPLIT, MUST(CLEAR, MADV_PAGEOUT, CLEAR, ALL(C)) } },
	{ .name = "thp_split", .run = run_debugfs, .expect = { SPLIT } },
	{ .name = "thp_split_file", .run = run_debugfs_file, .expect = { SPLIT } },
	{ .name = "thp_drop_caches", .run = run_drop_caches, .expect = { SPLIT } },
	{ .name = "thp_underused", .run = run_underused, .expect = {
		MUST(CLEAR, THP_SPLIT, CLEAR, HAS(UNDERUSED, C)) } },
	{ .name = "thp_truncate_part", .run = run_truncate, .expect = {
		SPLIT, MUST(CLEAR, TRUNCATE, CLEAR, ALL(C)) } },
	{ .name = "thp_truncate_small", .run = run_truncate_small, .expect = {
		MUST(CLEAR, THP_SPLIT, CLEAR, HAS(UNMAP_SPLITS_FIRST, C)),
		MUST_N(3, CLEAR, TRUNCATE, CLEAR, ALL(C)) } },
	{ .name = "thp_remove_part", .run = run_remove, .expect = {
		SPLIT, MUST(CLEAR, MADV_REMOVE, CLEAR, ALL(C)) } },
	{ .name = NULL }
};
