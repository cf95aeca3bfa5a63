// SPDX-License-Identifier: GPL-2.0-only
/*
 * census: lists the call sites of the running kernel at load, and decides which rows of the
 * site table they confirm. Names are looked up for hits only, as each lookup costs as much as
 * reading some hundred bytes of code.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timex.h>

#include "census.h"
#include "compat/compat.h"
#include "compat/trust.h"
#include "patches.h"
#include "rules/census_table.h"
#include "rules/rules.h"
#include "rules/site_table.h"
#include "scan.h"
#include "text.h"

/* The kernels of today have up to 40 starts and 50 ends. */
#define SITES_MAX	192

/* Targets of the search; the audited callees follow. */
#define START		0
#define END		1

/*
 * The functions of mm are linked side by side, and most callees are call sites. So their
 * addresses are found by a search of so many bytes on both sides of the start function.
 */
#define NEAR		(2UL << 20)

/**
 * struct census_site - a call of the kernel's start or end function
 * @ret: address behind the call, which will be on the stack
 * @row: row of the function that contains it; MMN_SITE_UNKNOWN if it has none
 * @end: it is a call of the end function
 */
struct census_site {
	unsigned long ret;
	u8 row;
	bool end;
};

/* What the census found out about a row, the worst last. */
enum row_state {
	ROW_ABSENT,		/* this kernel has no such call */
	ROW_FOUND,
	ROW_MORE,		/* more calls than were audited */
	ROW_NAMESAKE,		/* two functions have its name */
	ROW_CALLER,		/* it has a caller that was not audited */
};

static const char *const state_names[] = {
	[ROW_ABSENT] = "absent",
	[ROW_FOUND] = "found",
	[ROW_MORE] = "more calls than audited",
	[ROW_NAMESAKE] = "another function has its name",
	[ROW_CALLER] = "a caller was not audited",
};

static struct census_site sites[SITES_MAX] __ro_after_init;
static unsigned int nr_sites __ro_after_init;
static u8 calls[MMN_SITE_ROWS_MAX] __ro_after_init;
static u8 states[MMN_SITE_ROWS_MAX] __ro_after_init;
/* Audited native events by row, and those that were seen although they are not. */
static u8 natives[MMN_SITE_ROWS_MAX] __ro_after_init;
static u8 surprises[MMN_SITE_ROWS_MAX];
/* Why there is no census; NULL if there is one. */
static const char *failed __ro_after_init = "not begun";
static unsigned long text_bytes __ro_after_init;
static cycles_t took __ro_after_init;

/**
 * struct search - state of the census while it is taken
 * @scan: search for the start, the end and the callees
 * @callees: for each target its position in the table of callees
 * @overflow: there was no room for all call sites or targets
 * @name: buffer for a symbol
 * @other: buffer for another one
 */
struct search {
	struct mmn_scan scan;
	int callees[MMN_SCAN_TARGETS];
	bool overflow;
	char name[KSYM_SYMBOL_LEN];
	char other[KSYM_SYMBOL_LEN];
};

static __init void set_state(unsigned int row, enum row_state state)
{
	states[row] = max_t(u8, states[row], state);
}

static __init void add_site(struct search *s, unsigned long ret, bool end)
{
	if (nr_sites == SITES_MAX)
		s->overflow = true;
	else
		sites[nr_sites++] = (struct census_site){ .ret = ret, .end = end };
}

/* The rows of a class whose meaning depends on the callers of @callee lose their trust. */
static __init void check_caller(struct search *s, unsigned long at, int callee)
{
	const struct mmn_census_callee *c = mmn_census_table_callee(callee);
	unsigned int row;

	mmn_text_name(at, s->name);
	if (mmn_census_table_may_call(s->name, c))
		return;
	mmn_site_table_hide(s->name);
	pr_warn("census: %.*s() calls %s(), which was not audited\n",
		(int)strcspn(s->name, "+"), s->name, c->name);
	for (row = 1; row < mmn_site_table_nr(); row++)
		if (mmn_site_table_class(row) == c->class)
			set_state(row, ROW_CALLER);
}

static __init void found_branch(struct mmn_scan *scan, unsigned long at, unsigned long ret,
				unsigned int target)
{
	struct search *s = container_of(scan, struct search, scan);

	if (target > END)
		check_caller(s, at, s->callees[target]);
	else
		add_site(s, ret, target == END);
}

static __init bool has_callee(const struct search *s, int callee, unsigned long entry)
{
	unsigned int i;

	for (i = END + 1; i < s->scan.nr; i++)
		if (s->callees[i] == callee && s->scan.targets[i] == entry)
			return true;
	return false;
}

/* Return: true if the calls of @callee were not searched for yet. */
static __init bool add_callee(struct search *s, int callee, unsigned long entry)
{
	if (callee < 0 || !entry || has_callee(s, callee, entry))
		return false;
	s->callees[min_t(unsigned int, s->scan.nr, MMN_SCAN_TARGETS - 1)] = callee;
	if (mmn_scan_add(&s->scan, entry))
		return true;
	s->overflow = true;
	return false;
}

/* Return: true if there are call sites in callees whose calls were not searched for yet. */
static __init bool add_callees(struct search *s)
{
	unsigned long entry;
	bool added = false;
	unsigned int i;

	for (i = 0; i < nr_sites; i++) {
		entry = mmn_text_name(sites[i].ret - 1, s->name);
		added |= add_callee(s, mmn_census_table_find_callee(s->name), entry);
	}
	return added;
}

static __init void add_far_callees(struct search *s)
{
	const struct mmn_census_callee *c;
	unsigned int nr;

	for (nr = 0; (c = mmn_census_table_callee(nr)); nr++)
		if (c->far)
			add_callee(s, nr, mmn_text_find(c->name));
}

/* Begins anew, because the callees that were added may be called in code already searched. */
static __init int scan_text(struct search *s, const struct mmn_text *text)
{
	nr_sites = 0;
	memset(calls, 0, sizeof(calls));
	memset(states, 0, sizeof(states));
	return mmn_text_scan(&s->scan, text);
}

/* Finds most callees, so that one search of all text suffices. */
static __init int scan_near(struct search *s, const struct mmn_text *text)
{
	struct mmn_text part = {
		.start = max(text->start, s->scan.targets[START] - NEAR),
		.end = min(text->end, s->scan.targets[START] + NEAR),
	};
	int ret = scan_text(s, &part);

	add_callees(s);
	return ret;
}

static __init bool add_announcers(struct search *s)
{
	unsigned long start = mmn_text_find("__mmu_notifier_invalidate_range_start");
	unsigned long end = mmn_text_find("__mmu_notifier_invalidate_range_end");

	s->scan.found = found_branch;
	return start && end && mmn_scan_add(&s->scan, start) && mmn_scan_add(&s->scan, end);
}

/* Return: why the text could not be searched; NULL if it was. */
static __init const char *search_text(struct search *s)
{
	struct mmn_text text;
	int ret;

	if (!add_announcers(s))
		return "the kernel's start or end function was not found";
	if (!mmn_text_find_kernel(&text))
		return "the bounds of the kernel's text were not found";
	text_bytes = text.end - text.start;
	add_far_callees(s);
	ret = scan_near(s, &text);
	do {
		ret = ret ? ret : scan_text(s, &text);
	} while (!ret && add_callees(s));
	if (ret)
		return "a part of the kernel's text could not be read";
	return s->overflow ? "there are too many call sites" : NULL;
}

/* Do two calls lie in two functions with the same complete name? */
static __init bool is_namesake(struct search *s, unsigned long one, unsigned long other)
{
	unsigned long start = mmn_text_name(one - 1, s->name);

	if (start == mmn_text_name(other - 1, s->other))
		return false;
	return strcspn(s->name, "+") == strcspn(s->other, "+") &&
	       !strncmp(s->name, s->other, strcspn(s->name, "+"));
}

static __init void check_namesakes(struct search *s, unsigned int i)
{
	unsigned int j, row = sites[i].row;

	for (j = 0; j < i; j++)
		if (sites[j].row == row && is_namesake(s, sites[i].ret, sites[j].ret))
			set_state(row, ROW_NAMESAKE);
}

/* Gives each call its row, and counts the starts. */
static __init void count_calls(struct search *s)
{
	const struct mmn_census_row *audited;
	unsigned int i, row;

	for (i = 0; i < nr_sites; i++) {
		mmn_text_name(sites[i].ret - 1, s->name);
		row = mmn_site_table_find(s->name);
		sites[i].row = row;
		calls[row] += !sites[i].end;
		if (row == MMN_SITE_UNKNOWN)
			continue;
		check_namesakes(s, i);
		audited = mmn_census_table_find(mmn_site_table_name(row));
		if (calls[row])
			set_state(row, audited && calls[row] <= audited->calls ? ROW_FOUND :
				       ROW_MORE);
	}
	for (row = 1; row < mmn_site_table_nr(); row++)
		if (!calls[row])
			states[row] = ROW_ABSENT;
}

static __init const char *take_census(void)
{
	struct search *s;
	const char *why;

	if (!MMN_HAVE_CENSUS)
		return "this kernel has no kprobes, or is not for x86-64";
	s = kzalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return "no memory";
	why = search_text(s);
	if (!why)
		count_calls(s);
	kfree(s);
	return why;
}

static __init void read_audit(void)
{
	const struct mmn_census_row *audited;
	unsigned int row;

	for (row = 1; row < mmn_site_table_nr(); row++) {
		audited = mmn_census_table_find(mmn_site_table_name(row));
		natives[row] = audited ? audited->natives : 0;
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
		starts += !sites[i].end;
	return starts;
}

/**
 * mmn_census_init() - list the call sites of the running kernel
 *
 * Context: Module init, after mmn_trust_init(); sleeps.
 */
void __init mmn_census_init(void)
{
	cycles_t before = get_cycles();

	read_audit();
	failed = take_census();
	took = get_cycles() - before;
	mmn_trust_settle(failed);
	if (failed) {
		nr_sites = 0;
		memset(states, 0, sizeof(states));
		return;
	}
	pr_info("census: %u call sites in %lu kB of text, %u of them without a row; %u rows differ from the audit\n",
		count_starts(), text_bytes / 1024, calls[MMN_SITE_UNKNOWN], warn_rows());
}

/* Return: did the census find the call before @pc, in the function of @row? */
static bool is_listed(unsigned int row, unsigned long pc)
{
	unsigned int i;

	for (i = 0; i < nr_sites; i++)
		if (sites[i].ret == pc && sites[i].row == row)
			return true;
	return false;
}

/**
 * mmn_census_trust() - may verdicts at a call site be exact?
 * @row: row of the call site
 * @pc: its return address, or one at which the end is announced
 *
 * Context: Any.
 * Return: MMN_CTX_VERIFIED or 0.
 */
u8 mmn_census_trust(unsigned int row, unsigned long pc)
{
	static_assert(MMN_CTX_VERIFIED <= U8_MAX);

	if (!mmn_trust_exact() || row == MMN_SITE_UNKNOWN || states[row] > ROW_FOUND ||
	    mmn_patches_has(row))
		return 0;
	if (!mmn_trust_needs_census())
		return MMN_CTX_VERIFIED;
	return states[row] == ROW_FOUND && is_listed(row, pc) ? MMN_CTX_VERIFIED : 0;
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
 * Context: Any but the hook.
 */
void mmn_census_report(unsigned int row, unsigned int native)
{
	u8 before = READ_ONCE(surprises[row]);

	WRITE_ONCE(surprises[row], before | 1u << min(native, BITS_PER_BYTE - 1u));
	if (!before && row != MMN_SITE_UNKNOWN)
		pr_warn("census: %s announces native event %u, which was not audited, so that is not exact; please report both and the kernel version\n",
			mmn_site_table_name(row), native);
}

static void show_row(struct seq_file *m, unsigned int row)
{
	seq_printf(m, "%-34s %5u %s", mmn_site_table_name(row), calls[row],
		   state_names[states[row]]);
	if (mmn_patches_has(row))
		seq_puts(m, ", rests on a live patch");
	if (READ_ONCE(surprises[row]))
		seq_printf(m, ", native events %#x", READ_ONCE(surprises[row]));
	seq_putc(m, '\n');
}

/* The functions without a row, by name. */
static void show_unknown(struct seq_file *m)
{
	char name[KSYM_SYMBOL_LEN];
	unsigned int i;

	for (i = 0; i < nr_sites; i++) {
		if (sites[i].row != MMN_SITE_UNKNOWN || sites[i].end)
			continue;
		sprint_symbol_no_offset(name, sites[i].ret - 1);
		mmn_site_table_hide(name);
		seq_printf(m, "%-34s %5u unknown\n", name, 1);
	}
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
	seq_printf(m, "# calls %u\n# text_kb %lu\n# cycles %llu\n", count_starts(),
		   text_bytes / 1024, (u64)took);
}
