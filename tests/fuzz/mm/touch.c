// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* touch: accesses of the CPU itself, which may hit unmapped memory. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

static __thread sigjmp_buf back;
static __thread bool armed;

static void on_fault(int sig)
{
	if (armed)
		siglongjmp(back, sig);
	signal(sig, SIG_DFL);
}

void touch_init(void)
{
	struct sigaction sa = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };

	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
}

static __attribute__((noinline))
void access_pages(volatile char *at, const char *end, bool write, int value)
{
	for (; at < end; at += PG) {
		if (write)
			*at = value;
		else
			(void)*at;
	}
}

/* Return: false if a page cannot be accessed. */
static bool touch(char *p, size_t len, bool write, int value)
{
	if (sigsetjmp(back, 0)) {
		armed = false;
		return false;
	}
	armed = true;
	access_pages(p, p + len, write, value);
	armed = false;
	return true;
}

/* Like touch(), but goes on behind pages that cannot be accessed. */
long touch_range(char *p, size_t len, bool write, int value)
{
	char *at;
	long bad = 0;

	if (touch(p, len, write, value))
		return 0;
	/* Stops after four bad pages, because each signal takes its time. */
	for (at = p; at < p + len && bad < 4; at += PG)
		bad += !touch(at, PG, write, value);
	return bad ? -1 : 0;
}
