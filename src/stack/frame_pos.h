/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_FRAME_POS_H
#define MMN_FRAME_POS_H

/**
 * struct mmn_frame_pos - position of a return address on the stack of current
 * @pc: return address
 * @sp: address of the word above @pc, on x86 the stack pointer after the return; 0 if unknown
 * @bp: frame pointer after the return
 */
struct mmn_frame_pos {
	unsigned long pc;
	unsigned long sp;
	unsigned long bp;
};

#endif /* MMN_FRAME_POS_H */
