// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * process_show: debugfs mmnotify/processes.
 */
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>

#include <mmnotify/mmnotify_types.h>

#include "process.h"
#include "rules/names.h"

static void show_count(struct seq_file *m, const struct mmn_process_entry *e, unsigned int cause)
{
	struct mmn_process_count c;

	mmn_process_read_count(e, cause, &c);
	if (!c.events)
		return;
	seq_printf(m, "%u %llu %lld ", e->process.tgid, e->process.cgroup, e->since);
	if (e->ended)
		seq_printf(m, "%lld", e->until);
	else
		seq_putc(m, '-');
	seq_printf(m, " %s %llu %llu %llu ", mmn_names_cause(cause), c.events, c.pages, c.ns);
	seq_escape(m, e->process.comm, " \t\n\\");
	seq_putc(m, '\n');
}

/**
 * mmn_process_show() - print the counters of all processes
 * @m: seq_file of debugfs mmnotify/processes
 *
 * Context: Process.
 */
void mmn_process_show(struct seq_file *m)
{
	struct mmn_process_entry e;
	struct mmn_process_walk w;
	unsigned int cause;

	seq_puts(m, "# tgid cgroup since until cause events pages ns comm\n");
	mmn_process_begin(&w);
	for (; mmn_process_read(&w, &e); w.at++)
		for (cause = 0; cause < MMNOTIFY_NR_CAUSES; cause++)
			show_count(m, &e, cause);
	seq_printf(m, "# uptime %lld\n", (s64)ktime_get_boottime_seconds());
	seq_printf(m, "# without_entry %llu\n", mmn_process_without_entry());
}
