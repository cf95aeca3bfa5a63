/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_CPUMASK_H
#define SHIM_CPUMASK_H

/* The test defines it. */
extern unsigned int nr_cpu_ids;

#endif /* SHIM_CPUMASK_H */
