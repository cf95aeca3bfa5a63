// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * rule_cache: verdicts by call site and context. The rules are a pure function of both, and few
 * contexts occur, so a verdict that needs no stack is computed once.
 *
 * A slot is filled once and never changes again. So lookups take no lock, write to no cache
 * line and always see a whole verdict. A key that finds its slot taken is not cached.
 *
 * It also compiles in user space.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>

#include "rule_cache.h"
#include "uapi_args.h"

/* Claims a slot while it is filled. Real keys have a row, so no lookup matches it. */
#define BUSY	0xff

#define BITS(n, s, m)	{ .nr = (n), .shift = (s), .mask = (m) }
#define VALUE(n)	{ .nr = (n), .mask = 0xff, .whole = true }

/* Arguments that the rules compare. tests/unit/properties_test.c checks it against them. */
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
 * mmn_rule_cache_keep() - cache a verdict
 * @key: key from mmn_rule_cache_key(); if it is 0 or its slot is taken, nothing happens
 * @v: verdict of the rules, or an event of MMN_RULE_CACHE_NEEDS_STACK
 *
 * Context: Any, including the hook.
 */
void mmn_rule_cache_keep(u64 key, const struct mmn_verdict *v)
{
	struct mmn_rule_cache *m = &mmn_rule_cache_table[hash_64(key, MMN_RULE_CACHE_BITS)];

	if (!key || READ_ONCE(m->key) || cmpxchg64(&m->key, 0, BUSY))
		return;
	memcpy(&m->verdict, v, sizeof(*v));
	/* Publishes the verdict. Pairs with the acquire in mmn_rule_cache_find(). */
	smp_store_release(&m->key, key);
}
