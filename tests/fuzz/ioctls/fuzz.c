// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * fuzz: random calls to the devices of the tests from two threads, which also close the
 * files and unmap the memory meanwhile. TAP on stdout.
 *
 * Usage: fuzz SEED CALLS ["nobody"]
 *	"nobody": runs as that unprivileged user, with files that root has opened
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"
#include "fuzz.h"
#include "mirror.h"

/*
 * A command, and the words of its argument: an address, a length, something small, a
 * pid.
 */
struct command {
	unsigned long nr;
	const char *words;
};

static const struct command mirror[] = {
	{ MIRROR_IOC_ATTACH, "s" }, { MIRROR_IOC_ATTACH, "s" },
	{ MIRROR_IOC_FOLLOW, "p" }, { MIRROR_IOC_ADD_RANGE, "al" },
	{ MIRROR_IOC_DEL_RANGE, "al" }, { MIRROR_IOC_ACCESS, "als" },
	{ MIRROR_IOC_LOOKUP, "as" }, { MIRROR_IOC_STAT, "sssss" }, { 0, NULL }
};

static const struct command device[] = {
	{ DEVICE_IOC_ATTACH, "s" }, { DEVICE_IOC_ATTACH, "s" },
	{ DEVICE_IOC_ADD_RANGE, "als" }, { DEVICE_IOC_DEL_RANGE, "als" },
	{ DEVICE_IOC_ACCESS, "als" }, { DEVICE_IOC_ACCESS, "als" },
	{ DEVICE_IOC_MIGRATE, "als" }, { DEVICE_IOC_CHECK, "sss" },
	{ DEVICE_IOC_STAT, "ssssssssssssss" }, { 0, NULL }
};

static const struct {
	const char *path;
	const struct command *commands;
} devices[] = {
	{ "/dev/mmn_mirror", mirror }, { "/dev/mmn_svm", device },
	{ "/dev/mmn_userptr", device }, { "/dev/mmn_odp", device },
};

#define DEVICES	4
#define SLOTS	8

/* Open files of both threads; a thread may use a file that the other one closes. */
static int files[SLOTS];
static int contract;
static long calls;
static bool is_nobody;

static unsigned int device_of(unsigned int slot)
{
	return slot % DEVICES;
}

static uint64_t word(struct rng *r, char what)
{
	if (!below(r, 6))
		return odd_number(r);
	switch (what) {
	case 'a':
		return some_address(r);
	case 'l':
		return some_length(r);
	case 'p':
		return below(r, 3) ? below(r, 200) : (uint64_t)getpid();
	default:
		return below(r, 8);
	}
}

static void fill(struct actor *a, const struct command *c, char *to)
{
	uint64_t w;
	size_t i;

	for (i = 0; c->words[i]; i++) {
		w = word(&a->rng, c->words[i]);
		memcpy(to + i * 8, &w, 8);
	}
}

static unsigned long mutated(struct rng *r, unsigned long nr)
{
	switch (below(r, 4)) {
	case 0:
		return nr ^ 1UL << below(r, 32);
	case 1:
		return _IOC(below(r, 4), _IOC_TYPE(nr), below(r, 16), below(r, ROOM));
	case 2:
		return (uint32_t)rng_next(r);
	default:
		return odd_number(r);
	}
}

static void command_step(struct actor *a, unsigned int slot)
{
	const struct command *c = devices[device_of(slot)].commands;
	unsigned int count = 0;
	unsigned long nr;
	char *arg;
	size_t size;

	while (c[count].words)
		count++;
	c += below(&a->rng, count);
	nr = below(&a->rng, 8) ? c->nr : mutated(&a->rng, c->nr);
	size = strlen(c->words) * 8;
	arg = pick_argument(a, size);
	if (is_ours(a, arg, size))
		fill(a, c, arg);
	call(a, __atomic_load_n(&files[slot], __ATOMIC_RELAXED), nr, arg, size);
}

/* Attaches in most cases: no other call succeeds without it. */
static void attach(struct actor *a, unsigned int slot, int fd)
{
	bool is_mirror = devices[device_of(slot)].commands == mirror;
	struct mirror_attach arg = { .tiers = 1 + below(&a->rng, 7) };

	if (!below(&a->rng, 4))
		return;
	if (!is_mirror)
		arg.tiers %= 2;
	memcpy(a->page, &arg, sizeof(arg));
	call(a, fd, is_mirror ? MIRROR_IOC_ATTACH : DEVICE_IOC_ATTACH, a->page,
	     sizeof(arg));
}

/* The other thread may be in a call with the file that is closed. */
static void reopen(struct actor *a, unsigned int slot)
{
	int fd;

	if (is_nobody)
		return;
	fd = __atomic_exchange_n(&files[slot], -1, __ATOMIC_RELAXED);
	if (fd >= 0)
		close(fd);
	fd = open(devices[device_of(slot)].path, O_RDWR | O_CLOEXEC);
	attach(a, slot, fd);
	fd = __atomic_exchange_n(&files[slot], fd, __ATOMIC_RELAXED);
	if (fd >= 0)
		close(fd);
}

/* Calls that the files do not have and that must fail. */
static void other_call(struct actor *a, int fd)
{
	void *p;

	switch (below(&a->rng, 4)) {
	case 0:
		if (write(fd, a->page, below(&a->rng, PG)) >= 0)
			printf("# a device accepts write()\n");
		break;
	case 1:
		p = mmap(NULL, PG, PROT_READ, MAP_SHARED, fd, 0);
		if (p != MAP_FAILED)
			munmap(p, PG);
		break;
	default:
		read_some(a, fd);
	}
	a->calls++;
}

static void memory_step(struct actor *a)
{
	char *p = (char *)some_address(&a->rng);
	size_t len = some_length(&a->rng);
	pid_t pid;

	if (p + len > ARENA + ARENA_PAGES * PG)
		len = ARENA + ARENA_PAGES * PG - p;
	switch (below(&a->rng, 5)) {
	case 0:
		madvise(p, len, MADV_DONTNEED);
		break;
	case 1:
		mprotect(p, len, below(&a->rng, 2) ? PROT_READ : PROT_READ | PROT_WRITE);
		break;
	case 2:
		munmap(p, len);
		break;
	case 3:
		mmap(p, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
		     MAP_FIXED, -1, 0);
		break;
	default:
		if (below(&a->rng, 8))
			break;
		pid = fork();
		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
}

static void *act(void *arg)
{
	struct actor *a = arg;

	while (a->calls < calls) {
		unsigned int slot = below(&a->rng, SLOTS);

		switch (below(&a->rng, 16)) {
		case 0:
			reopen(a, slot);
			break;
		case 1:
			other_call(a, files[slot]);
			break;
		case 2:
		case 3:
			memory_step(a);
			break;
		case 4:
		case 5:
		case 6:
			contract_step(a, contract);
			break;
		default:
			command_step(a, slot);
		}
	}
	return NULL;
}

static void make_actor(struct actor *a, uint64_t seed, unsigned int nr)
{
	a->rng.state = seed * 2 + nr;
	a->page = mmap(NULL, 2 * PG, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	a->frozen = mmap(NULL, PG, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(a->page + PG, PG);
}

static bool refused(void)
{
	unsigned int i;
	bool all = true;

	for (i = 0; i < DEVICES; i++)
		all &= open(devices[i].path, O_RDONLY) < 0 && errno == EACCES;
	return all && open("/dev/mmn_contract", O_RDONLY) < 0 && errno == EACCES;
}

static void result(int nr, bool ok, const char *what)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", nr, what);
}

int main(int argc, char **argv)
{
	struct actor actors[2] = { };
	pthread_t threads[2];
	unsigned int i;
	uint64_t seed;

	if (argc < 3)
		return 2;
	seed = strtoull(argv[1], NULL, 0);
	calls = atol(argv[2]) / 2;
	is_nobody = argc > 3;
	setlinebuf(stdout);
	contract = open("/dev/mmn_contract", O_RDWR | O_CLOEXEC);
	for (i = 0; i < SLOTS; i++)
		files[i] = open(devices[device_of(i)].path, O_RDWR | O_CLOEXEC);
	result(1, contract >= 0 && files[0] >= 0 && files[3] >= 0, "root opens the devices");
	result(2, !is_nobody || (!setgid(65534) && !setuid(65534) && refused()),
	       is_nobody ? "user nobody cannot open the devices" : "the user stays root");
	mmap(ARENA, ARENA_PAGES * PG, PROT_READ | PROT_WRITE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	for (i = 0; i < 2; i++)
		make_actor(&actors[i], seed, i);
	for (i = 0; i < SLOTS; i++)
		attach(&actors[0], i, files[i]);
	for (i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, act, &actors[i]);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	result(3, report_calls(calls / 10),
	       "each errno is a clear one, and no result has a kernel address");
	result(4, contract_end(contract), "no object of the contract device is left");
	printf("1..4\n");
	return 0;
}
