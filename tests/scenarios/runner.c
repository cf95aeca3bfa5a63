// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * runner: runs each scenario in a child, collects its log and prints the result as TAP.
 *
 * The parent opens the device, so that the log outlives a child that dies in
 * its operation. Both share one block of memory.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kernel.h"
#include "runner.h"

#define TIMEOUT_S	20

const struct scenario *const families[] = {
	anon_scenarios, file_scenarios, thp_scenarios, hugetlb_scenarios,
	protect_scenarios, uffd_scenarios, process_scenarios, migrate_scenarios,
	reclaim_scenarios, ksm_scenarios, uprobe_scenarios, io_scenarios,
	misc_scenarios, compat_scenarios, fault_scenarios, advice_scenarios,
	split_scenarios, fs_scenarios, driver_scenarios, compaction_scenarios,
	pressure_scenarios, tiers_scenarios, damon_scenarios, dax_scenarios, hotplug_scenarios,
	reap_scenarios, hwpoison_scenarios, kvm_scenarios, NULL
};

/* Factor for all time limits: a debug kernel is slower. */
static unsigned int patience = 1;

static struct {
	bool list;
	bool demo;
	bool quiet;
	bool table;
	bool expected;
	bool features;
	bool alone;
	const char *only;
	const char *machine;
	long loop;
} options;

static struct {
	unsigned int nr;
	unsigned int passed;
	unsigned int failed;
	unsigned int skipped;
	unsigned int differences;
} totals;

/* Return: true if an invalidation, of this task or another, has started but not ended. */
static bool ends_pending(const struct shared *sh)
{
	long open = 0;
	__u32 i;

	for (i = 0; i < sh->nr; i++) {
		if (sh->log[i].tier != MIRROR_TIER_MM)
			continue;
		open += sh->log[i].phase == MIRROR_PHASE_START;
		open -= sh->log[i].phase == MIRROR_PHASE_END;
	}
	return open > 0;
}

static void run_child(struct env *e)
{
	unsigned int tries;

	setpgid(0, 0);
	e->sc->run(e);
	for (tries = 0; tries < 500; tries++) {
		drain(e);
		if (!ends_pending(e->sh))
			break;
		sleep_ms(2);
	}
	if (e->sh->begun)
		look_at(e, e->sh->after);
	e->sh->done_at = e->sh->nr;
	e->sh->result = RESULT_DONE;
	_exit(0);
}

time_t time_limit(unsigned int seconds)
{
	return time(NULL) + seconds * patience;
}

static bool wait_child(pid_t pid, unsigned int seconds)
{
	struct timespec t = { .tv_sec = seconds };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	while (!waitpid(pid, NULL, WNOHANG))
		if (sigtimedwait(&set, NULL, &t) < 0 && errno == EAGAIN)
			return false;
	return true;
}

static void put_back(struct shared *sh)
{
	while (sh->restores--)
		put(sh->restore[sh->restores].path, sh->restore[sh->restores].value);
	sh->restores = 0;
}

/* Return: true once the interval notifier has logged the unmapping after the release. */
static bool unmapped(const struct shared *sh)
{
	const struct mirror_record *r;

	for (r = sh->log; r < sh->log + sh->nr; r++)
		if (r->event == MMNOTIFY_UNMAP && in_region(sh, r) &&
		    (is_vague(r) || r->cause == MMNOTIFY_CAUSE_EXIT ||
		     r->cause == MMNOTIFY_CAUSE_EXEC))
			return true;
	return false;
}

/* After the child has exited: waits for the release and the unmapping in the log. */
static void finish(struct env *e, struct mirror_stat *stat)
{
	bool dies = e->sc->flags & S_DIES;
	unsigned int tries;

	for (tries = 0; e->sh->attached && tries < 200; tries++) {
		drain(e);
		if (!ioctl(e->fd, MIRROR_IOC_STAT, stat) && stat->released &&
		    (!dies || !has(F_RANGES) || unmapped(e->sh)))
			break;
		sleep_ms(5);
	}
	drain(e);
	if (dies && e->sh->begun) {
		look_at(e, e->sh->after);
		e->sh->result = e->sh->result ? e->sh->result : RESULT_DONE;
	}
}

/* Runs one scenario to its end; e->sh has the result. e->fd is -1 without a mirror. */
void run_one(struct env *e, struct mirror_stat *stat)
{
	unsigned int seconds = (e->sc->seconds ?: TIMEOUT_S) * patience;
	pid_t pid;

	memset(e->sh, 0, offsetof(struct shared, log));
	memset(stat, 0, sizeof(*stat));
	fflush(NULL);
	pid = fork();
	if (!pid)
		run_child(e);
	setpgid(pid, pid);
	if (!wait_child(pid, seconds)) {
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		snprintf(e->sh->why, sizeof(e->sh->why), "not finished after %u s",
			 seconds);
		e->sh->result = RESULT_FAIL;
	}
	if (!(e->sc->flags & S_DIES))
		kill(-pid, SIGKILL);
	finish(e, stat);
	kill(-pid, SIGKILL);
	put_back(e->sh);
	if (e->sh->result == RESULT_NONE) {
		snprintf(e->sh->why, sizeof(e->sh->why), "the child died");
		e->sh->result = RESULT_FAIL;
	}
}

static void print_failure(const struct env *e, const struct verdicts *v)
{
	unsigned int i;

	fprintf(tap, "not ok %u - %s\n", totals.nr, e->sc->name);
	if (e->sh->why[0])
		fprintf(tap, "# %s\n", e->sh->why);
	for (i = 0; i < v->nr; i++)
		fprintf(tap, "# %s\n", v->text[i]);
	report_records(e->sh);
}

static void print_result(const struct env *e, const struct verdicts *v)
{
	unsigned int i;

	totals.nr++;
	if (e->sh->result == RESULT_SKIP) {
		totals.skipped++;
		fprintf(tap, "ok %u - %s # SKIP %s\n", totals.nr, e->sc->name,
			e->sh->why);
	} else if (e->sh->result == RESULT_FAIL || v->nr) {
		totals.failed++;
		print_failure(e, v);
	} else {
		totals.passed++;
		fprintf(tap, "ok %u - %s\n", totals.nr, e->sc->name);
	}
	totals.differences += v->differences;
	for (i = 0; i < v->differences; i++)
		fprintf(tap, "# differs from native: %s\n", v->reasons[i]);
	fflush(tap);
}

static void run_and_report(const struct scenario *sc, struct shared *sh)
{
	struct env e = { .sc = sc, .sh = sh };
	struct mirror_stat stat;
	struct verdicts v = { };
	struct timespec a, b;

	clock_gettime(CLOCK_MONOTONIC, &a);
	e.fd = options.alone ? -1 : open_mirror();
	if (e.fd < 0 && !options.alone) {
		if (options.loop && (errno == ENOENT || errno == ENODEV)) {
			sleep_ms(10);
			return;
		}
		fprintf(tap, "Bail out! /dev/mmn_mirror: %s\n", strerror(errno));
		exit(1);
	}
	run_one(&e, &stat);
	if (sh->result == RESULT_DONE && !options.alone)
		judge(&e, &stat, &v);
	if (!options.alone)
		close(e.fd);
	print_result(&e, &v);
	report_json(&e);
	clock_gettime(CLOCK_MONOTONIC, &b);
	if (!options.quiet)
		fprintf(stderr, "%-32s %6ld ms\n", sc->name,
			(b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000);
}

/* ---- selection and repetition ---- */

static const char *machine_of(const struct scenario *sc)
{
	return sc->machine ? sc->machine : "plain";
}

static bool chosen(const struct scenario *sc)
{
	size_t len = strlen(sc->name);
	const char *p = options.only;

	if (options.loop && !(sc->flags & S_QUICK))
		return false;
	if (!p && options.list && !options.machine)
		return true;
	if (!p)
		return !strcmp(machine_of(sc), options.machine ?
					       options.machine : "plain");
	while (p) {
		if (!strncmp(p, sc->name, len) && (!p[len] || p[len] == ','))
			return true;
		p = strchr(p, ',');
		if (p)
			p++;
	}
	return false;
}

static void each(void (*what)(const struct scenario *sc, struct shared *sh),
		 struct shared *sh)
{
	const struct scenario *const *f, *sc;

	for (f = families; *f; f++)
		for (sc = *f; sc->name; sc++)
			if (chosen(sc))
				what(sc, sh);
}

/* Prints the scenario with the causes that it proves, on this kernel or another. */
static void list_one(const struct scenario *sc, struct shared *sh)
{
	char between = ' ';
	int i;

	(void)sh;
	printf("%s %s", sc->name, machine_of(sc));
	for (i = 0; i < MAX_EXPECT && sc->expect[i].cause; i++) {
		if (!sc->expect[i].min)
			continue;
		printf("%c%s", between, mmn_names_cause(sc->expect[i].cause));
		between = ',';
	}
	printf("\n");
}

static void count_one(const struct scenario *sc, struct shared *sh)
{
	(void)sc;
	(void)sh;
	totals.nr++;
}

/* Before any scenario, so that no proof changes the memory under test. */
static void prove_one(const struct scenario *sc, struct shared *sh)
{
	const struct expect *x;

	(void)sh;
	for (x = sc->expect; x < sc->expect + MAX_EXPECT; x++)
		native_here(x);
}

static int run_all(struct shared *sh)
{
	time_t until = time(NULL) + options.loop;

	each(prove_one, sh);
	kernel_forget();
	if (!options.loop) {
		each(count_one, sh);
		fprintf(tap, "TAP version 13\n1..%u\n", totals.nr);
		if (!totals.nr)
			fprintf(tap, "Bail out! no such scenario\n");
		totals.failed = !totals.nr;
		totals.nr = 0;
		each(run_and_report, sh);
	} else {
		fprintf(tap, "TAP version 13\n");
		do {
			each(run_and_report, sh);
		} while (time(NULL) < until);
		fprintf(tap, "1..%u\n", totals.nr);
	}
	fprintf(tap, "# %u intended differences from the native event\n",
		totals.differences);
	fflush(tap);
	printf("# %u passed, %u failed, %u skipped\n", totals.passed,
	       totals.failed, totals.skipped);
	return totals.failed ? 1 : 0;
}

static int usage(FILE *to)
{
	fprintf(to, "Usage: scenarios [--list] [--only NAME[,NAME]] [--machine NAME] [--loop SECONDS] [--inexact SITES] [--patience N] [--alone] [--quiet] [--demo]\n"
		"Runs operations on memory and checks mmnotify's verdict on each.\n\n"
		"  --list          print names, machines and causes (of all, or --machine); exit\n"
		"  --only NAMES    run only these, whatever machine they are for\n"
		"  --machine NAME  run those for this row of machines.list (default: plain)\n"
		"  --loop SECONDS  repeat the quick ones; the device may be reloaded meanwhile\n"
		"  --inexact SITES treat these call sites as unknown: a verdict must claim\n"
		"                  nothing (all: every site, except the release; starts: all\n"
		"                  starts; some: whatever is not exact)\n"
		"  --patience N    wait N times as long, for a debug kernel\n"
		"  --alone         run without a mirror: only the scenario's own checks\n"
		"  --quiet         print no times on stderr\n"
		"  --demo          print the verdicts as a table, for a terminal\n"
		"  --table         print every expectation, for tools/causes-doc, and exit\n"
		"  --features      print which features this kernel has, and exit\n"
		"  --expected      print what is expected on this kernel, and exit\n\n"
		"TAP goes to $MMN_TAP or stdout, JSON lines to $MMN_OUT if set.\n");
	return to == stderr ? 2 : 0;
}

static int parse(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--list"))
			options.list = true;
		else if (!strcmp(argv[i], "--quiet"))
			options.quiet = true;
		else if (!strcmp(argv[i], "--demo"))
			options.demo = true;
		else if (!strcmp(argv[i], "--alone"))
			options.alone = true;
		else if (!strcmp(argv[i], "--table"))
			options.table = true;
		else if (!strcmp(argv[i], "--features"))
			options.features = true;
		else if (!strcmp(argv[i], "--expected"))
			options.expected = true;
		else if (!strcmp(argv[i], "--only") && i + 1 < argc)
			options.only = argv[++i];
		else if (!strcmp(argv[i], "--machine") && i + 1 < argc)
			options.machine = argv[++i];
		else if (!strcmp(argv[i], "--inexact") && i + 1 < argc)
			inexact = argv[++i];
		else if (!strcmp(argv[i], "--loop") && i + 1 < argc)
			options.loop = atol(argv[++i]);
		else if (!strcmp(argv[i], "--patience") && i + 1 < argc &&
			 atoi(argv[i + 1]) > 0)
			patience = atoi(argv[++i]);
		else
			return -1;
	}
	return 0;
}

static FILE *open_named(const char *variable, FILE *otherwise)
{
	const char *path = getenv(variable);
	FILE *f = path ? fopen(path, "we") : otherwise;

	return f ? f : otherwise;
}

int main(int argc, char **argv)
{
	struct shared *sh;
	sigset_t set;
	int ret;

	if (argc == 2 && !strcmp(argv[1], "--help"))
		return usage(stdout);
	/* The program that the exec scenarios start. */
	if (argc == 2 && !strcmp(argv[1], "--nothing"))
		return 0;
	if (parse(argc, argv))
		return usage(stderr);
	if (options.list) {
		each(list_one, NULL);
		return 0;
	}
	if (options.table) {
		print_table();
		return 0;
	}
	features_init();
	if (options.features) {
		print_features();
		return 0;
	}
	if (options.expected) {
		print_expected();
		return 0;
	}
	sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sh == MAP_FAILED)
		return 1;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	tap = open_named("MMN_TAP", stdout);
	json = open_named("MMN_OUT", NULL);
	machine_calm();
	/* Proved here, because both this process and each child ask for it. */
	has(F_RANGES);
	kernel_forget();
	ret = options.demo ? demo(sh) : run_all(sh);
	machine_tidy();
	return ret;
}
