// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * bench: measures the cost of operations in instructions. Under QEMU's -icount
 * with shift 0 the time stamp counter counts instructions, so one sample is
 * exact. The smallest of many samples is the cost of the operation; the others
 * include an interrupt or a refill of some cache.
 *
 * Usage: bench [-n SAMPLES] [-o OPERATION] [-e] [DEVICE]
 * With DEVICE open (it attaches a notifier to this process), prints one line per
 * operation: name, units, smallest, median, and with -e the number of events in it and
 * of those that needed a walk of the stack ("-" without).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

#define SAMPLES	101
#define BIG	25	/* samples of operations that take millions of instructions */
#define MOST	2001
#define CALM	50000	/* us; an idle VM skips them */
#define DEBUGFS	"/sys/kernel/debug/mmnotify/"

const char *device;
static unsigned int nr_samples;

/* A loop of 2 * LOOPS instructions must be counted as that, plus a few for the clock. */
#define LOOPS	100000U

static void check_clock(void)
{
	uint64_t t, least = ~0ULL;
	unsigned int i, n;

	for (i = 0; i < 20; i++) {
		n = LOOPS;
		t = now();
#ifdef __aarch64__
		__asm__ volatile("1: subs %w0, %w0, #1; b.ne 1b" : "+r"(n) : : "cc");
#else
		__asm__ volatile("1: dec %0; jnz 1b" : "+r"(n) : : "cc");
#endif
		t = now() - t;
		if (t < least)
			least = t;
	}
	if (least + CLOCK_STEP > 2 * LOOPS && least < 2 * LOOPS + 32 + CLOCK_STEP)
		return;
	fprintf(stderr, "bench: the clock does not count instructions: %llu for %u\n",
		(unsigned long long)least, 2 * LOOPS);
	exit(1);
}

static uint64_t sample(const struct op *op, int check)
{
	uint64_t t, begun;

	if (op->big)
		usleep(CALM);
	if (op->prepare)
		op->prepare();
	begun = now();
	op->act();
	t = now();
	t = op->elapsed ? op->elapsed(t) : t - begun;
	if (check && op->check)
		op->check();
	if (op->undo)
		op->undo();
	return t;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/*
 * Reads mmnotify's numbers of events and of walks. After a fork the first write to each
 * page is an event, so do not write before the counters are read.
 */
static void judged(long *events, long *walks)
{
	static char text[65536];
	int fd = open(DEBUGFS "counters", O_RDONLY);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	char *line, *next = text;
	long n;

	close(fd);
	if (len < 0)
		die(DEBUGFS "counters");
	text[len] = 0;
	*events = 0;
	*walks = 0;
	while ((line = strsep(&next, "\n"))) {
		if (sscanf(line, "# walks %ld", &n) == 1)
			*walks = n;
		else if (*line != '#' && sscanf(line, "%*s %*s %ld", &n) == 1)
			*events += n;
	}
}

static void count(const struct op *op, long *events, long *walks)
{
	long before, walked;

	if (op->prepare)
		op->prepare();
	judged(&before, &walked);
	op->act();
	judged(events, walks);
	*events -= before;
	*walks -= walked;
	if (op->undo)
		op->undo();
}

static void run(const struct op *op, int count_events)
{
	unsigned int i, nr = nr_samples ? nr_samples : op->big ? BIG : SAMPLES;
	static uint64_t samples[MOST];
	long events, walks;

	if (op->setup)
		op->setup();
	for (i = 0; i < nr / 4 + 1; i++)
		sample(op, i == 0);
	for (i = 0; i < nr; i++)
		samples[i] = sample(op, 0);
	qsort(samples, nr, sizeof(*samples), compare);
	printf("%s %u %llu %llu ", op->name, op->units,
	       (unsigned long long)samples[0],
	       (unsigned long long)samples[nr / 2]);
	if (count_events) {
		count(op, &events, &walks);
		count(op, &events, &walks);
		printf("%ld %ld\n", op->events ? op->events : events,
		       walks);
	} else {
		puts("- -");
	}
}

int main(int argc, char **argv)
{
	const char *only = NULL;
	const struct op *op;
	int option, count_events = 0;

	same_addresses(argv);
	while ((option = getopt(argc, argv, "n:o:e")) != -1) {
		if (option == 'n')
			nr_samples = atoi(optarg);
		else if (option == 'o')
			only = optarg;
		else if (option == 'e')
			count_events = 1;
		else
			return 2;
	}
	if (nr_samples > MOST)
		return 2;
	device = argv[optind];
	be_alone();
	check_clock();
	if (device && open(device, O_RDWR) < 0)
		die(device);
	for (op = ops; op->name; op++)
		if (!only || !strcmp(only, op->name))
			run(op, count_events);
	return 0;
}
