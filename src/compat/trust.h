/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_TRUST_H
#define MMN_TRUST_H

/**
 * DOC: Kernels on which verdicts are exact
 *
 * The meaning of a call site was found out by reading and testing certain builds of the kernel.
 * No probe can detect that it is another one on the running kernel, and the version number does
 * not show it either, because distributions backport changes. So at load the name of the build
 * is looked up in the kernel table (rules/kernel_table.c), and verdicts are exact only on
 * builds that it has. With trust=series the administrator extends this to all builds of the
 * series in that table.
 *
 * The result is a bit of the context, MMN_CTX_VERIFIED, which does not change after init. The
 * rules clear MMNOTIFY_F_EXACT and set all effects without it, so rule cache and last walk need
 * no case of their own.
 */

#include <linux/types.h>

#include "rules/rules.h"

/* MMN_CTX_VERIFIED or 0; constant once init has called mmn_trust_init(). */
extern u32 mmn_trust_bits;

int mmn_trust_init(const char *trust);
const char *mmn_trust_name(void);

/* Return: true if verdicts may be exact on this kernel. */
static inline bool mmn_trust_exact(void)
{
	return mmn_trust_bits & MMN_CTX_VERIFIED;
}

#endif /* MMN_TRUST_H */
