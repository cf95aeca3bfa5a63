/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_CALL_PATH_H
#define MMN_CALL_PATH_H

#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/types.h>

#include <asm/barrier.h>

#include "addr_cache.h"
#include "frame_pos.h"
#include "rules/rules.h"

struct module;

/* From a callback of ours there is one at most, from one of a driver that asks us two. */
#define MMN_CALL_PATH_INNER	2

/**
 * struct mmn_call_path - from a callback's frame to the call site, passing the steps
 * @pc: where the callback returns to; 0 if nobody has looked yet
 * @inner: return addresses between; all have to be there
 * @inner_at: where, in words above where the frame pointer points
 * @site_at: where the return address into the call site is, likewise
 * @bp_at: where the frame pointer of the call site was saved last, likewise
 */
struct mmn_call_path {
	unsigned long pc;
	unsigned long inner[MMN_CALL_PATH_INNER];
	u16 inner_at[MMN_CALL_PATH_INNER];
	u16 site_at;
	u16 bp_at;
};

/* For callbacks that are not ours. */
#define MMN_CALL_PATH_BITS	6

extern struct mmn_call_path mmn_call_path_table[1 << MMN_CALL_PATH_BITS];

const struct mmn_site *mmn_call_path_site_slow(struct mmn_call_path *c, const unsigned long *frame,
					       struct mmn_frame_pos *at);
void mmn_call_path_drop(const struct module *mod);

/* For a function that returns to @pc, which may be anywhere. */
static inline struct mmn_call_path *mmn_call_path_of(unsigned long pc)
{
	return mmn_call_path_table + hash_long(pc, MMN_CALL_PATH_BITS);
}

/*
 * Return addresses of functions that run, and what these saved: nobody writes there, and
 * there are no holes.
 */
static __always_inline bool mmn_call_path_matches(const struct mmn_call_path *c,
						  const unsigned long *frame)
{
	/* Pairs with the release in call_path_make(). */
	return smp_load_acquire(&c->pc) == frame[1] && frame[c->inner_at[0]] == c->inner[0] &&
	       frame[c->inner_at[1]] == c->inner[1];
}

/**
 * mmn_call_path_site() - who announced the innermost invalidation
 * @c: the shortcut, if it is one
 * @frame: of a running callback, on the stack of current
 * @pc: the return address into the call site
 * @site: what is known of it
 *
 * How far a return address is from the next one is a matter of the code that it leads to.
 * So if those between are there, the next is where it was the first time.
 *
 * Context: A notifier's callback.
 * Return: false if it takes more; @pc and @site may be filled all the same.
 */
static __always_inline bool
mmn_call_path_site(const struct mmn_call_path *c, const unsigned long *frame,
		   unsigned long *pc, const struct mmn_site **site)
{
	if (unlikely(!mmn_call_path_matches(c, frame)))
		return false;
	*pc = frame[c->site_at];
	/* As mmn_addr_cache_get(), but what is found at home need not be tested for NULL. */
	*site = mmn_addr_cache_home(*pc);
	if (unlikely(!mmn_addr_cache_is_of(*site, *pc))) {
		*site = mmn_addr_cache_find(*pc);
		if (!*site)
			return false;
	}
	/* Where the kernel's wrapper was called, not inlined, it is one step more. */
	return (*site)->row != MMN_SITE_UNKNOWN;
}

/* Where that is. */
static inline struct mmn_frame_pos mmn_call_path_pos(const struct mmn_call_path *c,
						     const unsigned long *frame)
{
	return (struct mmn_frame_pos){
		.pc = frame[c->site_at],
		.sp = (unsigned long)(frame + c->site_at + 1),
		.bp = frame[c->bp_at],
	};
}

#endif /* MMN_CALL_PATH_H */
