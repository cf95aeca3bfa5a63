/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* There is one task; a lock that a test marks as contended stays so. */
#ifndef SHIM_SPINLOCK_H
#define SHIM_SPINLOCK_H

#include <stdbool.h>

#include <linux/compiler.h>
#include <linux/lockdep.h>

typedef struct { bool held; } raw_spinlock_t;

extern bool shim_lock_is_busy;
extern int shim_locks_held;

#define __RAW_SPIN_LOCK_UNLOCKED(name)	{ .held = false }
#define DEFINE_RAW_SPINLOCK(name)	raw_spinlock_t name

static inline bool raw_spin_trylock(raw_spinlock_t *lock)
{
	if (shim_lock_is_busy || lock->held)
		return false;
	lock->held = true;
	shim_locks_held++;
	return true;
}

static inline void raw_spin_lock(raw_spinlock_t *lock)
{
	shim_step(2);
	lock->held = true;
	shim_locks_held++;
}

static inline void raw_spin_unlock(raw_spinlock_t *lock)
{
	lock->held = false;
	shim_locks_held--;
}

#define raw_spin_lock_irqsave(lock, flags)	((flags) = 1, raw_spin_lock(lock))

static inline void raw_spin_unlock_irqrestore(raw_spinlock_t *lock, unsigned long flags)
{
	shim_unlocked |= flags != 1 || !lock->held;
	raw_spin_unlock(lock);
}

#define raw_spin_lock_irq	raw_spin_lock
#define raw_spin_unlock_irq	raw_spin_unlock

typedef struct { bool held, ready; } spinlock_t;

static inline void spin_lock_init(spinlock_t *lock)
{
	lock->held = false;
	lock->ready = true;
}

/* Taking a lock that is held would never end. */
static inline void spin_lock(spinlock_t *lock)
{
	if (lock->held || !lock->ready)
		__builtin_trap();
	lock->held = true;
	shim_locks_held++;
}

static inline void spin_unlock(spinlock_t *lock)
{
	if (!lock->held)
		__builtin_trap();
	lock->held = false;
	shim_locks_held--;
}

#endif /* SHIM_SPINLOCK_H */
