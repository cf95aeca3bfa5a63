// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * kernel_table: the builds of the kernel on which the tests ran, and those of which the sources
 * were audited. A call site may mean something else on another build, and neither a probe nor the
 * version number detects it: distributions backport changes. So a build is identified by its name,
 * as utsname has it.
 *
 * Pure: no changing state, no locks, no kernel calls. It also compiles in user space, for the
 * unit tests.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#include "kernel_table.h"

#define DYNAMIC		"#1 SMP PREEMPT_DYNAMIC Debian "
#define RT		"#1 SMP PREEMPT_RT Debian "
#define PREEMPT		"#1 SMP PREEMPT Debian "
#define PLAIN		"#1 SMP Debian "

/*
 * The scenarios of tests/scenarios passed on the first and on the last patch level of each span,
 * and only stable updates lie between them. Extend a span only after a run: such an update may
 * add an event, as one did between 6.1.190 and 6.1.192. A flavour that is not booted by the
 * tests (cloud) has no row.
 */
static const struct mmn_kernel_stream streams[] = {
	{ "Debian 11, 5.10", "5.10.", "5.10.0-*-amd64",
	  "#1 SMP Debian 5.10.%-* (", 218, 262, MMN_KERNEL_TESTED },
	{ "Debian 11, 5.10-rt", "5.10.", "5.10.0-*-rt-amd64",
	  RT "5.10.%-* (", 262, 262, MMN_KERNEL_TESTED },
	{ "Debian 12, 6.1", "6.1.", "6.1.0-*-amd64",
	  DYNAMIC "6.1.%-* (", 192, 192, MMN_KERNEL_TESTED },
	{ "Debian 12, 6.1-rt", "6.1.", "6.1.0-*-rt-amd64",
	  RT "6.1.%-* (", 192, 192, MMN_KERNEL_TESTED },
	{ "Debian 13, 6.12", "6.12.", "6.12.%+deb13&-amd64",
	  DYNAMIC "6.12.%-* (", 107, 118, MMN_KERNEL_TESTED },
	{ "Debian 13, 6.12-rt", "6.12.", "6.12.%+deb13&-rt-amd64",
	  RT "6.12.%-* (", 118, 118, MMN_KERNEL_TESTED },
	{ "Debian 13 backports, 7.2", "7.2.", "7.2.%+deb13&-amd64",
	  DYNAMIC "7.2.%-*~bpo13+* (", 6, 12, MMN_KERNEL_TESTED },
	{ "Debian 13 backports, 7.2-rt", "7.2.", "7.2.%+deb13&-rt-amd64",
	  RT "7.2.%-*~bpo13+* (", 12, 12, MMN_KERNEL_TESTED },
	{ "Debian 13 backports, 7.3", "7.3.", "7.3.%+deb13&-amd64",
	  DYNAMIC "7.3.%-*~bpo13+* (", 4, 4, MMN_KERNEL_TESTED },
	{ "Debian 13 backports, 7.3-rt", "7.3.", "7.3.%+deb13&-rt-amd64",
	  RT "7.3.%-*~bpo13+* (", 4, 4, MMN_KERNEL_TESTED },
	/* For arm64; the others are for x86-64. */
	{ "Debian 13, 6.12, arm64", "6.12.", "6.12.%+deb13&-arm64",
	  PLAIN "6.12.%-* (", 118, 118, MMN_KERNEL_TESTED },
	{ "Debian 13 backports, 7.3, arm64", "7.3.", "7.3.%+deb13&-arm64",
	  PREEMPT "7.3.%-*~bpo13+* (", 4, 4, MMN_KERNEL_TESTED },
	{ "Debian 13 backports, 7.3, arm64-16k", "7.3.", "7.3.%+deb13&-arm64-16k",
	  PREEMPT "7.3.%-*~bpo13+* (", 4, 4, MMN_KERNEL_TESTED },
	/*
	 * From sources: tests/audit has them, docs/kernels.md the runs. Another upload of the same
	 * patch level (RHEL's last number, Ubuntu's first) was not read.
	 */
	{ "RHEL 9.6", "5.14.0-570.", "5.14.0-570.%.1.el9_6.x86_64",
	  "#1 SMP PREEMPT_DYNAMIC ", 32, 32, MMN_KERNEL_AUDITED },
	{ "RHEL 10.0", "6.12.0-55.", "6.12.0-55.%.1.el10_0.x86_64",
	  "#1 SMP PREEMPT_DYNAMIC ", 24, 24, MMN_KERNEL_AUDITED },
	{ "Ubuntu 22.04, 5.15", "5.15.", "5.15.0-%-generic",
	  "#195-Ubuntu SMP ", 185, 185, MMN_KERNEL_AUDITED },
};

#define NO_LEVEL	(~0u)
#define DIGITS_MAX	6

/* Return: the first character after the number at @text, which is @text if there is none. */
static const char *number_end(const char *text, unsigned int *value)
{
	const char *end = text;

	for (*value = 0; *end >= '0' && *end <= '9' && end < text + DIGITS_MAX; end++)
		*value = *value * 10 + (*end - '0');
	return end;
}

/* Return: the text after what @mark, a '*', '%' or '&', stands for; NULL if it is not there. */
static const char *match_mark(char mark, const char *text, unsigned int *level)
{
	const char *begin = text;
	unsigned int value;

	if (mark == '&' && *begin++ != '.')
		return text;
	text = number_end(begin, &value);
	if (text == begin)
		return NULL;
	if (mark != '%')
		return text;
	if (*level != NO_LEVEL && *level != value)
		return NULL;
	*level = value;
	return text;
}

/*
 * Match the beginning of @text. Each patch level in it has to be @level, unless that is
 * NO_LEVEL: then the first one is stored there.
 *
 * Return: the rest of @text; NULL if the pattern does not match.
 */
static const char *match(const char *pattern, const char *text, unsigned int *level)
{
	for (; *pattern && text; pattern++) {
		if (strchr("*%&", *pattern))
			text = match_mark(*pattern, text, level);
		else if (*text++ != *pattern)
			return NULL;
	}
	return text;
}

static bool is_of_stream(const struct mmn_kernel_stream *s, const char *release,
			 const char *version, unsigned int *level)
{
	const char *rest;

	*level = NO_LEVEL;
	rest = match(s->release, release, level);
	return rest && !*rest && match(s->version, version, level);
}

/**
 * mmn_kernel_table_find() - find out what the tests cover of a kernel
 * @release: utsname's release, as "6.12.118+deb13-amd64"
 * @version: utsname's version, as "#1 SMP PREEMPT_DYNAMIC Debian 6.12.118-1 (2026-11-20)"
 * @stream: filled with the stream of the build, else with the first stream of its series,
 *	of the longest that fits; NULL if there is none
 *
 * A name need not have the architecture: the caller has to look whether @stream is for its own.
 *
 * Context: Any.
 * Return: enum mmn_kernel_build.
 */
enum mmn_kernel_build mmn_kernel_table_find(const char *release, const char *version,
					    const struct mmn_kernel_stream **stream)
{
	const struct mmn_kernel_stream *s;
	unsigned int level;

	*stream = NULL;
	for (s = streams; s < streams + ARRAY_SIZE(streams); s++) {
		if (!strstarts(release, s->series))
			continue;
		if (!*stream || strlen(s->series) > strlen((*stream)->series))
			*stream = s;
		if (!is_of_stream(s, release, version, &level))
			continue;
		*stream = s;
		if (level < s->first)
			return MMN_KERNEL_OLDER;
		return level > s->last ? MMN_KERNEL_NEWER : s->build;
	}
	return *stream ? MMN_KERNEL_SERIES : MMN_KERNEL_UNTESTED;
}

/**
 * mmn_kernel_table_get() - get a stream by its position, for the tests
 * @nr: position in the table, from 0
 *
 * Context: Any.
 * Return: the stream; NULL behind the last one.
 */
const struct mmn_kernel_stream *mmn_kernel_table_get(unsigned int nr)
{
	return nr < ARRAY_SIZE(streams) ? &streams[nr] : NULL;
}
