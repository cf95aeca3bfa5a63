/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_KERNEL_TABLE_H
#define MMN_KERNEL_TABLE_H

#include <linux/types.h>

/* How a kernel relates to those that were tested. */
enum mmn_kernel_build {
	MMN_KERNEL_UNTESTED,		/* no build of this series was tested */
	MMN_KERNEL_SERIES,		/* another build of a tested series */
	MMN_KERNEL_OLDER,		/* the distribution's, older than the tested span */
	MMN_KERNEL_NEWER,		/* the distribution's, newer than the tested span */
	MMN_KERNEL_TESTED,		/* the distribution's, in the tested span */
	MMN_KERNEL_AUDITED,		/* the distribution's, in a span of audited sources */
};

/**
 * struct mmn_kernel_stream - updates that one distribution builds of one stable series
 * @name: distribution and series, for the log
 * @series: major and minor number and the character after them, as in utsname's release
 * @release: pattern of utsname's release, complete
 * @version: pattern of how utsname's version begins
 * @first: oldest patch level that was tested, or audited
 * @last: newest patch level that was tested, or audited
 * @build: MMN_KERNEL_TESTED, or MMN_KERNEL_AUDITED if no binary of the distribution was run: the
 *	sources were audited, and the tests passed on a kernel that was built from them
 *
 * In a pattern '*' stands for a decimal number, '%' for the patch level, which is a number, and
 * '&' for nothing or a point and a number. All '%' of both patterns stand for the same number, and
 * all other characters for themselves.
 */
struct mmn_kernel_stream {
	const char *name;
	const char *series;
	const char *release;
	const char *version;
	unsigned int first;
	unsigned int last;
	enum mmn_kernel_build build;
};

enum mmn_kernel_build mmn_kernel_table_find(const char *release, const char *version,
					    const struct mmn_kernel_stream **stream);
const struct mmn_kernel_stream *mmn_kernel_table_get(unsigned int nr);

#endif /* MMN_KERNEL_TABLE_H */
