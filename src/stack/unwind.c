// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * unwind: walks the stack of current for the frames above a call site, and for the call site
 * itself if no hook recorded it. By frame steps where their distances are known, otherwise by
 * the unwinder, which takes thousands of instructions. verify=1 always uses the unwinder.
 */
#include <linux/kernel.h>

#include "addr_cache.h"
#include "compat/compat.h"
#include "frame_record.h"
#include "frame_step.h"
#include "last_walk.h"
#include "orc_probe.h"
#include "rules/frame_table.h"
#include "rules/rules.h"
#include "stats.h"
#include "unwind.h"

/* Depth of the first attempt: enough for the notifier's callers and most rules. */
#define FIRST_DEPTH	16

bool mmn_unwind_enabled;

static const struct mmn_frame_pos unknown_pos;

/**
 * mmn_unwind_allow() - allow verdicts to depend on the stack
 * @on: true to allow, false to forbid; ignored if the unwinder guesses
 *
 * Context: Process, at load.
 */
void mmn_unwind_allow(bool on)
{
	mmn_unwind_enabled = on && MMN_HAVE_STACK;
}

/* From @from on if that is known and the unwinder can begin there. */
static void stack_save(struct mmn_stack *st, const struct mmn_frame_pos *from, unsigned int depth)
{
	st->whole = true;
	if (!mmn_unwind_allowed())
		st->nr = 0;
	else if (MMN_FRAME_RECORDS)
		st->nr = mmn_frame_record_save(st->pc, depth, &st->whole);
	else if (MMN_KNOWS_ORC && mmn_frame_step_is_there(from))
		st->nr = mmn_orc_probe_save(from, st->pc, depth, &st->whole);
	else
		st->nr = mmn_stack_save(st->pc, depth);
}

/**
 * mmn_unwind_save() - unwind the stack of current
 * @st: filled with return addresses, innermost first; empty if walks are not allowed
 *
 * Context: Any, including the hook.
 */
void mmn_unwind_save(struct mmn_stack *st)
{
	stack_save(st, &unknown_pos, MMN_UNWIND_DEPTH);
}

/**
 * mmn_unwind_site() - find the call site of the innermost invalidation on a stack
 * @st: stack saved in the hook or in a notifier's callback
 * @in_hook: false in a callback
 *
 * The call site is the first frame above the kernel's announcing function, or above its
 * wrapper if a compiler did not inline that. The trampoline of a tracer between them is skipped.
 *
 * In a callback, a frame may be missing behind an address that mmn_frame_step_is_unproven().
 * If that is the announcing function, the next one on the stack is of another event.
 *
 * Context: Any, including the hook.
 * Return: return address into the call site; 0 if there is none, or if a frame on the way may be
 * missing.
 */
unsigned long mmn_unwind_site(const struct mmn_stack *st, bool in_hook)
{
	bool announced = false;
	unsigned int i;

	for (i = 0; i < st->nr; i++) {
		if (mmn_addr_cache_frame(st->pc[i]) == MMN_FRAME_ANNOUNCE)
			announced = true;
		else if (announced && mmn_addr_cache_is_stable(st->pc[i]))
			return st->pc[i];
		else if (!announced && !in_hook && mmn_frame_step_is_unproven(st->pc[i]))
			return 0;
	}
	return 0;
}

/* Return: index of the first frame above the call site; 0 if the site is not on the stack. */
static unsigned int first_above(const struct mmn_stack *st, unsigned long site)
{
	unsigned int i;

	for (i = 0; i < st->nr; i++)
		if (st->pc[i] == site)
			return i + 1;
	/* At the end of an event its function returns to another address than at the start. */
	site = mmn_unwind_site(st, false);
	for (i = 0; site && i < st->nr; i++)
		if (st->pc[i] == site)
			return i + 1;
	return 0;
}

static bool is_wrapper(unsigned int frame)
{
	return frame == MMN_FRAME_ZAPPER || frame == MMN_FRAME_DRIVER_ZAPPER ||
	       frame == MMN_FRAME_UNMAPPER || frame == MMN_FRAME_UNMAP_FOLIO;
}

static void start_frames(struct mmn_ctx *ctx)
{
	ctx->bits = (ctx->bits & ~(MMN_CTX_MODULE_CALLS | MMN_CTX_INCOMPLETE)) | MMN_CTX_WALKED;
	ctx->nr_frames = 0;
}

/*
 * @past_wrappers: the caller of the zap wrappers was passed. If that first other frame is a module,
 * the zap was requested by a driver.
 */
static void add_frame(struct mmn_ctx *ctx, unsigned int frame, bool *past_wrappers)
{
	if (!*past_wrappers && !is_wrapper(frame)) {
		*past_wrappers = true;
		if (frame == MMN_FRAME_MODULE)
			ctx->bits |= MMN_CTX_MODULE_CALLS;
	}
	if (frame != MMN_FRAME_NONE)
		ctx->frames[ctx->nr_frames++] = frame;
}

/* Is a frame missing on the stack behind entry @i? The outermost one is a kernel entry. */
static bool may_lack(const struct mmn_stack *st, unsigned int i)
{
	return mmn_frame_step_is_unproven(st->pc[i]) && !(st->whole && i + 1 == st->nr);
}

/**
 * mmn_unwind_frames() - collect the frames above a call site from a saved stack
 * @st: stack from mmn_unwind_save()
 * @site: return address into the call site
 * @whole: true to collect all frames; false to stop where another operation begins
 * @ctx: context; its frames and the bits that a walk sets are replaced
 *
 * Context: Any, including the hook.
 * Return: false if the call site is not on the stack
 */
bool mmn_unwind_frames(const struct mmn_stack *st, unsigned long site, bool whole,
		       struct mmn_ctx *ctx)
{
	unsigned int i = first_above(st, site), frame;
	bool known = i > 0, past_wrappers = false;

	start_frames(ctx);
	if (i && may_lack(st, i - 1))
		ctx->bits |= MMN_CTX_INCOMPLETE;
	for (; i && i < st->nr && ctx->nr_frames < MMN_FRAMES_MAX; i++) {
		frame = mmn_addr_cache_frame(st->pc[i]);
		add_frame(ctx, frame, &past_wrappers);
		if (!whole && mmn_frame_table_ends(frame))
			break;
		if (may_lack(st, i))
			ctx->bits |= MMN_CTX_INCOMPLETE;
	}
	return known;
}

static bool has_ended(const struct mmn_ctx *ctx)
{
	return ctx->nr_frames &&
	       mmn_frame_table_ends(ctx->frames[ctx->nr_frames - 1]);
}

/* Frames further out may be missing, unless the walk ended before them. */
static void mark_incomplete(struct mmn_ctx *ctx)
{
	if (!has_ended(ctx))
		ctx->bits |= MMN_CTX_INCOMPLETE;
}

/*
 * Most walks end within FIRST_DEPTH frames; only the others pay for the whole stack. Without the
 * call site the walk is incomplete.
 */
static noinline void walk_by_unwinder(const struct mmn_frame_pos *site, struct mmn_ctx *ctx)
{
	struct mmn_stack st;
	bool known;

	mmn_stats_inc(MMN_STAT_UNWOUND);
	stack_save(&st, site, FIRST_DEPTH);
	known = mmn_unwind_frames(&st, site->pc, false, ctx);
	if (st.nr == FIRST_DEPTH && !(known && has_ended(ctx))) {
		stack_save(&st, site, MMN_UNWIND_DEPTH);
		known = mmn_unwind_frames(&st, site->pc, false, ctx);
	}
	if (!known || !st.whole || st.nr == MMN_UNWIND_DEPTH ||
	    ctx->nr_frames == MMN_FRAMES_MAX)
		mark_incomplete(ctx);
}

/* mmn_frame_step_next(), which also records the words that the step depended on. */
static const struct mmn_site *walk_step(struct mmn_frame_cursor *s, struct mmn_walk_words *walk)
{
	unsigned long bp = s->at.bp;
	const struct mmn_site *from = mmn_frame_step_next(s);
	unsigned int up, words;

	if (!from)
		return NULL;
	/* Whether a kernel entry is the last frame depends on pt_regs, which are not recorded. */
	if (!s->at.pc) {
		mmn_last_walk_invalidate(walk);
		return from;
	}
	up = READ_ONCE(from->up);
	words = mmn_up_indirect(up);
	if (up & MMN_UP_BP || words)
		mmn_last_walk_add_bp(walk, bp);
	if (words) {
		mmn_last_walk_add(walk, bp - words * sizeof(long), s->at.sp);
		walk->bp_at = bp;
	} else if (up >> MMN_UP_SAVED_SHIFT) {
		walk->bp_at = s->at.sp - (up >> MMN_UP_SAVED_SHIFT) * sizeof(long);
	}
	mmn_last_walk_add(walk, s->at.sp - sizeof(long), s->at.pc);
	return from;
}

/* Return: false if the distance of a frame is unknown; @s is at that frame. */
static bool walk_frames(struct mmn_frame_cursor *s, struct mmn_walk_words *walk,
			struct mmn_ctx *ctx)
{
	const struct mmn_site *at;
	bool past_wrappers = false;

	start_frames(ctx);
	while (s->at.pc && ctx->nr_frames < MMN_FRAMES_MAX) {
		at = walk_step(s, walk);
		if (!at)
			return false;
		add_frame(ctx, at->frame, &past_wrappers);
		if (at->ends)
			break;
	}
	if (ctx->nr_frames == MMN_FRAMES_MAX)
		mark_incomplete(ctx);
	return true;
}

/*
 * Starts at the call site if the stack still holds it at that position, otherwise at this
 * function. Return: false to fall back to the unwinder.
 */
static noinline bool walk_by_steps(const struct mmn_frame_pos *site,
				   struct mmn_walk_words *walk, struct mmn_ctx *ctx)
{
	struct mmn_frame_cursor s;
	bool there;

	mmn_last_walk_begin(walk, site);
	if (mmn_frame_step_begin_at(&s, site)) {
		there = walk_step(&s, walk);
	} else {
		mmn_last_walk_invalidate(walk);
		mmn_frame_step_begin(&s);
		there = mmn_frame_step_to_site(&s) && mmn_frame_step_next(&s);
	}
	if (there && walk_frames(&s, walk, ctx))
		return true;
	mmn_frame_step_learn(s.at.pc, site);
	return false;
}

/**
 * mmn_unwind_ctx() - walk the stack of current to complete a context
 * @site: position of the return address into the call site; @site->sp may be 0
 * @walk: filled for mmn_last_walk_keep()
 * @ctx: context; its frames and the bits that a walk sets are replaced
 *
 * If the walk does not find the call site, or is not allowed, frames may be missing:
 * MMN_CTX_INCOMPLETE.
 *
 * Context: Any, including the hook. Task that invalidates.
 */
void mmn_unwind_ctx(const struct mmn_frame_pos *site, struct mmn_walk_words *walk,
		    struct mmn_ctx *ctx)
{
	if (mmn_unwind_allowed() && walk_by_steps(site, walk, ctx))
		return;
	mmn_last_walk_invalidate(walk);
	if (mmn_unwind_allowed()) {
		walk_by_unwinder(site, ctx);
	} else {
		start_frames(ctx);
		mark_incomplete(ctx);
	}
}

/**
 * mmn_unwind_agrees() - compare frame steps with the unwinder
 *
 * Steps may end before the stack does.
 *
 * Context: Process, at load.
 * Return: false if they lead to other return addresses than the unwinder finds.
 */
noinline bool mmn_unwind_agrees(void)
{
	struct mmn_frame_cursor s;
	struct mmn_stack st;
	unsigned int i = 0;

	mmn_unwind_save(&st);
	mmn_frame_step_begin(&s);
	while (i < st.nr && st.pc[i] != s.at.pc)
		i++;
	if (i == st.nr)
		return false;
	for (; i < st.nr && st.pc[i] == s.at.pc; i++)
		if (!mmn_frame_step_next(&s) || !s.at.pc)
			return true;
	return i == st.nr && st.nr == MMN_UNWIND_DEPTH;
}

/* Steps out of this function. Return: return address into the call site; 0 if that fails. */
static noinline unsigned long site_by_steps(void)
{
	const struct mmn_site *site;
	struct mmn_frame_cursor s;

	mmn_frame_step_begin(&s);
	site = mmn_frame_step_to_site(&s);
	if (site)
		return site->pc;
	mmn_frame_step_learn(s.at.pc, &unknown_pos);
	return 0;
}

static noinline unsigned long site_by_unwinder(bool in_hook)
{
	struct mmn_stack st;

	mmn_stats_inc(MMN_STAT_UNWOUND);
	mmn_unwind_save(&st);
	return mmn_unwind_site(&st, in_hook);
}

/**
 * mmn_unwind_find_site() - find the call site of an event that no hook recorded
 * @in_hook: true in the hook; frame steps do not pass the hook's own frames
 *
 * Context: Any, including the hook. Task that invalidates.
 * Return: return address into the call site; 0 if there is none, if a frame on the way may be
 * missing, or if walks are not allowed.
 */
unsigned long mmn_unwind_find_site(bool in_hook)
{
	unsigned long site = !in_hook && mmn_unwind_allowed() ? site_by_steps() : 0;

	return site ? site : site_by_unwinder(in_hook);
}
