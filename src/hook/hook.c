// SPDX-License-Identifier: GPL-2.0-only
/*
 * hook: remember who announces an invalidation. Attached while somebody uses it, which
 * is who watches, and clients only where steps do not do; detached a moment after the
 * last, because attaching patches kernel text and detaching waits for every task.
 *
 * Correctness never depends on it: what it does not see is not exact.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/workqueue.h>

#include <mmnotify/mmnotify_types.h>

#include "hook.h"
#include "stack/unwind.h"
#include "stats.h"
#include "verdict/record.h"
#include "verdict/verdict.h"

#define DETACH_DELAY	HZ
#define CHECK_DELAY	(30 * HZ)

/* Guards all below; never taken in the hook. */
static DEFINE_MUTEX(hook_lock);

/* Do clients need it, or do their callbacks find the call site by steps? Set at load. */
bool mmn_hook_for_clients = true;
static const struct mmn_hook_backend *hook_backend;
static unsigned int users;
static bool attached;
static bool chosen;
static bool stuck;
static int attach_error;

static void hook_maintain(struct work_struct *work);
static DECLARE_DELAYED_WORK(maintain_work, hook_maintain);

/* mod_delayed_work() needs its queue by name, and the name differs by kernel. */
static void hook_schedule(unsigned long delay)
{
	lockdep_assert_held(&hook_lock);
	cancel_delayed_work(&maintain_work);
	schedule_delayed_work(&maintain_work, delay);
}

static bool may_get_stuck(void)
{
	return attached && !stuck && hook_backend->is_stuck;
}

static void hook_attach(void)
{
	lockdep_assert_held(&hook_lock);
	if (attached)
		return;
	mmn_verdict_set_recheck(hook_backend->unreliable);
	mmn_verdict_set_hooked(hook_backend->caps & MMNOTIFY_CAP_HOOK);
	attach_error = hook_backend->attach();
	if (attach_error) {
		mmn_verdict_set_hooked(false);
		/* Until then, whoever chooses says what comes instead. */
		if (chosen)
			pr_warn_once("no %s hook (%d): the stack is walked for each event, if it can be; see debugfs mmnotify/hook\n",
				     hook_backend->name, attach_error);
		return;
	}
	attached = true;
	if (may_get_stuck())
		hook_schedule(CHECK_DELAY);
}

/* The kernel's text will call us until it boots again: so we have to stay. */
static void hook_pin_module(void)
{
	stuck = true;
	__module_get(THIS_MODULE);
	pr_err("the kernel has given up ftrace, its warning says why: mmnotify goes on with the hook that it has, and cannot be unloaded before a reboot\n");
}

static void hook_check_stuck(void)
{
	lockdep_assert_held(&hook_lock);
	if (may_get_stuck() && hook_backend->is_stuck())
		hook_pin_module();
}

static void hook_detach(void)
{
	lockdep_assert_held(&hook_lock);
	if (!attached || stuck)
		return;
	if (hook_backend->detach()) {
		hook_pin_module();
		return;
	}
	attached = false;
	/* Records whose end came too late must not be found again. */
	mmn_record_reset();
	mmn_verdict_set_hooked(false);
}

static void hook_maintain(struct work_struct *work)
{
	mutex_lock(&hook_lock);
	if (users)
		hook_check_stuck();
	else
		hook_detach();
	if (may_get_stuck())
		hook_schedule(CHECK_DELAY);
	mutex_unlock(&hook_lock);
}

/**
 * mmn_hook_get() - somebody needs to know call sites
 *
 * Never fails: if the hook cannot be attached, events are not exact.
 *
 * Context: Process, may sleep. Not under mmap_lock nor tracing locks.
 */
void mmn_hook_get(void)
{
	mutex_lock(&hook_lock);
	users++;
	hook_attach();
	mutex_unlock(&hook_lock);
}

/**
 * mmn_hook_put() - somebody no longer needs them
 *
 * Context: As mmn_hook_get().
 */
void mmn_hook_put(void)
{
	mutex_lock(&hook_lock);
	hook_check_stuck();
	if (!--users)
		hook_schedule(DETACH_DELAY);
	mutex_unlock(&hook_lock);
}

/**
 * mmn_hook_caps() - what the hook gives right now
 *
 * Context: Any; a momentary answer.
 * Return: mask of MMNOTIFY_CAP_*.
 */
u32 mmn_hook_caps(void)
{
	return READ_ONCE(attached) ? hook_backend->caps : 0;
}

/**
 * mmn_hook_is_attached() - did attaching work?
 *
 * Context: Any; a momentary answer.
 */
bool mmn_hook_is_attached(void)
{
	return READ_ONCE(attached);
}

/**
 * mmn_hook_init() - try a backend, attach nothing
 * @backend: how to hook
 *
 * Context: Process, at load; again if the last one did not work.
 */
void mmn_hook_init(const struct mmn_hook_backend *backend)
{
	cancel_delayed_work_sync(&maintain_work);
	mutex_lock(&hook_lock);
	hook_detach();
	hook_backend = backend;
	mutex_unlock(&hook_lock);
}

/**
 * mmn_hook_choose() - it works, and stays
 *
 * Context: Process, at load.
 */
void mmn_hook_choose(void)
{
	mutex_lock(&hook_lock);
	chosen = true;
	mutex_unlock(&hook_lock);
}

/**
 * mmn_hook_exit() - detach at once
 *
 * Who finds out only here that it cannot be never returns: text that the kernel still
 * calls may not go. That leaves rmmod waiting, but nothing oopses.
 *
 * Context: Process, at unload: there are no users.
 */
void mmn_hook_exit(void)
{
	cancel_delayed_work_sync(&maintain_work);
	mutex_lock(&hook_lock);
	hook_detach();
	mutex_unlock(&hook_lock);
	while (stuck)
		schedule_timeout_idle(MAX_SCHEDULE_TIMEOUT);
}

/* The state of the hook, for debugfs. */
void mmn_hook_show(struct seq_file *m)
{
	mutex_lock(&hook_lock);
	hook_check_stuck();
	seq_printf(m, "backend %s\n", hook_backend->name);
	seq_printf(m, "attached %d\n", attached);
	seq_printf(m, "clients %s\n", mmn_hook_for_clients ? "hook" : "steps");
	seq_printf(m, "users %u\n", users);
	seq_printf(m, "attach_error %d\n", attach_error);
	seq_printf(m, "stuck %d\n", stuck);
	mutex_unlock(&hook_lock);
	seq_printf(m, "stack_walks %s\n", mmn_unwind_allowed() ? "allowed" : "no");
	seq_printf(m, "watched %d\n", mmn_verdict_is_watched());
	seq_printf(m, "records_live %u\n", mmn_record_live());
	seq_printf(m, "table_full %u\n", mmn_record_full());
	mmn_stats_show_hook(m);
}
