/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_RATELIMIT_H
#define SHIM_RATELIMIT_H

#include <linux/printk.h>

#endif /* SHIM_RATELIMIT_H */
