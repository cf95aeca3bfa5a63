// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * census: lists the call sites of the running kernel at load, and decides which rows of the
 * site table they confirm. Names are looked up for hits only, as each lookup costs as much as
 * reading some hundred bytes of code.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/timex.h>

#include "calls.h"
#include "census.h"
#include "compat/compat.h"
#include "compat/trust.h"
#include "frames.h"
#include "line.h"
#include "patches.h"
#include "rules/census_table.h"
#include "rules/rules.h"
#include "rules/site_table.h"
#include "scan.h"
#include "text.h"

/* The kernels of today have up to 40 starts and 50 ends. */
#define SITES_MAX	192

/*
 * The functions of mm are linked side by side, and fs/proc behind them. So a search of so many
 * bytes before and behind the start function finds the functions of the table. Where they are
 * elsewhere the whole text is searched again. To look up their names would cost more.
 */
#define NEAR_BEFORE	(640UL << 10)
#define NEAR_BEHIND	(1344UL << 10)

/* Bytes that are searched without a chance for other tasks to run. */
#define STRIDE		(64UL << 10)

/**
 * struct census_site - a call that was found
 * @ret: address behind the call, which will be on the stack
 * @row: row of the function that contains it; MMN_SITE_UNKNOWN if it has none
 * @what: MMN_CALLS_*; if it is a callee, the function that calls was not audited
 */
struct census_site {
	unsigned long ret;
	u8 row;
	u8 what;
};

/* What the census found out about a row, the worst last. */
enum row_state {
	ROW_ABSENT,		/* this kernel has no such call */
	ROW_FOUND,
	ROW_MORE,		/* more calls than were audited */
	ROW_NAMESAKE,		/* two functions have its name */
	ROW_HIDDEN,		/* no call of it was found, although it has callers */
	ROW_CALLER,		/* it has a caller that was not audited */
};

static const char *const state_names[] = {
	[ROW_ABSENT] = "absent",
	[ROW_FOUND] = "found",
	[ROW_MORE] = "more calls than audited",
	[ROW_NAMESAKE] = "another function has its name",
	[ROW_HIDDEN] = "its callers were not found",
	[ROW_CALLER] = "a caller was not audited",
};

static struct census_site sites[SITES_MAX] __ro_after_init;
static unsigned int nr_sites __ro_after_init;
static u8 calls[MMN_SITE_ROWS_MAX] __ro_after_init;
static u8 states[MMN_SITE_ROWS_MAX] __ro_after_init;
static u8 audited[MMN_SITE_ROWS_MAX] __initdata;
/* Audited native events by row, and those that were seen although they are not. */
static u8 natives[MMN_SITE_ROWS_MAX] __ro_after_init;
static u8 surprises[MMN_SITE_ROWS_MAX];
/* Why there is no census; NULL if there is one. */
static const char *failed __ro_after_init = "not begun";
static unsigned long text_bytes __ro_after_init;
static cycles_t took __ro_after_init;

/* Callees that are called, as a bitmap by position. */
static u32 called __initdata;
/* Targets were added, so code that was searched before may call them. */
static bool added __initdata;
/* There was no room for all calls or targets. */
static bool overflow __initdata;
static struct mmn_text text __initdata;
static char name[KSYM_SYMBOL_LEN] __initdata;
static char other_name[KSYM_SYMBOL_LEN] __initdata;

static __init void set_state(unsigned int row, enum row_state state)
{
	states[row] = max_t(u8, states[row], state);
}

static __init void set_class_state(unsigned int class, enum row_state state)
{
	unsigned int row;

	for (row = 1; row < mmn_site_table_nr(); row++)
		if (mmn_site_table_class(row) == class && calls[row])
			set_state(row, state);
}

static __init void add_site(unsigned long ret, unsigned int what)
{
	if (nr_sites == SITES_MAX)
		overflow = true;
	else
		sites[nr_sites++] = (struct census_site){ .ret = ret, .what = what };
}

static __init void add_target(unsigned int what, unsigned long entry)
{
	int ret = mmn_calls_add_target(what, entry);

	added |= ret > 0;
	overflow |= ret < 0;
}

/* Return: its entry; 0 if the kernel proper has no such function, though a module may have. */
static __init unsigned long whole_function(const char *symbol)
{
	unsigned long entry = mmn_text_find(symbol);

	return entry >= text.start && entry < text.end ? entry : 0;
}

/*
 * A function that announces, or that calls a callee: if it is one itself, its callers count, too.
 * The cold part of a function is entered in its middle, so the whole function counts.
 */
static __init void add_callee(char *symbol, unsigned long entry)
{
	int callee = mmn_census_table_find_callee(symbol);
	char *cold = strstr(symbol, ".cold");

	if (callee < 0)
		return;
	if (cold) {
		*cold = 0;
		entry = whole_function(symbol) ?: entry;
	}
	add_target(MMN_CALLS_CALLEE + callee, entry);
}

/*
 * Bytes in the middle of instructions may look like a branch. So a function that was not audited
 * counts only if an instruction begins there. To decode the others would take time for nothing, as
 * would an end, which decides nothing without a row.
 */
static __init void found_branch(struct mmn_scan *s, unsigned long at, unsigned long ret,
				unsigned int target)
{
	unsigned int what = mmn_calls_what(target);
	const struct mmn_census_callee *callee = mmn_calls_callee(what);
	unsigned long entry = mmn_text_name(at, name);
	bool known = callee ? mmn_census_table_may_call(name, callee) :
			      mmn_site_table_find(name) != MMN_SITE_UNKNOWN;

	if (!known && what != MMN_CALLS_END && !mmn_text_is_instruction(at, entry))
		return;
	if (!callee || !known)
		add_site(ret, what);
	if (callee && entry != s->targets[target])
		called |= 1u << (what - MMN_CALLS_CALLEE);
	add_callee(name, entry);
}

/* Data may look like a short jump, and a jump of the function to itself is no call of it. */
static __init void found_short(struct mmn_scan *s, unsigned long at, unsigned long ret,
			       unsigned int target)
{
	unsigned long start = mmn_text_name(at, name);

	if (start != s->targets[target] && mmn_text_is_instruction(at, start))
		found_branch(s, at, ret, target);
}

static __init int scan_short(void)
{
	unsigned int i;
	int ret = 0;

	mmn_calls_scan.found = found_short;
	for (i = 0; i < mmn_calls_scan.nr && !ret; i++)
		ret = mmn_text_scan_short(&mmn_calls_scan, i, &text);
	return ret;
}

static __init int scan_long(unsigned long from, unsigned long to)
{
	unsigned long at;
	int ret = 0;

	mmn_calls_scan.found = found_branch;
	for (at = from; at < to && !ret; at += STRIDE) {
		ret = mmn_text_scan(&mmn_calls_scan, &text, at, min(at + STRIDE, to));
		cond_resched();
	}
	return ret;
}

/* Begins anew while targets are added, because code already searched may call them. */
static __init int scan_near(unsigned long from, unsigned long to)
{
	int ret;

	do {
		nr_sites = 0;
		called = 0;
		added = false;
		ret = scan_short() ?: scan_long(from, to);
	} while (!ret && added);
	return ret;
}

/* Finds most targets near the start function, so that one search of all text suffices. */
static __init int scan_text(void)
{
	unsigned long from = max(text.start, mmn_calls_scan.targets[MMN_CALLS_START] - NEAR_BEFORE);
	unsigned long to = min(text.end, mmn_calls_scan.targets[MMN_CALLS_START] + NEAR_BEHIND);
	int ret;

	do {
		ret = scan_near(from, to) ?: scan_long(text.start, from) ?:
		      scan_long(to, text.end);
	} while (!ret && added);
	return ret;
}

static __init bool add_announcers(void)
{
	unsigned long start = mmn_text_find("__mmu_notifier_invalidate_range_start");
	unsigned long end = mmn_text_find("__mmu_notifier_invalidate_range_end");

	mmn_calls_scan = (struct mmn_scan){ };
	overflow = false;
	if (!start || !end)
		return false;
	add_target(MMN_CALLS_START, start);
	add_target(MMN_CALLS_END, end);
	return true;
}

/* Return: why the text could not be searched; NULL if it was. */
static __init const char *search_text(void)
{
	if (!add_announcers())
		return "the kernel's start or end function was not found";
	if (!mmn_text_find_kernel(&text))
		return "the bounds of the kernel's text were not found";
	text_bytes = text.end - text.start;
	if (scan_text())
		return "a part of the kernel's text could not be read";
	return overflow ? "there are too many call sites" : NULL;
}

/* Do two calls lie in two functions with the same complete name? */
static __init bool is_namesake(unsigned long one, unsigned long other)
{
	unsigned long start = mmn_text_name(one - 1, name);

	if (start == mmn_text_name(other - 1, other_name))
		return false;
	return strcspn(name, "+") == strcspn(other_name, "+") &&
	       !strncmp(name, other_name, strcspn(name, "+"));
}

static __init void check_namesakes(unsigned int i)
{
	unsigned int j, row = sites[i].row;

	for (j = 0; j < i; j++)
		if (sites[j].what < MMN_CALLS_CALLEE && sites[j].row == row &&
		    is_namesake(sites[i].ret, sites[j].ret))
			set_state(row, ROW_NAMESAKE);
}

/* Gives each call its row, and counts the starts. */
static __init void count_calls(void)
{
	struct census_site *site;
	unsigned int row;

	for (site = sites; site < sites + nr_sites; site++) {
		if (site->what >= MMN_CALLS_CALLEE)
			continue;
		mmn_text_name(site->ret - 1, name);
		row = mmn_site_table_find(name);
		site->row = row;
		calls[row] += site->what == MMN_CALLS_START;
		if (row != MMN_SITE_UNKNOWN)
			check_namesakes(site - sites);
	}
	for (row = 1; row < mmn_site_table_nr(); row++)
		if (calls[row])
			set_state(row, calls[row] <= audited[row] ? ROW_FOUND : ROW_MORE);
}

/* The rows of a class whose meaning depends on callers lose their trust if one is not audited. */
static __init void check_callers(void)
{
	const struct mmn_census_callee *c;
	unsigned int i;

	for (i = 0; i < nr_sites; i++) {
		c = mmn_calls_callee(sites[i].what);
		if (!c)
			continue;
		set_class_state(c->class, ROW_CALLER);
		mmn_text_name(sites[i].ret - 1, name);
		mmn_site_table_hide(name);
		pr_warn("census: %.*s() calls %s(), which was not audited; please report both and the kernel version\n",
			(int)strcspn(name, "+"), name, c->name);
	}
	/* A kprobe on a call hides it, and then the callers of the function that calls, too. */
	for (i = 0; i < mmn_calls_scan.nr; i++) {
		c = mmn_calls_callee(mmn_calls_what(i));
		if (c && c->callers[0] && !(called >> (mmn_calls_what(i) - MMN_CALLS_CALLEE) & 1))
			set_class_state(c->class, ROW_HIDDEN);
	}
}

static __init const char *take_census(void)
{
	const char *why;

	if (!MMN_HAVE_CENSUS)
		return "this kernel has no kprobes, or is for neither x86-64 nor arm64";
	why = search_text();
	if (why)
		return why;
	count_calls();
	check_callers();
	return NULL;
}

static __init void init_rows(void)
{
	const struct mmn_census_row *r;
	unsigned int row;

	for (row = 0; row < mmn_site_table_nr(); row++) {
		r = mmn_census_table_find(mmn_site_table_name(row));
		calls[row] = 0;
		states[row] = ROW_ABSENT;
		natives[row] = r ? r->natives : 0;
		audited[row] = r ? r->calls : 0;
	}
}

/* One line for each row that the kernel has, but not as audited. */
static __init unsigned int warn_rows(void)
{
	unsigned int row, bad = 0;

	for (row = 1; row < mmn_site_table_nr(); row++) {
		if (states[row] <= ROW_FOUND)
			continue;
		pr_warn("census: %s is not exact: %s; please report the name and the kernel version\n",
			mmn_site_table_name(row), state_names[states[row]]);
		bad++;
	}
	return bad;
}

/* Return: number of calls of the start function. */
static unsigned int count_starts(void)
{
	unsigned int i, starts = 0;

	for (i = 0; i < nr_sites; i++)
		starts += sites[i].what == MMN_CALLS_START;
	return starts;
}

/**
 * mmn_census_init() - list the call sites of the running kernel
 *
 * Context: Module init, before mmn_trust_settle(); sleeps.
 * Return: why there is no census; NULL if there is one.
 */
const char *__init mmn_census_init(void)
{
	cycles_t before = get_cycles();

	init_rows();
	failed = take_census();
	took = get_cycles() - before;
	if (failed)
		return failed;
	pr_info("census: %u call sites in %lu kB of text, %u of them without a row; %u rows differ from the audit\n",
		count_starts(), text_bytes / 1024, calls[MMN_SITE_UNKNOWN], warn_rows());
	return NULL;
}

/* Return: did the census find the call before @pc, in the function of @row? */
static bool is_listed(unsigned int row, unsigned long pc)
{
	unsigned int i;

	for (i = 0; i < nr_sites; i++)
		if (sites[i].ret == pc && sites[i].row == row && sites[i].what < MMN_CALLS_CALLEE)
			return true;
	return false;
}

static bool is_trusted(unsigned int row, unsigned long pc)
{
	if (!mmn_trust_exact() || row == MMN_SITE_UNKNOWN || states[row] > ROW_FOUND ||
	    mmn_patches_has(row))
		return false;
	return !mmn_trust_needs_census() || (states[row] == ROW_FOUND && is_listed(row, pc));
}

/**
 * mmn_census_trust() - may verdicts at a call site be exact, and may they look at frames?
 * @row: row of the call site
 * @pc: its return address, or one at which the end is announced
 *
 * Context: Any.
 * Return: MMN_CTX_VERIFIED and MMN_CTX_NO_FRAMES, as far as they hold.
 */
u8 mmn_census_trust(unsigned int row, unsigned long pc)
{
	static_assert((MMN_CTX_VERIFIED | MMN_CTX_NO_FRAMES) <= U8_MAX);

	return (is_trusted(row, pc) ? MMN_CTX_VERIFIED : 0) |
	       mmn_frames_bits(mmn_site_table_class(row));
}

/**
 * mmn_census_expects() - is a native event of a row audited?
 * @row: row of the call site
 * @native: the kernel's event
 *
 * Context: Any.
 * Return: true if it is; false also for call sites without a row.
 */
bool mmn_census_expects(unsigned int row, unsigned int native)
{
	return native < BITS_PER_BYTE && natives[row] >> native & 1;
}

/**
 * mmn_census_report() - report a native event that is not audited
 * @row: row of the call site
 * @native: the kernel's event
 *
 * Logs the first one of each row, and shows all in debugfs mmnotify/census.
 *
 * Context: Any, including the hook.
 */
void mmn_census_report(unsigned int row, unsigned int native)
{
	u8 before = READ_ONCE(surprises[row]);

	WRITE_ONCE(surprises[row], before | 1u << min(native, BITS_PER_BYTE - 1u));
	if (!before && row != MMN_SITE_UNKNOWN)
		pr_warn("census: %s announces native event %u, which was not audited, so that is not exact; please report both and the kernel version\n",
			mmn_site_table_name(row), native);
}

/**
 * mmn_census_why_not() - tell why no verdict of a row is exact
 * @row: row of the site table
 *
 * Context: Any, after mmn_trust_settle().
 * Return: the reason; NULL if verdicts may be exact.
 */
const char *mmn_census_why_not(unsigned int row)
{
	if (row == MMN_SITE_UNKNOWN)
		return "the function has no row";
	if (!mmn_trust_exact())
		return mmn_trust_why_not();
	if (mmn_patches_has(row))
		return "changed by a module";
	if (states[row] > ROW_FOUND || (mmn_trust_needs_census() && states[row] != ROW_FOUND))
		return state_names[states[row]];
	return NULL;
}

/**
 * mmn_census_surprised() - did a row announce a native event that was not audited?
 * @row: row of the site table
 *
 * Context: Any.
 * Return: true if it did.
 */
bool mmn_census_surprised(unsigned int row)
{
	return READ_ONCE(surprises[row]);
}

static void read_row(unsigned int row, struct mmn_census_line *s)
{
	*s = (struct mmn_census_line){
		.calls = calls[row],
		.changed = mmn_patches_has(row),
		.natives = READ_ONCE(surprises[row]),
	};
	strscpy(s->name, mmn_site_table_name(row), sizeof(s->name));
	strscpy(s->state, state_names[states[row]], sizeof(s->state));
}

/* A function without a row, or a caller that was not audited. */
static bool is_unaudited(const struct census_site *s)
{
	return s->what != MMN_CALLS_END && s->row == MMN_SITE_UNKNOWN;
}

static int read_site(unsigned int i, struct mmn_census_line *s)
{
	if (i >= nr_sites)
		return mmn_patches_read(i - nr_sites, s);
	if (!is_unaudited(&sites[i]))
		return 0;
	mmn_calls_read(sites[i].ret - 1, mmn_calls_callee(sites[i].what), s);
	return 1;
}

/**
 * mmn_census_read() - read a line of the census
 * @i: its position: first the rows of the site table, then calls that were not audited, in the
 *	kernel and in modules
 * @s: filled with the line
 *
 * Context: Process; sleeps.
 * Return: 1 if there is one, 0 if there is none, -ENOENT behind the last position.
 */
int mmn_census_read(unsigned int i, struct mmn_census_line *s)
{
	unsigned int rows = mmn_site_table_nr() - 1;

	if (failed)
		return -ENOENT;
	if (i >= rows)
		return read_site(i - rows, s);
	read_row(i + 1, s);
	return 1;
}

static void show_row(struct seq_file *m, unsigned int row)
{
	seq_printf(m, "%-34s %5u %s", mmn_site_table_name(row), calls[row],
		   state_names[states[row]]);
	if (mmn_patches_has(row))
		seq_puts(m, ", changed by a module");
	if (READ_ONCE(surprises[row]))
		seq_printf(m, ", native events %#x", READ_ONCE(surprises[row]));
	seq_putc(m, '\n');
}

/* The functions without a row, and the callers that were not audited. */
static void show_unknown(struct seq_file *m)
{
	const struct census_site *s;

	for (s = sites; s < sites + nr_sites; s++)
		if (is_unaudited(s))
			mmn_calls_show(m, s->ret - 1, mmn_calls_callee(s->what));
}

/**
 * mmn_census_show() - print the census
 * @m: seq_file of debugfs mmnotify/census
 *
 * Context: Process.
 */
void mmn_census_show(struct seq_file *m)
{
	unsigned int row;

	seq_puts(m, "# site calls state\n");
	if (failed) {
		seq_printf(m, "# failed: %s\n", failed);
		return;
	}
	for (row = 1; row < mmn_site_table_nr(); row++)
		show_row(m, row);
	show_unknown(m);
	mmn_patches_show(m);
	mmn_frames_show(m);
	seq_printf(m, "# calls %u\n# text_kb %lu\n# cycles %llu\n", count_starts(),
		   text_bytes / 1024, (u64)took);
}
