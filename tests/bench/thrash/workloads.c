// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* workloads: six common ones, one of them in two variants. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "thrash.h"

#define RW	(PROT_READ | PROT_WRITE)
#define CGROUP	"/sys/fs/cgroup/thrash"

/*
 * A garbage collector that marks concurrently: a write shall fault. Each part in turn is
 * write-protected and made writable again.
 */
static void gc_write_round(struct bench *b, unsigned int nr)
{
	char *part = b->mem + nr % 4 * (BYTES / 4);

	mprotect(part, BYTES / 4, PROT_READ);
	device_reads(b, b->mem, BYTES);
	mprotect(part, BYTES / 4, RW);
	cpu_writes(part, 8 * PG, nr);
	device_pass(b);
}

/* A garbage collector that moves objects: the part is inaccessible meanwhile. */
static void gc_move_round(struct bench *b, unsigned int nr)
{
	char *part = b->mem + nr % 4 * (BYTES / 4);

	mprotect(part, BYTES / 4, PROT_NONE);
	mprotect(part, BYTES / 4, RW);
	cpu_writes(part, 8 * PG, nr);
	device_pass(b);
}

/* A database snapshot: the child reads memory that the parent continues to change. */
static void snapshot_round(struct bench *b, unsigned int nr)
{
	pid_t pid = fork();
	size_t i;

	if (!pid) {
		for (i = 0; i < BYTES; i += PG)
			(void)*(volatile char *)(b->mem + i);
		usleep(2000);
		_exit(0);
	}
	cpu_writes(b->mem + nr % 16 * (BYTES / 16), BYTES / 16, nr);
	device_pass(b);
	waitpid(pid, NULL, 0);
	device_pass(b);
}

/* An allocator that returns free memory to the kernel and uses it again. */
static void purge_round(struct bench *b, unsigned int nr)
{
	char *part = b->mem + nr % 8 * (BYTES / 8);

	madvise(part, BYTES / 8, nr & 1 ? MADV_FREE : MADV_DONTNEED);
	cpu_writes(part, BYTES / 8, nr);
	device_pass(b);
}

static void numa_begin(struct bench *b)
{
	static const char *const dirs[] = {
		"/proc/sys/kernel/numa_balancing_", "/sys/kernel/debug/sched/numa_balancing/"
	};
	static const char *const names[] = {
		"scan_delay_ms", "scan_period_min_ms", "scan_period_max_ms"
	};
	char path[128];
	size_t i, j;

	(void)b;
	for (i = 0; i < 2; i++)
		for (j = 0; j < 3; j++) {
			snprintf(path, sizeof(path), "%s%s", dirs[i], names[j]);
			put(path, "100");
		}
	if (put("/proc/sys/kernel/numa_balancing", "1"))
		printf("# no NUMA balancing\n");
}

/* Moves the task to the other node half way. */
static void numa_round(struct bench *b, unsigned int nr)
{
	struct timespec begun, now;
	cpu_set_t set;

	if (nr % 150 == 0) {
		CPU_ZERO(&set);
		CPU_SET(nr / 150 % 2, &set);
		sched_setaffinity(0, sizeof(set), &set);
	}
	/* NUMA balancing scans in proportion to CPU time: spend 10 ms. */
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begun);
	do {
		cpu_writes(b->mem, BYTES, nr);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	} while ((now.tv_sec - begun.tv_sec) * 1000 + (now.tv_nsec - begun.tv_nsec) / 1000000 < 10);
	device_pass(b);
}

static void numa_end(struct bench *b)
{
	(void)b;
	put("/proc/sys/kernel/numa_balancing", "0");
}

/* Many pages are equal; few are written. */
static void ksm_begin(struct bench *b)
{
	put("/sys/kernel/mm/ksm/smart_scan", "0");
	put("/sys/kernel/mm/ksm/sleep_millisecs", "20");
	put("/sys/kernel/mm/ksm/pages_to_scan", "200");
	if (madvise(b->mem, BYTES, MADV_MERGEABLE) || put("/sys/kernel/mm/ksm/run", "1"))
		printf("# no KSM\n");
}

static void ksm_round(struct bench *b, unsigned int nr)
{
	cpu_writes(b->mem + nr % 16 * 8 * PG, 2 * PG, nr & 15);
	if (nr % 10 == 0)
		put("/proc/sys/vm/compact_memory", "1");
	device_pass(b);
	sleep_ms(10);
}

static void ksm_end(struct bench *b)
{
	(void)b;
	put("/sys/kernel/mm/ksm/run", "2");
}

static void memcg_begin(struct bench *b)
{
	(void)b;
	put("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	mkdir(CGROUP, 0700);
	if (put(CGROUP "/cgroup.procs", "0"))
		printf("# no cgroup\n");
}

/* Kernels without memory.reclaim get a temporary limit instead. */
static void reclaim(void)
{
	char value[32] = "";
	int fd;

	if (!access(CGROUP "/memory.reclaim", F_OK)) {
		put(CGROUP "/memory.reclaim", "256K");
		return;
	}
	fd = open(CGROUP "/memory.current", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, value, sizeof(value) - 1) < 0)
		return;
	close(fd);
	snprintf(value, sizeof(value), "%ld", atol(value) - (256 << 10));
	put(CGROUP "/memory.high", value);
	put(CGROUP "/memory.high", "max");
}

/* The process uses half of its memory, the device all of it. */
static void memcg_round(struct bench *b, unsigned int nr)
{
	reclaim();
	cpu_writes(b->mem, BYTES / 2, nr);
	device_pass(b);
}

static void memcg_end(struct bench *b)
{
	(void)b;
	put("/sys/fs/cgroup/cgroup.procs", "0");
}

const struct workload workloads[] = {
	{ "gc_write", 100, NULL, gc_write_round, NULL },
	{ "gc_move", 100, NULL, gc_move_round, NULL },
	{ "snapshot", 40, NULL, snapshot_round, NULL },
	{ "purge", 100, NULL, purge_round, NULL },
	{ "numa", 300, numa_begin, numa_round, numa_end },
	{ "ksm", 150, ksm_begin, ksm_round, ksm_end },
	{ "memcg", 60, memcg_begin, memcg_round, memcg_end },
	{ }
};
