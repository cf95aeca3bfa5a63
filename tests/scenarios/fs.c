// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * fs: a file system changes pages that are mapped, most often on request of another
 * process: two processes share a file, and the watched one is idle.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner.h"

#define PUNCH		(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)
#define PAGES		16UL

/* ---- a second process that maps the file ---- */

struct peer {
	pid_t pid;
	int go;
};

/* Call it before watch(), so that the fork() causes no event. */
static struct peer peer_process(struct env *e, int fd, bool (*what)(int fd))
{
	struct peer o;
	int fds[2];
	char c, *p;

	must(e, !pipe(fds));
	o.pid = child(e);
	o.go = fds[1];
	if (o.pid)
		return o;
	close(fds[1]);
	p = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		_exit(1);
	p[0] = 5;
	if (read(fds[0], &c, 1) != 1)
		_exit(2);
	_exit(what(fd) ? 0 : 3);
}

static void let(struct env *e, struct peer *o)
{
	must(e, write(o->go, "", 1) == 1);
	reap(e, o->pid);
}

static bool shrink(int fd)
{
	return !ftruncate(fd, 4 * PG);
}

static bool punch(int fd)
{
	return !fallocate(fd, PUNCH, 4 * PG, 4 * PG);
}

static bool collapse(int fd)
{
	return !fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 4 * PG, 4 * PG);
}

static bool insert(int fd)
{
	return !fallocate(fd, FALLOC_FL_INSERT_RANGE, 4 * PG, 4 * PG);
}

static bool zero(int fd)
{
	return !fallocate(fd, FALLOC_FL_ZERO_RANGE, 4 * PG, 4 * PG);
}

static bool flush(int fd)
{
	return !fsync(fd);
}

static bool write_direct(int fd)
{
	char path[64];
	void *buf;
	int direct;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	direct = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	if (direct < 0 || posix_memalign(&buf, PG, PG))
		return false;
	fill(buf, PG, 9);
	return pwrite(direct, buf, PG, 2 * PG) == (ssize_t)PG;
}

static void shared_with(struct env *e, int fd, bool (*what)(int fd))
{
	struct peer o = peer_process(e, fd, what);

	watched_shared(e, fd, PAGES * PG);
	begin(e);
	let(e, &o);
}

static void run_other_truncate(struct env *e)
{
	shared_with(e, memfd(e, PAGES * PG, 0), shrink);
}

static void run_other_punch(struct env *e)
{
	shared_with(e, memfd(e, PAGES * PG, 0), punch);
}

static void run_other_ext4_truncate(struct env *e)
{
	shared_with(e, ext4_file(e, "other_truncate", PAGES * PG), shrink);
}

static void run_other_ext4_punch(struct env *e)
{
	shared_with(e, ext4_file(e, "other_punch", PAGES * PG), punch);
}

static void run_other_collapse(struct env *e)
{
	shared_with(e, ext4_file(e, "other_collapse", PAGES * PG), collapse);
}

static void run_other_insert(struct env *e)
{
	shared_with(e, ext4_file(e, "other_insert", PAGES * PG), insert);
}

static void run_other_zero(struct env *e)
{
	shared_with(e, ext4_file(e, "other_zero", PAGES * PG), zero);
}

static void run_other_fsync(struct env *e)
{
	shared_with(e, ext4_file(e, "other_fsync", PAGES * PG), flush);
}

static void run_other_direct(struct env *e)
{
	shared_with(e, ext4_file(e, "other_direct", PAGES * PG), write_direct);
}

/* The watched process has only private copies; the other process works on the file. */
static void private_of(struct env *e, int fd, bool (*what)(int fd))
{
	struct peer o = peer_process(e, fd, what);
	char *p = map_at(e, PAGES * PG, PG, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);

	fill(p, PAGES * PG, 3);
	watch(e, p, PAGES * PG);
	device(e, p, PAGES * PG, true);
	begin(e);
	let(e, &o);
}

static void run_private_truncate(struct env *e)
{
	private_of(e, memfd(e, PAGES * PG, 0), shrink);
}

static void run_private_ext4(struct env *e)
{
	private_of(e, ext4_file(e, "private", PAGES * PG), shrink);
}

/* A hole removes the pages of the file; the private copies stay mapped. */
static void run_private_punch(struct env *e)
{
	private_of(e, memfd(e, PAGES * PG, 0), punch);
}

#define ROUNDS	60

static bool again_and_again(int fd)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (ftruncate(fd, (i % 8) * PG) || ftruncate(fd, PAGES * PG))
			return false;
		sched_yield();
	}
	return true;
}

static sigjmp_buf beyond_the_end;

static void on_bus_error(int sig)
{
	(void)sig;
	siglongjmp(beyond_the_end, 1);
}

/* The watched process writes to all pages while the other one truncates. */
static void run_truncate_race(struct env *e)
{
	int fd = memfd(e, PAGES * PG, 0);
	struct sigaction act = { .sa_handler = on_bus_error };
	struct peer o = peer_process(e, fd, again_and_again);
	char *p = watched_shared(e, fd, PAGES * PG);
	volatile unsigned int i = 0;

	must(e, !sigaction(SIGBUS, &act, NULL));
	begin(e);
	must(e, write(o.go, "", 1) == 1);
	while (i < 4000) {
		if (!sigsetjmp(beyond_the_end, 1))
			p[i % PAGES * PG] = i;
		i++;
	}
	reap(e, o.pid);
}

/* ---- writeback in all its ways ---- */

static char *dirty(struct env *e, int *fd, const char *name)
{
	*fd = ext4_file(e, name, PAGES * PG);
	return watched_shared(e, *fd, PAGES * PG);
}

static void run_fsync(struct env *e)
{
	int fd;

	dirty(e, &fd, "fsync");
	begin(e);
	must(e, !fsync(fd));
}

static void run_fdatasync(struct env *e)
{
	int fd;

	dirty(e, &fd, "fdatasync");
	begin(e);
	must(e, !fdatasync(fd));
}

static void run_sync_file_range(struct env *e)
{
	int fd;

	dirty(e, &fd, "sync_file_range");
	begin(e);
	must(e, !sync_file_range(fd, 0, 8 * PG, SYNC_FILE_RANGE_WRITE));
}

static void run_sync(struct env *e)
{
	int fd;

	dirty(e, &fd, "sync");
	begin(e);
	sync();
}

static void run_syncfs(struct env *e)
{
	int fd;

	dirty(e, &fd, "syncfs");
	begin(e);
	must(e, !syncfs(fd));
}

static void run_freeze(struct env *e)
{
	int fd, dir;

	dirty(e, &fd, "freeze");
	dir = open(ext4(e), O_RDONLY | O_CLOEXEC);
	must(e, dir >= 0);
	begin(e);
	must(e, !ioctl(dir, FIFREEZE, 0));
	must(e, !ioctl(dir, FITHAW, 0));
}

/* A direct read of a range that is dirty in the page cache writes it back first. */
static void run_read_direct(struct env *e)
{
	char path[64];
	int fd, direct;
	void *buf;

	dirty(e, &fd, "read_direct");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	direct = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	must(e, direct >= 0 && !posix_memalign(&buf, PG, PG));
	fill(buf, PG, 0);
	begin(e);
	must(e, pread(direct, buf, PG, 2 * PG) == (ssize_t)PG);
}

/* Growing the file makes a further block of its last page part of the file. */
static int odd_file(struct env *e, const char *name)
{
	int fd = file_in(e, ext4_small(e), name, PG + 512);

	watched_shared(e, fd, 2 * PG);
	return fd;
}

static void run_extend(struct env *e)
{
	int fd = odd_file(e, "extend");

	begin(e);
	must(e, !ftruncate(fd, 4 * PG));
}

static void run_write_beyond(struct env *e)
{
	int fd = odd_file(e, "write_beyond");

	begin(e);
	must(e, pwrite(fd, "x", 1, 3 * PG) == 1);
}

/* ---- the page cache is invalidated after a direct write ---- */

/* A block device is mapped, and written with direct I/O. */
static void run_block_direct(struct env *e)
{
	const char *disk = loop_for("/tmp/mmn_disk.img", 1 << 20);
	int fd;

	need(e, disk, "no loop device");
	fd = open(disk, O_RDWR | O_CLOEXEC);
	must(e, fd >= 0);
	watched_shared(e, fd, PAGES * PG);
	must(e, !fsync(fd));
	begin(e);
	must(e, write_direct(fd));
}

static void run_block_punch(struct env *e)
{
	const char *disk = loop_for("/tmp/mmn_punch.img", 1 << 20);
	int fd;

	need(e, disk, "no loop device");
	fd = open(disk, O_RDWR | O_CLOEXEC);
	must(e, fd >= 0);
	watched_shared(e, fd, PAGES * PG);
	begin(e);
	need(e, punch(fd), "loop devices cannot punch holes");
}

/* BLKZEROOUT and BLKDISCARD are ioctl()s on a block device, and unmap pages like a hole. */
static void block_ioctl(struct env *e, const char *file, unsigned long cmd)
{
	const char *disk = loop_for(file, 1 << 20);
	__u64 range[2] = { 4 * PG, 4 * PG };
	int fd;

	need(e, disk, "no loop device");
	fd = open(disk, O_RDWR | O_CLOEXEC);
	must(e, fd >= 0);
	watched_shared(e, fd, PAGES * PG);
	begin(e);
	need(e, !ioctl(fd, cmd, range) || errno != EOPNOTSUPP, "loop devices cannot do that");
}

static void run_block_zero(struct env *e)
{
	block_ioctl(e, "/tmp/mmn_zero.img", BLKZEROOUT);
}

static void run_block_discard(struct env *e)
{
	block_ioctl(e, "/tmp/mmn_discard.img", BLKDISCARD);
}

/* A new block size drops the page cache of the device. */
static void run_block_size(struct env *e)
{
	const char *disk = loop_for("/tmp/mmn_size.img", 1 << 20);
	int fd, size = 512;

	need(e, disk, "no loop device");
	fd = open(disk, O_RDWR | O_CLOEXEC);
	must(e, fd >= 0);
	watched_shared(e, fd, PAGES * PG);
	begin(e);
	need(e, !ioctl(fd, BLKBSZSET, &size), "BLKBSZSET");
}

/* A worker of loop punches the hole into the file behind the device, without fallocate(). */
static void run_loop_discard(struct env *e)
{
	const char *image = "/tmp/mmn_behind.img", *disk = loop_for(image, 1 << 20);
	__u64 range[2] = { 4 * PG, 4 * PG };
	int fd, behind;

	need(e, disk, "no loop device");
	fd = open(disk, O_RDWR | O_CLOEXEC);
	behind = open(image, O_RDWR | O_CLOEXEC);
	must(e, fd >= 0 && behind >= 0);
	watched_shared(e, behind, PAGES * PG);
	begin(e);
	need(e, !ioctl(fd, BLKDISCARD, range), "the image's file system cannot punch holes");
}

/* A FUSE file system with one file; its server is another process. */
#define FUSE_DIR	"/tmp/mmn_fuse"
#define FUSE_NODE	2

union answer {
	struct fuse_init_out init;
	struct fuse_entry_out entry;
	struct fuse_attr_out attr;
	struct fuse_open_out open;
	char data[PAGES * MAX_PG];
};

static __u64 fuse_pages = PAGES;

static void file_attr(struct fuse_attr *attr, __u64 node)
{
	attr->ino = node;
	attr->mode = node == FUSE_NODE ? S_IFREG | 0600 : S_IFDIR | 0700;
	attr->size = node == FUSE_NODE ? fuse_pages * PG : 0;
	attr->nlink = 1;
	attr->blksize = PG;
}

/* Return: number of bytes of @a that answer the request, or -errno. */
static int fuse_answer(const struct fuse_in_header *in, union answer *a)
{
	memset(a, 0, sizeof(*a));
	switch (in->opcode) {
	case FUSE_INIT:
		a->init.major = FUSE_KERNEL_VERSION;
		a->init.minor = 31;
		a->init.max_readahead = PG;
		a->init.max_write = PG;
		return sizeof(a->init);
	case FUSE_LOOKUP:
		a->entry.nodeid = FUSE_NODE;
		a->entry.entry_valid = 1000;
		a->entry.attr_valid = 1000;
		file_attr(&a->entry.attr, FUSE_NODE);
		return sizeof(a->entry);
	case FUSE_GETATTR:
		a->attr.attr_valid = 1000;
		file_attr(&a->attr.attr, in->nodeid);
		return sizeof(a->attr);
	case FUSE_OPEN:
		return sizeof(a->open);
	case FUSE_READ:
		return ((const struct fuse_read_in *)(in + 1))->size;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

static void fuse_serve(int fuse)
{
	static char request[FUSE_MIN_READ_BUFFER + MAX_PG];
	static struct {
		struct fuse_out_header out;
		union answer a;
	} reply;
	const struct fuse_in_header *in = (void *)request;
	int len;

	if (read(fuse, request, sizeof(request)) < (ssize_t)sizeof(*in))
		_exit(0);
	if (in->opcode == FUSE_FORGET || in->opcode == FUSE_BATCH_FORGET)
		return;
	len = fuse_answer(in, &reply.a);
	reply.out.unique = in->unique;
	reply.out.error = len < 0 ? len : 0;
	reply.out.len = sizeof(reply.out) + (len < 0 ? 0 : len);
	if (write(fuse, &reply, reply.out.len) < 0)
		_exit(1);
}

/* The notification that a network file system sends after a write on another host. */
static void fuse_invalidate(int fuse)
{
	struct {
		struct fuse_out_header out;
		struct fuse_notify_inval_inode_out inval;
	} note = {
		.out.len = sizeof(note),
		.out.error = FUSE_NOTIFY_INVAL_INODE,
		.inval.ino = FUSE_NODE,
	};

	if (write(fuse, &note, sizeof(note)) != sizeof(note))
		_exit(2);
}

/* Return: the file, mapped and accessed by the device; a byte written to @go notifies. */
static int fuse_file(struct env *e, int *go)
{
	char options[64];
	int fuse, fds[2], fd;
	char c, *p;

	modprobe("fuse");
	need(e, !mkdir(FUSE_DIR, 0700) || errno == EEXIST, "mkdir");
	fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	need(e, fuse >= 0, "no FUSE here");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0",
		 fuse);
	must(e, !mount("fuse", FUSE_DIR, "fuse", 0, options));
	must(e, !pipe(fds));
	if (!child(e)) {
		struct pollfd poll_of[2] = { { .fd = fuse, .events = POLLIN },
					     { .fd = fds[0], .events = POLLIN } };

		close(fds[1]);
		while (poll(poll_of, 2, -1) > 0) {
			if (poll_of[0].revents)
				fuse_serve(fuse);
			if (!(poll_of[1].revents & POLLIN) || read(fds[0], &c, 1) != 1)
				continue;
			if (c == 's')
				fuse_pages = 4;
			else
				fuse_invalidate(fuse);
		}
		_exit(0);
	}
	close(fuse);
	fd = open(FUSE_DIR "/file", O_RDONLY | O_CLOEXEC);
	must(e, fd >= 0);
	p = map_at(e, PAGES * PG, PG, PROT_READ, MAP_SHARED, fd);
	watch(e, p, PAGES * PG);
	device(e, p, PAGES * PG, false);
	*go = fds[1];
	return fd;
}

static void run_fuse_notify(struct env *e)
{
	int go;

	fuse_file(e, &go);
	umount2(FUSE_DIR, MNT_DETACH);
	begin(e);
	must(e, write(go, "", 1) == 1);
	must(e, wait_for_times(e, MMNOTIFY_CAUSE_FILE_INVALIDATE, 1, 3000));
}

/* The server's file has shrunk: the next statx() truncates the page cache. */
static void run_fuse_shrunk(struct env *e)
{
	struct statx st;
	int go, fd = fuse_file(e, &go);

	umount2(FUSE_DIR, MNT_DETACH);
	begin(e);
	must(e, write(go, "s", 1) == 1);
	sleep_ms(50);
	must(e, !statx(fd, "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC, STATX_SIZE, &st));
	must(e, st.stx_size == 4 * PG);
}

/* open() of a FUSE file drops the page cache without a truncation. */
static void run_fuse_open(struct env *e)
{
	int go;

	fuse_file(e, &go);
	begin(e);
	must(e, open(FUSE_DIR "/file", O_RDONLY | O_CLOEXEC) >= 0);
	umount2(FUSE_DIR, MNT_DETACH);
}

/* ---- huge pages of a file ---- */

/* A hole in a part of a huge page splits the page. */
static void run_huge_punch(struct env *e)
{
	const char *dir = "/tmp/mmn_huge";
	char *p, path[64];
	__u64 frame;
	int fd;

	need_feature(e, F_PUNCH_SPLITS);
	need(e, !mkdir(dir, 0700) || errno == EEXIST, "mkdir");
	need(e, !mount("huge", dir, "tmpfs", 0, "huge=always"), "no huge tmpfs");
	snprintf(path, sizeof(path), "%s/file", dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	must(e, fd >= 0 && !umount2(dir, MNT_DETACH) && !ftruncate(fd, HUGE));
	p = map_at(e, HUGE, HUGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	fill(p, HUGE, 1);
	frame = page_frame(p);
	if (frame % (HUGE / PG) || page_frame(p + HUGE - PG) != frame + HUGE / PG - 1)
		skip(e, "no huge page was free");
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	begin(e);
	must(e, !fallocate(fd, PUNCH, 4 * PG, 4 * PG));
}

#define GOES(cause)	MUST(CLEAR, cause, CLEAR, ALL(C))
#define CLEANED		MUST(PROTECTION_PAGE, WRITEBACK, CLEAN, ALL(PP))
#define MAY_CLEAN	MAY("dirty pages are written before blocks move", \
			    PROTECTION_PAGE, WRITEBACK, CLEAN, ALL(PP))

const struct scenario fs_scenarios[] = {
	{ .name = "other_truncate", .run = run_other_truncate,
	  .expect = { GOES(TRUNCATE) }, .flags = S_QUICK },
	{ .name = "other_punch", .run = run_other_punch,
	  .expect = { GOES(HOLE_PUNCH) }, .flags = S_QUICK },
	{ .name = "other_ext4_truncate", .run = run_other_ext4_truncate,
	  .expect = { GOES(TRUNCATE), MAY_CLEAN } },
	{ .name = "other_ext4_punch", .run = run_other_ext4_punch,
	  .expect = { GOES(HOLE_PUNCH), MAY_CLEAN } },
	{ .name = "other_collapse", .run = run_other_collapse,
	  .expect = { GOES(COLLAPSE_RANGE), MAY_CLEAN } },
	{ .name = "other_insert", .run = run_other_insert,
	  .expect = { GOES(INSERT_RANGE), MAY_CLEAN } },
	{ .name = "other_zero", .run = run_other_zero,
	  .expect = { GOES(ZERO_RANGE), MAY_CLEAN } },
	{ .name = "other_fsync", .run = run_other_fsync, .expect = { CLEANED } },
	{ .name = "other_direct", .run = run_other_direct,
	  .expect = { GOES(FILE_INVALIDATE), CLEANED } },
	{ .name = "private_truncate", .run = run_private_truncate,
	  .expect = { GOES(TRUNCATE) }, .flags = S_QUICK },
	{ .name = "private_ext4_truncate", .run = run_private_ext4,
	  .expect = { GOES(TRUNCATE) } },
	{ .name = "private_punch", .run = run_private_punch,
	  .expect = { GOES(HOLE_PUNCH) }, .flags = S_QUICK },
	{ .name = "truncate_race", .run = run_truncate_race,
	  .expect = { MUST_N(20, CLEAR, TRUNCATE, CLEAR, ALL(C)) } },
	{ .name = "writeback_fsync", .run = run_fsync, .expect = { CLEANED } },
	{ .name = "writeback_fdatasync", .run = run_fdatasync, .expect = { CLEANED } },
	{ .name = "writeback_range", .run = run_sync_file_range, .expect = { CLEANED } },
	{ .name = "writeback_sync", .run = run_sync, .expect = { CLEANED } },
	{ .name = "writeback_syncfs", .run = run_syncfs, .expect = { CLEANED } },
	{ .name = "writeback_freeze", .run = run_freeze, .expect = { CLEANED } },
	{ .name = "writeback_read_direct", .run = run_read_direct,
	  .expect = { CLEANED } },
	{ .name = "writeback_extend", .run = run_extend, .expect = { CLEANED } },
	{ .name = "writeback_write_beyond", .run = run_write_beyond,
	  .expect = { CLEANED } },
	{ .name = "block_direct", .run = run_block_direct,
	  .expect = { GOES(FILE_INVALIDATE) } },
	{ .name = "block_punch", .run = run_block_punch,
	  .expect = { GOES(HOLE_PUNCH), MAY_CLEAN } },
	{ .name = "block_zero", .run = run_block_zero,
	  .expect = { MUST(CLEAR, HOLE_PUNCH, CLEAR, HAS(BDEV_RANGE, C)),
		      MUST(CLEAR, FILE_INVALIDATE, CLEAR, LACKS(BDEV_RANGE, C)), MAY_CLEAN } },
	{ .name = "block_discard", .run = run_block_discard,
	  .expect = { GOES(HOLE_PUNCH), MAY_CLEAN } },
	{ .name = "block_size", .run = run_block_size,
	  .expect = { GOES(FILE_INVALIDATE), MAY_CLEAN } },
	{ .name = "loop_discard", .run = run_loop_discard,
	  .expect = { GOES(HOLE_PUNCH) } },
	{ .name = "fuse_shrunk", .run = run_fuse_shrunk,
	  .expect = { GOES(TRUNCATE), GOES(FILE_INVALIDATE) } },
	{ .name = "fuse_notify", .run = run_fuse_notify,
	  .expect = { GOES(FILE_INVALIDATE) } },
	{ .name = "fuse_open", .run = run_fuse_open,
	  .expect = { GOES(FILE_INVALIDATE) } },
	{ .name = "huge_file_punch", .run = run_huge_punch,
	  .expect = { MUST_N(2, CLEAR, HOLE_PUNCH, CLEAR, ALL(C)), GOES(THP_SPLIT) } },
	{ .name = NULL }
};
