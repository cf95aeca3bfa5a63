/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_FRAME_STEP_H
#define MMN_FRAME_STEP_H

#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/types.h>

#include "addr_cache.h"
#include "compat/compat.h"
#include "frame_pos.h"
#include "frame_record.h"
#include "rules/rules.h"

/**
 * struct mmn_frame_cursor - position of a walk on the stack of current
 * @at: current return address; its pc is 0 once the outermost frame was passed
 * @top: end of the task stack, exclusive
 */
struct mmn_frame_cursor {
	struct mmn_frame_pos at;
	unsigned long top;
};

const struct mmn_site *mmn_frame_step_next_slow(struct mmn_frame_cursor *s,
						const struct mmn_site *at);
void mmn_frame_step_learn(unsigned long pc, const struct mmn_frame_pos *from);

/* The word @below words below @end. KASAN may have poisoned parts of the frame. */
static inline unsigned long mmn_frame_step_word(unsigned long end, unsigned int below)
{
	return READ_ONCE_NOCHECK(((unsigned long *)end)[-(long)below]);
}

/* The return address in the word below @end. */
static inline unsigned long mmn_frame_step_pc(unsigned long end)
{
	return mmn_return_address(mmn_frame_step_word(end, 1));
}

static inline unsigned long mmn_frame_step_top(void)
{
	return (unsigned long)task_stack_page(current) + THREAD_SIZE;
}

/* Starts at the return address of a running function with the frame pointer @frame. */
static inline void mmn_frame_step_begin_from(struct mmn_frame_cursor *s, const unsigned long *frame)
{
	s->at.pc = mmn_return_address(frame[1]);
	s->at.sp = (unsigned long)(frame + 2);
	s->at.bp = frame[0];
	s->top = mmn_frame_step_top();
}

/* Starts at the return address of the function that this is inlined into. */
static __always_inline void mmn_frame_step_begin(struct mmn_frame_cursor *s)
{
	mmn_frame_step_begin_from(s, __builtin_frame_address(0));
}

/* Does the stack of current still hold this return address at this position? */
static inline bool mmn_frame_step_is_there(const struct mmn_frame_pos *at)
{
	return mmn_frame_step_top() - at->sp < THREAD_SIZE &&
	       (mmn_frame_pos_is_register(at->sp) || mmn_frame_step_pc(at->sp) == at->pc);
}

/* Starts at @at. Return: false if the stack does not hold that return address any more. */
static inline bool mmn_frame_step_begin_at(struct mmn_frame_cursor *s,
					   const struct mmn_frame_pos *at)
{
	s->at = *at;
	s->top = mmn_frame_step_top();
	return mmn_frame_step_is_there(at);
}

/*
 * May the stack lack the caller of the function that @pc returns to? Always false with
 * another unwinder, which needs no frame record.
 */
static inline bool mmn_frame_step_is_unproven(unsigned long pc)
{
	const struct mmn_site *site;

	if (!MMN_FRAME_RECORDS)
		return false;
	site = mmn_addr_cache_get(pc);
	return !site || READ_ONCE(site->up) != MMN_UP_RECORD;
}

/* A frame ends further out, and on the task stack: current may run on an IRQ stack. */
static inline bool mmn_frame_step_is_above(const struct mmn_frame_cursor *s, unsigned long end)
{
	return end > s->at.sp && s->top - end < THREAD_SIZE;
}

/**
 * mmn_frame_step_next() - step to the next return address
 * @s: cursor, its pc not 0; advanced by one frame
 *
 * Context: Any, including the hook.
 * Return: cache entry of the address that the step started from; NULL if the distance is
 * unknown or leads off the task stack. @s is unchanged then.
 */
static inline const struct mmn_site *mmn_frame_step_next(struct mmn_frame_cursor *s)
{
	const struct mmn_site *site = mmn_addr_cache_get(s->at.pc);
	unsigned long end;
	unsigned int up;

	if (unlikely(!site))
		return NULL;
	up = READ_ONCE(site->up);
	if (unlikely(!(up & MMN_UP_WORDS))) {
		/* Only the copy's address is taken, so the members of *s can stay in registers. */
		struct mmn_frame_cursor other = *s;

		site = mmn_frame_step_next_slow(&other, site);
		*s = other;
		return site;
	}
	end = up & MMN_UP_BP ? s->at.bp : s->at.sp;
	end += (up & MMN_UP_WORDS) * sizeof(long);
	if (unlikely(!mmn_frame_step_is_above(s, end)))
		return NULL;
	up >>= MMN_UP_SAVED_SHIFT;
	if (up)
		s->at.bp = mmn_frame_step_word(end, up);
	s->at.sp = end;
	s->at.pc = mmn_frame_step_pc(end);
	return site;
}

/**
 * mmn_frame_step_to_site() - step to the call site of the innermost invalidation
 * @s: cursor in a notifier's callback; advanced to the return address into the call site
 *
 * Context: Any, including the hook.
 * Return: cache entry of the call site; NULL to fall back to the unwinder.
 */
static inline const struct mmn_site *mmn_frame_step_to_site(struct mmn_frame_cursor *s)
{
	const struct mmn_site *site;

	if (unlikely(s->top - s->at.sp >= THREAD_SIZE))
		return NULL;
	do {
		site = mmn_frame_step_next(s);
		if (unlikely(!site || !s->at.pc))
			return NULL;
	} while (site->frame != MMN_FRAME_ANNOUNCE);
	do {
		site = mmn_addr_cache_get(s->at.pc);
		if (unlikely(!site))
			return NULL;
		if (likely(site->frame != MMN_FRAME_ANNOUNCE))
			return site;
	} while (mmn_frame_step_next(s) && s->at.pc);
	return NULL;
}

#endif /* MMN_FRAME_STEP_H */
