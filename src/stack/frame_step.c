// SPDX-License-Identifier: GPL-2.0-only
/*
 * steps: the stack without the unwinder, which takes some 450 instructions per
 * frame. The way from a return address to the next one depends on the address
 * alone. So it is asked for once (compat/orc.c) and kept with the name of the
 * address (sites.c); later a step is a look-up and an addition.
 *
 * What is not known is left to the unwinder, and so is what may go without a word
 * (trampolines, programs). So are return addresses that a tracer has replaced: its
 * own address is never one that was learnt.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/ptrace.h>

#include "frame_step.h"
#include "orc_probe.h"

/* So often may measuring be in vain, because the cache of addresses is full. */
#define MAX_IN_VAIN	64

static bool take_indirect(struct mmn_frame_cursor *s, unsigned int words)
{
	unsigned long bp = s->at.bp, end;

	if (!mmn_frame_step_is_above(s, bp))
		return false;
	end = mmn_frame_step_word(bp, words);
	if (!mmn_frame_step_is_above(s, end))
		return false;
	s->at.bp = mmn_frame_step_word(bp, 0);
	s->at.sp = end;
	s->at.pc = mmn_frame_step_word(end, 1);
	return true;
}

/* The last step, an indirect one, or one that cannot be taken. For mmn_frame_step_next(). */
const struct mmn_site *mmn_frame_step_next_slow(struct mmn_frame_cursor *s,
						const struct mmn_site *site)
{
	unsigned int up = READ_ONCE(site->up), words = mmn_up_indirect(up);

	if (words)
		return take_indirect(s, words) ? site : NULL;
	switch (up) {
	case MMN_UP_ENTRY:
		if (s->top - s->at.sp < sizeof(struct pt_regs) ||
		    !user_mode((struct pt_regs *)s->at.sp))
			return NULL;
		fallthrough;
	case MMN_UP_LAST:
		s->at.pc = 0;
		return site;
	default:
		return NULL;
	}
}

static bool is_known(unsigned long pc)
{
	const struct mmn_site *site = mmn_addr_cache_get(pc);

	return site && READ_ONCE(site->up) != MMN_UP_UNKNOWN;
}

/**
 * mmn_frame_step_learn() - have the stack measured, if that helps
 * @pc: where the steps could not go on
 * @can_resolve: false in the hook: only what has a name already can be learnt
 *
 * Context: Any; the hook without @can_resolve.
 */
void mmn_frame_step_learn(unsigned long pc, bool can_resolve)
{
	static atomic_t in_vain;

	if (!MMN_KNOWS_ORC || !pc || is_known(pc) || atomic_read(&in_vain) >= MAX_IN_VAIN)
		return;
	/* What is in the cache lasts. */
	if (can_resolve ? !mmn_addr_cache_is_stable(pc) : !mmn_addr_cache_get(pc))
		return;
	mmn_orc_probe_measure(can_resolve ? mmn_addr_cache_learn : mmn_addr_cache_learn_known);
	if (!is_known(pc))
		atomic_inc(&in_vain);
}
