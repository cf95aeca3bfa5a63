// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * pairs: eight threads register and unregister objects while other threads invalidate the
 * memory of these objects.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mman.h>

#include "storm.h"

#define THREADS		8
#define INVALIDATORS	2
#define HEAR_EACH	16

static const struct kind {
	const char *name;
	unsigned long cmd;
} kinds[] = {
	{ "ranges", STORM_IOC_RANGE },
	{ "whole mms", STORM_IOC_MM },
	{ "clients, each with a range", STORM_IOC_CLIENT },
};

struct job {
	pthread_t thread;
	const struct kind *kind;
	unsigned int number;
	unsigned long pairs, done;
	int error;
	char *memory;
};

/*
 * With and without end(), waiting or not; a whole mm is shared by all threads or not. Some
 * objects wait for an invalidation and are removed at once, while it still runs.
 */
static void *make_pairs(void *arg)
{
	struct job *j = arg;
	struct storm_objects o = { };

	while (j->done < j->pairs) {
		o.start = (unsigned long)j->memory;
		o.len = (1 + j->done % TRAFFIC_PAGES) * PAGE;
		o.flags = j->done & (STORM_END | STORM_WAIT | STORM_ASYNC);
		if (j->done / 8 % HEAR_EACH == 0)
			o.flags |= STORM_HEAR;
		o.nr = j->done & 1 ? j->number : THREADS;
		j->error = call(j->kind->cmd, &o);
		if (j->error)
			break;
		j->done++;
	}
	return NULL;
}

static unsigned long run(const struct kind *kind, char *p, unsigned long n, int *error)
{
	struct job jobs[THREADS];
	unsigned long done = 0;
	unsigned int i;

	for (i = 0; i < THREADS; i++) {
		jobs[i] = (struct job) {
			.kind = kind, .number = i, .pairs = n / THREADS,
			.memory = p + i % INVALIDATORS * TRAFFIC_PAGES * PAGE,
		};
		if (pthread_create(&jobs[i].thread, NULL, make_pairs, &jobs[i]))
			bail("pthread_create");
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(jobs[i].thread, NULL);
		done += jobs[i].done;
		*error = jobs[i].error ? : *error;
	}
	return done;
}

void storm_pairs(unsigned long n)
{
	char *p = reserve(INVALIDATORS * TRAFFIC_PAGES * PAGE, RW);
	struct storm_counts before, after;
	unsigned long done;
	unsigned int i;
	int error;

	n -= n % THREADS;
	for (i = 0; i < NR(kinds); i++) {
		error = 0;
		before = counts();
		start_traffic(p, INVALIDATORS, 0);
		done = run(&kinds[i], p, n, &error);
		stop_traffic();
		after = counts();
		tap_ok(done == n && !error, "%lu registrations by %u threads: %s", n, THREADS,
		       kinds[i].name);
		if (error)
			note("error %d after %lu", error, done);
		tap_ok(after.told - before.told >= n / HEAR_EACH / THREADS,
		       "callbacks ran during the registrations");
		note("%lu rounds of invalidations, %llu callbacks, %llu ends",
		     traffic_rounds(), after.told - before.told,
		     after.ends - before.ends);
		tap_ok(alive_at_most(0), "no object is left after the registrations");
	}
	munmap(p, INVALIDATORS * TRAFFIC_PAGES * PAGE);
}
