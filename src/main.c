// SPDX-License-Identifier: GPL-2.0-only
/*
 * main: the order of birth and its exact reverse; module parameters.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "client.h"
#include "compat/compat.h"
#include "debugfs.h"
#include "hook.h"
#include "hook_backends.h"
#include "mm.h"
#include "selftest.h"
#include "sites.h"
#include "stats.h"
#include "watch.h"

static char *hook = "auto";
module_param(hook, charp, 0444);
MODULE_PARM_DESC(hook, "how to see call sites: auto, ftrace or none");

static bool ready;
static bool watch;
static bool debug;

static int set_watch(const char *val, const struct kernel_param *kp)
{
	int ret = param_set_bool(val, kp);

	if (!ret && ready)
		mmn_watch_set(watch);
	return ret;
}

static int set_debug(const char *val, const struct kernel_param *kp)
{
	int ret = param_set_bool(val, kp);

	if (!ret && ready)
		mmn_client_set_debug(debug);
	return ret;
}

static const struct kernel_param_ops watch_ops = {
	.set = set_watch,
	.get = param_get_bool,
};

static const struct kernel_param_ops debug_ops = {
	.set = set_debug,
	.get = param_get_bool,
};

module_param_cb(watch, &watch_ops, &watch, 0644);
MODULE_PARM_DESC(watch, "count the events of every mm that has a notifier");
module_param_cb(debug, &debug_ops, &debug, 0644);
MODULE_PARM_DESC(debug, "catch drivers that remove objects inside callbacks");

static const struct mmn_hook_backend *choose_backend(void)
{
	if (!strcmp(hook, "none"))
		return &mmn_hook_none;
	if (strcmp(hook, "auto") && strcmp(hook, "ftrace"))
		return NULL;
	return MMN_HAVE_FTRACE ? &mmn_hook_ftrace : &mmn_hook_none;
}

static void prove_hook(void)
{
	const char *why = mmn_selftest_run();

	if (why)
		mmn_hook_distrust(why);
	if (!MMN_KERNEL_VERIFIED)
		pr_warn("nobody tested this kernel series: causes are shown, but no verdict is exact\n");
}

static int __init mmn_main_init(void)
{
	const struct mmn_hook_backend *backend = choose_backend();
	int ret;

	if (!backend) {
		pr_err("hook=%s is not one of auto, ftrace, none\n", hook);
		return -EINVAL;
	}
	ret = mmn_stats_init();
	if (ret)
		return ret;
	mmn_sites_init();
	mmn_hook_init(backend);
	if (backend != &mmn_hook_none)
		prove_hook();
	mmn_debugfs_init();
	ready = true;
	mmn_client_set_debug(debug);
	if (watch)
		mmn_watch_set(true);
	pr_info("version %s, hook %s%s\n", MMN_VERSION, backend->name,
		MMN_KERNEL_VERIFIED ? "" : ", unverified kernel");
	return 0;
}
module_init(mmn_main_init);

static void __exit mmn_main_exit(void)
{
	mmn_debugfs_exit();
	mmn_watch_exit();
	mmn_hook_exit();
	mmn_sites_exit();
	mmn_mm_exit();
	mmn_stats_exit();
}
module_exit(mmn_main_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Why did the mm invalidate my translations?");
MODULE_LICENSE("GPL");
MODULE_VERSION(MMN_VERSION);
