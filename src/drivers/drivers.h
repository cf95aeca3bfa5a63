/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_DRIVERS_H
#define MMN_DRIVERS_H

#include <linux/types.h>

#include "process.h"
#include "times.h"

struct seq_file;

/**
 * struct mmn_driver_line - a driver of a process
 * @process: the process
 * @driver: the driver
 * @notifiers: number of its notifiers on the mm of the process; 0 if @times is not NULL
 * @times: calls of its callbacks for one cause, or flushes of its TLB; NULL in a line that counts
 *	notifiers
 */
struct mmn_driver_line {
	struct mmn_process process;
	struct mmn_driver driver;
	unsigned int notifiers;
	const struct mmn_times *times;
};

int mmn_drivers_for_each(int (*fn)(const struct mmn_driver_line *line, void *arg), void *arg);
const char *mmn_drivers_missing(void);
int mmn_drivers_each_flush(int (*fn)(const struct mmn_driver_line *line, void *arg), void *arg);
void mmn_drivers_show(struct seq_file *m);
void mmn_drivers_show_flushes(struct seq_file *m);

#endif /* MMN_DRIVERS_H */
