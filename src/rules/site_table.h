/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_SITENAMES_H
#define MMN_SITENAMES_H

#include <linux/types.h>

/* Row 0 stands for every symbol that the table does not know. */
#define MMN_SITE_UNKNOWN	0

unsigned int mmn_sitenames_nr(void);
const char *mmn_sitenames_name(unsigned int row);
unsigned int mmn_sitenames_class(unsigned int row);
const char *mmn_sitenames_kernels(unsigned int row);
unsigned int mmn_sitenames_find(const char *symbol);
void mmn_sitenames_hide(char *symbol);

#endif /* MMN_SITENAMES_H */
