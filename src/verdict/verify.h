/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_VERIFY_H
#define MMN_VERIFY_H

#include <linux/static_key.h>
#include <linux/types.h>

#include "rules/rules.h"

struct seq_file;

/* True with verify=1. */
DECLARE_STATIC_KEY_FALSE(mmn_verifying);

static inline bool mmn_verify_on(void)
{
	return static_branch_unlikely(&mmn_verifying);
}

void mmn_verify_set(bool on);
void mmn_verify_check(unsigned long site, unsigned int row, bool in_hook,
		      const struct mmn_verdict *v);
void mmn_verify_show(struct seq_file *m);

#endif /* MMN_VERIFY_H */
