// SPDX-License-Identifier: GPL-2.0-only
/*
 * calls: the functions whose calls the census searches for, and the search in modules. The census
 * of the kernel's text finds out where these functions are.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/bitmap.h>
#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/seq_file.h>

#include "calls.h"
#include "compat/compat.h"
#include "rules/census_table.h"
#include "rules/site_table.h"
#include "scan.h"
#include "text.h"

/* The search. A callee may have several targets, as a compiler may split or clone it. */
struct mmn_scan mmn_calls_scan;
static u8 whats[MMN_SCAN_TARGETS] __ro_after_init;

/**
 * mmn_calls_what() - what is a target?
 * @target: index in the targets of the search
 *
 * Context: Any.
 * Return: MMN_CALLS_*.
 */
unsigned int mmn_calls_what(unsigned int target)
{
	return whats[target];
}

/**
 * mmn_calls_callee() - the callee that a value of MMN_CALLS_* stands for
 * @what: the value
 *
 * Context: Any.
 * Return: the callee; NULL for the notifier functions.
 */
const struct mmn_census_callee *mmn_calls_callee(unsigned int what)
{
	return what < MMN_CALLS_CALLEE ? NULL : mmn_census_table_callee(what - MMN_CALLS_CALLEE);
}

/**
 * mmn_calls_add_target() - search for the calls of a function, too
 * @what: MMN_CALLS_*
 * @entry: address where the function begins
 *
 * Context: Module init.
 * Return: 1 if it was added, 0 if it is one already, -ENOSPC if there is no room for it.
 */
int __init mmn_calls_add_target(unsigned int what, unsigned long entry)
{
	unsigned int i;

	for (i = 0; i < mmn_calls_scan.nr; i++)
		if (whats[i] == what && mmn_calls_scan.targets[i] == entry)
			return 0;
	if (!mmn_scan_add(&mmn_calls_scan, entry))
		return -ENOSPC;
	whats[i] = what;
	return 1;
}

/**
 * struct in_module - search in a module
 * @mod: the module
 * @rows: set to the rows that lose their trust; NULL if @m is used
 * @m: the calls are printed there; NULL if @rows is used
 * @nr: number of calls
 */
struct in_module {
	const struct module *mod;
	unsigned long *rows;
	struct seq_file *m;
	unsigned int nr;
};

/**
 * mmn_calls_add_class() - add the rows of a class
 * @rows: bitmap of rows
 * @class: enum mmn_class
 *
 * Context: Any.
 */
void mmn_calls_add_class(unsigned long *rows, unsigned int class)
{
	unsigned int row;

	for (row = 1; row < mmn_site_table_nr(); row++)
		if (mmn_site_table_class(row) == class)
			__set_bit(row, rows);
}

/**
 * mmn_calls_show() - print a call that was not audited
 * @m: seq_file of debugfs mmnotify/census
 * @pc: an address in the function that calls
 * @callee: function that is called; NULL for the start function
 *
 * Context: Process.
 */
void mmn_calls_show(struct seq_file *m, unsigned long pc, const struct mmn_census_callee *callee)
{
	char symbol[KSYM_SYMBOL_LEN];

	sprint_symbol_no_offset(symbol, pc);
	mmn_site_table_hide(symbol);
	seq_printf(m, "%-34s %5u unknown", symbol, 1);
	if (callee)
		seq_printf(m, " caller of %s", callee->name);
	seq_putc(m, '\n');
}

static void found_in_module(struct mmn_scan *s, unsigned long at, unsigned long ret,
			    unsigned int target)
{
	const struct mmn_census_callee *callee = mmn_calls_callee(whats[target]);
	struct in_module *in = s->arg;

	if (whats[target] == MMN_CALLS_END)
		return;
	in->nr++;
	if (in->m) {
		mmn_calls_show(in->m, at, callee);
		return;
	}
	if (callee)
		mmn_calls_add_class(in->rows, callee->class);
	pr_warn("census: module %s calls %s(), which was not audited; please report both\n",
		in->mod->name, callee ? callee->name : "__mmu_notifier_invalidate_range_start");
}

/* Code that cannot be read may call any function. */
static void found_unreadable(struct in_module *in)
{
	in->nr++;
	if (!in->rows)
		return;
	bitmap_fill(in->rows, MMN_SITE_ROWS_MAX);
	pr_warn("census: the code of module %s cannot be read, so no row is exact until it is unloaded; please report it\n",
		in->mod->name);
}

static void search_piece(void *in, const void *base, size_t size)
{
	struct mmn_text piece = { .start = (unsigned long)base };

	piece.end = piece.start + size;
	if (mmn_text_scan(&mmn_calls_scan, &piece, piece.start, piece.end))
		found_unreadable(in);
}

/**
 * mmn_calls_search_module() - find the calls in a module that the census knows for the kernel
 * @mod: the module
 * @rows: rows that lose their trust are set there; NULL if there is @m
 * @m: seq_file where the calls are printed; NULL if there is @rows
 *
 * Events that a module announces have no row. But if it calls a function whose callers are
 * audited, the events of that function may have another meaning.
 *
 * Context: One at a time; after mmn_census_init().
 * Return: number of such calls.
 */
unsigned int mmn_calls_search_module(const struct module *mod, unsigned long *rows,
				     struct seq_file *m)
{
	struct in_module in = { .mod = mod, .rows = rows, .m = m };

	mmn_calls_scan.found = found_in_module;
	mmn_calls_scan.arg = &in;
	mmn_module_text(mod, search_piece, &in);
	return in.nr;
}
