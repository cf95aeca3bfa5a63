// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * watch: a watch without a client attaches the hook once; for a tracepoint a work item
 * attaches it; and no work is left at unload.
 */
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include <mmnotify/mmnotify_types.h>

#include "drivers/probes.h"
#include "hook/hook.h"
#include "log.h"
#include "tap.h"
#include "hook/watch.h"
#include "times.h"

struct work_struct *shim_scheduled;
int shim_mutexes_held;

static unsigned int locks;

void shim_preempt(int before)
{
	locks += before == 2;
}

static int hooks;
static bool watching, following;
/* Set by a call without the lock, or without the hook. */
static bool wrong;

static int no_memory;

bool shim_unlocked;
static bool timed;
static int no_probes;
static s64 now;

s64 ktime_get_boottime_seconds(void)
{
	return now;
}

int mmn_times_init(void)
{
	wrong |= shim_mutexes_held != 1 || !watching;
	return no_memory;
}

int mmn_probes_start(void)
{
	wrong |= shim_mutexes_held != 1 || !watching || !following || timed;
	timed = !no_probes;
	return no_probes;
}

void mmn_probes_stop(void)
{
	wrong |= shim_mutexes_held != 1 || !watching || !following || !timed;
	timed = false;
}

int mmn_process_init(void)
{
	wrong |= hooks || shim_mutexes_held != 1;
	return no_memory;
}

void mmn_process_start(void)
{
	wrong |= !watching || following;
	following = true;
}

void mmn_process_stop(void)
{
	wrong |= watching || !following;
	following = false;
}

static unsigned int resets;

void mmn_flight_reset(void)
{
	wrong |= watching || hooks;
	resets++;
}

static u32 caps = MMNOTIFY_CAP_HOOK | MMNOTIFY_CAP_FTRACE;

u32 mmn_hook_caps(void)
{
	return hooks ? caps : 0;
}

void mmn_hook_get(void)
{
	wrong |= watching || shim_mutexes_held != 1;
	hooks++;
}

void mmn_hook_put(void)
{
	wrong |= watching || following || shim_mutexes_held != 1;
	hooks--;
}

void mmn_verdict_set_watched(bool on)
{
	wrong |= !hooks || shim_mutexes_held != 1;
	watching = on;
}

static void run_scheduled(void)
{
	struct work_struct *work = shim_scheduled;

	shim_scheduled = NULL;
	if (work)
		work->func(work);
}

static bool is_watched(bool yes)
{
	return hooks == yes && watching == yes && following == yes && !wrong &&
	       !shim_mutexes_held && !shim_unlocked;
}

static void test_parameter(void)
{
	mmn_watch_set(true);
	ok(is_watched(true), "the parameter attaches the hook, then sets it to watching");
	mmn_watch_set(true);
	ok(is_watched(true), "setting the parameter again changes nothing");
	mmn_watch_set(false);
	ok(is_watched(false) && resets == 1,
	   "clearing the parameter detaches the hook in the reverse order");
	mmn_watch_set(false);
	ok(is_watched(false) && !shim_scheduled, "clearing the parameter again changes nothing");
}

static void test_no_memory(void)
{
	no_memory = -ENOMEM;
	ok(mmn_watch_set(true) == -ENOMEM && is_watched(false) &&
	   strstr(logged, "nothing is watched"), "without memory for counters nothing is watched");
	no_memory = 0;
	mmn_watch_tracer_on();
	run_scheduled();
	mmn_watch_tracer_off();
	run_scheduled();
	ok(is_watched(false), "nor after a tracepoint that was enabled later");
	ok(!mmn_watch_set(true) && is_watched(true), "the next attempt succeeds");
	mmn_watch_set(false);
}

static void test_tracers(void)
{
	ok(!mmn_watch_tracer_on(), "a tracepoint can be enabled");
	ok(is_watched(false) && shim_scheduled, "enabling it only schedules a work item");
	run_scheduled();
	ok(is_watched(true), "the work item attaches the hook");
	mmn_watch_tracer_on();
	run_scheduled();
	ok(is_watched(true), "a second tracepoint shares the hook");
	mmn_watch_tracer_off();
	run_scheduled();
	ok(is_watched(true), "the hook stays while one of two tracepoints is enabled");
	mmn_watch_tracer_off();
	ok(is_watched(true) && shim_scheduled,
	   "disabling the last tracepoint schedules the work item");
	run_scheduled();
	ok(is_watched(false), "the work item detaches the hook");
	mmn_watch_tracer_on();
	mmn_watch_tracer_off();
	run_scheduled();
	ok(is_watched(false), "enabling and disabling before the work item runs changes nothing");
}

static void test_both(void)
{
	mmn_watch_set(true);
	mmn_watch_tracer_on();
	run_scheduled();
	ok(is_watched(true), "the parameter and a tracepoint share the hook");
	mmn_watch_set(false);
	ok(is_watched(true), "the hook stays for the tracepoint");
	mmn_watch_set(true);
	mmn_watch_tracer_off();
	run_scheduled();
	ok(is_watched(true), "the hook stays for the parameter");
}

static void test_timing(void)
{
	ok(!mmn_watch_time(true) && is_watched(true) && timed, "timing watches, then times");
	ok(!mmn_watch_time(true) && timed, "a second user shares it");
	mmn_watch_set(true);
	mmn_watch_time(false);
	ok(is_watched(true) && timed, "it goes on for the other one");
	mmn_watch_time(false);
	ok(is_watched(true) && !timed, "without users nothing is timed, and watch=1 goes on");
	mmn_watch_set(false);
	ok(is_watched(false), "until it ends");
	no_probes = -EOPNOTSUPP;
	ok(mmn_watch_time(true) == -EOPNOTSUPP && is_watched(false) && !timed &&
	   strstr(logged, "not available here"), "where it is not available nothing is watched");
	no_probes = -EINVAL;
	ok(mmn_watch_time(true) == -EINVAL && is_watched(false) && !timed &&
	   strstr(logged, "a probe cannot be attached (-22)"), "nor without a probe");
	no_probes = 0;
	caps = 0;
	ok(mmn_watch_time(true) == -EOPNOTSUPP && is_watched(false) && !timed &&
	   strstr(logged, "load mmnotify with hook=auto"), "nor without a hook");
	caps = MMNOTIFY_CAP_HOOK;
	ok(!mmn_watch_time(true) && is_watched(true) && timed, "the next attempt succeeds");
	mmn_watch_time(false);
	ok(is_watched(false) && !timed, "and ends");
	mmn_watch_time(true);
}

static void test_observers(void)
{
	unsigned int taken;
	s64 when;

	now = 50;
	taken = locks;
	ok(!mmn_watch_since(&when) && locks == taken,
	   "nothing is watched since any time, which a reader knows without a lock");
	ok(!mmn_watch_observe(true) && is_watched(true), "an observer attaches the hook");
	now = 60;
	ok(!mmn_watch_observe(true) && mmn_watch_since(&when) && when == 50,
	   "with a second one it is watched since the first one came");
	mmn_watch_set(true);
	ok(!mmn_watch_observe(false) && !mmn_watch_observe(false) && is_watched(true),
	   "the hook stays for the parameter");
	mmn_watch_observe(true);
	mmn_watch_set(false);
	ok(is_watched(true), "and for an observer");
	ok(!mmn_watch_observe(false) && is_watched(false) && !mmn_watch_since(&when),
	   "without either it is detached");
	no_memory = -ENOMEM;
	ok(mmn_watch_observe(true) == -ENOMEM && is_watched(false),
	   "without memory for counters there is no observer");
	no_memory = 0;
	mmn_watch_set(true);
	mmn_watch_set(false);
	ok(is_watched(false), "to be removed");
	ok(!mmn_watch_observe(true) && mmn_watch_since(&when) && when == 60 && is_watched(true),
	   "the time is that of the last begin");
	mmn_watch_observe(false);
}

static void test_exit(void)
{
	mmn_watch_tracer_on();
	mmn_watch_exit();
	ok(is_watched(false) && !timed,
	   "exit detaches the hook though parameter and tracepoint are on");
	ok(!shim_scheduled, "no work item is pending after exit");
	mmn_watch_tracer_off();
	mmn_watch_tracer_on();
	ok(!shim_scheduled, "a tracepoint schedules no work item after exit");
	mmn_watch_set(true);
	ok(is_watched(false), "the parameter does not attach the hook after exit");
}

int main(void)
{
	test_parameter();
	test_no_memory();
	test_tracers();
	test_observers();
	test_both();
	test_timing();
	test_exit();
	return tap_done();
}
