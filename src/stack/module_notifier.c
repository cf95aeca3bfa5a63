// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * module_notifier: drops the cached return addresses of a module before its text is freed,
 * as other code may be loaded at the same addresses. The text is on no stack by then. Before code
 * of a module runs that changes the meaning of rows (census/patches.c), these lose their trust.
 */
#include <linux/module.h>
#include <linux/notifier.h>

#include "addr_cache.h"
#include "call_path.h"
#include "census/patches.h"
#include "last_walk.h"
#include "module_notifier.h"

/* At MODULE_STATE_COMING no code of the module has run, so a live patch replaces nothing yet. */
static int module_coming(struct module *mod)
{
	if (mmn_patches_add(mod))
		mmn_addr_cache_judge();
	return NOTIFY_OK;
}

static int module_event(struct notifier_block *nb, unsigned long state, void *mod)
{
	if (state == MODULE_STATE_COMING)
		return module_coming(mod);
	/* At MODULE_STATE_LIVE the module's init text is about to be freed. */
	if (state != MODULE_STATE_LIVE && state != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	mmn_addr_cache_drop(mod, state == MODULE_STATE_GOING);
	mmn_last_walk_forget();
	if (state == MODULE_STATE_GOING)
		mmn_call_path_drop(mod);
	if (state == MODULE_STATE_GOING && mmn_patches_remove(mod))
		mmn_addr_cache_judge();
	return NOTIFY_OK;
}

static struct notifier_block block = { .notifier_call = module_event };

/**
 * mmn_module_notifier_init() - register the module notifier
 *
 * Context: Process, at load, before an address is cached.
 * Return: 0, or an errno of register_module_notifier().
 */
int mmn_module_notifier_init(void)
{
	return register_module_notifier(&block);
}

/**
 * mmn_module_notifier_exit() - unregister the module notifier
 *
 * Context: Process, at unload, when no address is looked up any more.
 */
void mmn_module_notifier_exit(void)
{
	unregister_module_notifier(&block);
}
