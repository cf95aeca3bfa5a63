// SPDX-License-Identifier: GPL-2.0-only
/*
 * module_notifier: what is forgotten of a module when it comes, when its functions that run once
 * are about to go, and when it goes itself.
 */
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/notifier.h>

#include "stack/module_notifier.h"
#include "stack/call_path.h"
#include "stack/addr_cache.h"
#include "tap.h"
#include "stack/last_walk.h"

static struct module module;
static struct notifier_block *registered;
static int result;

/* How often each was called, and for the module itself. */
static int sites, init_sites, walks, paths;

int register_module_notifier(struct notifier_block *nb)
{
	if (!result)
		registered = nb;
	return result;
}

int unregister_module_notifier(struct notifier_block *nb)
{
	if (registered == nb)
		registered = NULL;
	return 0;
}

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

static int say(enum module_state state)
{
	sites = 0;
	init_sites = 0;
	walks = 0;
	paths = 0;
	return registered->notifier_call(registered, state, &module);
}

int main(void)
{
	result = -EBUSY;
	ok(mmn_module_notifier_init() == -EBUSY && !registered, "an error of the kernel is passed on");
	result = 0;
	ok(!mmn_module_notifier_init() && registered, "from init on it hears of modules");
	ok(say(MODULE_STATE_COMING) == NOTIFY_DONE && say(MODULE_STATE_UNFORMED) == NOTIFY_DONE,
	   "what comes does not matter");
	ok(!sites && !init_sites && !walks && !paths, "nothing is forgotten then");
	ok(say(MODULE_STATE_LIVE) == NOTIFY_OK && init_sites == 1 && !sites,
	   "live: the sites in functions that run once are forgotten, and no others");
	ok(walks == 1 && !paths, "live: so are walks, but no shortcuts");
	ok(say(MODULE_STATE_GOING) == NOTIFY_OK && sites == 1 && !init_sites,
	   "going: all sites of the module are forgotten");
	ok(walks == 1 && paths == 1, "going: so are walks, and shortcuts from the module");
	mmn_module_notifier_exit();
	ok(!registered, "after exit it hears of no module");
	return tap_done();
}
