// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* The audit of the sources as a table: it covers the site table, and callers by name. */
#include <stdio.h>
#include <string.h>

#include <linux/kernel.h>
#include <mmnotify/mmnotify_types.h>

#include "rules/census_table.h"
#include "rules/rules.h"
#include "rules/site_table.h"
#include "tap.h"

/* Each event that a rule of @class gives, without the groups that have all effects. */
static u32 least_effects(unsigned int class)
{
	u32 least = MMNOTIFY_FX_ALL;
	struct mmn_verdict v;
	unsigned int nr;

	for (nr = 0; mmn_rules_get(class, nr, &v); nr++)
		if (!(mmn_rules_how(class, nr) & (MMN_RULE_NEEDS_STACK | MMN_RULE_NEVER)))
			least &= v.effects;
	return least;
}

static bool has_callee(unsigned int class)
{
	const struct mmn_census_callee *c;
	unsigned int nr;

	for (nr = 0; (c = mmn_census_table_callee(nr)); nr++)
		if (c->class == class)
			return true;
	return false;
}

static void test_rows(void)
{
	unsigned int row, missing = 0, open = 0, class;
	const struct mmn_census_row *r;

	for (row = 1; row < mmn_site_table_nr(); row++) {
		class = mmn_site_table_class(row);
		r = mmn_census_table_find(mmn_site_table_name(row));
		if (!r || !r->natives || !r->calls) {
			printf("# %s was not audited\n", mmn_site_table_name(row));
			missing++;
		}
		if (!(least_effects(class) & MMNOTIFY_FX_PFN) && !has_callee(class)) {
			printf("# no callers of %s were audited\n", mmn_site_table_name(row));
			open++;
		}
	}
	ok(!missing, "each row of the site table was audited");
	ok(!open, "each class with less effects than CLEAR has audited callers");
	ok(!mmn_census_table_find("no_such_row") && !mmn_census_table_find("unmap_vmas.cold"),
	   "other names have no row");
	r = mmn_census_table_find("change_protection");
	ok(r && r->natives == 1 << MMNOTIFY_PROTECTION_VMA && r->calls == 1,
	   "change_protection announces PROTECTION_VMA, once");
}

static bool may_call(const char *caller, const char *callee)
{
	int nr = mmn_census_table_find_callee(callee);

	return nr >= 0 && mmn_census_table_may_call(caller, mmn_census_table_callee(nr));
}

static void test_callers(void)
{
	const struct mmn_census_callee *c;
	unsigned int nr, wrong = 0;

	ok(may_call("mprotect_fixup+0x1c/0x300", "change_protection") &&
	   may_call("change_prot_numa.part.0", "change_protection.isra.0+0x1/0x2"),
	   "an audited caller may call, whatever the suffixes are");
	ok(!may_call("mprotect_fixup+0x1c/0x300 [mprotect]", "change_protection"),
	   "a module with the function's name may not");
	ok(!may_call("new_caller", "change_protection") &&
	   !may_call("0xffffffffa0000000", "change_protection"),
	   "another function may not");
	ok(!may_call("mprotect_fixup", "hugetlb_change_protection") &&
	   !may_call("dup_mmap", "wp_clean_pre_vma"), "nor may the caller of another callee");
	ok(may_call("follow_pte+0x12/0x30", "follow_invalidate_pte") &&
	   may_call("generic_access_phys+0x55/0x2a0", "follow_invalidate_pte"),
	   "a function may call into which compilers inline an audited caller");
	ok(may_call("change_protection.cold+0x3/0x9", "change_protection"),
	   "a function may call its own parts");
	ok(mmn_census_table_find_callee("unmap_vmas") == -1 &&
	   mmn_census_table_find_callee("change_protection [mod]") == -1,
	   "functions of modules, and those whose callers do not matter are not in the table");
	for (nr = 0; (c = mmn_census_table_callee(nr)); nr++) {
		wrong += mmn_site_table_class(mmn_site_table_find(c->name)) != c->class;
		wrong += mmn_census_table_find_callee(c->name) != (int)nr;
		wrong += !!c->callers[MMN_CENSUS_CALLERS];
	}
	ok(!wrong, "each callee is a row of its class, once, with an end of its list");
}

/*
 * Callers of the audited sources, from the callee upward as long as they are static: a compiler
 * that inlines one of them leaves the call to the next.
 */
static const struct {
	const char *callee, *callers[6];
} chains[] = {
	{ "copy_page_range", { "dup_mmap", "dup_mm", "copy_mm", "copy_process" } },
	{ "write_protect_page", { "try_to_merge_one_page", "try_to_merge_with_ksm_page",
		"try_to_merge_two_pages", "try_to_merge_with_zero_page", "cmp_and_merge_page" } },
	{ "follow_invalidate_pte", { "dax_entry_mkclean", "dax_writeback_one",
		"dax_writeback_mapping_range" } },
	{ "__follow_pte_pmd", { "follow_pte", "follow_pfn", "follow_phys" } },
	{ "change_pmd_range", { "change_pud_range", "change_p4d_range",
		"change_protection_range", "change_protection" } },
	{ "change_protection", { "userfaultfd_unregister", "userfaultfd_ioctl" } },
};

static void test_chains(void)
{
	unsigned int i, missing = 0;
	const char *const *caller;

	for (i = 0; i < ARRAY_SIZE(chains); i++)
		for (caller = chains[i].callers; *caller; caller++)
			if (!may_call(*caller, chains[i].callee)) {
				printf("# %s may not call %s\n", *caller, chains[i].callee);
				missing++;
			}
	ok(!missing, "where a compiler inlines a caller, the next one may call");
}

int main(void)
{
	test_rows();
	test_callers();
	test_chains();
	return tap_done();
}
