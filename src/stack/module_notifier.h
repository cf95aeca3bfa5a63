/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_MODULES_H
#define MMN_MODULES_H

int mmn_modules_init(void);
void mmn_modules_exit(void);

#endif /* MMN_MODULES_H */
