// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * causes-doc: prints the tables of src as lines of tab-separated fields, for
 * tools/causes-doc. The files of src/rules are linked unchanged.
 *
 *	cause NAME
 *	rule CLASS EVENT CAUSE EFFECTS SURE|GUESS WIDE|EXACT WALK
 *	site CLASS SYMBOL KERNELS
 *
 * WALK: if the stack was walked before this rule decides: "never", "always", or "some"
 * (only if an earlier rule requested it).
 */
#include <stdio.h>

#include <linux/kernel.h>

#include "rules/rules.h"
#include "rules/names.h"
#include "rules/site_table.h"

static const char *walk_text(u32 how, bool may_ask, bool must_ask)
{
	if (must_ask || (how & MMN_RULE_SAW))
		return "always";
	return may_ask ? "some" : "never";
}

static void print_rules(unsigned int class)
{
	bool may_ask = false, must_ask = false;
	struct mmn_verdict v;
	unsigned int nr;
	u32 how;

	for (nr = 0; mmn_rules_get(class, nr, &v); nr++) {
		how = mmn_rules_how(class, nr);
		if (how & MMN_RULE_NEVER)
			continue;
		if (how & MMN_RULE_NEEDS_STACK) {
			may_ask = true;
			must_ask |= how & MMN_RULE_ALWAYS;
			continue;
		}
		printf("rule\t%u\t%s\t%s\t%#x\t%s\t%s\t%s\n", class,
		       mmn_names_event(v.event), mmn_names_cause(v.cause),
		       v.effects, v.flags & MMNOTIFY_F_EXACT ? "SURE" : "GUESS",
		       v.flags & MMNOTIFY_F_WIDENED ? "WIDE" : "EXACT",
		       walk_text(how, may_ask, must_ask));
	}
}

static void print_sites(unsigned int class)
{
	unsigned int row;

	for (row = 0; row < mmn_site_table_nr(); row++)
		if (mmn_site_table_class(row) == class)
			printf("site\t%u\t%s\t%s\n", class,
			       mmn_site_table_name(row),
			       mmn_site_table_kernels(row));
}

int main(void)
{
	unsigned int i;

	for (i = 0; i < MMNOTIFY_NR_CAUSES; i++)
		printf("cause\t%s\n", mmn_names_cause(i));
	for (i = 0; i < MMN_NR_CLASSES; i++) {
		print_rules(i);
		print_sites(i);
	}
	return 0;
}
