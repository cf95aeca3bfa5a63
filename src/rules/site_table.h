/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_SITE_TABLE_H
#define MMN_SITE_TABLE_H

#include <linux/types.h>

/* Row of all symbols that are not in the table. */
#define MMN_SITE_UNKNOWN	0

/* Bound on the number of rows, for tables by row. */
#define MMN_SITE_ROWS_MAX	128

unsigned int mmn_site_table_nr(void);
const char *mmn_site_table_name(unsigned int row);
unsigned int mmn_site_table_class(unsigned int row);
const char *mmn_site_table_kernels(unsigned int row);
unsigned int mmn_site_table_find(const char *symbol);
void mmn_site_table_hide(char *symbol);

#endif /* MMN_SITE_TABLE_H */
