// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
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
#include <linux/string.h>

#include "calls.h"
#include "compat/compat.h"
#include "line.h"
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

/* Calls in modules that are listed. Of further ones the rows lose their trust all the same. */
#define LISTED	16

/**
 * struct call - a call in a module
 * @mod: the module; NULL if the entry is free
 * @at: where it is
 * @target: index in the targets of the search
 * @confirmed: an instruction begins there; before that it may be any bytes that look like a call
 */
struct call {
	const struct module *mod;
	unsigned long at;
	u8 target;
	bool confirmed;
};

static struct call calls[LISTED];

/**
 * struct in_module - search in a module
 * @mod: the module
 * @rows: set to the rows that lose their trust at once
 */
struct in_module {
	const struct module *mod;
	unsigned long *rows;
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

/**
 * mmn_calls_read() - describe a call that was not audited
 * @pc: an address in the function that calls
 * @callee: function that is called; NULL for the start function
 * @s: filled with the names
 *
 * Context: Process.
 */
void mmn_calls_read(unsigned long pc, const struct mmn_census_callee *callee,
		    struct mmn_census_line *s)
{
	char symbol[KSYM_SYMBOL_LEN];

	sprint_symbol_no_offset(symbol, pc);
	mmn_site_table_hide(symbol);
	*s = (struct mmn_census_line){ .calls = 1 };
	strscpy(s->name, symbol, sizeof(s->name));
	if (callee)
		snprintf(s->state, sizeof(s->state), "unknown caller of %s", callee->name);
	else
		strscpy(s->state, "unknown", sizeof(s->state));
}

static void lose_rows(unsigned long *rows, const struct mmn_census_callee *callee)
{
	if (callee)
		mmn_calls_add_class(rows, callee->class);
}

static struct call *find_call(const struct module *mod)
{
	unsigned int i;

	for (i = 0; i < LISTED; i++)
		if (calls[i].mod == mod)
			return &calls[i];
	return NULL;
}

/**
 * mmn_calls_forget() - a module is unloaded
 * @mod: the module
 *
 * Context: Any, one at a time.
 */
void mmn_calls_forget(const struct module *mod)
{
	struct call *call;

	while ((call = find_call(mod)))
		call->mod = NULL;
}

static void found_in_module(struct mmn_scan *s, unsigned long at, unsigned long ret,
			    unsigned int target)
{
	struct in_module *in = s->arg;
	struct call *call = find_call(NULL);

	if (whats[target] == MMN_CALLS_END)
		return;
	if (call) {
		*call = (struct call){ .mod = in->mod, .at = at, .target = target };
		return;
	}
	lose_rows(in->rows, mmn_calls_callee(whats[target]));
	pr_warn_once("census: debugfs lists %u calls in modules that were not audited, but there are more; their rows are not exact either\n",
		     LISTED);
}

/* Code that cannot be read may call any function. */
static void found_unreadable(struct in_module *in)
{
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
 * @rows: rows that lose their trust at once are set there
 *
 * Events that a module announces have no row. But if it calls a function whose callers are
 * audited, the events of that function may have another meaning.
 *
 * The calls wait for mmn_calls_confirm(), which may sleep. Code that cannot be read, and calls for
 * which the list has no room, take the trust of their rows at once.
 *
 * Context: Any, one at a time; after mmn_census_init().
 */
void mmn_calls_search_module(const struct module *mod, unsigned long *rows)
{
	struct in_module in = { .mod = mod, .rows = rows };

	mmn_calls_forget(mod);
	mmn_calls_scan.found = found_in_module;
	mmn_calls_scan.arg = &in;
	mmn_module_text(mod, search_piece, &in);
}

static void confirm(struct call *call, unsigned long *rows)
{
	const struct mmn_census_callee *callee = mmn_calls_callee(whats[call->target]);
	char symbol[KSYM_SYMBOL_LEN];

	call->confirmed = true;
	lose_rows(rows, callee);
	sprint_symbol_no_offset(symbol, call->at);
	mmn_site_table_hide(symbol);
	pr_warn("census: %s calls %s(), which was not audited; please report both\n", symbol,
		callee ? callee->name : "__mmu_notifier_invalidate_range_start");
}

static bool is_call(const struct call *call)
{
	char symbol[KSYM_SYMBOL_LEN];

	return mmn_text_is_instruction(call->at, mmn_text_name(call->at, symbol));
}

/**
 * mmn_calls_waiting() - find a module whose calls are not confirmed
 *
 * Context: Any, one at a time.
 * Return: a module to pass to mmn_calls_confirm(); NULL if there is none.
 */
const struct module *mmn_calls_waiting(void)
{
	const struct call *call;

	for (call = calls; call < calls + LISTED; call++)
		if (call->mod && !call->confirmed)
			return call->mod;
	return NULL;
}

/**
 * mmn_calls_confirm() - sort out the bytes of a module that only look like a call
 * @mod: the module, from mmn_calls_waiting(); it is only compared
 * @rows: the rows that its calls take the trust of are set there
 *
 * Bytes in the middle of instructions may look like a call of one of the targets. With some MB of
 * modules the probability is about a per cent for each boot, as the distance to the kernel is
 * random.
 *
 * Context: Process, may sleep; one at a time.
 */
void mmn_calls_confirm(const struct module *mod, unsigned long *rows)
{
	struct call *call;

	for (call = calls; call < calls + LISTED; call++) {
		if (call->mod != mod || call->confirmed)
			continue;
		if (is_call(call))
			confirm(call, rows);
		else
			call->mod = NULL;
	}
}

/**
 * mmn_calls_show_modules() - print the calls in modules
 * @m: seq_file of debugfs mmnotify/census
 *
 * Context: Process, one at a time.
 */
void mmn_calls_show_modules(struct seq_file *m)
{
	const struct call *call;

	for (call = calls; call < calls + LISTED; call++)
		if (call->mod && call->confirmed)
			mmn_calls_show(m, call->at, mmn_calls_callee(whats[call->target]));
}

/**
 * mmn_calls_read_module() - describe a call in a module
 * @i: its place in the list, from 0
 * @s: filled with the names
 *
 * Context: Process, one at a time.
 * Return: 1 if there is one, 0 if there is none, -ENOENT behind the last place.
 */
int mmn_calls_read_module(unsigned int i, struct mmn_census_line *s)
{
	if (i >= LISTED)
		return -ENOENT;
	if (!calls[i].mod || !calls[i].confirmed)
		return 0;
	mmn_calls_read(calls[i].at, mmn_calls_callee(whats[calls[i].target]), s);
	return 1;
}
