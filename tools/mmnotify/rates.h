/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* rates: what happened between two snapshots, by process, cause and driver. Pure. */
#ifndef RATES_H
#define RATES_H

#include <stdbool.h>
#include <stdint.h>

#include "net.h"

/*
 * @drivers: which driver has rows of its own, "": none has
 * @nothing: events of causes that change nothing for a device
 * @calls, @callback_ns, @max_ns, @bucket: callbacks, if they are timed
 */
struct rate {
	uint64_t id;
	unsigned int tgid;
	char comm[NET_NAME];
	uint64_t cgroup;
	bool ended;
	unsigned int cause;
	char driver[NET_NAME];
	uint64_t events;
	uint64_t pages;
	uint64_t ns;
	uint64_t nothing;
	uint64_t calls;
	uint64_t callback_ns;
	uint64_t max_ns;
	uint64_t bucket[NET_BUCKETS];
};

enum rates_by { RATES_PROCESS, RATES_CAUSE, RATES_DRIVER };

/* What is counted; 0, NULL or an empty string: all. */
struct rates_filter {
	unsigned int tgid;
	uint64_t id;
	bool (*cgroup)(uint64_t id);
	const char *driver;
	const char *name;
	bool (*wanted)(unsigned int tgid);
};

struct rates {
	struct rate *list;
	unsigned int nr;
	double seconds;
};

/*
 * rates_make() - rows by process, by process and cause, or by process, cause and driver
 * @before: NULL: all that was counted
 */
void rates_make(struct rates *r, const struct net_snapshot *before,
		const struct net_snapshot *now, enum rates_by by, const struct rates_filter *f);
void rates_free(struct rates *r);

/* rates_add() - sum up; names stay those of @to. */
void rates_add(struct rate *to, const struct rate *r);

/* rates_quantile() - time below which the part @q of the callbacks is, ns; 0: none is timed. */
uint64_t rates_quantile(const struct rate *r, double q);

#endif /* RATES_H */
