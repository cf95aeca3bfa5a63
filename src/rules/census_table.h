/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_CENSUS_TABLE_H
#define MMN_CENSUS_TABLE_H

#include <linux/types.h>

#define MMN_CENSUS_CALLERS	12

/* Bound on the number of functions with audited callers: bits of a u32. */
#define MMN_CENSUS_CALLEES	32

/**
 * struct mmn_census_row - what the audit of the sources found in a row of the site table
 * @name: name of the row
 * @natives: mask of 1 << native event: those that the function announces
 * @calls: number of calls that the function may have, as compiled
 */
struct mmn_census_row {
	const char *name;
	u8 natives;
	u8 calls;
};

/**
 * struct mmn_census_callee - function with audited callers
 * @name: its name, without compiler suffixes
 * @class: enum mmn_class of the events that depend on its callers
 * @callers: names of the functions that may call it directly, up to a NULL
 */
struct mmn_census_callee {
	const char *name;
	u8 class;
	const char *callers[MMN_CENSUS_CALLERS + 1];
};

const struct mmn_census_row *mmn_census_table_find(const char *name);
const struct mmn_census_callee *mmn_census_table_callee(unsigned int nr);
int mmn_census_table_find_callee(const char *symbol);
bool mmn_census_table_may_call(const char *symbol, const struct mmn_census_callee *callee);

#endif /* MMN_CENSUS_TABLE_H */
