// SPDX-License-Identifier: GPL-2.0-only
/*
 * memo: verdicts that were given. Rules are a pure function of class and context, and
 * contexts are few; so a verdict without the stack is looked for once. A place that is
 * taken stays so, thus readers need no lock, and write to no cache line.
 *
 * Pure enough to compile in user space too.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>

#include "rule_cache.h"
#include "uapi_args.h"

/* Somebody is about to fill this place. */
#define BUSY	2

#define BITS(n, s, m)	{ .nr = (n), .shift = (s), .mask = (m) }
#define VALUE(n)	{ .nr = (n), .mask = 0xff, .whole = true }

/* What rules ask of the arguments; tests/unit holds it against them. */
const struct mmn_rule_cache_arg mmn_rule_cache_args[MMN_NR_SYS] = {
	[MMN_SYS_FALLOCATE] = BITS(1, 0, 0xff),
	[MMN_SYS_MADVISE] = VALUE(2),
	[MMN_SYS_MMAP] = BITS(3, 0, ARG_MAP_FIXED),
	[MMN_SYS_MPROTECT] = BITS(2, 0, ARG_PROT_READ),
	[MMN_SYS_MREMAP] = BITS(3, 0, ARG_MREMAP_FIXED | ARG_MREMAP_DONTUNMAP),
	[MMN_SYS_OPEN] = BITS(1, 8, ARG_O_TRUNC >> 8),
	[MMN_SYS_OPENAT] = BITS(2, 8, ARG_O_TRUNC >> 8),
	[MMN_SYS_PKEY_MPROTECT] = BITS(2, 0, ARG_PROT_READ),
	[MMN_SYS_PROCESS_MADVISE] = VALUE(3),
};

struct mmn_rule_cache mmn_rule_cache_table[1 << MMN_RULE_CACHE_BITS];

/**
 * mmn_rule_cache_keep() - this is what the rules say
 * @key: from mmn_rule_cache_key(); if 0 nothing happens
 * @v: the verdict
 *
 * Context: Any, the hook too.
 */
void mmn_rule_cache_keep(u64 key, const struct mmn_verdict *v)
{
	struct mmn_rule_cache *m = &mmn_rule_cache_table[hash_64(key, MMN_RULE_CACHE_BITS)];

	if (!key || READ_ONCE(m->key) || cmpxchg64(&m->key, 0, BUSY))
		return;
	memcpy(&m->verdict, v, sizeof(*v));
	/* Whoever finds the key finds what belongs to it. */
	smp_store_release(&m->key, key);
}
