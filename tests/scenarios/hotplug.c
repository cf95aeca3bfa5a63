// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* hotplug: memory that must be emptied: to go offline, to be pinned, or for a 1 GiB page. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/mempolicy.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "runner.h"

#define MEMORY		"/sys/devices/system/memory/"
#define CHUNK_PAGES	16384UL
#define WATCH_PAGES	256UL
#define MAX_FLAGS	65536UL
#define KPF_SLAB	(1ULL << 7)
#define KPF_NOPAGE	(1ULL << 20)
#define KPF_RESERVED	(1ULL << 32)

/* ---- a block of memory goes offline ---- */

static unsigned long block_pages(struct env *e)
{
	char size[32];

	need(e, !get(MEMORY "block_size_bytes", size, sizeof(size)),
	     "no memory hotplug");
	return strtoul(size, NULL, 16) / PG;
}

static void block_file(char *path, size_t size, long block, const char *name)
{
	snprintf(path, size, MEMORY "memory%ld/%s", block, name);
}

/* Return: true if /proc/kpageflags has one of @bits for any of these pages. */
static bool any_page(struct env *e, unsigned long frame, unsigned long n, __u64 bits)
{
	static __u64 flags[MAX_FLAGS];
	unsigned long i;
	ssize_t got;
	int fd;

	must(e, n <= MAX_FLAGS);
	fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	need(e, fd >= 0, "no /proc/kpageflags");
	got = pread(fd, flags, n * 8, frame * 8);
	must(e, got >= 0);
	close(fd);
	/* Before 5.11 the file ends where memory does. */
	for (i = 0; i < (unsigned long)got / 8; i++)
		if (flags[i] & bits)
			return true;
	return false;
}

/* Return: true if the block has only movable pages, and none reserved at boot. */
static bool can_go(struct env *e, long block)
{
	unsigned long n = block_pages(e);
	char path[128], zones[64];

	block_file(path, sizeof(path), block, "valid_zones");
	if (get(path, zones, sizeof(zones)) || strncmp(zones, "Movable", 7))
		return false;
	return !any_page(e, block * n, n, KPF_RESERVED);
}

static long block_of(struct env *e, void *p)
{
	return page_frame(p) / block_pages(e);
}

/* Return: the first window of the chunk that starts in a block that can go offline. */
static char *in_movable(struct env *e, char *chunk, size_t step)
{
	long block = -1, good = -1;
	size_t at;

	for (at = 0; at < CHUNK_PAGES * PG; at += step) {
		long b = block_of(e, chunk + at);

		if (b != block && can_go(e, b))
			good = b;
		block = b;
		if (b == good)
			return chunk + at;
	}
	skip(e, "none of the pages is in a block of memory that can go offline");
}

static void offline(struct env *e, char *p)
{
	long block = block_of(e, p);
	char path[128];

	block_file(path, sizeof(path), block, "state");
	begin(e);
	need(e, try_knob(e, path, "offline"), "the memory does not go offline");
	must(e, block_of(e, p) != block);
	put(path, "online_movable");
}

static void run_offline(struct env *e)
{
	char *p = in_movable(e, anon(e, CHUNK_PAGES), WATCH_PAGES * PG);

	watch(e, p, WATCH_PAGES * PG);
	device(e, p, WATCH_PAGES * PG, true);
	offline(e, p);
}

static void run_offline_thp(struct env *e)
{
	char *chunk = map_at(e, CHUNK_PAGES * PG, HUGE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1), *p;

	need(e, !madvise(chunk, CHUNK_PAGES * PG, MADV_HUGEPAGE),
	     "no transparent huge pages");
	fill(chunk, CHUNK_PAGES * PG, 1);
	p = in_movable(e, chunk, HUGE);
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	offline(e, p);
}

/* Pages of a memfd that another process maps, too. */
static void run_offline_shared(struct env *e)
{
	int fd = memfd(e, CHUNK_PAGES * PG, 0);
	char *p, *chunk = map_at(e, CHUNK_PAGES * PG, PG, PROT_READ | PROT_WRITE,
				 MAP_SHARED, fd);
	pid_t pid;

	fill(chunk, CHUNK_PAGES * PG, 2);
	p = in_movable(e, chunk, WATCH_PAGES * PG);
	/* All pages of the block move, and their events might fill the log before those of @p. */
	munmap(chunk, p - chunk);
	munmap(p + WATCH_PAGES * PG, chunk + CHUNK_PAGES * PG - p - WATCH_PAGES * PG);
	pid = child(e);
	if (!pid) {
		for (;;)
			pause();
	}
	watch(e, p, WATCH_PAGES * PG);
	device(e, p, WATCH_PAGES * PG, true);
	offline(e, p);
}

/* ---- a long-term pin ---- */

static void run_longterm(struct env *e)
{
	struct io_uring_params params = { };
	struct iovec iov;
	char *p;
	int fd;

	need_feature(e, F_LONGTERM_PIN);
	fd = syscall(SYS_io_uring_setup, 4, &params);
	need(e, fd >= 0, "no io_uring");
	p = in_movable(e, anon(e, CHUNK_PAGES), WATCH_PAGES * PG);
	watch(e, p, WATCH_PAGES * PG);
	device(e, p, WATCH_PAGES * PG, true);
	iov.iov_base = p;
	iov.iov_len = 16 * PG;
	begin(e);
	must(e, !syscall(SYS_io_uring_register, fd, IORING_REGISTER_BUFFERS,
			 &iov, 1));
	must(e, !can_go(e, block_of(e, p)));
}

/* ---- allocation of a 1 GiB page from memory that is in use ---- */

#define GIANT		"/sys/devices/system/node/node1/hugepages/hugepages-1048576kB/nr_hugepages"
#define GIANT_PAGES	((1UL << 30) / PG)
#define MOST_HUGE	900

/* Return: true if this GiB has no unmovable pages of the kernel. */
static bool whole(struct env *e, unsigned long giant)
{
	unsigned long from = giant * GIANT_PAGES, at;

	for (at = from; at < from + GIANT_PAGES; at += MAX_FLAGS)
		if (any_page(e, at, MAX_FLAGS, KPF_RESERVED | KPF_NOPAGE | KPF_SLAB))
			return false;
	return true;
}

/*
 * Return: a huge page of node 1 in a GiB that can be emptied. Only the mapping is bound to
 * the node: with a policy of the task its page tables would come from there, too, and
 * those cannot move.
 */
static char *in_whole_giant(struct env *e)
{
	unsigned long node = 1UL << 1, giant = 0, now;
	size_t i;
	char *p;

	p = map_at(e, MOST_HUGE * HUGE, HUGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1);
	need(e, !madvise(p, MOST_HUGE * HUGE, MADV_HUGEPAGE),
	     "no transparent huge pages");
	must(e, !syscall(SYS_mbind, p, MOST_HUGE * HUGE, MPOL_BIND, &node, 64UL, 0));
	for (i = 0; i < MOST_HUGE; i++) {
		p[i * HUGE] = 1;
		now = page_frame(p + i * HUGE) / GIANT_PAGES;
		if ((!i || now != giant) && whole(e, now))
			return p + i * HUGE;
		giant = now;
	}
	skip(e, "no GiB of node 1 is free of the kernel's own pages");
}

static void run_giant(struct env *e)
{
	char wanted[] = "1";
	unsigned long frame;
	char *p;

	need(e, !access(GIANT, W_OK), "no pages of 1 GiB");
	/* Kernels that move pages for such an allocation move them for a pin, too. */
	need_feature(e, F_LONGTERM_PIN);
	p = in_whole_giant(e);
	frame = page_frame(p);
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	begin(e);
	knob(e, GIANT, wanted);
	/* The kernel may have chosen another GiB: request one more, up to the node's four. */
	while (page_frame(p) == frame && ++*wanted <= '4')
		put(GIANT, wanted);
	/* RHEL 8 moves pages for a pin, but takes no GiB that is in use. */
	if (page_frame(p) == frame)
		skip(e, "this kernel moves no pages for a page of 1 GiB");
}

#define MOVED(cause, ...) \
	{ MUST(CLEAR, cause, CLEAR, __VA_ARGS__) }

const struct scenario hotplug_scenarios[] = {
	/* Other pages of the block move, too: with all three tiers the log would overflow. */
	{ .name = "memory_offline", .run = run_offline, .machine = "movable",
	  .tiers = MIRROR_TIER_RANGE, .expect = MOVED(MEMORY_OFFLINE, ALL(C)) },
	{ .name = "memory_offline_thp", .run = run_offline_thp,
	  .machine = "movable", .expect = MOVED(MEMORY_OFFLINE, ALL(C)) },
	{ .name = "memory_offline_shared", .run = run_offline_shared,
	  .machine = "movable", .expect = MOVED(MEMORY_OFFLINE, ALL(C)) },
	{ .name = "longterm_pin", .run = run_longterm, .machine = "movable",
	  .expect = MOVED(LONGTERM_PIN, HAS(LONGTERM_PIN, C)) },
	{ .name = "contig_alloc", .run = run_giant, .machine = "giant",
	  .seconds = 60, .expect = MOVED(CONTIG_ALLOC, ALL(C)) },
	{ .name = NULL }
};
