// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * many: a process with a bare notifier whose memory is changed in more than 30 ways, each on pages
 * of its own. What this kernel does not have is left out.
 *
 * Usage: many NAME; prints a line when all is done, and waits for one on standard input.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define PG	4096UL
#define LENGTH	(4 * PG)
#define HUGE	(2UL << 20)

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE		25
#endif
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED	24
#endif
#define ADV_GUARD_INSTALL	102

#define MPOL_BIND	2
#define MPOL_MF_MOVE	2

/* <linux/userfaultfd.h> and <linux/fs.h> of this machine may be older. */
struct uffd_move {
	unsigned long long dst, src, len, mode;
	long long move;
};

#define IOCTL_UFFD_MOVE	_IOWR(UFFDIO, 5, struct uffd_move)

struct region_list {
	unsigned long long start, end, categories;
};

struct scan {
	unsigned long long size, flags, start, end, walk_end, vec, vec_len, max_pages;
	unsigned long long category_inverted, category_mask, category_anyof_mask, return_mask;
};

#define IOCTL_SCAN	_IOWR('f', 16, struct scan)

static char *map(unsigned long length, int flags)
{
	char *p = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);

	if (p == MAP_FAILED)
		exit(1);
	memset(p, 1, length);
	return p;
}

static char *pages(void)
{
	return map(LENGTH, MAP_PRIVATE);
}

/* With 4 KB pages at first, so that they can be collapsed, or as one huge page. */
static char *huge(int advice)
{
	char *p = mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	p = (char *)(((unsigned long)p + HUGE - 1) & ~(HUGE - 1));
	madvise(p, HUGE, advice);
	memset(p, 1, HUGE);
	return p;
}

static void unmapping(void)
{
	char *p = pages(), *q = pages();
	int id = shmget(IPC_PRIVATE, LENGTH, IPC_CREAT | 0600);

	munmap(pages(), LENGTH);
	mmap(p, LENGTH, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	memset(sbrk(16 * PG), 1, 16 * PG);
	sbrk(-8 * PG);
	p = shmat(id, NULL, 0);
	memset(p, 1, LENGTH);
	shmdt(p);
	shmctl(id, IPC_RMID, NULL);
	mremap(pages(), LENGTH, LENGTH, MREMAP_MAYMOVE | MREMAP_FIXED, q);
	mremap(pages(), LENGTH, LENGTH, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
	mremap(pages(), LENGTH, PG, 0);
	p = map(8 * PG, MAP_PRIVATE);
	mremap(p, LENGTH, 64 * PG, MREMAP_MAYMOVE);
}

static void advice(void)
{
	static const int all[] = { MADV_DONTNEED, MADV_FREE, MADV_PAGEOUT, ADV_GUARD_INSTALL, 0 };
	int i;
	char *p;

	for (i = 0; all[i]; i++)
		madvise(pages(), LENGTH, all[i]);
	madvise(map(LENGTH, MAP_SHARED), LENGTH, MADV_REMOVE);
	p = pages();
	mlock(p, LENGTH);
	madvise(p, LENGTH, MADV_DONTNEED_LOCKED);
	madvise(huge(MADV_NOHUGEPAGE), HUGE, MADV_HUGEPAGE);
	p = huge(MADV_NOHUGEPAGE);
	madvise(p, HUGE, MADV_HUGEPAGE);
	madvise(p, HUGE, MADV_COLLAPSE);
	munmap(huge(MADV_HUGEPAGE) + LENGTH, LENGTH);
}

static void files(void)
{
	int fd = memfd_create("many", 0);
	char *p;

	ftruncate(fd, 2 * LENGTH);
	p = mmap(NULL, 2 * LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	memset(p, 1, 2 * LENGTH);
	fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PG);
	ftruncate(fd, LENGTH);
	close(fd);
}

static void moving(void)
{
	unsigned long one = 1, two = 2, node;
	int nodes[1] = { 1 }, status[1];
	char *p = pages();
	void *at[1] = { p };

	for (node = 0; node < 2; node++) {
		nodes[0] = node;
		syscall(SYS_move_pages, 0, 1, at, nodes, status, MPOL_MF_MOVE);
	}
	p = pages();
	for (node = 1; node <= 2; node++)
		syscall(SYS_mbind, p, LENGTH, MPOL_BIND, &node, 64, MPOL_MF_MOVE);
	pages();
	syscall(SYS_migrate_pages, 0, 64, &one, &two);
	syscall(SYS_migrate_pages, 0, 64, &two, &one);
}

static void protecting(void)
{
	int key = syscall(SYS_pkey_alloc, 0, 0), fd;

	mprotect(pages(), LENGTH, PROT_READ);
	if (key >= 0)
		syscall(SYS_pkey_mprotect, pages(), LENGTH, PROT_READ, key);
	fd = open("/proc/self/clear_refs", O_WRONLY);
	if (fd >= 0 && write(fd, "4", 1) == 1)
		close(fd);
}

static void user_faults(void)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP };
	char *p = pages(), *q = pages();
	struct uffdio_register r = {
		.range = { (unsigned long)p, LENGTH },
		.mode = UFFDIO_REGISTER_MODE_WP | UFFDIO_REGISTER_MODE_MISSING,
	};
	struct uffdio_writeprotect wp = {
		.range = { (unsigned long)p, LENGTH }, .mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};
	struct uffd_move m = { .dst = (unsigned long)p, .src = (unsigned long)q, .len = PG };
	struct scan scan = {
		.size = sizeof(scan), .flags = 3, .start = (unsigned long)p,
		.end = (unsigned long)p + LENGTH, .category_mask = 2, .return_mask = 2,
	};
	struct region_list out[4];
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK), maps;

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &r))
		return;
	ioctl(fd, UFFDIO_WRITEPROTECT, &wp);
	madvise(p, PG, MADV_DONTNEED);
	ioctl(fd, IOCTL_UFFD_MOVE, &m);
	maps = open("/proc/self/pagemap", O_RDONLY);
	scan.vec = (unsigned long)out;
	scan.vec_len = 4;
	ioctl(maps, IOCTL_SCAN, &scan);
	close(maps);
	ioctl(fd, UFFDIO_UNREGISTER, &r.range);
	close(fd);
}

static void copying(void)
{
	char *p = pages(), *q = pages();
	struct iovec from = { p, 8 }, to = { q, 8 };
	pid_t child = fork();

	if (!child) {
		pause();
		_exit(0);
	}
	*p = 2;
	/* The kernel writes where the process cannot be asked to fault. */
	process_vm_writev(getpid(), &from, 1, &to, 1, 0);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
	char line[80];

	if (argc != 2 || open("/dev/bench_native", O_RDWR) < 0)
		return 1;
	prctl(PR_SET_NAME, argv[1]);
	unmapping();
	advice();
	files();
	moving();
	protecting();
	user_faults();
	copying();
	puts("done");
	fflush(stdout);
	return !fgets(line, sizeof(line), stdin);
}
