// SPDX-License-Identifier: GPL-2.0-only
/* reclaim: pages are taken because somebody wants memory. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "runner.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open	434
#endif
#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif

static void run_pageout(struct env *e)
{
	char *p;

	swap_on(e);
	p = watched_anon(e, 64);
	begin(e);
	must(e, !madvise(p, 64 * PG, MADV_PAGEOUT));
}

/* Clean pages of a file need no swap. */
static void run_pageout_file(struct env *e)
{
	int fd = ext4_file(e, "pageout", 64 * PG);
	char *p = map_at(e, 64 * PG, PG, PROT_READ, MAP_SHARED, fd);

	watch(e, p, 64 * PG);
	device(e, p, 64 * PG, false);
	begin(e);
	must(e, !madvise(p, 64 * PG, MADV_PAGEOUT));
}

/* Another process advises: whose advice it is, is not said; a group. */
static void run_pageout_remote(struct env *e)
{
	struct iovec iov;
	int pidfd, fds[2];
	pid_t pid;
	char *p, c;

	swap_on(e);
	pidfd = syscall(SYS_pidfd_open, getpid(), 0);
	must(e, pidfd >= 0 && !pipe(fds));
	p = anon(e, 64);
	pid = child(e);
	if (!pid) {
		iov.iov_base = p;
		iov.iov_len = 64 * PG;
		must(e, madvise(p, 64 * PG, MADV_DONTNEED) == 0);
		must(e, read(fds[0], &c, 1) == 1);
		need(e, syscall(SYS_process_madvise, pidfd, &iov, 1UL,
				MADV_PAGEOUT, 0) >= 0, "no process_madvise");
		_exit(0);
	}
	sleep_ms(50);
	fill(p, 64 * PG, 4);
	watch(e, p, 64 * PG);
	device(e, p, 64 * PG, true);
	begin(e);
	must(e, write(fds[1], "x", 1) == 1);
	reap(e, pid);
}

#define MB(x)	((x) << 8)	/* in pages */

/* The limit is set below what is in use. */
static void run_memcg_max(struct env *e)
{
	const char *dir;
	char path[128];

	swap_on(e);
	dir = cgroup(e, "+memory");
	watched_anon(e, MB(4));
	snprintf(path, sizeof(path), "%s/memory.max", dir);
	begin(e);
	need(e, !put(path, "3M"), "no memory.max");
	put(path, "max");
}

/* A task at its limit reclaims for itself, in a page fault. */
static void run_memcg_charge(struct env *e)
{
	const char *dir;
	char path[128];

	swap_on(e);
	dir = cgroup(e, "+memory");
	watched_anon(e, MB(2));
	snprintf(path, sizeof(path), "%s/memory.max", dir);
	need(e, !put(path, "8M"), "no memory.max");
	begin(e);
	anon(e, MB(9));
	put(path, "max");
}

static void run_memcg_reclaim(struct env *e)
{
	const char *dir;
	char path[128];

	swap_on(e);
	dir = cgroup(e, "+memory");
	snprintf(path, sizeof(path), "%s/memory.reclaim", dir);
	need(e, !access(path, W_OK), "no memory.reclaim");
	watched_anon(e, MB(4));
	begin(e);
	put(path, "2M");
}

/* Swapping in is no event. */
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

const struct scenario reclaim_scenarios[] = {
	{ .name = "madv_pageout", .run = run_pageout, .expect = {
		MUST_N(16, CLEAR, MADV_PAGEOUT, CLEAR, ALL(C)) },
	  .demo = "madvise(p, MADV_PAGEOUT)" },
	{ .name = "madv_pageout_file", .run = run_pageout_file, .expect = {
		MUST(CLEAR, MADV_PAGEOUT, CLEAR, ALL(C)) } },
	{ .name = "process_madvise_pageout", .run = run_pageout_remote, .expect = {
		MUST(CLEAR, RMAP_UNMAP, CLEAR, ALL(C)) } },
	{ .name = "memcg_max", .run = run_memcg_max, .expect = {
		MUST(CLEAR, RMAP_UNMAP, CLEAR, ALL(C)) } },
	{ .name = "memcg_charge", .run = run_memcg_charge, .expect = {
		MUST(CLEAR, RMAP_UNMAP, CLEAR, ALL(C)) } },
	{ .name = "memory_reclaim", .run = run_memcg_reclaim, .expect = {
		MUST(CLEAR, RMAP_UNMAP, CLEAR, FROM_6_1(C)) },
	  .demo = "echo 2M > memory.reclaim" },
	{ .name = "swap_in", .run = run_swapin, .expect = { } },
	{ .name = NULL }
};
