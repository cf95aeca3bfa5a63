// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * thrash: each workload with each device, naive and aware, in a process of its
 * own. Prints the counters of the driver, one line per run:
 *
 *	RESULT WORKLOAD DEVICE MODE ROUNDS COUNTER=VALUE...
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "thrash.h"

void fail(const char *what)
{
	printf("# %s: %m\n", what);
	fflush(stdout);
	_exit(1);
}

void cpu_writes(char *p, size_t len, int value)
{
	volatile char *at = p;

	for (; at < p + len; at += PG)
		*at = value;
}

static void device_access(struct bench *b, char *p, size_t len, bool write)
{
	struct device_access access = {
		.start = (uintptr_t)p, .len = len, .write = write,
	};

	b->lost += !!ioctl(b->fd, DEVICE_IOC_ACCESS, &access);
}

void device_reads(struct bench *b, char *p, size_t len)
{
	device_access(b, p, len, false);
}

void device_writes(struct bench *b, char *p, size_t len)
{
	device_access(b, p, len, true);
}

/* One pass of a program on the device: reads the input, writes the output. */
void device_pass(struct bench *b)
{
	device_reads(b, b->mem, INPUT);
	device_writes(b, b->mem + INPUT, BYTES - INPUT);
}

static void add_range(struct bench *b, size_t at, size_t len, unsigned int flags)
{
	struct device_range range = {
		.start = (uintptr_t)b->mem + at, .len = len, .flags = flags,
	};

	if (ioctl(b->fd, DEVICE_IOC_ADD_RANGE, &range))
		fail("ADD_RANGE");
}

/* A userptr buffer declares in advance if the device writes to it. */
static void attach(struct bench *b)
{
	struct device_attach attach = { .mode = b->aware ? DEVICE_AWARE : DEVICE_NAIVE };
	char path[64];

	snprintf(path, sizeof(path), "/dev/mmn_%s", b->device);
	b->fd = open(path, O_RDWR | O_CLOEXEC);
	if (b->fd < 0 || ioctl(b->fd, DEVICE_IOC_ATTACH, &attach))
		fail(path);
	if (!strcmp(b->device, "odp"))
		add_range(b, 0, BYTES, DEVICE_WRITE | DEVICE_IMPLICIT);
	if (!strcmp(b->device, "userptr")) {
		add_range(b, 0, INPUT, 0);
		add_range(b, INPUT, BYTES - INPUT, DEVICE_WRITE);
	}
}

static void print(const struct bench *b, const struct workload *w,
		  const struct device_stat *s, const struct device_check *c)
{
	static const char *const names[] = {
		"events", "skipped", "inexact", "zapped", "downgraded", "faults", "filled",
		"rebuilds", "destroyed", "evictions", "allocated", "freed", "policies_lost",
	};
	const __u64 *value = (const __u64 *)s;
	size_t i;

	printf("RESULT %s %s %s %u", w->name, b->device, b->aware ? "aware" : "naive",
	       w->rounds);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		printf(" %s=%llu", names[i], (unsigned long long)value[i]);
	printf(" failed=%lu stale=%llu\n", b->lost, (unsigned long long)c->stale);
	fflush(stdout);
}

/* Subtracts the counts from before the first round, which are the same for each mode. */
static void subtract(struct device_stat *from, const struct device_stat *what)
{
	__u64 *a = (__u64 *)from;
	const __u64 *b = (const __u64 *)what;
	size_t i;

	for (i = 0; i < sizeof(*from) / sizeof(*a); i++)
		a[i] -= b[i];
}

static void run(struct bench *b, const struct workload *w)
{
	struct device_stat before, stat;
	struct device_check check = { };
	unsigned int i;

	b->mem = mmap((void *)0x200000000000, BYTES, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (b->mem == MAP_FAILED)
		fail("mmap");
	madvise(b->mem, BYTES, MADV_NOHUGEPAGE);
	/* A cgroup is charged for memory from here on. */
	if (w->begin)
		w->begin(b);
	cpu_writes(b->mem, BYTES, 0x5a);
	attach(b);
	device_pass(b);
	if (ioctl(b->fd, DEVICE_IOC_STAT, &before))
		fail("STAT");
	for (i = 0; i < w->rounds; i++)
		w->round(b, i);
	if (w->end)
		w->end(b);
	if (ioctl(b->fd, DEVICE_IOC_STAT, &stat) || ioctl(b->fd, DEVICE_IOC_CHECK, &check))
		fail("CHECK");
	subtract(&stat, &before);
	print(b, w, &stat, &check);
	if (check.stale)
		_exit(1);
}

static bool run_apart(const char *device, bool aware, const struct workload *w)
{
	struct bench b = { .device = device, .aware = aware };
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		run(&b, w);
		_exit(0);
	}
	return waitpid(pid, &status, 0) == pid && !status;
}

int main(int argc, char **argv)
{
	static const char *const devices[] = { "svm", "userptr", "odp" };
	const struct workload *w;
	bool good = true;
	char path[64];
	size_t i;

	for (w = workloads; w->name; w++) {
		if (argc > 1 && strcmp(argv[1], w->name))
			continue;
		for (i = 0; i < 3; i++) {
			snprintf(path, sizeof(path), "/dev/mmn_%s", devices[i]);
			if (access(path, F_OK))
				continue;
			good &= run_apart(devices[i], false, w);
			good &= run_apart(devices[i], true, w);
		}
	}
	return !good;
}
