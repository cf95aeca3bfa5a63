/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_MM_H
#define MMN_MM_H

void mmn_mm_exit(void);

#endif /* MMN_MM_H */
