// SPDX-License-Identifier: GPL-2.0-only
/*
 * background: what the kernel is kept busy with meanwhile. Not steps, and not
 * from the seed: compaction, reclaim in the cgroup, and somebody who takes most
 * of the memory and gives it back. ksmd, khugepaged and NUMA balancing are
 * switched on by who started us.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define LEAVE_KB	(14L << 10)
#define CHUNK		(4UL << 20)
#define CHUNKS		512

int put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t done;

	if (fd < 0)
		return -1;
	done = write(fd, value, strlen(value));
	close(fd);
	return done == (ssize_t)strlen(value) ? 0 : -1;
}

static void sleep_ms(unsigned int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

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

/* Locked, so that what is reclaimed is others'. */
static void hog(void)
{
	static char *chunks[CHUNKS];
	unsigned int nr = 0, keep;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	put("/proc/self/oom_score_adj", "1000");
	for (;;) {
		while (nr < CHUNKS && read_kb("/proc/meminfo", "MemFree: %ld") > LEAVE_KB) {
			char *p = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

			if (p == MAP_FAILED)
				break;
			madvise(p, CHUNK, MADV_HUGEPAGE);
			if (mlock(p, CHUNK)) {
				munmap(p, CHUNK);
				break;
			}
			chunks[nr++] = p;
		}
		sleep_ms(400);
		keep = nr / 4 * 3;
		while (nr > keep)
			munmap(chunks[--nr], CHUNK);
		sleep_ms(600);
	}
}

/* Where memory.reclaim is younger than the kernel, a limit that comes and goes. */
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
		sleep_ms(100);
		if (tick % 8 == 0)
			put("/proc/sys/vm/compact_memory", "1");
		if (opt.cgroup && tick % 3 == 1)
			reclaim_cgroup();
	}
}
