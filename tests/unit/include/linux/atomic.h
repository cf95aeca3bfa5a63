/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_ATOMIC_H
#define SHIM_ATOMIC_H

#include <stdbool.h>

#include <linux/compiler.h>

typedef struct { int counter; } atomic_t;

static inline int atomic_read(const atomic_t *v)
{
	return __atomic_load_n(&v->counter, __ATOMIC_RELAXED);
}

static inline void atomic_inc(atomic_t *v)
{
	__atomic_fetch_add(&v->counter, 1, __ATOMIC_RELAXED);
}

static inline void atomic_dec(atomic_t *v)
{
	__atomic_fetch_sub(&v->counter, 1, __ATOMIC_RELAXED);
}

static inline bool atomic_inc_unless_negative(atomic_t *v)
{
	if (v->counter < 0)
		return false;
	atomic_inc(v);
	return true;
}

static inline bool atomic_dec_and_test(atomic_t *v)
{
	return !__atomic_sub_fetch(&v->counter, 1, __ATOMIC_SEQ_CST);
}

static inline int atomic_read_acquire(const atomic_t *v)
{
	return __atomic_load_n(&v->counter, __ATOMIC_ACQUIRE);
}

static inline void atomic_set_release(atomic_t *v, int i)
{
	__atomic_store_n(&v->counter, i, __ATOMIC_RELEASE);
}

/* A test may change the word right before, as a concurrent task would. */
#ifndef SHIM_BEFORE_CMPXCHG
#define SHIM_BEFORE_CMPXCHG(v)
#endif

#define atomic_cmpxchg(v, old, new) ({					\
	atomic_t *_v = (v);						\
									\
	SHIM_BEFORE_CMPXCHG(_v);					\
	__sync_val_compare_and_swap(&_v->counter, old, new);		\
})

typedef struct { long counter; } atomic_long_t;

static inline long atomic_long_read(const atomic_long_t *v)
{
	return __atomic_load_n(&v->counter, __ATOMIC_RELAXED);
}

static inline void atomic_long_add(long n, atomic_long_t *v)
{
	__atomic_fetch_add(&v->counter, n, __ATOMIC_RELAXED);
}

typedef struct { long long counter; } atomic64_t;

static inline long long atomic64_read(const atomic64_t *v)
{
	return __atomic_load_n(&v->counter, __ATOMIC_RELAXED);
}

static inline void atomic64_add(long long n, atomic64_t *v)
{
	__atomic_fetch_add(&v->counter, n, __ATOMIC_RELAXED);
}

static inline void atomic64_inc(atomic64_t *v)
{
	__atomic_fetch_add(&v->counter, 1, __ATOMIC_RELAXED);
}

static inline void atomic64_set(atomic64_t *v, long long n)
{
	__atomic_store_n(&v->counter, n, __ATOMIC_RELAXED);
}

static inline void atomic64_set_release(atomic64_t *v, long long n)
{
	__atomic_store_n(&v->counter, n, __ATOMIC_RELEASE);
}

#define atomic64_cmpxchg(v, old, new)	__sync_val_compare_and_swap(&(v)->counter, old, new)

static inline bool atomic64_try_cmpxchg(atomic64_t *v, long long *old, long long n)
{
	long long expected = *old;
	bool done = __atomic_compare_exchange_n(&v->counter, &expected, n, false,
						__ATOMIC_SEQ_CST, __ATOMIC_RELAXED);

	*old = expected;
	return done;
}

#define cmpxchg(p, old, new)	__sync_val_compare_and_swap(p, old, new)
#define xchg(p, new)		__atomic_exchange_n(p, new, __ATOMIC_SEQ_CST)
#define cmpxchg64(p, old, new)	__sync_val_compare_and_swap(p, old, new)

#endif /* SHIM_ATOMIC_H */
