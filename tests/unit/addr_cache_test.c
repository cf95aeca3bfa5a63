// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * addr_cache: which addresses are cached with what, that a probe sequence finds each until its
 * module goes, the addresses that the hook leaves to a work item, and the unknown call sites.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>

#include "rules/frame_table.h"
#include "rules/rules.h"
#include "rules/site_table.h"
#include "stack/addr_cache.h"
#include "tap.h"

#define PROBES		16
#define SYMBOLS		2000
/* Address of a removed entry, as in addr_cache.c. */
#define GONE_PC		1UL
#define MODULE_AREA	0x10000000UL

int shim_locks_held;
bool shim_unlocked, shim_lock_is_busy;

/* The kernel's symbols: @name has @size bytes from @start on. */
static struct symbol {
	unsigned long start, size;
	char name[100];
} symbols[SYMBOLS];

static unsigned int nr_symbols, lookups, logs;
static char logged[1000];
static struct module module = {
	.start = MODULE_AREA + 0x1000, .end = MODULE_AREA + 0x2000,
	.init = MODULE_AREA + 0x8000, .init_end = MODULE_AREA + 0x9000,
};

/* Module that goes while the next symbol is looked up. */
static const struct module *gone_in_lookup;

void shim_log(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(logged, sizeof(logged), fmt, args);
	va_end(args);
	logs++;
}

int sprint_symbol_no_offset(char *buffer, unsigned long address)
{
	const struct module *gone = gone_in_lookup;
	unsigned int i;

	lookups++;
	shim_unlocked |= shim_locks_held != 0;
	gone_in_lookup = NULL;
	if (gone)
		mmn_addr_cache_drop(gone, true);
	for (i = 0; i < nr_symbols; i++)
		if (address - symbols[i].start < symbols[i].size)
			return sprintf(buffer, "%s", symbols[i].name);
	return sprintf(buffer, "0x%lx", address);
}

bool shim_modules_anywhere;

bool mmn_in_module_area(unsigned long pc)
{
	return shim_modules_anywhere || (pc >= MODULE_AREA && pc < MODULE_AREA + 0x100000);
}

/* Row and address that the census trusts. */
static unsigned int trusted_row;
static unsigned long trusted_pc;

u8 mmn_census_trust(unsigned int row, unsigned long pc)
{
	return row == trusted_row && pc == trusted_pc ? MMN_CTX_VERIFIED : 0;
}

u64 mmn_stats_site_hits(unsigned int row)
{
	return row == 1 ? 7 : 0;
}

static void symbol(unsigned long start, unsigned long size, const char *name)
{
	struct symbol *s = &symbols[nr_symbols++];

	s->start = start;
	s->size = size;
	snprintf(s->name, sizeof(s->name), "%s", name);
}

static void begin(void)
{
	memset(mmn_addr_cache_table, 0, sizeof(mmn_addr_cache_table));
	nr_symbols = 0;
	lookups = 0;
	logs = 0;
	logged[0] = '\0';
}

static bool clean(void)
{
	return !shim_locks_held && !shim_unlocked;
}

static bool is_cached(unsigned long pc)
{
	const struct mmn_site *s = mmn_addr_cache_get(pc);

	return s && s->pc == pc;
}

static unsigned int row_of(const char *name)
{
	return mmn_site_table_find(name);
}

/* ---- what is cached ---- */

static void test_resolve(void)
{
	const struct mmn_site *s;

	begin();
	symbol(0x1000, 0x100, "unmap_vmas");
	symbol(0x1100, 0x100, "kswapd");
	ok(!mmn_addr_cache_get(0x1010), "an address is not cached at first");
	ok(mmn_addr_cache_resolve(0x1010) == row_of("unmap_vmas"),
	   "its row is found by its symbol");
	s = mmn_addr_cache_get(0x1010);
	ok(s && s->row == row_of("unmap_vmas") && s->class == MMN_CLASS_UNMAP &&
	   s->needs == mmn_rules_needs(MMN_CLASS_UNMAP) && s->frame == MMN_FRAME_NONE &&
	   !s->ends && s->up == MMN_UP_UNKNOWN, "it is cached with all that its symbol tells");
	ok(mmn_addr_cache_resolve(0x1010) == row_of("unmap_vmas") && lookups == 1,
	   "the symbol is looked up once");
	ok(mmn_addr_cache_resolve(0x1100) == row_of("unmap_vmas"),
	   "a return address at the end of a function belongs to it");
	ok(mmn_addr_cache_frame(0x1110) == MMN_FRAME_KSWAPD &&
	   mmn_addr_cache_get(0x1110)->ends,
	   "so is a frame, and whether walks end there");
	lookups = 0;
	ok(mmn_addr_cache_frame(0x1110) == MMN_FRAME_KSWAPD &&
	   mmn_addr_cache_frame(0x1110) == MMN_FRAME_KSWAPD && !lookups,
	   "which is looked up once, too");
	ok(mmn_addr_cache_resolve(0x1110) == MMN_SITE_UNKNOWN, "it has no row");
	ok(clean(), "symbols are looked up without the lock");
}

static u8 trust_of(unsigned long pc)
{
	return mmn_addr_cache_get(pc)->trust;
}

static void test_trust(void)
{
	begin();
	symbol(0x1000, 0x100, "unmap_vmas");
	trusted_row = row_of("unmap_vmas");
	trusted_pc = 0x1010;
	mmn_addr_cache_resolve(0x1010);
	mmn_addr_cache_resolve(0x1020);
	ok(trust_of(0x1010) == MMN_CTX_VERIFIED && !trust_of(0x1020),
	   "the census decides for each address whether it is trusted");
	trusted_pc = 0x1020;
	mmn_addr_cache_judge();
	ok(!trust_of(0x1010) && trust_of(0x1020) == MMN_CTX_VERIFIED,
	   "and again for all that are cached");
	trusted_pc = GONE_PC;
	mmn_addr_cache_table[5].pc = GONE_PC;
	mmn_addr_cache_table[5].row = trusted_row;
	mmn_addr_cache_judge();
	ok(!mmn_addr_cache_table[5].trust && clean(), "but not for removed ones");
}

static void test_stable(void)
{
	begin();
	symbol(0x1000, 0x100, "bpf_prog_x [bpf]");
	symbol(MODULE_AREA + 0x1000, 0x100, "unmap_vmas [driver]");
	symbol(MODULE_AREA + 0x3000, 0x100, "ftrace_trampoline");
	symbol(MODULE_AREA + 0x4000, 0x100, "bpf_prog_y [bpf]");
	ok(mmn_addr_cache_resolve(MODULE_AREA + 0x1010) == MMN_SITE_UNKNOWN &&
	   mmn_addr_cache_frame(MODULE_AREA + 0x1010) == MMN_FRAME_MODULE &&
	   is_cached(MODULE_AREA + 0x1010), "an address of a module is cached, without a row");
	ok(mmn_addr_cache_frame(MODULE_AREA + 0x1020) == MMN_FRAME_MODULE &&
	   is_cached(MODULE_AREA + 0x1020), "also if its frame is looked up");
	mmn_addr_cache_resolve(MODULE_AREA + 0x3010);
	mmn_addr_cache_resolve(MODULE_AREA + 0x4010);
	mmn_addr_cache_resolve(0x1010);
	ok(!is_cached(MODULE_AREA + 0x3010) && !is_cached(MODULE_AREA + 0x4010) &&
	   !is_cached(0x1010), "trampolines and BPF programs are not");
	ok(mmn_addr_cache_frame(MODULE_AREA + 0x3010) == MMN_FRAME_NONE,
	   "their frames are looked up each time");
	lookups = 0;
	ok(mmn_addr_cache_is_stable(0x5000) && !lookups, "kernel text is stable, without a lookup");
	ok(mmn_addr_cache_is_stable(MODULE_AREA + 0x1010) &&
	   !mmn_addr_cache_is_stable(MODULE_AREA + 0x3010) &&
	   !mmn_addr_cache_is_stable(MODULE_AREA + 0x4010) &&
	   !mmn_addr_cache_is_stable(MODULE_AREA + 0x5000),
	   "in the area of modules only their functions are");
	ok(mmn_addr_cache_is_kernel(0x5000) && !mmn_addr_cache_is_kernel(MODULE_AREA + 0x1010) &&
	   !mmn_addr_cache_is_kernel(MODULE_AREA + 0x3010), "and none is of the kernel proper");
}

/* On arm64 modules may lie anywhere. */
static void test_anywhere(void)
{
	begin();
	shim_modules_anywhere = true;
	symbol(0x1000, 0x100, "bpf_prog_x [bpf]");
	symbol(0x2000, 0x100, "unmap_vmas [driver]");
	symbol(0x3000, 0x100, "unmap_vmas");
	ok(!mmn_addr_cache_is_stable(0x1010) && mmn_addr_cache_is_stable(0x2010) &&
	   mmn_addr_cache_is_stable(0x3010) && !mmn_addr_cache_is_stable(0x4010),
	   "without an area of modules a symbol tells whether code is stable");
	ok(!mmn_addr_cache_is_kernel(0x1010) && !mmn_addr_cache_is_kernel(0x2010) &&
	   mmn_addr_cache_is_kernel(0x3010) && !mmn_addr_cache_is_kernel(0x4010),
	   "and whether it is of the kernel proper");
	shim_modules_anywhere = false;
}

static void test_learn(void)
{
	begin();
	symbol(0x1000, 0x100, "unmap_vmas");
	mmn_addr_cache_learn(0x1010, 5);
	ok(is_cached(0x1010) && mmn_addr_cache_get(0x1010)->up == 5, "learn() caches it with both");
	mmn_addr_cache_learn(0x1010, 6);
	ok(mmn_addr_cache_get(0x1010)->up == 6 && lookups == 1, "a later distance replaces it");
}

static void test_up(void)
{
	unsigned int n, wrong = 0;

	for (n = 1; n <= MMN_UP_INDIRECT_MAX; n++)
		wrong += mmn_up_indirect(MMN_UP_INDIRECT(n)) != n;
	ok(!wrong, "an indirect distance has its number of words");
	ok(!mmn_up_indirect(MMN_UP_UNKNOWN) && !mmn_up_indirect(MMN_UP_LAST) &&
	   !mmn_up_indirect(MMN_UP_INDIRECT(0)) && !mmn_up_indirect(MMN_UP_INDIRECT(2) | 1) &&
	   !mmn_up_indirect(MMN_UP_INDIRECT(2) | MMN_UP_BP), "all other distances have none");
}

/* ---- places in the table ---- */

/* Return: the @nr-th address whose probe sequence begins at the last slot but @back. */
static unsigned long address(unsigned int back, unsigned int nr)
{
	unsigned long pc;

	for (pc = 0x100000; ; pc += 4)
		if (hash_long(pc, MMN_ADDR_CACHE_BITS) == (1 << MMN_ADDR_CACHE_BITS) - 1 - back &&
		    !nr--)
			return pc;
}

static void test_probes(void)
{
	unsigned long pc[PROBES + 1];
	unsigned int i, missing = 0;

	begin();
	for (i = 0; i <= PROBES; i++)
		pc[i] = address(2, i);
	for (i = 0; i < PROBES; i++)
		mmn_addr_cache_resolve(pc[i]);
	for (i = 0; i < PROBES; i++)
		missing += !is_cached(pc[i]) || mmn_addr_cache_find(pc[i])->pc != pc[i];
	ok(!missing && mmn_addr_cache_table[PROBES - 4].pc == pc[PROBES - 1],
	   "addresses with the same place go to the next 15, and from the last to the first");
	mmn_addr_cache_resolve(pc[PROBES]);
	ok(!is_cached(pc[PROBES]) && !mmn_addr_cache_table[PROBES - 3].pc &&
	   mmn_addr_cache_find(pc[0]), "one more finds no place");
	mmn_addr_cache_table[1].pc = 1;
	mmn_addr_cache_table[1].up = 9;
	mmn_addr_cache_table[4].pc = 1;
	ok(is_cached(pc[PROBES - 1]), "a removed entry does not end the search");
	mmn_addr_cache_resolve(pc[PROBES]);
	ok(mmn_addr_cache_table[1].pc == pc[PROBES] && is_cached(pc[PROBES]) &&
	   mmn_addr_cache_table[1].up == MMN_UP_UNKNOWN,
	   "the first one is used again, without the distance of before");
	mmn_addr_cache_learn(pc[PROBES - 1], 9);
	ok(mmn_addr_cache_table[4].pc == 1 && mmn_addr_cache_table[PROBES - 4].up == 9,
	   "no address is cached twice");
	ok(clean(), "the lock is held for each change, and free afterwards");
}

static void test_drop(void)
{
	unsigned long core = module.start + 0x10, init = module.init + 0x10;

	begin();
	symbol(0x1000, 0x100, "unmap_vmas");
	symbol(module.start, 0x1000, "f [driver]");
	symbol(module.init, 0x1000, "init [driver]");
	mmn_addr_cache_resolve(0x1010);
	mmn_addr_cache_resolve(core);
	mmn_addr_cache_resolve(init);
	mmn_addr_cache_drop(&module, false);
	ok(is_cached(core) && !is_cached(init), "with its init functions, only their addresses go");
	mmn_addr_cache_resolve(init);
	mmn_addr_cache_drop(&module, true);
	ok(!is_cached(core) && !is_cached(init) && is_cached(0x1010),
	   "with a module all of its addresses go, and no others");
	mmn_addr_cache_table[0].pc = module.start;
	mmn_addr_cache_table[(1 << MMN_ADDR_CACHE_BITS) - 1].pc = module.start;
	mmn_addr_cache_drop(&module, true);
	ok(mmn_addr_cache_table[0].pc == 1 &&
	   mmn_addr_cache_table[(1 << MMN_ADDR_CACHE_BITS) - 1].pc == 1 && clean(),
	   "from the first entry to the last, and each leaves a mark");
}

/* ---- unknown call sites ---- */

static struct seq_file page;

static bool shows(const char *text)
{
	page.len = 0;
	mmn_addr_cache_show(&page);
	return strstr(page.text, text);
}

/* Return: the hits that debugfs has for an unknown symbol; -1 if it is not listed. */
static int hits_of(const char *name)
{
	const char *line;
	char begin[100];
	int hits = -1;

	snprintf(begin, sizeof(begin), "\n%-34s unknown ", name);
	line = shows(begin) ? strstr(page.text, begin) : NULL;
	if (line)
		sscanf(line + strlen(begin), "%d", &hits);
	return hits;
}

static void test_unknown(void)
{
	char name[20];
	unsigned int i;

	begin();
	symbol(0x1000, 0x100, "unmap_vmas");
	symbol(0x2000, 0x100, "strange");
	ok(shows("# unknown 0\n") && hits_of("") == -1,
	   "there is no unknown call site at first");
	mmn_addr_cache_count_unknown(0x1010, row_of("unmap_vmas"));
	ok(shows("# unknown 0\n"), "a known one is not counted as such");
	mmn_addr_cache_count_unknown(0x2010, MMN_SITE_UNKNOWN);
	ok(hits_of("strange") == 1 && shows("# unknown 1\n") && logs == 1 &&
	   strstr(logged, "unknown call site strange:"), "an unknown one is, and logged");
	mmn_addr_cache_count_unknown(0x2020, MMN_SITE_UNKNOWN);
	ok(hits_of("strange") == 2 && shows("# unknown 1\n") && logs == 1,
	   "another address in it is the same one, and not logged again");
	mmn_addr_cache_count_unknown(0x9999, MMN_SITE_UNKNOWN);
	ok(hits_of("(no-symbol)") == 1 && !strstr(logged, "999"),
	   "code without a symbol has no address in the log");
	for (i = 2; i < 32; i++) {
		snprintf(name, sizeof(name), "strange%u", i);
		symbol(0x3000 + 0x100 * i, 0x100, name);
		mmn_addr_cache_count_unknown(0x3010 + 0x100 * i, MMN_SITE_UNKNOWN);
	}
	ok(shows("# unknown 32\n") && hits_of("strange31") == 1 && logs == 32,
	   "32 are counted");
	symbol(0x8000, 0x100, "more");
	mmn_addr_cache_count_unknown(0x8010, MMN_SITE_UNKNOWN);
	mmn_addr_cache_count_unknown(0x2010, MMN_SITE_UNKNOWN);
	ok(shows("# unknown 32\n") && hits_of("more") == -1 && logs == 32 && clean() &&
	   hits_of("strange") == 3, "one more is not, but those of before are");
}

/* After test_unknown(). */
static void test_read_unknown(void)
{
	char name[MMN_ADDR_CACHE_NAME], zeros[MMN_ADDR_CACHE_NAME] = { };
	u64 hits = 0;

	memset(name, 0xff, sizeof(name));
	ok(mmn_addr_cache_unknown(0, name, &hits) && !strcmp(name, "strange") && hits == 3 &&
	   !memcmp(name + 7, zeros, sizeof(name) - 7),
	   "unknown call sites are read in the order in which they came, without what was there before");
	ok(mmn_addr_cache_unknown(31, name, &hits) && !strcmp(name, "strange31") && hits == 1 &&
	   !mmn_addr_cache_unknown(32, name, &hits) && clean(), "up to the last");
}

static void test_show(void)
{
	char line[200];

	snprintf(line, sizeof(line),
		 "# site resolved hits kernels\n%-34s yes               7  %s\n",
		 mmn_site_table_name(1), mmn_site_table_kernels(1));
	ok(shows(line), "debugfs has the hits of each row");
	snprintf(line, sizeof(line), "\n%-34s no                0  %s\n", mmn_site_table_name(2),
		 mmn_site_table_kernels(2));
	ok(shows(line), "and those without");
	snprintf(line, sizeof(line), "  %s\n# unknown",
		 mmn_site_table_kernels(mmn_site_table_nr() - 1));
	ok(shows(line) && !strstr(page.text, mmn_site_table_name(MMN_SITE_UNKNOWN)),
	   "up to the last, without that of unknown sites");
}

static void test_print(void)
{
	char name[20];

	begin();
	symbol(0x1000, 0x100, "unmap_vmas");
	ok(mmn_addr_cache_print(0, name, sizeof(name)) == 1 && !strcmp(name, "-"),
	   "no call site is printed as -");
	ok(mmn_addr_cache_print(0x1100, name, sizeof(name)) == 10 && !strcmp(name, "unmap_vmas"),
	   "one is by its symbol");
	ok(mmn_addr_cache_print(0x1010, name, 4) == 10 && !strcmp(name, "unm"),
	   "as far as the buffer goes");
	mmn_addr_cache_print(0x7777, name, sizeof(name));
	ok(!strcmp(name, "(no-symbol)"), "never by its address");
}

static void test_forget(void)
{
	begin();
	symbol(0x1000, 0x100, "unmap_vmas");
	symbol(0x2000, 0x100, "change_protection");
	symbol(0x3000, 0x100, "move_page_tables");
	ok(mmn_addr_cache_forget("unmap_vmas,strange") == -EINVAL &&
	   strstr(logged, "forget=unmap_vmas,strange: strange is no known call site"),
	   "forget= refuses a symbol without a row");
	ok(!mmn_addr_cache_forget("") && !mmn_addr_cache_forget("unmap_vmas,change_protection"),
	   "and takes a list of those that have one");
	ok(mmn_addr_cache_resolve(0x1010) == MMN_SITE_UNKNOWN &&
	   mmn_addr_cache_resolve(0x2010) == MMN_SITE_UNKNOWN &&
	   mmn_addr_cache_get(0x1010)->class == MMN_CLASS_UNKNOWN &&
	   mmn_addr_cache_resolve(0x3010) == row_of("move_page_tables"),
	   "which are unknown then, and no others");
	begin();
	symbol(0x3000, 0x100, "move_page_tables");
	ok(!mmn_addr_cache_forget("all") && mmn_addr_cache_resolve(0x3010) == MMN_SITE_UNKNOWN,
	   "with all every one is");
}

int main(void)
{
	test_resolve();
	test_trust();
	test_stable();
	test_anywhere();
	test_learn();
	test_up();
	test_probes();
	test_drop();
	test_unknown();
	test_read_unknown();
	test_show();
	test_print();
	test_forget();
	return tap_done();
}
