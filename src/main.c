// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * main: module init and exit, module parameters.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/ratelimit.h>
#include <linux/string.h>

#include <mmnotify/mmnotify_types.h>

#include "census/census.h"
#include "census/frames.h"
#include "census/patches.h"
#include "client/client.h"
#include "client/leftover.h"
#include "client/objects.h"
#include "client/range_end.h"
#include "compat/compat.h"
#include "compat/features.h"
#include "compat/proof.h"
#include "compat/trust.h"
#include "debugfs.h"
#include "drivers/layout.h"
#include "drivers/probes.h"
#include "hook/backends.h"
#include "hook/hook.h"
#include "hook/selftest.h"
#include "hook/watch.h"
#include "netlink/family.h"
#include "process.h"
#include "stack/addr_cache.h"
#include "stack/module_notifier.h"
#include "stack/unwind.h"
#include "stats.h"
#include "times.h"
#include "verdict/event.h"
#include "verdict/verify.h"

static char *hook = "auto";
module_param(hook, charp, 0444);
MODULE_PARM_DESC(hook, "how to see call sites: auto, ftrace, kprobe, stack or none");

static char *trust = "tested";
module_param(trust, charp, 0444);
MODULE_PARM_DESC(trust, "kernels on which verdicts are exact: tested (builds that were tested), certified (those that the census confirms) or series (any build of the tested series)");

/* Unsafe, as starve_ends is: they weaken what mmnotify promises, so they taint the kernel. */
static char *forget;
module_param_unsafe(forget, charp, 0444);
MODULE_PARM_DESC(forget, "for tests: call sites to treat as unknown (symbols, separated by commas), or all");

/* param_set_bool() fails with -EINVAL and without a message: log the reason. */
static int set_switch(const char *val, const struct kernel_param *kp)
{
	int ret = param_set_bool(val, kp);

	if (ret)
		pr_warn_ratelimited("%s is a switch: write 0 or 1 (%d)\n", kp->name, ret);
	return ret;
}

/* With an own setter, modinfo has the type of a parameter only from __MODULE_PARM_TYPE(). */
static bool starve_ends;

static int set_starve_ends(const char *val, const struct kernel_param *kp)
{
	int ret = set_switch(val, kp);

	mmn_range_end_starve(starve_ends);
	return ret;
}

static const struct kernel_param_ops starve_ends_ops = {
	.set = set_starve_ends,
	.get = param_get_bool,
};

module_param_cb_unsafe(starve_ends, &starve_ends_ops, &starve_ends, 0644);
__MODULE_PARM_TYPE(starve_ends, "bool");
MODULE_PARM_DESC(starve_ends, "for tests: let allocations for end() of ranges fail");

/* Set by init when the switches below may be applied; before, their setters only store. */
static bool ready;
static bool watch;
static bool timing;
static bool debug;
static bool verify;

/* watch=1 also measures the time spent in the callbacks of each client. */
static int set_watching(bool on)
{
	int ret = mmn_watch_set(on);

	watch = on && !ret;
	mmn_client_set_timing(watch || timing);
	return ret;
}

static int set_watch(const char *val, const struct kernel_param *kp)
{
	int ret = set_switch(val, kp);

	return !ret && ready ? set_watching(watch) : ret;
}

/* The callbacks of clients are timed where mmnotify calls them. */
static int set_timing_on(bool on)
{
	int ret = mmn_watch_time(on);

	timing = on && !ret;
	mmn_client_set_timing(watch || timing);
	return ret;
}

static int set_timing(const char *val, const struct kernel_param *kp)
{
	bool before = timing;
	int ret = set_switch(val, kp);

	if (ret || !ready || timing == before)
		return ret;
	return set_timing_on(timing);
}

static int set_debug(const char *val, const struct kernel_param *kp)
{
	int ret = set_switch(val, kp);

	if (!ret && ready)
		mmn_client_set_debug(debug);
	return ret;
}

static int set_verify(const char *val, const struct kernel_param *kp)
{
	int ret = set_switch(val, kp);

	if (!ret && ready)
		mmn_verify_set(verify);
	return ret;
}

static const struct kernel_param_ops watch_ops = {
	.set = set_watch,
	.get = param_get_bool,
};

static const struct kernel_param_ops timing_ops = {
	.set = set_timing,
	.get = param_get_bool,
};

static const struct kernel_param_ops debug_ops = {
	.set = set_debug,
	.get = param_get_bool,
};

static const struct kernel_param_ops verify_ops = {
	.set = set_verify,
	.get = param_get_bool,
};

module_param_cb(watch, &watch_ops, &watch, 0644);
__MODULE_PARM_TYPE(watch, "bool");
MODULE_PARM_DESC(watch, "count the events of every mm that has a notifier");
module_param_cb(timing, &timing_ops, &timing, 0644);
__MODULE_PARM_TYPE(timing, "bool");
MODULE_PARM_DESC(timing, "time the callbacks of all drivers; see debugfs mmnotify/drivers");
module_param_cb(debug, &debug_ops, &debug, 0644);
__MODULE_PARM_TYPE(debug, "bool");
MODULE_PARM_DESC(debug, "catch drivers that remove objects inside callbacks");
module_param_cb(verify, &verify_ops, &verify, 0644);
__MODULE_PARM_TYPE(verify, "bool");
MODULE_PARM_DESC(verify, "compare each verdict with the stack; see debugfs mmnotify/verify");

/* In order of preference. The last one always works. */
static const struct mmn_hook_backend *const backends[] = {
#if MMN_HAVE_FTRACE
	&mmn_hook_ftrace,
#endif
#if MMN_HAVE_KPROBES
	&mmn_hook_kprobe,
#endif
	&mmn_hook_stack,
	&mmn_hook_none,
};

/* Return: index of the first backend to try; -EINVAL if hook= names none. */
static int first_choice(void)
{
	unsigned int i;

	if (!strcmp(hook, "auto"))
		return 0;
	for (i = 0; i < ARRAY_SIZE(backends); i++)
		if (!strcmp(hook, backends[i]->name))
			return i;
	pr_err("hook=%s is not available: use auto, ftrace, kprobe, stack or none\n",
	       hook);
	return -EINVAL;
}

/* Return: the first backend, from index @i on, that passes its self-test. */
static const struct mmn_hook_backend *prove_backend(unsigned int i)
{
	const struct mmn_hook_backend *b = backends[i];
	const char *why;

	for (; b != &mmn_hook_none; b = backends[++i]) {
		mmn_hook_init(b);
		mmn_unwind_allow(true);
		why = mmn_selftest_run(b->caps & MMNOTIFY_CAP_HOOK ?
				       MMN_SOURCE_HOOK : MMN_SOURCE_STACK);
		if (!why)
			return b;
		pr_warn("hook %s is not used: %s; next is %s\n", b->name, why,
			backends[i + 1]->name);
	}
	mmn_unwind_allow(false);
	mmn_hook_init(b);
	pr_warn("no hook: no verdict is exact but that of a release\n");
	return b;
}

/*
 * Finding the call site by frame steps is as exact as the hook, cheaper, and free for mms
 * without a client. So with hook=auto, if the self-test proves that steps work, only
 * observers attach the hook.
 */
static void try_steps(void)
{
	if (strcmp(hook, "auto"))
		return;
	mmn_hook_init(&mmn_hook_stack);
	mmn_unwind_allow(true);
	mmn_hook_for_clients = mmn_selftest_run(MMN_SOURCE_STEPS);
}

static int __init mmn_main_init(void)
{
	const struct mmn_hook_backend *backend;
	int first, ret;

	first = first_choice();
	if (first < 0)
		return first;
	ret = mmn_trust_init(trust);
	if (ret)
		return ret;
	mmn_features_log();
	ret = forget ? mmn_addr_cache_forget(forget) : 0;
	if (ret)
		return ret;
	ret = mmn_stats_init();
	if (ret)
		return ret;
	mmn_trust_settle(mmn_census_init(), mmn_proof_run());
	mmn_frames_init(mmn_trust_needs_frames());
	ret = mmn_module_notifier_init();
	if (ret)
		goto stats;
	mmn_patches_init();
	ret = mmn_leftover_init();
	if (ret)
		goto modules;
	ret = mmn_probes_init();
	if (ret)
		goto leftover;
	mmn_objects_init();
	mmn_event_init(get_random_u64());
	mmn_range_end_init();
	try_steps();
	backend = prove_backend(first);
	mmn_hook_choose();
	mmn_layout_prove();
	mmn_stats_reset();
	mmn_debugfs_init();
	ready = true;
	mmn_client_set_debug(debug);
	mmn_verify_set(verify);
	if (watch)
		set_watching(true);
	if (timing)
		set_timing_on(true);
	mmn_family_init();
	pr_info("version %s, hook %s, %s kernel\n", MMN_VERSION, backend->name, mmn_trust_name());
	return 0;

leftover:
	mmn_leftover_exit();
modules:
	mmn_module_notifier_exit();
stats:
	mmn_stats_exit();
	return ret;
}
module_init(mmn_main_init);

static void __exit mmn_main_exit(void)
{
	mmn_family_exit();
	mmn_debugfs_exit();
	mmn_watch_exit();
	mmn_hook_exit();
	mmn_probes_exit();
	mmn_leftover_exit();
	mmn_module_notifier_exit();
	mmn_range_end_exit();
	mmn_times_exit();
	mmn_process_exit();
	mmn_stats_exit();
}
module_exit(mmn_main_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Why did the mm invalidate my translations?");
MODULE_LICENSE("GPL");
MODULE_VERSION(MMN_VERSION);
