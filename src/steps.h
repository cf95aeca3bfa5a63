/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_STEPS_H
#define MMN_STEPS_H

#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/types.h>

#include "sites.h"
#include "where.h"

/**
 * struct mmn_steps - a way out on the stack of current
 * @at: where we are; pc is 0 behind the last return address
 * @top: where the stack ends
 */
struct mmn_steps {
	struct mmn_where at;
	unsigned long top;
};

const struct mmn_site *mmn_steps_take_other(struct mmn_steps *s,
					    const struct mmn_site *at);
const struct mmn_site *mmn_steps_site(struct mmn_steps *s);
void mmn_steps_learn(unsigned long pc, bool may_look);

static inline unsigned long mmn_steps_word(unsigned long end, unsigned int below)
{
	return READ_ONCE_NOCHECK(((unsigned long *)end)[-(long)below]);
}

static inline unsigned long mmn_steps_top(void)
{
	return (unsigned long)task_stack_page(current) + THREAD_SIZE;
}

/* Begins where the function that this is compiled into returns to. */
static __always_inline void mmn_steps_begin(struct mmn_steps *s)
{
	s->at.pc = (unsigned long)__builtin_return_address(0);
	s->at.sp = (unsigned long)__builtin_frame_address(0) + 2 * sizeof(long);
	s->at.bp = mmn_steps_word(s->at.sp, 2);
	s->top = mmn_steps_top();
}

/* Is this return address still on the stack of current, and there? */
static inline bool mmn_steps_is_there(const struct mmn_where *at)
{
	return mmn_steps_top() - at->sp < THREAD_SIZE &&
	       mmn_steps_word(at->sp, 1) == at->pc;
}

/* Begins at @at, if that is there. Return: whether. */
static inline bool mmn_steps_begin_at(struct mmn_steps *s, const struct mmn_where *at)
{
	s->at = *at;
	s->top = mmn_steps_top();
	return mmn_steps_is_there(at);
}

/**
 * mmn_steps_take() - one step out
 * @s: where we are, not behind the last; afterwards, where the next one is
 *
 * Context: Any, the hook too.
 * Return: what is known of the address where we were; NULL if that is not enough to
 * go on, and @s stays.
 */
static inline const struct mmn_site *mmn_steps_take(struct mmn_steps *s)
{
	const struct mmn_site *site = mmn_sites_get(s->at.pc);
	unsigned long end;
	unsigned int up;

	if (unlikely(!site))
		return NULL;
	up = READ_ONCE(site->up);
	if (unlikely(!(up & MMN_UP_WORDS)))
		return mmn_steps_take_other(s, site);
	end = up & MMN_UP_BP ? s->at.bp : s->at.sp;
	end += (up & MMN_UP_WORDS) * sizeof(long);
	/* Not beyond the stack of current: it may run on another one. */
	if (unlikely(end <= s->at.sp || s->top - end >= THREAD_SIZE))
		return NULL;
	up >>= MMN_UP_SAVED_SHIFT;
	if (up)
		s->at.bp = mmn_steps_word(end, up);
	s->at.sp = end;
	s->at.pc = mmn_steps_word(end, 1);
	return site;
}

#endif /* MMN_STEPS_H */
