// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * ops: the operations that the benchmark measures. Each sample starts from the same
 * state and restores it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif
#define PG	4096UL
#define FORKED	100
#define BATCH	64
#define MF_MOVE	2	/* MPOL_MF_MOVE */

/* Mappings are kept apart, so that VMAs never merge with neighbours. */
static char *map_at(unsigned long where, size_t pages, int flags, int fd)
{
	char *p = mmap((void *)(0x100000000UL + (where << 30)), pages * PG,
		       PROT_READ | PROT_WRITE, flags | MAP_FIXED, fd, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

static char *map_anon(unsigned long where, size_t pages)
{
	return map_at(where, pages, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static int memfd(size_t pages)
{
	int fd = syscall(SYS_memfd_create, "bench", 0);

	if (fd < 0 || ftruncate(fd, pages * PG))
		die("memfd");
	return fd;
}

static void must(int ok, const char *what)
{
	if (!ok)
		die(what);
}

static void touch(char *p, size_t pages)
{
	size_t i;

	for (i = 0; i < pages; i++)
		*(volatile char *)(p + i * PG) = 1;
}

/* ---- munmap, mprotect, MADV_DONTNEED ---- */

static char *one;

static void prepare_munmap(void)
{
	one = map_anon(1, 1);
	*one = 1;
}

static void act_munmap(void)
{
	munmap(one, PG);
}

static char *guarded;

static void setup_mprotect(void)
{
	guarded = map_anon(2, 1);
}

static void prepare_mprotect(void)
{
	mprotect(guarded, PG, PROT_READ | PROT_WRITE);
	*guarded = 1;
}

static void act_mprotect(void)
{
	mprotect(guarded, PG, PROT_READ);
}

static char *dropped;

static void setup_dontneed(void)
{
	dropped = map_anon(3, 1);
}

static void prepare_dontneed(void)
{
	*dropped = 1;
}

static void act_dontneed(void)
{
	madvise(dropped, PG, MADV_DONTNEED);
}

/* ---- copy-on-write of a page of the page cache ---- */

static char *copied;

static void setup_cow(void)
{
	int fd = memfd(1);

	must(write(fd, "x", 1) == 1, "write to a memfd");
	copied = map_at(4, 1, MAP_PRIVATE, fd);
}

static void prepare_cow(void)
{
	must(*(volatile char *)copied == 'x', "the page is the file's");
}

static void act_cow(void)
{
	*(volatile char *)copied = 'y';
}

static void undo_cow(void)
{
	madvise(copied, PG, MADV_DONTNEED);
}

/* ---- fork ---- */

static char *inherited;
static pid_t child;

static void setup_fork(void)
{
	inherited = map_anon(5, FORKED);
}

/* Makes the pages writable again, so that each fork does the same work. */
static void prepare_fork(void)
{
	touch(inherited, FORKED);
}

static void act_fork(void)
{
	child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (!child)
		_exit(0);
}

static void undo_fork(void)
{
	must(child > 0 && waitpid(child, NULL, 0) == child, "fork");
}

/* ---- exit: from the last statement of a child until waitpid() of its parent returns ---- */

struct last_words {
	uint64_t when;
	int fd;
};

static volatile struct last_words *last_words;

static void setup_exit(void)
{
	if (!inherited)
		setup_fork();
	touch(inherited, FORKED);
	last_words = mmap(NULL, PG, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(last_words != MAP_FAILED, "mmap");
}

/*
 * The child has a notifier of its own. Its file stays open in the parent, because the
 * removal of the notifier waits, and the wait is not part of the cost.
 */
static void act_exit(void)
{
	last_words->fd = -1;
	child = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (child) {
		waitpid(child, NULL, 0);
		return;
	}
	if (device)
		last_words->fd = open(device, O_RDWR);
	last_words->when = now();
	_exit(0);
}

static uint64_t elapsed_exit(uint64_t now)
{
	return now - last_words->when;
}

static void undo_exit(void)
{
	must(!device || last_words->fd >= 0, "the device in the child");
	if (device)
		close(last_words->fd);
}

/* ---- truncate of a shared page ---- */

static char *shared;
static int shared_fd;

static void setup_truncate(void)
{
	shared_fd = memfd(1);
	shared = map_at(6, 1, MAP_SHARED, shared_fd);
}

static void prepare_truncate(void)
{
	must(!ftruncate(shared_fd, PG), "ftruncate");
	*shared = 1;
}

static void act_truncate(void)
{
	must(!ftruncate(shared_fd, 0), "ftruncate");
}

/* ---- reclaim ---- */

static char *paged;

static unsigned int present(char *p, size_t pages)
{
	unsigned int nr = 0;
	uint64_t entry;
	size_t i;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	for (i = 0; i < pages; i++) {
		must(pread(fd, &entry, 8, ((unsigned long)p / PG + i) * 8) == 8, "pagemap");
		nr += entry >> 63;
	}
	close(fd);
	return nr;
}

static void setup_pageout(void)
{
	paged = map_anon(7, BATCH);
}

static void prepare_pageout(void)
{
	touch(paged, BATCH);
}

static void act_pageout(void)
{
	madvise(paged, BATCH * PG, MADV_PAGEOUT);
}

static void check_pageout(void)
{
	must(!present(paged, BATCH), "MADV_PAGEOUT left pages: is there swap?");
}

/* ---- migration to the other node and back ---- */

static char *moved;
static void *pages[BATCH];
static int node0[BATCH], node1[BATCH], status[BATCH];

static void setup_move(void)
{
	int i;

	moved = map_anon(8, BATCH);
	touch(moved, BATCH);
	for (i = 0; i < BATCH; i++) {
		pages[i] = moved + i * PG;
		node1[i] = 1;
	}
}

static void act_move(void)
{
	syscall(SYS_move_pages, 0, BATCH, pages, node1, status, MF_MOVE);
}

static void check_move(void)
{
	int i;

	for (i = 0; i < BATCH; i++)
		must(status[i] == 1, "a page did not move: are there two nodes?");
}

static void undo_move(void)
{
	syscall(SYS_move_pages, 0, BATCH, pages, node0, status, MF_MOVE);
}

const struct op ops[] = {
	{ .name = "munmap", .units = 1, .prepare = prepare_munmap,
	  .act = act_munmap },
	{ .name = "mprotect", .units = 1, .setup = setup_mprotect,
	  .prepare = prepare_mprotect, .act = act_mprotect },
	{ .name = "dontneed", .units = 1, .setup = setup_dontneed,
	  .prepare = prepare_dontneed, .act = act_dontneed },
	{ .name = "cow", .units = 1, .setup = setup_cow,
	  .prepare = prepare_cow, .act = act_cow, .undo = undo_cow },
	{ .name = "fork", .units = 1, .big = 1, .setup = setup_fork,
	  .prepare = prepare_fork, .act = act_fork, .undo = undo_fork },
	{ .name = "exit", .units = 1, .big = 1, .events = 1,
	  .setup = setup_exit, .act = act_exit, .undo = undo_exit,
	  .elapsed = elapsed_exit },
	{ .name = "truncate", .units = 1, .big = 1, .setup = setup_truncate,
	  .prepare = prepare_truncate, .act = act_truncate },
	{ .name = "pageout", .units = BATCH, .big = 1, .setup = setup_pageout,
	  .prepare = prepare_pageout, .act = act_pageout,
	  .check = check_pageout },
	{ .name = "migrate", .units = BATCH, .big = 1, .setup = setup_move,
	  .act = act_move, .undo = undo_move, .check = check_move },
	{ }
};
