/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_FRAME_POS_H
#define MMN_FRAME_POS_H

#include <linux/types.h>

/* See struct mmn_frame_pos; 0 if a call stores its return address by itself. */
#ifdef CONFIG_ARM64
#define MMN_FRAME_POS_REGISTER	1UL
#else
#define MMN_FRAME_POS_REGISTER	0UL
#endif

/**
 * struct mmn_frame_pos - position of a return address on the stack of current
 * @pc: return address
 * @sp: address of the word above @pc, on x86 the stack pointer after the return; 0 if unknown
 * @bp: frame pointer after the return
 *
 * At the entry of a function on arm64, where the hook runs, @pc is in a register still. Then @sp is
 * the stack pointer with the bit MMN_FRAME_POS_REGISTER. Such a position holds in the hook only.
 */
struct mmn_frame_pos {
	unsigned long pc;
	unsigned long sp;
	unsigned long bp;
};

static inline bool mmn_frame_pos_is_register(unsigned long sp)
{
	return sp & MMN_FRAME_POS_REGISTER;
}

#endif /* MMN_FRAME_POS_H */
