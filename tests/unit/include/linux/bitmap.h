/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_BITMAP_H
#define SHIM_BITMAP_H

#include <stdbool.h>
#include <string.h>

#define DECLARE_BITMAP(name, bits)	unsigned long name[((bits) + 63) / 64]

static inline bool test_bit(unsigned int nr, const unsigned long *map)
{
	return map[nr / 64] >> nr % 64 & 1;
}

static inline void __set_bit(unsigned int nr, unsigned long *map)
{
	map[nr / 64] |= 1UL << nr % 64;
}

static inline void bitmap_zero(unsigned long *map, unsigned int bits)
{
	memset(map, 0, (bits + 63) / 64 * sizeof(*map));
}

static inline bool bitmap_empty(const unsigned long *map, unsigned int bits)
{
	unsigned int i;

	for (i = 0; i < bits; i++)
		if (test_bit(i, map))
			return false;
	return true;
}

static inline void bitmap_or(unsigned long *to, const unsigned long *a, const unsigned long *b,
			     unsigned int bits)
{
	unsigned int i;

	for (i = 0; i < (bits + 63) / 64; i++)
		to[i] = a[i] | b[i];
}

static inline void bitmap_fill(unsigned long *map, unsigned int bits)
{
	memset(map, 0xff, bits / 8);
}

static inline unsigned int bitmap_weight(const unsigned long *map, unsigned int bits)
{
	unsigned int i, weight = 0;

	for (i = 0; i < bits; i++)
		weight += test_bit(i, map);
	return weight;
}

#endif /* SHIM_BITMAP_H */
