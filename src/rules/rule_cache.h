/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_RULE_CACHE_H
#define MMN_RULE_CACHE_H

#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/string.h>
#include <linux/types.h>

#include <asm/barrier.h>

#include "rules.h"

#define MMN_RULE_CACHE_BITS	8

/* In place of an event: there is no verdict without the stack. */
#define MMN_RULE_CACHE_NEEDS_STACK	0xffff

/**
 * struct mmn_rule_cache_arg - argument of a system call that the rules compare
 * @nr: index of the argument
 * @shift: number of low bits that no rule looks at; they are shifted out
 * @mask: bits that go into the key, after the shift; 0 if the rules may look at any bit, so
 *	that the verdict cannot be cached
 * @whole: the rules compare the value, not single bits, so the verdict can only be cached if
 *	no bit outside @mask is set
 */
struct mmn_rule_cache_arg {
	u8 nr;
	u8 shift;
	u8 mask;
	bool whole;
};

/**
 * struct mmn_rule_cache - slot of the rule cache
 * @key: key from mmn_rule_cache_key(); 0 if the slot is free
 * @verdict: struct mmn_verdict, valid once @key is set
 */
struct mmn_rule_cache {
	u64 key;
	u64 verdict;
};

extern const struct mmn_rule_cache_arg mmn_rule_cache_args[MMN_NR_SYS];
extern struct mmn_rule_cache mmn_rule_cache_table[1 << MMN_RULE_CACHE_BITS];
void mmn_rule_cache_keep(u64 key, const struct mmn_verdict *v);

/*
 * What an announcement shows by itself: the row of its call site, and the native event, of
 * which no kernel has more than 256.
 */
static inline u32 mmn_rule_cache_site(unsigned int row, unsigned int native)
{
	return row << 8 | native;
}

/* Key of a context if the verdict depends on no argument of the system call. */
static inline u64 mmn_rule_cache_key_plain(u32 site, u32 bits, u32 sys)
{
	return (u64)bits << 32 | sys << 16 | site;
}

/* Does the verdict also depend on an argument of the system call? */
static inline bool mmn_rule_cache_needs_arg(u32 needs, u32 sys)
{
	return needs & MMN_NEED_ARGS && MMN_SYS_WITH_ARGS >> sys & 1;
}

/* Key including the argument; 0 if the verdict depends on bits that do not fit into a key. */
static inline u64 mmn_rule_cache_key_arg(u64 key, const struct mmn_rule_cache_arg *what, u32 arg)
{
	arg >>= what->shift;
	if (!what->mask || (what->whole && arg & ~(u32)what->mask))
		return 0;
	return key | (arg & what->mask) << 24;
}

/**
 * mmn_rule_cache_key() - compute the key of a context
 * @site: mmn_rule_cache_site() of a call site that has a row, or of a release, which has none
 * @needs: MMN_NEED_* of its class
 * @ctx: context before any walk
 *
 * Contexts with the same key have the same verdict, or all of them need the stack.
 *
 * Context: Any.
 * Return: the key; 0 if the verdict cannot be cached.
 */
static inline u64 mmn_rule_cache_key(u32 site, u32 needs, const struct mmn_ctx *ctx)
{
	u64 key = mmn_rule_cache_key_plain(site, ctx->bits, ctx->sys);
	const struct mmn_rule_cache_arg *what;

	if (!mmn_rule_cache_needs_arg(needs, ctx->sys))
		return key;
	what = &mmn_rule_cache_args[ctx->sys];
	return mmn_rule_cache_key_arg(key, what, ctx->args[what->nr]);
}

/**
 * mmn_rule_cache_find() - look up a verdict
 * @key: key from mmn_rule_cache_key(); 0 is never found
 * @v: set to the verdict; its event is MMN_RULE_CACHE_NEEDS_STACK if there is none without
 *	the stack
 *
 * Context: Any, including the hook.
 * Return: false if @key is not cached; @v is unchanged then.
 */
static __always_inline bool mmn_rule_cache_find(u64 key, struct mmn_verdict *v)
{
	const struct mmn_rule_cache *m = &mmn_rule_cache_table[hash_64(key, MMN_RULE_CACHE_BITS)];

	/* Pairs with the release in mmn_rule_cache_keep(). */
	if (smp_load_acquire(&m->key) != key || !key)
		return false;
	memcpy(v, &m->verdict, sizeof(*v));
	return true;
}

#endif /* MMN_RULE_CACHE_H */
