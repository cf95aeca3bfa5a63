/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_FRAME_POS_H
#define MMN_FRAME_POS_H

/**
 * struct mmn_frame_pos - a place on the stack of current
 * @pc: a return address
 * @sp: address of the word behind it; 0 if nobody knows
 * @bp: the frame pointer there
 */
struct mmn_frame_pos {
	unsigned long pc;
	unsigned long sp;
	unsigned long bp;
};

#endif /* MMN_FRAME_POS_H */
