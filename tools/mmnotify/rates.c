// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* rates: what happened between two snapshots. */
#include <stdlib.h>
#include <string.h>

#include "rates.h"
#include "util.h"

/* Announced although nothing changes for a device: docs/causes.md has effects none. */
static bool changes_nothing(unsigned int cause)
{
	return !strcmp(net_cause(cause), "numa_hint");
}

static const struct net_process *find_process(const struct net_snapshot *s, uint64_t id)
{
	for (unsigned int i = 0; s && i < s->nr_processes; i++)
		if (s->processes[i].id == id)
			return &s->processes[i];
	return NULL;
}

static struct net_count count_of(const struct net_process *p, unsigned int cause)
{
	for (unsigned int i = 0; p && i < p->nr; i++)
		if (p->counts[i].cause == cause)
			return p->counts[i];
	return (struct net_count){ 0 };
}

/* Rows come in the same order again, so that the next one is mostly the one behind @hint. */
static const struct net_driver *find_driver(const struct net_snapshot *s,
					    const struct net_driver *d, unsigned int *hint)
{
	for (unsigned int n = 0, i = *hint; s && n < s->nr_drivers; n++, i++) {
		const struct net_driver *o = &s->drivers[i % s->nr_drivers];

		if (o->process != d->process || o->cause != d->cause || o->notifiers ||
		    strcmp(o->symbol, d->symbol) || strcmp(o->module, d->module))
			continue;
		*hint = i % s->nr_drivers + 1;
		return o;
	}
	return NULL;
}

static bool wants(const struct rates_filter *f, const struct net_process *p)
{
	return (!f->tgid || f->tgid == p->tgid) && (!f->id || f->id == p->id) &&
	       (!f->cgroup || f->cgroup(p->cgroup)) &&
	       (!f->name || strstr(p->comm, f->name)) && (!f->wanted || f->wanted(p->tgid));
}

/* The driver of a row: its module, or the name of a callback of the kernel itself. */
static const char *driver_name(const struct net_driver *d)
{
	return *d->module ? d->module : d->symbol;
}

static bool wants_driver(const struct rates_filter *f, const struct net_driver *d)
{
	return !f->driver || !strcmp(d->module, f->driver) || !strcmp(d->symbol, f->driver);
}

static struct rate *row_of(struct rates *r, const struct net_process *p, enum rates_by by,
			   unsigned int cause, const char *driver)
{
	struct rate *row;

	cause = by == RATES_PROCESS ? 0 : cause;
	driver = by == RATES_DRIVER ? driver : "";
	for (unsigned int i = r->nr; i--;) {
		row = &r->list[i];
		if (row->id == p->id && row->cause == cause && !strcmp(row->driver, driver))
			return row;
	}
	if (!(r->nr & (r->nr - 1)))
		r->list = regrow(r->list, (r->nr ? 2 * r->nr : 1) * sizeof(*r->list));
	row = &r->list[r->nr++];
	*row = (struct rate){
		.id = p->id, .tgid = p->tgid, .cgroup = p->cgroup, .ended = p->until,
		.cause = cause,
	};
	strcpy(row->comm, p->comm);
	strcpy(row->driver, driver);
	return row;
}

static void add_process(struct rates *r, const struct net_snapshot *before,
			const struct net_process *p, enum rates_by by)
{
	const struct net_process *old = find_process(before, p->id);

	for (unsigned int i = 0; i < p->nr; i++) {
		const struct net_count *c = &p->counts[i];
		struct net_count was = count_of(old, c->cause);
		struct rate *row;

		if (c->events <= was.events)
			continue;
		row = row_of(r, p, by, c->cause, "");
		row->events += c->events - was.events;
		row->pages += c->pages - was.pages;
		row->ns += c->ns - was.ns;
		if (changes_nothing(c->cause))
			row->nothing += c->events - was.events;
	}
}

/* The longest one of an interval is not known, but its bucket is. */
static uint64_t longest(const struct rate *one, uint64_t max)
{
	for (int i = NET_BUCKETS - 1; i >= 0; i--)
		if (one->bucket[i])
			return max < 2ULL << i ? max : 2ULL << i;
	return max;
}

static void add_driver(struct rates *r, const struct net_snapshot *before,
		       const struct net_snapshot *now, const struct net_driver *d, enum rates_by by,
		       const struct rates_filter *f, unsigned int *hint)
{
	const struct net_process *p = find_process(now, d->process);
	const struct net_driver *old = find_driver(before, d, hint);
	struct rate one = { .calls = d->calls - (old ? old->calls : 0) };

	if (!p || !wants(f, p) || !wants_driver(f, d) || !one.calls)
		return;
	one.callback_ns = d->ns - (old ? old->ns : 0);
	for (int i = 0; i < NET_BUCKETS; i++)
		one.bucket[i] = d->bucket[i] - (old ? old->bucket[i] : 0);
	one.max_ns = longest(&one, d->max_ns);
	rates_add(row_of(r, p, by, d->cause, driver_name(d)), &one);
}

void rates_make(struct rates *r, const struct net_snapshot *before,
		const struct net_snapshot *now, enum rates_by by, const struct rates_filter *f)
{
	uint64_t since = before ? before->info.now_ns : now->info.since * 1000000000ULL;

	unsigned int hint = 0;

	*r = (struct rates){ .seconds = (now->info.now_ns - since) / 1e9 };
	for (unsigned int i = 0; i < now->nr_processes && !f->driver; i++)
		if (wants(f, &now->processes[i]))
			add_process(r, before, &now->processes[i], by);
	for (unsigned int i = 0; i < now->nr_drivers; i++)
		if (!now->drivers[i].notifiers)
			add_driver(r, before, now, &now->drivers[i], by, f, &hint);
}

void rates_free(struct rates *r)
{
	free(r->list);
	*r = (struct rates){ 0 };
}

void rates_add(struct rate *to, const struct rate *r)
{
	to->events += r->events;
	to->pages += r->pages;
	to->ns += r->ns;
	to->nothing += r->nothing;
	to->calls += r->calls;
	to->callback_ns += r->callback_ns;
	if (r->max_ns > to->max_ns)
		to->max_ns = r->max_ns;
	for (int i = 0; i < NET_BUCKETS; i++)
		to->bucket[i] += r->bucket[i];
}

uint64_t rates_quantile(const struct rate *r, double q)
{
	double rank = q * r->calls;
	uint64_t seen = 0;

	for (int i = 0; i < NET_BUCKETS; i++) {
		if (r->bucket[i] && seen + r->bucket[i] >= rank) {
			double part = (rank - seen) / r->bucket[i];
			uint64_t low = i ? 1ULL << i : 0, value = low + part * ((2ULL << i) - low);

			return r->max_ns && value > r->max_ns ? r->max_ns : value;
		}
		seen += r->bucket[i];
	}
	return 0;
}
