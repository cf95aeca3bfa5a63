/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_CALL_PATH_H
#define MMN_CALL_PATH_H

#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/types.h>

#include <asm/barrier.h>

#include "addr_cache.h"
#include "compat/compat.h"
#include "frame_pos.h"
#include "frame_record.h"
#include "rules/rules.h"

struct module;

/*
 * Return addresses between a callback's own and the call site's: at most one for mmnotify's
 * callbacks, two for the native callback of a driver that queries mmnotify.
 */
#define MMN_CALL_PATH_INNER	2

/**
 * struct mmn_call_path - measured distance from a callback's frame to the call site
 * @pc: return address of the callback; 0 if the path was not measured yet
 * @inner: return addresses between @pc and the call site; all must match
 * @nr_inner: with frame records: number of @inner; negative if the path cannot be used
 * @inner_at: index of each @inner, in words above the callback's frame pointer
 * @site_at: index of the return address into the call site, likewise
 * @bp_at: index of the saved frame pointer of the call site, likewise
 */
struct mmn_call_path {
	unsigned long pc;
	unsigned long inner[MMN_CALL_PATH_INNER];
#if MMN_FRAME_RECORDS
	int nr_inner;
#else
	u16 inner_at[MMN_CALL_PATH_INNER];
	u16 site_at;
	u16 bp_at;
#endif
};

/* Paths of drivers' own callbacks. Each callback of mmnotify has a static path. */
#define MMN_CALL_PATH_BITS	6

extern struct mmn_call_path mmn_call_path_table[1 << MMN_CALL_PATH_BITS];

const struct mmn_site *mmn_call_path_site_slow(struct mmn_call_path *c, const unsigned long *frame,
					       struct mmn_frame_pos *at);
void mmn_call_path_drop(const struct module *mod);

/* Path of a function that returns to @pc; addresses with the same hash share one. */
static inline struct mmn_call_path *mmn_call_path_of(unsigned long pc)
{
	return mmn_call_path_table + hash_long(pc, MMN_CALL_PATH_BITS);
}

/*
 * Plain reads below: these words are return addresses and registers that running functions
 * saved. They are not written concurrently, and KASAN does not poison them.
 */
#if MMN_FRAME_RECORDS
/*
 * Return: the record with the return address into the call site; NULL if the stack does not
 * match. Each function on the path stores a record, so if its return address matches, the next
 * record can be read.
 */
static __always_inline const unsigned long *
mmn_call_path_record(const struct mmn_call_path *c, const unsigned long *frame)
{
	const unsigned long *record = (const unsigned long *)frame[0];
	int i;

	/* Pairs with the release in call_path_make(). */
	if (smp_load_acquire(&c->pc) != mmn_return_address(frame[1]) || c->nr_inner < 0)
		return NULL;
	for (i = 0; i < c->nr_inner; i++) {
		if (mmn_return_address(record[1]) != c->inner[i])
			return NULL;
		record = (const unsigned long *)record[0];
	}
	return record;
}

/* Return: false if the stack of the callback does not match; else @pc is set as below. */
static __always_inline bool mmn_call_path_pc(const struct mmn_call_path *c,
					     const unsigned long *frame, unsigned long *pc)
{
	const unsigned long *record = mmn_call_path_record(c, frame);

	if (!record)
		return false;
	*pc = mmn_return_address(record[1]);
	return true;
}

/* Position of the call site on the stack, after mmn_call_path_site() found it. */
static inline struct mmn_frame_pos mmn_call_path_pos(const struct mmn_call_path *c,
						     const unsigned long *frame)
{
	const unsigned long *record = mmn_call_path_record(c, frame);

	return (struct mmn_frame_pos){
		.pc = mmn_return_address(record[1]),
		.sp = (unsigned long)(record + 2),
		.bp = record[0],
	};
}
#else
static __always_inline bool mmn_call_path_matches(const struct mmn_call_path *c,
						  const unsigned long *frame)
{
	/* Pairs with the release in call_path_make(). */
	return smp_load_acquire(&c->pc) == frame[1] && frame[c->inner_at[0]] == c->inner[0] &&
	       frame[c->inner_at[1]] == c->inner[1];
}

static __always_inline bool mmn_call_path_pc(const struct mmn_call_path *c,
					     const unsigned long *frame, unsigned long *pc)
{
	if (unlikely(!mmn_call_path_matches(c, frame)))
		return false;
	*pc = frame[c->site_at];
	return true;
}

static inline struct mmn_frame_pos mmn_call_path_pos(const struct mmn_call_path *c,
						     const unsigned long *frame)
{
	return (struct mmn_frame_pos){
		.pc = frame[c->site_at],
		.sp = (unsigned long)(frame + c->site_at + 1),
		.bp = frame[c->bp_at],
	};
}
#endif

/**
 * mmn_call_path_site() - find the call site from a callback, by a measured path
 * @c: path of the callback, perhaps not measured or of another callback
 * @frame: frame pointer of the callback, on the stack of current
 * @pc: set to the return address into the call site
 * @site: set to the cache entry of @pc
 *
 * The distance from a return address to the next depends only on the code at that address.
 * So if the callback's own return address and the inner ones match, the call site's is
 * where it was when the path was measured.
 *
 * Context: A notifier's callback.
 * Return: true if the site has a row; false to fall back to mmn_call_path_site_slow(). @pc
 * and @site may have been written in either case.
 */
static __always_inline bool
mmn_call_path_site(const struct mmn_call_path *c, const unsigned long *frame,
		   unsigned long *pc, const struct mmn_site **site)
{
	if (unlikely(!mmn_call_path_pc(c, frame, pc)))
		return false;
	/* mmn_addr_cache_get(), without a test for NULL if the first slot hits. */
	*site = mmn_addr_cache_home(*pc);
	if (unlikely(!mmn_addr_cache_is_of(*site, *pc))) {
		*site = mmn_addr_cache_find(*pc);
		if (!*site)
			return false;
	}
	/* If a compiler did not inline the kernel's wrapper, the site is one frame further out. */
	return (*site)->row != MMN_SITE_UNKNOWN;
}

#endif /* MMN_CALL_PATH_H */
