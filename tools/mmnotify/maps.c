// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * maps: copies of /proc/PID/maps, two for each process. A thread reads them: the kernel makes a
 * reader wait for an operation that has the mm locked, and that may be the one that hangs.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "live.h"
#include "maps.h"
#include "util.h"

#define PROCESSES	64
/* A copy is good for so long, and an answer is waited for so long. */
#define FRESH_NS	500000000ULL
#define WAIT_NS		100000000L

struct known {
	int tgid;
	unsigned long long read_at;
	struct map now, before;
};

static struct known known[PROCESSES];

/* What the thread does: @wanted is the process that it reads, 0: nothing. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t asked = PTHREAD_COND_INITIALIZER;
static pthread_cond_t answered = PTHREAD_COND_INITIALIZER;
static int wanted;
static char *answer;

static char *read_maps(int tgid)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/maps", tgid);
	return read_file(path, NULL);
}

static void *read_on_demand(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&lock);
	for (;;) {
		int tgid = wanted;
		char *text;

		if (!tgid) {
			pthread_cond_wait(&asked, &lock);
			continue;
		}
		pthread_mutex_unlock(&lock);
		text = read_maps(tgid);
		pthread_mutex_lock(&lock);
		free(answer);
		answer = text;
		wanted = 0;
		pthread_cond_signal(&answered);
	}
	return NULL;
}

/* Return: the text of the maps, or NULL if it does not come in time. */
static char *ask(int tgid)
{
	static pthread_t thread;
	struct timespec until;
	char *text = NULL;

	if (!thread && pthread_create(&thread, NULL, read_on_demand, NULL))
		return NULL;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += WAIT_NS;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&lock);
	/* It still waits for the process before. */
	if (wanted)
		goto out;
	free(answer);
	answer = NULL;
	wanted = tgid;
	pthread_cond_signal(&asked);
	while (wanted && !pthread_cond_timedwait(&answered, &lock, &until))
		;
	if (!wanted) {
		text = answer;
		answer = NULL;
	}
out:
	pthread_mutex_unlock(&lock);
	return text;
}

/* The entry of the process, or the one that was read least recently. */
static struct known *entry_of(int tgid)
{
	struct known *oldest = known;

	for (int i = 0; i < PROCESSES; i++) {
		if (known[i].tgid == tgid)
			return &known[i];
		if (known[i].read_at < oldest->read_at)
			oldest = &known[i];
	}
	map_free(&oldest->now);
	map_free(&oldest->before);
	oldest->tgid = tgid;
	oldest->read_at = 0;
	return oldest;
}

static struct known *refresh(int tgid)
{
	struct known *k = entry_of(tgid);
	unsigned long long now = live_now();
	char *text;

	if (k->read_at && now - k->read_at < FRESH_NS)
		return k;
	text = ask(tgid);
	k->read_at = live_now();
	/* A process that has ended has an empty file, or none. */
	if (!text || !*text) {
		free(text);
		return k;
	}
	map_free(&k->before);
	k->before = k->now;
	map_parse(text, &k->now);
	free(text);
	return k;
}

void maps_watch(int tgid)
{
	refresh(tgid);
}

static const struct region *find(int tgid, unsigned long long start, unsigned long long end)
{
	struct known *k;
	const struct region *region;

	if (tgid <= 0)
		return NULL;
	k = refresh(tgid);
	region = map_find(&k->now, start, end);
	return region ? region : map_find(&k->before, start, end);
}

const char *maps_kind(int tgid, unsigned long long start, unsigned long long end,
		      char buf[KIND_LEN])
{
	const struct region *region = find(tgid, start, end);

	buf[0] = '\0';
	return region ? kind_of(region, buf) : buf;
}

bool maps_place(int tgid, unsigned long long addr, char *file, size_t size,
		unsigned long long *offset)
{
	const struct region *region = find(tgid, addr, addr + 1);

	if (!region || region->name[0] != '/')
		return false;
	snprintf(file, size, "%s", region->name);
	*offset = addr - region->start + region->offset;
	return true;
}
