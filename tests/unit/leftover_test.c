// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * leftover: the order in which the objects that a driver's module left are removed, until
 * none is left, and that this precedes the drop of cached data about the module.
 */
#include <string.h>

#include <linux/errno.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/printk.h>

#include "client/leftover.h"
#include "client/mm.h"
#include "client/removal.h"
#include "module_list.h"
#include "log.h"
#include "tap.h"

static struct module module, other;

/* Two clients of the module; callbacks of the first create objects during their removal. */
static struct mmn_client clients[2] = {
	{ .public = (void *)&clients[0], .owner = &module, .name = "one", .module = "driver" },
	{ .public = (void *)&clients[1], .owner = &module, .name = "two", .module = "driver" },
};

static unsigned int present, ranges, mms, later;
static char steps[100];

static void step(const char *what)
{
	strcat(steps, what);
}

struct mmn_client *mmn_client_of_module(const struct module *mod)
{
	return mod == &module && present ? &clients[2 - present] : NULL;
}

unsigned int mmn_removal_take_all(const struct mmnotify_client *client)
{
	unsigned int n = ranges;

	step(client == clients[2 - present].public ? "r" : "?");
	ranges = 0;
	return n;
}

unsigned int mmn_mm_take_all(const struct mmnotify_client *client)
{
	unsigned int n = mms;

	step(client == clients[2 - present].public ? "m" : "?");
	mms = 0;
	return n;
}

void mmn_client_synchronize(struct mmn_client *c)
{
	step(c == &clients[2 - present] ? "s" : "?");
	if (later) {
		later--;
		ranges = 2;
	}
}

void mmn_client_drop(struct mmn_client *c)
{
	step(c == &clients[2 - present] ? "d" : "?");
	present--;
}

static int say(enum module_state state, struct module *mod)
{
	steps[0] = '\0';
	logged[0] = '\0';
	return registered->notifier_call(registered, state, mod);
}

static void test_states(void)
{
	present = 2;
	ok(say(MODULE_STATE_LIVE, &module) == NOTIFY_DONE &&
	   say(MODULE_STATE_COMING, &module) == NOTIFY_DONE && !steps[0] && present == 2,
	   "a module that is loaded keeps its clients");
	ok(say(MODULE_STATE_GOING, &other) == NOTIFY_OK && !steps[0] && present == 2,
	   "the clients stay when another module is unloaded");
}

static void test_going(void)
{
	present = 2;
	ranges = 3;
	mms = 4;
	later = 2;
	ok(say(MODULE_STATE_GOING, &module) == NOTIFY_OK && !present,
	   "all clients of an unloaded module are dropped");
	ok(!strcmp(steps, "rmsrmsrmsrmsdrmsd"),
	   "each client after its objects, until a pass finds none");
	ok(strstr(logged, "module driver left client one registered, with 7 ranges and 4 mm") &&
	   strstr(logged, "left client two registered, with 0 ranges and 0 mm objects"),
	   "the log has the number of objects that each client left");
}

int main(void)
{
	result = -ENOMEM;
	ok(mmn_leftover_init() == -ENOMEM && !registered,
	   "an error of the notifier registration is returned");
	result = 0;
	ok(!mmn_leftover_init() && registered, "init registers the module notifier");
	ok(registered->priority > 0, "its priority is higher than that of module_notifier.c");
	test_states();
	test_going();
	mmn_leftover_exit();
	ok(!registered, "exit unregisters the module notifier");
	return tap_done();
}
