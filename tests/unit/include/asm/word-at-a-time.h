/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* As the kernel has it for little-endian machines: the bits of a mask are those before a zero. */
#ifndef SHIM_WORD_AT_A_TIME_H
#define SHIM_WORD_AT_A_TIME_H

#include <stdbool.h>

struct word_at_a_time {
	unsigned long one_bits, high_bits;
};

#define WORD_AT_A_TIME_CONSTANTS	{ 0x0101010101010101UL, 0x8080808080808080UL }

static inline bool has_zero(unsigned long word, unsigned long *bits,
			    const struct word_at_a_time *c)
{
	*bits = (word - c->one_bits) & ~word & c->high_bits;
	return *bits;
}

static inline unsigned long prep_zero_mask(unsigned long word, unsigned long bits,
					   const struct word_at_a_time *c)
{
	return bits;
}

static inline unsigned long create_zero_mask(unsigned long bits)
{
	return ((bits - 1) & ~bits) >> 7;
}

#define zero_bytemask(mask)	(mask)

#endif /* SHIM_WORD_AT_A_TIME_H */
