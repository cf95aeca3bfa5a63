// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch: whoever needs to see events without being a client, by a tracepoint or
 * by the module parameter. They need the hook attached and judging for itself.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "hook.h"
#include "trace.h"
#include "verdict/verdict.h"
#include "watch.h"

static atomic_t tracers;
static bool asked;
static bool closed;

/* Guards watching; taken before the hook's lock. */
static DEFINE_MUTEX(watch_lock);
static bool watching;

static void watch_reconcile(void)
{
	bool want;

	mutex_lock(&watch_lock);
	want = !closed && (asked || atomic_read(&tracers));
	if (want && !watching) {
		mmn_hook_get();
		mmn_verdict_set_watched(true);
	} else if (!want && watching) {
		mmn_verdict_set_watched(false);
		mmn_hook_put();
	}
	watching = want;
	mutex_unlock(&watch_lock);
}

static void watch_reconcile_work(struct work_struct *work)
{
	watch_reconcile();
}

static DECLARE_WORK(watch_work, watch_reconcile_work);

/*
 * The kernel calls these under tracepoints_mutex. Starting the function-graph
 * tracer takes that inside ftrace's lock, which attaching needs: so not here.
 */
int mmn_watch_tracer_on(void)
{
	atomic_inc(&tracers);
	if (!READ_ONCE(closed))
		schedule_work(&watch_work);
	return 0;
}

/* Events that are still enabled at unload are disabled after our exit. */
void mmn_watch_tracer_off(void)
{
	atomic_dec(&tracers);
	if (!READ_ONCE(closed))
		schedule_work(&watch_work);
}

/**
 * mmn_watch_set() - the administrator needs counters without a client
 * @on: whether
 *
 * Context: Process, may sleep; returns with the hook attached.
 */
void mmn_watch_set(bool on)
{
	mutex_lock(&watch_lock);
	asked = on;
	mutex_unlock(&watch_lock);
	watch_reconcile();
}

/**
 * mmn_watch_exit() - nobody watches any more
 *
 * Context: Process, at unload.
 */
void mmn_watch_exit(void)
{
	mutex_lock(&watch_lock);
	WRITE_ONCE(closed, true);
	mutex_unlock(&watch_lock);
	cancel_work_sync(&watch_work);
	watch_reconcile();
}
