// SPDX-License-Identifier: GPL-2.0-only
/* io: memory that is changed by way of io_uring, AIO and sockets. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "runner.h"

struct ring {
	int fd;
	struct io_uring_params params;
	struct io_uring_sqe *sqes;
	char *sq, *cq;
};

static void ring_open(struct env *e, struct ring *r)
{
	size_t size;

	memset(r, 0, sizeof(*r));
	r->fd = syscall(SYS_io_uring_setup, 4, &r->params);
	need(e, r->fd >= 0, "no io_uring");
	size = r->params.sq_off.array + r->params.sq_entries * 4;
	r->sq = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		     r->fd, IORING_OFF_SQ_RING);
	size = r->params.cq_off.cqes + r->params.cq_entries * sizeof(struct io_uring_cqe);
	r->cq = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		     r->fd, IORING_OFF_CQ_RING);
	r->sqes = mmap(NULL, r->params.sq_entries * sizeof(struct io_uring_sqe),
		       PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd,
		       IORING_OFF_SQES);
	must(e, r->sq != MAP_FAILED && r->cq != MAP_FAILED);
	must(e, r->sqes != MAP_FAILED);
}

/* Return: the result of one request, done by a worker. */
static int ring_do(struct env *e, struct ring *r, const struct io_uring_sqe *sqe)
{
	unsigned int *tail = (unsigned int *)(r->sq + r->params.sq_off.tail);
	unsigned int *array = (unsigned int *)(r->sq + r->params.sq_off.array);
	struct io_uring_cqe *cqe;

	r->sqes[0] = *sqe;
	r->sqes[0].flags |= IOSQE_ASYNC;
	array[*tail & (r->params.sq_entries - 1)] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	must(e, syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS,
			NULL, 0) == 1);
	cqe = (struct io_uring_cqe *)(r->cq + r->params.cq_off.cqes);
	return cqe->res;
}

/* A worker has the number of a system call that is over: a group. */
static void run_madvise(struct env *e)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_MADVISE, .fd = -1 };
	struct ring r;
	char *p;

	ring_open(e, &r);
	p = watched_anon(e, 8);
	sqe.addr = (uintptr_t)p;
	sqe.len = 4 * PG;
	sqe.fadvise_advice = MADV_DONTNEED;
	begin(e);
	must(e, !ring_do(e, &r, &sqe));
}

/* Pages that a child shares are made ours before they are pinned. */
static void run_register(struct env *e)
{
	struct iovec iov;
	struct ring r;
	int fds[2];
	pid_t pid;
	char *p, c;

	ring_open(e, &r);
	p = anon(e, 8);
	must(e, !pipe(fds));
	pid = child(e);
	if (!pid) {
		close(fds[1]);
		_exit(read(fds[0], &c, 1) ? 1 : 0);
	}
	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, false);
	iov.iov_base = p;
	iov.iov_len = 4 * PG;
	begin(e);
	must(e, !syscall(SYS_io_uring_register, r.fd, IORING_REGISTER_BUFFERS, &iov, 1));
	close(fds[1]);
	reap(e, pid);
}

/* The ring of an AIO context is unmapped by the kernel: a group. */
static void run_aio(struct env *e)
{
	unsigned long ctx = 0;

	need(e, !syscall(SYS_io_setup, 4, &ctx), "no AIO");
	watch(e, (void *)ctx, PG);
	begin(e);
	must(e, !syscall(SYS_io_destroy, ctx));
}

static void loopback_up(struct env *e)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = { .ifr_name = "lo" };

	need(e, fd >= 0, "no IPv4");
	must(e, !ioctl(fd, SIOCGIFFLAGS, &ifr));
	ifr.ifr_flags |= IFF_UP | IFF_RUNNING;
	must(e, !ioctl(fd, SIOCSIFFLAGS, &ifr));
	close(fd);
}

/* Return: the receiving end of a connection. */
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

/* What was mapped from the socket before is zapped first. */
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
	need(e, p != MAP_FAILED, "no mapping of TCP sockets");
	must(e, write(to, data, sizeof(data)) == sizeof(data));
	sleep_ms(20);
	watch(e, p, 4 * PG);
	zc.address = (uintptr_t)p;
	begin(e);
	need(e, !getsockopt(fd, IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &zc, &len),
	     "no TCP_ZEROCOPY_RECEIVE");
}

const struct scenario io_scenarios[] = {
	{ .name = "io_uring_madvise", .run = run_madvise, .expect = {
		MUST(CLEAR, ZAP, CLEAR, ALL(C)) } },
	{ .name = "io_uring_register", .run = run_register, .expect = {
		MUST_N(4, CLEAR, COW, CLEAR, ALL(C)) } },
	{ .name = "aio_destroy", .run = run_aio, .expect = {
		MUST(UNMAP, UNMAP, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "tcp_zerocopy", .run = run_zerocopy, .expect = {
		MUST(CLEAR, ZAP, CLEAR, ALL(C)) } },
	{ .name = NULL }
};
