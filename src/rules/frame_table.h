/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_FRAME_TABLE_H
#define MMN_FRAME_TABLE_H

#include <linux/types.h>

unsigned int mmn_frame_table_nr(void);
const char *mmn_frame_table_name(unsigned int row);
unsigned int mmn_frame_table_frame(unsigned int row);
unsigned int mmn_frame_table_find(const char *symbol);
bool mmn_frame_table_ends(unsigned int frame);

#endif /* MMN_FRAME_TABLE_H */
