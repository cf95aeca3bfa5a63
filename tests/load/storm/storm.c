// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * storm: objects are registered and removed through /dev/mmn_storm while memory is
 * invalidated. TAP on stdout.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "storm.h"
#include "sys.h"

int dev = -1;

int open_dev(void)
{
	int fd = open("/dev/mmn_storm", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		bail("/dev/mmn_storm");
	return fd;
}

int call(unsigned long cmd, struct storm_objects *o)
{
	return ioctl(dev, cmd, o) ? -errno : 0;
}

struct storm_counts counts(void)
{
	struct storm_counts c;

	if (ioctl(dev, STORM_IOC_COUNTS, &c))
		bail("read the counters");
	return c;
}

bool alive_at_most(unsigned long long most)
{
	unsigned int i;

	for (i = 0; i < 300; i++) {
		ioctl(dev, STORM_IOC_SYNC);
		if (counts().alive <= most)
			return true;
		sleep_us(100 * 1000);
	}
	note("%llu objects are alive, expected at most %llu", (unsigned long long)counts().alive,
	     most);
	return false;
}

void sleep_us(unsigned int us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&t, NULL);
}

char *reserve(size_t len, int prot)
{
	char *p = mmap(NULL, len, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		       -1, 0);

	if (p == MAP_FAILED)
		bail("mmap");
	return p;
}

void write_file(const char *path, const char *text)
{
	if (put(path, text))
		note("%s: %s", path, strerror(errno));
}

/* ---- traffic ---- */

#define MOST_THREADS	4

static pthread_t threads[MOST_THREADS];
static unsigned int nr_threads;
static volatile bool stop;
static unsigned int pause_us;
static unsigned long rounds;

/* Pages are zapped, lose write access and are touched again. */
static void *traffic(void *arg)
{
	char *p = arg;
	unsigned int i;

	while (!stop) {
		for (i = 0; i < TRAFFIC_PAGES; i++)
			*(volatile char *)(p + i * PAGE) = 1;
		mprotect(p, TRAFFIC_PAGES * PAGE, PROT_READ);
		mprotect(p, TRAFFIC_PAGES * PAGE, RW);
		madvise(p, TRAFFIC_PAGES * PAGE, MADV_DONTNEED);
		__atomic_add_fetch(&rounds, 1, __ATOMIC_RELAXED);
		if (pause_us)
			sleep_us(pause_us);
	}
	return NULL;
}

/* Each thread invalidates pages of its own in @p, which have to be writable. */
void start_traffic(char *p, unsigned int n, unsigned int pause)
{
	stop = false;
	pause_us = pause;
	rounds = 0;
	for (nr_threads = 0; nr_threads < n; nr_threads++)
		if (pthread_create(&threads[nr_threads], NULL, traffic,
				   p + nr_threads * TRAFFIC_PAGES * PAGE))
			bail("pthread_create");
}

void stop_traffic(void)
{
	stop = true;
	while (nr_threads)
		pthread_join(threads[--nr_threads], NULL);
}

unsigned long traffic_rounds(void)
{
	return __atomic_load_n(&rounds, __ATOMIC_RELAXED);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(unsigned long n);
	} storms[] = {
		{ "pairs", storm_pairs },
		{ "ranges", storm_ranges },
		{ "lives", storm_lives },
		{ "wide", storm_wide },
	};
	unsigned int i;

	for (i = 0; argc == 3 && i < NR(storms); i++) {
		if (strcmp(argv[1], storms[i].name))
			continue;
		dev = open_dev();
		storms[i].run(strtoul(argv[2], NULL, 0));
		return plan();
	}
	fprintf(stderr, "Usage: storm pairs|ranges|lives|wide NUMBER\n");
	return 2;
}
