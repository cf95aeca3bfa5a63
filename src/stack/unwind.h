/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_UNWIND_H
#define MMN_UNWIND_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "frame_pos.h"
#include "last_walk.h"
#include "rules/rules.h"

/* Callbacks of drivers, ours, the kernel's, and then what counts. */
#define MMN_UNWIND_DEPTH	48

struct mmn_stack {
	unsigned int nr;
	unsigned long pc[MMN_UNWIND_DEPTH];
};

extern bool mmn_unwind_enabled;

void mmn_unwind_allow(bool on);

/* May verdicts rest on the stack? */
static inline bool mmn_unwind_allowed(void)
{
	return READ_ONCE(mmn_unwind_enabled);
}

void mmn_unwind_save(struct mmn_stack *st);
unsigned long mmn_unwind_site(const struct mmn_stack *st, bool can_resolve);
bool mmn_unwind_frames(const struct mmn_stack *st, unsigned long site,
		       bool can_resolve, bool whole, struct mmn_ctx *ctx);
bool mmn_unwind_ctx(const struct mmn_frame_pos *site, bool can_resolve,
		    struct mmn_walk_words *walk, struct mmn_ctx *ctx);
unsigned long mmn_unwind_find_site(bool can_resolve);

#endif /* MMN_UNWIND_H */
