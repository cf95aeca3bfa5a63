// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* machine: memory, files and sysfs or procfs knobs that many scenarios need. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runner.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

int get(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return -1;
	got = read(fd, buf, size - 1);
	close(fd);
	if (got < 0)
		return -1;
	buf[got] = 0;
	buf[strcspn(buf, "\n")] = 0;
	return 0;
}

long get_number(const char *path)
{
	char buf[64];

	return get(path, buf, sizeof(buf)) ? -1 : atol(buf);
}

/* A knob like "always [madvise] never" marks its current value with brackets. */
static void remember(struct env *e, const char *path)
{
	struct shared *sh = e->sh;
	char old[256], *from, *to;

	if (sh->restores == MAX_RESTORE || get(path, old, sizeof(old)))
		return;
	from = strchr(old, '[');
	to = from ? strchr(from, ']') : NULL;
	if (to) {
		*to = 0;
		from++;
	} else {
		from = old;
	}
	snprintf(sh->restore[sh->restores].path, sizeof(sh->restore[0].path),
		 "%s", path);
	snprintf(sh->restore[sh->restores].value,
		 sizeof(sh->restore[0].value), "%.63s", from);
	sh->restores++;
}

/* Writes a knob; its old value is restored at the end of the scenario. */
bool try_knob(struct env *e, const char *path, const char *value)
{
	if (access(path, W_OK))
		return false;
	remember(e, path);
	return !put(path, value);
}

void knob(struct env *e, const char *path, const char *value)
{
	if (!try_knob(e, path, value))
		skip(e, "cannot write %s to %s: %m", value, path);
}

void fill(void *p, size_t len, int byte)
{
	volatile char *at = p;
	size_t i;

	for (i = 0; i < len; i += PG)
		at[i] = byte;
}

/* Maps @len bytes at an aligned address, with an unmapped page on both sides. */
char *map_at(struct env *e, size_t len, size_t align, int prot, int flags, int fd)
{
	char *hole = mmap(NULL, len + 2 * align, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *p = (char *)(((uintptr_t)hole + 2 * align - 1) & ~(align - 1));

	must(e, hole != MAP_FAILED);
	if (align == PG)
		p = hole + PG;
	p = mmap(p, len, prot, flags | MAP_FIXED, fd, 0);
	must(e, p != MAP_FAILED);
	return p;
}

/* Touched 4 KiB pages that are never huge; their VMA merges with no neighbour. */
char *anon(struct env *e, size_t pages)
{
	char *p = map_at(e, pages * PG, PG, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1);

	madvise(p, pages * PG, MADV_NOHUGEPAGE);
	fill(p, pages * PG, 1);
	return p;
}

char *watched_anon(struct env *e, size_t pages)
{
	char *p = anon(e, pages);

	watch(e, p, pages * PG);
	device(e, p, pages * PG, true);
	return p;
}

bool has_thp(void)
{
	return !access("/sys/kernel/mm/transparent_hugepage", F_OK);
}

/* Return: @nr adjacent huge pages; skips the scenario if it cannot get them. */
char *thps(struct env *e, size_t nr)
{
	char *p = map_at(e, nr * HUGE, HUGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char line[256];
	long kb = 0;
	FILE *f;

	need(e, !madvise(p, nr * HUGE, MADV_HUGEPAGE), "no transparent huge pages");
	fill(p, nr * HUGE, 1);
	f = fopen("/proc/self/smaps", "re");
	must(e, f);
	while (fgets(line, sizeof(line), f)) {
		unsigned long a;

		if (sscanf(line, "%lx-", &a) == 1 && strchr(line, '-') &&
		    a == (uintptr_t)p)
			kb = -1;
		if (kb == -1 && sscanf(line, "AnonHugePages: %ld", &kb) == 1)
			break;
	}
	fclose(f);
	if (kb != (long)(nr * HUGE >> 10))
		skip(e, "too few huge pages were free (AnonHugePages %ld kB)", kb);
	return p;
}

char *thp(struct env *e)
{
	return thps(e, 1);
}

const char *huge_pool(unsigned int node)
{
	static char path[96];

	snprintf(path, sizeof(path),
		 "/sys/devices/system/node/node%u/hugepages/hugepages-%lukB/nr_hugepages",
		 node, HUGE / 1024);
	return path;
}

/*
 * Return: a huge page of node 1 at or above @frame. All huge pages below it are reserved
 * for the pool until the end of the scenario.
 */
char *thp_above(struct env *e, unsigned long frame)
{
	unsigned int pool;
	char value[24], *p;

	need(e, try_knob(e, huge_pool(1), "0"), "no hugetlb pool");
	bind_node(e, 1);
	for (pool = 0; pool < 2048; pool += 16) {
		snprintf(value, sizeof(value), "%u", pool);
		must(e, !put(huge_pool(1), value));
		p = thp(e);
		if (page_frame(p) >= frame) {
			bind_node(e, -1);
			return p;
		}
		must(e, !munmap(p, HUGE));
	}
	skip(e, "no huge page came from frame %#lx or above", frame);
}

int memfd(struct env *e, size_t len, unsigned int flags)
{
	int fd = memfd_create("scenario", MFD_CLOEXEC | flags);

	need(e, fd >= 0, "memfd_create");
	must(e, !ftruncate(fd, len));
	return fd;
}

char *watched_shared(struct env *e, int fd, size_t len)
{
	char *p = map_at(e, len, PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd);

	fill(p, len, 2);
	watch(e, p, len);
	device(e, p, len, true);
	return p;
}

char *watched_private(struct env *e, int fd, size_t len)
{
	char *p = map_at(e, len, PG, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);

	watch(e, p, len);
	device(e, p, len, false);
	return p;
}

void two_nodes(struct env *e)
{
	need(e, !access("/sys/devices/system/node/node1", F_OK),
	     "this machine has one memory node");
}

void on_cpu(struct env *e, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	need(e, !sched_setaffinity(0, sizeof(set), &set), "no such CPU");
}

/* Allocates the caller's next pages from this node; -1: from any. */
void bind_node(struct env *e, int node)
{
	unsigned long nodes = node < 0 ? 0 : 1UL << node;

	must(e, !syscall(SYS_set_mempolicy, node < 0 ? MPOL_DEFAULT : MPOL_BIND,
			 node < 0 ? NULL : &nodes, 64UL));
}

int page_node(void *p)
{
	int status = -1;

	if (syscall(SYS_move_pages, 0, 1UL, &p, NULL, &status, 0))
		return -1;
	return status;
}

/* Return: frame number of the page, as in /proc/self/pagemap. */
__u64 page_frame(void *p)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	__u64 entry = 0;

	if (fd < 0)
		return 0;
	if (pread(fd, &entry, 8, (uintptr_t)p / PG * 8) != 8)
		entry = 0;
	close(fd);
	return entry & ((1ULL << 55) - 1);
}

/* Reserves hugetlb pages until the end of the scenario. */
void hugetlb(struct env *e, unsigned int pages)
{
	const char *path = "/proc/sys/vm/nr_hugepages";
	char value[16];

	snprintf(value, sizeof(value), "%u", pages);
	knob(e, path, value);
	if (get_number(path) < (long)pages)
		skip(e, "only %ld huge pages could be reserved", get_number(path));
}

/* fork(); parent and child run concurrently until reap(). */
pid_t child(struct env *e)
{
	pid_t pid = fork();

	must(e, pid >= 0);
	return pid;
}

void reap(struct env *e, pid_t pid)
{
	int status;

	must(e, waitpid(pid, &status, 0) == pid);
	if (e->sh->result == RESULT_SKIP || e->sh->result == RESULT_FAIL)
		_exit(0);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		fail(e, "a child ended with status %#x", status);
}

/* Forks a child that exits at once. */
void fork_and_reap(struct env *e)
{
	pid_t pid = child(e);

	if (!pid)
		_exit(0);
	reap(e, pid);
}

/* Forks a process that waits for other_does() and then runs its job. */
struct other other_process(struct env *e, other_job *job, void *arg)
{
	struct other o;
	int fds[2];
	char c;

	must(e, !pipe(fds));
	o.pid = child(e);
	if (!o.pid) {
		close(fds[1]);
		if (read(fds[0], &c, 1) == 1)
			job(e, arg);
		_exit(0);
	}
	close(fds[0]);
	o.go = fds[1];
	return o;
}

/* Starts the job and waits until the process has exited. */
void other_does(struct env *e, struct other *o)
{
	must(e, write(o->go, "x", 1) == 1);
	close(o->go);
	reap(e, o->pid);
}
