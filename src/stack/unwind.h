/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_WALK_H
#define MMN_WALK_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "frame_pos.h"
#include "last_walk.h"
#include "rules/rules.h"

/* Callbacks of drivers, ours, the kernel's, and then what counts. */
#define MMN_WALK_DEPTH	48

struct mmn_stack {
	unsigned int nr;
	unsigned long pc[MMN_WALK_DEPTH];
};

extern bool mmn_walk_may;

void mmn_walk_allow(bool on);

/* May verdicts rest on the stack? */
static inline bool mmn_walk_allowed(void)
{
	return READ_ONCE(mmn_walk_may);
}

void mmn_walk_take(struct mmn_stack *st);
unsigned long mmn_walk_site(const struct mmn_stack *st, bool may_look);
bool mmn_walk_frames(const struct mmn_stack *st, unsigned long site,
		     bool may_look, bool whole, struct mmn_ctx *ctx);
bool mmn_walk_ctx(const struct mmn_where *site, bool may_look,
		  struct mmn_trail *trail, struct mmn_ctx *ctx);
unsigned long mmn_walk_find_site(bool may_look);

#endif /* MMN_WALK_H */
