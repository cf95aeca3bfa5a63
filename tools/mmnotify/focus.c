// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* focus: the last events of one process, by operation, by task and by range. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <tracefs/tracefs.h>

#include "event.h"
#include "focus.h"
#include "live.h"
#include "maps.h"
#include "tasks.h"

/* For some 2,000 events of each CPU. */
#define BUFFER_KB	512
#define BLOCK		(2ULL << 20)

static int focused;
static struct table tables[NR_FOCUS];
static unsigned long long events, lost, lost_before;

/* Return: why events cannot be traced, or NULL. The counters need less. */
static const char *refused(void)
{
	const char *dir = tracefs_tracing_dir();
	char path[256];

	if (geteuid())
		return "only root may see tasks and addresses";
	snprintf(path, sizeof(path), "%s/events/mmnotify/invalidate_end/format", dir ? dir : "");
	return dir && !access(path, R_OK) ? NULL : strerror(errno);
}

const char *focus_begin(int tgid)
{
	char filter[40];
	struct live_wish wish = { .filter = filter, .buffer_kb = BUFFER_KB, .no_symbols = true };
	const char *reason = refused();

	focus_end();
	if (reason)
		return reason;
	snprintf(filter, sizeof(filter), "tgid == %d", tgid);
	live_begin(&wish);
	maps_watch(tgid);
	focused = tgid;
	lost_before = 0;
	return NULL;
}

/* Blocks of a huge page: the smallest part of which a device loses a translation at once. */
static void name_range(const struct event *e, char key[KEY_LEN])
{
	unsigned long long from = e->start & ~(BLOCK - 1), to = (e->end + BLOCK - 1) & ~(BLOCK - 1);
	char memory[KIND_LEN];

	if (event_is_all(e)) {
		snprintf(key, KEY_LEN, "all addresses");
		return;
	}
	maps_kind(e->tgid, e->start, e->end, memory);
	snprintf(key, KEY_LEN, "%#llx-%#llx %.50s", from, to, memory);
}

static void note(const struct event *traced, const struct stack *kernel, const struct stack *user,
		 void *data)
{
	struct event e = *traced;
	char key[KEY_LEN];

	(void)kernel;
	(void)user;
	(void)data;
	events++;
	task_of(&e);
	snprintf(key, sizeof(key), "%s%s%s", e.cause, e.behind[0] ? " < " : "", e.behind);
	tally_add(table_get(&tables[FOCUS_OPERATIONS], key), &e);
	snprintf(key, sizeof(key), "%d %s", e.pid, e.task);
	tally_add(table_get(&tables[FOCUS_THREADS], key), &e);
	name_range(&e, key);
	tally_add(table_get(&tables[FOCUS_RANGES], key), &e);
}

static void forget(void)
{
	for (int i = 0; i < NR_FOCUS; i++)
		table_free(&tables[i]);
	events = 0;
}

/* Nothing is recorded meanwhile: a reader might never catch up with a fast process. */
void focus_read(void)
{
	unsigned long long now;

	if (!focused)
		return;
	forget();
	maps_watch(focused);
	tracefs_trace_off(live_instance());
	live_read(note, NULL);
	tracefs_trace_on(live_instance());
	now = live_lost();
	lost = now - lost_before;
	lost_before = now;
	for (int i = 0; i < NR_FOCUS; i++)
		table_sort(&tables[i]);
}

const struct table *focus_table(enum focus_by by)
{
	return &tables[by];
}

unsigned long long focus_events(bool *complete)
{
	*complete = !lost;
	return events;
}

void focus_end(void)
{
	if (!focused)
		return;
	live_end(NULL, NULL);
	forget();
	focused = 0;
}
