/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_TRUST_H
#define MMN_TRUST_H

/**
 * DOC: Kernels on which verdicts are exact
 *
 * The meaning of a call site was found out by reading the sources of certain kernels, and by
 * testing certain builds of them. Distributions backport changes, so the version number of
 * another kernel does not show whether the same holds there. Two kinds of evidence exist:
 *
 * - The name of the build is looked up in the kernel table (rules/kernel_table.c). It has the
 *   builds that the tests boot, and those whose sources were audited: there the tests passed on
 *   a kernel that was built from the same sources.
 * - The census (census/census.h) compares the running kernel's text with the audit of the
 *   sources, row by row.
 *
 * The parameter trust says what suffices. With "tested" verdicts are exact on the builds of
 * the table, at the rows that the census confirms there, too. With "certified" the census alone
 * suffices, on any kernel that it can read. With "series" all builds of the series in the kernel
 * table are trusted, even without a census, except for rows where it disagrees.
 *
 * If the text cannot be searched there is no census, and with "tested" and "certified" no verdict
 * is exact. Nor is one, with each value, if what mmnotify reads without an interface is not as
 * expected (proof.c). mmnotify_caps(), the log and debugfs mmnotify/hook say so: the kernel is
 * "unconfirmed" then. It has not happened on a build of the table.
 *
 * The result for a call site is a bit of the context, MMN_CTX_VERIFIED. The rules clear
 * MMNOTIFY_F_EXACT and set all effects without it, so rule cache and last walk need no case of
 * their own.
 */

#include <linux/types.h>

int mmn_trust_init(const char *trust);
void mmn_trust_settle(const char *no_census, const char *disproof);
const char *mmn_trust_name(void);
const char *mmn_trust_why_not(void);
const char *mmn_trust_stream(void);
bool mmn_trust_exact(void);
bool mmn_trust_needs_census(void);
bool mmn_trust_needs_frames(void);

#endif /* MMN_TRUST_H */
