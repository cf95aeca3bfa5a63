// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* dax: files on persistent memory, mapped without a page cache. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/falloc.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runner.h"

#define PAGES	16UL
#define PUNCH	(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)

static char *stored(struct env *e, int *fd, const char *name)
{
	*fd = file_in(e, ext4_dax(e), name, PAGES * PG);
	return watched_shared(e, *fd, PAGES * PG);
}

/* A sparse file: reads of its mapping map the zero page. */
static char *hole(struct env *e, int *fd, const char *name)
{
	volatile char *p;
	unsigned int i;

	*fd = file_in(e, ext4_dax(e), name, 0);
	must(e, !ftruncate(*fd, PAGES * PG));
	p = map_at(e, PAGES * PG, PG, PROT_READ | PROT_WRITE, MAP_SHARED, *fd);
	for (i = 0; i < PAGES; i++)
		must(e, !p[i * PG]);
	watch(e, (char *)p, PAGES * PG);
	device(e, (char *)p, PAGES * PG, false);
	return (char *)p;
}

static void run_msync(struct env *e)
{
	int fd;
	char *p = stored(e, &fd, "msync");

	begin(e);
	must(e, !msync(p, PAGES * PG, MS_SYNC));
}

static void run_fsync(struct env *e)
{
	int fd;

	stored(e, &fd, "fsync");
	begin(e);
	must(e, !fsync(fd));
}

static void run_syncfs(struct env *e)
{
	int fd;

	stored(e, &fd, "syncfs");
	begin(e);
	must(e, !syncfs(fd));
}

/* A write fault replaces the zero page by storage. */
static void run_remap(struct env *e)
{
	int fd;
	char *p = hole(e, &fd, "remap");

	begin(e);
	fill(p, 4 * PG, 1);
}

/* The same by a write() to the file instead of the mapping. */
static void run_write_hole(struct env *e)
{
	char data[PG];
	int fd;

	hole(e, &fd, "write_hole");
	memset(data, 5, sizeof(data));
	begin(e);
	must(e, pwrite(fd, data, PG, 2 * PG) == (ssize_t)PG);
}

static void run_truncate(struct env *e)
{
	int fd;

	stored(e, &fd, "truncate");
	begin(e);
	must(e, !ftruncate(fd, 4 * PG));
}

static void dax_fallocate(struct env *e, int mode, const char *name)
{
	int fd;

	stored(e, &fd, name);
	begin(e);
	need(e, !fallocate(fd, mode, 4 * PG, 4 * PG), "fallocate() does not support this mode");
}

static void run_punch(struct env *e)
{
	dax_fallocate(e, PUNCH, "punch");
}

static void run_zero(struct env *e)
{
	dax_fallocate(e, FALLOC_FL_ZERO_RANGE, "zero");
}

static void run_collapse(struct env *e)
{
	dax_fallocate(e, FALLOC_FL_COLLAPSE_RANGE, "collapse");
}

static void run_insert(struct env *e)
{
	dax_fallocate(e, FALLOC_FL_INSERT_RANGE, "insert");
}

/* The private copy is normal memory and does not belong to the file. */
static void run_cow(struct env *e)
{
	int fd = file_in(e, ext4_dax(e), "cow", PAGES * PG);
	char *p = watched_private(e, fd, PAGES * PG);

	begin(e);
	fill(p, 4 * PG, 2);
}

#define CLEANED	MUST(PROTECTION_PAGE, DAX_WRITEBACK, CLEAN, BY(DAX_RMAP, PP, C))
#define MAY_CLEAN \
	MAY("dirty pages are written before blocks move", \
	    PROTECTION_PAGE, DAX_WRITEBACK, CLEAN, BY(DAX_RMAP, PP, C))
#define GOES(cause)	MUST(CLEAR, cause, CLEAR, ALL(C))
#define DAX(n, f, ...)	{ .name = "dax_" n, .run = run_##f, \
	.expect = { __VA_ARGS__ }, .machine = "devices" }

const struct scenario dax_scenarios[] = {
	DAX("msync", msync, CLEANED),
	DAX("fsync", fsync, CLEANED),
	DAX("syncfs", syncfs, CLEANED),
	DAX("remap", remap, MUST_N(4, CLEAR, DAX_REMAP, CLEAR, ALL(C))),
	DAX("write_hole", write_hole, GOES(FILE_INVALIDATE)),
	DAX("truncate", truncate, GOES(TRUNCATE), MAY_CLEAN),
	DAX("punch", punch, GOES(HOLE_PUNCH), MAY_CLEAN),
	DAX("zero", zero, GOES(ZERO_RANGE), MAY_CLEAN),
	DAX("collapse", collapse, GOES(COLLAPSE_RANGE), MAY_CLEAN),
	DAX("insert", insert, GOES(INSERT_RANGE), MAY_CLEAN),
	DAX("cow", cow, MUST_N(4, CLEAR, COW, CLEAR, ALL(C))),
	{ .name = NULL }
};
