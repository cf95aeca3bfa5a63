// SPDX-License-Identifier: GPL-2.0-only
/*
 * walk: the stack as a source. For what the context leaves open, for call
 * sites that no hook saw, and as a second opinion. By steps where they are known;
 * else by the unwinder, which takes thousands of instructions.
 */
#include <linux/kernel.h>

#include "addr_cache.h"
#include "compat/compat.h"
#include "frame_step.h"
#include "last_walk.h"
#include "rules/frame_table.h"
#include "rules/rules.h"
#include "stats.h"
#include "unwind.h"

/* So many frames hold the callers of a notifier and most of what a rule asks for. */
#define FIRST_DEPTH	16

bool mmn_unwind_enabled;

/**
 * mmn_unwind_allow() - may verdicts rest on the stack?
 * @on: whether; without an unwinder that does not guess it stays off
 *
 * Context: Process, at load.
 */
void mmn_unwind_allow(bool on)
{
	mmn_unwind_enabled = on && MMN_HAVE_STACK;
}

static void stack_save(struct mmn_stack *st, unsigned int depth)
{
	st->nr = mmn_unwind_allowed() ? mmn_stack_save(st->pc, depth) : 0;
}

/**
 * mmn_unwind_save() - the stack of current
 * @st: filled, innermost first; empty where stacks may not be read
 *
 * Context: Any, the hook too.
 */
void mmn_unwind_save(struct mmn_stack *st)
{
	stack_save(st, MMN_UNWIND_DEPTH);
}

/**
 * mmn_unwind_site() - who announced the innermost invalidation on a stack
 * @st: a stack taken in the hook or in a notifier's callback
 * @can_resolve: false in the hook
 *
 * The kernel's announcing function is where the call site returns to, or, where
 * a compiler did not inline its wrapper, the next frame. Between them may be the
 * trampoline of a tracer, which announces nothing.
 *
 * Context: Any; the hook without @can_resolve.
 * Return: return address into the call site; 0 if there is none, or if it is
 * not known yet.
 */
unsigned long mmn_unwind_site(const struct mmn_stack *st, bool can_resolve)
{
	bool announced = false;
	unsigned int i;
	int frame;

	for (i = 0; i < st->nr; i++) {
		frame = mmn_addr_cache_frame(st->pc[i], can_resolve);
		if (frame == MMN_FRAME_ANNOUNCE)
			announced = true;
		else if (announced && can_resolve && !mmn_addr_cache_is_stable(st->pc[i]))
			continue;
		else if (announced)
			return st->pc[i];
		else if (frame < 0)
			return 0;
	}
	return 0;
}

/* The index of the first frame above the call site. */
static unsigned int first_above(const struct mmn_stack *st, unsigned long site,
				bool can_resolve)
{
	unsigned int i;

	for (i = 0; i < st->nr; i++)
		if (st->pc[i] == site)
			return i + 1;
	/* The end of an event is announced from elsewhere in its function. */
	site = mmn_unwind_site(st, can_resolve);
	for (i = 0; site && i < st->nr; i++)
		if (st->pc[i] == site)
			return i + 1;
	return st->nr;
}

static bool is_wrapper(unsigned int frame)
{
	return frame == MMN_FRAME_ZAPPER || frame == MMN_FRAME_UNMAPPER;
}

static void start_frames(struct mmn_ctx *ctx)
{
	ctx->bits = (ctx->bits & ~MMN_CTX_MODULE_CALLS) | MMN_CTX_WALKED;
	ctx->nr_frames = 0;
}

/* @asked: who asked for the operation was there. */
static void add_frame(struct mmn_ctx *ctx, unsigned int frame, bool *asked)
{
	if (!*asked && !is_wrapper(frame)) {
		*asked = true;
		if (frame == MMN_FRAME_MODULE)
			ctx->bits |= MMN_CTX_MODULE_CALLS;
	}
	if (frame != MMN_FRAME_NONE)
		ctx->frames[ctx->nr_frames++] = frame;
}

/**
 * mmn_unwind_frames() - what the frames above a call site say
 * @st: the stack
 * @site: return address into the call site
 * @can_resolve: false in the hook
 * @whole: go on behind the frame that ends the search
 * @ctx: frames and bits are added
 *
 * Context: Any; the hook without @can_resolve.
 * Return: false if some frame is not known yet.
 */
bool mmn_unwind_frames(const struct mmn_stack *st, unsigned long site,
		       bool can_resolve, bool whole, struct mmn_ctx *ctx)
{
	unsigned int i = first_above(st, site, can_resolve);
	bool known = true, asked = false;
	int frame;

	start_frames(ctx);
	for (; i < st->nr && ctx->nr_frames < MMN_FRAMES_MAX; i++) {
		frame = mmn_addr_cache_frame(st->pc[i], can_resolve);
		if (frame < 0) {
			/* Ask for the others, too. */
			known = false;
			continue;
		}
		add_frame(ctx, frame, &asked);
		if (!whole && mmn_frame_table_ends(frame))
			break;
	}
	return known;
}

static bool has_ended(const struct mmn_ctx *ctx)
{
	return ctx->nr_frames &&
	       mmn_frame_table_ends(ctx->frames[ctx->nr_frames - 1]);
}

/* By the unwinder. If the search ends among the first frames, the others cost nothing. */
static noinline bool walk_by_unwinder(unsigned long site, bool can_resolve, struct mmn_ctx *ctx)
{
	struct mmn_stack st;
	bool known;

	mmn_stats_inc(MMN_STAT_UNWOUND);
	stack_save(&st, FIRST_DEPTH);
	known = mmn_unwind_frames(&st, site, can_resolve, false, ctx);
	if (st.nr < FIRST_DEPTH || (known && has_ended(ctx)))
		return known;
	stack_save(&st, MMN_UNWIND_DEPTH);
	return mmn_unwind_frames(&st, site, can_resolve, false, ctx);
}

/* One step, whose words are noted. */
static const struct mmn_site *walk_step(struct mmn_frame_cursor *s, struct mmn_walk_words *walk)
{
	unsigned long bp = s->at.bp;
	const struct mmn_site *from = mmn_frame_step_next(s);
	unsigned int up, words;

	if (!from)
		return NULL;
	/* Whether that was the last one rests on saved registers. */
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

/* Return: false if a step is not known; @s is where. */
static bool walk_frames(struct mmn_frame_cursor *s, struct mmn_walk_words *walk,
			struct mmn_ctx *ctx)
{
	const struct mmn_site *at;
	bool asked = false;

	start_frames(ctx);
	while (s->at.pc && ctx->nr_frames < MMN_FRAMES_MAX) {
		at = walk_step(s, walk);
		if (!at)
			return false;
		add_frame(ctx, at->frame, &asked);
		if (at->ends)
			break;
	}
	return true;
}

/*
 * By steps, from the site if it is where the hook saw it, else out of here. Return:
 * false if they do not suffice.
 */
static noinline bool walk_by_steps(const struct mmn_frame_pos *site, bool can_resolve,
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
	mmn_frame_step_learn(s.at.pc, can_resolve);
	return false;
}

/**
 * mmn_unwind_ctx() - walk the stack to complete a context
 * @site: the call site
 * @can_resolve: false in the hook
 * @walk: filled
 * @ctx: frames and bits are added
 *
 * Context: As mmn_unwind_frames().
 * Return: as mmn_unwind_frames().
 */
bool mmn_unwind_ctx(const struct mmn_frame_pos *site, bool can_resolve,
		    struct mmn_walk_words *walk, struct mmn_ctx *ctx)
{
	if (mmn_unwind_allowed() && walk_by_steps(site, can_resolve, walk, ctx))
		return true;
	mmn_last_walk_invalidate(walk);
	return walk_by_unwinder(site->pc, can_resolve, ctx);
}

/* By steps, of which the first is out of here. Return: the site; 0 if that fails. */
static noinline unsigned long site_by_steps(void)
{
	const struct mmn_site *site;
	struct mmn_frame_cursor s;

	mmn_frame_step_begin(&s);
	site = mmn_frame_step_to_site(&s);
	if (site)
		return site->pc;
	mmn_frame_step_learn(s.at.pc, true);
	return 0;
}

static noinline unsigned long site_by_unwinder(bool can_resolve)
{
	struct mmn_stack st;

	mmn_stats_inc(MMN_STAT_UNWOUND);
	mmn_unwind_save(&st);
	return mmn_unwind_site(&st, can_resolve);
}

/**
 * mmn_unwind_find_site() - the call site, where no hook told it
 * @can_resolve: false in the hook
 *
 * Context: As mmn_unwind_site(), of the task that invalidates.
 * Return: as mmn_unwind_site().
 */
unsigned long mmn_unwind_find_site(bool can_resolve)
{
	unsigned long site = can_resolve && mmn_unwind_allowed() ? site_by_steps() : 0;

	return site ? site : site_by_unwinder(can_resolve);
}
