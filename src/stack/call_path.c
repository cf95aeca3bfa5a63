// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * call_path: the frame steps from a notifier's callback to the call site, added up. The
 * kernel calls a callback from one place, that function is called from one place, and so on,
 * up to the announcing function, which has many callers. So the sum is measured once per
 * return address of a callback.
 *
 * Lookups take no lock. A path is published by its @pc and then constant, until the module
 * that @pc lies in is unloaded. No callback that returns there runs then, and a callback with
 * another return address reads nothing but @pc.
 */
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/spinlock.h>

#include "addr_cache.h"
#include "call_path.h"
#include "compat/compat.h"
#include "frame_step.h"
#include "rules/rules.h"

/* Index of the callback's own return address, in words above its frame pointer. */
#define OWN_AT	1
/* No return address has this value, so a path that cannot be measured never matches. */
#define NOWHERE	1

struct mmn_call_path mmn_call_path_table[1 << MMN_CALL_PATH_BITS] __read_mostly;

/* Serialises measuring and dropping of paths. Raw: taken in callbacks that may not sleep. */
static DEFINE_RAW_SPINLOCK(making);

#if MMN_FRAME_RECORDS
/*
 * One step, from an address that is proven. Return: cache entry of that address; NULL if its
 * function does not store a record.
 */
static const struct mmn_site *call_path_step(struct mmn_frame_cursor *s, const unsigned long *frame,
					     struct mmn_call_path *c)
{
	return mmn_frame_step_next(s);
}

static void call_path_begin(struct mmn_call_path *c, const unsigned long *frame)
{
	c->nr_inner = 0;
}

static void call_path_add(struct mmn_call_path *c, unsigned int nr, unsigned long pc)
{
	if (nr < MMN_CALL_PATH_INNER) {
		c->inner[nr] = pc;
		c->nr_inner = nr + 1;
	}
}

static void call_path_refuse(struct mmn_call_path *c)
{
	c->nr_inner = -1;
}
#else
static u16 words_above(const unsigned long *frame, unsigned long end)
{
	return (const unsigned long *)end - frame;
}

/*
 * One step of constant length, that is, relative to the stack pointer. Return: cache entry
 * of the address that the step started from; NULL if the length varies or is unknown.
 */
static const struct mmn_site *call_path_step(struct mmn_frame_cursor *s, const unsigned long *frame,
					     struct mmn_call_path *c)
{
	const struct mmn_site *from = mmn_addr_cache_get(s->at.pc);
	unsigned int up = from ? READ_ONCE(from->up) : MMN_UP_UNKNOWN;

	if (!(up & MMN_UP_WORDS) || up & MMN_UP_BP || !mmn_frame_step_next(s))
		return NULL;
	c->site_at = words_above(frame, s->at.sp) - 1;
	up >>= MMN_UP_SAVED_SHIFT;
	if (up)
		c->bp_at = c->site_at + 1 - up;
	return from;
}

static void set_inner(struct mmn_call_path *c, unsigned int from, unsigned int at,
		      unsigned long pc)
{
	for (; from < MMN_CALL_PATH_INNER; from++) {
		c->inner[from] = pc;
		c->inner_at[from] = at;
	}
}

static void call_path_begin(struct mmn_call_path *c, const unsigned long *frame)
{
	c->bp_at = 0;
	set_inner(c, 0, OWN_AT, frame[OWN_AT]);
}

static void call_path_add(struct mmn_call_path *c, unsigned int nr, unsigned long pc)
{
	set_inner(c, nr, c->site_at, pc);
}

static void call_path_refuse(struct mmn_call_path *c)
{
	set_inner(c, 0, OWN_AT, NOWHERE);
}
#endif

/* The path ends where the function that announces returns to, unless another one called it. */
static bool is_announcer(unsigned long pc)
{
	const struct mmn_site *site = mmn_addr_cache_get(pc);

	return site && site->frame == MMN_FRAME_ANNOUNCE;
}

/*
 * Return: false if there are too many frames, if the length of one varies, or if code of a
 * module lies between, as the path would outlive it.
 */
static bool call_path_measure(struct mmn_call_path *c, const unsigned long *frame)
{
	const struct mmn_site *from;
	struct mmn_frame_cursor s;
	unsigned int nr;

	call_path_begin(c, frame);
	mmn_frame_step_begin_from(&s, frame);
	for (nr = 0; nr <= MMN_CALL_PATH_INNER; nr++) {
		from = call_path_step(&s, frame, c);
		if (!from)
			return false;
		if (from->frame == MMN_FRAME_ANNOUNCE && !is_announcer(s.at.pc))
			return true;
		if (!mmn_addr_cache_is_kernel(s.at.pc))
			return false;
		call_path_add(c, nr, s.at.pc);
	}
	return false;
}

static void call_path_make(struct mmn_call_path *c, const unsigned long *frame)
{
	/* If the lock is contended, or the caller differs, fall back to stepping. */
	if (READ_ONCE(c->pc) || !raw_spin_trylock(&making))
		return;
	if (!c->pc && mmn_addr_cache_get(mmn_return_address(frame[OWN_AT]))) {
		if (!call_path_measure(c, frame))
			call_path_refuse(c);
		/* Publishes the path. Pairs with the acquire in mmn_call_path_matches(). */
		smp_store_release(&c->pc, mmn_return_address(frame[OWN_AT]));
	}
	raw_spin_unlock(&making);
}

/**
 * mmn_call_path_site_slow() - find the call site from a callback, by frame steps
 * @c: path of the callback; measured now if it is empty
 * @frame: frame pointer of the callback, on the stack of current
 * @at: set to the position of the return address into the call site
 *
 * Context: A notifier's callback.
 * Return: cache entry of the call site; NULL to fall back to the unwinder.
 */
const struct mmn_site *mmn_call_path_site_slow(struct mmn_call_path *c, const unsigned long *frame,
					       struct mmn_frame_pos *at)
{
	const struct mmn_site *site;
	struct mmn_frame_cursor s;

	mmn_frame_step_begin_from(&s, frame);
	site = mmn_frame_step_to_site(&s);
	*at = s.at;
	if (site)
		call_path_make(c, frame);
	return site;
}

/**
 * mmn_call_path_drop() - remove the paths of callbacks that return into a module
 * @mod: module about to have its text freed
 *
 * Context: Process; the module's text is on no stack.
 */
void mmn_call_path_drop(const struct module *mod)
{
	struct mmn_call_path *c;

	raw_spin_lock(&making);
	for (c = mmn_call_path_table;
	     c < mmn_call_path_table + ARRAY_SIZE(mmn_call_path_table); c++)
		if (within_module_core(c->pc, mod))
			WRITE_ONCE(c->pc, 0);
	raw_spin_unlock(&making);
}
