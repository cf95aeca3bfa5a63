// SPDX-License-Identifier: GPL-2.0-only
/*
 * walk: the stack as a witness. For what the context leaves open, for call
 * sites that no hook saw, and as a second opinion. Thousands of instructions,
 * so never for what is hot.
 */
#include <linux/kernel.h>

#include "classify.h"
#include "compat/compat.h"
#include "framenames.h"
#include "sites.h"
#include "walk.h"

/* So many frames hold the callers of a notifier and most of what a rule asks for. */
#define FIRST_DEPTH	16

static bool allowed;

/**
 * mmn_walk_allow() - may verdicts rest on the stack?
 * @on: whether; without an unwinder that does not guess it stays off
 *
 * Context: Process, at load.
 */
void mmn_walk_allow(bool on)
{
	allowed = on && MMN_HAVE_STACK;
}

bool mmn_walk_allowed(void)
{
	return allowed;
}

static void take(struct mmn_stack *st, unsigned int depth)
{
	st->nr = allowed ? mmn_stack_save(st->pc, depth) : 0;
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
 * a compiler did not inline its wrapper, the next frame.
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

	ctx->bits = (ctx->bits & ~MMN_CTX_MODULE_CALLS) | MMN_CTX_WALKED;
	ctx->nr_frames = 0;
	for (; i < st->nr && ctx->nr_frames < MMN_FRAMES_MAX; i++) {
		frame = mmn_sites_frame(st->pc[i], may_look);
		if (frame < 0) {
			/* Ask for the others, too. */
			known = false;
			continue;
		}
		if (!asked && !is_wrapper(frame)) {
			asked = true;
			if (frame == MMN_FRAME_MODULE)
				ctx->bits |= MMN_CTX_MODULE_CALLS;
		}
		if (frame == MMN_FRAME_NONE)
			continue;
		ctx->frames[ctx->nr_frames++] = frame;
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

/**
 * mmn_walk_ctx() - walk the stack to complete a context
 * @site: return address into the call site
 * @may_look: false in the hook
 * @ctx: frames and bits are added
 *
 * Each frame costs some 400 instructions, so at first only a few are taken. If the
 * search ends among them, the others would not be looked at.
 *
 * Context: As mmn_walk_frames().
 * Return: as mmn_walk_frames().
 */
bool mmn_walk_ctx(unsigned long site, bool may_look, struct mmn_ctx *ctx)
{
	struct mmn_stack st;
	bool known;

	take(&st, FIRST_DEPTH);
	known = mmn_walk_frames(&st, site, may_look, false, ctx);
	if (st.nr < FIRST_DEPTH || (known && has_ended(ctx)))
		return known;
	take(&st, MMN_WALK_DEPTH);
	return mmn_walk_frames(&st, site, may_look, false, ctx);
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
	struct mmn_stack st;

	mmn_walk_take(&st);
	return mmn_walk_site(&st, may_look);
}
