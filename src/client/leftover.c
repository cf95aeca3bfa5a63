// SPDX-License-Identifier: GPL-2.0-only
/*
 * leftover: a driver's module goes and has a client registered. Its exit function has
 * returned and its text is about to be freed, so an object that it left would call into
 * freed memory at the next invalidation. The objects are taken out, the client is
 * unregistered, and the log names the module.
 *
 * This waits for callbacks and for removed() of the driver. One that never returns holds
 * up rmmod, and with it the loading and unloading of all modules: the kernel's list of
 * module notifiers is locked meanwhile.
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
	 * Removals and puts that the driver began end as it asked: its text is still mapped.
	 * A callback that still runs may begin others until the object is taken out.
	 */
	do {
		before = ranges + mms;
		ranges += mmn_removal_take_all(c->public);
		mms += mmn_mm_take_all(c->public);
		mmn_client_synchronize(c);
	} while (ranges + mms != before);
	pr_err("module %s went and left client %s registered, with %u ranges and %u mm objects: they are taken out, their memory is lost; the module's exit function must remove them and call mmnotify_unregister()\n",
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

/* Before the notifier of modules.c: callbacks that still run would fill its caches again. */
static struct notifier_block block = {
	.notifier_call = leftover_module_event,
	.priority = 1,
};

/**
 * mmn_leftover_init() - before the first client
 *
 * Context: Process, at load.
 * Return: 0, or an errno of register_module_notifier().
 */
int mmn_leftover_init(void)
{
	return register_module_notifier(&block);
}

/**
 * mmn_leftover_exit() - there are no clients
 *
 * Context: Process, at unload.
 */
void mmn_leftover_exit(void)
{
	unregister_module_notifier(&block);
}
