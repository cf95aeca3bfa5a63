// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * contract: objects of /dev/mmn_contract, which has to be used as a driver may use the API: it
 * uses no object after its removal and does not confuse the kinds. Within that, random calls.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "contract.h"
#include "fuzz.h"

/* Without flags that wait for ever, that are wrong use, or that remove an object. */
#define FLAGS	(CONTRACT_END | CONTRACT_RELEASE | CONTRACT_TWO_PASS | \
		 CONTRACT_NO_FINISH | CONTRACT_REFUSE | CONTRACT_LAST_OWNER | \
		 CONTRACT_SECOND)

static struct {
	bool there;
	unsigned int kind;
	unsigned int users;
} objects[CONTRACT_OBJECTS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static unsigned long known[] = {
	CONTRACT_IOC_DEL, CONTRACT_IOC_ASYNC, CONTRACT_IOC_UNREGISTER, CONTRACT_IOC_GET,
	CONTRACT_IOC_OPEN, CONTRACT_IOC_MOVE, CONTRACT_IOC_BEGIN, CONTRACT_IOC_RETRY,
};

static void add(struct actor *a, int fd)
{
	struct contract_object *o = (void *)a->page;
	struct rng *r = &a->rng;
	int id;

	*o = (struct contract_object){
		.start = below(r, 8) ? some_address(r) : odd_number(r),
		.len = below(r, 8) ? some_length(r) : odd_number(r),
		.kind = below(r, 16) ? below(r, 3) : odd_number(r),
		.flags = rng_next(r) & FLAGS,
		.effects = below(r, 2) ? 0 : rng_next(r),
	};
	id = call(a, fd, CONTRACT_IOC_ADD, o, sizeof(*o));
	if (id < 0)
		return;
	objects[id].there = true;
	objects[id].kind = o->kind;
	objects[id].users = 1;
}

/* A call with an id that no object can have. */
static void wrong_id(struct actor *a, int fd)
{
	struct contract_object *o = (void *)a->page;
	struct rng *r = &a->rng;
	unsigned long cmd = known[below(r, ARRAY_SIZE(known))];
	uint32_t id = odd_number(r);

	o->id = id < CONTRACT_OBJECTS ? id + CONTRACT_OBJECTS : id;
	if (_IOC_SIZE(cmd))
		call(a, fd, cmd, o, sizeof(*o));
	else
		call(a, fd, cmd, (void *)(odd_number(r) | CONTRACT_OBJECTS), 0);
}

static void of_range(struct actor *a, int fd, unsigned int id)
{
	struct contract_object *o = (void *)a->page;
	struct rng *r = &a->rng;

	*o = (struct contract_object){
		.start = below(r, 8) ? some_address(r) : odd_number(r),
		.len = below(r, 8) ? some_length(r) : odd_number(r),
		.seq = odd_number(r), .id = id,
	};
	switch (below(r, 4)) {
	case 0:
		call(a, fd, CONTRACT_IOC_MOVE, o, sizeof(*o));
		break;
	case 1:
		call(a, fd, CONTRACT_IOC_BEGIN, o, sizeof(*o));
		break;
	case 2:
		call(a, fd, CONTRACT_IOC_RETRY, o, sizeof(*o));
		break;
	default:
		call(a, fd, CONTRACT_IOC_ASYNC, (void *)(uintptr_t)id, 0);
		objects[id].there = false;
	}
}

static void of_mm(struct actor *a, int fd, unsigned int id)
{
	if (below(&a->rng, 2)) {
		if (call(a, fd, CONTRACT_IOC_GET, (void *)(uintptr_t)id, 0) == 1)
			objects[id].users++;
	} else if (!call(a, fd, CONTRACT_IOC_UNREGISTER, (void *)(uintptr_t)id, 0)) {
		objects[id].there = false;
	}
}

static void delete(struct actor *a, int fd, unsigned int id)
{
	if (!call(a, fd, CONTRACT_IOC_DEL, (void *)(uintptr_t)id, 0) &&
	    !--objects[id].users)
		objects[id].there = false;
}

static void of_object(struct actor *a, int fd)
{
	unsigned int id = below(&a->rng, CONTRACT_OBJECTS);
	struct contract_counts *c = (void *)a->page;

	if (!objects[id].there)
		return;
	switch (below(&a->rng, 4)) {
	case 0:
		delete(a, fd, id);
		break;
	case 1:
		c->id = id;
		call(a, fd, CONTRACT_IOC_COUNTS, c, sizeof(*c));
		break;
	default:
		if (objects[id].kind == CONTRACT_RANGE)
			of_range(a, fd, id);
		else if (objects[id].kind == CONTRACT_MM)
			of_mm(a, fd, id);
	}
}

/*
 * Reads the log, with a valid buffer or not, and lets the device write to an address. Only
 * arguments that were set are passed: the device would write to a stale address.
 */
static void other(struct actor *a, int fd)
{
	struct contract_log *log = (void *)a->page;
	struct contract_self *self = (void *)a->page;
	void *arg = pick_argument(a, sizeof(*log));

	if (below(&a->rng, 2)) {
		log->buf = (uintptr_t)pick_argument(a, PG);
		log->nr = below(&a->rng, 2) ? below(&a->rng, 16) : odd_number(&a->rng);
		call(a, fd, CONTRACT_IOC_READ, is_ours(a, arg, 0) || is_arena(arg) ? log : arg,
		     sizeof(*log));
	} else {
		self->addr = below(&a->rng, 2) ? some_address(&a->rng) :
					 (uintptr_t)odd_pointer(&a->rng);
		self->reclaim = below(&a->rng, 2);
		self->nested = odd_number(&a->rng);
		call(a, fd, CONTRACT_IOC_SELF, self, sizeof(*self));
	}
}

void contract_step(struct actor *a, int fd)
{
	pthread_mutex_lock(&lock);
	switch (below(&a->rng, 8)) {
	case 0:
		add(a, fd);
		break;
	case 1:
		wrong_id(a, fd);
		break;
	case 2:
		other(a, fd);
		break;
	case 3:
		call(a, fd, CONTRACT_IOC_SYNC, pick_argument(a, 0), 0);
		break;
	default:
		of_object(a, fd);
	}
	pthread_mutex_unlock(&lock);
}

/* Return: true if all objects could be removed and none is left. */
bool contract_end(int fd)
{
	unsigned int id, left = 0;

	for (id = 0; id < CONTRACT_OBJECTS; id++)
		while (objects[id].there) {
			ioctl(fd, CONTRACT_IOC_DEL, (unsigned long)id);
			objects[id].there = --objects[id].users;
		}
	ioctl(fd, CONTRACT_IOC_SYNC, 0);
	for (id = 0; id < CONTRACT_OBJECTS; id++)
		left += ioctl(fd, _IO('c', 99), (unsigned long)id) >= 0 || errno != ENOENT;
	printf("# %u objects left\n", left);
	return !left;
}
