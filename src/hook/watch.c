// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch: observers of events that are no clients: enabled tracepoints, and the module
 * parameter watch=1. While there are any, the hook is attached and classifies events.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "hook.h"
#include "process.h"
#include "trace.h"
#include "verdict/flight.h"
#include "verdict/verdict.h"
#include "watch.h"

static atomic_t tracers;
static bool requested;
static bool closed;

/* Guards watching, and writes to the flags above. Taken before hook_lock. */
static DEFINE_MUTEX(watch_lock);
static bool watching;

/* Return: 0, or -ENOMEM if watching cannot begin. */
static int watch_reconcile(void)
{
	bool want;
	int ret = 0;

	mutex_lock(&watch_lock);
	want = !closed && (requested || atomic_read(&tracers));
	if (want && !watching)
		ret = mmn_process_init();
	if (ret) {
		pr_warn_ratelimited("nothing is watched: no memory for the counters of processes (%d)\n",
				    ret);
		want = false;
	}
	if (want && !watching) {
		mmn_hook_get();
		mmn_verdict_set_watched(true);
		mmn_process_start();
	} else if (!want && watching) {
		mmn_verdict_set_watched(false);
		mmn_process_stop();
		mmn_hook_put();
		mmn_flight_reset();
	}
	watching = want;
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
