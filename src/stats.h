/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_STATS_H
#define MMN_STATS_H

#include <linux/build_bug.h>
#include <linux/percpu.h>
#include <linux/types.h>

#include "rules/rules.h"

struct seq_file;

/* Counters that no verdict carries. */
enum mmn_stat {
	MMN_STAT_HOOK_START,		/* the hook saw a start */
	MMN_STAT_HOOK_END,		/* the hook saw an end */
	MMN_STAT_NO_RECORD,		/* a callback without a record */
	MMN_STAT_UNJUDGED,		/* watched, ended before its names were known */
	MMN_STAT_INEXACT,		/* a verdict that is not exact */
	MMN_STAT_DELIVERED,		/* a client's callback ran */
	MMN_STAT_UNWOUND,		/* steps did not do, the unwinder was asked */
	MMN_NR_STATS
};

/* Not allocated, so that counting is one instruction in the hook, too. */
struct mmn_stats {
	u64 plain[MMN_NR_STATS];
};

DECLARE_PER_CPU(struct mmn_stats, mmn_stats);

static inline void mmn_stats_inc(enum mmn_stat stat)
{
	this_cpu_inc(mmn_stats.plain[stat]);
}

#define MMN_STATS_ROWS	128
/* Powers of two: an index is a shift, and masked it is in bounds. */
#define MMN_STATS_EVENTS	8
#define MMN_STATS_CAUSES	128
#define MMN_STATS_VERDICTS	(2 * MMN_STATS_EVENTS * MMN_STATS_CAUSES)

/* Events by call site, and by verdict: those without a walk of the stack, then those with. */
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
 * @v: its verdict
 * @row: its call site
 * @walked: the verdict took a walk of the stack
 *
 * Context: Any, the hook too.
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
void mmn_stats_show(struct seq_file *m);
void mmn_stats_show_hook(struct seq_file *m);

#endif /* MMN_STATS_H */
