/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_LAST_WALK_H
#define MMN_LAST_WALK_H

#include <linux/compiler.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/types.h>

#include "compat/compat.h"
#include "frame_pos.h"
#include "frame_record.h"
#include "frame_step.h"
#include "rules/rules.h"

/*
 * Reclaim needs about twelve words, or records. The array lies on the stack, which is deep
 * there.
 */
#define MMN_LAST_WALK_MAX	20

/**
 * struct mmn_walk_words - stack words that a walk by frame steps depended on
 * @from: position where the walk started
 * @bp_at: address of the word that holds the current frame pointer; 0 while it is @from.bp
 * @needs_bp: a step depended on @from.bp
 * @nr: number of words; above MMN_LAST_WALK_MAX if @words does not describe the walk
 * @words: address and value of each word, in the order they were read; with frame records only
 *	the return addresses, as the word below each leads to the next record
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

/* A step depended on the frame pointer, which is @bp. */
static inline void mmn_last_walk_add_bp(struct mmn_walk_words *t, unsigned long bp)
{
	if (MMN_FRAME_RECORDS)
		t->needs_bp = true;
	else if (t->bp_at)
		mmn_last_walk_add(t, t->bp_at, bp);
	else
		t->needs_bp = true;
}

/* The walk depended on more than stack words, so it cannot be recognised later. */
static inline void mmn_last_walk_invalidate(struct mmn_walk_words *t)
{
	t->nr = MMN_LAST_WALK_MAX + 1;
}

/* Per CPU: a task that unmaps many pages in a row is seldom preempted between two of them. */
struct mmn_last_walk_entry {
	struct mmn_walk_words walk;
	u32 site;
	u32 bits;
	struct mmn_verdict verdict;
};

DECLARE_PER_CPU(struct mmn_last_walk_entry, mmn_last_walk_cpu);

/*
 * With frame records: are the return addresses from @w on, up to @end, those of the chain that
 * the frame pointer @bp begins? A record can be read if the return address before it matches,
 * as its function stores one.
 */
static __always_inline bool mmn_last_walk_follows(const struct mmn_walk_word *w,
						  const struct mmn_walk_word *end,
						  unsigned long bp)
{
	const unsigned long *record;

	do {
		record = (const unsigned long *)bp;
		if (mmn_return_address(READ_ONCE_NOCHECK(record[1])) != w->value)
			return false;
		bp = READ_ONCE_NOCHECK(record[0]);
	} while (++w < end);
	return true;
}

/*
 * All words lie between the start of the walk and the top of the same stack. So if @from is
 * on the stack of current, they are too, and can be read.
 */
static __always_inline bool mmn_last_walk_is_same(const struct mmn_walk_words *t,
						  const struct mmn_frame_pos *from)
{
	/* Read once: mmn_last_walk_forget() may clear it concurrently; 0 means empty. */
	unsigned int nr = READ_ONCE(t->nr);
	const struct mmn_walk_word *w = t->words, *end = w + nr;

	if (!nr || t->from.sp != from->sp || t->from.pc != from->pc ||
	    (t->needs_bp && t->from.bp != from->bp) || !mmn_frame_step_is_there(from))
		return false;
	if (MMN_FRAME_RECORDS)
		return mmn_last_walk_follows(w, end, from->bp);
	do {
		if (READ_ONCE_NOCHECK(*(unsigned long *)w->at) != w->value)
			return false;
	} while (++w < end);
	return true;
}

/**
 * mmn_last_walk_find() - reuse the verdict of the last walk on this CPU
 * @from: position of the return address into the call site
 * @site: mmn_rule_cache_site() of the event
 * @bits: MMN_CTX_* of the context, before any walk
 * @v: set to the verdict
 *
 * Only for contexts with a verdict that needs the stack.
 *
 * Context: Any, including the hook.
 * Return: true if a walk would find the same frames; otherwise @v is unchanged.
 */
static __always_inline bool mmn_last_walk_find(const struct mmn_frame_pos *from,
					       u32 site, u32 bits,
					       struct mmn_verdict *v)
{
	const struct mmn_last_walk_entry *k;
	bool same;

	k = get_cpu_ptr(&mmn_last_walk_cpu);
	same = k->site == site && k->bits == bits && mmn_last_walk_is_same(&k->walk, from);
	if (same)
		*v = k->verdict;
	put_cpu_ptr(&mmn_last_walk_cpu);
	return same;
}

void mmn_last_walk_forget(void);
void mmn_last_walk_keep(const struct mmn_walk_words *t, u32 site, u32 bits,
			const struct mmn_verdict *v);

#endif /* MMN_LAST_WALK_H */
