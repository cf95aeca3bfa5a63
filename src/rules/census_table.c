// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * census_table: what the sources of the audited kernels say about each row of the site table:
 * which native events it announces, how many calls it has, and for rows with less effects than
 * CLEAR which functions call it. A kernel that differs has another meaning there, or one that
 * was not audited.
 *
 * Audited: Debian's 5.10 to 7.3, Ubuntu's 5.4 to 6.5, RHEL 8.3 to 10.0. A call that a compiler
 * duplicates counts as often as it was seen.
 *
 * Pure: it also compiles in user space.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#include <mmnotify/mmnotify_types.h>

#include "census_table.h"
#include "rules.h"
#include "symbol_name.h"

#define EVENT(e)	(1u << MMNOTIFY_##e)

/* clang-format off */
static const struct mmn_census_row rows[] = {
	{ "unmap_vmas",			EVENT(UNMAP), 1 },
	{ "move_page_tables",		EVENT(UNMAP), 1 },
	{ "move_hugetlb_page_tables",	EVENT(CLEAR), 1 },
	{ "zap_page_range",		EVENT(CLEAR), 1 },
	{ "zap_page_range_single",	EVENT(CLEAR), 1 },
	{ "zap_page_range_single_batched",	EVENT(CLEAR), 1 },
	{ "zap_vma_range_batched",	EVENT(CLEAR), 1 },
	{ "unmap_hugepage_range",	EVENT(CLEAR), 1 },
	{ "__unmap_hugepage_range",	EVENT(UNMAP), 1 },
	{ "__oom_reap_task_mm",		EVENT(UNMAP), 1 },
	{ "zap_vma_for_reaping",	EVENT(CLEAR), 1 },
	{ "change_protection",		EVENT(PROTECTION_VMA), 1 },
	{ "change_protection_range",	EVENT(PROTECTION_VMA), 1 },
	{ "change_p4d_range",		EVENT(PROTECTION_VMA), 1 },
	{ "change_pud_range",		EVENT(PROTECTION_VMA), 1 },
	{ "change_pmd_range",		EVENT(PROTECTION_VMA), 1 },
	{ "hugetlb_change_protection",	EVENT(PROTECTION_VMA), 1 },
	{ "do_pagemap_scan",		EVENT(PROTECTION_VMA), 1 },
	{ "clear_refs_write",		EVENT(SOFT_DIRTY), 1 },
	{ "copy_page_range",		EVENT(PROTECTION_PAGE), 1 },
	{ "copy_hugetlb_page_range",	EVENT(CLEAR), 1 },
	{ "page_mkclean_one",		EVENT(PROTECTION_PAGE), 1 },
	{ "page_vma_mkclean_one",	EVENT(PROTECTION_PAGE), 1 },
	{ "wp_clean_pre_vma",		EVENT(PROTECTION_PAGE), 1 },
	{ "follow_invalidate_pte",	EVENT(CLEAR), 2 },
	{ "__follow_pte_pmd",		EVENT(CLEAR), 2 },
	{ "wp_page_copy",		EVENT(CLEAR), 1 },
	{ "__wp_page_copy",		EVENT(CLEAR), 1 },
	{ "do_wp_page",			EVENT(CLEAR), 1 },
	{ "do_huge_pmd_wp_page",	EVENT(CLEAR), 1 },
	{ "do_huge_pmd_wp_page_fallback",	EVENT(CLEAR), 1 },
	{ "do_huge_zero_wp_pmd",	EVENT(CLEAR), 1 },
	{ "hugetlb_cow",		EVENT(CLEAR), 1 },
	{ "hugetlb_cor",		EVENT(CLEAR), 1 },
	{ "__hugetlb_cor_cow",		EVENT(CLEAR), 1 },
	{ "hugetlb_wp",			EVENT(CLEAR), 1 },
	{ "madvise_free_single_vma",	EVENT(CLEAR), 1 },
	{ "do_madvise",			EVENT(CLEAR), 1 },
	{ "madvise_do_behavior",	EVENT(CLEAR), 1 },
	{ "__split_huge_pmd",		EVENT(CLEAR), 1 },
	{ "__split_huge_pud",		EVENT(CLEAR), 1 },
	{ "collapse_huge_page",		EVENT(CLEAR), 1 },
	{ "khugepaged",			EVENT(CLEAR), 1 },
	{ "collapse_pte_mapped_thp",	EVENT(CLEAR), 1 },
	{ "try_collapse_pte_mapped_thp",	EVENT(CLEAR), 1 },
	{ "collapse_and_free_pmd",	EVENT(CLEAR), 1 },
	{ "retract_page_tables",	EVENT(CLEAR), 1 },
	{ "collapse_file",		EVENT(CLEAR), 1 },
	{ "try_to_unmap_one",		EVENT(CLEAR), 1 },
	{ "try_to_migrate_one",		EVENT(CLEAR), 1 },
	{ "try_to_unmap_poisoned_hugetlb_one",	EVENT(CLEAR), 1 },
	{ "write_protect_page",		EVENT(CLEAR), 1 },
	{ "try_to_merge_one_page",	EVENT(CLEAR), 1 },
	{ "replace_page",		EVENT(CLEAR), 1 },
	{ "try_to_merge_with_ksm_page",	EVENT(CLEAR), 1 },
	{ "__replace_page",		EVENT(CLEAR), 1 },
	{ "uprobe_write_opcode",	EVENT(CLEAR), 1 },
	{ "uprobe_write",		EVENT(CLEAR), 1 },
	{ "move_pages",			EVENT(CLEAR), 1 },
	{ "move_pages_pte",		EVENT(CLEAR), 1 },
	{ "move_pages_ptes",		EVENT(CLEAR), 1 },
	{ "move_pages_huge_pmd",	EVENT(CLEAR), 2 },
	{ "hugetlb_unshare_pmds",	EVENT(CLEAR), 1 },
	{ "hugetlb_unshare_all_pmds",	EVENT(CLEAR), 1 },
	{ "migrate_vma_collect",	EVENT(MIGRATE) | EVENT(CLEAR), 1 },
	{ "migrate_vma_setup",		EVENT(MIGRATE) | EVENT(CLEAR), 1 },
	{ "migrate_vma_pages",		EVENT(MIGRATE) | EVENT(CLEAR), 1 },
	{ "__migrate_device_pages",	EVENT(MIGRATE), 1 },
	{ "page_make_device_exclusive_one",	EVENT(EXCLUSIVE), 1 },
	{ "make_device_exclusive",	EVENT(EXCLUSIVE), 1 },
	{ "remove_device_exclusive_entry",	EVENT(EXCLUSIVE) | EVENT(CLEAR), 1 },
	{ "do_swap_page",		EVENT(EXCLUSIVE) | EVENT(CLEAR), 1 },
};

/*
 * Direct calls only. A function that the reverse map or a file's operations enter through a
 * pointer has no caller here, so a direct call of it is new. Where compilers inline a function
 * of this list, its own callers are in the list, too.
 */
static const struct mmn_census_callee callees[] = {
	{ "change_protection", MMN_CLASS_PROTECT, {
		"change_prot_numa", "mprotect_fixup", "mwriteprotect_range", "uffd_wp_range",
		"mrwprotect_range", "userfaultfd_clear_vma", "userfaultfd_release_all",
		"userfaultfd_unregister", "userfaultfd_ioctl", "userfaultfd_release" } },
	{ "change_protection_range", MMN_CLASS_PROTECT, { "change_protection" } },
	{ "change_p4d_range", MMN_CLASS_PROTECT, {
		"change_protection_range", "change_protection" } },
	{ "change_pud_range", MMN_CLASS_PROTECT, {
		"change_p4d_range", "change_protection_range", "change_protection" } },
	{ "change_pmd_range", MMN_CLASS_PROTECT, {
		"change_pud_range", "change_p4d_range", "change_protection_range",
		"change_protection" } },
	{ "hugetlb_change_protection", MMN_CLASS_HUGETLB_PROTECT, {
		"change_protection" } },
	{ "do_pagemap_scan", MMN_CLASS_PAGEMAP_SCAN, { "do_pagemap_cmd" } },
	{ "clear_refs_write", MMN_CLASS_CLEAR_REFS, { NULL } },
	{ "copy_page_range", MMN_CLASS_FORK, {
		"dup_mmap", "dup_mm", "copy_mm", "copy_process" } },
	{ "copy_hugetlb_page_range", MMN_CLASS_FORK, { "copy_page_range" } },
	{ "page_mkclean_one", MMN_CLASS_MKCLEAN, { NULL } },
	{ "page_vma_mkclean_one", MMN_CLASS_MKCLEAN, {
		"page_mkclean_one", "pfn_mkclean_range", "mapping_wrprotect_range_one" } },
	{ "wp_clean_pre_vma", MMN_CLASS_DIRTY_TRACK, { NULL } },
	{ "follow_invalidate_pte", MMN_CLASS_DAX_MKCLEAN, {
		"dax_entry_mkclean", "dax_writeback_one", "dax_writeback_mapping_range",
		/* These pass no range, so it announces nothing for them. */
		"follow_pte", "follow_pfn", "follow_phys", "generic_access_phys" } },
	{ "__follow_pte_pmd", MMN_CLASS_DAX_MKCLEAN, {
		"follow_pte_pmd",
		/* These pass no range, likewise. */
		"follow_pte", "follow_pfn", "follow_phys" } },
	{ "write_protect_page", MMN_CLASS_KSM_WRPROTECT, {
		"try_to_merge_one_page", "try_to_merge_with_ksm_page", "try_to_merge_two_pages",
		"try_to_merge_with_zero_page", "cmp_and_merge_page" } },
};

/* clang-format on */

static_assert(ARRAY_SIZE(callees) <= MMN_CENSUS_CALLEES);

/**
 * mmn_census_table_find() - find what was audited of a row
 * @name: name of a row of the site table
 *
 * Context: Any.
 * Return: the row; NULL if there is none.
 */
const struct mmn_census_row *mmn_census_table_find(const char *name)
{
	const struct mmn_census_row *r;

	for (r = rows; r < rows + ARRAY_SIZE(rows); r++)
		if (!strcmp(r->name, name))
			return r;
	return NULL;
}

/**
 * mmn_census_table_callee() - get a function with audited callers by its position
 * @nr: position in the table, from 0
 *
 * Context: Any.
 * Return: the function; NULL behind the last one.
 */
const struct mmn_census_callee *mmn_census_table_callee(unsigned int nr)
{
	return nr < ARRAY_SIZE(callees) ? &callees[nr] : NULL;
}

/**
 * mmn_census_table_find_callee() - find a function with audited callers
 * @symbol: symbol as kallsyms prints it
 *
 * Context: Any.
 * Return: its position in the table; -1 if it has none.
 */
int mmn_census_table_find_callee(const char *symbol)
{
	size_t len = mmn_symbol_len(symbol);
	unsigned int i;

	if (mmn_symbol_owner(symbol))
		return -1;
	for (i = 0; i < ARRAY_SIZE(callees); i++)
		if (mmn_symbol_is(symbol, len, callees[i].name))
			return i;
	return -1;
}

/**
 * mmn_census_table_may_call() - is a direct call audited?
 * @symbol: function that calls, as kallsyms prints it
 * @callee: function that is called
 *
 * Context: Any.
 * Return: true if @symbol is of the kernel proper and one of the audited callers, or a part of
 * @callee that the compiler split off.
 */
bool mmn_census_table_may_call(const char *symbol, const struct mmn_census_callee *callee)
{
	size_t len = mmn_symbol_len(symbol);
	const char *const *caller;

	if (mmn_symbol_owner(symbol))
		return false;
	for (caller = callee->callers; *caller; caller++)
		if (mmn_symbol_is(symbol, len, *caller))
			return true;
	return mmn_symbol_is(symbol, len, callee->name);
}
