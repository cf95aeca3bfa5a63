// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * stats: per-CPU counters, summed up when they are read.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "rules/names.h"
#include "stats.h"

struct mmn_counters __percpu *mmn_counters;
DEFINE_PER_CPU(struct mmn_stats, mmn_stats);
DEFINE_PER_CPU(u64, mmn_stats_last_number);

int mmn_stats_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(mmn_stats_last_number, cpu) = cpu;
	mmn_counters = alloc_percpu(struct mmn_counters);
	return mmn_counters ? 0 : -ENOMEM;
}

void mmn_stats_exit(void)
{
	free_percpu(mmn_counters);
}

/**
 * mmn_stats_reset() - set all counters to 0
 *
 * A concurrent increment may be lost.
 *
 * Context: Process, at load, after the self-test has counted its events.
 */
void mmn_stats_reset(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		memset(per_cpu_ptr(mmn_counters, cpu), 0, sizeof(struct mmn_counters));
		memset(per_cpu_ptr(&mmn_stats, cpu), 0, sizeof(struct mmn_stats));
	}
}

u64 mmn_stats_read(enum mmn_stat stat)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(&mmn_stats, cpu)->plain[stat]);
	return sum;
}

u64 mmn_stats_site_hits(unsigned int row)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(mmn_counters, cpu)->site[row % MMN_STATS_ROWS]);
	return sum;
}

/**
 * mmn_stats_events() - count the events of one kind
 * @event: enum mmnotify_event
 * @cause: enum mmnotify_cause
 * @walked: true for those that needed a stack walk, false for the others
 *
 * Context: Any.
 * Return: their number since the load.
 */
u64 mmn_stats_events(unsigned int event, unsigned int cause, bool walked)
{
	unsigned int slot = mmn_stats_slot(event, cause, walked);
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(mmn_counters, cpu)->verdict[slot]);
	return sum;
}

/**
 * mmn_stats_walks() - count the events that needed a stack walk
 *
 * Context: Any.
 * Return: their number since the load.
 */
u64 mmn_stats_walks(void)
{
	unsigned int event, cause;
	u64 sum = 0;

	for (event = 0; event < MMNOTIFY_NR_EVENTS; event++)
		for (cause = 0; cause < MMNOTIFY_NR_CAUSES; cause++)
			sum += mmn_stats_events(event, cause, true);
	return sum;
}

/*
 * Contents of debugfs mmnotify/counters: the number of events by event and cause, and how
 * many of them needed a stack walk. Combinations that did not occur are left out.
 */
void mmn_stats_show(struct seq_file *m)
{
	unsigned int event, cause;
	u64 sum, walked;

	seq_puts(m, "# event cause count walked\n");
	for (event = 0; event < MMNOTIFY_NR_EVENTS; event++) {
		for (cause = 0; cause < MMNOTIFY_NR_CAUSES; cause++) {
			walked = mmn_stats_events(event, cause, true);
			sum = mmn_stats_events(event, cause, false) + walked;
			if (sum)
				seq_printf(m, "%s %s %llu %llu\n",
					   mmn_names_event(event),
					   mmn_names_cause(cause), sum, walked);
		}
	}
	seq_printf(m, "# inexact %llu\n", mmn_stats_read(MMN_STAT_INEXACT));
	seq_printf(m, "# delivered %llu\n", mmn_stats_read(MMN_STAT_DELIVERED));
	seq_printf(m, "# walks %llu\n", mmn_stats_walks());
	seq_printf(m, "# unwound %llu\n", mmn_stats_read(MMN_STAT_UNWOUND));
}

void mmn_stats_show_hook(struct seq_file *m)
{
	seq_printf(m, "starts %llu\n", mmn_stats_read(MMN_STAT_HOOK_START));
	seq_printf(m, "ends %llu\n", mmn_stats_read(MMN_STAT_HOOK_END));
	seq_printf(m, "no_record %llu\n", mmn_stats_read(MMN_STAT_NO_RECORD));
}
