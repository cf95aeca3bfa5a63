// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * ops_uffd: userfaultfd. No process serves faults, so each is a SIGBUS. There are two
 * descriptors: the second one has asynchronous write protection, for PAGEMAP_SCAN. Each
 * has slots of its own: 6.12 crashes if one unregisters the other's range (BUG in
 * userfaultfd_unregister()).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fuzz.h"

/* Newer than the header. */
#define FEATURE_ASYNC		(1ULL << 15)
struct uffd_move {
	__u64 dst, src, len, mode, moved;
};

#define UFFDIO_MOVE_	_IOWR(UFFDIO, 5, struct uffd_move)
struct scan {
	__u64 size, flags, start, end, walk_end, vec, vec_len, max_pages;
	__u64 category_inverted, category_mask, category_anyof_mask, return_mask;
};

#define PAGEMAP_SCAN_	_IOWR('f', 16, struct scan)
#define SCAN_WP_MATCHING	1
#define PAGE_WRITTEN		2

enum { SIGBUSES, REMEMBERS };

static int fds[2], pagemap;

/* A range that this descriptor may register: in every second slot, if there are two. */
static char *range_for(int owner, const struct draw *d, size_t *len)
{
	struct draw at = *d;

	if (fds[REMEMBERS] >= 0)
		at.slot = (at.slot & ~1U) + owner;
	return draw_range(&at, len);
}

/* A range in slots without asynchronous write protection. */
char *range_unremembered(const struct draw *d, size_t *len)
{
	return range_for(SIGBUSES, d, len);
}

static int owner_of(const char *p)
{
	return fds[REMEMBERS] < 0 ? SIGBUSES : (p - ARENA) / STRIDE % 2;
}

static int open_uffd(__u64 features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0 && ioctl(fd, UFFDIO_API, &api)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

void uffd_setup(void)
{
	__u64 wp = UFFD_FEATURE_SIGBUS | UFFD_FEATURE_PAGEFAULT_FLAG_WP;

	fds[SIGBUSES] = open_uffd(wp | UFFD_FEATURE_WP_HUGETLBFS_SHMEM);
	if (fds[SIGBUSES] < 0)
		fds[SIGBUSES] = open_uffd(wp);
	if (fds[SIGBUSES] < 0)
		fds[SIGBUSES] = open_uffd(UFFD_FEATURE_SIGBUS);
	/*
	 * Without UFFD_FEATURE_WP_UNPOPULATED, which marks unpopulated pages: with it and
	 * mlock() 7.3 loops for ever if another process reads such a page.
	 */
	fds[REMEMBERS] = open_uffd(FEATURE_ASYNC | UFFD_FEATURE_PAGEFAULT_FLAG_WP |
			   UFFD_FEATURE_WP_HUGETLBFS_SHMEM);
	pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
}

static long enlist(int fd, char *p, size_t len, __u64 mode)
{
	struct uffdio_register reg = {
		.range = { (uintptr_t)p, len }, .mode = mode,
	};

	return ioctl(fd, UFFDIO_REGISTER, &reg) ? -errno : 0;
}

static long delist(int fd, char *p, size_t len)
{
	struct uffdio_range range = { (uintptr_t)p, len };

	return ioctl(fd, UFFDIO_UNREGISTER, &range) ? -errno : 0;
}

static long protect(int fd, char *p, size_t len, bool on)
{
	struct uffdio_writeprotect wp = {
		.range = { (uintptr_t)p, len },
		.mode = on ? UFFDIO_WRITEPROTECT_MODE_WP : 0,
	};

	return ioctl(fd, UFFDIO_WRITEPROTECT, &wp) ? -errno : 0;
}

/* Write-protects for a moment, or until another operation ends it. */
static long op_uffd_wp(struct actor *a, const struct draw *d)
{
	size_t len;
	char *p = range_for(SIGBUSES, d, &len);
	long ret;

	(void)a;
	ret = enlist(fds[SIGBUSES], p, len, UFFDIO_REGISTER_MODE_WP);
	if (!ret)
		ret = protect(fds[SIGBUSES], p, len, true);
	if (ret || d->a % 4 == 0)
		return ret;
	if (d->a % 4 > 1)
		ret = protect(fds[SIGBUSES], p, len, false);
	if (d->a % 4 > 2)
		ret = delist(fds[SIGBUSES], p, len);
	return ret;
}

/* Unregisters the range from its descriptor. */
long uffd_leave(char *p, size_t len)
{
	int fd = fds[owner_of(p)];
	char *at;

	if (!delist(fd, p, len))
		return 0;
	for (at = p; at < p + len; at += PG)
		delist(fd, at, PG);
	return 0;
}

static long op_uffd_end(struct actor *a, const struct draw *d)
{
	(void)a;
	return uffd_leave(slot_base(d->slot), slot_pages(d->slot) * PG);
}

static long op_uffd_copy(struct actor *a, const struct draw *d)
{
	static const char data[16 * PG] __attribute__((aligned(4096)));
	struct uffdio_copy copy = { .src = (uintptr_t)data };
	size_t len;
	char *p = range_for(SIGBUSES, d, &len);
	long ret;

	(void)a;
	if (len > sizeof(data))
		len = sizeof(data);
	ret = enlist(fds[SIGBUSES], p, len, UFFDIO_REGISTER_MODE_MISSING);
	if (ret)
		return ret;
	madvise(p, len, MADV_DONTNEED);
	copy.dst = (uintptr_t)p;
	copy.len = len;
	ret = ioctl(fds[SIGBUSES], UFFDIO_COPY, &copy) ? -errno : 0;
	delist(fds[SIGBUSES], p, len);
	return ret;
}

static long op_uffd_move(struct actor *a, const struct draw *d)
{
	struct draw to = *d;
	size_t len, room;
	char *p = draw_range(d, &len), *q;
	struct uffd_move move = { .src = (uintptr_t)p, .mode = 2 };
	long ret;

	(void)a;
	to.slot = d->a % SLOTS;
	q = range_for(SIGBUSES, &to, &room);
	move.len = room < len ? room : len;
	move.dst = (uintptr_t)q;
	ret = enlist(fds[SIGBUSES], q, move.len, UFFDIO_REGISTER_MODE_MISSING);
	if (ret)
		return ret;
	madvise(q, move.len, MADV_DONTNEED);
	ret = ioctl(fds[SIGBUSES], UFFDIO_MOVE_, &move) ? -errno : 0;
	delist(fds[SIGBUSES], q, move.len);
	return ret;
}

static long op_scan(struct actor *a, const struct draw *d)
{
	size_t len;
	char *p = range_for(REMEMBERS, d, &len);
	__u64 found[3 * 16];
	struct scan scan = {
		.size = sizeof(scan), .flags = SCAN_WP_MATCHING, .start = (uintptr_t)p,
		.end = (uintptr_t)p + len, .vec = (uintptr_t)found, .vec_len = 16,
		.category_mask = PAGE_WRITTEN, .return_mask = PAGE_WRITTEN,
	};
	long ret;

	(void)a;
	if (fds[REMEMBERS] < 0)
		return -EOPNOTSUPP;
	ret = enlist(fds[REMEMBERS], p, len, UFFDIO_REGISTER_MODE_WP);
	if (ret)
		return ret;
	return ioctl(pagemap, PAGEMAP_SCAN_, &scan) < 0 ? -errno : 0;
}

const struct op uffd_ops[] = {
	{ "uffd_wp", 25, BY_MAIN, op_uffd_wp },
	{ "uffd_end", 10, BY_MAIN, op_uffd_end },
	{ "uffd_copy", 8, BY_MAIN, op_uffd_copy },
	{ "uffd_move", 8, BY_MAIN, op_uffd_move },
	{ "scan", 15, BY_MAIN, op_scan },
	{ }
};
