// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * frame_step: walks the stack of current without the unwinder, which takes about 450
 * instructions per frame. With ORC the distance from a return address to the next depends on
 * the address alone. It is measured once (orc_probe.c) and kept in the address cache, so a
 * step is a lookup and an addition. With frame pointers a step leads from one frame record to
 * the next (frame_record.h).
 *
 * The unwinder remains for addresses of unknown distance: trampolines and BPF programs,
 * which disappear without notification and are never cached, and return addresses that a
 * tracer replaced by the address of its own trampoline.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/ptrace.h>

#include "frame_record.h"
#include "frame_step.h"
#include "orc_probe.h"

/* Failed measurements after which none is tried any more: the address cache is full. */
#define MAX_FAILED_PROBES	64

/* A step over a frame that holds the address of its own end: MMN_UP_INDIRECT(@words). */
static bool next_indirect(struct mmn_frame_cursor *s, unsigned int words)
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

/* Do the registers of the entry from user mode follow, or in a kernel thread their place? */
static bool is_entry(const struct mmn_frame_cursor *s)
{
	if (MMN_FRAME_RECORDS)
		return mmn_frame_record_ends(&s->at);
	return s->top - s->at.sp >= sizeof(struct pt_regs) &&
	       user_mode((struct pt_regs *)s->at.sp);
}

/* Slow path of mmn_frame_step_next(): the distance is not a constant. */
const struct mmn_site *mmn_frame_step_next_slow(struct mmn_frame_cursor *s,
						const struct mmn_site *site)
{
	unsigned int up = READ_ONCE(site->up), words = mmn_up_indirect(up);

	if (words)
		return next_indirect(s, words) ? site : NULL;
	switch (up) {
	case MMN_UP_ENTRY:
		if (!is_entry(s))
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
 * mmn_frame_step_learn() - measure the frames of current's stack
 * @pc: return address at which a walk failed; nothing is measured if its distance is known
 * @from: position of the first frame to measure, if the stack still holds it; else all are measured
 *
 * Context: Any, including the hook.
 */
void mmn_frame_step_learn(unsigned long pc, const struct mmn_frame_pos *from)
{
	static atomic_t failed_probes;

	if (MMN_FRAME_RECORDS && pc)
		mmn_addr_cache_resolve(pc);
	if (!MMN_KNOWS_ORC || !pc || is_known(pc) ||
	    atomic_read(&failed_probes) >= MAX_FAILED_PROBES)
		return;
	if (!mmn_addr_cache_is_stable(pc))
		return;
	mmn_orc_probe_measure(mmn_frame_step_is_there(from) ? from : NULL, mmn_addr_cache_learn);
	if (!is_known(pc))
		atomic_inc(&failed_probes);
}
