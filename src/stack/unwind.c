// SPDX-License-Identifier: GPL-2.0-only
/*
 * walk: the stack as a witness. For what the context leaves open, for call
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

bool mmn_walk_may;

/**
 * mmn_walk_allow() - may verdicts rest on the stack?
 * @on: whether; without an unwinder that does not guess it stays off
 *
 * Context: Process, at load.
 */
void mmn_walk_allow(bool on)
{
	mmn_walk_may = on && MMN_HAVE_STACK;
}

static void take(struct mmn_stack *st, unsigned int depth)
{
	st->nr = mmn_walk_allowed() ? mmn_stack_save(st->pc, depth) : 0;
}

/**
 * mmn_walk_take() - the stack of current
 * @st: filled, innermost first; empty where stacks may not be read
 *
 * Context: Any, the hook too.
 */
void mmn_walk_take(struct mmn_stack *st)
{
	take(st, MMN_WALK_DEPTH);
}

/**
 * mmn_walk_site() - who announced the innermost invalidation on a stack
 * @st: a stack taken in the hook or in a notifier's callback
 * @may_look: false in the hook
 *
 * The kernel's announcing function is where the call site returns to, or, where
 * a compiler did not inline its wrapper, the next frame. Between them may be the
 * trampoline of a tracer, which announces nothing.
 *
 * Context: Any; the hook without @may_look.
 * Return: return address into the call site; 0 if there is none, or if it is
 * not known yet.
 */
unsigned long mmn_walk_site(const struct mmn_stack *st, bool may_look)
{
	bool announced = false;
	unsigned int i;
	int frame;

	for (i = 0; i < st->nr; i++) {
		frame = mmn_sites_frame(st->pc[i], may_look);
		if (frame == MMN_FRAME_ANNOUNCE)
			announced = true;
		else if (announced && may_look && !mmn_sites_lasts(st->pc[i]))
			continue;
		else if (announced)
			return st->pc[i];
		else if (frame < 0)
			return 0;
	}
	return 0;
}

/* The index of the first frame above the call site. */
static unsigned int above(const struct mmn_stack *st, unsigned long site,
			  bool may_look)
{
	unsigned int i;

	for (i = 0; i < st->nr; i++)
		if (st->pc[i] == site)
			return i + 1;
	/* The end of an event is announced from elsewhere in its function. */
	site = mmn_walk_site(st, may_look);
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
 * mmn_walk_frames() - what the frames above a call site say
 * @st: the stack
 * @site: return address into the call site
 * @may_look: false in the hook
 * @whole: go on behind the frame that ends the search
 * @ctx: frames and bits are added
 *
 * Context: Any; the hook without @may_look.
 * Return: false if some frame is not known yet.
 */
bool mmn_walk_frames(const struct mmn_stack *st, unsigned long site,
		     bool may_look, bool whole, struct mmn_ctx *ctx)
{
	unsigned int i = above(st, site, may_look);
	bool known = true, asked = false;
	int frame;

	start_frames(ctx);
	for (; i < st->nr && ctx->nr_frames < MMN_FRAMES_MAX; i++) {
		frame = mmn_sites_frame(st->pc[i], may_look);
		if (frame < 0) {
			/* Ask for the others, too. */
			known = false;
			continue;
		}
		add_frame(ctx, frame, &asked);
		if (!whole && mmn_framenames_ends(frame))
			break;
	}
	return known;
}

static bool has_ended(const struct mmn_ctx *ctx)
{
	return ctx->nr_frames &&
	       mmn_framenames_ends(ctx->frames[ctx->nr_frames - 1]);
}

/* By the unwinder. If the search ends among the first frames, the others cost nothing. */
static noinline bool unwind_ctx(unsigned long site, bool may_look, struct mmn_ctx *ctx)
{
	struct mmn_stack st;
	bool known;

	mmn_stats_inc(MMN_STAT_UNWOUND);
	take(&st, FIRST_DEPTH);
	known = mmn_walk_frames(&st, site, may_look, false, ctx);
	if (st.nr < FIRST_DEPTH || (known && has_ended(ctx)))
		return known;
	take(&st, MMN_WALK_DEPTH);
	return mmn_walk_frames(&st, site, may_look, false, ctx);
}

/* One step, whose words are noted. */
static const struct mmn_site *step(struct mmn_steps *s, struct mmn_trail *trail)
{
	unsigned long bp = s->at.bp;
	const struct mmn_site *from = mmn_steps_take(s);
	unsigned int up, words;

	if (!from)
		return NULL;
	/* Whether that was the last one rests on saved registers. */
	if (!s->at.pc) {
		mmn_trail_spoil(trail);
		return from;
	}
	up = READ_ONCE(from->up);
	words = mmn_up_indirect(up);
	if (up & MMN_UP_BP || words)
		mmn_trail_add_bp(trail, bp);
	if (words) {
		mmn_trail_add(trail, bp - words * sizeof(long), s->at.sp);
		trail->bp_at = bp;
	} else if (up >> MMN_UP_SAVED_SHIFT) {
		trail->bp_at = s->at.sp - (up >> MMN_UP_SAVED_SHIFT) * sizeof(long);
	}
	mmn_trail_add(trail, s->at.sp - sizeof(long), s->at.pc);
	return from;
}

/* Return: false if a step is not known; @s is where. */
static bool go_on(struct mmn_steps *s, struct mmn_trail *trail, struct mmn_ctx *ctx)
{
	const struct mmn_site *at;
	bool asked = false;

	start_frames(ctx);
	while (s->at.pc && ctx->nr_frames < MMN_FRAMES_MAX) {
		at = step(s, trail);
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
static noinline bool step_ctx(const struct mmn_where *site, bool may_look,
			      struct mmn_trail *trail, struct mmn_ctx *ctx)
{
	struct mmn_steps s;
	bool there;

	mmn_trail_begin(trail, site);
	if (mmn_steps_begin_at(&s, site)) {
		there = step(&s, trail);
	} else {
		mmn_trail_spoil(trail);
		mmn_steps_begin(&s);
		there = mmn_steps_to_site(&s) && mmn_steps_take(&s);
	}
	if (there && go_on(&s, trail, ctx))
		return true;
	mmn_steps_learn(s.at.pc, may_look);
	return false;
}

/**
 * mmn_walk_ctx() - walk the stack to complete a context
 * @site: the call site
 * @may_look: false in the hook
 * @trail: filled
 * @ctx: frames and bits are added
 *
 * Context: As mmn_walk_frames().
 * Return: as mmn_walk_frames().
 */
bool mmn_walk_ctx(const struct mmn_where *site, bool may_look,
		  struct mmn_trail *trail, struct mmn_ctx *ctx)
{
	if (mmn_walk_allowed() && step_ctx(site, may_look, trail, ctx))
		return true;
	mmn_trail_spoil(trail);
	return unwind_ctx(site->pc, may_look, ctx);
}

/* By steps, of which the first is out of here. Return: the site; 0 if that fails. */
static noinline unsigned long step_site(void)
{
	const struct mmn_site *site;
	struct mmn_steps s;

	mmn_steps_begin(&s);
	site = mmn_steps_to_site(&s);
	if (site)
		return site->pc;
	mmn_steps_learn(s.at.pc, true);
	return 0;
}

static noinline unsigned long unwind_site(bool may_look)
{
	struct mmn_stack st;

	mmn_stats_inc(MMN_STAT_UNWOUND);
	mmn_walk_take(&st);
	return mmn_walk_site(&st, may_look);
}

/**
 * mmn_walk_find_site() - the call site, where no hook told it
 * @may_look: false in the hook
 *
 * Context: As mmn_walk_site(), of the task that invalidates.
 * Return: as mmn_walk_site().
 */
unsigned long mmn_walk_find_site(bool may_look)
{
	unsigned long site = may_look && mmn_walk_allowed() ? step_site() : 0;

	return site ? site : unwind_site(may_look);
}
