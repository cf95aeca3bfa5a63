/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * live: events as they happen, from a trace instance of the tool's own, so that other users of
 * tracing notice nothing. The instance is removed at exit, also after a signal; one that a killed
 * run left behind is removed by the next run.
 */
#ifndef LIVE_H
#define LIVE_H

#include <signal.h>
#include <stdbool.h>

#include "event.h"

struct tep_handle;
struct tracefs_instance;

/*
 * @starts: starts of events, too
 * @releases: of the starts at least those that have no end
 * @stack: stacks of kernel and user space behind each event
 * @filter: filter of tracefs for both tracepoints, NULL: none
 * @no_symbols: names of kernel functions are not wanted
 * @buffer_kb: size of the buffer of each CPU, 0: the default
 */
struct live_wish {
	bool starts;
	bool releases;
	bool stack;
	bool no_symbols;
	const char *filter;
	unsigned long buffer_kb;
};

/* Called for each event, in the order of time; @stacks follow it if they were wished for. */
typedef void (*live_event_fn)(const struct event *e, const struct stack *kernel,
			      const struct stack *user, void *data);

/* Set by SIGINT, SIGTERM, SIGHUP and by a reader that went away. */
extern volatile sig_atomic_t live_stopped;

/* live_catch_signals() - from now on signals set live_stopped and do not kill. */
void live_catch_signals(void);

/*
 * live_begin() - make the instance and begin. The hook is attached when it returns: watch=1 is set
 * while the tracepoints are enabled, which then watch by themselves. Dies with one line.
 */
void live_begin(const struct live_wish *wish);

/* live_read() - hand all events that are there to @fn. Return: their number. */
unsigned long live_read(live_event_fn fn, void *data);

/* live_end() - stop, hand the last events to @fn unless it is NULL, and remove the instance. */
void live_end(live_event_fn fn, void *data);

/* live_lost() - number of events that the buffer had no room for, so far. */
unsigned long long live_lost(void);

/* live_tep(), live_instance() - for symbols, and for those who read the buffers themselves. */
struct tep_handle *live_tep(void);
struct tracefs_instance *live_instance(void);

/* live_wait() - sleep until @ms have passed or a signal has come. */
void live_wait(unsigned int ms);

/* live_now() - the clock of the events, ns. */
unsigned long long live_now(void);

#endif /* LIVE_H */
