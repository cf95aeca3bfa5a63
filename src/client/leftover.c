// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * leftover: clean up after a driver module that leaves a client registered. Its exit
 * function has returned, or its init function failed, and its text is about to be freed.
 * An object left behind would call into freed text at the next invalidation. So remove
 * the objects, unregister the client, and name the module in the log.
 *
 * The notifier waits for callbacks and for removed() of the driver. If one of them never
 * returns, rmmod hangs, and with it all loading and unloading of modules, because the
 * kernel holds the lock of the module notifier chain.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/printk.h>

#include "client.h"
#include "leftover.h"
#include "mm.h"
#include "removal.h"

static void take_out(struct mmn_client *c)
{
	unsigned int ranges = 0, mms = 0, before;

	/*
	 * Removals and puts that the driver began are completed, with removed() and free():
	 * its text is still mapped. A running callback may begin more of them until its
	 * object is removed, so repeat until a pass finds nothing.
	 */
	do {
		before = ranges + mms;
		ranges += mmn_removal_take_all(c->public);
		mms += mmn_mm_take_all(c->public);
		mmn_client_synchronize(c);
	} while (ranges + mms != before);
	pr_err("module %s left client %s registered, with %u ranges and %u mm objects: they are removed, their memory is leaked; the module's exit function must remove them and call mmnotify_unregister()\n",
	       c->module, c->name, ranges, mms);
}

static int leftover_module_event(struct notifier_block *nb, unsigned long state, void *mod)
{
	struct mmn_client *c;

	if (state != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	while ((c = mmn_client_of_module(mod))) {
		take_out(c);
		mmn_client_drop(c);
	}
	return NOTIFY_OK;
}

/*
 * Runs before the notifier of module_notifier.c: callbacks that still run would fill the
 * caches again that it drops.
 */
static struct notifier_block block = {
	.notifier_call = leftover_module_event,
	.priority = 1,
};

/**
 * mmn_leftover_init() - register the module notifier, before the first client
 *
 * Context: Process, at load.
 * Return: 0, or an errno of register_module_notifier().
 */
int mmn_leftover_init(void)
{
	return register_module_notifier(&block);
}

/**
 * mmn_leftover_exit() - unregister the module notifier; no clients are left
 *
 * Context: Process, at unload.
 */
void mmn_leftover_exit(void)
{
	unregister_module_notifier(&block);
}
