/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* Events, tasks and verdicts by number, and what is done with them, for the tests of event. */
#ifndef EVENT_EVENTS_H
#define EVENT_EVENTS_H

#include <linux/string.h>
#include <linux/types.h>

#include "verdict/event.h"

#define STACKS	0xffff000000004000UL

static inline const struct mm_struct *mm(unsigned long n)
{
	return (const struct mm_struct *)(n << 12);
}

static inline const struct task_struct *task(unsigned long n)
{
	return (const struct task_struct *)(n << 13);
}

/* Return: id of an event of task @n; all events have the same start and end. */
static inline u64 id(unsigned long n)
{
	return mmn_event_id(mm(n), task(n), 0x1000, 0x3000);
}

/* An event of task @n. Its range lies @depth bytes below the top of its stack. */
static inline struct mmn_event_identity event(unsigned long n, unsigned long depth)
{
	unsigned long top = STACKS + (n << 20);

	return (struct mmn_event_identity){
		.task = task(n), .top = top, .range = top - depth, .id = id(n),
	};
}

static inline struct mmn_verdict verdict(unsigned int n)
{
	return (struct mmn_verdict){ .event = n, .cause = 2 * n, .effects = 3, .flags = 1 };
}

static inline bool is(const struct mmn_verdict *v, unsigned int n)
{
	return v->event == n && v->cause == 2 * n && v->effects == 3 && v->flags == 1;
}

/* Return: the @nth task after @n with the same home slot; @n itself for 0. */
static inline unsigned long neighbour(unsigned long n, unsigned int nth)
{
	unsigned long i = n;

	while (nth)
		nth -= mmn_event_home(task(++i)) == mmn_event_home(task(n));
	return i;
}

static inline void forget_all(void)
{
	memset(mmn_event_table, 0, sizeof(mmn_event_table));
}

static inline struct mmn_event *opens(struct mmn_event_identity e, unsigned long site)
{
	struct mmn_frame_pos at = { .pc = site, .sp = 1000, .bp = 2000 };

	return mmn_event_open(&e, at, true);
}

/* A non-blockable start, which may be refused. */
static inline void opens_weak(struct mmn_event_identity e, unsigned long site)
{
	mmn_event_open(&e, (struct mmn_frame_pos){ .pc = site }, false);
}

static inline void closes(struct mmn_event_identity e)
{
	struct mmn_event *slot = mmn_event_find(&e);

	if (slot)
		mmn_event_close(slot, e.range);
}

static inline bool finds(struct mmn_event_identity e, bool at_end, struct mmn_event_snapshot *seen)
{
	return mmn_event_read(&e, at_end, seen);
}

static inline bool reads(struct mmn_event_identity e, unsigned long site)
{
	struct mmn_event_snapshot seen;

	return finds(e, false, &seen) && seen.site.pc == site;
}

/* Does an end callback find the record of the hook, with verdict @n? */
static inline bool reads_end(struct mmn_event_identity e, unsigned int n)
{
	struct mmn_event_snapshot seen;

	return finds(e, true, &seen) && seen.classified && is(&seen.verdict, n);
}

/* Looks an event up and stores a verdict, as a callback does. Return: true if it was found. */
static inline bool judge(struct mmn_event_identity e, unsigned int n)
{
	struct mmn_event_snapshot seen;

	if (!finds(e, false, &seen))
		return false;
	seen.verdict = verdict(n);
	mmn_event_set_verdict(&seen);
	return true;
}

static inline bool keep(struct mmn_event_identity e, unsigned int v, const void *object, bool ends)
{
	struct mmn_verdict what = verdict(v);

	return mmn_event_keep(mmn_event_home(e.task), &e, 5, &what, object, ends, 0);
}

static inline void cancel(struct mmn_event_identity e, const void *object)
{
	mmn_event_cancel(&e, object);
}

static inline bool ends_with(struct mmn_event_identity e, unsigned int v)
{
	struct mmn_verdict what;
	unsigned long site;

	return mmn_event_end(&e, &site, &what) && site == 5 && is(&what, v);
}

static inline bool has_end(struct mmn_event_identity e)
{
	struct mmn_verdict what;
	unsigned long site;

	return mmn_event_end(&e, &site, &what);
}

#endif /* EVENT_EVENTS_H */
