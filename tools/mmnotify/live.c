// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* live: events as they happen, from a trace instance of the tool's own. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <traceevent/event-parse.h>
#include <tracefs/tracefs.h>

#include "census.h"
#include "live.h"
#include "system.h"
#include "util.h"

#define PREFIX		"mmnotify-"
#define LOCK_FILE	"/run/mmnotify.lock"
#define SYSTEM		"mmnotify"
/* No event is lost in a second of 30,000 on one CPU. */
#define BUFFER_KB	4096

volatile sig_atomic_t live_stopped;

static struct tracefs_instance *instance;
static struct tep_handle *tep;
/* While a file of an instance is open, the kernel refuses to remove it. */
static int hold_fd = -1;
static bool want_stacks;
/* Once the instance is removed. */
static unsigned long long lost_at_end;

struct reader {
	live_event_fn fn;
	void *data;
	unsigned long nr;
	/* The last event of each CPU, until its stacks have come. */
	struct pending *pending;
	int cpus;
};

struct pending {
	bool used;
	struct event e;
	struct stack kernel, user;
};

static void on_signal(int nr)
{
	(void)nr;
	live_stopped = 1;
}

void live_catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

struct tep_handle *live_tep(void)
{
	return tep;
}

struct tracefs_instance *live_instance(void)
{
	return instance;
}

unsigned long long live_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

void live_wait(unsigned int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	if (!live_stopped)
		nanosleep(&t, NULL);
}

/* Removing an instance disables its events. A run that is alive holds a file, so it stays. */
static void remove_leftovers(void)
{
	char **names = tracefs_instances("^" PREFIX), *dir, path[256];

	dir = tracefs_get_tracing_file("instances");
	for (int i = 0; names && dir && names[i]; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		if (!rmdir(path))
			warn("removed %s, which a killed run had left", names[i]);
	}
	tracefs_put_tracing_file(dir);
	tracefs_list_free(names);
}

static void remove_instance(void)
{
	if (!instance)
		return;
	tracefs_event_disable(instance, SYSTEM, NULL);
	if (hold_fd >= 0)
		close(hold_fd);
	hold_fd = -1;
	tracefs_instance_destroy(instance);
	tracefs_instance_free(instance);
	instance = NULL;
}

static void make_instance(void)
{
	char name[32];

	snprintf(name, sizeof(name), PREFIX "%d", (int)getpid());
	/* A run that begins at the same time may take the new instance for a leftover. */
	for (int i = 0; i < 3 && hold_fd < 0; i++) {
		instance = tracefs_instance_create(name);
		if (!instance)
			break;
		hold_fd = tracefs_instance_file_open(instance, "tracing_on", O_RDONLY);
		if (hold_fd < 0)
			tracefs_instance_free(instance);
	}
	if (hold_fd < 0)
		die("no trace instance can be made in tracefs: %s: see mmnotify doctor",
		    strerror(errno));
	atexit(remove_instance);
}

static void configure(const struct live_wish *wish)
{
	unsigned long kb = wish->buffer_kb ? wish->buffer_kb : BUFFER_KB;

	tracefs_instance_file_write(instance, "trace_clock", "mono");
	if (tracefs_instance_set_buffer_size(instance, kb, -1))
		warn("a buffer of %lu KB for each CPU cannot be had: %s", kb, strerror(errno));
	if (!wish->stack)
		return;
	want_stacks = true;
	if (tracefs_instance_file_write(instance, "options/stacktrace", "1") < 0)
		warn("this kernel records no stacks");
	/* Old kernels have this one for the whole machine only. */
	tracefs_instance_file_write(instance, "options/userstacktrace", "1");
}

static void set_filter(const char *event, const char *filter)
{
	if (filter && *filter &&
	    tracefs_event_file_write(instance, SYSTEM, event, "filter", filter) < 0)
		die("the kernel refuses the filter '%s'", filter);
}

static void enable(const char *event)
{
	if (tracefs_event_enable(instance, SYSTEM, event))
		die("the tracepoint mmnotify:%s cannot be enabled: %s: see mmnotify doctor", event,
		    strerror(errno));
}

/* Without starts a RELEASE, which has no end, is filtered out of the starts. */
static void enable_events(const struct live_wish *wish)
{
	char filter[600];

	set_filter("invalidate_end", wish->filter);
	enable("invalidate_end");
	if (!wish->starts && !wish->releases)
		return;
	if (wish->starts)
		snprintf(filter, sizeof(filter), "%s", wish->filter ? wish->filter : "");
	else if (wish->filter && *wish->filter)
		snprintf(filter, sizeof(filter), "event == 5 && (%s)", wish->filter);
	else
		snprintf(filter, sizeof(filter), "event == 5");
	set_filter("invalidate_start", filter);
	enable("invalidate_start");
}

/*
 * A tracepoint attaches the hook a moment after it is enabled, watch=1 before its write returns.
 * The parameter is restored at once, under a lock that keeps two runs from restoring each other's
 * value.
 */
static void begin_watching(const struct live_wish *wish)
{
	int lock = open(LOCK_FILE, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	unsigned long watch = 1;

	if (lock >= 0)
		flock(lock, LOCK_EX);
	if (!parameter("watch", &watch) || (!watch && set_parameter("watch", "1")))
		die("watch=1 cannot be set: %s: see mmnotify doctor", strerror(errno));
	enable_events(wish);
	if (!watch)
		set_parameter("watch", "0");
	if (lock >= 0)
		close(lock);
}

/* Without debugfs it is not known. */
static void check_hook(void)
{
	char *hook = debugfs_try("hook"), backend[32];

	if (!hook)
		return;
	key_text(hook, "backend", backend, sizeof(backend));
	need_hook(backend);
	free(hook);
}

void live_begin(const struct live_wish *wish)
{
	static const char *const systems[] = { SYSTEM, "ftrace", NULL };

	need_root();
	need_module();
	check_hook();
	if (!tracefs_tracing_dir())
		die("tracefs cannot be used: mount -t tracefs tracefs /sys/kernel/tracing");
	live_catch_signals();
	remove_leftovers();
	if (!tep)
		tep = tracefs_local_events_system(NULL, systems);
	if (!tep || !tep_find_event_by_name(tep, SYSTEM, "invalidate_end"))
		die("tracefs has no events of mmnotify: see mmnotify doctor");
	if (!wish->no_symbols)
		symbols_from_kernel(tep);
	make_instance();
	configure(wish);
	begin_watching(wish);
}

/* ---- reading ---- */

static void hand_out(struct reader *r, struct pending *p)
{
	if (!p->used)
		return;
	p->used = false;
	r->nr++;
	r->fn(&p->e, p->kernel.nr ? &p->kernel : NULL, p->user.nr ? &p->user : NULL, r->data);
}

static void keep_stack(struct reader *r, struct pending *p, const struct stack *stack)
{
	if (stack->user)
		p->user = *stack;
	else
		p->kernel = *stack;
	if (stack->user)
		hand_out(r, p);
}

static int on_record(struct tep_event *event, struct tep_record *record, int cpu, void *data)
{
	struct reader *r = data;
	struct pending *p = &r->pending[cpu];
	struct stack stack;
	struct event e;

	if (cpu >= r->cpus)
		return 0;
	if (event_decode(event, record, &e)) {
		hand_out(r, p);
		p->e = e;
		p->used = true;
		p->kernel.nr = 0;
		p->user.nr = 0;
		if (!want_stacks)
			hand_out(r, p);
	} else if (want_stacks && p->used && stack_decode(event, record, &stack)) {
		keep_stack(r, p, &stack);
	}
	return 0;
}

unsigned long live_read(live_event_fn fn, void *data)
{
	struct reader r = { .fn = fn, .data = data, .cpus = sysconf(_SC_NPROCESSORS_CONF) };

	r.pending = zalloc(r.cpus * sizeof(*r.pending));
	tracefs_iterate_raw_events(tep, instance, NULL, 0, on_record, &r);
	for (int cpu = 0; cpu < r.cpus; cpu++)
		hand_out(&r, &r.pending[cpu]);
	free(r.pending);
	return r.nr;
}

/* Of one CPU: what was overwritten, and what had no place. */
static unsigned long long lost_on(int cpu)
{
	static const char *const keys[] = { "overrun: ", "commit overrun: ", "dropped events: " };
	unsigned long long sum = 0;
	char name[64], *text, *at;

	snprintf(name, sizeof(name), "per_cpu/cpu%d/stats", cpu);
	text = tracefs_instance_file_read(instance, name, NULL);
	for (unsigned int i = 0; text && i < ARRAY_SIZE(keys); i++) {
		at = strstr(text, keys[i]);
		/* "overrun: " is also the end of "commit overrun: ", which comes later. */
		if (at)
			sum += strtoull(at + strlen(keys[i]), NULL, 10);
	}
	free(text);
	return sum;
}

unsigned long long live_lost(void)
{
	int cpus = sysconf(_SC_NPROCESSORS_CONF);
	unsigned long long sum = 0;

	if (!instance)
		return lost_at_end;
	for (int cpu = 0; cpu < cpus; cpu++)
		sum += lost_on(cpu);
	return sum;
}

void live_end(live_event_fn fn, void *data)
{
	if (!instance)
		return;
	tracefs_event_disable(instance, SYSTEM, NULL);
	if (fn)
		live_read(fn, data);
	lost_at_end = live_lost();
	remove_instance();
}
