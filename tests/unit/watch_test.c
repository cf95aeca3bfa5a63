// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch: who watches without being a client has the hook, once; a tracepoint gets it a
 * moment later; and at unload nothing is left to be done.
 */
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "hook/hook.h"
#include "tap.h"
#include "hook/watch.h"

struct work_struct *shim_scheduled;
int shim_mutexes_held;

static int hooks;
static bool watching;
/* Something was done without the lock, or without the hook. */
static bool wrong;

void mmn_hook_get(void)
{
	wrong |= watching || shim_mutexes_held != 1;
	hooks++;
}

void mmn_hook_put(void)
{
	wrong |= watching || shim_mutexes_held != 1;
	hooks--;
}

void mmn_verdict_set_watched(bool on)
{
	wrong |= !hooks || shim_mutexes_held != 1;
	watching = on;
}

static void run_scheduled(void)
{
	struct work_struct *work = shim_scheduled;

	shim_scheduled = NULL;
	if (work)
		work->func(work);
}

static bool is_watched(bool yes)
{
	return hooks == yes && watching == yes && !wrong && !shim_mutexes_held;
}

static void test_parameter(void)
{
	mmn_watch_set(true);
	ok(is_watched(true), "the parameter attaches the hook, and then the hook judges");
	mmn_watch_set(true);
	ok(is_watched(true), "a second time changes nothing");
	mmn_watch_set(false);
	ok(is_watched(false), "in the reverse order the hook goes");
	mmn_watch_set(false);
	ok(is_watched(false) && !shim_scheduled, "and a second time changes nothing");
}

static void test_tracers(void)
{
	ok(!mmn_watch_tracer_on(), "a tracepoint can be enabled");
	ok(is_watched(false) && shim_scheduled, "but not here: a work item does it");
	run_scheduled();
	ok(is_watched(true), "that attaches the hook");
	mmn_watch_tracer_on();
	run_scheduled();
	ok(is_watched(true), "the second tracepoint has the same");
	mmn_watch_tracer_off();
	run_scheduled();
	ok(is_watched(true), "with one of two disabled it stays");
	mmn_watch_tracer_off();
	ok(is_watched(true) && shim_scheduled, "with the other it goes, a moment later");
	run_scheduled();
	ok(is_watched(false), "by the work item");
	mmn_watch_tracer_on();
	mmn_watch_tracer_off();
	run_scheduled();
	ok(is_watched(false), "one that comes and goes at once changes nothing");
}

static void test_both(void)
{
	mmn_watch_set(true);
	mmn_watch_tracer_on();
	run_scheduled();
	ok(is_watched(true), "the parameter and a tracepoint have one hook");
	mmn_watch_set(false);
	ok(is_watched(true), "it stays for the tracepoint");
	mmn_watch_set(true);
	mmn_watch_tracer_off();
	run_scheduled();
	ok(is_watched(true), "and for the parameter");
}

static void test_exit(void)
{
	mmn_watch_tracer_on();
	mmn_watch_exit();
	ok(is_watched(false), "at unload the hook goes, whatever asks for it");
	ok(!shim_scheduled, "and no work item is left");
	mmn_watch_tracer_off();
	mmn_watch_tracer_on();
	ok(!shim_scheduled, "nor comes one after that");
	mmn_watch_set(true);
	ok(is_watched(false), "nor the hook");
}

int main(void)
{
	test_parameter();
	test_tracers();
	test_both();
	test_exit();
	return tap_done();
}
