// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* call: one system call with a random argument, and a check of its result. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fuzz.h"

/* Errnos that a call may return; each describes an error in the arguments. */
static const int clear[] = {
	0, EFAULT, EINVAL, EOVERFLOW, ENXIO, ENOENT, EBUSY, ENOTTY, ESRCH, EPERM,
	EOPNOTSUPP, ENOMEM, ENOSPC, EBADF, EINTR, EAGAIN, EALREADY, EEXIST, ERANGE,
};

static long answers[4096];
static long odd, leaks;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

uint64_t odd_number(struct rng *r)
{
	static const uint64_t known[] = {
		0, 1, 7, PG - 1, PG + 1, 1UL << 31, 1UL << 32, (1UL << 32) - 1,
		4UL << 30, (4UL << 30) + PG, 1UL << 46, (1UL << 47) - PG, 1UL << 47,
		1UL << 63, ~0UL, ~0UL - PG + 1, 0xffff888000000000UL,
		0xffffffff81000000UL,
	};

	if (below(r, 4))
		return known[below(r, ARRAY_SIZE(known))];
	return rng_next(r) >> below(r, 64);
}

/* Never points into the program or its heap: devices write to the address they get. */
void *odd_pointer(struct rng *r)
{
	uint64_t number = odd_number(r);

	if (number >= 16 * PG && number < 1UL << 40)
		number |= 1UL << 45;
	return (void *)number;
}

uint64_t some_address(struct rng *r)
{
	return (uintptr_t)ARENA + below(r, ARENA_PAGES) * PG;
}

uint64_t some_length(struct rng *r)
{
	return (1 + below(r, ARENA_PAGES / 2)) * PG;
}

/* Mostly an address with @size writable bytes; else one of several without. */
void *pick_argument(struct actor *a, size_t size)
{
	switch (below(&a->rng, 16)) {
	case 0:
		return NULL;
	case 1:
		/* The last bytes are behind the page. */
		return a->page + PG - (size ? below(&a->rng, size) : 0);
	case 2:
		return a->frozen;
	case 3:
		return (void *)some_address(&a->rng);
	case 4:
		return odd_pointer(&a->rng);
	default:
		return a->page + below(&a->rng, PG - (size < PG ? size : PG - 1));
	}
}

static bool is_clear(int error)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(clear); i++)
		if (clear[i] == error)
			return true;
	return false;
}

static bool is_kernel_address(uint64_t word)
{
	return word >= 0xffff800000000000UL && word < ~0UL - PG;
}

/*
 * Return: true if a kernel address has appeared. If the upper half of the word did not
 * change, an int was written over an odd number (FIGETBSZ), not an address.
 */
static bool leaks_address(const char *before, const char *after, size_t size)
{
	uint64_t was, is;
	size_t i;

	for (i = 0; i + 8 <= size; i += 8) {
		memcpy(&was, before + i, 8);
		memcpy(&is, after + i, 8);
		if (was >> 32 != is >> 32 && is_kernel_address(is))
			return true;
	}
	return false;
}

static void note(int error, bool leak, unsigned long cmd)
{
	pthread_mutex_lock(&lock);
	answers[error & 4095]++;
	if (!is_clear(error)) {
		odd++;
		printf("# command %#lx: error %d\n", cmd, error);
	}
	if (leak) {
		leaks++;
		printf("# command %#lx: returned a kernel address\n", cmd);
	}
	pthread_mutex_unlock(&lock);
}

/* Return: result of ioctl(), or -errno. @arg is compared only in the actor's own page. */
int call(struct actor *a, int fd, unsigned long cmd, void *arg, size_t size)
{
	char before[PG];
	bool ours = is_ours(a, arg, size);
	int ret;

	if (ours)
		memcpy(before, arg, size);
	ret = ioctl(fd, cmd, arg);
	if (ret < 0)
		ret = -errno;
	note(ret < 0 ? -ret : 0, ours && leaks_address(before, arg, size), cmd);
	a->calls++;
	return ret;
}

/* Reads from any device, also from those without read(). */
void read_some(struct actor *a, int fd)
{
	char before[PG];
	size_t size = below(&a->rng, 4) ? below(&a->rng, PG) : odd_number(&a->rng), look;
	char *to = pick_argument(a, size);
	ssize_t got;

	look = is_ours(a, to, 0) ? a->page + PG - to : 0;
	memcpy(before, to, look);
	/* The raw call: the C library must not check that the buffer is mapped. */
	got = syscall(0 /* read */, fd, to, size);
	note(got < 0 ? errno : 0, leaks_address(before, to, look), 0);
	a->calls++;
}

/* Return: true if all errnos were clear, and at least @least calls succeeded. */
bool report_calls(long least)
{
	unsigned int i;

	for (i = 0; i < 4096; i++)
		if (answers[i])
			printf("# %ld times %s\n", answers[i], i ? strerror(i) : "success");
	printf("# %ld unexpected errnos, %ld kernel addresses\n", odd, leaks);
	return !odd && !leaks && answers[0] >= least;
}
