// SPDX-License-Identifier: GPL-2.0-only
/*
 * trail: the stack as it was at the last walk. Reclaim and migration announce many
 * pages in a row from one place. A walk by steps reads certain words of the stack,
 * and where the next one lies follows from those before: if it would begin at the
 * same place and each word is still what it was, it would find the same frames. The
 * verdict of a class on a walk rests on the bits of the context and on the frames, so
 * it is the same, too: nothing is guessed.
 */
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/string.h>

#include "steps.h"
#include "trail.h"

/* One per CPU: a task that reclaims is seldom interrupted by another one. */
struct kept {
	struct mmn_trail trail;
	unsigned int class;
	u32 bits;
	struct mmn_verdict verdict;
};

static DEFINE_PER_CPU(struct kept, kept);

/*
 * Every word lies above where the walk began, and below the top of the same stack: so if
 * @from is on the stack of current, they are.
 */
static bool is_same(const struct mmn_trail *t, const struct mmn_where *from)
{
	/* Once: it may be forgotten meanwhile, and no word is no trail. */
	unsigned int nr = READ_ONCE(t->nr);
	const struct mmn_trail_word *w = t->words, *end = w + nr;

	if (!nr || t->from.sp != from->sp || t->from.pc != from->pc ||
	    (t->needs_bp && t->from.bp != from->bp) || !mmn_steps_is_there(from))
		return false;
	for (; w < end; w++)
		if (READ_ONCE_NOCHECK(*(unsigned long *)w->at) != w->value)
			return false;
	return true;
}

/**
 * mmn_trail_find() - the verdict of the last walk, if this one would be the same
 * @from: the call site, as the hook saw it
 * @class: enum mmn_class
 * @bits: MMN_CTX_* of the context, before any walk
 * @v: the verdict
 *
 * Context: Any, the hook too. The rules of @class ask for the stack.
 * Return: false if it is another one; @v is not filled.
 */
bool mmn_trail_find(const struct mmn_where *from, unsigned int class, u32 bits,
		    struct mmn_verdict *v)
{
	const struct kept *k;
	bool same;

	k = get_cpu_ptr(&kept);
	same = k->class == class && k->bits == bits && is_same(&k->trail, from);
	if (same)
		*v = k->verdict;
	put_cpu_ptr(&kept);
	return same;
}

/**
 * mmn_trail_keep() - a walk led to a verdict
 * @t: what it has read
 * @class: enum mmn_class
 * @bits: MMN_CTX_* of the context, before the walk
 * @v: the verdict
 *
 * Context: Any, the hook too.
 */
void mmn_trail_keep(const struct mmn_trail *t, unsigned int class, u32 bits,
		    const struct mmn_verdict *v)
{
	struct kept *k;

	if (!t->nr || t->nr > MMN_TRAIL_MAX)
		return;
	k = get_cpu_ptr(&kept);
	k->trail.from = t->from;
	k->trail.needs_bp = t->needs_bp;
	memcpy(k->trail.words, t->words, t->nr * sizeof(t->words[0]));
	k->class = class;
	k->bits = bits;
	k->verdict = *v;
	WRITE_ONCE(k->trail.nr, t->nr);
	put_cpu_ptr(&kept);
}

/**
 * mmn_trail_forget() - a module goes
 *
 * Other code may come where its was. A walk that goes on just now knows nothing of it.
 *
 * Context: Process.
 */
void mmn_trail_forget(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		WRITE_ONCE(per_cpu_ptr(&kept, cpu)->trail.nr, 0);
}
