/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LOCKDEP_H
#define SHIM_LOCKDEP_H

#include <stdbool.h>

/* Set by a function that needed a lock which was not held. */
extern bool shim_unlocked;

#define lockdep_assert_held(lock)	((void)(shim_unlocked |= !(lock)->held))

#endif /* SHIM_LOCKDEP_H */
