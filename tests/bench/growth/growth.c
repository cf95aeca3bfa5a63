// SPDX-License-Identifier: GPL-2.0-only
/*
 * growth: what an invalidation costs with many objects on one mm, and with objects on
 * many mms. Instructions, as bench counts them; the smallest of some samples.
 *
 * Usage: growth interval|range NR	so many ranges, a page each
 *        growth notifier|mm NR		so many clients of one mm
 *        growth notifiers|mms NR	so many processes with one, we are the last
 * Prints: the words, cost of making one, of taking it away, of invalidating one page,
 * of invalidating all (each per object but the third), bytes of an object.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../bench.h"
#include "../grow/grow.h"

#define PG	4096UL
#define BASE	((char *)0x100000000UL)
#define DEVICE	"/dev/mmn_grow"

static uint64_t discard(char *at, size_t pages)
{
	uint64_t begun = now();

	if (madvise(at, pages * PG, MADV_DONTNEED))
		die("madvise");
	return now() - begun;
}

/* What is there is one page at @touched, if that is not NULL. */
static uint64_t smallest(char *at, size_t pages, char *touched, unsigned int samples)
{
	uint64_t least = ~0ULL, t;

	while (samples--) {
		if (touched)
			*(volatile char *)touched = 1;
		t = discard(at, pages);
		if (t < least)
			least = t;
	}
	return least;
}

static void add(int fd, struct grow_add *a)
{
	if (fd < 0 || ioctl(fd, GROW_IOC_ADD, a))
		die(DEVICE);
}

/* Children with an object on each of their mms; they go with us. */
static void populate(unsigned int kind, unsigned int nr)
{
	struct grow_add a = { .kind = kind, .nr = 1 };
	int ready[2];
	char c;

	if (pipe(ready))
		die("pipe");
	while (nr--) {
		if (!fork()) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			add(open(DEVICE, O_RDWR), &a);
			if (write(ready[1], "", 1) != 1)
				_exit(1);
			pause();
			_exit(0);
		}
		if (read(ready[0], &c, 1) != 1)
			die("a child");
	}
}

static const struct {
	const char *word;
	unsigned int kind;
	int of_mms;
} words[] = {
	{ "interval", GROW_INTERVAL, 0 }, { "range", GROW_RANGE, 0 },
	{ "notifier", GROW_NOTIFIER, 0 }, { "mm", GROW_MM, 0 },
	{ "notifiers", GROW_NOTIFIER, 1 }, { "mms", GROW_MM, 1 },
};

static unsigned int find(const char *word)
{
	unsigned int i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(word, words[i].word))
			return i;
	fprintf(stderr, "growth: no such word: %s\n", word);
	exit(2);
}

static void measure(unsigned int what, unsigned int nr)
{
	struct grow_add a = { .kind = words[what].kind, .nr = nr, .start = (uintptr_t)BASE };
	unsigned int few = nr > 10000 ? 3 : 25, pages = nr;
	uint64_t none, one, all, gone;
	int fd = open(DEVICE, O_RDWR);

	if (words[what].of_mms) {
		populate(a.kind, nr - 1);
		a.nr = 1;
		pages = 1;
	}
	none = smallest(BASE, pages, NULL, few);
	add(fd, &a);
	be_alone();
	one = smallest(BASE + pages / 2 * PG, 1, BASE + pages / 2 * PG, 101);
	all = smallest(BASE, pages, NULL, few);
	if (ioctl(fd, GROW_IOC_DEL, &gone))
		die("remove");
	printf("%s %u %llu %llu %llu %lld %llu\n", words[what].word, nr,
	       (unsigned long long)a.cost / a.nr, (unsigned long long)gone / a.nr,
	       (unsigned long long)one, (long long)(all - none) / a.nr,
	       (unsigned long long)a.bytes);
}

int main(int argc, char **argv)
{
	unsigned int nr = argc == 3 ? atoi(argv[2]) : 0;

	same_addresses(argv);
	if (!nr)
		return 2;
	if (mmap(BASE, nr * PG, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) != BASE)
		die("mmap");
	measure(find(argv[1]), nr);
	return 0;
}
