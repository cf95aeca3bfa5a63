/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_BARRIER_H
#define SHIM_BARRIER_H

#include <linux/compiler.h>

#define smp_rmb()		__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_load_acquire(p)	__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v)	({			\
	shim_step(1);					\
	__atomic_store_n(p, v, __ATOMIC_RELEASE);	\
})

#endif /* SHIM_BARRIER_H */
