// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * drivers: which drivers a process has, and how long their callbacks take: the lines of debugfs
 * mmnotify/drivers.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "drivers.h"
#include "layout.h"
#include "process.h"
#include "rules/names.h"
#include "times.h"

typedef int (*line_fn)(const struct mmn_driver_line *line, void *arg);

/* The line is too large for the stack. */
struct reader {
	line_fn fn;
	void *arg;
	bool flushes;
	struct mmn_driver_line line;
	struct mmn_notifiers kinds[MMN_LAYOUT_KINDS];
};

static int read_mm(struct reader *r, const struct mmn_process_mm *of)
{
	unsigned int nr = mmn_layout_read(of->mm, r->kinds), i;
	int ret = 0;

	r->line.process = of->process;
	r->line.times = NULL;
	for (i = 0; !ret && i < nr; i++) {
		mmn_times_split(r->kinds[i].callback, &r->line.driver);
		r->line.notifiers = r->kinds[i].count;
		ret = r->fn(&r->line, r->arg);
	}
	return ret;
}

static int read_mms(struct reader *r)
{
	struct mmn_process_mm *mms;
	int nr = mmn_process_mms(&mms), ret = 0, i;

	if (nr < 0)
		return nr;
	for (i = 0; !ret && i < nr; i++)
		ret = read_mm(r, &mms[i]);
	mmn_process_put_mms(mms, nr);
	return ret;
}

static int read_times(const struct mmn_times *t, void *arg)
{
	struct reader *r = arg;

	if (t->flushes != r->flushes)
		return 0;
	if (mmn_process_by_id(t->process, &r->line.process) == MMN_PROCESS_GONE)
		return 0;
	mmn_times_name(t->driver, &r->line.driver);
	r->line.notifiers = 0;
	r->line.times = t;
	return r->fn(&r->line, r->arg);
}

/* Flushes concern the lines of times only, and not the notifiers. */
static int read_lines(line_fn fn, void *arg, bool flushes)
{
	struct reader *r = kzalloc(sizeof(*r), GFP_KERNEL);
	int ret;

	if (!r)
		return -ENOMEM;
	r->fn = fn;
	r->arg = arg;
	r->flushes = flushes;
	ret = flushes ? 0 : read_mms(r);
	if (!ret)
		ret = mmn_times_for_each(read_times, r);
	kfree(r);
	return ret;
}

/**
 * mmn_drivers_for_each() - call a function for each driver of each process
 * @fn: the function; it may sleep, and ends the loop if it does not return 0
 * @arg: its last argument
 *
 * The notifiers of all processes come first, then the times.
 *
 * Context: Process, may sleep.
 * Return: what the last call of @fn returned; 0 if there are no lines; -ENOMEM.
 */
int mmn_drivers_for_each(line_fn fn, void *arg)
{
	return read_lines(fn, arg, false);
}

/**
 * mmn_drivers_each_flush() - call a function for each driver whose secondary TLB was flushed
 * @fn: as in mmn_drivers_for_each()
 * @arg: its last argument
 *
 * Context: Process, may sleep.
 * Return: as mmn_drivers_for_each().
 */
int mmn_drivers_each_flush(line_fn fn, void *arg)
{
	return read_lines(fn, arg, true);
}

/**
 * mmn_drivers_missing() - why the drivers of processes are not known
 *
 * Context: Any, after the load.
 * Return: the reason; NULL if they are known.
 */
const char *mmn_drivers_missing(void)
{
	return mmn_layout_missing();
}

static void show_histogram(struct seq_file *m, const struct mmn_times *t)
{
	char between = ' ';
	unsigned int i;

	for (i = 0; i < MMN_TIMES_BUCKETS; i++) {
		if (!t->histogram[i])
			continue;
		seq_printf(m, "%c%u:%u", between, i, t->histogram[i]);
		between = ',';
	}
}

static void show_times(struct seq_file *m, const struct mmn_times *t)
{
	seq_printf(m, " - %s %llu %llu %llu", mmn_names_cause(t->cause), t->calls, t->ns,
		   t->max_ns);
	show_histogram(m, t);
}

static void show_driver(struct seq_file *m, const struct mmn_driver_line *line)
{
	seq_printf(m, "%u ", line->process.tgid);
	seq_escape(m, line->driver.symbol, " \t\n\\");
	seq_printf(m, " %s", *line->driver.module ? line->driver.module : "-");
}

static void show_process(struct seq_file *m, const struct mmn_driver_line *line)
{
	seq_putc(m, ' ');
	seq_escape(m, line->process.comm, " \t\n\\");
	seq_putc(m, '\n');
}

static int show_line(const struct mmn_driver_line *line, void *arg)
{
	struct seq_file *m = arg;

	show_driver(m, line);
	if (line->times)
		show_times(m, line->times);
	else
		seq_printf(m, " %u - - - - -", line->notifiers);
	show_process(m, line);
	return 0;
}

static int show_flushes(const struct mmn_driver_line *line, void *arg)
{
	const struct mmn_times *t = line->times;
	struct seq_file *m = arg;

	show_driver(m, line);
	seq_printf(m, " %s %llu %u %llu %llu", mmn_names_cause(t->cause), t->calls,
		   t->histogram[MMN_TIMES_BUCKETS - 1], t->ns, t->max_ns);
	show_process(m, line);
	return 0;
}

/**
 * mmn_drivers_show() - print the drivers of all processes
 * @m: seq_file of debugfs mmnotify/drivers
 *
 * Context: Process, may sleep.
 */
void mmn_drivers_show(struct seq_file *m)
{
	seq_puts(m, "# tgid driver module notifiers cause calls ns max_ns histogram comm\n");
	if (mmn_drivers_missing())
		seq_printf(m, "# not available here: %s\n", mmn_drivers_missing());
	if (mmn_drivers_for_each(show_line, m))
		seq_puts(m, "# incomplete: no memory\n");
	seq_printf(m, "# untimed %u\n", mmn_times_lost());
}

/**
 * mmn_drivers_show_flushes() - print the flushes of secondary TLBs
 * @m: seq_file of debugfs mmnotify/tlb
 *
 * Context: Process, may sleep.
 */
void mmn_drivers_show_flushes(struct seq_file *m)
{
	seq_puts(m, "# tgid driver module cause flushes whole pages max_pages comm\n");
	if (mmn_drivers_missing())
		seq_printf(m, "# not available here: %s\n", mmn_drivers_missing());
	if (mmn_drivers_each_flush(show_flushes, m))
		seq_puts(m, "# incomplete: no memory\n");
}
