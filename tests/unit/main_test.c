// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * main: the order in which the module is set up and taken down, what is undone if a step fails,
 * which backend of the hook is used, and what the switches do before and after.
 */
#include <string.h>

#include <linux/errno.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/random.h>

#include <mmnotify/mmnotify_types.h>

#include "census/census.h"
#include "census/frames.h"
#include "census/patches.h"
#include "client/client.h"
#include "client/leftover.h"
#include "client/objects.h"
#include "client/range_end.h"
#include "compat/features.h"
#include "compat/proof.h"
#include "compat/trust.h"
#include "debugfs.h"
#include "hook/backends.h"
#include "hook/hook.h"
#include "hook/selftest.h"
#include "hook/watch.h"
#include "process.h"
#include "log.h"
#include "main_params.h"
#include "stack/addr_cache.h"
#include "stack/module_notifier.h"
#include "stack/unwind.h"
#include "tap.h"
#include "verdict/event.h"
#include "verdict/verify.h"

const struct mmn_hook_backend mmn_hook_ftrace = { .name = "ftrace", .caps = MMNOTIFY_CAP_HOOK };
const struct mmn_hook_backend mmn_hook_kprobe = { .name = "kprobe", .caps = MMNOTIFY_CAP_HOOK };
const struct mmn_hook_backend mmn_hook_stack = { .name = "stack" };
const struct mmn_hook_backend mmn_hook_none = { .name = "none" };
bool mmn_hook_for_clients;

/* The steps so far, and the one that fails. */
static char steps[1000];
static const char *failing = "";

static int step(const char *what)
{
	strcat(strcat(steps, what), " ");
	return strcmp(what, failing) ? 0 : -ENOMEM;
}

static int step_with(const char *what, const char *arg)
{
	strcat(strcat(steps, what), ":");
	return step(arg);
}

static const char *word(bool on)
{
	return on ? "on" : "off";
}

#define STEP(name)		void mmn_##name(void) { step(#name); }
#define STEP_THAT_FAILS(name)	int mmn_##name(void) { return step(#name); }
#define STEP_WITH(name)		void mmn_##name(bool on) { step_with(#name, word(on)); }

STEP(features_log)
STEP(patches_init)
STEP(objects_init)
STEP(range_end_init)
STEP(hook_choose)
STEP(layout_prove)
STEP(times_exit)
STEP(stats_reset)
STEP(debugfs_init)
STEP(debugfs_exit)
STEP(watch_exit)
STEP(hook_exit)
STEP(probes_exit)
STEP(leftover_exit)
STEP(module_notifier_exit)
STEP(range_end_exit)
STEP(process_exit)
STEP(stats_exit)
STEP_THAT_FAILS(stats_init)
STEP_THAT_FAILS(module_notifier_init)
STEP_THAT_FAILS(leftover_init)
STEP_THAT_FAILS(probes_init)
STEP_WITH(frames_init)
STEP_WITH(unwind_allow)
STEP_WITH(client_set_debug)
STEP_WITH(client_set_timing)
STEP_WITH(verify_set)
STEP_WITH(range_end_starve)

int mmn_watch_set(bool on)
{
	return step_with("watch_set", word(on));
}

int mmn_watch_time(bool on)
{
	return step_with("watch_time", word(on));
}

u64 get_random_u64(void)
{
	return 42;
}

void mmn_event_init(u64 seed)
{
	step_with("event_init", seed == 42 ? "random" : "fixed");
}

const char *mmn_census_init(void)
{
	step("census_init");
	return "no text";
}

const char *mmn_proof_run(void)
{
	return "no owner";
}

void mmn_trust_settle(const char *no_census, const char *disproof)
{
	step_with(no_census, disproof);
}

int mmn_trust_init(const char *trust)
{
	return step_with("trust", trust);
}

bool mmn_trust_needs_frames(void)
{
	return true;
}

const char *mmn_trust_name(void)
{
	return "tested";
}

int mmn_addr_cache_forget(const char *list)
{
	return step_with("forget", list);
}

void mmn_hook_init(const struct mmn_hook_backend *backend)
{
	step_with("hook", backend->name);
}

/* The first letters of the sources whose self-test fails: h(ook), s(teps), w(alk). */
static const char *broken = "";
static unsigned int skipped;	/* self-tests of the hook that fail first */

const char *mmn_selftest_run(enum mmn_site_source source)
{
	static const char *const names[] = {
		[MMN_SOURCE_STACK] = "walk", [MMN_SOURCE_STEPS] = "steps",
		[MMN_SOURCE_HOOK] = "hook",
	};

	step_with("test", names[source]);
	if (source == MMN_SOURCE_HOOK && skipped) {
		skipped--;
		return "skipped";
	}
	return strchr(broken, names[source][0]) ? "broken" : NULL;
}

int param_set_bool(const char *val, const struct kernel_param *kp)
{
	if (strcmp(val, "0") && strcmp(val, "1"))
		return -EINVAL;
	*(bool *)kp->arg = *val == '1';
	return 0;
}

int param_get_bool(char *buffer, const struct kernel_param *kp)
{
	return 0;
}

/* ---- tests ---- */

static void begin(const char *hook)
{
	*shim_param_hook = (char *)hook;
	steps[0] = '\0';
	logged[0] = '\0';
	failing = "";
	broken = "";
	skipped = 0;
}

static bool did(const char *what)
{
	bool same = !strcmp(steps, what);

	if (!same)
		printf("# %s\n", steps);
	steps[0] = '\0';
	return same;
}

#define FIRST	"features_log stats_init census_init no text:no owner frames_init:on module_notifier_init "
#define SECOND	"patches_init leftover_init probes_init objects_init event_init:random " \
		"range_end_init "
#define THIRD	"hook_choose layout_prove stats_reset debugfs_init client_set_debug:off " \
		"verify_set:off "
#define EXIT	"debugfs_exit watch_exit hook_exit probes_exit leftover_exit module_notifier_exit " \
		"range_end_exit times_exit process_exit stats_exit "

static void set(const struct kernel_param_ops *ops, bool *arg, const char *val)
{
	struct kernel_param kp = { .name = "param", .arg = arg };

	ops->set(val, &kp);
}

/* Before the module is set up, as the command line of modprobe does. */
static void test_switches_before(void)
{
	begin("auto");
	set(shim_ops_watch, shim_param_watch, "1");
	set(shim_ops_timing, shim_param_timing, "1");
	set(shim_ops_debug, shim_param_debug, "1");
	set(shim_ops_verify, shim_param_verify, "1");
	ok(did("") && *shim_param_watch && *shim_param_debug && *shim_param_verify,
	   "a switch in the command line is only stored");
}

static void test_failures(void)
{
	begin("perf");
	ok(shim_init() == -EINVAL && did("") && strstr(logged, "hook=perf is not available"),
	   "an unknown hook= is refused before anything is done");
	begin("auto");
	failing = "tested";
	ok(shim_init() == -ENOMEM && did("trust:tested "), "so is an unknown trust=");
	begin("auto");
	*shim_param_forget = "unmap_vmas";
	failing = "unmap_vmas";
	ok(shim_init() == -ENOMEM && did("trust:tested features_log forget:unmap_vmas "),
	   "and a forget= that cannot be had");
	*shim_param_forget = NULL;
	failing = "stats_init";
	ok(shim_init() == -ENOMEM && did("trust:tested features_log stats_init "), "no counters");
	failing = "module_notifier_init";
	ok(shim_init() == -ENOMEM && did("trust:tested " FIRST "stats_exit "), "no module notifier");
	failing = "leftover_init";
	ok(shim_init() == -ENOMEM && did("trust:tested " FIRST "patches_init leftover_init "
					 "module_notifier_exit stats_exit "), "no second one");
	failing = "probes_init";
	ok(shim_init() == -ENOMEM && did("trust:tested " FIRST "patches_init leftover_init probes_init "
					 "leftover_exit module_notifier_exit stats_exit "),
	   "no third one");
}

static void test_init(void)
{
	begin("auto");
	ok(!shim_init() && did("trust:tested " FIRST SECOND "hook:stack unwind_allow:on test:steps "
			       "hook:ftrace unwind_allow:on test:hook hook_choose layout_prove "
			       "stats_reset debugfs_init client_set_debug:on verify_set:on "
			       "watch_set:on client_set_timing:on watch_time:on "
			       "client_set_timing:on ") &&
	   !mmn_hook_for_clients && strstr(logged, "version 1.2.3, hook ftrace, tested kernel"),
	   "the steps of the module, with all switches on");
	shim_exit();
	ok(did(EXIT), "its exit");
}

static void test_switches_after(void)
{
	begin("auto");
	set(shim_ops_timing, shim_param_timing, "1");
	ok(did(""), "timing= that is on stays on");
	set(shim_ops_timing, shim_param_timing, "0");
	ok(did("watch_time:off client_set_timing:on "), "watch= times clients without it");
	failing = "on";
	set(shim_ops_timing, shim_param_timing, "1");
	ok(did("watch_time:on client_set_timing:on ") && !*shim_param_timing,
	   "it stays off if it cannot begin");
	failing = "";
	set(shim_ops_watch, shim_param_watch, "0");
	ok(did("watch_set:off client_set_timing:off "), "watch= also times callbacks");
	failing = "on";
	set(shim_ops_watch, shim_param_watch, "1");
	ok(did("watch_set:on client_set_timing:off ") && !*shim_param_watch,
	   "without memory for what watch= counts it stays off");
	failing = "";
	set(shim_ops_debug, shim_param_debug, "0");
	set(shim_ops_verify, shim_param_verify, "0");
	ok(did("client_set_debug:off verify_set:off "), "debug= and verify=");
	set(shim_ops_starve_ends, shim_param_starve_ends, "1");
	ok(did("range_end_starve:on ") && !logged[0], "starve_ends=");
	set(shim_ops_watch, shim_param_watch, "x");
	set(shim_ops_debug, shim_param_debug, "x");
	set(shim_ops_verify, shim_param_verify, "x");
	ok(did("") && strstr(logged, "param is a switch: write 0 or 1"),
	   "another value is refused, and logged");
}

/* Return: does hook=@hook do @what to find its backend? */
static bool chooses(const char *what)
{
	char all[1000];

	snprintf(all, sizeof(all), "trust:tested " FIRST SECOND "%s" THIRD, what);
	return !shim_init() && did(all);
}

static void test_backends(void)
{
	begin("kprobe");
	ok(chooses("hook:kprobe unwind_allow:on test:hook "), "hook=kprobe");
	begin("ftrace");
	ok(chooses("hook:ftrace unwind_allow:on test:hook "), "hook=ftrace");
	begin("stack");
	ok(chooses("hook:stack unwind_allow:on test:walk "), "hook=stack");
	begin("none");
	ok(chooses("unwind_allow:off hook:none ") && strstr(logged, "no hook"), "hook=none");
	begin("ftrace");
	skipped = 1;
	ok(chooses("hook:ftrace unwind_allow:on test:hook "
		   "hook:kprobe unwind_allow:on test:hook ") &&
	   strstr(logged, "hook ftrace is not used: skipped; next is kprobe"),
	   "the next one if the first fails");
	begin("auto");
	broken = "hsw";
	ok(chooses("hook:stack unwind_allow:on test:steps hook:ftrace unwind_allow:on test:hook "
		   "hook:kprobe unwind_allow:on test:hook hook:stack unwind_allow:on test:walk "
		   "unwind_allow:off hook:none ") && mmn_hook_for_clients,
	   "none if all fail, and then clients need the hook");
}

int main(void)
{
	test_switches_before();
	test_failures();
	test_init();
	test_switches_after();
	test_backends();
	return tap_done();
}
