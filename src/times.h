/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_TIMES_H
#define MMN_TIMES_H

#include <linux/limits.h>
#include <linux/types.h>

struct mm_struct;

/**
 * DOC: How long drivers take
 *
 * With timing on, each call of a driver's callback is added to a line: its process, the driver and
 * the cause of the event. A line has the number of calls, their sum and maximum, and a histogram.
 *
 * Drivers have numbers. A number stands for the name of a callback and its module, and is never
 * used for another one, so that lines can be read when the driver is gone.
 *
 * The table of lines has a fixed size, because calls are counted in probes, which cannot allocate.
 * A line is found by a hash of its key, and taken by a cmpxchg. It is never taken from another key
 * there. A work item frees the lines of processes that are not listed any more, and, if room is
 * short, of those that have ended. A line that is freed first loses its key; after a grace period
 * no call that found it before still counts in it, and then it is cleared. So no time is counted
 * for another driver.
 *
 * **Context.** Counting is allowed in any context. All else is for process context.
 */

#define MMN_TIMES_BUCKETS	40
#define MMN_TIMES_WHOLE		U64_MAX	/* pages of the whole address space */
#define MMN_TIMES_NAME		64

/**
 * struct mmn_driver - a driver, by the name of its callback
 * @symbol: name of the callback; for an object of mmnotify the name of the client
 * @module: name of its module; empty if it is the kernel's own
 */
struct mmn_driver {
	char symbol[MMN_TIMES_NAME];
	char module[MMN_TIMES_NAME];
};

/**
 * struct mmn_times - the calls of one driver for one process and one cause
 * @process: mmn_process_id() of the process
 * @driver: number of the driver
 * @cause: enum mmnotify_cause
 * @calls: number of calls that have returned
 * @ns: sum of their times, in ns
 * @max_ns: the longest one, in ns
 * @histogram: calls by time: bucket i has those of 2^i ns up to 2^(i+1) ns, without the latter;
 *	the first one has shorter ones as well, and the last one longer ones
 * @flushes: true if it counts flushes of secondary TLBs: all sizes are in pages then, not in ns,
 *	and the last bucket has the flushes of the whole address space, which are in no other member
 *	but @calls
 */
struct mmn_times {
	u32 process;
	u16 driver;
	u16 cause;
	bool flushes;
	u64 calls;
	u64 ns;
	u64 max_ns;
	u32 histogram[MMN_TIMES_BUCKETS];
};

int mmn_times_init(void);
void mmn_times_exit(void);
void mmn_times_split(void *callback, struct mmn_driver *name);
unsigned int mmn_times_driver(const char *symbol, const char *module);
bool mmn_times_name(unsigned int driver, struct mmn_driver *name);
void mmn_times_add(const struct mm_struct *mm, unsigned int driver, unsigned int cause, u64 ns);
void mmn_times_flush(const struct mm_struct *mm, unsigned int driver, unsigned int cause,
		     u64 pages);
void mmn_times_lose(void);
unsigned int mmn_times_lost(void);
int mmn_times_for_each(int (*fn)(const struct mmn_times *t, void *arg), void *arg);

#endif /* MMN_TIMES_H */
