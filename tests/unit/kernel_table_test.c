// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * kernel_table: which builds count as tested, or as audited. The names are those that kernels
 * print.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "rules/kernel_table.h"
#include "tap.h"

#define UNTESTED	MMN_KERNEL_UNTESTED
#define SERIES		MMN_KERNEL_SERIES
#define OLDER		MMN_KERNEL_OLDER
#define NEWER		MMN_KERNEL_NEWER
#define TESTED		MMN_KERNEL_TESTED
#define AUDITED		MMN_KERNEL_AUDITED

#define DYNAMIC		"#1 SMP PREEMPT_DYNAMIC "
#define DATE		" (2026-11-20)"

/* A kernel, what the table says of it, and the name of the stream. */
static const struct kernel {
	const char *release;
	const char *version;
	enum mmn_kernel_build build;
	const char *stream;
} kernels[] = {
	/* tests/vm/kernels.list */
	{ "5.10.0-46-amd64", "#1 SMP Debian 5.10.262-1 (2026-07-31)",
	  TESTED, "Debian 11, 5.10" },
	{ "5.10.0-46-rt-amd64", "#1 SMP PREEMPT_RT Debian 5.10.262-1 (2026-07-31)",
	  TESTED, "Debian 11, 5.10-rt" },
	{ "6.1.0-57-amd64", DYNAMIC "Debian 6.1.192-3 (2026-11-26)",
	  TESTED, "Debian 12, 6.1" },
	{ "6.1.0-57-rt-amd64", "#1 SMP PREEMPT_RT Debian 6.1.192-3 (2026-11-26)",
	  TESTED, "Debian 12, 6.1-rt" },
	{ "6.12.118+deb13-amd64", DYNAMIC "Debian 6.12.118-1 (2026-11-20)",
	  TESTED, "Debian 13, 6.12" },
	{ "6.12.118+deb13-rt-amd64", "#1 SMP PREEMPT_RT Debian 6.12.118-1 (2026-11-20)",
	  TESTED, "Debian 13, 6.12-rt" },
	{ "7.2.12+deb13-amd64", DYNAMIC "Debian 7.2.12-1~bpo13+1 (2026-11-04)",
	  TESTED, "Debian 13 backports, 7.2" },
	{ "7.2.12+deb13-rt-amd64", "#1 SMP PREEMPT_RT Debian 7.2.12-1~bpo13+1 (2026-11-04)",
	  TESTED, "Debian 13 backports, 7.2-rt" },
	{ "7.3.4+deb13-amd64", DYNAMIC "Debian 7.3.4-1~bpo13+1 (2026-11-15)",
	  TESTED, "Debian 13 backports, 7.3" },
	{ "7.3.4+deb13-rt-amd64", "#1 SMP PREEMPT_RT Debian 7.3.4-1~bpo13+1 (2026-11-15)",
	  TESTED, "Debian 13 backports, 7.3-rt" },
	{ "6.1.0-57-arm64", "#1 SMP Debian 6.1.192-3 (2026-11-26)", SERIES, "Debian 12, 6.1" },
	{ "6.12.118+deb13-arm64", "#1 SMP Debian 6.12.118-1 (2026-11-20)", TESTED,
	  "Debian 13, 6.12, arm64" },
	{ "7.3.4+deb13-arm64", "#1 SMP PREEMPT Debian 7.3.4-1~bpo13+1 (2026-11-15)", TESTED,
	  "Debian 13 backports, 7.3, arm64" },
	{ "7.3.4+deb13-arm64-16k", "#1 SMP PREEMPT Debian 7.3.4-1~bpo13+1 (2026-11-15)", TESTED,
	  "Debian 13 backports, 7.3, arm64-16k" },

	/* The same sources, another build of the distribution's. */
	{ "6.12.118+deb13.1-amd64", DYNAMIC "Debian 6.12.118-2" DATE, TESTED, "Debian 13, 6.12" },
	{ "6.12.118+deb13-amd64", DYNAMIC "Debian 6.12.118-1 (2026-1", TESTED, "Debian 13, 6.12" },

	/* The ends of the spans on which the tests ran, too. */
	{ "5.10.0-30-amd64", "#1 SMP Debian 5.10.218-1 (2024-06-01)", TESTED, "Debian 11, 5.10" },
	{ "6.12.107+deb13-amd64", DYNAMIC "Debian 6.12.107-1 (2026-08-29)", TESTED,
	  "Debian 13, 6.12" },
	{ "7.2.6+deb13-amd64", DYNAMIC "Debian 7.2.6-1~bpo13+1 (2026-09-30)", TESTED,
	  "Debian 13 backports, 7.2" },
	{ "6.12.115+deb13.1-amd64", DYNAMIC "Debian 6.12.115-2" DATE, TESTED, "Debian 13, 6.12" },

	/* Outside of the span. */
	{ "6.1.0-47-amd64", DYNAMIC "Debian 6.1.170-3 (2026-05-08)", OLDER, "Debian 12, 6.1" },
	{ "5.10.0-47-amd64", "#1 SMP Debian 5.10.263-1" DATE, NEWER, "Debian 11, 5.10" },
	{ "5.10.0-1-amd64", "#1 SMP Debian 5.10.4-1" DATE, OLDER, "Debian 11, 5.10" },
	{ "6.1.0-58-rt-amd64", "#1 SMP PREEMPT_RT Debian 6.1.193-1" DATE, NEWER,
	  "Debian 12, 6.1-rt" },
	{ "6.12.119+deb13-amd64", DYNAMIC "Debian 6.12.119-1" DATE, NEWER, "Debian 13, 6.12" },
	{ "6.12.200+deb13-amd64", DYNAMIC "Debian 6.12.200-1" DATE, NEWER, "Debian 13, 6.12" },
	{ "6.12.999999+deb13-amd64", DYNAMIC "Debian 6.12.999999-1" DATE, NEWER,
	  "Debian 13, 6.12" },
	{ "6.12.1000000+deb13-amd64", DYNAMIC "Debian 6.12.1000000-1" DATE, SERIES,
	  "Debian 13, 6.12" },
	{ "6.12.4294967414+deb13-amd64", DYNAMIC "Debian 6.12.4294967414-1" DATE, SERIES,
	  "Debian 13, 6.12" },
	{ "6.12.9+deb13-amd64", DYNAMIC "Debian 6.12.9-1" DATE, OLDER, "Debian 13, 6.12" },
	{ "6.12.0+deb13-amd64", DYNAMIC "Debian 6.12.0-1" DATE, OLDER, "Debian 13, 6.12" },
	{ "7.3.1+deb13-amd64", DYNAMIC "Debian 7.3.1-1~bpo13+1" DATE, OLDER,
	  "Debian 13 backports, 7.3" },

	/* Debian's, but built for something else, or with something else. */
	{ "6.12.118+deb13-cloud-amd64", DYNAMIC "Debian 6.12.118-1" DATE, SERIES,
	  "Debian 13, 6.12" },
	{ "6.12.118+deb13-arm64", DYNAMIC "Debian 6.12.118-1" DATE, SERIES, "Debian 13, 6.12" },
	{ "7.3.4+deb13-arm64-64k", "#1 SMP PREEMPT Debian 7.3.4-1~bpo13+1" DATE, SERIES,
	  "Debian 13 backports, 7.3" },
	{ "6.12.118+deb12-amd64", DYNAMIC "Debian 6.12.118-1~bpo12+1" DATE, SERIES,
	  "Debian 13, 6.12" },
	{ "6.12.22-amd64", DYNAMIC "Debian 6.12.22-1" DATE, SERIES, "Debian 13, 6.12" },
	{ "6.1.0-0.deb11.52-amd64", DYNAMIC "Debian 6.1.192-3~deb11u1" DATE, SERIES,
	  "Debian 12, 6.1" },
	{ "7.3.4-amd64", DYNAMIC "Debian 7.3.4-1" DATE, SERIES, "Debian 13 backports, 7.3" },
	{ "7.3.4+deb13-amd64", DYNAMIC "Debian 7.3.4-1" DATE, SERIES, "Debian 13 backports, 7.3" },
	{ "5.10.0-46-686-pae", "#1 SMP Debian 5.10.262-1" DATE, SERIES, "Debian 11, 5.10" },
	{ "6.18.12+deb13-amd64", DYNAMIC "Debian 6.18.12-1~bpo13+1" DATE, UNTESTED, NULL },
	{ "7.4.1+deb13-amd64", DYNAMIC "Debian 7.4.1-1~bpo13+1" DATE, UNTESTED, NULL },
	{ "5.10.46-arm64", "#1 SMP Debian 5.10.46-4 (2021-08-03)", SERIES, "Debian 11, 5.10" },

	/* Built by hand, some with a name like Debian's. */
	{ "6.12.118", "#1 SMP PREEMPT_DYNAMIC Mon Nov 30 01:10:51 UTC 2026", SERIES,
	  "Debian 13, 6.12" },
	{ "6.12.118", "#1 SMP", SERIES, "Debian 13, 6.12" },
	{ "6.12.118+deb13-amd64", DYNAMIC "Mon Nov 30 01:10:51 UTC 2026", SERIES,
	  "Debian 13, 6.12" },
	{ "6.12.118+deb13-amd64", "", SERIES, "Debian 13, 6.12" },
	{ "6.12.118+deb13-amd64", "#2 SMP PREEMPT_DYNAMIC Debian 6.12.118-1" DATE, SERIES,
	  "Debian 13, 6.12" },
	{ "6.12.118+deb13-amd64+", DYNAMIC "Debian 6.12.118-1" DATE, SERIES, "Debian 13, 6.12" },
	{ "6.12.118+deb13-amd64-kasan", DYNAMIC "Debian 6.12.118-1" DATE, SERIES,
	  "Debian 13, 6.12" },
	{ "6.12.118+deb13.-amd64", DYNAMIC "Debian 6.12.118-1" DATE, SERIES, "Debian 13, 6.12" },
	{ "6.12.+deb13-amd64", DYNAMIC "Debian 6.12.118-1" DATE, SERIES, "Debian 13, 6.12" },
	{ "6.12.118+deb13-amd64", DYNAMIC "Debian 6.12.117-1" DATE, SERIES, "Debian 13, 6.12" },
	{ "6.12.0+deb13-amd64", DYNAMIC "Debian 6.12.118-1" DATE, SERIES, "Debian 13, 6.12" },
	{ "6.12.118+deb13-amd64", DYNAMIC "Debian 6.12.118-1+local" DATE, SERIES,
	  "Debian 13, 6.12" },
	{ "6.12.118+deb13-rt-amd64", DYNAMIC "Debian 6.12.118-1" DATE, SERIES,
	  "Debian 13, 6.12" },
	{ "6.12.118+deb13-amd64", "#1 SMP PREEMPT_RT Debian 6.12.118-1" DATE, SERIES,
	  "Debian 13, 6.12" },

	/* Others'. */
	{ "5.15.0-185-generic", "#195-Ubuntu SMP Fri Jul 18 16:22:03 UTC 2026", AUDITED,
	  "Ubuntu 22.04, 5.15" },
	{ "5.15.0-185-generic", "#196-Ubuntu SMP Fri Jul 25 16:22:03 UTC 2026", SERIES,
	  "Ubuntu 22.04, 5.15" },
	{ "5.15.0-186-generic", "#195-Ubuntu SMP Fri Aug 15 16:22:03 UTC 2026", NEWER,
	  "Ubuntu 22.04, 5.15" },
	{ "5.15.0-185-generic", "#195~20.04.1-Ubuntu SMP Fri Jul 18 16:22:03 UTC 2026", SERIES,
	  "Ubuntu 22.04, 5.15" },
	{ "5.15.0-185-lowlatency", "#195-Ubuntu SMP PREEMPT Fri Jul 18 16:22:03 UTC 2026", SERIES,
	  "Ubuntu 22.04, 5.15" },
	{ "5.15.0-1085-aws", "#92-Ubuntu SMP Fri Jul 18 16:22:03 UTC 2026", SERIES,
	  "Ubuntu 22.04, 5.15" },
	{ "6.8.0-45-generic", "#45-Ubuntu SMP PREEMPT_DYNAMIC Fri Aug 30 12:02:04 UTC 2024",
	  UNTESTED, NULL },
	{ "5.14.0-570.32.1.el9_6.x86_64", "#1 SMP PREEMPT_DYNAMIC Thu Aug 7 11:40:41 EDT 2025",
	  AUDITED, "RHEL 9.6" },
	{ "5.14.0-570.32.2.el9_6.x86_64", "#1 SMP PREEMPT_DYNAMIC Thu Aug 7 11:40:41 EDT 2025",
	  SERIES, "RHEL 9.6" },
	{ "5.14.0-570.33.1.el9_6.x86_64", "#1 SMP PREEMPT_DYNAMIC Thu Aug 14 11:40:41 EDT 2025",
	  NEWER, "RHEL 9.6" },
	{ "5.14.0-570.12.1.el9_6.x86_64", "#1 SMP PREEMPT_DYNAMIC Thu May 15 11:40:41 EDT 2025",
	  OLDER, "RHEL 9.6" },
	{ "5.14.0-570.32.1.el9_6.x86_64+rt", "#1 SMP PREEMPT_RT Thu Aug 7 11:40:41 EDT 2025",
	  SERIES, "RHEL 9.6" },
	{ "5.14.0-570.el9.x86_64", "#1 SMP PREEMPT_DYNAMIC Thu Apr 3 11:40:41 EDT 2025",
	  SERIES, "RHEL 9.6" },
	{ "5.14.0-600.el9.x86_64", "#1 SMP PREEMPT_DYNAMIC Thu Apr 3 11:40:41 EDT 2025",
	  UNTESTED, NULL },
	{ "6.12.0-55.24.1.el10_0.x86_64", "#1 SMP PREEMPT_DYNAMIC Wed Jul 30 11:40:41 EDT 2025",
	  AUDITED, "RHEL 10.0" },
	{ "6.12.0-55.24.2.el10_0.x86_64", "#1 SMP PREEMPT_DYNAMIC Wed Jul 30 11:40:41 EDT 2025",
	  SERIES, "RHEL 10.0" },
	{ "6.12.0-55.25.1.el10_0.x86_64", "#1 SMP PREEMPT_DYNAMIC Wed Aug 13 11:40:41 EDT 2025",
	  NEWER, "RHEL 10.0" },
	{ "6.12.0-55.9.1.el10_0.x86_64", "#1 SMP PREEMPT_DYNAMIC Thu May 15 11:40:41 EDT 2025",
	  OLDER, "RHEL 10.0" },
	{ "6.12.0-55.24.1.el10_0.x86_64+rt", "#1 SMP PREEMPT_RT Wed Jul 30 11:40:41 EDT 2025",
	  SERIES, "RHEL 10.0" },
	{ "6.12.0-55.el10.x86_64", "#1 SMP PREEMPT_DYNAMIC Thu Apr 3 11:40:41 EDT 2025", SERIES,
	  "RHEL 10.0" },
	{ "6.8.12-1-pve", "#1 SMP PREEMPT_DYNAMIC PMX 6.8.12-1 (2024-08-05T16:17Z)", UNTESTED,
	  NULL },
	{ "6.12.118-x64v3-xanmod1", "#0~20261120.g1b2c3d4 SMP PREEMPT_DYNAMIC Fri Nov 20", SERIES,
	  "Debian 13, 6.12" },
	{ "6.12.118-1-liquorix-amd64", "#1 ZEN SMP PREEMPT liquorix 6.12-118~trixie" DATE, SERIES,
	  "Debian 13, 6.12" },
	{ "6.12.118-amd64", DYNAMIC "Kali 6.12.118-1kali1" DATE, SERIES, "Debian 13, 6.12" },
	{ "6.12.118+rpt-rpi-v8", "#1 SMP PREEMPT Debian 1:6.12.118-1+rpt1" DATE, SERIES,
	  "Debian 13, 6.12" },
	{ "5.10.262-231.amzn2.x86_64", "#1 SMP Wed Jul 1 10:00:00 UTC 2026", SERIES,
	  "Debian 11, 5.10" },

	/* Like a series. */
	{ "6.1", "", UNTESTED, NULL },
	{ "6.1-rc1", "", UNTESTED, NULL },
	{ "6.100.3", "", UNTESTED, NULL },
	{ "16.1.3", "", UNTESTED, NULL },
	{ "7.30.4+deb13-amd64", DYNAMIC "Debian 7.30.4-1~bpo13+1" DATE, UNTESTED, NULL },
	{ "", "", UNTESTED, NULL },
};

/* Copies on the heap without slack, so that reading on is an error. */
static void test_kernel(const struct kernel *k)
{
	char *release = strdup(k->release), *version = strdup(k->version);
	const struct mmn_kernel_stream *stream;

	ok(mmn_kernel_table_find(release, version, &stream) == k->build, "\"%s %s\"",
	   k->release, strchr(k->version, '#') ? k->version + 1 : k->version);
	ok(k->stream ? stream && !strcmp(stream->name, k->stream) : !stream, "it belongs to %s",
	   k->stream ? k->stream : "no stream");
	free(release);
	free(version);
}

/* Write a name that fits the pattern, with each number one digit or more. */
static void write_name(char *name, const char *pattern, unsigned int level)
{
	for (; *pattern; pattern++) {
		if (*pattern == '%')
			name += sprintf(name, "%u", level);
		else if (*pattern == '*')
			name += sprintf(name, "1");
		else if (*pattern != '&')
			*name++ = *pattern;
	}
	*name = 0;
}

static enum mmn_kernel_build build_of(const struct mmn_kernel_stream *s, unsigned int level)
{
	const struct mmn_kernel_stream *found;
	char release[128], version[128];
	enum mmn_kernel_build build;

	write_name(release, s->release, level);
	write_name(version, s->version, level);
	build = mmn_kernel_table_find(release, version, &found);
	return found == s ? build : UNTESTED;
}

/* Each row: its ends, one beyond them, and a name that utsname can hold. */
static void test_row(const struct mmn_kernel_stream *s)
{
	ok(s->first && s->first <= s->last, "%s: the span is not empty", s->name);
	ok(!strncmp(s->release, s->series, strlen(s->series)), "%s: is of its series", s->name);
	ok(s->build == TESTED || s->build == AUDITED, "%s: there is evidence", s->name);
	ok(build_of(s, s->first) == s->build && build_of(s, s->last) == s->build,
	   "%s: both ends are covered", s->name);
	ok(build_of(s, s->first - 1) == OLDER, "%s: before them is older", s->name);
	ok(build_of(s, s->last + 1) == NEWER, "%s: after them is newer", s->name);
	ok(strlen(s->version) + 4 < 65, "%s: utsname has room for its version", s->name);
}

int main(void)
{
	const struct mmn_kernel_stream *s;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kernels); i++)
		test_kernel(&kernels[i]);
	for (i = 0; (s = mmn_kernel_table_get(i)); i++)
		test_row(s);
	ok(i == 16, "five kernels, stock and rt, three of arm64, and three from sources");
	return tap_done();
}
