/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* There is one task; the number of locks that it holds is counted. */
#ifndef SHIM_MUTEX_H
#define SHIM_MUTEX_H

#include <linux/compiler.h>
#include <linux/lockdep.h>

struct mutex {
	int held;
	bool ready;
};

#define DEFINE_MUTEX(name)	struct mutex name

extern int shim_mutexes_held;

static inline void mutex_init(struct mutex *lock)
{
	lock->held = 0;
	lock->ready = true;
}

static inline void mutex_lock(struct mutex *lock)
{
	shim_step(2);
	lock->held++;
	shim_mutexes_held++;
}

static inline void mutex_unlock(struct mutex *lock)
{
	lock->held--;
	shim_mutexes_held--;
}

#endif /* SHIM_MUTEX_H */
