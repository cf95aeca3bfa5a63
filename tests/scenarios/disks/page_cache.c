// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * page_cache: a file system changes pages of a mapped file, and each event must have the
 * cause of the operation. The scenarios run without the tools that make these file systems.
 *
 * Usage: page_cache DIR, on a mounted file system; needs a loaded mirror.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <mmnotify/mmnotify_types.h>

#include "mirror.h"
#include "rules/names.h"
#include "tap.h"

#define PG		4096L
#define PAGES		64L
#define LEN		(PAGES * PG)

#ifndef FALLOC_FL_WRITE_ZEROES
#define FALLOC_FL_WRITE_ZEROES	0x80
#endif

/* Of XFS, from v6.10 on. */
struct exchange_range {
	__s32 file1_fd;
	__u32 pad;
	__u64 file1_offset;
	__u64 file2_offset;
	__u64 length;
	__u64 flags;
};

#define EXCHANGE_RANGE	_IOW('X', 129, struct exchange_range)

struct space {
	__s16 l_type;
	__s16 l_whence;
	__s64 l_start;
	__s64 l_len;
	__s32 l_sysid;
	__u32 l_pid;
	__s32 l_pad[4];
};

#define UNRESVSP64	_IOW('X', 43, struct space)

/**
 * struct file - the mapped file, and one beside it with the same content
 * @size: bytes of the file; the mapping has LEN
 */
struct file {
	int fd;
	int other;
	int direct;
	char *map;
	long size;
	char path[256];
};

/**
 * struct operation - one operation and its causes
 * @run: returns 0, or -1 with errno; EOPNOTSUPP and the like skip it
 * @cause: one event at least must have it
 * @also: further causes that some file systems give
 * @cleans: further cause of pages that are only cleaned
 * @quiet: no event at all is as good
 * @size: bytes of the file, LEN if 0
 */
struct operation {
	const char *name;
	int (*run)(const struct file *f);
	unsigned int cause;
	unsigned int also[2];
	unsigned int cleans;
	bool quiet;
	long size;
};

static int mirror;
static const char *dir;

static int run_fsync(const struct file *f)
{
	return fsync(f->fd);
}

static int run_msync(const struct file *f)
{
	return msync(f->map, LEN, MS_SYNC);
}

static int run_sync(const struct file *f)
{
	(void)f;
	sync();
	return 0;
}

static int run_ftruncate(const struct file *f)
{
	return ftruncate(f->fd, 5 * PG + 100);
}

static int run_truncate(const struct file *f)
{
	return truncate(f->path, 5 * PG + 100);
}

static int run_grow(const struct file *f)
{
	return truncate(f->path, 32 * PG);
}

static int run_append(const struct file *f)
{
	return pwrite(f->fd, "x", 1, 32 * PG) == 1 ? 0 : -1;
}

static int run_reserve(const struct file *f)
{
	return fallocate(f->fd, 0, 0, 32 * PG);
}

static int run_punch(const struct file *f)
{
	return fallocate(f->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 8 * PG, 8 * PG);
}

static int run_edges(const struct file *f)
{
	return fallocate(f->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 8 * PG + 512,
			 4 * PG);
}

static int run_unreserve(const struct file *f)
{
	struct space s = { .l_start = 8 * PG, .l_len = 8 * PG };

	return ioctl(f->fd, UNRESVSP64, &s);
}

static int run_remove(const struct file *f)
{
	return madvise(f->map + 8 * PG, 8 * PG, MADV_REMOVE);
}

static int run_zero(const struct file *f)
{
	return fallocate(f->fd, FALLOC_FL_ZERO_RANGE, 8 * PG, 8 * PG);
}

static int run_write_zeroes(const struct file *f)
{
	return fallocate(f->fd, FALLOC_FL_WRITE_ZEROES, 8 * PG, 8 * PG);
}

static int run_collapse(const struct file *f)
{
	return fallocate(f->fd, FALLOC_FL_COLLAPSE_RANGE, 8 * PG, 8 * PG);
}

static int run_insert(const struct file *f)
{
	return fallocate(f->fd, FALLOC_FL_INSERT_RANGE, 8 * PG, 8 * PG);
}

static int run_unshare(const struct file *f)
{
	return fallocate(f->fd, FALLOC_FL_UNSHARE_RANGE, 8 * PG, 8 * PG);
}

static int run_clone(const struct file *f)
{
	struct file_clone_range r = {
		.src_fd = f->other, .src_offset = 8 * PG, .src_length = 8 * PG,
		.dest_offset = 8 * PG,
	};

	return ioctl(f->fd, FICLONERANGE, &r);
}

static int run_dedupe(const struct file *f)
{
	struct file_dedupe_range *r = calloc(1, sizeof(*r) + sizeof(r->info[0]));
	int bad;

	r->src_offset = 8 * PG;
	r->src_length = 8 * PG;
	r->dest_count = 1;
	r->info[0].dest_fd = f->fd;
	r->info[0].dest_offset = 8 * PG;
	bad = ioctl(f->other, FIDEDUPERANGE, r);
	if (!bad && r->info[0].status) {
		errno = r->info[0].status < 0 ? -r->info[0].status : EIO;
		bad = -1;
	}
	free(r);
	return bad;
}

static int run_copy(const struct file *f)
{
	loff_t from = 8 * PG, to = 8 * PG;

	return copy_file_range(f->other, &from, f->fd, &to, 8 * PG, 0) == 8 * PG ? 0 : -1;
}

static int run_exchange(const struct file *f)
{
	struct exchange_range r = {
		.file1_fd = f->other, .file1_offset = 8 * PG, .file2_offset = 8 * PG,
		.length = 8 * PG,
	};

	return ioctl(f->fd, EXCHANGE_RANGE, &r);
}

static int run_direct(const struct file *f)
{
	void *buf;

	if (posix_memalign(&buf, PG, PG))
		return -1;
	memset(buf, 9, PG);
	return pwrite(f->direct, buf, PG, 8 * PG) == PG ? 0 : -1;
}

#define MUST(c)	.cause = MMNOTIFY_CAUSE_##c
#define MAY(c)	.cause = MMNOTIFY_CAUSE_##c, .quiet = true
#define ODD	(5 * PG + 100)

static const struct operation operations[] = {
	{ .name = "fsync", .run = run_fsync, MUST(WRITEBACK) },
	{ .name = "msync", .run = run_msync, MUST(WRITEBACK) },
	{ .name = "sync", .run = run_sync, MUST(WRITEBACK) },
	{ .name = "ftruncate", .run = run_ftruncate, MUST(TRUNCATE) },
	{ .name = "truncate", .run = run_truncate, MUST(TRUNCATE) },
	{ .name = "truncate that extends", .run = run_grow, MAY(TRUNCATE), .size = ODD },
	/* exFAT drops what lies behind the old end. */
	{ .name = "a write that extends", .run = run_append, MAY(WRITEBACK),
	  .also = { MMNOTIFY_CAUSE_TRUNCATE, MMNOTIFY_CAUSE_FILE_INVALIDATE }, .size = ODD },
	/* Where a page is cleaned, the mode of fallocate() is not known (docs/causes.md). */
	{ .name = "fallocate that extends", .run = run_reserve, MAY(TRUNCATE),
	  .cleans = MMNOTIFY_CAUSE_HOLE_PUNCH, .size = ODD },
	{ .name = "a hole", .run = run_punch, MUST(HOLE_PUNCH) },
	{ .name = "a hole with edges", .run = run_edges, MUST(HOLE_PUNCH) },
	{ .name = "a hole by ioctl", .run = run_unreserve, MUST(HOLE_PUNCH) },
	{ .name = "MADV_REMOVE", .run = run_remove, MUST(MADV_REMOVE) },
	{ .name = "zero range", .run = run_zero, MAY(ZERO_RANGE) },
	{ .name = "write zeroes", .run = run_write_zeroes, MAY(ZERO_RANGE) },
	{ .name = "collapse range", .run = run_collapse, MUST(COLLAPSE_RANGE) },
	{ .name = "insert range", .run = run_insert, MUST(INSERT_RANGE) },
	{ .name = "clone", .run = run_clone, MUST(FILE_INVALIDATE) },
	{ .name = "dedupe", .run = run_dedupe, MAY(FILE_INVALIDATE) },
	/* Without shared blocks it writes. */
	{ .name = "copy_file_range", .run = run_copy, MAY(FILE_INVALIDATE) },
	{ .name = "unshare range", .run = run_unshare, MAY(FILE_INVALIDATE) },
	{ .name = "exchange of a range", .run = run_exchange, MUST(FILE_INVALIDATE) },
	{ .name = "direct write", .run = run_direct, MUST(FILE_INVALIDATE) },
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int new_file(const char *name, long size, char path[256])
{
	static char page[PG];
	long at;
	int fd;

	snprintf(path, 256, "%s/%s", dir, name);
	unlink(path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	memset(page, 7, sizeof(page));
	for (at = 0; fd >= 0 && at < size; at += PG)
		if (pwrite(fd, page, size - at < PG ? size - at : PG, at) < 0)
			die(path);
	if (fd < 0 || fsync(fd))
		die(path);
	return fd;
}

/* Each page of the file is dirty, and mapped for writing. */
static void make_file(struct file *f, long size)
{
	char other[256];
	long at;

	f->size = size;
	f->fd = new_file("file", size, f->path);
	f->other = new_file("other", LEN, other);
	f->direct = open(f->path, O_RDWR | O_DIRECT | O_CLOEXEC);
	f->map = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd, 0);
	if (f->map == MAP_FAILED)
		die("mmap");
	for (at = 0; at < size; at += PG)
		f->map[at] = 7;
}

static void drop_file(struct file *f)
{
	munmap(f->map, LEN);
	close(f->fd);
	close(f->other);
	if (f->direct >= 0)
		close(f->direct);
}

struct sums {
	unsigned int nr[MMNOTIFY_NR_CAUSES];
	unsigned int cleaned[MMNOTIFY_NR_CAUSES];
	unsigned int all;
	unsigned int inexact;
};

/* Counts the events of the mapping, or only empties the log. */
static void read_log(const struct file *f, struct sums *s)
{
	struct mirror_record r[64];
	__u64 begin = (unsigned long)f->map;
	ssize_t n, i;

	memset(s, 0, sizeof(*s));
	while ((n = read(mirror, r, sizeof(r))) > 0) {
		for (i = 0; i < n / (ssize_t)sizeof(r[0]); i++) {
			if (r[i].phase != MIRROR_PHASE_START || r[i].end <= begin ||
			    r[i].start >= begin + LEN)
				continue;
			s->all++;
			s->nr[r[i].cause % MMNOTIFY_NR_CAUSES]++;
			if (r[i].event == MMNOTIFY_PROTECTION_PAGE)
				s->cleaned[r[i].cause % MMNOTIFY_NR_CAUSES]++;
			s->inexact += !(r[i].flags & MMNOTIFY_F_EXACT);
		}
	}
}

/* Most operations write dirty pages back first; those may be large and are split then. */
static bool causes_fit(const struct operation *o, const struct sums *s)
{
	unsigned int rest = s->all - s->nr[o->cause], i;

	for (i = 0; i < 2; i++)
		if (o->also[i])
			rest -= s->nr[o->also[i]];
	if (o->cleans)
		rest -= s->cleaned[o->cleans];
	if (o->cause != MMNOTIFY_CAUSE_WRITEBACK)
		rest -= s->nr[MMNOTIFY_CAUSE_WRITEBACK];
	rest -= s->nr[MMNOTIFY_CAUSE_THP_SPLIT];
	return !rest && !s->inexact && (o->quiet || s->nr[o->cause]);
}

static void show(const struct sums *s)
{
	unsigned int c;

	for (c = 0; c < MMNOTIFY_NR_CAUSES; c++)
		if (s->nr[c])
			note("%u times %s", s->nr[c], mmn_names_cause(c));
	note("%u not exact", s->inexact);
}

static bool is_missing(int error)
{
	return error == EOPNOTSUPP || error == ENOTTY || error == EINVAL || error == EXDEV;
}

static void try(const struct operation *o)
{
	struct file f;
	struct sums s;
	int bad;

	make_file(&f, o->size ? o->size : LEN);
	read_log(&f, &s);
	bad = o->run(&f);
	if (bad && is_missing(errno)) {
		skip(o->name, strerror(errno));
	} else {
		if (bad)
			note("%s", strerror(errno));
		read_log(&f, &s);
		if (!tap_ok(!bad && causes_fit(o, &s), "%s: %u events of %s", o->name,
			    s.nr[o->cause], mmn_names_cause(o->cause)))
			show(&s);
	}
	drop_file(&f);
}

int main(int argc, char **argv)
{
	struct mirror_attach attach = { .tiers = MIRROR_TIER_MM };
	unsigned int i;

	if (argc != 2) {
		fprintf(stderr, "Usage: page_cache DIR\n");
		return 2;
	}
	dir = argv[1];
	mirror = open("/dev/mmn_mirror", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (mirror < 0 || ioctl(mirror, MIRROR_IOC_ATTACH, &attach))
		die("/dev/mmn_mirror");
	for (i = 0; i < ARRAY_SIZE(operations); i++)
		try(&operations[i]);
	return plan();
}
