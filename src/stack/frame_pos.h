/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_WHERE_H
#define MMN_WHERE_H

/**
 * struct mmn_where - a place on the stack of current
 * @pc: a return address
 * @sp: address of the word behind it; 0 if nobody knows
 * @bp: the frame pointer there
 */
struct mmn_where {
	unsigned long pc;
	unsigned long sp;
	unsigned long bp;
};

#endif /* MMN_WHERE_H */
