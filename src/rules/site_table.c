// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * site_table: the kernel functions that contain a call site, that is, announce an
 * invalidation. Which symbol contains the call differs between versions and compilers. Each
 * row is the outermost symbol that was seen to contain it, and a class may have many rows.
 *
 * If a kernel moves a call site, it gets a row here; nothing else changes.
 *
 * Pure: it also compiles in user space.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#include "rules.h"
#include "site_table.h"
#include "symbol_name.h"

/**
 * struct site - symbol that contains a call site
 * @name: bare name of the symbol, without compiler suffixes
 * @class: enum mmn_class of the call
 * @kernels: kernel versions in which it was seen or read, for documents and debugfs
 */
struct site {
	const char *name;
	u8 class;
	const char *kernels;
};

/* clang-format off */
static const struct site sites[] = {
	[MMN_SITE_UNKNOWN] = { "(unknown)", MMN_CLASS_UNKNOWN, "" },

	{ "unmap_vmas",			MMN_CLASS_UNMAP,	"5.10-7.3" },
	{ "move_page_tables",		MMN_CLASS_MOVE,		"5.10-7.3, .part.0 in 5.10" },
	{ "move_hugetlb_page_tables",	MMN_CLASS_MOVE_HUGETLB,	"6.1-7.3" },

	{ "zap_page_range",		MMN_CLASS_ZAP,		"5.10-6.1" },
	{ "zap_page_range_single",	MMN_CLASS_ZAP,		"5.10-6.12" },
	{ "zap_page_range_single_batched", MMN_CLASS_ZAP,	"6.15, read only" },
	{ "zap_vma_range_batched",	MMN_CLASS_ZAP,		"7.2-7.3" },
	{ "unmap_hugepage_range",	MMN_CLASS_ZAP,		"6.12-7.3" },
	{ "__unmap_hugepage_range",	MMN_CLASS_HUGETLB_NESTED, "5.10-6.1" },

	{ "__oom_reap_task_mm",		MMN_CLASS_REAP,		"5.10-6.12" },
	{ "zap_vma_for_reaping",	MMN_CLASS_REAP,		"7.2-7.3" },

	/* Inlining decides which of these is the outermost symbol. */
	{ "change_protection",		MMN_CLASS_PROTECT,	"5.10-7.3" },
	{ "change_protection_range",	MMN_CLASS_PROTECT,	"other builds" },
	{ "change_p4d_range",		MMN_CLASS_PROTECT,	"other builds" },
	{ "change_pud_range",		MMN_CLASS_PROTECT,	"other builds" },
	{ "change_pmd_range",		MMN_CLASS_PROTECT,	"other builds" },
	{ "hugetlb_change_protection",	MMN_CLASS_HUGETLB_PROTECT, "5.10-7.3" },
	{ "do_pagemap_scan",		MMN_CLASS_PAGEMAP_SCAN,	"6.12-7.3" },
	{ "clear_refs_write",		MMN_CLASS_CLEAR_REFS,	"5.10-7.3" },

	{ "copy_page_range",		MMN_CLASS_FORK,		"5.10-7.3" },
	{ "copy_hugetlb_page_range",	MMN_CLASS_FORK,		"5.10-7.3" },

	{ "page_mkclean_one",		MMN_CLASS_MKCLEAN,	"5.10" },
	{ "page_vma_mkclean_one",	MMN_CLASS_MKCLEAN,	"6.1-7.3, .constprop.0" },
	{ "wp_clean_pre_vma",		MMN_CLASS_DIRTY_TRACK,	"5.10-7.3, vmwgfx" },
	{ "follow_invalidate_pte",	MMN_CLASS_DAX_MKCLEAN,	"5.10" },
	{ "__follow_pte_pmd",		MMN_CLASS_DAX_MKCLEAN,	"RHEL 8, read only" },

	{ "wp_page_copy",		MMN_CLASS_COW,		"5.10-6.1" },
	{ "__wp_page_copy",		MMN_CLASS_COW,		"RHEL 8 and 9, read only" },
	{ "do_wp_page",			MMN_CLASS_COW,		"6.12-7.3, inlined" },
	{ "do_huge_pmd_wp_page",	MMN_CLASS_COW,		"7.2-7.3, huge zero page" },
	{ "do_huge_pmd_wp_page_fallback", MMN_CLASS_COW,	"5.4, read only" },
	{ "do_huge_zero_wp_pmd",	MMN_CLASS_COW,		"other builds" },
	{ "hugetlb_cow",		MMN_CLASS_HUGETLB_COW,	"5.10" },
	{ "hugetlb_cor",		MMN_CLASS_HUGETLB_COW,	"RHEL 8 and 9, read only" },
	{ "__hugetlb_cor_cow",		MMN_CLASS_HUGETLB_COW,	"RHEL 8 and 9, read only" },
	{ "hugetlb_wp",			MMN_CLASS_HUGETLB_COW,	"6.1-7.3" },

	{ "madvise_free_single_vma",	MMN_CLASS_MADV_FREE,	"5.10-7.3, not 6.12" },
	{ "do_madvise",			MMN_CLASS_MADV_FREE,	"6.12, inlined" },
	{ "madvise_do_behavior",	MMN_CLASS_MADV_FREE,	"6.16-6.17, read only" },

	{ "__split_huge_pmd",		MMN_CLASS_THP_SPLIT,	"5.10-7.3" },
	{ "__split_huge_pud",		MMN_CLASS_THP_SPLIT,	"5.10-7.3, DAX" },
	{ "collapse_huge_page",		MMN_CLASS_THP_COLLAPSE,	"6.1-7.3" },
	{ "khugepaged",			MMN_CLASS_THP_COLLAPSE,	"5.10, inlined" },
	{ "collapse_pte_mapped_thp",	MMN_CLASS_THP_COLLAPSE,	"5.10, 6.12" },
	{ "try_collapse_pte_mapped_thp", MMN_CLASS_THP_COLLAPSE, "7.2-7.3" },
	{ "collapse_and_free_pmd",	MMN_CLASS_THP_COLLAPSE,	"6.1" },
	{ "retract_page_tables",	MMN_CLASS_THP_COLLAPSE,	"5.10, 6.12-7.3" },
	{ "collapse_file",		MMN_CLASS_THP_COLLAPSE,	"other builds" },

	{ "try_to_unmap_one",		MMN_CLASS_RMAP_UNMAP,	"5.10-7.3" },
	{ "try_to_migrate_one",		MMN_CLASS_RMAP_MIGRATE,	"6.1-7.3" },
	{ "try_to_unmap_poisoned_hugetlb_one", MMN_CLASS_HWPOISON, "7.3" },

	{ "write_protect_page",		MMN_CLASS_KSM_WRPROTECT, "5.10-7.3" },
	{ "try_to_merge_one_page",	MMN_CLASS_KSM_REPLACE,	"5.10-7.3, inlined" },
	{ "replace_page",		MMN_CLASS_KSM_REPLACE,	"other builds" },
	{ "try_to_merge_with_ksm_page",	MMN_CLASS_KSM_REPLACE,	"other builds" },

	{ "__replace_page",		MMN_CLASS_UPROBE,	"5.10-6.12" },
	{ "uprobe_write_opcode",	MMN_CLASS_UPROBE,	"6.16-6.17, read only" },
	{ "uprobe_write",		MMN_CLASS_UPROBE,	"7.2-7.3" },
	{ "move_pages",			MMN_CLASS_UFFD_MOVE,	"6.12, inlined" },
	{ "move_pages_pte",		MMN_CLASS_UFFD_MOVE,	"other builds" },
	{ "move_pages_ptes",		MMN_CLASS_UFFD_MOVE,	"7.2-7.3" },
	{ "move_pages_huge_pmd",	MMN_CLASS_UFFD_MOVE,	"6.12-7.3" },
	{ "hugetlb_unshare_pmds",	MMN_CLASS_PMD_UNSHARE,	"5.10-7.3, .constprop.0" },
	{ "hugetlb_unshare_all_pmds",	MMN_CLASS_PMD_UNSHARE,	"other builds" },

	{ "migrate_vma_collect",	MMN_CLASS_MIGRATE_VMA,	"other builds" },
	{ "migrate_vma_setup",		MMN_CLASS_MIGRATE_VMA,	"6.1-7.3, inlined" },
	{ "migrate_vma_pages",		MMN_CLASS_MIGRATE_VMA,	"other builds" },
	{ "__migrate_device_pages",	MMN_CLASS_MIGRATE_VMA,	"6.1-7.3" },
	{ "page_make_device_exclusive_one", MMN_CLASS_EXCLUSIVE, "other builds" },
	{ "make_device_exclusive",	MMN_CLASS_EXCLUSIVE,	"7.2-7.3" },
	{ "remove_device_exclusive_entry", MMN_CLASS_EXCLUSIVE_RESTORE, "other builds" },
	{ "do_swap_page",		MMN_CLASS_EXCLUSIVE_RESTORE, "7.2-7.3, inlined" },
};

/* clang-format on */

/* A row fits into the u8 of struct mmn_site, and into tables by row. */
static_assert(ARRAY_SIZE(sites) <= MMN_SITE_ROWS_MAX);

unsigned int mmn_site_table_nr(void)
{
	return ARRAY_SIZE(sites);
}

const char *mmn_site_table_name(unsigned int row)
{
	return row < ARRAY_SIZE(sites) ? sites[row].name : sites[0].name;
}

unsigned int mmn_site_table_class(unsigned int row)
{
	return row < ARRAY_SIZE(sites) ? sites[row].class : sites[0].class;
}

const char *mmn_site_table_kernels(unsigned int row)
{
	return row < ARRAY_SIZE(sites) ? sites[row].kernels : sites[0].kernels;
}

/**
 * mmn_site_table_find() - find the row of a symbol
 * @symbol: symbol as kallsyms prints it, see symbol_name.h
 *
 * Symbols of modules have no row: a module may use the name of a kernel function.
 *
 * Context: Any.
 * Return: the row; MMN_SITE_UNKNOWN if there is none.
 */
unsigned int mmn_site_table_find(const char *symbol)
{
	size_t len = mmn_symbol_len(symbol);
	unsigned int row;

	if (mmn_symbol_owner(symbol))
		return MMN_SITE_UNKNOWN;
	for (row = 1; row < ARRAY_SIZE(sites); row++)
		if (mmn_symbol_is(symbol, len, sites[row].name))
			return row;
	return MMN_SITE_UNKNOWN;
}

/**
 * mmn_site_table_hide() - hide the address of code without a symbol
 * @symbol: symbol as kallsyms prints it: "0x..." if there is none, which is replaced; the
 *	buffer has at least 19 bytes
 *
 * Context: Any.
 */
void mmn_site_table_hide(char *symbol)
{
	static const char none[] = "(no-symbol)";

	if (symbol[0] == '0')
		memcpy(symbol, none, sizeof(none));
}
