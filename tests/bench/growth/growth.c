// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * growth: cost of an invalidation with many objects on one mm, and with objects on
 * many mms. In instructions, as bench counts them; the smallest of some samples.
 *
 * Usage: growth interval|range NR	NR ranges of a page each
 *        growth notifier|mm NR		NR clients of one mm
 *        growth notifiers|mms NR	NR processes with one each, the last one measures
 *        growth plain|deep DEPTH	nested events: none (1), or the split of a huge
 *					page during the zap of one of its pages (2)
 * Prints: the arguments, cost of creating an object, of removing it, of invalidating one
 * page, of invalidating all (each per object but the third), bytes of an object.
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
#define HUGE	(2UL << 20)
#define BASE	((char *)0x100000000UL)
#define DEVICE	"/dev/mmn_grow"

static uint64_t discard(char *at, size_t pages)
{
	uint64_t begun = now();

	if (madvise(at, pages * PG, MADV_DONTNEED))
		die("madvise");
	return now() - begun;
}

/* If @touched is not NULL, only this page is present. */
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

/* Creates children with an object on each of their mms; they exit with this process. */
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

enum what { OF_OBJECTS, OF_MMS, OF_EVENTS };

static const struct {
	const char *word;
	unsigned int kind;
	enum what what;
} words[] = {
	{ "interval", GROW_INTERVAL, OF_OBJECTS }, { "range", GROW_RANGE, OF_OBJECTS },
	{ "notifier", GROW_NOTIFIER, OF_OBJECTS }, { "mm", GROW_MM, OF_OBJECTS },
	{ "notifiers", GROW_NOTIFIER, OF_MMS }, { "mms", GROW_MM, OF_MMS },
	{ "plain", GROW_NOTIFIER, OF_EVENTS }, { "deep", GROW_MM, OF_EVENTS },
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

static char *huge_page(void)
{
	char *at = mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);

	if (at == MAP_FAILED)
		die("mmap");
	at = (char *)(((uintptr_t)at + HUGE - 1) & ~(HUGE - 1));
	if (madvise(at, HUGE, MADV_HUGEPAGE))
		die("MADV_HUGEPAGE");
	return at;
}

/* Zaps a page of a huge page: the event of the split is nested in that of the zap. */
static uint64_t discard_part(char *huge)
{
	discard(huge, HUGE / PG);
	*(volatile char *)huge = 1;
	return discard(huge + HUGE / 2, 1);
}

static void measure_depth(unsigned int what, unsigned int depth)
{
	struct grow_add a = { .kind = words[what].kind, .nr = 1 };
	uint64_t least = ~0ULL, t;
	char *huge = huge_page();
	unsigned int i;

	add(open(DEVICE, O_RDWR), &a);
	be_alone();
	if (depth == 1)
		least = smallest(BASE, 1, BASE, 101);
	for (i = 0; depth == 2 && i < 101; i++) {
		t = discard_part(huge);
		if (t < least)
			least = t;
	}
	printf("%s %u 0 0 %llu 0 %llu\n", words[what].word, depth,
	       (unsigned long long)least, (unsigned long long)a.bytes);
}

static void measure(unsigned int what, unsigned int nr)
{
	struct grow_add a = { .kind = words[what].kind, .nr = nr, .start = (uintptr_t)BASE };
	unsigned int few = nr > 10000 ? 3 : 25, pages = nr;
	uint64_t none, one, all, gone;
	int fd = open(DEVICE, O_RDWR);

	if (words[what].what == OF_MMS) {
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
	unsigned int nr = argc == 3 ? atoi(argv[2]) : 0, what;

	same_addresses(argv);
	if (!nr)
		return 2;
	if (mmap(BASE, nr * PG, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) != BASE)
		die("mmap");
	what = find(argv[1]);
	(words[what].what == OF_EVENTS ? measure_depth : measure)(what, nr);
	return 0;
}
