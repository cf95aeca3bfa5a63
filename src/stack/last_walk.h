/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_LAST_WALK_H
#define MMN_LAST_WALK_H

#include <linux/compiler.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/types.h>

#include "frame_pos.h"
#include "frame_step.h"
#include "rules/rules.h"

/* A dozen is what reclaim takes; the stack is deep there, and this lies on it, too. */
#define MMN_LAST_WALK_MAX	20

/**
 * struct mmn_walk_words - what a walk by steps has read
 * @from: where it began
 * @bp_at: where the frame pointer was saved last; 0 if it is still that of @from
 * @needs_bp: that of @from was used
 * @nr: how many words; more than MMN_LAST_WALK_MAX if not all are here
 * @words: where and what they were
 */
struct mmn_walk_words {
	struct mmn_frame_pos from;
	unsigned long bp_at;
	bool needs_bp;
	unsigned int nr;
	struct mmn_walk_word {
		unsigned long at;
		unsigned long value;
	} words[MMN_LAST_WALK_MAX];
};

static inline void mmn_last_walk_begin(struct mmn_walk_words *t, const struct mmn_frame_pos *from)
{
	t->from = *from;
	t->bp_at = 0;
	t->needs_bp = false;
	t->nr = 0;
}

static inline void mmn_last_walk_add(struct mmn_walk_words *t, unsigned long at,
				     unsigned long value)
{
	if (likely(t->nr < MMN_LAST_WALK_MAX)) {
		t->words[t->nr].at = at;
		t->words[t->nr].value = value;
	}
	t->nr++;
}

/* A step depends on the frame pointer. Most functions save it and have other uses for it. */
static inline void mmn_last_walk_add_bp(struct mmn_walk_words *t, unsigned long bp)
{
	if (t->bp_at)
		mmn_last_walk_add(t, t->bp_at, bp);
	else
		t->needs_bp = true;
}

/* It cannot be said by words alone that a walk would be the same. */
static inline void mmn_last_walk_invalidate(struct mmn_walk_words *t)
{
	t->nr = MMN_LAST_WALK_MAX + 1;
}

/* One per CPU: a task that reclaims is seldom interrupted by another one. */
struct mmn_last_walk_entry {
	struct mmn_walk_words walk;
	unsigned int class;
	u32 bits;
	struct mmn_verdict verdict;
};

DECLARE_PER_CPU(struct mmn_last_walk_entry, mmn_last_walk_cpu);

/*
 * Every word lies above where the walk began, and below the top of the same stack: so if
 * @from is on the stack of current, they are.
 */
static __always_inline bool mmn_last_walk_is_same(const struct mmn_walk_words *t,
						  const struct mmn_frame_pos *from)
{
	/* Once: it may be forgotten meanwhile, and no word is no trail. */
	unsigned int nr = READ_ONCE(t->nr);
	const struct mmn_walk_word *w = t->words, *end = w + nr;

	if (!nr || t->from.sp != from->sp || t->from.pc != from->pc ||
	    (t->needs_bp && t->from.bp != from->bp) || !mmn_frame_step_is_there(from))
		return false;
	do {
		if (READ_ONCE_NOCHECK(*(unsigned long *)w->at) != w->value)
			return false;
	} while (++w < end);
	return true;
}

/**
 * mmn_last_walk_find() - the verdict of the last walk, if this one would be the same
 * @from: the call site, as the hook saw it
 * @class: enum mmn_class
 * @bits: MMN_CTX_* of the context, before any walk
 * @v: the verdict
 *
 * Context: Any, the hook too. The rules of @class ask for the stack.
 * Return: false if it is another one; @v is not filled.
 */
static __always_inline bool mmn_last_walk_find(const struct mmn_frame_pos *from,
					       unsigned int class, u32 bits,
					       struct mmn_verdict *v)
{
	const struct mmn_last_walk_entry *k;
	bool same;

	k = get_cpu_ptr(&mmn_last_walk_cpu);
	same = k->class == class && k->bits == bits && mmn_last_walk_is_same(&k->walk, from);
	if (same)
		*v = k->verdict;
	put_cpu_ptr(&mmn_last_walk_cpu);
	return same;
}

void mmn_last_walk_forget(void);
void mmn_last_walk_keep(const struct mmn_walk_words *t, unsigned int class, u32 bits,
			const struct mmn_verdict *v);

#endif /* MMN_LAST_WALK_H */
