// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * module_notifier: which cached data about a module is dropped when it is loaded, before its
 * init functions are freed, and when it is unloaded.
 */
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/notifier.h>

#include "stack/module_notifier.h"
#include "stack/call_path.h"
#include "stack/addr_cache.h"
#include "module_list.h"
#include "tap.h"
#include "stack/last_walk.h"

static struct module module;

/* Calls of each function for the module. */
static int sites, init_sites, walks, paths;

void mmn_addr_cache_drop(const struct module *mod, bool all)
{
	if (mod == &module)
		(*(all ? &sites : &init_sites))++;
}

void mmn_last_walk_forget(void)
{
	walks++;
}

void mmn_call_path_drop(const struct module *mod)
{
	paths += mod == &module;
}

/* Is the module a live patch that takes trust, and how often was trust judged again? */
static bool is_patch;
static int added, judged;

bool mmn_patches_add(struct module *mod)
{
	added += mod == &module;
	return is_patch;
}

bool mmn_patches_remove(const struct module *mod)
{
	return is_patch && mod == &module;
}

void mmn_addr_cache_judge(void)
{
	judged++;
}

static int say(enum module_state state)
{
	sites = 0;
	init_sites = 0;
	walks = 0;
	paths = 0;
	added = 0;
	judged = 0;
	return registered->notifier_call(registered, state, &module);
}

int main(void)
{
	result = -EBUSY;
	ok(mmn_module_notifier_init() == -EBUSY && !registered,
	   "an error of the notifier registration is returned");
	result = 0;
	ok(!mmn_module_notifier_init() && registered, "init registers the module notifier");
	ok(say(MODULE_STATE_UNFORMED) == NOTIFY_DONE && !added, "UNFORMED is ignored");
	ok(say(MODULE_STATE_COMING) == NOTIFY_OK && added == 1 && !judged,
	   "COMING looks for a live patch");
	ok(!sites && !init_sites && !walks && !paths, "COMING drops no data");
	ok(say(MODULE_STATE_LIVE) == NOTIFY_OK && init_sites == 1 && !sites,
	   "LIVE drops the sites in init functions, and no others");
	ok(walks == 1 && !paths, "LIVE drops walks, but no call paths");
	ok(say(MODULE_STATE_GOING) == NOTIFY_OK && sites == 1 && !init_sites,
	   "GOING drops all sites of the module");
	ok(walks == 1 && paths == 1, "GOING drops walks, and the call paths of the module");
	ok(!judged, "without a live patch trust is not judged again");
	is_patch = true;
	say(MODULE_STATE_COMING);
	ok(judged == 1, "before a live patch runs, trust is judged again");
	say(MODULE_STATE_LIVE);
	ok(!judged && !added, "not when it is enabled");
	say(MODULE_STATE_GOING);
	ok(judged == 1, "and when it is unloaded");
	mmn_module_notifier_exit();
	ok(!registered, "exit unregisters the module notifier");
	return tap_done();
}
