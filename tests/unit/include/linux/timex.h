/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* From one reading to the next seven cycles pass. */
#ifndef SHIM_TIMEX_H
#define SHIM_TIMEX_H

#include <linux/types.h>

typedef u64 cycles_t;

static inline cycles_t get_cycles(void)
{
	static cycles_t now;

	return now += 7;
}

#endif /* SHIM_TIMEX_H */
