// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * patches: modules that change the meaning of rows: live patches, which replace functions of the
 * kernel, and modules that call a function whose callers were audited. The rows that rest on such
 * a function are not exact from before code of the module runs until it is unloaded.
 *
 * Which functions a patch replaces is only known to the kernel once its code has run. But their
 * names are strings in its data before, when the module is announced. A name that is there for
 * another reason costs exactness, too, and nothing else.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/bitmap.h>
#include <linux/ctype.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>

#include "calls.h"
#include "compat/compat.h"
#include "patches.h"
#include "rules/census_table.h"
#include "rules/frame_table.h"
#include "rules/rules.h"
#include "rules/site_table.h"
#include "words.h"

/* Such modules at once. With more, their rows stay inexact until mmnotify is unloaded. */
#define PATCHES_MAX	8

/* Guards changes of the list. The locks of kprobes are taken inside. */
static DEFINE_MUTEX(patches_lock);

/**
 * struct patch - a module that is loaded
 * @mod: the module; NULL in the last entry, which stands for all without an entry
 * @rows: rows that rest on a function that it names or calls
 */
static struct patch {
	const struct module *mod;
	DECLARE_BITMAP(rows, MMN_SITE_ROWS_MAX);
} patches[PATCHES_MAX + 1];

/**
 * struct reading - search in the data of a live patch
 * @words: search for names
 * @rows: filled with the rows that rest on them
 */
struct reading {
	struct mmn_words words;
	unsigned long *rows;
};

/* A replaced frame is no frame any more, so causes that rest on the stack may be wrong. */
static void add_walked(unsigned long *rows)
{
	unsigned int row, class, nr;
	struct mmn_verdict v;

	for (row = 1; row < mmn_site_table_nr(); row++) {
		class = mmn_site_table_class(row);
		for (nr = 0; mmn_rules_get(class, nr, &v); nr++)
			if (mmn_rules_how(class, nr) & MMN_RULE_NEEDS_STACK)
				__set_bit(row, rows);
	}
}

static bool is_announcer(const char *name)
{
	return mmn_frame_table_find(name) == MMN_FRAME_ANNOUNCE;
}

static void found_name(unsigned long *rows, const char *name)
{
	unsigned int row = mmn_site_table_find(name), nr;
	const struct mmn_census_callee *c;

	if (row != MMN_SITE_UNKNOWN)
		__set_bit(row, rows);
	for (nr = 0; (c = mmn_census_table_callee(nr)); nr++)
		if (mmn_census_table_may_call(name, c))
			mmn_calls_add_class(rows, c->class);
	/* If an announcer is replaced, the stack does not show the call site: unknown anyway. */
	if (mmn_frame_table_find(name) != MMN_FRAME_NONE && !is_announcer(name))
		add_walked(rows);
}

/* Other data may precede the name without a NUL between them. */
static void found_word(struct mmn_words *words, const char *word)
{
	for (; *word; word++)
		found_name(container_of(words, struct reading, words)->rows, word);
}

static void read_data(void *reading, const void *base, size_t size)
{
	struct reading *r = reading;
	u8 piece[64];
	size_t len;

	mmn_words_feed(&r->words, (const u8 *)"", 1);
	for (; size; size -= len, base += len) {
		len = min(size, sizeof(piece));
		/* What cannot be read may be a name of any row. */
		if (mmn_read_kernel(piece, base, len))
			bitmap_fill(r->rows, MMN_SITE_ROWS_MAX);
		else
			mmn_words_feed(&r->words, piece, len);
	}
}

static struct patch *find_patch(const struct module *mod)
{
	unsigned int i;

	for (i = 0; i < PATCHES_MAX; i++)
		if (patches[i].mod == mod)
			return &patches[i];
	return NULL;
}

static void read_patch(const struct module *mod, unsigned long *rows)
{
	struct reading r = { .words.found = found_word, .rows = rows };

	mmn_module_data(mod, read_data, &r);
	if (!bitmap_empty(rows, MMN_SITE_ROWS_MAX))
		pr_warn("live patch %s: %u rows rest on functions that it names, so they are not exact until it is unloaded\n",
			mod->name, bitmap_weight(rows, MMN_SITE_ROWS_MAX));
}

/* Return: true if there are any. */
static bool take_trust(const struct module *mod, const unsigned long *rows)
{
	struct patch *p;

	if (bitmap_empty(rows, MMN_SITE_ROWS_MAX))
		return false;
	p = find_patch(mod) ?: find_patch(NULL) ?: &patches[PATCHES_MAX];
	bitmap_or(p->rows, p->rows, rows, MMN_SITE_ROWS_MAX);
	if (p != &patches[PATCHES_MAX])
		p->mod = mod;
	return true;
}

/* Does not sleep. Return: true if rows lost their trust. */
static bool add_patch(struct module *mod)
{
	DECLARE_BITMAP(rows, MMN_SITE_ROWS_MAX) = { };

	if (is_livepatch_module(mod))
		read_patch(mod, rows);
	mmn_calls_search_module(mod, rows);
	return take_trust(mod, rows);
}

/* The same for the calls that were found. */
static bool confirm_calls(void)
{
	const struct module *mod;
	bool lost = false;

	while ((mod = mmn_calls_waiting())) {
		DECLARE_BITMAP(rows, MMN_SITE_ROWS_MAX) = { };

		mmn_calls_confirm(mod, rows);
		lost |= take_trust(mod, rows);
	}
	return lost;
}

/**
 * mmn_patches_add() - a module is loaded
 * @mod: the module
 *
 * Context: Process, before code of @mod runs, or while it cannot be unloaded; sleeps.
 * Return: true if rows lost their trust.
 */
bool mmn_patches_add(struct module *mod)
{
	bool lost;

	mutex_lock(&patches_lock);
	lost = add_patch(mod);
	lost |= confirm_calls();
	mutex_unlock(&patches_lock);
	return lost;
}

/**
 * mmn_patches_remove() - a module is unloaded
 * @mod: the module
 *
 * Context: Process, when no code of @mod runs any more; sleeps.
 * Return: true if rows may have their trust back.
 */
bool mmn_patches_remove(const struct module *mod)
{
	struct patch *p;

	mutex_lock(&patches_lock);
	mmn_calls_forget(mod);
	p = find_patch(mod);
	if (p) {
		bitmap_zero(p->rows, MMN_SITE_ROWS_MAX);
		p->mod = NULL;
	}
	mutex_unlock(&patches_lock);
	return p;
}

/* The COMING or GOING notification of the others is still to come, or is over. */
static bool is_loaded(const struct module *mod)
{
	return mod->state != MODULE_STATE_UNFORMED && mod->state != MODULE_STATE_GOING;
}

static bool has_name(const struct module *mod)
{
	size_t i;

	for (i = 0; i < sizeof(mod->name) && mod->name[i]; i++)
		if (!isalnum(mod->name[i]) && mod->name[i] != '_' && mod->name[i] != '-')
			return false;
	return i && i < sizeof(mod->name);
}

/*
 * The list is a ring with a head that is no module. A module has a name and contains its own
 * description. What lies around the head may look like the one or the other, but not like both.
 */
static bool is_module(const struct module *mod)
{
	unsigned long at = (unsigned long)mod;

	return mmn_in_module_area(at) && has_name(mod) && within_module_core(at, mod);
}

/*
 * Search each loaded module but this one. The kernel frees none before the RCU section ends.
 */
static void search_loaded(void)
{
	struct list_head *at;
	struct module *mod;

	rcu_read_lock();
	for (at = THIS_MODULE->list.next; at != &THIS_MODULE->list; at = READ_ONCE(at->next)) {
		mod = list_entry(at, struct module, list);
		if (is_module(mod) && is_loaded(mod))
			add_patch(mod);
	}
	rcu_read_unlock();
}

/**
 * mmn_patches_init() - look at the modules that are loaded
 *
 * The search takes some 5 instructions for each byte of their code, without a chance for other
 * tasks to run. A module that then fails to load may have no GOING notification: its rows stay
 * without trust, and its entry is only compared.
 *
 * Context: Module init, after the module notifier was registered; sleeps.
 */
void __init mmn_patches_init(void)
{
	mutex_lock(&patches_lock);
	search_loaded();
	confirm_calls();
	mutex_unlock(&patches_lock);
}

/**
 * mmn_patches_has() - does a row rest on a function that a live patch names?
 * @row: row of the site table
 *
 * Context: Any.
 * Return: true if it does.
 */
bool mmn_patches_has(unsigned int row)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(patches); i++)
		if (test_bit(row, patches[i].rows))
			return true;
	return false;
}

/**
 * mmn_patches_show() - print the calls in modules that were not audited
 * @m: seq_file of debugfs mmnotify/census
 *
 * Context: Process; sleeps.
 */
void mmn_patches_show(struct seq_file *m)
{
	mutex_lock(&patches_lock);
	mmn_calls_show_modules(m);
	mutex_unlock(&patches_lock);
}

/**
 * mmn_patches_read() - describe a call in a module that was not audited
 * @i: its place in the list, from 0
 * @s: filled with the names
 *
 * Context: Process; sleeps.
 * Return: 1 if there is one, 0 if there is none, -ENOENT behind the last place.
 */
int mmn_patches_read(unsigned int i, struct mmn_census_line *s)
{
	int ret;

	mutex_lock(&patches_lock);
	ret = mmn_calls_read_module(i, s);
	mutex_unlock(&patches_lock);
	return ret;
}
