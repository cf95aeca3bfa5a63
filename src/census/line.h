/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_LINE_H
#define MMN_LINE_H

#include <linux/types.h>

#define MMN_LINE_NAME	96

/**
 * struct mmn_census_line - a function that announces, or should not
 * @name: name of the function, without an address
 * @state: how it compares with the audit
 * @calls: calls of the notifier function in it
 * @changed: true if code of a module takes the trust in it
 * @natives: mask of 1 << native event: those that were seen although they were not audited
 */
struct mmn_census_line {
	char name[MMN_LINE_NAME];
	char state[MMN_LINE_NAME];
	unsigned int calls;
	bool changed;
	u8 natives;
};

#endif /* MMN_LINE_H */
