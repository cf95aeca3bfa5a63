// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* actors: another process, and a worker of io_uring. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "actors.h"

static void obey(struct env *e, void *arg)
{
	const struct actor *o = arg;

	(void)e;
	if (!o->act(o->order))
		_exit(1);
}

void actor_ready(struct env *e, struct actor *o, bool (*act)(const struct order *))
{
	o->order = mmap(NULL, PG, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(e, o->order != MAP_FAILED);
	o->order->to = getpid();
	o->act = act;
	o->process = other_process(e, obey, o);
}

void actor_acts(struct env *e, struct actor *o, char *p, size_t len, int what)
{
	o->order->p = p;
	o->order->len = len;
	o->order->what = what;
	other_does(e, &o->process);
}

pid_t sharer(struct env *e, int *release)
{
	int fds[2];
	pid_t pid;
	char c;

	must(e, !pipe(fds));
	pid = child(e);
	if (!pid) {
		close(fds[1]);
		_exit(read(fds[0], &c, 1) ? 1 : 0);
	}
	close(fds[0]);
	*release = fds[1];
	return pid;
}

void unshare_pages(struct env *e, pid_t pid, int release)
{
	close(release);
	reap(e, pid);
}

void worker_open(struct env *e, struct worker *r)
{
	size_t size;

	/* Proved before the operation begins. */
	has(F_URING_LATER);
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

int worker_do(struct env *e, struct worker *r, const struct io_uring_sqe *sqe)
{
	unsigned int *tail = (unsigned int *)(r->sq + r->params.sq_off.tail);
	unsigned int *array = (unsigned int *)(r->sq + r->params.sq_off.array);
	unsigned int *head = (unsigned int *)(r->cq + r->params.cq_off.head);
	struct io_uring_cqe *cqe;

	need_feature(e, F_URING_LATER);
	r->sqes[0] = *sqe;
	r->sqes[0].flags |= IOSQE_ASYNC;
	array[*tail & (r->params.sq_entries - 1)] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	must(e, syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS,
			NULL, 0) == 1);
	cqe = (struct io_uring_cqe *)(r->cq + r->params.cq_off.cqes);
	cqe += *head & (r->params.cq_entries - 1);
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return cqe->res;
}

int worker_madvise(struct env *e, struct worker *r, void *p, size_t len, int advice)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_MADVISE, .fd = -1, .addr = (uintptr_t)p,
		.len = len, .fadvise_advice = advice,
	};
	int res = worker_do(e, r, &sqe);

	if (res >= 0)
		return 0;
	errno = -res;
	return -1;
}

int advise_process(pid_t pid, void *p, size_t len, int advice)
{
	struct iovec iov = { p, len };
	int fd = syscall(SYS_pidfd_open, pid, 0), saved;
	ssize_t done;

	if (fd < 0)
		return -1;
	done = syscall(SYS_process_madvise, fd, &iov, 1UL, advice, 0);
	saved = errno;
	close(fd);
	errno = done < 0 ? saved : EIO;
	return done == (ssize_t)len ? 0 : -1;
}
