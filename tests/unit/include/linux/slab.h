/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* The test counts allocations, and may let them fail. */
#ifndef SHIM_SLAB_H
#define SHIM_SLAB_H

#include <stddef.h>

#define GFP_KERNEL	0

#define GFP_NOWAIT	1
#define __GFP_NOWARN	2
#define __GFP_NOMEMALLOC	4

void *kmalloc(size_t size, int flags);
void *kzalloc(size_t size, int flags);
void kfree(void *p);
void *kvzalloc(size_t size, int flags);
void kvfree(void *p);

static inline void *kmalloc_array(size_t n, size_t size, int flags)
{
	return kmalloc(n * size, flags);
}

static inline void *kvcalloc(size_t n, size_t size, int flags)
{
	return kvzalloc(n * size, flags);
}

#endif /* SHIM_SLAB_H */
