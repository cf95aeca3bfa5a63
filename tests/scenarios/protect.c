// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* protect: mprotect, protection keys, soft-dirty and PAGEMAP_SCAN. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "actors.h"

static void protect(struct env *e, int prot)
{
	char *p = watched_anon(e, 8);

	begin(e);
	must(e, !mprotect(p, 4 * PG, prot));
}

static void run_read(struct env *e)
{
	protect(e, PROT_READ);
}

static void run_none(struct env *e)
{
	protect(e, PROT_NONE);
}

static void run_more(struct env *e)
{
	char *p = anon(e, 8);

	must(e, !mprotect(p, 8 * PG, PROT_READ));
	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, false);
	begin(e);
	must(e, !mprotect(p, 8 * PG, PROT_READ | PROT_WRITE));
}

static void run_pkey(struct env *e)
{
	char *p = watched_anon(e, 8);

	begin(e);
	must(e, !syscall(SYS_pkey_mprotect, p, 4 * PG, PROT_READ, -1));
}

/* With a protection key of its own, if the CPU has them. */
static void run_pkey_key(struct env *e)
{
	char *p = watched_anon(e, 8);
	int key = syscall(SYS_pkey_alloc, 0UL, 0UL);

	need(e, key >= 0, "no protection keys");
	begin(e);
	must(e, !syscall(SYS_pkey_mprotect, p, 4 * PG, PROT_READ | PROT_WRITE, key));
}

static void run_thp(struct env *e)
{
	char *p = thp(e);

	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	begin(e);
	must(e, !mprotect(p, HUGE, PROT_READ));
}

static void run_file(struct env *e)
{
	int fd = memfd(e, 8 * PG, 0);
	char *p = watched_shared(e, fd, 8 * PG);

	begin(e);
	must(e, !mprotect(p, 8 * PG, PROT_READ));
}

static void run_soft_dirty(struct env *e)
{
	watched_anon(e, 8);
	begin(e);
	need(e, !put("/proc/self/clear_refs", "4"), "no soft-dirty bits");
}

static bool clear_refs(const struct order *o)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/clear_refs", o->to);
	return !put(path, "4");
}

static void run_soft_dirty_other(struct env *e)
{
	struct actor o;
	char *p;

	actor_ready(e, &o, clear_refs);
	p = watched_anon(e, 8);
	begin(e);
	actor_acts(e, &o, p, 8 * PG, 0);
}

/* Clearing the referenced bits causes no event. */
static void run_clear_referenced(struct env *e)
{
	watched_anon(e, 8);
	begin(e);
	must(e, !put("/proc/self/clear_refs", "1"));
}

/* As in linux/fs.h of 6.7. */
struct pm_scan {
	__u64 size, flags, start, end, walk_end, vec, vec_len, max_pages;
	__u64 inverted, mask, anyof, wanted;
};
#define PAGEMAP_SCAN_		_IOWR('f', 16, struct pm_scan)
#define PM_WP_MATCHING		1
#define PM_CHECK_WPASYNC	2
#define PAGE_WRITTEN		2
#define FEATURE_WP_ASYNC	(1 << 15)
#define FEATURE_WP_UNPOPULATED	(1 << 13)

/* Tracks writes to memory that is mapped at @p. */
static void track(struct env *e, char *p, size_t len)
{
	struct uffdio_api api = {
		.api = UFFD_API, .features = FEATURE_WP_ASYNC | FEATURE_WP_UNPOPULATED,
	};
	struct uffdio_register reg = {
		.range = { (uintptr_t)p, len }, .mode = UFFDIO_REGISTER_MODE_WP,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	need(e, fd >= 0, "no userfaultfd");
	if (ioctl(fd, UFFDIO_API, &api) || !(api.features & FEATURE_WP_ASYNC))
		need_feature(e, F_UFFD_WP_ASYNC);
	must(e, !ioctl(fd, UFFDIO_REGISTER, &reg));
}

static bool scan(pid_t pid, char *p, size_t len, __u64 flags)
{
	char out[32 * 8], path[64];
	struct pm_scan arg = {
		.size = sizeof(arg), .flags = flags, .vec = (uintptr_t)out,
		.vec_len = 8, .start = (uintptr_t)p, .end = (uintptr_t)p + len,
		.mask = PAGE_WRITTEN, .wanted = PAGE_WRITTEN,
	};
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && ioctl(fd, PAGEMAP_SCAN_, &arg) >= 0;
}

static bool scan_protect(const struct order *o)
{
	return scan(o->to, o->p, o->len, PM_WP_MATCHING | PM_CHECK_WPASYNC);
}

static void scan_part(struct env *e, char *p, size_t len, size_t part)
{
	struct order o = { .to = getpid(), .p = p, .len = part };

	track(e, p, len);
	begin(e);
	must(e, scan_protect(&o));
}

static void run_pagemap_scan(struct env *e)
{
	scan_part(e, watched_anon(e, 8), 8 * PG, 8 * PG);
}

static void run_scan_shared(struct env *e)
{
	scan_part(e, watched_shared(e, memfd(e, 8 * PG, 0), 8 * PG), 8 * PG, 4 * PG);
}

static void scan_thp(struct env *e, size_t part)
{
	char *p = thp(e);

	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	scan_part(e, p, HUGE, part);
}

static void run_scan_thp(struct env *e)
{
	scan_thp(e, HUGE);
}

static void run_scan_thp_part(struct env *e)
{
	scan_thp(e, PG);
}

static void run_scan_hugetlb(struct env *e)
{
	char *p;

	hugetlb(e, 2);
	p = mmap(NULL, HUGE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	need(e, p != MAP_FAILED, "no hugetlb page");
	*p = 1;
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	scan_part(e, p, HUGE, HUGE);
}

static void run_scan_other(struct env *e)
{
	struct actor o;
	char *p;

	actor_ready(e, &o, scan_protect);
	p = watched_anon(e, 8);
	track(e, p, 8 * PG);
	begin(e);
	actor_acts(e, &o, p, 8 * PG, 0);
}

/* A scan that does not write-protect causes no event. */
static void run_scan_only(struct env *e)
{
	char *p = watched_anon(e, 8);

	track(e, p, 8 * PG);
	begin(e);
	must(e, scan(getpid(), p, 8 * PG, 0));
}

#define SCANNED		MUST(PROTECTION_PAGE, PAGEMAP_SCAN, CLEAN, HAS(PAGEMAP_SCAN, PV))

const struct scenario protect_scenarios[] = {
	{ .name = "mprotect_read", .run = run_read, .expect = {
		MUST(PROTECTION_VMA, MPROTECT, WRITE, ALL(PV)) },
	  .flags = S_QUICK, .demo = "mprotect(p, PROT_READ)" },
	{ .name = "mprotect_none", .run = run_none, .expect = {
		MUST(PROTECTION_VMA, MPROTECT, ACCESS, ALL(PV)) }, .flags = S_QUICK },
	{ .name = "mprotect_more", .run = run_more, .expect = {
		MUST(PROTECTION_VMA, MPROTECT, WRITE, ALL(PV)) }, .flags = S_QUICK },
	{ .name = "pkey_mprotect", .run = run_pkey, .expect = {
		MUST(PROTECTION_VMA, PKEY_MPROTECT, WRITE, ALL(PV)) },
	  .flags = S_QUICK },
	{ .name = "pkey_mprotect_key", .run = run_pkey_key, .expect = {
		MUST(PROTECTION_VMA, PKEY_MPROTECT, WRITE, ALL(PV)) },
	  .flags = S_QUICK },
	{ .name = "mprotect_thp", .run = run_thp, .expect = {
		MUST(PROTECTION_VMA, MPROTECT, WRITE, ALL(PV)) }, .flags = S_QUICK },
	{ .name = "mprotect_file", .run = run_file, .expect = {
		MUST(PROTECTION_VMA, MPROTECT, WRITE, ALL(PV)) }, .flags = S_QUICK },
	{ .name = "soft_dirty", .run = run_soft_dirty, .expect = {
		MUST(SOFT_DIRTY, SOFT_DIRTY_CLEAR, CLEAN, ALL(SD)) },
	  .flags = S_QUICK, .demo = "echo 4 > /proc/PID/clear_refs" },
	{ .name = "soft_dirty_other", .run = run_soft_dirty_other, .expect = {
		MUST(SOFT_DIRTY, SOFT_DIRTY_CLEAR, CLEAN, ALL(SD)) },
	  .flags = S_QUICK },
	{ .name = "clear_referenced", .run = run_clear_referenced, .expect = { }, .flags = S_QUICK },
	{ .name = "pagemap_scan", .run = run_pagemap_scan, .expect = { SCANNED },
	  .flags = S_QUICK, .demo = "ioctl(PAGEMAP_SCAN, WP_MATCHING)" },
	{ .name = "pagemap_scan_shared", .run = run_scan_shared,
	  .expect = { SCANNED }, .flags = S_QUICK },
	{ .name = "pagemap_scan_thp", .run = run_scan_thp, .expect = { SCANNED },
	  .flags = S_QUICK },
	{ .name = "pagemap_scan_thp_part", .run = run_scan_thp_part, .expect = {
		SCANNED, MUST(CLEAR, THP_SPLIT, CLEAR, HAS(PAGEMAP_SCAN, C)) },
	  .flags = S_QUICK },
	{ .name = "pagemap_scan_hugetlb", .run = run_scan_hugetlb,
	  .expect = { SCANNED } },
	{ .name = "pagemap_scan_other", .run = run_scan_other, .expect = { SCANNED },
	  .flags = S_QUICK },
	{ .name = "pagemap_scan_only", .run = run_scan_only, .expect = { },
	  .flags = S_QUICK },
	{ .name = NULL }
};
