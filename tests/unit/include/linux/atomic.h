/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_ATOMIC_H
#define SHIM_ATOMIC_H

#include <linux/compiler.h>
#include <linux/kernel.h>

/*
 * Another task comes in between, if the test wants one: just before a slot
 * changes hands. The test defines it.
 */
void shim_preempt(void);

#define cmpxchg(p, old, new) ({						\
	__typeof__(*(p)) _seen = (old);					\
									\
	shim_preempt();							\
	__atomic_compare_exchange_n(p, &_seen, new, false,		\
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);	\
	_seen;								\
})

#define smp_store_release(p, v) ({					\
	shim_preempt();							\
	__atomic_store_n(p, v, __ATOMIC_RELEASE);			\
})

#define smp_load_acquire(p)	__atomic_load_n(p, __ATOMIC_ACQUIRE)

typedef struct { int counter; } atomic_t;

static inline int atomic_read(const atomic_t *v)
{
	return __atomic_load_n(&v->counter, __ATOMIC_RELAXED);
}

static inline void atomic_set(atomic_t *v, int i)
{
	__atomic_store_n(&v->counter, i, __ATOMIC_RELAXED);
}

static inline void atomic_add(int i, atomic_t *v)
{
	__atomic_fetch_add(&v->counter, i, __ATOMIC_RELAXED);
}

#endif /* SHIM_ATOMIC_H */
