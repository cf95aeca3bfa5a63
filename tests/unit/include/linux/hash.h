/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_HASH_H
#define SHIM_HASH_H

#include <linux/types.h>

/* As in the kernel's include/linux/hash.h. */
static inline u32 hash_long(unsigned long val, unsigned int bits)
{
	return (u64)val * 0x61C8864680B583EBull >> (64 - bits);
}

static inline u32 hash_64(u64 val, unsigned int bits)
{
	return val * 0x61C8864680B583EBull >> (64 - bits);
}

static inline u32 hash_ptr(const void *ptr, unsigned int bits)
{
	return hash_long((unsigned long)ptr, bits);
}

#endif /* SHIM_HASH_H */
