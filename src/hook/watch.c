// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * watch: observers of events that are no clients: enabled tracepoints, the module parameters
 * watch=1 and timing=1, and sockets of generic netlink. While there are any, the hook is attached
 * and classifies events. Callbacks of drivers are timed while timing has users.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include <asm/barrier.h>

#include <mmnotify/mmnotify_types.h>

#include "drivers/probes.h"
#include "hook.h"
#include "process.h"
#include "times.h"
#include "trace.h"
#include "verdict/flight.h"
#include "verdict/verdict.h"
#include "watch.h"

static atomic_t tracers;
static bool requested;
static bool closed;
/* Users of timing, which are observers, too. */
static unsigned int timers;
/* Observers that mmn_watch_observe() counts. */
static unsigned int observers;

/* Guards watching, timing, and writes to the variables above. Taken before hook_lock. */
static DEFINE_MUTEX(watch_lock);
static bool timing;
/* When watching began, in seconds of the clock of /proc/uptime. */
static s64 since;
/* Readers of these two do without the lock. */
static bool watching;

/* The times of callbacks belong to events, which only a hook shows. */
static bool no_hook(void)
{
	if (mmn_hook_caps() & MMNOTIFY_CAP_HOOK)
		return false;
	pr_warn_ratelimited("callbacks are not timed: no hook is attached (%d): load mmnotify with hook=auto, see debugfs mmnotify/hook\n",
			    -EOPNOTSUPP);
	return true;
}

static int timing_begin(void)
{
	int ret;

	if (no_hook())
		return -EOPNOTSUPP;
	ret = mmn_times_init();
	if (!ret)
		ret = mmn_probes_start();
	if (ret == -EOPNOTSUPP)
		pr_warn_ratelimited("callbacks are not timed: not available here (%d): see debugfs mmnotify/drivers\n",
				    ret);
	else if (ret)
		pr_warn_ratelimited("callbacks are not timed: a probe cannot be attached (%d)\n",
				    ret);
	return ret;
}

/* The probes need events in flight. Return: 0, or an errno if timing cannot begin. */
static int timing_reconcile(bool want)
{
	int ret = 0;

	lockdep_assert_held(&watch_lock);
	if (want && !timing)
		ret = timing_begin();
	else if (!want && timing)
		mmn_probes_stop();
	timing = want && !ret;
	return ret;
}

/* Return: 0, or an errno if watching or timing cannot begin. */
static int watch_reconcile(void)
{
	bool want;
	int ret = 0;

	mutex_lock(&watch_lock);
	want = !closed && (requested || observers || timers || atomic_read(&tracers));
	if (closed || !timers)
		timing_reconcile(false);
	if (want && !watching)
		ret = mmn_process_init();
	if (ret) {
		pr_warn_ratelimited("nothing is watched: no memory for the counters of processes (%d)\n",
				    ret);
		want = false;
	}
	if (want && !watching) {
		WRITE_ONCE(since, ktime_get_boottime_seconds());
		mmn_hook_get();
		mmn_verdict_set_watched(true);
		mmn_process_start();
	} else if (!want && watching) {
		mmn_verdict_set_watched(false);
		mmn_process_stop();
		mmn_hook_put();
		mmn_flight_reset();
	}
	/* Pairs with the acquire in mmn_watch_since(). */
	smp_store_release(&watching, want);
	if (want && timers)
		ret = timing_reconcile(true);
	mutex_unlock(&watch_lock);
	return ret;
}

static void watch_reconcile_work(struct work_struct *work)
{
	watch_reconcile();
}

static DECLARE_WORK(watch_work, watch_reconcile_work);

/*
 * The kernel calls this and mmn_watch_tracer_off() under tracepoints_mutex. Starting the
 * function-graph tracer takes that mutex inside ftrace_lock, which attaching takes, too.
 * So attach from a work item.
 */
int mmn_watch_tracer_on(void)
{
	atomic_inc(&tracers);
	if (!READ_ONCE(closed))
		schedule_work(&watch_work);
	return 0;
}

/* Tracepoints that are enabled at unload are disabled after mmn_watch_exit(). */
void mmn_watch_tracer_off(void)
{
	atomic_dec(&tracers);
	if (!READ_ONCE(closed))
		schedule_work(&watch_work);
}

static void request(bool on)
{
	mutex_lock(&watch_lock);
	requested = on;
	mutex_unlock(&watch_lock);
}

/**
 * mmn_watch_set() - switch watch=1 on or off
 * @on: true to watch; the hook is attached when the function returns, if it can be
 *
 * Context: Process, may sleep.
 * Return: 0, or -ENOMEM if watching cannot begin.
 */
int mmn_watch_set(bool on)
{
	int ret;

	request(on);
	ret = watch_reconcile();
	/* The next tracepoint must not leave on what the parameter shows as off. */
	if (ret)
		request(false);
	return ret;
}

/* @users: timers or observers */
static void count_users(unsigned int *users, int more)
{
	mutex_lock(&watch_lock);
	*users += more;
	mutex_unlock(&watch_lock);
}

/**
 * mmn_watch_time() - add or remove a user of timing
 * @on: true to time callbacks; they are timed when the function returns
 *
 * Events are watched while there are users.
 *
 * Context: Process, may sleep.
 * Return: 0, or an errno if timing cannot begin: then there is no user to remove.
 */
int mmn_watch_time(bool on)
{
	int ret;

	count_users(&timers, on ? 1 : -1);
	ret = watch_reconcile();
	if (!ret || !on)
		return 0;
	count_users(&timers, -1);
	watch_reconcile();
	return ret;
}

/**
 * mmn_watch_observe() - add or remove an observer
 * @on: true to add one; the hook is attached when the function returns, if it can be
 *
 * Context: Process, may sleep.
 * Return: 0, or -ENOMEM if watching cannot begin: then there is no observer to remove.
 */
int mmn_watch_observe(bool on)
{
	int ret;

	count_users(&observers, on ? 1 : -1);
	ret = watch_reconcile();
	if (!ret || !on)
		return 0;
	count_users(&observers, -1);
	return ret;
}

/**
 * mmn_watch_since() - tell when watching began
 * @when: filled with the time in seconds of the clock of /proc/uptime
 *
 * Takes no lock, as mmn_hook_read().
 *
 * Context: Any.
 * Return: false if nothing is watched.
 */
bool mmn_watch_since(s64 *when)
{
	/* Pairs with the release in watch_reconcile(). */
	bool on = smp_load_acquire(&watching);

	*when = READ_ONCE(since);
	return on;
}

/**
 * mmn_watch_exit() - end all observation
 *
 * Context: Process, may sleep; at unload.
 */
void mmn_watch_exit(void)
{
	mutex_lock(&watch_lock);
	WRITE_ONCE(closed, true);
	mutex_unlock(&watch_lock);
	cancel_work_sync(&watch_work);
	watch_reconcile();
}
