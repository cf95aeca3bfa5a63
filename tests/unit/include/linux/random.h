/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_RANDOM_H
#define SHIM_RANDOM_H

#include <linux/types.h>

/* Each test defines it. */
u64 get_random_u64(void);

#endif /* SHIM_RANDOM_H */
