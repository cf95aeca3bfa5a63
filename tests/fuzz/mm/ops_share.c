// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* ops_share: fork(), files that processes share, and accesses of another process. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

#ifndef FALLOC_FL_PUNCH_HOLE
#define FALLOC_FL_KEEP_SIZE	1
#define FALLOC_FL_PUNCH_HOLE	2
#endif
#define FALLOC_FL_ZERO_RANGE	0x10

int shared_fd, disk_fd;
static char *view[2];	/* mappings of both whole files */

void share_setup(void)
{
	char path[128];

	shared_fd = syscall(SYS_memfd_create, "fuzz", 1);
	snprintf(path, sizeof(path), "%s/fuzz", opt.dir);
	unlink(path);
	disk_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (shared_fd < 0 || ftruncate(shared_fd, FILE_PAGES * PG) ||
	    disk_fd < 0 || ftruncate(disk_fd, FILE_PAGES * PG))
		snprintf(sh->error, sizeof(sh->error), "no files in %s", opt.dir);
	view[0] = mmap(NULL, FILE_PAGES * PG, PROT_READ | PROT_WRITE, MAP_SHARED,
		       shared_fd, 0);
	view[1] = mmap(NULL, FILE_PAGES * PG, PROT_READ | PROT_WRITE, MAP_SHARED,
		       disk_fd, 0);
}

/* Operations on shared memory for both sides of a fork(). */
static void child_does(const struct draw *d)
{
	size_t len;
	char *p = draw_range(d, &len);

	switch (d->a / 8 % 4) {
	case 0:
		touch_range(p, len, true, 3);
		break;
	case 1:
		munmap(p, len);
		break;
	case 2:
		madvise(p, len, MADV_DONTNEED);
		break;
	}
}

static void stay(void)
{
	for (;;)
		pause();
}

static void bury(struct actor *a, unsigned int nr)
{
	if (!a->stayers[nr])
		return;
	kill(a->stayers[nr], SIGKILL);
	waitpid(a->stayers[nr], NULL, 0);
	a->stayers[nr] = 0;
}

void stayers_kill(struct actor *a)
{
	unsigned int i;

	for (i = 0; i < STAYERS; i++)
		bury(a, i);
}

/*
 * Forks a child that exits at once, writes first, or stays; then the parent's writes break
 * copy-on-write. clone() is raw: the C library's fork() would wait for locks of other threads.
 */
static long op_fork(struct actor *a, const struct draw *d)
{
	unsigned int nr = a->next_stayer % STAYERS;
	bool stays = d->a % 8 < 3;
	long pid;

	if (stays) {
		bury(a, nr);
		a->next_stayer++;
	}
	pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		in_main = false;
		if (d->a % 2)
			child_does(d);
		if (stays)
			stay();
		_exit(0);
	}
	if (pid < 0)
		return -errno;
	if (stays)
		a->stayers[nr] = pid;
	else
		waitpid(pid, NULL, 0);
	return 0;
}

static int file_of(const struct draw *d)
{
	return d->a & 64 ? shared_fd : disk_fd;
}

/* A range of the file: as long as a small slot, or a few pages. */
static off_t part_of(const struct draw *d, size_t *len)
{
	unsigned int page = d->page % FILE_PAGES;

	*len = d->pages >> 28 < 4 ? SMALL * PG : (1 + d->pages % 8) * PG;
	/* Mostly in the part that the small slots map. */
	if (d->b & 7)
		page %= 4 * SMALL + 8;
	return page * PG;
}

static long op_truncate(struct actor *a, const struct draw *d)
{
	size_t len;
	off_t at = part_of(d, &len);
	int fd = file_of(d);

	(void)a;
	if (ftruncate(fd, at + (d->b & 16 ? 100 : 0)))
		return -errno;
	return ftruncate(fd, FILE_PAGES * PG) ? -errno : 0;
}

static long op_punch(struct actor *a, const struct draw *d)
{
	size_t len;
	off_t at = part_of(d, &len);
	int mode = FALLOC_FL_KEEP_SIZE;

	(void)a;
	mode |= d->b % 64 < 16 ? FALLOC_FL_ZERO_RANGE : FALLOC_FL_PUNCH_HOLE;
	return fallocate(file_of(d), mode, at, len) ? -errno : 0;
}

static long op_file_write(struct actor *a, const struct draw *d)
{
	static const char data[4 * PG];
	size_t len;
	off_t at = part_of(d, &len);

	(void)a;
	if (len > sizeof(data))
		len = sizeof(data);
	return pwrite(file_of(d), data, len, at) < 0 ? -errno : 0;
}

/* Writeback write-protects the pages in every mapping. */
static long op_sync(struct actor *a, const struct draw *d)
{
	size_t len;
	off_t at = part_of(d, &len);
	unsigned int flags = SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;

	(void)a;
	return sync_file_range(disk_fd, at, len, flags) ? -errno : 0;
}

static long op_drop_cache(struct actor *a, const struct draw *d)
{
	size_t len;
	off_t at = part_of(d, &len);

	(void)a;
	return posix_fadvise(disk_fd, at, len, POSIX_FADV_DONTNEED);
}

static long op_view(struct actor *a, const struct draw *d)
{
	size_t len;
	char *p = view[d->a & 64 ? 0 : 1] + part_of(d, &len);

	(void)a;
	if (len > 16 * PG)
		len = 16 * PG;
	if (p + len > view[d->a & 64 ? 0 : 1] + FILE_PAGES * PG)
		len = PG;
	return touch_range(p, len, d->b & 1, 4);
}

/* Writes on behalf of the process (FOLL_FORCE), which copies read-only private pages. */
static long op_proc_mem(struct actor *a, const struct draw *d)
{
	static __thread int fd;
	char data[64] = { }, path[32];
	size_t len;
	char *p = draw_range(d, &len);
	ssize_t done;

	(void)a;
	if (!fd) {
		snprintf(path, sizeof(path), "/proc/%d/mem", main_pid);
		fd = open(path, O_RDWR | O_CLOEXEC);
	}
	if (d->b & 1)
		done = pwrite(fd, data, sizeof(data), (uintptr_t)p);
	else
		done = pread(fd, data, sizeof(data), (uintptr_t)p);
	return done < 0 ? -errno : 0;
}

static long op_vm_writev(struct actor *a, const struct draw *d)
{
	static __thread char data[16 * PG];
	struct iovec from = { data, PG }, to;

	(void)a;
	to.iov_base = draw_range(d, &to.iov_len);
	if (to.iov_len > sizeof(data))
		to.iov_len = sizeof(data);
	from.iov_len = to.iov_len;
	return process_vm_writev(main_pid, &from, 1, &to, 1, 0) < 0 ? -errno : 0;
}

/*
 * No soft-dirty with device memory: for a page there the kernel clears the mark but keeps
 * the write permission. So the page comes back writable, its writes are never recorded,
 * and only the end of a NUMA hint revokes the permission.
 */
static long op_clear_refs(struct actor *a, const struct draw *d)
{
	static __thread int fd;
	char path[32];

	(void)a;
	if (d->a % 4 && device_takes())
		return -EOPNOTSUPP;
	if (!fd) {
		snprintf(path, sizeof(path), "/proc/%d/clear_refs", main_pid);
		fd = open(path, O_WRONLY | O_CLOEXEC);
	}
	return write(fd, d->a % 4 ? "4" : "1", 1) < 0 ? -errno : 0;
}

const struct op share_ops[] = {
	{ "fork", 8, BY_MAIN, op_fork },
	{ "truncate", 8, BY_MAIN | BY_OTHERS, op_truncate },
	{ "punch", 15, BY_MAIN | BY_OTHERS, op_punch },
	{ "file_write", 5, BY_MAIN | BY_OTHERS, op_file_write },
	{ "sync", 4, BY_MAIN | BY_OTHERS, op_sync },
	{ "drop_cache", 4, BY_MAIN | BY_OTHERS, op_drop_cache },
	{ "view", 40, BY_OTHERS, op_view },
	{ "proc_mem", 20, BY_OTHERS, op_proc_mem },
	{ "vm_writev", 15, BY_OTHERS, op_vm_writev },
	{ "clear_refs", 6, BY_MAIN | BY_OTHERS, op_clear_refs },
	{ }
};
