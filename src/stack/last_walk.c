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

#include "last_walk.h"

DEFINE_PER_CPU(struct mmn_last_walk_entry, mmn_last_walk_cpu);

/**
 * mmn_last_walk_keep() - a walk led to a verdict
 * @t: what it has read
 * @class: enum mmn_class
 * @bits: MMN_CTX_* of the context, before the walk
 * @v: the verdict
 *
 * Context: Any, the hook too.
 */
void mmn_last_walk_keep(const struct mmn_walk_words *t, unsigned int class, u32 bits,
			const struct mmn_verdict *v)
{
	struct mmn_last_walk_entry *k;

	if (!t->nr || t->nr > MMN_LAST_WALK_MAX)
		return;
	k = get_cpu_ptr(&mmn_last_walk_cpu);
	k->walk.from = t->from;
	k->walk.needs_bp = t->needs_bp;
	memcpy(k->walk.words, t->words, t->nr * sizeof(t->words[0]));
	k->class = class;
	k->bits = bits;
	k->verdict = *v;
	WRITE_ONCE(k->walk.nr, t->nr);
	put_cpu_ptr(&mmn_last_walk_cpu);
}

/**
 * mmn_last_walk_forget() - a module goes
 *
 * Other code may come where its was. A walk that goes on just now knows nothing of it.
 *
 * Context: Process.
 */
void mmn_last_walk_forget(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		WRITE_ONCE(per_cpu_ptr(&mmn_last_walk_cpu, cpu)->walk.nr, 0);
}
