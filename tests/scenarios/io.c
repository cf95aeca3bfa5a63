// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* io: memory that is changed by io_uring, AIO and sockets. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/falloc.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "actors.h"

/* Newer than the headers that this may be built with. */
#define MADV_PAGEOUT_		21
#define MADV_DONTNEED_LOCKED_	24
#define IORING_OP_FTRUNCATE_	55

/* A worker's saved system call number is stale, so only its stack shows the operation. */
static int advise(struct env *e, char *p, size_t len, int advice)
{
	struct worker w;

	worker_open(e, &w);
	begin(e);
	return worker_madvise(e, &w, p, len, advice);
}

static void run_madvise(struct env *e)
{
	must(e, !advise(e, watched_anon(e, 8), 4 * PG, MADV_DONTNEED));
}

static void run_madvise_locked(struct env *e)
{
	char *p = watched_anon(e, 8);

	must(e, !mlock(p, 8 * PG));
	need(e, !advise(e, p, 4 * PG, MADV_DONTNEED_LOCKED_), "no MADV_DONTNEED_LOCKED");
}

static void run_madvise_free(struct env *e)
{
	must(e, !advise(e, watched_anon(e, 8), 4 * PG, MADV_FREE));
}

static void run_madvise_remove(struct env *e)
{
	char *p = watched_shared(e, memfd(e, 8 * PG, 0), 8 * PG);

	must(e, !advise(e, p, 4 * PG, MADV_REMOVE));
}

static void run_madvise_pageout(struct env *e)
{
	char *p;

	swap_on(e);
	p = watched_anon(e, 8);
	must(e, !advise(e, p, 4 * PG, MADV_PAGEOUT_));
}

/* Executes a request on a file of eight pages that is mapped. */
static void on_file(struct env *e, int fd, struct io_uring_sqe *sqe, int want,
		    const char *why)
{
	struct worker w;

	worker_open(e, &w);
	sqe->fd = sqe->fd ? sqe->fd : fd;
	watched_shared(e, fd, 8 * PG);
	begin(e);
	errno = -worker_do(e, &w, sqe);
	need(e, errno == -want, why);
}

static void run_fallocate(struct env *e)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_FALLOCATE, .off = PG, .addr = 4 * PG,
		.len = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
	};

	on_file(e, memfd(e, 8 * PG, 0), &sqe, 0, "io_uring has no fallocate");
}

/* The mode is in io_uring's own structure, so every mode gives the same cause. */
static void run_fallocate_mode(struct env *e)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_FALLOCATE, .off = PG, .addr = 4 * PG,
		.len = FALLOC_FL_COLLAPSE_RANGE,
	};

	on_file(e, ext4_file(e, "uring_collapse", 8 * PG), &sqe, 0,
		"io_uring has no fallocate");
}

static void run_ftruncate(struct env *e)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_FTRUNCATE_, .off = 4 * PG };

	on_file(e, memfd(e, 8 * PG, 0), &sqe, 0, "io_uring has no ftruncate");
}

static void run_fsync(struct env *e)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_FSYNC };

	on_file(e, ext4_file(e, "uring_fsync", 8 * PG), &sqe, 0, "io_uring has no fsync");
}

static void run_open(struct env *e)
{
	char path[] = "/tmp/scenario.XXXXXX";
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .addr = (uintptr_t)path,
		.open_flags = O_RDWR | O_TRUNC,
	};
	int fd = mkstemp(path);
	struct worker w;

	must(e, fd >= 0 && !ftruncate(fd, 8 * PG));
	worker_open(e, &w);
	watched_shared(e, fd, 8 * PG);
	begin(e);
	must(e, worker_do(e, &w, &sqe) >= 0);
	unlink(path);
}

static void run_write_direct(struct env *e)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_WRITE, .off = PG, .len = PG };
	int fd = ext4_file(e, "uring_direct", 8 * PG);
	char path[64];
	void *buf;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	sqe.fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	must(e, sqe.fd >= 0 && !posix_memalign(&buf, PG, PG));
	fill(buf, PG, 4);
	sqe.addr = (uintptr_t)buf;
	on_file(e, fd, &sqe, PG, "no direct I/O by io_uring");
}

/* A read by a worker is a write to the memory of the process. */
static void run_read(struct env *e)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_READ, .len = 4 * PG };
	int release, file = memfd(e, 8 * PG, 0);
	char *p = anon(e, 8);
	pid_t pid = sharer(e, &release);
	struct worker w;

	worker_open(e, &w);
	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, false);
	sqe.fd = file;
	sqe.addr = (uintptr_t)p;
	begin(e);
	must(e, worker_do(e, &w, &sqe) == (int)(4 * PG));
	unshare_pages(e, pid, release);
}

/* Registering a buffer breaks copy-on-write before it pins the pages. */
static void run_register(struct env *e)
{
	char *p = anon(e, 8);
	struct iovec iov = { p, 4 * PG };
	int release;
	pid_t pid = sharer(e, &release);
	struct worker w;

	worker_open(e, &w);
	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, false);
	begin(e);
	must(e, !syscall(SYS_io_uring_register, w.fd, IORING_REGISTER_BUFFERS, &iov, 1));
	unshare_pages(e, pid, release);
}

/* The kernel unmaps the ring of an AIO context. */
static void run_aio(struct env *e)
{
	unsigned long ctx = 0;

	need(e, !syscall(SYS_io_setup, 4, &ctx), "no AIO");
	watch(e, (void *)ctx, PG);
	begin(e);
	must(e, !syscall(SYS_io_destroy, ctx));
}

void loopback_up(struct env *e)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = { .ifr_name = "lo" };

	need(e, fd >= 0, "no IPv4");
	must(e, !ioctl(fd, SIOCGIFFLAGS, &ifr));
	ifr.ifr_flags |= IFF_UP | IFF_RUNNING;
	must(e, !ioctl(fd, SIOCSIFFLAGS, &ifr));
	close(fd);
}

/* Return: the receiving end of a TCP connection. */
static int connection(struct env *e, int *other)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int l = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), fd;
	socklen_t len = sizeof(a);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(e, !bind(l, (struct sockaddr *)&a, sizeof(a)) && !listen(l, 1));
	must(e, !getsockname(l, (struct sockaddr *)&a, &len));
	*other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(e, !connect(*other, (struct sockaddr *)&a, sizeof(a)));
	fd = accept4(l, NULL, NULL, SOCK_CLOEXEC);
	must(e, fd >= 0);
	close(l);
	return fd;
}

/* TCP_ZEROCOPY_RECEIVE first zaps the pages that it mapped before. */
static void run_zerocopy(struct env *e)
{
	struct {
		__u64 address;
		__u32 length, skip;
	} zc = { .length = 4 * PG };
	static char data[64 << 10];
	socklen_t len = sizeof(zc);
	int to, fd;
	char *p;

	loopback_up(e);
	fd = connection(e, &to);
	p = mmap(NULL, 4 * PG, PROT_READ, MAP_SHARED, fd, 0);
	need(e, p != MAP_FAILED, "TCP sockets cannot be mapped");
	must(e, write(to, data, sizeof(data)) == sizeof(data));
	sleep_ms(20);
	watch(e, p, 4 * PG);
	zc.address = (uintptr_t)p;
	begin(e);
	need(e, !getsockopt(fd, IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &zc, &len),
	     "no TCP_ZEROCOPY_RECEIVE");
}

#define GOES(cause)	MUST(CLEAR, cause, CLEAR, ALL(C))
#define MAY_CLEAN	MAY("dirty pages are written first", \
			    PROTECTION_PAGE, WRITEBACK, CLEAN, ALL(PP))

const struct scenario io_scenarios[] = {
	{ .name = "io_uring_madvise", .run = run_madvise,
	  .expect = { MUST(CLEAR, MADV_DONTNEED, CLEAR, ALL(C)) } },
	{ .name = "io_uring_madvise_locked", .run = run_madvise_locked,
	  .expect = { MUST(CLEAR, MADV_DONTNEED, CLEAR, HAS(DONTNEED_LOCKED, C)) } },
	{ .name = "io_uring_madvise_free", .run = run_madvise_free,
	  .expect = { MUST(CLEAR, MADV_FREE, CLEAR, ALL(C)) } },
	{ .name = "io_uring_madvise_remove", .run = run_madvise_remove,
	  .expect = { MUST(CLEAR, MADV_REMOVE, CLEAR, ALL(C)) } },
	{ .name = "io_uring_madvise_pageout", .run = run_madvise_pageout,
	  .expect = { MUST_N(4, CLEAR, MADV_PAGEOUT, CLEAR, ALL(C)) } },
	{ .name = "io_uring_fallocate", .run = run_fallocate,
	  .expect = { GOES(HOLE_PUNCH) } },
	{ .name = "io_uring_fallocate_mode", .run = run_fallocate_mode,
	  .expect = { GOES(HOLE_PUNCH), MAY_CLEAN } },
	{ .name = "io_uring_ftruncate", .run = run_ftruncate,
	  .expect = { MUST(CLEAR, TRUNCATE, CLEAR, HAS(URING_FTRUNCATE, C)) } },
	{ .name = "io_uring_open_trunc", .run = run_open,
	  .expect = { GOES(TRUNCATE) } },
	{ .name = "io_uring_fsync", .run = run_fsync,
	  .expect = { MUST(PROTECTION_PAGE, WRITEBACK, CLEAN, ALL(PP)) } },
	{ .name = "io_uring_write_direct", .run = run_write_direct,
	  .expect = { GOES(FILE_INVALIDATE),
		      MUST(PROTECTION_PAGE, WRITEBACK, CLEAN, ALL(PP)) } },
	{ .name = "io_uring_read", .run = run_read,
	  .expect = { MUST_N(4, CLEAR, COW, CLEAR, ALL(C)) } },
	{ .name = "io_uring_register", .run = run_register, .expect = {
		MUST_N(4, CLEAR, COW, CLEAR, ALL(C)) } },
	{ .name = "aio_destroy", .run = run_aio, .expect = {
		MUST(UNMAP, MUNMAP, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "tcp_zerocopy", .run = run_zerocopy, .expect = {
		MUST(CLEAR, TCP_ZEROCOPY, CLEAR, ALL(C)) } },
	{ .name = NULL }
};
