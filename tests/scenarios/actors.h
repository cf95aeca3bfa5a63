/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * actors: operations on the memory of a scenario that are done outside of its process:
 * by another process, or by a worker of io_uring.
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
 * struct order - the operation that the other process has to do
 * @to: pid of the process that owns the memory
 * @p: first byte of the memory, as an address in the process @to
 * @len: length of the memory in bytes
 * @what: an argument for act(), or a state that both processes set
 */
struct order {
	pid_t to;
	char *p;
	size_t len;
	int what;
};

/**
 * struct actor - a process that waits for its order
 * @process: the forked process and the pipe that starts it
 * @act: the operation; returns true on success
 * @order: argument of @act, in memory that both processes share
 */
struct actor {
	struct other process;
	bool (*act)(const struct order *o);
	struct order *order;
};

/* Call it before the scenario maps its memory, so that the fork() does not share it. */
void actor_ready(struct env *e, struct actor *o, bool (*act)(const struct order *));
/* Gives the order, fails the scenario unless act() succeeds, and waits until it is done. */
void actor_acts(struct env *e, struct actor *o, char *p, size_t len, int what);

/* Forks a child that shares all pages until @release is closed. */
pid_t sharer(struct env *e, int *release);
void unshare_pages(struct env *e, pid_t pid, int release);

struct worker {
	int fd;
	struct io_uring_params params;
	struct io_uring_sqe *sqes;
	char *sq, *cq;
};

void worker_open(struct env *e, struct worker *r);
/* Return: the result of one request that a worker of io_uring has executed. */
int worker_do(struct env *e, struct worker *r, const struct io_uring_sqe *sqe);
int worker_madvise(struct env *e, struct worker *r, void *p, size_t len, int advice);

/* Return: 0, or -1 with errno; the kernel may refuse the advice. */
int advise_process(pid_t pid, void *p, size_t len, int advice);

#endif /* ACTORS_H */
