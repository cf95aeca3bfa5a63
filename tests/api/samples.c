// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * samples: the three sample devices in both modes. After each operation on memory that a
 * device translates, the device's page table has to match the CPU's (DEVICE_IOC_CHECK),
 * and the counters have to show how the driver reacted. "samples DEVICE" tests one
 * device. "samples broken DEVICE" is for a module loaded with drop_effect: there the
 * check has to find stale translations. TAP on stdout.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

#define PAGE	4096UL
#define PAGES	64UL
#define LEN	(PAGES * PAGE)

#define ARRAY_SIZE(x)	(sizeof(x) / sizeof((x)[0]))

#define KIND_SVM	0
#define KIND_USERPTR	1
#define KIND_ODP	2

static const char * const names[] = { "svm", "userptr", "odp" };
static const char * const modes[] = { "naive", "aware" };

static void ok(bool good, const char *kind, const char *mode, const char *what)
{
	tap_ok(good, "%s %s: %s", kind, mode, what);
}

static int dev_open(int kind)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/mmn_%s", names[kind]);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		bail(path);
	return fd;
}

static int attach(int kind, unsigned int mode)
{
	struct device_attach a = { .mode = mode };
	int fd = dev_open(kind);

	if (ioctl(fd, DEVICE_IOC_ATTACH, &a))
		bail("attach");
	return fd;
}

static int range(int fd, unsigned long cmd, const void *p, size_t len,
		 unsigned int flags)
{
	struct device_range r = {
		.start = (unsigned long)p, .len = len, .flags = flags,
	};

	return ioctl(fd, cmd, &r);
}

/* Return: number of pages that the device has accessed; errno has why not all. */
static unsigned int reach(int fd, const void *p, size_t len, unsigned int write)
{
	struct device_access a = {
		.start = (unsigned long)p, .len = len, .write = write,
	};

	errno = 0;
	ioctl(fd, DEVICE_IOC_ACCESS, &a);
	return a.pages;
}

/* Return: number of stale translations, or -1; @seen is set to the number checked. */
static long stale(int fd, unsigned long *seen)
{
	struct device_check c;

	if (ioctl(fd, DEVICE_IOC_CHECK, &c))
		return -1;
	if (c.unsettled)
		printf("# %llu unsettled\n", c.unsettled);
	if (seen)
		*seen = c.checked;
	return c.stale;
}

static struct device_stat stat_of(int fd)
{
	struct device_stat s;

	if (ioctl(fd, DEVICE_IOC_STAT, &s))
		bail("stat");
	return s;
}

static char *map(void *at, size_t len, int prot, int flags)
{
	char *p = mmap(at, len, prot, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	if (p == MAP_FAILED)
		bail("mmap");
	return p;
}

/* Memory without huge pages, so that the figures are predictable. */
static char *fresh(void)
{
	char *p = map(NULL, LEN, PROT_READ | PROT_WRITE, 0);

	madvise(p, LEN, MADV_NOHUGEPAGE);
	memset(p, 1, LEN);
	return p;
}

/* ---- operations on the memory ---- */

static void op_nothing(char *p)
{
	(void)p;
}

static void op_munmap_part(char *p)
{
	munmap(p + 8 * PAGE, 8 * PAGE);
}

static void op_mprotect_ro(char *p)
{
	mprotect(p, LEN, PROT_READ);
}

static void op_mprotect_none(char *p)
{
	mprotect(p, 16 * PAGE, PROT_NONE);
}

static void op_mprotect_back(char *p)
{
	mprotect(p, 16 * PAGE, PROT_NONE);
	mprotect(p, 16 * PAGE, PROT_READ | PROT_WRITE);
	p[0] = 2;
}

static void op_dontneed(char *p)
{
	madvise(p, LEN, MADV_DONTNEED);
}

static void op_dontneed_touch(char *p)
{
	madvise(p + PAGE, 4 * PAGE, MADV_DONTNEED);
	memset(p + PAGE, 3, 4 * PAGE);
}

static void op_free(char *p)
{
	madvise(p, LEN, MADV_FREE);
}

static void op_fork(char *p)
{
	pid_t pid = fork();

	if (!pid) {
		p[PAGE] = 7;
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void op_fork_write(char *p)
{
	pid_t pid = fork();

	if (!pid) {
		pause();
		_exit(0);
	}
	memset(p, 4, 16 * PAGE);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void op_mremap_move(char *p)
{
	char *to = map(NULL, LEN, PROT_NONE, 0);

	mremap(p, LEN, LEN, MREMAP_MAYMOVE | MREMAP_FIXED, to);
}

static void op_mremap_shrink(char *p)
{
	mremap(p, LEN, LEN / 2, 0);
}

static void op_dontunmap(char *p)
{
	mremap(p, LEN, LEN, MREMAP_MAYMOVE | 4, NULL);
}

static void op_map_over(char *p)
{
	map(p, 32 * PAGE, PROT_READ | PROT_WRITE, MAP_FIXED);
	p[0] = 5;
}

static void op_pageout(char *p)
{
	madvise(p, LEN, 21);
}

static void op_ksm(char *p)
{
	memset(p, 6, LEN);
	madvise(p, LEN, MADV_MERGEABLE);
	system("echo 10000 > /sys/kernel/mm/ksm/pages_to_scan;"
	       "echo 10 > /sys/kernel/mm/ksm/sleep_millisecs;"
	       "echo 1 > /sys/kernel/mm/ksm/run; sleep 1;"
	       "echo 0 > /sys/kernel/mm/ksm/run");
}

static void op_clear_refs(char *p)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY);

	(void)p;
	if (fd < 0)
		return;
	if (write(fd, "4", 1) != 1)
		printf("# no soft-dirty here\n");
	close(fd);
}

static void op_numa(char *p)
{
	system("echo 1 > /proc/sys/kernel/numa_balancing 2> /dev/null");
	for (int i = 0; i < 300; i++) {
		volatile char x = p[(i % PAGES) * PAGE];

		(void)x;
		usleep(3000);
	}
}

static void op_move_pages(char *p)
{
	void *pages[PAGES];
	int nodes[PAGES], status[PAGES];

	for (unsigned long i = 0; i < PAGES; i++) {
		pages[i] = p + i * PAGE;
		nodes[i] = 1;
	}
	syscall(SYS_move_pages, 0, PAGES, pages, nodes, status, 2);
}

static const struct op {
	const char *name;
	void (*run)(char *p);
} ops[] = {
	{ "nothing", op_nothing },
	{ "munmap of a part", op_munmap_part },
	{ "mprotect to read-only", op_mprotect_ro },
	{ "mprotect to nothing", op_mprotect_none },
	{ "mprotect to nothing and back", op_mprotect_back },
	{ "MADV_DONTNEED", op_dontneed },
	{ "MADV_DONTNEED and other pages", op_dontneed_touch },
	{ "MADV_FREE", op_free },
	{ "fork", op_fork },
	{ "fork, then copy-on-write", op_fork_write },
	{ "mremap to elsewhere", op_mremap_move },
	{ "mremap to a smaller size", op_mremap_shrink },
	{ "MREMAP_DONTUNMAP", op_dontunmap },
	{ "another mapping in its place", op_map_over },
	{ "MADV_PAGEOUT", op_pageout },
	{ "KSM", op_ksm },
	{ "soft-dirty starts again", op_clear_refs },
	{ "NUMA hints", op_numa },
	{ "move_pages", op_move_pages },
};

#define NR_OPS	((int)ARRAY_SIZE(ops))

/* Each operation gets a buffer of its own, which the device has accessed. */
static void one_op(int fd, int kind, unsigned int mode, const struct op *op,
		   unsigned int flags)
{
	bool write = flags & DEVICE_WRITE;
	unsigned long before, seen;
	char what[100], *p = fresh();
	long bad, after;

	if (range(fd, DEVICE_IOC_ADD_RANGE, p, LEN, flags))
		bail("add a range");
	snprintf(what, sizeof(what), "%s%s, the device %s", op->name,
		 flags & DEVICE_IMPLICIT ? " (implicit)" : "",
		 write ? "writes" : "reads");
	if (reach(fd, p, LEN, write) != PAGES || stale(fd, &before) ||
	    before < PAGES) {
		ok(false, names[kind], modes[mode], what);
		return;
	}
	op->run(p);
	bad = stale(fd, &seen);
	/* The same again after the device has accessed the changed memory. */
	reach(fd, p, LEN, write);
	reach(fd, p, LEN, 0);
	after = stale(fd, NULL);
	ok(!bad && !after, names[kind], modes[mode], what);
	if (bad || after)
		printf("# stale %ld, later %ld\n", bad, after);
	range(fd, DEVICE_IOC_DEL_RANGE, p, LEN, flags);
	munmap(p, LEN);
}

static void all_ops(int kind, unsigned int mode)
{
	int fd = attach(kind, mode);

	for (int i = 0; i < NR_OPS; i++) {
		one_op(fd, kind, mode, &ops[i], DEVICE_WRITE);
		one_op(fd, kind, mode, &ops[i], 0);
		if (kind == KIND_ODP)
			one_op(fd, kind, mode, &ops[i],
			       DEVICE_WRITE | DEVICE_IMPLICIT);
	}
	close(fd);
}

static void wrong_use(int kind)
{
	struct device_attach a = { .mode = 2 };
	struct device_check c;
	char *p = fresh();
	int fd = dev_open(kind);

	ok(ioctl(fd, DEVICE_IOC_CHECK, &c) && errno == ENXIO, names[kind],
	   "wrong use", "check before attach");
	ok(ioctl(fd, DEVICE_IOC_ATTACH, &a) && errno == EINVAL, names[kind],
	   "wrong use", "an unknown mode");
	a.mode = DEVICE_AWARE;
	ok(!ioctl(fd, DEVICE_IOC_ATTACH, &a) &&
	   ioctl(fd, DEVICE_IOC_ATTACH, &a) && errno == EBUSY, names[kind],
	   "wrong use", "attach twice");
	ok(range(fd, DEVICE_IOC_ADD_RANGE, p + 1, PAGE, 0) && errno == EINVAL,
	   names[kind], "wrong use", "a range that is not aligned");
	ok(range(fd, DEVICE_IOC_ADD_RANGE, p, -PAGE, 0) && errno == EOVERFLOW,
	   names[kind], "wrong use", "a range that wraps around");
	ok(ioctl(fd, _IO('n', 99)) && errno == ENOTTY, names[kind], "wrong use",
	   "an unknown ioctl");
	munmap(p + PAGE, PAGE);
	range(fd, DEVICE_IOC_ADD_RANGE, p, LEN, DEVICE_WRITE);
	ok(reach(fd, p, 4 * PAGE, 1) == 1 && errno == EFAULT, names[kind],
	   "wrong use", "an access stops at unmapped memory");
	close(fd);
	munmap(p, LEN);
}

/* Operations like those of a garbage collector or KSM: the mapping stays. */
static struct device_stat churn(int kind, unsigned int mode)
{
	int fd = attach(kind, mode);
	char *p = fresh();
	struct device_stat s;

	range(fd, DEVICE_IOC_ADD_RANGE, p, LEN, kind == KIND_USERPTR ? 0 :
	      DEVICE_WRITE | (kind == KIND_ODP ? DEVICE_IMPLICIT : 0));
	for (int i = 0; i < 20; i++) {
		if (reach(fd, p, LEN, 0) != PAGES)
			bail("access");
		if (kind == KIND_USERPTR)
			op_fork(p);
		else
			op_dontneed(p);
		memset(p, i, LEN);
		/* Leaves time for delayed work. */
		usleep(5000);
	}
	s = stat_of(fd);
	if (stale(fd, NULL))
		s.destroyed = ~0ULL;
	close(fd);
	munmap(p, LEN);
	return s;
}

static void counters(int kind)
{
	struct device_stat naive = churn(kind, DEVICE_NAIVE);
	struct device_stat aware = churn(kind, DEVICE_AWARE);

	printf("# naive: events %llu destroyed %llu rebuilds %llu evictions %llu faults %llu lost %llu\n",
	       naive.events, naive.destroyed, naive.rebuilds, naive.evictions,
	       naive.faults, naive.policies_lost);
	printf("# aware: events %llu destroyed %llu rebuilds %llu evictions %llu faults %llu lost %llu\n",
	       aware.events, aware.destroyed, aware.rebuilds, aware.evictions,
	       aware.faults, aware.policies_lost);
	ok(naive.destroyed >= 20 && naive.destroyed != ~0ULL, names[kind],
	   "naive", "drops its tracking at each event");
	ok(aware.destroyed < naive.destroyed, names[kind], "aware",
	   "drops less of its tracking than naive");
	ok(!aware.inexact, names[kind], "aware", "every verdict was exact");
	if (kind == KIND_SVM)
		ok(naive.policies_lost && !aware.policies_lost, names[kind],
		   "aware", "keeps the user's policy");
	if (kind == KIND_USERPTR)
		ok(naive.evictions >= 10 && aware.evictions < naive.evictions,
		   names[kind], "aware", "stops its queues less often than naive");
}

/* Return: false if this kernel has no device memory. */
static bool take(int fd, char *p, const char *mode)
{
	struct device_migrate m = { .start = (unsigned long)p, .len = LEN };
	char what[64];

	if (ioctl(fd, DEVICE_IOC_MIGRATE, &m) && errno == EOPNOTSUPP) {
		snprintf(what, sizeof(what), "svm %s: device memory", mode);
		skip(what, "this kernel is built without device memory");
		return false;
	}
	ok(m.pages == PAGES, "svm", mode, "migrates all pages to its own memory");
	return true;
}

/*
 * Pages migrate to the device's memory, and back when the CPU, a child or another device
 * accesses them. The device gets no event of that, since it owns its ranges.
 */
static void device_memory(unsigned int mode)
{
	int fd = attach(KIND_SVM, mode), other = attach(KIND_ODP, mode);
	const char *how = modes[mode];
	unsigned long seen, others;
	__u64 events;
	char *p = fresh();

	range(other, DEVICE_IOC_ADD_RANGE, p, LEN, DEVICE_WRITE);
	reach(other, p, LEN, 1);
	reach(fd, p, LEN, 1);
	events = stat_of(fd).events;
	if (!take(fd, p, how))
		goto out;
	ok(stat_of(fd).events == events, "svm", how,
	   "gets no event of its own migration");
	ok(!stale(fd, &seen) && !seen && !stale(other, &others) && !others, "svm",
	   how, "no device translates to the old pages");
	ok(reach(fd, p, LEN, 1) == PAGES && !stale(fd, &seen) && seen == PAGES &&
	   stat_of(fd).events == events, "svm", how,
	   "accesses pages in its own memory, where they stay");
	ok(p[5 * PAGE] == 1 && !stale(fd, &seen) && seen == PAGES - 1, "svm", how,
	   "an access of the CPU migrates one page back unchanged");
	op_fork_write(p);
	ok(!stale(fd, NULL) && p[20 * PAGE] == 1 && p[0] == 4, "svm", how,
	   "parent and child have copies of their own after a write");
	ok(reach(other, p, LEN, 1) == PAGES && !stale(fd, NULL) &&
	   !stale(other, &seen) && seen == PAGES, "svm", how,
	   "an access of another device migrates all pages back");
out:
	close(fd);
	close(other);
	munmap(p, LEN);
}

/* The process is killed while its device is in use, which also closes the file. */
static void sudden_death(int kind, unsigned int mode)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		int fd = attach(kind, mode);
		char *p = fresh();

		range(fd, DEVICE_IOC_ADD_RANGE, p, LEN, DEVICE_WRITE);
		if (fork()) {
			for (;;) {
				reach(fd, p, LEN, 1);
				p[0] = 1;
			}
		}
		/* This process outlives the attached one. */
		usleep(300000);
		reach(fd, p, LEN, 1);
		stale(fd, NULL);
		_exit(0);
	}
	usleep(100000);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	usleep(500000);
	ok(WIFSIGNALED(status), names[kind], modes[mode],
	   "the process is killed while the device works");
}

/* With drop_effect: the check has to find stale translations. */
static void broken(int kind, const char *which)
{
	void (*run)(char *p) = strcmp(which, "write") ? op_dontneed : op_fork;
	int fd = attach(kind, DEVICE_AWARE);
	char *p = fresh();
	long bad;

	range(fd, DEVICE_IOC_ADD_RANGE, p, LEN, DEVICE_WRITE);
	reach(fd, p, LEN, 1);
	ok(!stale(fd, NULL), names[kind], "broken", "nothing is stale at first");
	run(p);
	bad = stale(fd, NULL);
	ok(bad == (long)PAGES, names[kind], "broken", "the check finds every page");
	printf("# stale %ld\n", bad);
	close(fd);
}

static int kind_of(const char *name)
{
	for (int i = 0; i < 3; i++)
		if (name && !strcmp(name, names[i]))
			return i;
	printf("Bail out! usage: samples svm|userptr|odp, samples broken DEVICE write|page\n");
	exit(1);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 4 && !strcmp(argv[1], "broken")) {
		broken(kind_of(argv[2]), argv[3]);
	} else {
		int kind = kind_of(argc == 2 ? argv[1] : NULL);

		wrong_use(kind);
		all_ops(kind, DEVICE_NAIVE);
		all_ops(kind, DEVICE_AWARE);
		counters(kind);
		if (kind == KIND_SVM) {
			device_memory(DEVICE_NAIVE);
			device_memory(DEVICE_AWARE);
		}
		sudden_death(kind, DEVICE_NAIVE);
		sudden_death(kind, DEVICE_AWARE);
	}
	return plan();
}
