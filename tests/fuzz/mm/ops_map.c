// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* ops_map: operations on mappings and their permissions. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/mman.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fuzz.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif
#define RW	(PROT_READ | PROT_WRITE)

static long result(void *p)
{
	return p == MAP_FAILED ? -errno : 0;
}

static long map_hugetlb(char *p, const struct draw *d)
{
	int flags = MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED | MAP_NORESERVE;

	(void)p;
	flags |= d->b & 1 ? MAP_SHARED : MAP_PRIVATE;
	return result(mmap(slot_base(HUGETLB), HUGE, RW, flags, -1, 0));
}

static long map_anon(char *p, size_t len, int prot, int flags, const struct draw *d)
{
	long ret = result(mmap(p, len, prot, MAP_ANONYMOUS | MAP_FIXED | flags, -1, 0));

	if (!ret && flags & MAP_PRIVATE && (d->slot >= BIG || d->b & 2))
		madvise(p, len, MADV_HUGEPAGE);
	return ret;
}

/* In half of the cases the whole slot: else all slots would soon be many small VMAs. */
static long op_mmap(struct actor *a, const struct draw *d)
{
	int populate = d->b % 8 == 1 ? MAP_POPULATE : 0;
	/* Not the file that is collapsed: 7.2 deadlocks with a hole that is punched meanwhile. */
	int fd = d->a & 64 || d->slot >= BIG ? shared_fd : disk_fd;
	off_t offset;
	size_t len;
	char *p = draw_range(d, &len);

	(void)a;
	if (d->b & 128) {
		p = slot_base(d->slot);
		len = slot_pages(d->slot) * PG;
		populate = 0;
	}
	offset = p - slot_base(d->slot);
	if (d->slot < BIG)
		offset = (d->slot % 4 * SMALL + d->b % 8) * PG;
	if (d->slot == HUGETLB && d->a & 32)
		return map_hugetlb(p, d);
	switch (d->a % 8) {
	case 0: case 1: case 2:
		return map_anon(p, len, RW, MAP_PRIVATE | populate, d);
	case 3:
		return map_anon(p, len, RW, MAP_SHARED | populate, d);
	case 4: case 5:
		return result(mmap(p, len, RW, MAP_SHARED | MAP_FIXED | populate, fd, offset));
	case 6:
		return result(mmap(p, len, RW, MAP_PRIVATE | MAP_FIXED | populate, fd, offset));
	}
	return map_anon(p, len, d->b & 28 ? PROT_READ : PROT_NONE, MAP_PRIVATE, d);
}

static long op_munmap(struct actor *a, const struct draw *d)
{
	size_t len;
	char *p = draw_range(d, &len);

	(void)a;
	return munmap(p, len) ? -errno : 0;
}

/* Moves to another slot, which loses its contents. */
static long op_mremap_move(struct actor *a, const struct draw *d)
{
	struct draw to = *d;
	size_t len, room;
	char *p = draw_range(d, &len), *q;
	int flags = MREMAP_MAYMOVE | MREMAP_FIXED;

	(void)a;
	to.slot = d->a % SLOTS;
	to.page = d->b;
	q = draw_range(&to, &room);
	if (d->b >> 30 == 3)
		flags |= MREMAP_DONTUNMAP;
	else if (d->b >> 30 == 2 && room < len)
		return result(mremap(p, len, room, flags, q));
	if (room < len)
		len = room;
	return result(mremap(p, len, len, flags, q));
}

/* Grows or shrinks in place. */
static long op_mremap_resize(struct actor *a, const struct draw *d)
{
	size_t len, size;
	char *p = draw_range(d, &len);

	(void)a;
	size = len + d->a % 8 * PG;
	if (d->b & 1 || p + size > slot_base(d->slot) + slot_pages(d->slot) * PG)
		size = len > PG ? len / 2 & ~(PG - 1) : PG;
	if (d->slot >= BIG && d->b & 2)
		size = len + HUGE / 2;
	return result(mremap(p, len, size, 0));
}

static long op_mprotect(struct actor *a, const struct draw *d)
{
	static const int prots[] = {
		PROT_NONE, PROT_READ, PROT_READ, RW, RW, RW, RW, RW | PROT_EXEC
	};
	size_t len;
	char *p = draw_range(d, &len);

	(void)a;
	return mprotect(p, len, prots[d->a % 8]) ? -errno : 0;
}

/* Like a garbage collector's barrier: revokes access and restores it at once. */
static long op_toggle(struct actor *a, const struct draw *d)
{
	size_t len;
	char *p = draw_range(d, &len);

	(void)a;
	if (mprotect(p, len, d->a & 1 ? PROT_READ : PROT_NONE))
		return -errno;
	return mprotect(p, len, RW) ? -errno : 0;
}

/* The heap has no slot: the devices reach it where it is. */
char *heap;

/* Nor has the System V segment: 6.12 crashes if a userfaultfd is registered there. */
char *const segment = ARENA + (SLOTS + 1) * STRIDE;
static int segment_id;

/* At the start each slot is mapped. */
void map_setup(void)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		mmap(slot_base(i), slot_pages(i) * PG, RW,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	segment_id = shmget(IPC_PRIVATE, SMALL * PG, IPC_CREAT | 0600);
	heap = (char *)(((uintptr_t)syscall(SYS_brk, 0) + 2 * HUGE) & ~(HUGE - 1));
}

/* A System V segment outlives all its processes. */
void map_teardown(void)
{
	shmctl(segment_id, IPC_RMID, NULL);
}

static long op_brk(struct actor *a, const struct draw *d)
{
	char *end = heap + d->a % SMALL * PG;

	(void)a;
	if ((char *)syscall(SYS_brk, end) != end)
		return -ENOMEM;
	touch_range(heap, end - heap, true, d->b);
	return 0;
}

static long op_remap_file_pages(struct actor *a, const struct draw *d)
{
	size_t len;
	char *p = draw_range(d, &len);

	(void)a;
	return syscall(SYS_remap_file_pages, p, len, 0, d->a % 16, 0) ? -errno : 0;
}

static long op_shm(struct actor *a, const struct draw *d)
{
	long ret;

	(void)a;
	if (d->b % 3 == 0)
		return shmdt(segment) ? -errno : 0;
	ret = result(shmat(segment_id, segment, SHM_REMAP));
	if (!ret)
		touch_range(segment, SMALL * PG, d->b & 4, d->b);
	return ret;
}

/* Not in asynchronous write protection: there 7.2 and 7.3 loop for ever on a locked page. */
static long op_mlock(struct actor *a, const struct draw *d)
{
	size_t len;
	char *p = range_unremembered(d, &len);

	(void)a;
	if (d->a % 4)
		return munlock(p, len) ? -errno : 0;
	return syscall(SYS_mlock2, p, len, d->b & 1) ? -errno : 0;
}

static long op_write(struct actor *a, const struct draw *d)
{
	size_t len;
	char *p = draw_range(d, &len);

	(void)a;
	return touch_range(p, len, true, d->a & 1);
}

static long op_read(struct actor *a, const struct draw *d)
{
	size_t len;
	char *p = draw_range(d, &len);

	(void)a;
	return touch_range(p, len, false, 0);
}

const struct op map_ops[] = {
	{ "mmap", 70, BY_MAIN, op_mmap },
	{ "munmap", 15, BY_MAIN, op_munmap },
	{ "mremap_move", 30, BY_MAIN, op_mremap_move },
	{ "mremap_resize", 15, BY_MAIN, op_mremap_resize },
	{ "mprotect", 50, BY_MAIN, op_mprotect },
	{ "toggle", 30, BY_MAIN, op_toggle },
	{ "brk", 10, BY_MAIN, op_brk },
	{ "remap_file_pages", 5, BY_MAIN, op_remap_file_pages },
	{ "shm", 5, BY_MAIN, op_shm },
	{ "mlock", 4, BY_MAIN, op_mlock },
	{ "write", 110, BY_MAIN, op_write },
	{ "read", 50, BY_MAIN, op_read },
	{ }
};
