/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_STATS_H
#define MMN_STATS_H

#include <linux/build_bug.h>
#include <linux/cpumask.h>
#include <linux/percpu.h>
#include <linux/types.h>

#include "rules/rules.h"

struct seq_file;

/**
 * DOC: Counters
 *
 * All counters are per-CPU and grow by this_cpu_inc(), so counting takes no lock and no
 * atomic operation, and is allowed in any context, the hook included. There are two sets:
 *
 *  - struct mmn_stats: single counters, indexed by enum mmn_stat. The variable is static,
 *    so that an increment is one instruction.
 *  - struct mmn_counters: events by call site, and by (walked, event, cause). An event is
 *    counted once, by the first callback that gets its verdict, or by the hook. The arrays
 *    are allocated by mmn_stats_init(), before the first event.
 *
 * Readers (debugfs mmnotify/counters, sites and hook) sum up all possible CPUs without a
 * lock. A sum is not a snapshot: lines of one file may differ by the events in between.
 * Counters are only reset at load, after the self-test.
 */

/* Counters that do not depend on a verdict's event and cause. */
enum mmn_stat {
	MMN_STAT_HOOK_START,		/* starts seen by the hook */
	MMN_STAT_HOOK_END,		/* ends seen by the hook */
	MMN_STAT_NO_RECORD,		/* start callbacks without a record */
	MMN_STAT_INEXACT,		/* verdicts that are not exact */
	MMN_STAT_DELIVERED,		/* callbacks of clients that ran */
	MMN_STAT_UNWOUND,		/* walks by the kernel's unwinder */
	MMN_NR_STATS
};

/* A static per-CPU variable: incrementing it is one instruction, in the hook as well. */
struct mmn_stats {
	u64 plain[MMN_NR_STATS];
};

DECLARE_PER_CPU(struct mmn_stats, mmn_stats);
DECLARE_PER_CPU(u64, mmn_stats_last_number);

static inline void mmn_stats_inc(enum mmn_stat stat)
{
	this_cpu_inc(mmn_stats.plain[stat]);
}

/**
 * mmn_stats_number() - number an event
 *
 * Each CPU counts in steps of the number of CPUs, from its own number on. So no two events have
 * the same number, without a lock, and a number shows nothing about an address.
 *
 * Context: Any, including the hook.
 * Return: a number that no other event has had since the load; not 0.
 */
static inline u64 mmn_stats_number(void)
{
	return this_cpu_add_return(mmn_stats_last_number, nr_cpu_ids);
}

#define MMN_STATS_ROWS	128
/* Powers of two, so that an index is computed by shifts and bounded by a mask. */
#define MMN_STATS_EVENTS	8
#define MMN_STATS_CAUSES	128
#define MMN_STATS_VERDICTS	(2 * MMN_STATS_EVENTS * MMN_STATS_CAUSES)

/* @verdict: events without a stack walk in the first half, with one in the second half. */
struct mmn_counters {
	u64 site[MMN_STATS_ROWS];
	u64 verdict[MMN_STATS_VERDICTS];
};

extern struct mmn_counters __percpu *mmn_counters;

static inline unsigned int mmn_stats_slot(unsigned int event, unsigned int cause, bool walked)
{
	BUILD_BUG_ON(MMNOTIFY_NR_EVENTS > MMN_STATS_EVENTS);
	BUILD_BUG_ON(MMNOTIFY_NR_CAUSES > MMN_STATS_CAUSES);
	return ((walked * MMN_STATS_EVENTS + event) * MMN_STATS_CAUSES + cause) %
	       MMN_STATS_VERDICTS;
}

/**
 * mmn_stats_verdict() - count one event
 * @v: verdict of the event
 * @row: row of the call site in the site table
 * @walked: true if the verdict needed a stack walk
 *
 * Context: Any, including the hook.
 */
static inline void mmn_stats_verdict(const struct mmn_verdict *v, unsigned int row,
				     bool walked)
{
	this_cpu_inc(mmn_counters->site[row % MMN_STATS_ROWS]);
	this_cpu_inc(mmn_counters->verdict[mmn_stats_slot(v->event, v->cause, walked)]);
	if (unlikely(!(v->flags & MMNOTIFY_F_EXACT)))
		mmn_stats_inc(MMN_STAT_INEXACT);
}

int mmn_stats_init(void);
void mmn_stats_exit(void);
void mmn_stats_reset(void);
u64 mmn_stats_site_hits(unsigned int row);
u64 mmn_stats_read(enum mmn_stat stat);
u64 mmn_stats_events(unsigned int event, unsigned int cause, bool walked);
u64 mmn_stats_walks(void);
void mmn_stats_show(struct seq_file *m);
void mmn_stats_show_hook(struct seq_file *m);

#endif /* MMN_STATS_H */
