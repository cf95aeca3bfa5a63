// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * site_table: which symbols have a row, in each spelling of kallsyms, and that no
 * known call site of the kernel is missing (callsites.txt).
 */
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "rules/rules.h"
#include "rules/site_table.h"
#include "tap.h"

#define CLASS(c)	[MMN_CLASS_##c] = #c

static const char *const class_names[MMN_NR_CLASSES] = {
	CLASS(UNKNOWN), CLASS(RELEASE), CLASS(UNMAP), CLASS(MOVE),
	CLASS(MOVE_HUGETLB), CLASS(ZAP), CLASS(HUGETLB_NESTED), CLASS(REAP),
	CLASS(PROTECT), CLASS(HUGETLB_PROTECT), CLASS(PAGEMAP_SCAN), CLASS(CLEAR_REFS),
	CLASS(FORK), CLASS(MKCLEAN), CLASS(DAX_MKCLEAN), CLASS(DIRTY_TRACK),
	CLASS(COW), CLASS(HUGETLB_COW), CLASS(MADV_FREE), CLASS(THP_SPLIT),
	CLASS(THP_COLLAPSE), CLASS(RMAP_UNMAP), CLASS(RMAP_MIGRATE),
	CLASS(HWPOISON), CLASS(KSM_WRPROTECT), CLASS(KSM_REPLACE),
	CLASS(UPROBE), CLASS(UFFD_MOVE), CLASS(PMD_UNSHARE),
	CLASS(MIGRATE_VMA), CLASS(EXCLUSIVE), CLASS(EXCLUSIVE_RESTORE),
};

static const char *class_of(const char *symbol)
{
	return class_names[mmn_site_table_class(mmn_site_table_find(symbol))];
}

static void test_spelling(const char *symbol, const char *class)
{
	ok(!strcmp(class_of(symbol), class), "\"%.40s\" is %s (%s)", symbol,
	   class, class_of(symbol));
}

static void test_spellings(void)
{
	static const char *const unmap[] = {
		"unmap_vmas", "unmap_vmas.part.0", "unmap_vmas.part.17",
		"unmap_vmas.constprop.0", "unmap_vmas.isra.0",
		"unmap_vmas.cold", "unmap_vmas.llvm.1234567890",
		"unmap_vmas.isra.0.part.1.cold", "unmap_vmas+0x10/0x20",
		"unmap_vmas.part.0+0x10/0x20", "unmap_vmas+0x0/0x1",
		"unmap_vmas\n", "unmap_vmas ",
	};
	static const char *const unknown[] = {
		"", ".", "+0x10/0x20", " ", "\n", "unmap_vma", "unmap_vmas_x",
		"xunmap_vmas", "_unmap_vmas", "UNMAP_VMAS", "u", "unmap_vmasx.part.0",
		"unmap_vma.part.0", "unmap_vmas-x", "unmap_vmas [mod]",
		"unmap_vmas+0x10/0x20 [mod]", "unmap_vmas.part.0 [mod]",
		"unmap_vmas[mod]", "0xffffffff81234567", "(unknown)", "hole",
		"split_huge_pmd", "mmu_notifier_invalidate_range_start",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(unmap); i++)
		test_spelling(unmap[i], "UNMAP");
	for (i = 0; i < ARRAY_SIZE(unknown); i++)
		test_spelling(unknown[i], "UNKNOWN");
}

/* On the heap without slack, so that ASan reports a read behind the end. */
static void test_long(void)
{
	static const size_t sizes[] = { 2, 11, 512, 1 << 20 };
	unsigned int i;
	char *name;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		name = malloc(sizes[i]);
		memset(name, 'u', sizes[i] - 1);
		name[sizes[i] - 1] = '\0';
		test_spelling(name, "UNKNOWN");
		free(name);
	}
}

static void test_rows(void)
{
	unsigned int row, other, nr = mmn_site_table_nr();
	bool has_row[MMN_NR_CLASSES] = { false };
	const char *name;

	ok(nr > 1 && nr < 128, "%u rows, all fit in a byte and in the counters",
	   nr);
	ok(mmn_site_table_class(MMN_SITE_UNKNOWN) == MMN_CLASS_UNKNOWN,
	   "row 0 is UNKNOWN");
	for (row = 1; row < nr; row++) {
		name = mmn_site_table_name(row);
		ok(mmn_site_table_find(name) == row, "%s finds itself", name);
		ok(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") ==
		   strlen(name), "%s is a plain symbol", name);
		for (other = 1; other < row; other++)
			if (!strcmp(mmn_site_table_name(other), name))
				break;
		ok(other == row, "%s has one row", name);
		ok(mmn_site_table_kernels(row)[0], "%s has the kernels that it is from",
		   name);
		ok(mmn_site_table_class(row) < MMN_NR_CLASSES &&
		   mmn_site_table_class(row) > MMN_CLASS_RELEASE,
		   "%s has a class of sites", name);
		has_row[mmn_site_table_class(row)] = true;
	}
	for (row = 0; row < MMN_NR_CLASSES; row++)
		ok(class_names[row], "class %u has a name here", row);
	for (row = MMN_CLASS_RELEASE + 1; row < MMN_NR_CLASSES; row++)
		ok(has_row[row], "class %s has a row", class_names[row]);
}

static void test_out_of_range(void)
{
	static const unsigned int rows[] = { 0, 1000, ~0u };
	unsigned int i, row;

	for (i = 0; i <= ARRAY_SIZE(rows); i++) {
		row = i < ARRAY_SIZE(rows) ? rows[i] : mmn_site_table_nr();
		ok(!strcmp(mmn_site_table_name(row), "(unknown)") &&
		   mmn_site_table_class(row) == MMN_CLASS_UNKNOWN &&
		   !mmn_site_table_kernels(row)[0], "row %u is UNKNOWN",
		   row);
	}
}

static void test_hidden(void)
{
	char address[] = "0xffffffffc0123456", symbol[] = "zap_page_range";

	mmn_site_table_hide(address);
	ok(!strcmp(address, "(no-symbol)") &&
	   mmn_site_table_find(address) == MMN_SITE_UNKNOWN,
	   "an address without a symbol is hidden");
	mmn_site_table_hide(symbol);
	ok(!strcmp(symbol, "zap_page_range"), "a symbol is not hidden");
}

static void test_callsites(void)
{
	FILE *file = fopen(TOP "/tests/unit/callsites.txt", "r");
	char line[256], symbol[128], class[64];
	bool listed[128] = { false };
	unsigned int row, nr = 0;

	if (!file) {
		perror(TOP "/tests/unit/callsites.txt");
		exit(1);
	}
	while (fgets(line, sizeof(line), file)) {
		if (line[0] == '#')
			continue;
		if (sscanf(line, "%127s %63s", symbol, class) != 2) {
			ok(false, "callsites.txt: \"%s\" is symbol and class", line);
			continue;
		}
		nr++;
		test_spelling(symbol, class);
		listed[mmn_site_table_find(symbol)] = true;
	}
	fclose(file);
	ok(nr > 60, "callsites.txt lists %u call sites", nr);
	/* Each row must have a known call site. */
	for (row = 1; row < mmn_site_table_nr(); row++)
		ok(listed[row], "%s is a call site of callsites.txt",
		   mmn_site_table_name(row));
}

int main(void)
{
	test_spellings();
	test_long();
	test_rows();
	test_out_of_range();
	test_hidden();
	test_callsites();
	return tap_done();
}
