// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* hugetlb: the same operations on hugetlb pages, where kernels differ most. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "actors.h"

#ifndef MFD_HUGETLB
#define MFD_HUGETLB	4U
#endif
#define PUNCH		3
/* The memory of one page table of huge pages. */
#define TABLE		(PG / 8 * HUGE)

/* Two hugetlb pages; shared and of @fd if that is a file. */
static char *huge_pages(struct env *e, int fd)
{
	int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB : MAP_SHARED;
	char *p;

	hugetlb(e, 8);
	p = map_at(e, 2 * HUGE, HUGE, PROT_READ | PROT_WRITE, flags, fd);
	fill(p, 2 * HUGE, 1);
	watch(e, p, 2 * HUGE);
	device(e, p, 2 * HUGE, true);
	return p;
}

static int huge_file(struct env *e)
{
	hugetlb(e, 8);
	return memfd(e, 2 * HUGE, MFD_HUGETLB);
}

static void run_munmap(struct env *e)
{
	char *p = huge_pages(e, -1);

	begin(e);
	must(e, !munmap(p, HUGE));
}

static void run_mremap(struct env *e)
{
	char *p = huge_pages(e, -1), *to;

	to = map_at(e, 2 * HUGE, HUGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	begin(e);
	need(e, mremap(p, 2 * HUGE, 2 * HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to,
	     "this kernel does not move hugetlb mappings");
}

static void run_mprotect(struct env *e)
{
	char *p = huge_pages(e, -1);

	begin(e);
	must(e, !mprotect(p, HUGE, PROT_READ));
}

static void run_fork(struct env *e)
{
	huge_pages(e, -1);
	begin(e);
	fork_and_reap(e);
}

static void run_cow(struct env *e)
{
	char *p = huge_pages(e, -1);
	int release;
	pid_t pid = sharer(e, &release);

	device(e, p, 2 * HUGE, false);
	begin(e);
	p[0] = 2;
	unshare_pages(e, pid, release);
}

static void run_truncate(struct env *e)
{
	int fd = huge_file(e);

	huge_pages(e, fd);
	begin(e);
	must(e, !ftruncate(fd, HUGE));
}

static void cut(struct env *e, void *fd)
{
	must(e, !ftruncate(*(int *)fd, HUGE));
}

/* Another process truncates a file that the watched process maps. */
static void run_other_truncate(struct env *e)
{
	int fd = huge_file(e);
	struct other o = other_process(e, cut, &fd);

	huge_pages(e, fd);
	begin(e);
	other_does(e, &o);
}

static void run_punch(struct env *e)
{
	int fd = huge_file(e);

	huge_pages(e, fd);
	begin(e);
	must(e, !fallocate(fd, PUNCH, 0, HUGE));
}

static void run_remove(struct env *e)
{
	int fd = huge_file(e);
	char *p = huge_pages(e, fd);

	begin(e);
	must(e, !madvise(p, HUGE, MADV_REMOVE));
}

static void run_dontneed(struct env *e)
{
	char *p = huge_pages(e, -1);

	need_feature(e, F_HUGETLB_DONTNEED);
	begin(e);
	must(e, !madvise(p, HUGE, MADV_DONTNEED));
}

static void run_uffd_wp(struct env *e)
{
	struct uffdio_api api = { .api = UFFD_API };
	char *p = huge_pages(e, huge_file(e));
	struct uffdio_register reg = {
		.range = { (uintptr_t)p, 2 * HUGE }, .mode = UFFDIO_REGISTER_MODE_WP,
	};
	struct uffdio_writeprotect wp = {
		.range = { (uintptr_t)p, HUGE }, .mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	need(e, fd >= 0, "no userfaultfd");
	need_feature(e, F_UFFD_WP_FILE);
	must(e, !ioctl(fd, UFFDIO_API, &api));
	must(e, !ioctl(fd, UFFDIO_REGISTER, &reg));
	device(e, p, 2 * HUGE, true);
	begin(e);
	must(e, !ioctl(fd, UFFDIO_WRITEPROTECT, &wp));
}

/* Registering a userfaultfd ends the sharing of page tables between two mappings. */
static void run_unshare(struct env *e)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_WP };
	int fd, uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	char *p, *q;

	need(e, uffd >= 0, "no userfaultfd");
	need_feature(e, F_UFFD_WP_FILE);
	must(e, !ioctl(uffd, UFFDIO_API, &api));
	hugetlb(e, 4);
	fd = memfd(e, TABLE, MFD_HUGETLB);
	p = map_at(e, TABLE, TABLE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd);
	p[0] = 1;
	q = map_at(e, TABLE, TABLE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd);
	q[0] = 1;
	watch(e, q, HUGE);
	device(e, q, HUGE, true);
	reg.range.start = (uintptr_t)q;
	reg.range.len = TABLE;
	begin(e);
	must(e, !ioctl(uffd, UFFDIO_REGISTER, &reg));
}

const struct scenario hugetlb_scenarios[] = {
	{ .name = "hugetlb_munmap", .run = run_munmap, .expect = {
		MUST(UNMAP, MUNMAP, GONE, ALL(U)),
		MUST(CLEAR, HUGETLB_UNMAP, CLEAR, HAS(HUGETLB_NESTED, U)) } },
	{ .name = "hugetlb_mremap", .run = run_mremap, .expect = {
		MUST(CLEAR, MREMAP_MOVE, CLEAR, HAS(HUGETLB_MREMAP, C)),
		MUST(UNMAP, MREMAP_MOVE, GONE, HAS(HUGETLB_MREMAP, U)),
		MUST(CLEAR, HUGETLB_UNMAP, CLEAR,
		     HAS_BY(HUGETLB_MREMAP, HUGETLB_NESTED, U, NO)) } },
	{ .name = "hugetlb_mprotect", .run = run_mprotect, .expect = {
		MUST(PROTECTION_VMA, MPROTECT, ACCESS, ALL(PV)) } },
	{ .name = "hugetlb_fork", .run = run_fork, .expect = {
		MUST(PROTECTION_PAGE, FORK, WRITE, ALL(C)) },
	  .demo = "fork() with private hugetlb" },
	{ .name = "hugetlb_cow", .run = run_cow, .expect = {
		MAY("making the helper", PROTECTION_PAGE, FORK, WRITE, ALL(C)),
		MUST(CLEAR, HUGETLB_COW, CLEAR, ALL(C)) } },
	{ .name = "hugetlb_truncate", .run = run_truncate, .expect = {
		MUST(CLEAR, TRUNCATE, CLEAR, BY(HUGETLB_NESTED, U, C)) } },
	{ .name = "hugetlb_other_truncate", .run = run_other_truncate, .expect = {
		MUST(CLEAR, TRUNCATE, CLEAR, BY(HUGETLB_NESTED, U, C)) } },
	{ .name = "hugetlb_punch", .run = run_punch, .expect = {
		MUST(CLEAR, HOLE_PUNCH, CLEAR, BY(HUGETLB_NESTED, U, C)) },
	  .demo = "fallocate(hugetlb, PUNCH_HOLE)" },
	{ .name = "hugetlb_madv_remove", .run = run_remove, .expect = {
		MUST(CLEAR, MADV_REMOVE, CLEAR, BY(HUGETLB_NESTED, U, C)) } },
	{ .name = "hugetlb_dontneed", .run = run_dontneed, .expect = {
		MUST(CLEAR, MADV_DONTNEED, CLEAR, HAS(HUGETLB_DONTNEED, C)),
		MUST(CLEAR, MADV_DONTNEED, CLEAR,
		     HAS_BY(HUGETLB_DONTNEED, HUGETLB_NESTED, U, NO)) } },
	{ .name = "hugetlb_uffd_wp", .run = run_uffd_wp, .expect = {
		MUST(PROTECTION_PAGE, UFFD_WP, WRITE, HAS(UFFD_WP_FILE, PV)) } },
	{ .name = "hugetlb_unshare", .run = run_unshare, .expect = {
		MUST(CLEAR, HUGETLB_PMD_UNSHARE, CLEAR, HAS(UFFD_WP_FILE, C)) } },
	{ .name = NULL }
};
