// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* hwpoison: a page fails (hwpoison), or is taken offline before it does (soft offline). */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runner.h"

#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE 101
#endif

static void ignore(int sig)
{
	(void)sig;
}

static void poison(struct env *e, char *p, int advice)
{
	signal(SIGBUS, ignore);
	begin(e);
	need(e, !madvise(p, PG, advice), "no memory failure by madvise");
}

static void run_anon(struct env *e)
{
	char *p = watched_anon(e, 8);

	poison(e, p + 2 * PG, MADV_HWPOISON);
}

static void run_file(struct env *e)
{
	int fd = ext4_file(e, "poison", 8 * PG);
	char *p = map_at(e, 8 * PG, PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd);

	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, false);
	poison(e, p + 2 * PG, MADV_HWPOISON);
}

static void run_thp(struct env *e)
{
	char *p = thp(e);

	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	poison(e, p + 2 * PG, MADV_HWPOISON);
}

static void run_soft(struct env *e)
{
	char *p = watched_anon(e, 8);

	poison(e, p + 2 * PG, MADV_SOFT_OFFLINE);
}

#define CLEANED "a clean page of a file is made sure to be clean first"

const struct scenario hwpoison_scenarios[] = {
	{ .name = "hwpoison_anon", .run = run_anon, .expect = {
		MUST(CLEAR, HWPOISON, CLEAR, ALL(C)) } },
	{ .name = "hwpoison_file", .run = run_file, .expect = {
		MUST(CLEAR, HWPOISON, CLEAR, ALL(C)),
		MAY(CLEANED, PROTECTION_PAGE, HWPOISON, CLEAN, ALL(PP)) } },
	{ .name = "hwpoison_thp", .run = run_thp, .expect = {
		MUST(CLEAR, HWPOISON, CLEAR, ALL(C)),
		MUST(CLEAR, THP_SPLIT, CLEAR, HAS(MIGRATE_SPLITS_FIRST, C)) } },
	{ .name = "soft_offline", .run = run_soft, .expect = {
		MUST(CLEAR, SOFT_OFFLINE, CLEAR, ALL(C)) } },
	{ .name = NULL }
};
