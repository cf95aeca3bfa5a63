// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* memory: situations that a process makes with its own memory. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "situation.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif
#define PIECE	(8 * PG)

static char *mem;

static char *small_pages(size_t len)
{
	mem = memory(len);
	must(!madvise(mem, len, MADV_NOHUGEPAGE));
	fill(mem, len);
	return mem;
}

static void range_fact(const char *name, const char *p, size_t len)
{
	fact(name, "%p %p", p, p + len);
}

/* A thread takes pieces of 8 pages out of huge pages, in three ways. KVM loses the huge page. */
static void take_pieces(void)
{
	char *p = mem + 64 * PG;

	must(mmap(p, PIECE, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1,
		  0) == p);
	must(!madvise(p + HUGE, PIECE, MADV_DONTNEED));
	must(!mprotect(p + 2 * HUGE, PIECE, PROT_READ));
	must(!munmap(p + 3 * HUGE, PIECE));
}

static void run_balloon(void)
{
	name_task("vmm");
	mem = memory(4 * HUGE);
	must(!madvise(mem, 4 * HUGE, MADV_HUGEPAGE));
	fill(mem, 4 * HUGE);
	vm_create(mem, 4 * HUGE);
	vm_touch(0, 4 * HUGE, true);
	range_fact("memory", mem, 4 * HUGE);
	ready();
	in_thread("balloon", take_pieces);
}

#define FORKS	20

static void fork_often(void)
{
	pid_t child;
	int i;

	for (i = 0; i < FORKS; i++) {
		child = fork();
		if (!child)
			_exit(0);
		must(child > 0 && waitpid(child, NULL, 0) == child);
		/* Pages that are still write-protected announce no change at the next fork. */
		fill(mem, HUGE);
	}
}

static void load_data(void)
{
	fork_often();
	must(!madvise(mem, HUGE, MADV_DONTFORK));
	fact("advised", "%d", FORKS);
	fork_often();
}

static void run_fork(void)
{
	name_task("trainer");
	attach("/dev/mmn_stall");
	small_pages(HUGE);
	range_fact("buffer", mem, HUGE);
	fact("forks", "%d", 2 * FORKS);
	ready();
	in_thread("dataloader", load_data);
}

/* The runtime collapses its buffer, and the administrator compacts memory. */
static void run_collapse(void)
{
	name_task("gpu-app");
	attach("/dev/mmn_stall");
	mem = memory(4 * HUGE);
	must(!madvise(mem, 4 * HUGE, MADV_NOHUGEPAGE));
	fill(mem, 4 * HUGE);
	range_fact("buffer", mem, 4 * HUGE);
	ready();
	/* From now on khugepaged may be faster. */
	must(!madvise(mem, 4 * HUGE, MADV_HUGEPAGE));
	if (madvise(mem, 2 * HUGE, MADV_COLLAPSE))
		fact("no-collapse", "1");
	set("/proc/sys/vm/compact_memory", "1");
}

#define DECAYS	300
#define FREES	5

/* Stacks of programs lack the caller of a function without a frame, such as madvise(). */
static __attribute__((noinline)) void drop_piece(int i)
{
	must(!madvise(mem + i % 64 * PIECE, PIECE, MADV_DONTNEED));
}

static void plugin_decay(void)
{
	int i;

	for (i = 0; i < DECAYS; i++)
		drop_piece(i);
}

static void arena_free(void)
{
	int i;

	for (i = 0; i < FREES; i++) {
		fill(mem, PIECE);
		must(!madvise(mem, PIECE, MADV_FREE));
	}
}

static void run_decay(void)
{
	name_task("server");
	attach("/dev/mmn_stall");
	small_pages(64 * PIECE);
	fact("decays", "%d", DECAYS);
	fact("frees", "%d", FREES);
	ready();
	in_thread("plugin", plugin_decay);
	in_thread("arena", arena_free);
}

#define SLOW	8

static void unmap_buffers(void)
{
	int i;

	for (i = 0; i < SLOW; i++)
		must(!munmap(mem + i * 16 * PG, 16 * PG));
}

/* Three drivers on one mm, of which one waits for its device in each callback. */
static void run_slow(void)
{
	name_task("desktop");
	small_pages(4 * HUGE);
	vm_create(mem, 4 * HUGE);
	vm_touch(0, 4 * HUGE, true);
	attach("/dev/mmn_stall");
	attach("/dev/bench_native");
	fact("unmaps", "%d", SLOW);
	ready();
	set("/sys/module/mmn_stall/parameters/delay_ms", "50");
	in_thread("worker", unmap_buffers);
	set("/sys/module/mmn_stall/parameters/delay_ms", "0");
}

static void unmap_one(void)
{
	must(!munmap(mem, 16 * PG));
}

/* The callback does not return before the parameter hold is off. */
static void run_hang(void)
{
	name_task("desktop");
	small_pages(HUGE);
	attach("/dev/mmn_stall");
	attach("/dev/bench_native");
	range_fact("range", mem, 16 * PG);
	ready();
	in_thread("worker", unmap_one);
}

#define CHURNS	500
#define HITS	10

static void churn(void)
{
	char *p;
	int i;

	for (i = 0; i < CHURNS; i++) {
		p = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		must(p != MAP_FAILED);
		fill(p, PIECE);
		must(!madvise(p, PIECE, MADV_DONTNEED) && !munmap(p, PIECE));
	}
	for (i = 0; i < HITS; i++)
		must(!madvise(mem + i * PIECE, PIECE, MADV_DONTNEED));
}

/* Most events concern the memory of the VMM itself, and not that of its guest. */
static void run_churn(void)
{
	name_task("vmm");
	small_pages(HUGE);
	vm_create(mem, HUGE);
	vm_touch(0, HUGE, true);
	range_fact("memory", mem, HUGE);
	fact("churns", "%d", 2 * CHURNS);
	fact("hits", "%d", HITS);
	ready();
	in_thread("io", churn);
}

static int file_fd;

static void sync_file(void)
{
	int i;

	for (i = 0; i < 10; i++) {
		vm_touch(0, 16 * PG, true);
		fill(mem, 16 * PG);
		must(!fdatasync(file_fd));
	}
}

/* The memory of the guest is a file, and a thread writes it back. */
static void run_file(void)
{
	const char *path = "/mnt/guest-memory";

	name_task("vmm");
	file_fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	must(file_fd >= 0 && !ftruncate(file_fd, HUGE));
	mem = mmap(NULL, HUGE, PROT_READ | PROT_WRITE, MAP_SHARED, file_fd, 0);
	must(mem != MAP_FAILED);
	fill(mem, HUGE);
	vm_create(mem, HUGE);
	vm_touch(0, 16 * PG, true);
	fact("file", "%s", path);
	ready();
	in_thread("snapshot", sync_file);
}

#define COPIES	512

static void write_pages(void)
{
	vm_touch(0, COPIES * PG, true);
}

/* The memory of the guest is a private mapping of a snapshot: each first write copies a page. */
static void run_snapshot(void)
{
	int fd = memfd_create("snapshot", MFD_CLOEXEC);

	name_task("vmm");
	must(fd >= 0 && !ftruncate(fd, COPIES * PG));
	mem = mmap(NULL, COPIES * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	must(mem != MAP_FAILED);
	vm_create(mem, COPIES * PG);
	vm_touch(0, COPIES * PG, false);
	fact("copies", "%d", COPIES);
	ready();
	in_thread("vcpu0", write_pages);
}

/* KVM drops its own tables: no operation of the mm does. */
static void run_slots(void)
{
	int i;

	name_task("vmm");
	small_pages(HUGE);
	vm_create(mem, HUGE);
	ready();
	for (i = 0; i < 50; i++) {
		vm_touch(0, HUGE, true);
		vm_new_slot();
	}
}

const struct situation memory_situations[] = {
	{ "balloon", run_balloon },
	{ "fork", run_fork },
	{ "collapse", run_collapse },
	{ "decay", run_decay },
	{ "slow", run_slow },
	{ "hang", run_hang },
	{ "churn", run_churn },
	{ "file", run_file },
	{ "snapshot", run_snapshot },
	{ "slots", run_slots },
	{ NULL, NULL },
};
