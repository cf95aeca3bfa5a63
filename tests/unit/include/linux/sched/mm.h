/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_SCHED_MM_H
#define SHIM_SCHED_MM_H
#endif /* SHIM_SCHED_MM_H */
