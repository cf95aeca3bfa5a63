// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * addr_cache: maps a return address to its row in the site table, to its frame in the frame
 * table, and to the distance to the next return address on the stack. A miss resolves the
 * symbol, which walks kallsyms, once for each address.
 *
 * Lookups take no lock. Entries are only removed when their module is unloaded, or when its
 * init text is freed. By then these addresses are on no stack, so no lookup can hit them
 * until another module is loaded there. Trampolines and BPF programs are freed without
 * notification and are therefore never cached.
 *
 * site_lock serialises changes of the table and guards the list of unknown symbols.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "addr_cache.h"
#include "census/census.h"
#include "compat/compat.h"
#include "frame_record.h"
#include "rules/frame_table.h"
#include "rules/rules.h"
#include "rules/site_table.h"
#include "rules/symbol_name.h"
#include "stats.h"

#define CACHE_PROBES	16
/* Removed entry: can be reused, but does not end a probe sequence. */
#define GONE		1UL
#define UNKNOWN_MAX	32

struct unknown {
	char name[MMN_ADDR_CACHE_NAME];
	u64 hits;
};

struct mmn_site mmn_addr_cache_table[1 << MMN_ADDR_CACHE_BITS];
/* Raw: verdicts are needed in atomic context, where a spinlock_t may sleep on PREEMPT_RT. */
static DEFINE_RAW_SPINLOCK(site_lock);
static struct unknown unknowns[UNKNOWN_MAX];
static unsigned int nr_unknowns;
static DECLARE_BITMAP(forgotten, MMN_SITE_ROWS_MAX);

static struct mmn_site *addr_cache_slot(unsigned long pc, unsigned int probe)
{
	return &mmn_addr_cache_table[(hash_long(pc, MMN_ADDR_CACHE_BITS) + probe) &
				(ARRAY_SIZE(mmn_addr_cache_table) - 1)];
}

/* Slow path of mmn_addr_cache_get(): probe all slots that can hold @pc. */
struct mmn_site *mmn_addr_cache_find(unsigned long pc)
{
	struct mmn_site *s;
	unsigned long seen;
	unsigned int i;

	for (i = 0; i < CACHE_PROBES; i++) {
		s = addr_cache_slot(pc, i);
		/* Pairs with the release in addr_cache_insert(). */
		seen = smp_load_acquire(&s->pc);
		if (seen == pc)
			return s;
		if (!seen)
			break;
	}
	return NULL;
}

/* Never prints an address: the symbol may go to the log, which can be world-readable. */
static void name_of(unsigned long site, char *name)
{
	/* After a call that does not return, the return address may be in the next function. */
	sprint_symbol_no_offset(name, site - 1);
	mmn_site_table_hide(name);
}

/* @name: from name_of(), "(no-symbol)" if there is none. */
static bool is_of_kernel(unsigned long pc, const char *name)
{
	if (mmn_symbol_owner(name))
		return false;
	return MMN_MODULES_ANYWHERE ? *name != '(' : !mmn_in_module_area(pc);
}

static bool is_stable_text(unsigned long pc, const char *name)
{
	return mmn_symbol_is_module(name) || is_of_kernel(pc, name);
}

/**
 * mmn_addr_cache_is_kernel() - is an address in the kernel proper?
 * @pc: return address
 *
 * Context: Any, including the hook.
 * Return: false for code that may be freed, and if that is not known.
 */
noinline bool mmn_addr_cache_is_kernel(unsigned long pc)
{
	char name[KSYM_SYMBOL_LEN];

	if (!mmn_in_module_area(pc))
		return true;
	name_of(pc, name);
	return is_of_kernel(pc, name);
}

/**
 * mmn_addr_cache_is_stable() - can a return address be cached?
 * @pc: return address
 *
 * Context: Any, including the hook.
 * Return: true for kernel text and modules, as unloading is notified; false for trampolines
 * and BPF programs, as their memory may be reused without notification.
 */
noinline bool mmn_addr_cache_is_stable(unsigned long pc)
{
	char name[KSYM_SYMBOL_LEN];

	if (!mmn_in_module_area(pc))
		return true;
	name_of(pc, name);
	return is_stable_text(pc, name);
}

/**
 * mmn_addr_cache_learn() - cache a return address with the distance to the next one
 * @pc: return address on the stack of current; nothing happens if it is not stable
 * @up: MMN_UP_*, see struct mmn_site
 *
 * Context: Any, including the hook.
 */
void mmn_addr_cache_learn(unsigned long pc, unsigned int up)
{
	struct mmn_site *s;

	mmn_addr_cache_resolve(pc);
	s = mmn_addr_cache_find(pc);
	/* The value depends on @pc only, so racing writers write the same. */
	if (s)
		WRITE_ONCE(s->up, up);
}

/* Return: NULL if @pc is cached already, or if all its slots are taken. */
static struct mmn_site *addr_cache_free_slot(unsigned long pc)
{
	struct mmn_site *s, *place = NULL;
	unsigned int i;

	lockdep_assert_held(&site_lock);
	for (i = 0; i < CACHE_PROBES; i++) {
		s = addr_cache_slot(pc, i);
		if (s->pc == pc)
			return NULL;
		if (!place && s->pc <= GONE)
			place = s;
		if (!s->pc)
			break;
	}
	return place;
}

static void addr_cache_insert(const struct mmn_site *what)
{
	struct mmn_site *s = addr_cache_free_slot(what->pc);

	if (!s)
		return;
	s->row = what->row;
	s->class = what->class;
	s->needs = what->needs;
	s->frame = what->frame;
	s->trust = what->trust;
	s->ends = what->ends;
	s->up = what->up;
	/* Publishes the members above. Pairs with the acquire of lookups. */
	smp_store_release(&s->pc, what->pc);
}

/*
 * With ORC the distance is measured later. An entry of the kernel stores no record either. The
 * address of a tracer's trampoline must not be cached: it is no call site.
 */
static unsigned int first_up(unsigned long pc, char *name)
{
	if (!MMN_FRAME_RECORDS)
		return MMN_UP_UNKNOWN;
	if (mmn_frame_record_is_proven(pc, name))
		return MMN_UP_RECORD;
	return strstr(name, "+0x0/") ? MMN_UP_UNSUPPORTED : MMN_UP_ENTRY;
}

/*
 * Fills @s, and caches it if it is stable. @name: buffer of KSYM_SYMBOL_LEN bytes. The text at
 * @pc is not freed meanwhile, as @pc is on the stack of current.
 */
static void resolve_symbol(unsigned long pc, struct mmn_site *s, char *name)
{
	unsigned long flags;

	s->up = first_up(pc, name);
	name_of(pc, name);
	s->pc = pc;
	s->row = mmn_site_table_find(name);
	if (test_bit(s->row, forgotten))
		s->row = MMN_SITE_UNKNOWN;
	s->class = mmn_site_table_class(s->row);
	s->needs = mmn_rules_needs(s->class);
	s->trust = mmn_census_trust(s->row, pc);
	s->frame = mmn_frame_table_find(name);
	s->ends = mmn_frame_table_ends(s->frame);
	if (!is_stable_text(pc, name) || s->up == MMN_UP_UNSUPPORTED)
		return;
	mmn_lock_in_hook(&site_lock, flags);
	/* Again: it may have changed before mmn_addr_cache_judge() could see the entry. */
	s->trust = mmn_census_trust(s->row, pc);
	addr_cache_insert(s);
	raw_spin_unlock_irqrestore(&site_lock, flags);
}

/*
 * Out of line, like every function with a symbol buffer: kernels with
 * CONFIG_INIT_STACK_ALL_ZERO would clear the buffer on each call, even on a cache hit.
 */
static noinline struct mmn_site resolve_and_insert(unsigned long pc)
{
	char name[KSYM_SYMBOL_LEN];
	struct mmn_site s = { };

	resolve_symbol(pc, &s, name);
	return s;
}

/* Return: true the first time that a symbol is counted. */
static bool count_unknown(const char *name)
{
	unsigned int i;

	lockdep_assert_held(&site_lock);
	for (i = 0; i < nr_unknowns; i++) {
		if (!strcmp(unknowns[i].name, name)) {
			unknowns[i].hits++;
			return false;
		}
	}
	if (nr_unknowns == UNKNOWN_MAX)
		return false;
	strscpy(unknowns[nr_unknowns].name, name, MMN_ADDR_CACHE_NAME);
	unknowns[nr_unknowns++].hits = 1;
	return true;
}

/* Slow path of mmn_addr_cache_count_unknown(). */
noinline void mmn_addr_cache_count_unknown_slow(unsigned long site)
{
	char name[KSYM_SYMBOL_LEN];
	unsigned long flags;
	bool first;

	name_of(site, name);
	mmn_lock_in_hook(&site_lock, flags);
	first = count_unknown(name);
	raw_spin_unlock_irqrestore(&site_lock, flags);
	if (first)
		pr_info("unknown call site %s: its events are reported as not exact; please report the name and the kernel version\n",
			name);
}

/**
 * mmn_addr_cache_resolve() - find the row of a call site
 * @site: return address into the call site, on the stack of current
 *
 * Context: Any, including the hook. A cache miss walks kallsyms.
 * Return: row of the site table; MMN_SITE_UNKNOWN if no row has the symbol.
 */
unsigned int mmn_addr_cache_resolve(unsigned long site)
{
	const struct mmn_site *known = mmn_addr_cache_get(site);

	return known ? known->row : resolve_and_insert(site).row;
}

/**
 * mmn_addr_cache_frame() - find the frame of a return address
 * @pc: return address on the stack of current
 *
 * Context: Any, including the hook. A cache miss walks kallsyms.
 * Return: enum mmn_frame
 */
unsigned int mmn_addr_cache_frame(unsigned long pc)
{
	const struct mmn_site *known = mmn_addr_cache_get(pc);

	return known ? known->frame : resolve_and_insert(pc).frame;
}

/**
 * mmn_addr_cache_forget() - hide rows of the site table, to test unknown call sites
 * @list: symbols, separated by commas; or "all"
 *
 * Context: Process, at load, before the first lookup.
 * Return: 0; -EINVAL if a symbol has no row.
 */
int mmn_addr_cache_forget(const char *list)
{
	char name[KSYM_SYMBOL_LEN];
	const char *at = list;
	unsigned int row;
	size_t len;

	if (!strcmp(list, "all")) {
		bitmap_fill(forgotten, MMN_SITE_ROWS_MAX);
		return 0;
	}
	for (; *at; at += len + (at[len] == ',')) {
		len = strcspn(at, ",");
		snprintf(name, sizeof(name), "%.*s", (int)len, at);
		row = mmn_site_table_find(name);
		if (row == MMN_SITE_UNKNOWN) {
			pr_err("forget=%s: %s is no known call site: debugfs mmnotify/sites lists them\n",
			       list, name);
			return -EINVAL;
		}
		__set_bit(row, forgotten);
	}
	return 0;
}

static bool is_freed(unsigned long pc, const struct module *mod, bool all)
{
	return within_module_init(pc, mod) || (all && within_module_core(pc, mod));
}

/**
 * mmn_addr_cache_drop() - remove the addresses of a module
 * @mod: module about to have its text freed
 * @all: true if all of its text is freed; false if only its init text is
 *
 * Context: Process; the text is on no stack.
 */
void mmn_addr_cache_drop(const struct module *mod, bool all)
{
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&site_lock, flags);
	for (i = 0; i < ARRAY_SIZE(mmn_addr_cache_table); i++)
		if (is_freed(mmn_addr_cache_table[i].pc, mod, all))
			WRITE_ONCE(mmn_addr_cache_table[i].pc, GONE);
	raw_spin_unlock_irqrestore(&site_lock, flags);
}

/**
 * mmn_addr_cache_judge() - judge again which addresses are trusted
 *
 * Context: Process, when the trust in rows has changed.
 */
void mmn_addr_cache_judge(void)
{
	struct mmn_site *s;
	unsigned long flags;

	raw_spin_lock_irqsave(&site_lock, flags);
	for (s = mmn_addr_cache_table;
	     s < mmn_addr_cache_table + ARRAY_SIZE(mmn_addr_cache_table); s++)
		if (s->pc > GONE)
			WRITE_ONCE(s->trust, mmn_census_trust(s->row, s->pc));
	raw_spin_unlock_irqrestore(&site_lock, flags);
}

/**
 * mmn_addr_cache_print() - print the symbol of a call site
 * @site: return address into the call site; 0 prints "-"
 * @buf: buffer for the symbol, NUL-terminated
 * @size: size of @buf, in bytes
 *
 * Context: Any but the hook.
 * Return: length of the whole symbol in bytes, as snprintf().
 */
int mmn_addr_cache_print(unsigned long site, char *buf, size_t size)
{
	char name[KSYM_SYMBOL_LEN];

	if (!site)
		return snprintf(buf, size, "-");
	name_of(site, name);
	return snprintf(buf, size, "%s", name);
}

/**
 * mmn_addr_cache_unknown() - read a function without a row that announced events
 * @i: its place in the list, from 0
 * @name: filled with its name, MMN_ADDR_CACHE_NAME bytes
 * @hits: filled with the number of its events
 *
 * Context: Any.
 * Return: false behind the last one.
 */
bool mmn_addr_cache_unknown(unsigned int i, char *name, u64 *hits)
{
	unsigned long flags;
	bool found;

	raw_spin_lock_irqsave(&site_lock, flags);
	found = i < nr_unknowns;
	if (found) {
		strscpy_pad(name, unknowns[i].name, MMN_ADDR_CACHE_NAME);
		*hits = unknowns[i].hits;
	}
	raw_spin_unlock_irqrestore(&site_lock, flags);
	return found;
}

/**
 * mmn_addr_cache_show() - print the site table with the hits of each row
 * @m: seq_file of debugfs mmnotify/sites
 *
 * Context: Process.
 */
void mmn_addr_cache_show(struct seq_file *m)
{
	unsigned int row, i, nr;
	u64 hits;

	seq_puts(m, "# site resolved hits kernels\n");
	for (row = 1; row < mmn_site_table_nr(); row++) {
		hits = mmn_stats_site_hits(row);
		seq_printf(m, "%-34s %-8s %10llu  %s\n", mmn_site_table_name(row),
			   hits ? "yes" : "no", hits, mmn_site_table_kernels(row));
	}
	nr = READ_ONCE(nr_unknowns);
	seq_printf(m, "# unknown %u\n", nr);
	for (i = 0; i < nr; i++)
		seq_printf(m, "%-34s %-8s %10llu\n", unknowns[i].name, "unknown",
			   READ_ONCE(unknowns[i].hits));
}
