/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_JIFFIES_H
#define SHIM_JIFFIES_H

#define HZ	250

/* The kernel's: right across the wrap. */
#define time_after(a, b)	((long)((b) - (a)) < 0)

#endif /* SHIM_JIFFIES_H */
