// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * last_walk: keeps the stack words and the verdict of the last walk on each CPU. Reclaim and
 * migration announce many pages in a row from one call site.
 *
 * A walk by frame steps reads a chain of stack words: those read so far determine where the
 * next one lies. So if a walk would start at the same position and each word is unchanged, it
 * would find the same frames. A verdict that needs the stack depends on the row, the
 * native event, the context bits and the frames only, so it is the same, too.
 */
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/string.h>

#include "last_walk.h"

DEFINE_PER_CPU(struct mmn_last_walk_entry, mmn_last_walk_cpu);

/**
 * mmn_last_walk_keep() - save a walk and its verdict
 * @t: words that the walk depended on; nothing is saved if they do not describe it
 * @site: mmn_rule_cache_site() of the event
 * @bits: MMN_CTX_* of the context, before the walk
 * @v: verdict of the rules on that walk
 *
 * Context: Any, including the hook.
 */
void mmn_last_walk_keep(const struct mmn_walk_words *t, u32 site, u32 bits,
			const struct mmn_verdict *v)
{
	struct mmn_last_walk_entry *k;

	if (!t->nr || t->nr > MMN_LAST_WALK_MAX)
		return;
	k = get_cpu_ptr(&mmn_last_walk_cpu);
	k->walk.from = t->from;
	k->walk.needs_bp = t->needs_bp;
	memcpy(k->walk.words, t->words, t->nr * sizeof(t->words[0]));
	k->site = site;
	k->bits = bits;
	k->verdict = *v;
	WRITE_ONCE(k->walk.nr, t->nr);
	put_cpu_ptr(&mmn_last_walk_cpu);
}

/**
 * mmn_last_walk_forget() - drop the last walk of all CPUs when a module is unloaded
 *
 * Its addresses may be reused by other code. A concurrent mmn_last_walk_keep() may win the
 * race: the module's text is on no stack, so that walk has read none of its addresses.
 *
 * Context: Process.
 */
void mmn_last_walk_forget(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		WRITE_ONCE(per_cpu_ptr(&mmn_last_walk_cpu, cpu)->walk.nr, 0);
}
