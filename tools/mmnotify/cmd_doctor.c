// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * doctor: does mmnotify work on this machine, and are its verdicts exact; what is not, why, and
 * what to do. Each check prints its lines; the worst one makes the exit status.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cmd.h"
#include "census.h"
#include "fmt.h"
#include "system.h"
#include "util.h"

#define SECURE_BOOT	"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

enum mark { GOOD, NOTE, BAD };

static unsigned int notes, faults;

/* report() - one line; @format tells the state, and remedy() what to do. */
static void report(enum mark mark, const char *what, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void report(enum mark mark, const char *what, const char *format, ...)
{
	static const char *const words[] = { "ok", "note", "BAD" };
	va_list args;

	notes += mark == NOTE;
	faults += mark == BAD;
	printf("%-5s %-11s ", words[mark], what);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

static void remedy(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void remedy(const char *format, ...)
{
	va_list args;

	printf("%17s -> ", "");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/* first_line() - content of a small file without its newline, or NULL. */
static char *first_line(const char *path)
{
	char *text = read_file(path, NULL);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

/* installed() - is the module there for this kernel, loaded or not? */
static bool installed(const char *release)
{
	char path[160], *text;
	bool found;

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", release);
	text = read_file(path, NULL);
	found = text && strstr(text, "/mmnotify.ko");
	free(text);
	return found;
}

/* Return: 1 or 0 as the firmware says, or -1 without UEFI. */
static int secure_boot(void)
{
	size_t size = 0;
	char *text = read_file(SECURE_BOOT, &size);
	int on = text && size == 5 ? text[4] : -1;

	free(text);
	return on;
}

static void check_loaded(void)
{
	struct utsname uts;

	uname(&uts);
	if (module_loaded()) {
		report(GOOD, "module", "loaded, on Linux %s", uts.release);
	} else if (installed(uts.release)) {
		report(BAD, "module", "not loaded");
		remedy("modprobe mmnotify");
		if (secure_boot() == 1)
			remedy("if Secure Boot refuses it (dmesg): mokutil --import /var/lib/dkms/mok.pub, reboot");
	} else {
		report(BAD, "module", "not installed for Linux %s", uts.release);
		remedy("apt install linux-headers-$(uname -r); dkms install mmnotify/" MMN_VERSION);
	}
}

static void check_versions(void)
{
	char *version = first_line(MODULE_DIR "/version");

	if (!version)
		return;
	if (!strcmp(version, MMN_VERSION)) {
		report(GOOD, "versions", "tool and module are " MMN_VERSION);
	} else {
		report(NOTE, "versions", "the tool is " MMN_VERSION ", the module %s", version);
		remedy("install both from one release; the older one limits what is shown");
	}
	free(version);
}

static void check_signature(void)
{
	char *taint = first_line(MODULE_DIR "/taint");

	if (!taint)
		return;
	if (!strchr(taint, 'E')) {
		report(GOOD, "signature", "signed, or this kernel does not ask");
	} else {
		report(NOTE, "signature", "not signed, which this kernel permits");
		remedy("with Secure Boot it will not load: mokutil --import /var/lib/dkms/mok.pub, reboot");
	}
	free(taint);
}

static void check_lockdown(void)
{
	char *mode = first_line("/sys/kernel/security/lockdown");
	int secure = secure_boot();
	const char *boot = secure < 0 ? "no UEFI" : secure ? "Secure Boot" : "no Secure Boot";

	if (mode && strstr(mode, "[confidentiality]")) {
		report(BAD, "lockdown", "confidentiality (%s): tracefs is closed", boot);
		remedy("trace, record and explain do not work; counters and hung do");
	} else if (mode && strstr(mode, "[integrity]")) {
		report(GOOD, "lockdown", "integrity (%s): all commands work", boot);
	} else if (!mode && !securityfs_mounted()) {
		report(NOTE, "lockdown", "unknown (%s), as securityfs is not mounted", boot);
		remedy("mount -t securityfs none /sys/kernel/security");
	} else {
		report(GOOD, "lockdown", "none (%s)", boot);
	}
	free(mode);
}

static void check_mounts(void)
{
	if (debugfs_mounted()) {
		report(GOOD, "debugfs", "mounted");
	} else {
		report(BAD, "debugfs", "not mounted");
		remedy("mount -t debugfs debugfs /sys/kernel/debug");
	}
	if (!access("/sys/kernel/tracing/events", F_OK)) {
		report(GOOD, "tracefs", "mounted");
	} else {
		report(NOTE, "tracefs", "not mounted; the tool mounts it when it traces");
		remedy("mount -t tracefs tracefs /sys/kernel/tracing");
	}
}

/* What the module's two hooks need of the kernel. */
static void check_switches(void)
{
	unsigned long value;

	if (read_number("/proc/sys/kernel/ftrace_enabled", &value) && !value) {
		report(NOTE, "ftrace", "switched off, so that no hook=ftrace can be attached");
		remedy("sysctl kernel.ftrace_enabled=1, then load mmnotify again");
	}
	if (read_number("/sys/kernel/debug/kprobes/enabled", &value) && !value) {
		report(NOTE, "kprobes", "disarmed, so that no hook=kprobe can be attached");
		remedy("echo 1 > /sys/kernel/debug/kprobes/enabled, then load mmnotify again");
	}
}

static void check_hook(const char *hook)
{
	char backend[32];
	long error = key_number(hook, "attach_error");

	key_text(hook, "backend", backend, sizeof(backend));
	if (key_number(hook, "stuck")) {
		report(BAD, "hook", "%s is stuck: the kernel could not detach it", backend);
		remedy("the kernel log has the reason; reboot to be rid of it");
	} else if (error) {
		report(BAD, "hook", "%s could not be attached: %s", backend, strerror(labs(error)));
		remedy("the kernel log has the reason; another tracer may have the function");
	} else if (!strcmp(backend, "ftrace") || !strcmp(backend, "kprobe")) {
		report(GOOD, "hook", "%s, which has passed its self-test; %s now", backend,
		       key_number(hook, "attached") ? "attached" : "not attached");
	} else {
		report(BAD, "hook", "%s: observers see nothing, only drivers that use mmnotify do",
		       backend);
		remedy("load it with hook=auto; the kernel log says which hook failed its self-test");
	}
}

static void check_exact(const char *hook)
{
	char kernel[32];

	key_text(hook, "kernel", kernel, sizeof(kernel));
	if (!strcmp(kernel, "untested")) {
		report(NOTE, "exact", "no: no build of this kernel's series was tested");
		remedy("causes are shown all the same; trust=certified makes verdicts exact at your own risk");
	} else if (!strcmp(kernel, "unconfirmed")) {
		report(NOTE, "exact", "no: the census does not confirm this build of the kernel");
		remedy("see /sys/kernel/debug/mmnotify/census, and the kernel log of the load");
	} else {
		report(GOOD, "exact", "yes: this build of the kernel is %s", kernel);
	}
}

/* The call sites whose verdicts cannot be exact here. */
static void check_census(void)
{
	char *census = debugfs_read("census"), *rest = census, *line;
	struct census_line row;
	unsigned int found = 0, doubtful = 0;

	while ((line = next_line(&rest))) {
		if (!census_parse(line, &row))
			continue;
		found += row.kind == CENSUS_FOUND;
		if (row.kind != CENSUS_DOUBT)
			continue;
		doubtful++;
		report(NOTE, "call site", "%s", row.text);
	}
	if (doubtful)
		remedy("events of these are never exact: drivers assume everything. Please report them");
	else
		report(GOOD, "call sites", "%u, as in the sources that were read", found);
	free(census);
}

static void check_unknown(void)
{
	char *sites = debugfs_read("sites");
	long unknown = comment_number(sites, "unknown");

	if (unknown > 0) {
		report(NOTE, "sites", "%ld events came from call sites without a row", unknown);
		remedy("please report the names in the kernel log, with the release of the kernel");
	}
	free(sites);
}

/* Events that were counted, and how many had a verdict that is not exact. */
static void check_counters(void)
{
	char *counters = debugfs_read("counters"), count[FMT_LEN];
	long inexact = comment_number(counters, "inexact");

	if (inexact > 0) {
		report(NOTE, "verdicts", "%s were not exact since the module was loaded",
		       fmt_count(count, inexact));
		remedy("mmnotify trace shows them with a '?' behind the cause");
	} else {
		report(GOOD, "verdicts", "all exact since the module was loaded");
	}
	free(counters);
}

static void check_limits(const char *hook)
{
	char *processes = debugfs_read("processes");
	long full = key_number(hook, "table_full") + key_number(hook, "no_record");
	long without = comment_number(processes, "without_entry");

	if (full > 0) {
		report(NOTE, "table", "%ld events found no place in the hook's table", full);
		remedy("they were told as not exact, which is right but costs drivers time");
	}
	if (without > 0)
		report(NOTE, "processes", "%ld events had no entry: more than 1,024 processes",
		       without);
	free(processes);
}

/* Whether callbacks of drivers that do not know mmnotify can be listed and timed. */
static void check_drivers(void)
{
	char *drivers = debugfs_try("drivers"), reason[160];
	unsigned long timing = 0;
	long untimed = comment_number(drivers ? drivers : "", "untimed");

	comment_text(drivers ? drivers : "", "not available here:", reason, sizeof(reason));
	parameter("timing", &timing);
	if (!drivers || *reason) {
		report(NOTE, "drivers", "cannot be listed or timed: %s",
		       drivers ? reason : "the module is older than this tool");
		remedy("top, stat and explain show events, and no callbacks of drivers");
	} else {
		report(GOOD, "drivers", "can be listed and timed; %s now", timing ?
		       "they are timed" : "nothing times them");
	}
	if (untimed > 0)
		report(NOTE, "drivers", "%ld callbacks were not timed: the table was full, or their return was missed",
		       untimed);
	free(drivers);
}

static void check_watch(const char *hook)
{
	unsigned long watch = 0;

	parameter("watch", &watch);
	report(GOOD, "watching", "%s", !key_number(hook, "watched") ?
	       "no: nothing is counted, and no process pays" :
	       watch ? "yes: watch=1" : "yes: a tracepoint is enabled");
}

static void check_module(void)
{
	char *hook = debugfs_read("hook");

	check_hook(hook);
	check_exact(hook);
	check_census();
	check_unknown();
	check_counters();
	check_limits(hook);
	check_drivers();
	check_watch(hook);
	free(hook);
}

static int run(int argc, char **argv)
{
	(void)argv;
	if (argc)
		usage_die("doctor has no operands");
	need_root();
	check_loaded();
	check_versions();
	check_signature();
	check_lockdown();
	check_mounts();
	check_switches();
	if (module_loaded() && debugfs_mounted())
		check_module();
	printf("\n%s\n", faults ? "It does not work here: see the lines with BAD." :
	       notes ? "It works, with limits: see the notes." : "All is well.");
	return faults ? 1 : 0;
}

const struct cmd cmd_doctor = {
	.name = "doctor",
	.what = "Does it work here, and is it exact; what to do if not.",
	.usage = "",
	.run = run,
};
