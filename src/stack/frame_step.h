/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_FRAME_STEP_H
#define MMN_FRAME_STEP_H

#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/types.h>

#include "addr_cache.h"
#include "frame_pos.h"
#include "rules/rules.h"

/**
 * struct mmn_frame_cursor - a way out on the stack of current
 * @at: where we are; pc is 0 behind the last return address
 * @top: where the stack ends
 */
struct mmn_frame_cursor {
	struct mmn_frame_pos at;
	unsigned long top;
};

const struct mmn_site *mmn_frame_step_next_slow(struct mmn_frame_cursor *s,
						const struct mmn_site *at);
void mmn_frame_step_learn(unsigned long pc, bool can_resolve);

static inline unsigned long mmn_frame_step_word(unsigned long end, unsigned int below)
{
	return READ_ONCE_NOCHECK(((unsigned long *)end)[-(long)below]);
}

static inline unsigned long mmn_frame_step_top(void)
{
	return (unsigned long)task_stack_page(current) + THREAD_SIZE;
}

/* Begins where the function with this frame, a running one, returns to. */
static inline void mmn_frame_step_begin_from(struct mmn_frame_cursor *s, const unsigned long *frame)
{
	s->at.pc = frame[1];
	s->at.sp = (unsigned long)(frame + 2);
	s->at.bp = frame[0];
	s->top = mmn_frame_step_top();
}

/* The same, from the function that this is compiled into. */
static __always_inline void mmn_frame_step_begin(struct mmn_frame_cursor *s)
{
	mmn_frame_step_begin_from(s, __builtin_frame_address(0));
}

/* Is this return address still on the stack of current, and there? */
static inline bool mmn_frame_step_is_there(const struct mmn_frame_pos *at)
{
	return mmn_frame_step_top() - at->sp < THREAD_SIZE &&
	       mmn_frame_step_word(at->sp, 1) == at->pc;
}

/* Begins at @at, if that is there. Return: whether. */
static inline bool mmn_frame_step_begin_at(struct mmn_frame_cursor *s,
					   const struct mmn_frame_pos *at)
{
	s->at = *at;
	s->top = mmn_frame_step_top();
	return mmn_frame_step_is_there(at);
}

/* Not beyond the stack of current: it may run on another one. */
static inline bool mmn_frame_step_is_above(const struct mmn_frame_cursor *s, unsigned long end)
{
	return end > s->at.sp && s->top - end < THREAD_SIZE;
}

/**
 * mmn_frame_step_next() - one step out
 * @s: where we are, not behind the last; afterwards, where the next one is
 *
 * Context: Any, the hook too.
 * Return: what is known of the address where we were; NULL if that is not enough to
 * go on, and @s stays.
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
		/* A copy: what nobody else can reach may stay in registers. */
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
	s->at.pc = mmn_frame_step_word(end, 1);
	return site;
}

/**
 * mmn_frame_step_to_site() - go to where the innermost invalidation was announced
 * @s: in a notifier's callback; afterwards, at the site
 *
 * Context: Any, the hook too.
 * Return: the site; NULL if the unwinder has to be asked.
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
