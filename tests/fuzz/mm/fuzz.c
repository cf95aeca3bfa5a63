// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* fuzz: options, and one run per seed, as TAP. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

static struct options wanted = {
	.seed = 1, .seeds = 1, .steps = 50000, .check = 64, .kinds = ~0ULL, .dir = "/tmp",
};

static FILE *tap;
static bool show_ops;

static int usage(FILE *to)
{
	fprintf(to, "Usage: fuzz [OPTION VALUE]... [FLAG]...\n"
		"Random mm operations under the three sample devices; checks that all their\n"
		"translations match the CPU's.\n\n"
		"  --seed N      first seed (1)\n"
		"  --seeds N     number of seeds (1)\n"
		"  --steps N     steps of each seed (50000)\n"
		"  --check N     check after each N steps (64)\n"
		"  --kinds MASK  operations to run, one bit each, numbered as in --list\n"
		"  --shrink SEC  reduce a failure for at most SEC seconds\n"
		"  --dir DIR     directory on a file system with writeback (/tmp)\n"
		"  --cgroup DIR  cgroup to join, and to reclaim from\n"
		"  --serial      one step at a time, in an order that the seed fixes\n"
		"  --quiet       no background load\n"
		"  --naive       use the devices' naive mode\n"
		"  --no-devices  run the operations without devices\n"
		"  --ops         print how many of each operation succeeded\n"
		"  --list        list the operations and exit\n");
	return to == stderr ? 2 : 0;
}

static bool number(const char *option, const char *value)
{
	static const struct {
		const char *option;
		__u64 *to;
	} rows[] = {
		{ "--seed", &wanted.seed }, { "--seeds", &wanted.seeds },
		{ "--steps", &wanted.steps }, { "--check", &wanted.check },
		{ "--kinds", &wanted.kinds },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!strcmp(option, rows[i].option)) {
			*rows[i].to = strtoull(value, NULL, 0);
			return true;
		}
	return false;
}

static bool flag(const char *option)
{
	if (!strcmp(option, "--serial"))
		wanted.serial = true;
	else if (!strcmp(option, "--quiet"))
		wanted.quiet_machine = true;
	else if (!strcmp(option, "--naive"))
		wanted.naive = true;
	else if (!strcmp(option, "--no-devices"))
		wanted.no_devices = true;
	else if (!strcmp(option, "--ops"))
		show_ops = true;
	else
		return false;
	return true;
}

static bool parse(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;

		if (flag(argv[i]))
			continue;
		if (!value)
			return false;
		if (!strcmp(argv[i], "--dir"))
			wanted.dir = value;
		else if (!strcmp(argv[i], "--cgroup"))
			wanted.cgroup = value;
		else if (!strcmp(argv[i], "--shrink"))
			wanted.shrink = strtoul(value, NULL, 0);
		else if (!number(argv[i], value))
			return false;
		i++;
	}
	return wanted.check && wanted.seeds;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static bool run_seed(__u64 nr)
{
	struct options o = wanted;
	double begun = now();
	int result;

	o.seed = wanted.seed + nr;
	result = run_once(&o);
	report_run(stdout, now() - begun);
	if (show_ops)
		report_ops(stdout);
	fprintf(tap, "%sok %llu - seed %llu, %llu steps\n", result ? "not " : "",
		(unsigned long long)nr + 1, (unsigned long long)o.seed,
		(unsigned long long)o.steps);
	if (result)
		report_run(tap, now() - begun);
	fflush(tap);
	if (result)
		report_history(stdout);
	fflush(stdout);
	if (result == RUN_STALE && o.shrink) {
		shrink(&o);
		report_history(stdout);
	}
	return !result;
}

static int list(void)
{
	const struct op *op;
	unsigned int i;

	for (i = 0; (op = op_get(i)); i++)
		printf("%2u %#18llx %3u %s\n", i, 1ULL << i, op->weight, op->name);
	return 0;
}

int main(int argc, char **argv)
{
	const char *path = getenv("MMN_TAP");
	int failed = 0;
	__u64 nr;

	if (argc == 2 && !strcmp(argv[1], "--help"))
		return usage(stdout);
	if (argc == 2 && !strcmp(argv[1], "--list"))
		return list();
	if (!parse(argc, argv))
		return usage(stderr);
	/* Without address randomization all runs have the same addresses. */
	if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) {
		personality(ADDR_NO_RANDOMIZE);
		execv("/proc/self/exe", argv);
	}
	tap = path ? fopen(path, "we") : stdout;
	sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		  -1, 0);
	if (!tap || sh == MAP_FAILED)
		return 1;
	fprintf(tap, "1..%llu\n", (unsigned long long)wanted.seeds);
	for (nr = 0; nr < wanted.seeds; nr++)
		failed |= !run_seed(nr);
	return failed;
}
