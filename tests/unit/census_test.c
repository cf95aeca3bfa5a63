// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * The census on made-up kernels: functions with calls in a buffer, and a fault planted in each
 * but the first. The row of the fault must not be trusted, all others must be.
 */
#include "census_kernel.h"

/* No module is searched. */
void mmn_module_text(const struct module *mod, void (*fn)(void *arg, const void *base, size_t size),
		     void *arg)
{
}

/* As the last instruction of @from, behind which another function begins. */
static void add_last_call(const char *from, const char *to)
{
	kernel[number_of(from)].calls[3] = number_of(to) + 1;
}

/* Return: a mask of the sites whose start is trusted. */
static unsigned int trusted(void)
{
	unsigned int i, mask = 0;

	for (i = 0; i < 4; i++)
		if (mmn_census_trust(mmn_site_table_find(sites[i]), ret_of(sites[i], 0)) ==
		    MMN_CTX_VERIFIED)
			mask |= 1u << i;
	return mask;
}

#define ALL	0xf
#define BUT(i)	(ALL & ~(1u << (i)))

static void test_right(void)
{
	unsigned int row = mmn_site_table_find("unmap_vmas");

	make_kernel();
	take();
	ok(!no_census && trusted() == ALL && strstr(logged, "4 call sites in 40 kB") &&
	   strstr(logged, "0 rows differ"),
	   "a kernel without a fault: all rows are trusted");
	ok(mmn_census_trust(row, ret_of("unmap_vmas", 1)), "so is the place that announces an end");
	ok(!mmn_census_trust(row, ret_of("unmap_vmas", 2)) &&
	   !mmn_census_trust(row, ret_of("change_protection", 0)) && !mmn_census_trust(row, 0),
	   "no address without such a call is, nor one in another row");
	ok(!mmn_census_trust(MMN_SITE_UNKNOWN, ret_of("unmap_vmas", 0)), "nor a site without a row");
	frameless = MMN_CLASS_UNMAP;
	ok(mmn_census_trust(row, ret_of("unmap_vmas", 0)) ==
	   (MMN_CTX_VERIFIED | MMN_CTX_NO_FRAMES) &&
	   mmn_census_trust(row, 0) == MMN_CTX_NO_FRAMES && trusted() == BUT(0),
	   "a row whose class lost its frames has a bit for that, trusted or not");
	frameless = MMN_NR_CLASSES;
	patched = mmn_site_table_find("copy_page_range");
	ok(trusted() == BUT(2), "nor a row that rests on a live patch");
	needs_census = false;
	ok(trusted() == BUT(2), "not with trust=series either");
	needs_census = true;
	patched = 0;
	exact = false;
	ok(!trusted(), "without trust in the kernel no row is");
	exact = true;
	needs_census = false;
	ok(mmn_census_trust(row, 0) && mmn_census_trust(mmn_site_table_find("hugetlb_wp"), 0),
	   "with trust=series all addresses are, also of rows that were not found");
}

static void test_plants(void)
{
	make_kernel();
	add("new_site");
	add_call("new_site", START);
	take();
	ok(trusted() == ALL && strstr(logged, "5 call sites") &&
	   strstr(logged, "1 of them without a row"),
	   "a new call site: it has no row, and no other is affected");
	make_kernel();
	take();
	ok(strstr(logged, "0 of them without a row"), "each census counts anew");

	make_kernel();
	add_call("other", FINISH);
	decoded = 0;
	take();
	ok(trusted() == ALL && !decoded, "an end without a row: it decides nothing, so no code is decoded");

	make_kernel();
	add_call("unmap_vmas", START);
	take();
	ok(trusted() == BUT(0) && strstr(logged, "unmap_vmas is not exact: more calls") &&
	   strstr(logged, "1 rows differ"),
	   "a second call in a known function: that row alone");
	needs_census = false;
	ok(!mmn_census_trust(mmn_site_table_find("unmap_vmas"), ret_of("unmap_vmas", 0)),
	   "nor is it with trust=series");

	make_kernel();
	add_call("other", "change_protection");
	take();
	ok(trusted() == BUT(1) && strstr(logged, "other() calls change_protection()"),
	   "a new caller of change_protection: that row alone, and the log has both");

	make_kernel();
	add_call("dup_mmap", sites[3]);
	take();
	ok(trusted() == BUT(3), "a new caller of a function with a suffix: that row alone");

	make_kernel();
	middle = ret_of("mprotect_fixup", 0) - 5;
	take();
	middle = 0;
	ok(trusted() == ALL, "an audited caller counts wherever instructions begin");

	make_kernel();
	add("0xffffffff81009000");
	add_call("0xffffffff81009000", "change_protection");
	take();
	ok(trusted() == BUT(1) && strstr(logged, "(no-symbol)() calls change_protection()"),
	   "the log does not have the address of a caller without a symbol");

	make_kernel();
	kernel[number_of("copy_page_range")].calls[0] = number_of("other") + 1;
	take();
	ok(trusted() == BUT(2), "a call that cannot be seen: that row alone");
}

/* Takes the announcement and the callers of change_protection() away. */
static void clear_protection(void)
{
	memset(kernel[number_of("change_protection")].calls, 0, sizeof(kernel[0].calls));
	memset(kernel[number_of("mprotect_fixup")].calls, 0, sizeof(kernel[0].calls));
}

/* Is the row of @name trusted, and is that of each site but change_protection()? */
static bool is_right(const char *name, bool is_trusted)
{
	return (trusted() & BUT(1)) == BUT(1) &&
	       !mmn_census_trust(mmn_site_table_find(name), ret_of(name, 0)) == !is_trusted;
}

/* The announcement is in @inner, which change_protection() reaches through all of @outer. */
static void make_chain(const char *inner, const char *outer, const char *outermost)
{
	make_kernel();
	clear_protection();
	add(inner);
	add(outer);
	add_call(inner, START);
	add_call(outer, inner);
	if (strcmp(outer, outermost))
		add_call(outermost, outer);
	add_call("mprotect_fixup", outermost);
}

static void test_callers(void)
{
	make_chain("change_pmd_range", "change_p4d_range.isra.0", "change_protection");
	take();
	ok(is_right("change_pmd_range", true), "an announcement two functions below the audited callers");
	add_call("other", "change_protection");
	take();
	ok(is_right("change_pmd_range", false) &&
	   strstr(logged, "other() calls change_protection()"),
	   "a new caller of the outermost one is seen");

	make_chain("change_protection.part.0", "change_protection.isra.0",
		   "change_protection.isra.0");
	add_call("mprotect_fixup", "change_protection.part.0");
	take();
	ok(is_right("change_protection.part.0", true), "an announcement in a part of a function");
	add_call("other", "change_protection.isra.0");
	take();
	ok(is_right("change_protection.part.0", false), "a new caller of the whole function is seen");

	/* Only a jump into the middle leads to a cold part. */
	make_kernel();
	clear_protection();
	add("change_protection.cold");
	add_call("change_protection.cold", START);
	add_call("mprotect_fixup", "change_protection");
	take();
	ok(is_right("change_protection.cold", true), "an announcement in a cold part");
	add_call("other", "change_protection");
	take();
	ok(is_right("change_protection.cold", false), "a new caller of its function is seen");
	kernel[number_of("change_protection")].name = "renamed";
	take();
	ok(is_right("change_protection.cold", false), "a cold part without its function");

	make_chain("change_pmd_range", "change_p4d_range", "change_protection");
	kernel[number_of("change_p4d_range")].calls[0] = number_of("other") + 1;
	take();
	ok(is_right("change_pmd_range", false) && strstr(logged, "callers were not found"),
	   "a call on the way that cannot be seen, as its callers are not either");
}

/* The cold part of change_protection(), which is the first function of the text. */
static void make_first(void)
{
	make_kernel();
	clear_protection();
	kernel[number_of("change_protection")].name = "mprotect_fixup";
	kernel[0].name = "change_protection";
	kernel[number_of("other")].calls[0] = 0;
	add("change_protection.cold");
	add_call("change_protection.cold", START);
	add_call("mprotect_fixup", "change_protection");
}

static unsigned int targets_outside(void)
{
	unsigned int i, outside = 0;

	for (i = 0; i < mmn_calls_scan.nr; i++)
		outside += mmn_calls_scan.targets[i] - BASE >= (nr - nr_modules) * SIZE;
	return outside;
}

static void test_whole_functions(void)
{
	make_first();
	take();
	ok(is_right("change_protection.cold", true), "a cold part of the first function of the text");
	add_call("other", "change_protection");
	take();
	ok(is_right("change_protection.cold", false), "a new caller of that is seen");

	make_first();
	kernel[0].name = "renamed";
	add("change_protection");
	nr_modules = 1;
	take();
	ok(is_right("change_protection.cold", false) && !targets_outside(),
	   "a function of a module with that name is not looked for");
}

/* Two functions have the name of a row. */
static void test_namesakes(void)
{
	make_kernel();
	kernel[number_of("unmap_vmas")].calls[0] = 0;
	add_last_call("unmap_vmas", START);
	take();
	ok(!no_census && (trusted() | 1) == ALL &&
	   mmn_census_trust(mmn_site_table_find("unmap_vmas"), ret_of("unmap_vmas", 3)),
	   "a call that is the last instruction of its function");

	kernel[number_of("unmap_vmas")].calls[1] = 0;
	add("unmap_vmas");
	kernel[nr - 1].calls[0] = number_of(FINISH) + 1;
	take();
	ok(!mmn_census_trust(mmn_site_table_find("unmap_vmas"), ret_of("unmap_vmas", 3)) &&
	   (trusted() | 1) == ALL &&
	   strstr(logged, "unmap_vmas is not exact: another function has its name"),
	   "a second function with the same name: that row alone");

	make_kernel();
	add("hugetlb_wp");
	add("hugetlb_wp");
	add_call("hugetlb_wp", START);
	add_last_call("hugetlb_wp", FINISH);
	take();
	ok(mmn_census_trust(mmn_site_table_find("hugetlb_wp"), ret_of("hugetlb_wp", 0)) &&
	   trusted() == ALL, "it does not matter if it announces nothing");
}

/* Adds functions that announce, up to a number of calls. */
static void add_sites(unsigned int calls)
{
	unsigned int i;

	for (i = 0; i < calls; i++) {
		if (i % 4 == 0)
			add("new_site");
		kernel[nr - 1].calls[i % 4] = number_of(START) + 1;
	}
}

/* Adds so many functions that are called as change_protection() is. */
static void add_callees(unsigned int callees)
{
	while (callees--) {
		add("change_protection.isra.0");
		kernel[nr - 1].calls[0] = number_of(START) + 1;
	}
}

static void test_room(void)
{
	unsigned int nr_targets;

	make_kernel();
	add_sites(192 - 8);
	take();
	ok(!no_census && trusted() == ALL && strstr(logged, "188 call sites") &&
	   !mmn_census_trust(mmn_site_table_find("unmap_vmas"), 0),
	   "as many calls as there is room for");
	make_kernel();
	add_sites(192 - 7);
	take();
	ok(!trusted() && no_census && strstr(no_census, "too many call sites"), "one call more");
	make_kernel();
	take();
	ok(!no_census && trusted() == ALL, "a census after that has room again");
	nr_targets = mmn_calls_scan.nr;
	add_callees(MMN_SCAN_TARGETS - nr_targets);
	take();
	ok(!no_census && mmn_calls_scan.nr == MMN_SCAN_TARGETS && trusted() == BUT(1),
	   "as many callees as there is room for");
	make_kernel();
	add_callees(MMN_SCAN_TARGETS - nr_targets + 1);
	take();
	ok(!trusted() && no_census && strstr(no_census, "too many call sites"), "one callee more");
}

/* With a short jump to change_protection(), which follows unmap_vmas(). */
static bool is_right_with_jump(int from, u8 opcode, bool is_trusted)
{
	make_kernel();
	jump.to = "change_protection";
	jump.from = from;
	jump.opcode = opcode;
	take();
	jump.to = NULL;
	return is_right("change_protection", is_trusted);
}

static void test_short_jumps(void)
{
	ok(is_right_with_jump(-129, 0xeb, false) &&
	   strstr(logged, "unmap_vmas() calls change_protection()"),
	   "a short jump from the function before is a call");
	ok(is_right_with_jump(-2, 0x74, false), "so is a conditional one");
	ok(is_right_with_jump(100, 0xeb, true), "a jump of the function to its entry is none");
	ok(is_right_with_jump(-50, 0xe3, true), "nor is another instruction");
	middle = entry_of("change_protection") - 50;
	ok(is_right_with_jump(-50, 0xeb, true),
	   "nor are two bytes that look like a jump inside of an instruction");
	middle = 0;
	make_kernel();
	jump.to = START;
	jump.from = -2;
	jump.opcode = 0xeb;
	take();
	ok(trusted() == BUT(3), "a short jump to the start function is a call, too");
	jump.from = 100;
	take();
	jump.to = NULL;
	ok(trusted() == ALL && strstr(logged, "4 call sites"), "but none of that function itself");
}

/* Bytes in a new function look like a call of @to. */
static bool is_right_without(const char *to)
{
	make_kernel();
	add("new_site");
	add_call("new_site", to);
	middle = ret_of("new_site", 0) - 5;
	take();
	middle = 0;
	return trusted() == ALL && !no_census && strstr(logged, "4 call sites") &&
	       strstr(logged, "0 of them without a row");
}

static void test_data(void)
{
	ok(is_right_without(START), "bytes that look like a call of the start function");
	ok(is_right_without("change_protection"), "or of a function with audited callers");
}

static void test_failures(void)
{
	make_kernel();
	unreadable = true;
	take();
	unreadable = false;
	ok(!trusted() && strstr(no_census, "could not be read"), "text that cannot be read: no row");
	page.len = 0;
	mmn_census_show(&page);
	ok(!strcmp(page.text, HEADING "# failed: a part of the kernel's text could not be read\n"),
	   "debugfs has the reason");
	needs_census = false;
	ok(trusted() == ALL, "but with trust=series, which does without");

	make_kernel();
	kernel[number_of(START)].name = "renamed";
	take();
	ok(!trusted() && strstr(no_census, "was not found"), "no start function: no row");
}

static void test_natives(void)
{
	unsigned int row = mmn_site_table_find("change_protection");

	make_kernel();
	take();
	ok(mmn_census_expects(row, MMNOTIFY_PROTECTION_VMA) &&
	   !mmn_census_expects(row, MMNOTIFY_CLEAR) && !mmn_census_expects(row, 8) &&
	   !mmn_census_expects(row, 0x100 + MMNOTIFY_PROTECTION_VMA) &&
	   !mmn_census_expects(MMN_SITE_UNKNOWN, MMNOTIFY_CLEAR),
	   "native events that were audited, and others");
	logged[0] = 0;
	mmn_census_report(row, MMNOTIFY_CLEAR);
	ok(strstr(logged, "change_protection announces native event 1"), "another one is logged");
	logged[0] = 0;
	mmn_census_report(row, MMNOTIFY_MIGRATE);
	ok(!logged[0], "once for each row");
	page.len = 0;
	mmn_census_show(&page);
	ok(strstr(page.text, "found, native events 0x42\n"), "debugfs shows them all");
}

/* Has debugfs this line? */
static bool shows(const char *name, unsigned int calls, const char *state)
{
	char line[200];

	snprintf(line, sizeof(line), "\n%-34s %5u %s\n", name, calls, state);
	return strstr(page.text, line);
}

static void test_page(void)
{
	make_kernel();
	add("new_end");
	add_call("new_end", FINISH);
	take();
	patched = mmn_site_table_find("copy_page_range");
	page.len = 0;
	mmn_census_show(&page);
	patched = 0;
	ok(!strncmp(page.text, HEADING "unmap_vmas ", strlen(HEADING "unmap_vmas ")) &&
	   shows("unmap_vmas", 1, "found") && shows("hugetlb_wp", 0, "absent") &&
	   shows("copy_page_range", 1, "found, changed by a module") &&
	   !strstr(page.text, "unknown"), "debugfs shows each row");
	ok(strstr(page.text, "patches\nframes\n# calls 4\n# text_kb 44\n# cycles 7\n"),
	   "live patches, frames, and what the census took");
	make_kernel();
	add("new_site");
	add_call("new_site", START);
	add_call("unmap_vmas", "change_protection");
	add_last_call("other", "change_protection");
	take();
	page.len = 0;
	mmn_census_show(&page);
	ok(strstr(logged, "other() calls change_protection()") &&
	   shows("new_site", 1, "unknown") &&
	   shows("unmap_vmas", 1, "unknown caller of change_protection") &&
	   shows("other", 1, "unknown caller of change_protection"),
	   "and functions without a row, and callers that were not audited");
}

/* The line of a function, for readers. Return: false if there is none. */
static bool find_line(const char *name, struct mmn_census_line *s)
{
	unsigned int i;
	int ret;

	for (i = 0; (ret = mmn_census_read(i, s)) >= 0; i++)
		if (ret && !strcmp(s->name, name))
			return true;
	return false;
}

static bool reads(const char *name, unsigned int calls, const char *state, bool changed)
{
	struct mmn_census_line s;

	return find_line(name, &s) && s.calls == calls && !strcmp(s.state, state) &&
	       s.changed == changed && !s.natives;
}

static void test_read(void)
{
	struct mmn_census_line s;

	make_kernel();
	add("new_site");
	add("new_end");
	add_call("new_site", START);
	add_call("new_end", FINISH);
	add_last_call("other", "change_protection");
	take();
	patched = mmn_site_table_find("copy_page_range");
	ok(reads("unmap_vmas", 1, "found", false) && reads("hugetlb_wp", 0, "absent", false) &&
	   reads("copy_page_range", 1, "found", true), "a reader gets each row");
	patched = 0;
	ok(reads("new_site", 1, "unknown", false) &&
	   reads("other", 1, "unknown caller of change_protection", false) &&
	   !find_line("new_end", &s) && !find_line("unknown", &s),
	   "functions without a row, and callers that were not audited");
	ok(find_line("patches", &s) && mmn_census_read(500, &s) == -ENOENT,
	   "then calls in modules, and no more");
	mmn_census_report(mmn_site_table_find("hugetlb_wp"), MMNOTIFY_MIGRATE);
	ok(find_line("hugetlb_wp", &s) && s.natives == 1u << MMNOTIFY_MIGRATE &&
	   mmn_census_surprised(mmn_site_table_find("hugetlb_wp")) &&
	   !mmn_census_surprised(mmn_site_table_find("unmap_vmas")),
	   "a native event that was not audited is shown at its row");
	make_kernel();
	unreadable = true;
	take();
	unreadable = false;
	ok(mmn_census_read(0, &s) == -ENOENT, "without a census there is nothing to read");
}

static bool is_why(const char *name, const char *why)
{
	const char *found = mmn_census_why_not(mmn_site_table_find(name));

	return why ? found && !strcmp(found, why) : !found;
}

static void test_reasons(void)
{
	make_kernel();
	add_call("unmap_vmas", START);
	add_call("other", "change_protection");
	take();
	patched = mmn_site_table_find("copy_page_range");
	ok(is_why(sites[3], NULL), "a row that is trusted has no reason not to be");
	ok(is_why("unmap_vmas", "more calls than audited") &&
	   is_why("copy_page_range", "changed by a module") && is_why("hugetlb_wp", "absent") &&
	   is_why("nothing", "the function has no row"), "others have one each");
	exact = false;
	ok(is_why(sites[3], "not exact here") && is_why("unmap_vmas", "not exact here"),
	   "that of the kernel comes first");
	exact = true;
	needs_census = false;
	ok(is_why("hugetlb_wp", NULL) && is_why("copy_page_range", "changed by a module") &&
	   !is_why("unmap_vmas", NULL), "with trust=series a row that was not found has none");
	patched = 0;
}

int main(void)
{
	test_right();
	test_plants();
	test_callers();
	test_whole_functions();
	test_namesakes();
	test_room();
	test_short_jumps();
	test_data();
	test_failures();
	test_natives();
	test_page();
	test_read();
	test_reasons();
	return tap_done();
}
