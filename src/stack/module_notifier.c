// SPDX-License-Identifier: GPL-2.0-only
/*
 * modules: whose code goes, and leaves its place to other code. Nobody runs it any
 * more then, so it is on no stack; what was learnt of it is forgotten before there
 * can be another at its addresses.
 */
#include <linux/module.h>
#include <linux/notifier.h>

#include "addr_cache.h"
#include "call_path.h"
#include "last_walk.h"
#include "module_notifier.h"

static int module_event(struct notifier_block *nb, unsigned long state, void *mod)
{
	/* Live: the functions that run once, at load, are about to go. */
	if (state != MODULE_STATE_LIVE && state != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	mmn_addr_cache_drop(mod, state == MODULE_STATE_GOING);
	mmn_last_walk_forget();
	if (state == MODULE_STATE_GOING)
		mmn_call_path_drop(mod);
	return NOTIFY_OK;
}

static struct notifier_block block = { .notifier_call = module_event };

/**
 * mmn_module_notifier_init() - before anything is learnt
 *
 * Context: Process, at load.
 * Return: 0, or an errno of register_module_notifier().
 */
int mmn_module_notifier_init(void)
{
	return register_module_notifier(&block);
}

/**
 * mmn_module_notifier_exit() - nothing is learnt any more
 *
 * Context: Process, at unload.
 */
void mmn_module_notifier_exit(void)
{
	unregister_module_notifier(&block);
}
