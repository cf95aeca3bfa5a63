// SPDX-License-Identifier: GPL-2.0-only
/* protect: mprotect, protection keys, soft-dirty and PAGEMAP_SCAN. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner.h"

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

/* Clearing the referenced bits is no event. */
static void run_clear_referenced(struct env *e)
{
	watched_anon(e, 8);
	begin(e);
	must(e, !put("/proc/self/clear_refs", "1"));
}

/* linux/fs.h of 6.7. */
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

static void run_pagemap_scan(struct env *e)
{
	struct uffdio_api api = {
		.api = UFFD_API, .features = FEATURE_WP_ASYNC | FEATURE_WP_UNPOPULATED,
	};
	char *p = watched_anon(e, 8);
	struct uffdio_register reg = {
		.range = { (uintptr_t)p, 8 * PG }, .mode = UFFDIO_REGISTER_MODE_WP,
	};
	struct pm_scan scan = {
		.size = sizeof(scan), .flags = PM_WP_MATCHING | PM_CHECK_WPASYNC,
		.start = (uintptr_t)p, .end = (uintptr_t)p + 8 * PG,
		.mask = PAGE_WRITTEN, .wanted = PAGE_WRITTEN,
	};
	char out[32 * 8];
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC), pm;

	need(e, fd >= 0, "no userfaultfd");
	need(e, !ioctl(fd, UFFDIO_API, &api), "no asynchronous write protection");
	must(e, !ioctl(fd, UFFDIO_REGISTER, &reg));
	pm = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	must(e, pm >= 0);
	scan.vec = (uintptr_t)out;
	scan.vec_len = 8;
	begin(e);
	need(e, ioctl(pm, PAGEMAP_SCAN_, &scan) >= 0, "no PAGEMAP_SCAN");
}

const struct scenario protect_scenarios[] = {
	{ .name = "mprotect_read", .run = run_read, .expect = {
		MUST(PROTECTION_VMA, MPROTECT, ACCESS, ALL(PV)) },
	  .flags = S_QUICK, .demo = "mprotect(p, PROT_READ)" },
	{ .name = "mprotect_none", .run = run_none, .expect = {
		MUST(PROTECTION_VMA, MPROTECT, ACCESS, ALL(PV)) }, .flags = S_QUICK },
	{ .name = "mprotect_more", .run = run_more, .expect = {
		MUST(PROTECTION_VMA, MPROTECT, ACCESS, ALL(PV)) }, .flags = S_QUICK },
	{ .name = "pkey_mprotect", .run = run_pkey, .expect = {
		MUST(PROTECTION_VMA, PKEY_MPROTECT, ACCESS, ALL(PV)) },
	  .flags = S_QUICK },
	{ .name = "mprotect_file", .run = run_file, .expect = {
		MUST(PROTECTION_VMA, MPROTECT, ACCESS, ALL(PV)) }, .flags = S_QUICK },
	{ .name = "soft_dirty", .run = run_soft_dirty, .expect = {
		MUST(SOFT_DIRTY, SOFT_DIRTY_CLEAR, CLEAN, ALL(SD)) },
	  .flags = S_QUICK, .demo = "echo 4 > /proc/PID/clear_refs" },
	{ .name = "clear_referenced", .run = run_clear_referenced, .expect = { }, .flags = S_QUICK },
	{ .name = "pagemap_scan", .run = run_pagemap_scan, .expect = {
		MUST(PROTECTION_PAGE, PAGEMAP_SCAN, CLEAN, FROM_6_12(PV)) },
	  .flags = S_QUICK, .demo = "ioctl(PAGEMAP_SCAN, WP_MATCHING)" },
	{ .name = NULL }
};
