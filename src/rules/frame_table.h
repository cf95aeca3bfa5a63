/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_FRAMENAMES_H
#define MMN_FRAMENAMES_H

#include <linux/types.h>

unsigned int mmn_framenames_nr(void);
const char *mmn_framenames_name(unsigned int row);
unsigned int mmn_framenames_frame(unsigned int row);
unsigned int mmn_framenames_find(const char *symbol);
bool mmn_framenames_ends(unsigned int frame);

#endif /* MMN_FRAMENAMES_H */
