/* SPDX-License-Identifier: GPL-2.0-only */
/* One CPU; the test sees if it may be left in between. */
#ifndef SHIM_PERCPU_H
#define SHIM_PERCPU_H

extern int shim_preempt_off;

#define DECLARE_PER_CPU(type, name)	extern type name
#define DEFINE_PER_CPU(type, name)	type name
#define get_cpu_ptr(p)			(shim_preempt_off++, (p))
#define put_cpu_ptr(p)			((void)(p), shim_preempt_off--)
#define per_cpu_ptr(p, cpu)		((void)(cpu), (p))
#define for_each_possible_cpu(cpu)	for ((cpu) = 0; (cpu) < 1; (cpu)++)

#endif /* SHIM_PERCPU_H */
