// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench: what does an operation cost, in instructions? Under QEMU's -icount
 * with shift 0 the time stamp counter counts instructions, so one sample is
 * exact; of many samples the smallest is the operation itself, the others had
 * an interrupt or a refill of some cache in them.
 *
 * Usage: bench [DEVICE]: with DEVICE open (it attaches a notifier to us), print
 * one line per operation: name, smallest, median.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <unistd.h>

#define WARMUP	200
#define SAMPLES	1001

static size_t page;

static inline uint64_t now(void)
{
	uint32_t lo, hi;

	__asm__ volatile("lfence; rdtsc; lfence" : "=a"(lo), "=d"(hi) : : "memory");
	return (uint64_t)hi << 32 | lo;
}

static char *map(void)
{
	char *p = mmap(NULL, page, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		perror("bench: mmap");
		exit(1);
	}
	*p = 1;
	return p;
}

static uint64_t time_munmap(void)
{
	char *p = map();
	uint64_t t = now();

	munmap(p, page);
	return now() - t;
}

/* Two pages around it, so that the VMA cannot merge or split differently. */
static uint64_t time_mprotect(void)
{
	static char *p;
	uint64_t t;

	if (!p)
		p = map();
	mprotect(p, page, PROT_READ | PROT_WRITE);
	*p = 1;
	t = now();
	mprotect(p, page, PROT_READ);
	return now() - t;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void run(const char *name, uint64_t (*sample)(void))
{
	static uint64_t samples[SAMPLES];
	int i;

	for (i = 0; i < WARMUP; i++)
		sample();
	for (i = 0; i < SAMPLES; i++)
		samples[i] = sample();
	qsort(samples, SAMPLES, sizeof(*samples), compare);
	printf("%s %llu %llu\n", name, (unsigned long long)samples[0],
	       (unsigned long long)samples[SAMPLES / 2]);
}

int main(int argc, char **argv)
{
	/* The same addresses every time: the same page tables, the same cost. */
	if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) {
		personality(ADDR_NO_RANDOMIZE);
		execv("/proc/self/exe", argv);
		perror("bench: exec");
		return 1;
	}
	page = sysconf(_SC_PAGESIZE);
	if (argc > 1 && open(argv[1], O_RDWR) < 0) {
		perror(argv[1]);
		return 1;
	}
	run("munmap", time_munmap);
	run("mprotect", time_mprotect);
	return 0;
}
