// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * device: tests of a device that mirrors its process, in addition to hmm-tests. The process
 * changes its memory. The data that test_hmm then reads and writes shows if its driver
 * invalidated its translations, and the number of device faults which ones it kept.
 * Usage: device VARIANT (stock, tier1 or tier2). Prints TAP.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <lib/test_hmm_uapi.h>

#define ARRAY_SIZE(x)	(sizeof(x) / sizeof((x)[0]))
#define PG	4096UL
#define PAGES	8UL
#define RW	(PROT_READ | PROT_WRITE)
#define SCHED	"/sys/kernel/debug/sched/numa_balancing/"

/* Variant of the driver: it uses mmnotify; it write-protects instead of unmapping. */
static bool asks, protects;
static int device;

#define must(ok)	do { if (!(ok)) lost(__LINE__, #ok); } while (0)

static void lost(int line, const char *what)
{
	printf("# line %d: %s (errno %d)\n", line, what, errno);
	fflush(stdout);
	_exit(1);
}

/* ---- the device ---- */

/* @faults: out: number of device faults. Return: 0 or an errno. */
static int access_by_device(unsigned long request, void *p, uint32_t *value, __u64 *faults)
{
	static uint32_t page[PG / 4];
	struct hmm_dmirror_cmd cmd = {
		.addr = (uintptr_t)p, .ptr = (uintptr_t)page, .npages = 1,
	};

	page[0] = *value;
	while (ioctl(device, request, &cmd))
		if (errno != EINTR)
			return errno;
	*value = page[0];
	*faults = cmd.faults;
	return 0;
}

/* Return: device faults of a read, which must return this value. */
static __u64 device_reads(char *p, uint32_t value)
{
	uint32_t got = 0xdead;
	__u64 faults;

	must(!access_by_device(HMM_DMIRROR_READ, p, &got, &faults));
	if (got != value)
		printf("# the device reads %#x and not %#x\n", got, value);
	must(got == value);
	return faults;
}

static __u64 all_read(char *p, uint32_t value)
{
	__u64 faults = 0;
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		faults += device_reads(p + i * PG, value);
	return faults;
}

static void all_written(char *p, uint32_t value)
{
	uint32_t v = value;
	unsigned int i;
	__u64 faults;

	for (i = 0; i < PAGES; i++)
		must(!access_by_device(HMM_DMIRROR_WRITE, p + i * PG, &v, &faults));
	for (i = 0; i < PAGES; i++)
		must(*(volatile uint32_t *)(p + i * PG) == value);
}

static void refused(unsigned long request, char *p)
{
	uint32_t v = 0xbad;
	unsigned int i;
	__u64 faults;

	for (i = 0; i < PAGES; i++)
		must(access_by_device(request, p + i * PG, &v, &faults));
}

/* ---- the process ---- */

static char *map(char *at, int prot)
{
	char *p = mmap(at, PAGES * PG, prot, MAP_PRIVATE | MAP_ANONYMOUS |
		       (at ? MAP_FIXED : 0), -1, 0);

	must(p != MAP_FAILED);
	return p;
}

/* Memory that the device has written, so it may write there. */
static char *mirrored(uint32_t value)
{
	char *p = map(NULL, RW);

	all_written(p, value);
	must(!all_read(p, value));
	return p;
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

/* Return: number of NUMA hints that mmnotify counted. */
static long hints(void)
{
	FILE *f = fopen("/sys/kernel/debug/mmnotify/counters", "r");
	char line[128];
	long n, sum = 0;

	must(f);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "PROTECTION_PAGE numa_hint %ld", &n) == 1)
			sum += n;
	fclose(f);
	return sum;
}

/* Forks a child. Its exit status shows if its copy is unchanged. */
static pid_t fork_copy(char *p, uint32_t value, int *go)
{
	int ends[2];
	pid_t pid;
	char c;

	fflush(stdout);
	must(!pipe(ends));
	pid = fork();
	must(pid >= 0);
	if (!pid) {
		unsigned int i;

		close(ends[1]);
		if (read(ends[0], &c, 1))
			_exit(2);
		for (i = 0; i < PAGES; i++)
			if (*(volatile uint32_t *)(p + i * PG) != value)
				_exit(1);
		_exit(0);
	}
	close(ends[0]);
	*go = ends[1];
	return pid;
}

static void unchanged(pid_t pid, int go)
{
	int status;

	close(go);
	must(waitpid(pid, &status, 0) == pid && status == 0);
}

/* ---- the tests ---- */

static void munmapped(void)
{
	char *p = mirrored(1);

	must(!munmap(p, PAGES * PG));
	refused(HMM_DMIRROR_READ, p);
	map(p, RW);
	all_read(p, 0);
}

static void dontneed(void)
{
	char *p = mirrored(1);

	must(!madvise(p, PAGES * PG, MADV_DONTNEED));
	all_read(p, 0);
	all_written(p, 2);
}

static void read_only(void)
{
	char *p = mirrored(1);

	must(!mprotect(p, PAGES * PG, PROT_READ));
	refused(HMM_DMIRROR_WRITE, p);
	all_read(p, 1);
}

static void no_access(void)
{
	char *p = mirrored(1);

	must(!mprotect(p, PAGES * PG, PROT_NONE));
	refused(HMM_DMIRROR_READ, p);
}

/* A write by the device after the fork must not reach the child. */
static void forked_device_writes(void)
{
	char *p = mirrored(1);
	int go;
	pid_t pid = fork_copy(p, 1, &go);

	all_written(p, 2);
	unchanged(pid, go);
}

static void forked_process_writes(void)
{
	char *p = mirrored(1);
	int go;
	pid_t pid = fork_copy(p, 1, &go);
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		*(volatile uint32_t *)(p + i * PG) = 2;
	all_read(p, 2);
	unchanged(pid, go);
}

/* A fork takes the right to write: a driver that only write-protects has no read fault. */
static void forked_device_reads(void)
{
	char *p = mirrored(1);
	int go;
	pid_t pid = fork_copy(p, 1, &go);
	__u64 faults = all_read(p, 1);

	printf("# %llu faults for %lu pages\n", faults, PAGES);
	must(protects ? !faults : faults >= 1);
	unchanged(pid, go);
}

/* Equal pages share one page. A write by the device to one must not change the others. */
static void merged(void)
{
	char *p = mirrored(1);
	time_t until = time(NULL) + 30;
	uint32_t v = 2;
	unsigned int i;
	__u64 faults;

	put("/sys/kernel/mm/ksm/sleep_millisecs", "10");
	must(!madvise(p, PAGES * PG, MADV_MERGEABLE));
	put("/sys/kernel/mm/ksm/run", "1");
	while (time(NULL) < until) {
		FILE *f = fopen("/proc/self/ksm_merging_pages", "r");
		long n = 0;

		must(f && fscanf(f, "%ld", &n) == 1);
		fclose(f);
		if (n >= (long)PAGES - 1)
			break;
		usleep(10000);
	}
	must(time(NULL) < until);
	must(!access_by_device(HMM_DMIRROR_WRITE, p, &v, &faults));
	for (i = 1; i < PAGES; i++)
		must(*(volatile uint32_t *)(p + i * PG) == 1);
	put("/sys/kernel/mm/ksm/run", "2");
}

static void migrated(void)
{
	int nodes[PAGES], status[PAGES];
	void *pages[PAGES];
	char *p = mirrored(1);
	unsigned int i, node;

	for (node = 0; node < 2; node++) {
		for (i = 0; i < PAGES; i++) {
			nodes[i] = node;
			pages[i] = p + i * PG;
		}
		must(!syscall(SYS_move_pages, 0, PAGES, pages, nodes, status, 2));
		must(status[0] == (int)node);
		all_read(p, 1 + node);
		all_written(p, 2 + node);
	}
}

static void moved(void)
{
	char *p = mirrored(1), *to = map(NULL, PROT_NONE);

	must(mremap(p, PAGES * PG, PAGES * PG, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
	refused(HMM_DMIRROR_READ, p);
	all_read(to, 1);
}

static void truncated(void)
{
	int fd = memfd_create("device", 0);
	char *p;

	must(fd >= 0 && !ftruncate(fd, PAGES * PG));
	p = mmap(NULL, PAGES * PG, RW, MAP_SHARED, fd, 0);
	must(p != MAP_FAILED);
	all_written(p, 1);
	must(!ftruncate(fd, 0));
	refused(HMM_DMIRROR_READ, p);
	must(!ftruncate(fd, PAGES * PG));
	all_read(p, 0);
}

static void *sleeps(void *arg)
{
	pause();
	return arg;
}

/*
 * A NUMA hint has no effect, so a driver that uses mmnotify has no fault. A process with one
 * thread gets no hints for pages on its own node.
 */
static void hinted(void)
{
	time_t until = time(NULL) + 60;
	long begun = hints();
	__u64 faults = 0;
	pthread_t thread;
	cpu_set_t cpus;
	unsigned int i;
	char *p;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	must(!sched_setaffinity(0, sizeof(cpus), &cpus));
	must(!pthread_create(&thread, NULL, sleeps, NULL));
	p = mirrored(1);
	put(SCHED "scan_delay_ms", "10");
	put(SCHED "scan_period_min_ms", "50");
	put(SCHED "scan_period_max_ms", "100");
	put("/proc/sys/kernel/numa_balancing", "1");
	while (time(NULL) < until && hints() < begun + 20) {
		for (i = 0; i < 20000; i++)
			*(volatile char *)(p + i % PAGES * PG + 8) = i;
		faults += all_read(p, 1);
	}
	put("/proc/sys/kernel/numa_balancing", "0");
	printf("# %ld hints, %llu faults of the device\n", hints() - begun, faults);
	must(time(NULL) < until);
	must(asks ? !faults : faults >= 1);
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "munmap", munmapped },
	{ "MADV_DONTNEED", dontneed },
	{ "mprotect(PROT_READ)", read_only },
	{ "mprotect(PROT_NONE)", no_access },
	{ "fork, and the device writes", forked_device_writes },
	{ "fork, and the process writes", forked_process_writes },
	{ "fork, and the device reads", forked_device_reads },
	{ "KSM merges pages that the device may write", merged },
	{ "move_pages", migrated },
	{ "mremap", moved },
	{ "ftruncate", truncated },
	{ "hints of NUMA balancing", hinted },
};

/*
 * Runs a test in a process of its own. The device mirrors its memory. The output goes to
 * @notes.
 */
static bool passes(unsigned int i, FILE *notes)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		must(dup2(fileno(notes), STDOUT_FILENO) >= 0);
		device = open("/dev/hmm_dmirror0", O_RDWR | O_CLOEXEC);
		must(device >= 0);
		tests[i].run();
		fflush(stdout);
		_exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

int main(int argc, char **argv)
{
	unsigned int i, failed = 0;

	if (argc != 2) {
		fprintf(stderr, "Usage: device stock|tier1|tier2\n");
		return 1;
	}
	asks = strncmp(argv[1], "stock", 5);
	protects = !strncmp(argv[1], "tier2", 5);
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		FILE *notes = tmpfile();
		bool ok = notes && passes(i, notes);
		char line[256];

		failed += !ok;
		printf("%sok %u - device: %s\n", ok ? "" : "not ", i + 1, tests[i].name);
		if (!notes)
			continue;
		rewind(notes);
		while (fgets(line, sizeof(line), notes))
			fputs(line, stdout);
		fclose(notes);
	}
	printf("1..%zu\n", ARRAY_SIZE(tests));
	return failed ? 1 : 0;
}
