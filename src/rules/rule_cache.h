/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_RULE_CACHE_H
#define MMN_RULE_CACHE_H

#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/string.h>
#include <linux/types.h>

#include <asm/barrier.h>

#include "rules.h"

#define MMN_RULE_CACHE_BITS	8

/* In place of an event: no verdict, the stack decides. */
#define MMN_RULE_CACHE_NEEDS_STACK	0xffff

/**
 * struct mmn_rule_cache_arg - the argument of a system call that rules look at
 * @nr: which
 * @shift: so many bits do not count
 * @mask: these do, behind @shift; none if the verdict may rest on any bit
 * @whole: its value counts, so others than @mask must not be set
 */
struct mmn_rule_cache_arg {
	u8 nr;
	u8 shift;
	u8 mask;
	bool whole;
};

/* @key: all that the verdict rests on; 0 if the place is free */
struct mmn_rule_cache {
	u64 key;
	u64 verdict;
};

extern const struct mmn_rule_cache_arg mmn_rule_cache_args[MMN_NR_SYS];
extern struct mmn_rule_cache mmn_rule_cache_table[1 << MMN_RULE_CACHE_BITS];
void mmn_rule_cache_keep(u64 key, const struct mmn_verdict *v);

/* The key where no argument counts. */
static inline u64 mmn_rule_cache_key_plain(unsigned int class, u32 bits, u32 sys)
{
	return (u64)bits << 32 | class << 8 | sys << 16 | 1;
}

/* Does an argument of the system call count, too? */
static inline bool mmn_rule_cache_needs_arg(u32 needs, u32 sys)
{
	return needs & MMN_NEED_ARGS && MMN_SYS_WITH_ARGS >> sys & 1;
}

/* Then this is the key; 0 if all of @arg counts. */
static inline u64 mmn_rule_cache_key_arg(u64 key, const struct mmn_rule_cache_arg *what, u32 arg)
{
	arg >>= what->shift;
	if (!what->mask || (what->whole && arg & ~(u32)what->mask))
		return 0;
	return key | (arg & what->mask) << 24;
}

/**
 * mmn_rule_cache_key() - all that a verdict without the stack rests on, as one number
 * @class: enum mmn_class, that some row has
 * @needs: MMN_NEED_* of that class
 * @ctx: the context, not walked
 *
 * Context: Any.
 * Return: the number; 0 if all of an argument of the system call counts, too.
 */
static inline u64 mmn_rule_cache_key(unsigned int class, u32 needs, const struct mmn_ctx *ctx)
{
	u64 key = mmn_rule_cache_key_plain(class, ctx->bits, ctx->sys);
	const struct mmn_rule_cache_arg *what;

	if (!mmn_rule_cache_needs_arg(needs, ctx->sys))
		return key;
	what = &mmn_rule_cache_args[ctx->sys];
	return mmn_rule_cache_key_arg(key, what, ctx->args[what->nr]);
}

/**
 * mmn_rule_cache_find() - what the rules said the last time
 * @key: from mmn_rule_cache_key()
 * @v: the verdict
 *
 * Context: Any.
 * Return: false if nobody asked them, or the place was taken; @v is not filled. If its
 * event is MMN_RULE_CACHE_NEEDS_STACK, they left it to the stack.
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
