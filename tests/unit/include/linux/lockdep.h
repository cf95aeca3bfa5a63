/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_LOCKDEP_H
#define SHIM_LOCKDEP_H

#include <stdbool.h>

/* Set by a function that needed a lock which was not held. */
extern bool shim_unlocked;

#define lockdep_assert_held(lock)	((void)(shim_unlocked |= !(lock)->held))

struct lockdep_map {
	int held;
};

struct lock_class_key {
};

/* The number of maps that are held, and of those that were initialised. */
extern int shim_maps_held, shim_maps;

static inline void lock_map_acquire(struct lockdep_map *map)
{
	shim_maps_held++;
}

static inline void lock_map_release(struct lockdep_map *map)
{
	shim_maps_held--;
}

static inline void lockdep_init_map(struct lockdep_map *map, const char *name,
				    struct lock_class_key *key, int subclass)
{
	shim_maps++;
}

#endif /* SHIM_LOCKDEP_H */
