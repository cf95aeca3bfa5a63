/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_RANGE_H
#define MMN_RANGE_H

void mmn_range_synchronize(void);

#endif /* MMN_RANGE_H */
