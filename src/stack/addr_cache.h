/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
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
 * struct mmn_site - entry of the address cache
 * @pc: return address; 0 if the slot was never used
 * @row: row of the function in the site table, MMN_SITE_UNKNOWN if it has none
 * @class: enum mmn_class of that row
 * @needs: MMN_NEED_* of that class
 * @frame: enum mmn_frame of the function, for walks that pass it
 * @trust: bits of the context from mmn_census_trust()
 * @ends: frames further out belong to another operation, so a walk ends here
 * @up: distance from this return address on the stack to the next one: MMN_UP_*
 */
struct mmn_site {
	unsigned long pc;
	u8 row;
	u8 class;
	u8 needs;
	u8 frame;
	u8 trust;
	bool ends;
	u16 up;
};

/*
 * The frame ends MMN_UP_WORDS words above the stack pointer (the word behind the return
 * address), or above the frame pointer if MMN_UP_BP is set. The last word of the frame is
 * the next return address. If the function saved its caller's frame pointer, the bits from
 * MMN_UP_SAVED_SHIFT on say how many words below the end of the frame; else they are 0.
 */
#define MMN_UP_WORDS		0x07ff
#define MMN_UP_BP		0x0800
#define MMN_UP_SAVED_SHIFT	12
#define MMN_UP_SAVED_MAX	15

/* Values without MMN_UP_WORDS: there is no such distance. */
#define MMN_UP_UNKNOWN		0x0000
#define MMN_UP_UNSUPPORTED		0x1000	/* it depends on more than the address */
#define MMN_UP_ENTRY		0x2000	/* pt_regs of a kernel entry follow */
#define MMN_UP_LAST		0x3000	/* outermost frame */

/* The frame pointer points to {frame pointer of the caller, next return address}. */
#define MMN_UP_RECORD		(2 | MMN_UP_BP | 2 << MMN_UP_SAVED_SHIFT)

/*
 * A function that aligns its stack saves the address where its frame ends: @n words below
 * the word that the frame pointer points to. That word holds the caller's frame pointer.
 */
#define MMN_UP_INDIRECT(n)	((4u + (n)) << MMN_UP_SAVED_SHIFT)
#define MMN_UP_INDIRECT_MAX	11

/* Return: n of MMN_UP_INDIRECT(n), in words; 0 for all other values. */
static inline unsigned int mmn_up_indirect(unsigned int up)
{
	if (up & (MMN_UP_WORDS | MMN_UP_BP) || up <= MMN_UP_INDIRECT(0))
		return 0;
	return (up >> MMN_UP_SAVED_SHIFT) - 4;
}

#define MMN_ADDR_CACHE_BITS	12
/* Bytes of the name of a function without a row. */
#define MMN_ADDR_CACHE_NAME	80

extern struct mmn_site mmn_addr_cache_table[1 << MMN_ADDR_CACHE_BITS];
struct mmn_site *mmn_addr_cache_find(unsigned long pc);

/* First slot to probe; most addresses are found there. */
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
 * mmn_addr_cache_get() - look up a return address
 * @pc: return address on the stack of current
 *
 * Context: Any, including the hook.
 * Return: the entry, valid as long as @pc is on the stack; NULL if @pc is not cached.
 */
static inline const struct mmn_site *mmn_addr_cache_get(unsigned long pc)
{
	const struct mmn_site *s = mmn_addr_cache_home(pc);

	return likely(mmn_addr_cache_is_of(s, pc)) ? s : mmn_addr_cache_find(pc);
}

void mmn_addr_cache_count_unknown_slow(unsigned long site);

/**
 * mmn_addr_cache_count_unknown() - count an event of a call site without a row
 * @site: return address into the call site
 * @row: row of @site; unless it is MMN_SITE_UNKNOWN, nothing happens
 *
 * Counts by symbol, and logs each symbol once.
 *
 * Context: Any, including the hook.
 */
static inline void mmn_addr_cache_count_unknown(unsigned long site, unsigned int row)
{
	if (unlikely(row == MMN_SITE_UNKNOWN))
		mmn_addr_cache_count_unknown_slow(site);
}

bool mmn_addr_cache_is_stable(unsigned long pc);
bool mmn_addr_cache_is_kernel(unsigned long pc);
void mmn_addr_cache_learn(unsigned long pc, unsigned int up);
unsigned int mmn_addr_cache_resolve(unsigned long site);
unsigned int mmn_addr_cache_frame(unsigned long pc);
int mmn_addr_cache_forget(const char *list);
int mmn_addr_cache_print(unsigned long site, char *buf, size_t size);
bool mmn_addr_cache_unknown(unsigned int i, char *name, u64 *hits);
void mmn_addr_cache_show(struct seq_file *m);
void mmn_addr_cache_drop(const struct module *mod, bool all);
void mmn_addr_cache_judge(void);

#endif /* MMN_ADDR_CACHE_H */
