// SPDX-License-Identifier: GPL-2.0-only
/*
 * shortcut: the steps from a notifier's callback to the call site, added up. They are
 * the same each time: the callback is called from one place, that function from one
 * place, and so on, up to the one that has many callers. So they are taken once for
 * each place where a callback returns to.
 *
 * Readers need no lock: a shortcut is there from when it has its address, and stays. But
 * for those from callbacks in a module that goes: no callback of it runs then, and who
 * returns to elsewhere has not looked further than the address.
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

/* Where the return address of a callback itself is. */
#define OWN_AT	1
/* No return address: there is no shortcut. */
#define NOWHERE	1

struct mmn_call_path mmn_call_path_table[1 << MMN_CALL_PATH_BITS] __read_mostly;

/* Guards the making of all shortcuts. Raw: who asks for a verdict may not sleep. */
static DEFINE_RAW_SPINLOCK(making);

static u16 words_above(const unsigned long *frame, unsigned long end)
{
	return (const unsigned long *)end - frame;
}

/* One step whose length is known beforehand. Return: where it led from; or NULL. */
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

/* Return: false if the way is too long, not straight, or leads through a module. */
static bool call_path_measure(struct mmn_call_path *c, const unsigned long *frame)
{
	const struct mmn_site *from;
	struct mmn_frame_cursor s;
	unsigned int nr;

	c->bp_at = 0;
	set_inner(c, 0, OWN_AT, frame[OWN_AT]);
	mmn_frame_step_begin_from(&s, frame);
	for (nr = 0; nr <= MMN_CALL_PATH_INNER; nr++) {
		from = call_path_step(&s, frame, c);
		if (!from)
			return false;
		if (from->frame == MMN_FRAME_ANNOUNCE)
			return true;
		if (mmn_in_module_area(s.at.pc))
			return false;
		set_inner(c, nr, c->site_at, s.at.pc);
	}
	return false;
}

static void call_path_make(struct mmn_call_path *c, const unsigned long *frame)
{
	/* Who comes meanwhile takes the steps, and so does who comes from elsewhere. */
	if (READ_ONCE(c->pc) || !raw_spin_trylock(&making))
		return;
	if (!c->pc && mmn_addr_cache_get(frame[OWN_AT])) {
		if (!call_path_measure(c, frame))
			set_inner(c, 0, OWN_AT, NOWHERE);
		/* Whoever finds the address finds what belongs to it. */
		smp_store_release(&c->pc, frame[OWN_AT]);
	}
	raw_spin_unlock(&making);
}

/**
 * mmn_call_path_site_slow() - the same as mmn_call_path_site(), by steps
 * @c: the shortcut from here; if it is none yet, it will be
 * @frame: of a running callback, on the stack of current
 * @at: filled with where the call site's return address lies
 *
 * Context: A notifier's callback.
 * Return: what is known of the call site; NULL if the unwinder has to be asked.
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
 * mmn_call_path_drop() - a module goes
 * @mod: the module
 *
 * Context: Process; none of it is on any stack.
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
