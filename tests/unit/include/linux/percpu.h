/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* There is one CPU; the test checks that preemption is disabled. */
#ifndef SHIM_PERCPU_H
#define SHIM_PERCPU_H

#include <linux/compiler.h>

extern int shim_preempt_off;

#define DECLARE_PER_CPU(type, name)	extern type name
#define DEFINE_PER_CPU(type, name)	type name
#define get_cpu_ptr(p)			(shim_preempt_off++, (p))
#define put_cpu_ptr(p)			((void)(p), shim_preempt_off--)
#define per_cpu_ptr(p, cpu)		((void)(cpu), (p))
#define per_cpu(x, cpu)			(*((void)(cpu), &(x)))
#define this_cpu_add_return(x, n)	((x) += (n))
#define this_cpu_inc(x)			((x)++)
#define this_cpu_add(x, n)		((x) += (n))
#define __percpu
#define for_each_possible_cpu(cpu)	for ((cpu) = 0; (cpu) < 1; (cpu)++)

/* The test may let the allocation fail. */
void *shim_alloc_percpu(unsigned long size);
void free_percpu(void *p);

#define alloc_percpu(type)		((type *)shim_alloc_percpu(sizeof(type)))

#endif /* SHIM_PERCPU_H */
