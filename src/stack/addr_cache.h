/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_ADDR_CACHE_H
#define MMN_ADDR_CACHE_H

#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/types.h>

#include <asm/barrier.h>

#include "rules/site_table.h"

struct module;
struct seq_file;

/**
 * struct mmn_site - what is known of a return address
 * @pc: the address
 * @row: its row in the table of call sites
 * @class: enum mmn_class of that row
 * @needs: MMN_NEED_* of that class
 * @frame: enum mmn_frame: what it says as a frame further out
 * @ends: what is behind that frame is of another operation
 * @up: how one gets from this return address on the stack to the next: MMN_UP_*
 */
struct mmn_site {
	unsigned long pc;
	u8 row;
	u8 class;
	u8 needs;
	u8 frame;
	bool ends;
	u16 up;
};

/*
 * So many words up from the word behind the return address, or from where the frame
 * pointer points, ends the frame: its last word is the next return address. The
 * caller's frame pointer may be saved in it, so many words below the end.
 */
#define MMN_UP_WORDS		0x07ff
#define MMN_UP_BP		0x0800
#define MMN_UP_SAVED_SHIFT	12
#define MMN_UP_SAVED_MAX	15

/* No words: why not. */
#define MMN_UP_UNKNOWN		0x0000
#define MMN_UP_UNSUPPORTED		0x1000	/* it takes more to know than the address */
#define MMN_UP_ENTRY		0x2000	/* registers of whom entered the kernel lie there */
#define MMN_UP_LAST		0x3000	/* nobody called this */

/*
 * Nor here: where the frame ends is written so many words below where the frame pointer
 * points, and the caller's is where it points. For functions that align their stack.
 */
#define MMN_UP_INDIRECT(n)	((4u + (n)) << MMN_UP_SAVED_SHIFT)
#define MMN_UP_INDIRECT_MAX	11

/* Return: how many words; 0 if it is something else. */
static inline unsigned int mmn_up_indirect(unsigned int up)
{
	if (up & (MMN_UP_WORDS | MMN_UP_BP) || up <= MMN_UP_INDIRECT(0))
		return 0;
	return (up >> MMN_UP_SAVED_SHIFT) - 4;
}

#define MMN_ADDR_CACHE_BITS	12

extern struct mmn_site mmn_addr_cache_table[1 << MMN_ADDR_CACHE_BITS];
struct mmn_site *mmn_addr_cache_find(unsigned long pc);

/* Where an address is, if no other was there before. */
static inline const struct mmn_site *mmn_addr_cache_home(unsigned long pc)
{
	return mmn_addr_cache_table + hash_long(pc, MMN_ADDR_CACHE_BITS);
}

static inline bool mmn_addr_cache_is_of(const struct mmn_site *s, unsigned long pc)
{
	/* Pairs with the release in addr_cache_insert(). */
	return smp_load_acquire(&s->pc) == pc;
}

/**
 * mmn_addr_cache_get() - what is known of a return address
 * @pc: it
 *
 * Context: Any, the hook too.
 * Return: it stays valid; NULL if nothing is known yet.
 */
static inline const struct mmn_site *mmn_addr_cache_get(unsigned long pc)
{
	const struct mmn_site *s = mmn_addr_cache_home(pc);

	return likely(mmn_addr_cache_is_of(s, pc)) ? s : mmn_addr_cache_find(pc);
}

void mmn_addr_cache_count_unknown_slow(unsigned long site);

/**
 * mmn_addr_cache_count_unknown() - a call site announced an event
 * @site: return address
 * @row: its row; an unknown one is counted by name and told once
 *
 * Context: Any but the hook.
 */
static inline void mmn_addr_cache_count_unknown(unsigned long site, unsigned int row)
{
	if (unlikely(row == MMN_SITE_UNKNOWN))
		mmn_addr_cache_count_unknown_slow(site);
}

bool mmn_addr_cache_is_stable(unsigned long pc);
void mmn_addr_cache_learn(unsigned long pc, unsigned int up);
void mmn_addr_cache_learn_known(unsigned long pc, unsigned int up);
unsigned int mmn_addr_cache_resolve(unsigned long site);
int mmn_addr_cache_frame(unsigned long pc, bool can_resolve);
int mmn_addr_cache_forget(const char *list);
void mmn_addr_cache_count_later(unsigned long site, unsigned int row);
void mmn_addr_cache_defer(unsigned long pc);
int mmn_addr_cache_print(unsigned long site, char *buf, size_t size);
void mmn_addr_cache_show(struct seq_file *m);
void mmn_addr_cache_drop(const struct module *mod, bool all);
void mmn_addr_cache_init(void);
void mmn_addr_cache_exit(void);

#endif /* MMN_ADDR_CACHE_H */
