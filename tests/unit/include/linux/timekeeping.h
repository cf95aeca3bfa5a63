/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_TIMEKEEPING_H
#define SHIM_TIMEKEEPING_H

#include <linux/types.h>

/* The test has the time. */
s64 ktime_get_boottime_seconds(void);
u64 ktime_get_boottime_ns(void);

u64 ktime_get_mono_fast_ns(void);

#endif /* SHIM_TIMEKEEPING_H */
