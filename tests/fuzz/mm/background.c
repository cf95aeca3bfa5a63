// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * background: load that keeps the kernel busy beside the steps and does not depend on the
 * seed: compaction, reclaim in the cgroup, and a process that takes most of the memory
 * and frees it again. Its pace is that of the steps, so that a slow machine spends its
 * time on both alike. guest.sh switches on ksmd, khugepaged and NUMA balancing.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define NODES		2
#define LEAVE_KB	(10L << 10)	/* on each node */
#define CHUNK		(2UL << 20)
#define CHUNKS		512
#define HOLD_STEPS	384
#define GIVE_STEPS	(16384 - HOLD_STEPS)
#define COMPACT_STEPS	4096
#define RECLAIM_STEPS	512

static void await_steps(unsigned int steps)
{
	const struct timespec t = { .tv_nsec = 5000000 };
	__u64 from = sh->steps;

	while (sh->steps < from + steps)
		nanosleep(&t, NULL);
}

static long read_kb(const char *path, const char *format)
{
	char line[128];
	long kb = -1;
	FILE *f = fopen(path, "re");

	while (f && kb < 0 && fgets(line, sizeof(line), f))
		sscanf(line, format, &kb);
	if (f)
		fclose(f);
	return kb;
}

static bool has_room(unsigned int node)
{
	char path[64], format[32];

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%u/meminfo", node);
	snprintf(format, sizeof(format), "Node %u MemFree: %%ld", node);
	return read_kb(path, format) > LEAVE_KB;
}

/* Takes locked memory, so that other memory is reclaimed. Return: NULL if none is free. */
static char *take(unsigned int node)
{
	unsigned long nodes = 1UL << node;
	char *p = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	madvise(p, CHUNK, MADV_HUGEPAGE);
	if (!syscall(SYS_mbind, p, CHUNK, MPOL_BIND, &nodes, 64UL, 0) && !mlock(p, CHUNK))
		return p;
	munmap(p, CHUNK);
	return NULL;
}

/* Leaves some memory on each node: else migration to it would be out of memory. */
static void hog(void)
{
	static char *chunks[CHUNKS];
	unsigned int nr = 0, keep, node;
	char *p = NULL;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	put("/proc/self/oom_score_adj", "1000");
	for (;;) {
		for (node = 0; node < NODES; node++)
			while (nr < CHUNKS && has_room(node) && (p = take(node)))
				chunks[nr++] = p;
		await_steps(HOLD_STEPS);
		keep = nr / 4 * 3;
		while (nr > keep)
			munmap(chunks[--nr], CHUNK);
		await_steps(GIVE_STEPS);
	}
}

/* Sets memory.high for a moment on kernels without memory.reclaim. */
static void reclaim_cgroup(void)
{
	char path[128], value[32];
	long bytes;

	snprintf(path, sizeof(path), "%s/memory.reclaim", opt.cgroup);
	if (!access(path, F_OK)) {
		put(path, "1M");
		return;
	}
	snprintf(path, sizeof(path), "%s/memory.current", opt.cgroup);
	bytes = read_kb(path, "%ld");
	snprintf(value, sizeof(value), "%ld", bytes - (1 << 20));
	snprintf(path, sizeof(path), "%s/memory.high", opt.cgroup);
	put(path, value);
	put(path, "max");
}

void background(void)
{
	unsigned int tick;

	if (!fork())
		hog();
	for (tick = 0;; tick++) {
		await_steps(RECLAIM_STEPS);
		if (tick % (COMPACT_STEPS / RECLAIM_STEPS) == 0)
			put("/proc/sys/vm/compact_memory", "1");
		if (opt.cgroup)
			reclaim_cgroup();
	}
}
