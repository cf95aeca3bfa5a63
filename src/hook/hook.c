// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * hook: attaches and detaches the hook. The overview is in hook.h.
 *
 * It is attached while it has users: observers, and clients where callbacks cannot find the
 * call site by frame steps, or where hook= is not auto. Attaching patches kernel text and
 * detaching waits for every task, so it is only detached one second after the last user.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/workqueue.h>

#include <mmnotify/mmnotify_types.h>

#include "compat/trust.h"
#include "hook.h"
#include "stack/unwind.h"
#include "stats.h"
#include "verdict/event.h"
#include "verdict/verdict.h"

#define DETACH_DELAY	HZ
#define CHECK_DELAY	(30 * HZ)

/*
 * Guards the variables below but mmn_hook_for_clients. Readers do without it. Never taken in the
 * hook.
 */
static DEFINE_MUTEX(hook_lock);

/*
 * True if clients are users of the hook: hook= is not auto, or callbacks cannot find the
 * call site by frame steps. Set at load.
 */
bool mmn_hook_for_clients = true;
static const struct mmn_hook_backend *hook_backend;
static unsigned int users;
static bool attached;
static bool chosen;
static bool stuck;
static int attach_error;

static void hook_maintain(struct work_struct *work);
static DECLARE_DELAYED_WORK(maintain_work, hook_maintain);

/* Not mod_delayed_work(): the name of the system workqueue differs between kernels. */
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

/* Kernel text calls this module until the next boot, so it must not be unloaded. */
static void hook_pin_module(void)
{
	stuck = true;
	__module_get(THIS_MODULE);
	pr_err("the kernel has shut down ftrace (see its warning): the hook stays attached and works, but mmnotify cannot be unloaded before a reboot\n");
}

/* A part may be attached. */
static void hook_roll_back(void)
{
	mmn_verdict_set_hooked(false);
	if (hook_backend->detach() && !stuck)
		hook_pin_module();
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
		hook_roll_back();
		/* While load tries the backends, it logs the failure and the next one. */
		if (chosen)
			pr_warn_once("cannot attach the %s hook (%d): callbacks walk the stack instead, if possible; see debugfs mmnotify/hook\n",
				     hook_backend->name, attach_error);
		return;
	}
	attached = true;
	if (may_get_stuck())
		hook_schedule(CHECK_DELAY);
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
	/* Before the end is detached: a record that gets none must not be found any more. */
	mmn_verdict_set_hooked(false);
	if (hook_backend->detach()) {
		mmn_verdict_set_hooked(hook_backend->caps & MMNOTIFY_CAP_HOOK);
		hook_pin_module();
		return;
	}
	attached = false;
	/* Events in flight get no end: a later attach must not find their records. */
	mmn_event_reset();
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
 * mmn_hook_get() - add a user of the hook
 *
 * Attaches the hook for the first user. If that fails, the user is counted all the same:
 * callbacks fall back to the stack, and the next user tries again.
 *
 * Context: Process, may sleep. Not under mmap_lock or a lock of tracing.
 */
void mmn_hook_get(void)
{
	mutex_lock(&hook_lock);
	users++;
	hook_attach();
	mutex_unlock(&hook_lock);
}

/**
 * mmn_hook_put() - remove a user of the hook
 *
 * The hook is detached one second after the last user was removed.
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
 * mmn_hook_caps() - get the capabilities of the attached backend
 *
 * Context: Any; the result may be outdated when it is returned.
 * Return: mask of MMNOTIFY_CAP_*; 0 if no backend is attached.
 */
u32 mmn_hook_caps(void)
{
	return READ_ONCE(attached) ? hook_backend->caps : 0;
}

/**
 * mmn_hook_is_attached() - check whether a backend is attached
 *
 * Context: Any; the result may be outdated when it is returned.
 * Return: true if a backend is attached, including those without a hook (none.c).
 */
bool mmn_hook_is_attached(void)
{
	return READ_ONCE(attached);
}

/**
 * mmn_hook_init() - set the backend, without attaching it
 * @backend: backend to use from now on
 *
 * Detaches the previous backend at once.
 *
 * Context: Process, may sleep; at load, for each backend to try. There are no users.
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
 * mmn_hook_choose() - make the choice of the backend final
 *
 * From now on a failure to attach is logged.
 *
 * Context: Process, may sleep; at load, after the last mmn_hook_init().
 */
void mmn_hook_choose(void)
{
	mutex_lock(&hook_lock);
	chosen = true;
	mutex_unlock(&hook_lock);
}

/**
 * mmn_hook_exit() - detach the hook at once
 *
 * If the kernel cannot detach it, and this is only detected here, the function does not
 * return: the kernel still calls the module's text, which must not be freed. rmmod hangs
 * then, but the kernel does not crash.
 *
 * Context: Process, sleeps; at unload, without users.
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

/**
 * mmn_hook_read() - read the state of the hook
 * @s: filled with it
 *
 * Takes no lock: attaching and detaching take long, and all generic netlink waits for a request
 * that waits. So the members may be of different moments.
 *
 * Context: Any, when the backend is chosen.
 */
void mmn_hook_read(struct mmn_hook_state *s)
{
	*s = (struct mmn_hook_state){
		.backend = READ_ONCE(hook_backend)->name,
		.attached = READ_ONCE(attached),
		.for_clients = mmn_hook_for_clients,
		.users = READ_ONCE(users),
		.attach_error = READ_ONCE(attach_error),
		.stuck = READ_ONCE(stuck),
	};
}

/* Print the state of the hook, for debugfs mmnotify/hook. */
void mmn_hook_show(struct seq_file *m)
{
	struct mmn_hook_state s;

	mutex_lock(&hook_lock);
	hook_check_stuck();
	mutex_unlock(&hook_lock);
	mmn_hook_read(&s);
	seq_printf(m, "backend %s\n", s.backend);
	seq_printf(m, "attached %d\n", s.attached);
	seq_printf(m, "clients %s\n", s.for_clients ? "hook" : "steps");
	seq_printf(m, "users %u\n", s.users);
	seq_printf(m, "attach_error %d\n", s.attach_error);
	seq_printf(m, "stuck %d\n", s.stuck);
	seq_printf(m, "kernel %s\n", mmn_trust_name());
	seq_printf(m, "stack_walks %s\n", mmn_unwind_allowed() ? "allowed" : "no");
	seq_printf(m, "watched %d\n", mmn_verdict_is_watched());
	seq_printf(m, "records_live %u\n", mmn_event_live());
	seq_printf(m, "table_full %u\n", mmn_event_full());
	mmn_stats_show_hook(m);
}
