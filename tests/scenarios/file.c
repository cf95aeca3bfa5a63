// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* file: truncation, holes and unmapping of file mappings on tmpfs and ext4. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner.h"

#define FALLOC_FL_KEEP_SIZE_	1
#define FALLOC_FL_PUNCH_	(2 | FALLOC_FL_KEEP_SIZE_)
#define FALLOC_FL_COLLAPSE_	8
#define FALLOC_FL_ZERO_		0x10
#define FALLOC_FL_INSERT_	0x20

static void run_munmap(struct env *e)
{
	int fd = memfd(e, 8 * PG, 0);
	char *p = watched_shared(e, fd, 8 * PG);

	begin(e);
	must(e, !munmap(p, 8 * PG));
}

static void run_ftruncate(struct env *e)
{
	int fd = memfd(e, 8 * PG, 0);

	watched_shared(e, fd, 8 * PG);
	begin(e);
	must(e, !ftruncate(fd, 3 * PG));
}

static void run_truncate(struct env *e)
{
	char path[] = "/tmp/scenario.XXXXXX";
	int fd = mkstemp(path);

	must(e, fd >= 0 && !ftruncate(fd, 8 * PG));
	watched_shared(e, fd, 8 * PG);
	begin(e);
	must(e, !truncate(path, 0));
	unlink(path);
}

static void run_open_trunc(struct env *e)
{
	char path[] = "/tmp/scenario.XXXXXX";
	int fd = mkstemp(path);

	must(e, fd >= 0 && !ftruncate(fd, 8 * PG));
	watched_shared(e, fd, 8 * PG);
	begin(e);
	must(e, open(path, O_RDWR | O_TRUNC | O_CLOEXEC) >= 0);
	unlink(path);
}

/* The flags of openat2() are in user memory, not in a register of the system call. */
static void run_openat2_trunc(struct env *e)
{
	struct {
		__u64 flags, mode, resolve;
	} how = { .flags = O_RDWR | O_TRUNC | O_CLOEXEC };
	char path[] = "/tmp/scenario.XXXXXX";
	int fd = mkstemp(path);

	must(e, fd >= 0 && !ftruncate(fd, 8 * PG));
	watched_shared(e, fd, 8 * PG);
	begin(e);
	need(e, syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how)) >= 0,
	     "no openat2");
	unlink(path);
}

/* ftruncate() unmaps the private copies of the cut pages, too. */
static void run_truncate_private(struct env *e)
{
	int fd = memfd(e, 8 * PG, 0);
	char *p = map_at(e, 8 * PG, PG, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);

	fill(p, 8 * PG, 3);
	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, true);
	begin(e);
	must(e, !ftruncate(fd, 4 * PG));
}

static void run_punch(struct env *e)
{
	int fd = memfd(e, 8 * PG, 0);

	watched_shared(e, fd, 8 * PG);
	begin(e);
	must(e, !fallocate(fd, FALLOC_FL_PUNCH_, 2 * PG, 3 * PG));
}

static void run_remove(struct env *e)
{
	int fd = memfd(e, 8 * PG, 0);
	char *p = watched_shared(e, fd, 8 * PG);

	begin(e);
	must(e, !madvise(p + PG, 4 * PG, MADV_REMOVE));
}

static void run_dontneed(struct env *e)
{
	int fd = memfd(e, 8 * PG, 0);
	char *p = watched_shared(e, fd, 8 * PG);

	begin(e);
	must(e, !madvise(p, 4 * PG, MADV_DONTNEED));
}

/* A truncation of pages that are not in the watched mapping causes no event. */
static void run_elsewhere(struct env *e)
{
	int fd = memfd(e, 16 * PG, 0);

	watched_shared(e, fd, 8 * PG);
	begin(e);
	must(e, !ftruncate(fd, 8 * PG));
	must(e, !fallocate(fd, FALLOC_FL_PUNCH_, 12 * PG, PG));
}

static void run_ext4_truncate(struct env *e)
{
	int fd = ext4_file(e, "truncate", 8 * PG);

	watched_shared(e, fd, 8 * PG);
	begin(e);
	must(e, !ftruncate(fd, 4 * PG));
}

static void ext4_fallocate(struct env *e, int mode, const char *what)
{
	int fd = ext4_file(e, "fallocate", 16 * PG);

	watched_shared(e, fd, 16 * PG);
	begin(e);
	need(e, !fallocate(fd, mode, 4 * PG, 4 * PG), what);
}

static void run_ext4_punch(struct env *e)
{
	ext4_fallocate(e, FALLOC_FL_PUNCH_, "ext4 cannot punch holes");
}

static void run_ext4_collapse(struct env *e)
{
	ext4_fallocate(e, FALLOC_FL_COLLAPSE_, "ext4 cannot collapse ranges");
}

static void run_ext4_insert(struct env *e)
{
	ext4_fallocate(e, FALLOC_FL_INSERT_, "ext4 cannot insert ranges");
}

static void run_ext4_zero(struct env *e)
{
	ext4_fallocate(e, FALLOC_FL_ZERO_, "ext4 cannot zero ranges");
}

#define CLEANED "the file system cleans dirty pages before it moves blocks"
#define CLEANED_MAY MAY(CLEANED, PROTECTION_PAGE, WRITEBACK, CLEAN, ALL(PP))

static void run_msync(struct env *e)
{
	int fd = ext4_file(e, "msync", 8 * PG);
	char *p = watched_shared(e, fd, 8 * PG);

	begin(e);
	must(e, !msync(p, 8 * PG, MS_SYNC));
}

/* The flusher kworker writes back. */
static void run_flusher(struct env *e)
{
	int fd = ext4_file(e, "flusher", 8 * PG);

	watched_shared(e, fd, 8 * PG);
	begin(e);
	knob(e, "/proc/sys/vm/dirty_expire_centisecs", "1");
	knob(e, "/proc/sys/vm/dirty_writeback_centisecs", "5");
	must(e, wait_for_times(e, MMNOTIFY_CAUSE_WRITEBACK, 8, 8000));
}

/* A direct write, which bypasses the page cache. */
static void run_direct(struct env *e)
{
	int fd = ext4_file(e, "direct", 8 * PG);
	char *p = watched_shared(e, fd, 8 * PG);
	char path[64];
	int direct;
	void *buf;

	must(e, !msync(p, 8 * PG, MS_SYNC));
	device(e, p, 8 * PG, false);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	direct = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	need(e, direct >= 0, "no O_DIRECT here");
	must(e, !posix_memalign(&buf, PG, PG));
	fill(buf, PG, 9);
	begin(e);
	must(e, pwrite(direct, buf, PG, 2 * PG) == (ssize_t)PG);
}

const struct scenario file_scenarios[] = {
	{ .name = "file_munmap", .run = run_munmap, .expect = {
		MUST(UNMAP, MUNMAP, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "file_ftruncate", .run = run_ftruncate, .expect = {
		MUST(CLEAR, TRUNCATE, CLEAR, ALL(C)) },
	  .flags = S_QUICK, .demo = "ftruncate(fd, 3 pages)" },
	{ .name = "file_truncate", .run = run_truncate, .expect = {
		MUST(CLEAR, TRUNCATE, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "file_open_trunc", .run = run_open_trunc, .expect = {
		MUST(CLEAR, TRUNCATE, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "file_openat2_trunc", .run = run_openat2_trunc, .expect = {
		MUST(CLEAR, TRUNCATE, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "file_truncate_private", .run = run_truncate_private, .expect = {
		MUST(CLEAR, TRUNCATE, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "file_punch", .run = run_punch, .expect = {
		MUST(CLEAR, HOLE_PUNCH, CLEAR, ALL(C)) },
	  .flags = S_QUICK, .demo = "fallocate(fd, PUNCH_HOLE)" },
	{ .name = "file_madv_remove", .run = run_remove, .expect = {
		MUST(CLEAR, MADV_REMOVE, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "file_madv_dontneed", .run = run_dontneed, .expect = {
		MUST(CLEAR, MADV_DONTNEED, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "file_elsewhere", .run = run_elsewhere, .expect = { }, .flags = S_QUICK },
	{ .name = "ext4_truncate", .run = run_ext4_truncate, .expect = {
		MUST(CLEAR, TRUNCATE, CLEAR, ALL(C)), CLEANED_MAY } },
	{ .name = "ext4_punch", .run = run_ext4_punch, .expect = {
		MUST(CLEAR, HOLE_PUNCH, CLEAR, ALL(C)), CLEANED_MAY } },
	{ .name = "ext4_collapse", .run = run_ext4_collapse, .expect = {
		MUST(CLEAR, COLLAPSE_RANGE, CLEAR, ALL(C)), CLEANED_MAY } },
	{ .name = "ext4_insert", .run = run_ext4_insert, .expect = {
		MUST(CLEAR, INSERT_RANGE, CLEAR, ALL(C)), CLEANED_MAY } },
	{ .name = "ext4_zero", .run = run_ext4_zero, .expect = {
		MUST(CLEAR, ZERO_RANGE, CLEAR, ALL(C)), CLEANED_MAY } },
	{ .name = "writeback_msync", .run = run_msync, .expect = {
		MUST(PROTECTION_PAGE, WRITEBACK, CLEAN, ALL(PP)) },
	  .demo = "msync(p, MS_SYNC) on ext4" },
	{ .name = "writeback_flusher", .run = run_flusher, .expect = {
		MUST(PROTECTION_PAGE, WRITEBACK, CLEAN, ALL(PP)) } },
	{ .name = "direct_write", .run = run_direct, .expect = {
		MUST(CLEAR, FILE_INVALIDATE, CLEAR, ALL(C)) } },
	{ .name = NULL }
};
