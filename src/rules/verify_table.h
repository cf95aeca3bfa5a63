/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_VERIFY_TABLE_H
#define MMN_VERIFY_TABLE_H

#include <linux/types.h>

#include "rules.h"

enum mmn_agreement {
	MMN_AGREE,
	MMN_OTHER_EVENT,
	MMN_OTHER_CAUSE,
	MMN_UNSURE,			/* no row for this stack */
	MMN_NR_AGREEMENTS
};

enum mmn_agreement mmn_verify_table_check(unsigned int class, const u8 *frames,
					  unsigned int nr,
					  const struct mmn_verdict *v);

#endif /* MMN_VERIFY_TABLE_H */
