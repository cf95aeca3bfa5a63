/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_OPERATIONS_H
#define MMN_OPERATIONS_H

#include <linux/types.h>

bool mmn_operations_have(unsigned int frame);

#endif /* MMN_OPERATIONS_H */
