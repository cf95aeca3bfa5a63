/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* Atomics, so that ThreadSanitizer accepts intended races. */
#ifndef SHIM_COMPILER_H
#define SHIM_COMPILER_H

/* Called before a read (0), write (1) or lock (2), so that a test can run another task there. */
void __attribute__((weak)) shim_preempt(int writes);

static inline void shim_step(int writes)
{
	if (shim_preempt)
		shim_preempt(writes);
}

#define READ_ONCE(x)	({					\
	shim_step(0);						\
	__atomic_load_n(&(x), __ATOMIC_RELAXED);		\
})

#define WRITE_ONCE(x, v)	({				\
	shim_step(1);						\
	__atomic_store_n(&(x), v, __ATOMIC_RELAXED);		\
})

#define READ_ONCE_NOCHECK(x)	READ_ONCE(x)

#define likely(x)		(x)
#define unlikely(x)		(x)
#undef __always_inline
#define __always_inline	inline
#define __must_check		__attribute__((warn_unused_result))
#define __weak			__attribute__((weak))
#define __maybe_unused		__attribute__((unused))
#define noinline		__attribute__((noinline))
#define __read_mostly
#define fallthrough		__attribute__((fallthrough))

#endif /* SHIM_COMPILER_H */
