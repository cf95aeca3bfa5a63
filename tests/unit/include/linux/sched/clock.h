/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_SCHED_CLOCK_H
#define SHIM_SCHED_CLOCK_H

#include <linux/types.h>

/* The test has the time. */
u64 local_clock(void);

#endif /* SHIM_SCHED_CLOCK_H */
