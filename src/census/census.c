// SPDX-License-Identifier: GPL-2.0-only
/*
 * census: lists the call sites of the running kernel, at load. Names are looked up for hits
 * only, as each lookup costs as much as reading some hundred bytes of code.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

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
#include "rules/site_table.h"
#include "scan.h"
#include "text.h"

/* The kernels of today have up to 40. */
#define SITES_MAX	96

/**
 * struct census_site - a call of the kernel's start function
 * @ret: address behind the call, which will be on the stack
 * @row: row of the function that contains it; MMN_SITE_UNKNOWN if it has none
 */
struct census_site {
	unsigned long ret;
	u8 row;
};

static struct census_site sites[SITES_MAX] __ro_after_init;
static unsigned int nr_sites __ro_after_init;
static u8 calls[MMN_SITE_ROWS_MAX] __ro_after_init;
static bool doubled[MMN_SITE_ROWS_MAX] __ro_after_init;
/* Why there is no census; NULL if there is one. */
static const char *failed __ro_after_init = "not begun";
static u64 text_bytes __ro_after_init;
static cycles_t took __ro_after_init;

static __init void keep_site(struct mmn_scan *scan, unsigned long at, unsigned long ret,
			     unsigned int target)
{
	if (nr_sites < SITES_MAX)
		sites[nr_sites].ret = ret;
	nr_sites++;
}

/* Return: why the text could not be searched; NULL if it was. */
static __init const char *search_text(struct mmn_scan *scan)
{
	struct mmn_text text;
	unsigned long entry;

	entry = mmn_text_find("__mmu_notifier_invalidate_range_start");
	if (!entry)
		return "the kernel's start function was not found";
	if (!mmn_text_find_kernel(&text))
		return "the bounds of the kernel's text were not found";
	text_bytes = text.end - text.start;
	scan->found = keep_site;
	mmn_scan_add(scan, entry);
	if (mmn_text_scan(scan, &text))
		return "a part of the kernel's text could not be read";
	if (nr_sites > SITES_MAX)
		return "there are too many call sites";
	return nr_sites ? NULL : "no call site was found";
}

/* Do two calls lie in two functions with the same complete name? */
static __init bool is_namesake(unsigned long one, unsigned long other, char *name, char *again)
{
	unsigned long start = mmn_text_name(one - 1, name);

	if (start == mmn_text_name(other - 1, again))
		return false;
	return strcspn(name, "+") == strcspn(again, "+") &&
	       !strncmp(name, again, strcspn(name, "+"));
}

/* A name that two functions have says nothing about either. */
static __init void find_namesakes(unsigned int i, char *name, char *again)
{
	unsigned int j;

	for (j = 0; j < i; j++)
		if (sites[j].row == sites[i].row && sites[i].row != MMN_SITE_UNKNOWN &&
		    is_namesake(sites[i].ret, sites[j].ret, name, again))
			doubled[sites[i].row] = true;
}

static __init const char *name_sites(void)
{
	char *names = kmalloc(2 * KSYM_SYMBOL_LEN, GFP_KERNEL);
	unsigned int i;

	if (!names)
		return "no memory";
	for (i = 0; i < nr_sites; i++) {
		mmn_text_name(sites[i].ret - 1, names);
		sites[i].row = mmn_site_table_find(names);
		calls[sites[i].row]++;
		find_namesakes(i, names, names + KSYM_SYMBOL_LEN);
	}
	kfree(names);
	return NULL;
}

static __init const char *take_census(void)
{
	struct mmn_scan *scan;
	const char *why;

	if (!MMN_HAVE_CENSUS)
		return "this kernel has no kprobes, or is not for x86-64";
	scan = kzalloc(sizeof(*scan), GFP_KERNEL);
	if (!scan)
		return "no memory";
	why = search_text(scan);
	kfree(scan);
	return why ? why : name_sites();
}

/**
 * mmn_census_init() - list the call sites of the running kernel
 *
 * Context: Module init; sleeps.
 */
void __init mmn_census_init(void)
{
	cycles_t before = get_cycles();

	failed = take_census();
	took = get_cycles() - before;
	if (failed) {
		nr_sites = 0;
		memset(calls, 0, sizeof(calls));
		pr_warn("no census of call sites: %s\n", failed);
		return;
	}
	pr_info("census: %u call sites in %llu kB of text, %u of them in functions without a row\n",
		nr_sites, text_bytes / 1024, calls[MMN_SITE_UNKNOWN]);
}

static const char *row_state(unsigned int row)
{
	if (!calls[row])
		return "absent";
	return doubled[row] ? "namesake" : "found";
}

/* The functions without a row, by name. */
static void show_unknown(struct seq_file *m)
{
	char name[KSYM_SYMBOL_LEN];
	unsigned int i;

	for (i = 0; i < nr_sites; i++) {
		if (sites[i].row != MMN_SITE_UNKNOWN)
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
		seq_printf(m, "%-34s %5u %s\n", mmn_site_table_name(row), calls[row],
			   row_state(row));
	show_unknown(m);
	seq_printf(m, "# calls %u\n# text_kb %llu\n# cycles %llu\n", nr_sites,
		   text_bytes / 1024, (u64)took);
}
