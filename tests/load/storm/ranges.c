// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * ranges: very many ranges of one mm, beside a process that uses the same memory. If an
 * insertion fails, the driver removes older ranges.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storm.h"

#define BATCH		1024
#define MOST_ALIVE	(256UL << 10)
#define SPAN		(64UL << 10)
#define HOG_BYTES	(48UL << 20)

/* The OOM killer may kill it; start_hogs() then forks another one. */
static void hog(void)
{
	char *p = reserve(HOG_BYTES, RW);
	size_t i;

	write_file("/proc/self/oom_score_adj", "1000");
	for (;;) {
		for (i = 0; i < HOG_BYTES; i += PAGE)
			p[i]++;
		sleep_us(1000);
		madvise(p, HOG_BYTES / 2, MADV_DONTNEED);
	}
}

static pid_t start_hogs(void)
{
	pid_t keeper = fork(), pid;

	if (keeper < 0)
		bail("fork");
	if (keeper)
		return keeper;
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		pid = fork();
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			hog();
		}
		waitpid(pid, NULL, 0);
		sleep_us(10 * 1000);
	}
}

static struct {
	unsigned long inserted, removed, refused, most, odd;
	int error;
} sum;

static void remove_some(unsigned long n)
{
	struct storm_objects o = { .nr = n };
	int error = call(STORM_IOC_REMOVE, &o);

	sum.error = error ? : sum.error;
	sum.removed += o.nr;
}

/*
 * Inserts one batch. After an error exactly the inserted ranges are alive: nothing is
 * left of a failed insertion.
 */
static void insert_some(char *at, unsigned long n)
{
	struct storm_objects o = {
		.start = (unsigned long)at, .len = PAGE, .nr = n, .flags = STORM_END,
	};
	int error = call(STORM_IOC_INSERT, &o);
	unsigned long alive;

	sum.inserted += o.nr;
	alive = sum.inserted - sum.removed;
	sum.most = alive > sum.most ? alive : sum.most;
	sum.odd += counts().alive != alive;
	if (error == -ENOMEM)
		sum.refused++;
	else
		sum.error = error ? : sum.error;
	if (error == -ENOMEM || alive >= MOST_ALIVE)
		remove_some(alive / 2 + 1);
}

void storm_ranges(unsigned long n)
{
	char *p = reserve((SPAN + BATCH) * PAGE, PROT_NONE);
	size_t busy = 4 * TRAFFIC_PAGES * PAGE;
	struct storm_counts before = counts(), after;
	unsigned long now;
	pid_t hogs;

	/* Between two hogs no process is left to be killed: the insertion has to fail. */
	write_file("/proc/self/oom_score_adj", "-1000");
	hogs = start_hogs();
	/* Ranges lie everywhere, several at each place, also in memory that is invalidated. */
	if (mprotect(p, busy, RW))
		bail("memory for traffic");
	start_traffic(p, 2, 10000);
	while (sum.inserted < n && !sum.error) {
		now = n - sum.inserted;
		insert_some(p + sum.inserted % SPAN * PAGE, now < BATCH ? now : BATCH);
	}
	tap_ok(!sum.error && sum.inserted >= n, "%lu ranges of one mm were inserted",
	       sum.inserted);
	remove_some(sum.inserted);
	stop_traffic();
	kill(-hogs, SIGKILL);
	waitpid(hogs, NULL, 0);
	after = counts();
	tap_ok(!sum.error && sum.removed == sum.inserted,
	       "as many ranges were removed as inserted");
	if (sum.error)
		note("error %d", sum.error);
	tap_ok(!sum.odd, "after each batch as many ranges are alive as inserted and not removed");
	note("at most %lu at once; %lu times -ENOMEM, %llu of them from the driver; %llu callbacks, %llu ends, %lu rounds of invalidations",
	     sum.most, sum.refused, after.no_memory - before.no_memory,
	     after.told - before.told, after.ends - before.ends, traffic_rounds());
	tap_ok(after.told > before.told, "callbacks ran meanwhile");
	if (n >= MOST_ALIVE)
		tap_ok(sum.refused, "insertions failed with -ENOMEM for lack of memory");
	tap_ok(alive_at_most(0), "no object is left");
	munmap(p, (SPAN + BATCH) * PAGE);
}
