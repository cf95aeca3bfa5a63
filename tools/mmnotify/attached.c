// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* attached: the drivers of all processes, while a command watches events. */
#include <stdlib.h>

#include "attached.h"
#include "census.h"
#include "live.h"
#include "system.h"
#include "util.h"

/* Reading takes a step for each process of the machine. */
#define PAUSE_NS	100000000ULL
#define AGE_NS		1000000000ULL

static struct drivers list;
static bool begun, timed;
static unsigned long long read_at;

static void note(bool begin)
{
	char *text = debugfs_try("drivers");

	drivers_note(&list, text, begin);
	read_at = live_now();
	free(text);
}

static void need_drivers(void)
{
	char *text = debugfs_read("drivers"), reason[160];

	comment_text(text, "not available here:", reason, sizeof(reason));
	if (*reason)
		die("drivers of processes are not known here: %s", reason);
	free(text);
}

void attached_begin(bool timing, bool needed)
{
	if (needed)
		need_drivers();
	/* A module without it, or a kernel where it is not available, has no times of drivers. */
	timed = timing && switch_on("timing");
	begun = true;
	note(true);
}

void attached_read(void)
{
	note(false);
}

void attached_seen(int tgid)
{
	unsigned long long age;

	if (!begun)
		return;
	age = live_now() - read_at;
	if (age >= (drivers_known(&list, tgid) ? AGE_NS : PAUSE_NS))
		note(false);
}

void attached_end(void)
{
	if (!begun)
		return;
	note(false);
	if (timed)
		switch_off("timing");
	begun = false;
}

struct drivers *attached_drivers(void)
{
	return &list;
}

bool attached_timed(void)
{
	return timed;
}
