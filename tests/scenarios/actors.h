/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * actors: who else does an operation to the memory of a scenario: another
 * process, or a worker of io_uring.
 */
#ifndef ACTORS_H
#define ACTORS_H

#include <linux/io_uring.h>

#include "runner.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open		434
#endif
#ifndef SYS_process_madvise
#define SYS_process_madvise	440
#endif

/**
 * struct order - what the other process shall do
 * @to: the process that the memory belongs to
 * @p: its first byte
 * @len: its bytes
 * @what: whatever the two agree on
 */
struct order {
	pid_t to;
	char *p;
	size_t len;
	int what;
};

/**
 * struct actor - a process that waits for its order
 * @process: it
 * @act: what it does
 * @order: shared with it
 */
struct actor {
	struct other process;
	bool (*act)(const struct order *o);
	struct order *order;
};

/* Before the memory is made, so that it is not shared with it. */
void actor_ready(struct env *e, struct actor *o, bool (*act)(const struct order *));
/* Gives the order, whose act() must succeed, and waits for its end. */
void actor_acts(struct env *e, struct actor *o, char *p, size_t len, int what);

/* A child that shares all pages until the last descriptor is closed. */
pid_t sharer(struct env *e, int *release);
void unshare_pages(struct env *e, pid_t pid, int release);

struct worker {
	int fd;
	struct io_uring_params params;
	struct io_uring_sqe *sqes;
	char *sq, *cq;
};

void worker_open(struct env *e, struct worker *r);
/* Return: the result of one request, done by a worker. */
int worker_do(struct env *e, struct worker *r, const struct io_uring_sqe *sqe);
int worker_madvise(struct env *e, struct worker *r, void *p, size_t len, int advice);

/* Return: 0, or -1 with errno; the kernel may refuse the advice. */
int advise_process(pid_t pid, void *p, size_t len, int advice);

#endif /* ACTORS_H */
