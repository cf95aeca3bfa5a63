// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * calls: the search in modules. A module calls functions of a made-up kernel of which the census
 * was taken.
 */
#include "census_kernel.h"

/* The code of a module is behind that of the kernel: one function. */
void mmn_module_text(const struct module *mod, void (*fn)(void *arg, const void *base, size_t size),
		     void *arg)
{
	fn(arg, (void *)(BASE + nr * SIZE), SIZE);
	fn(arg, NULL, 0);
}

static struct module module = { .name = "plant" }, other_module;
static unsigned long rows[MMN_SITE_ROWS_MAX / 8 / sizeof(long)];

/* Searches a module that calls @to @times times. Return: are there calls to confirm? */
static bool search_module(const char *to, unsigned int times)
{
	unsigned int i;

	make_kernel();
	take();
	kernel[nr].name = "planted [plant]";
	for (i = 0; i < times; i++)
		put_call(nr, i, number_of(to));
	logged[0] = 0;
	bitmap_zero(rows, MMN_SITE_ROWS_MAX);
	mmn_calls_search_module(&module, rows);
	return mmn_calls_waiting() == &module;
}

/* What debugfs has of modules. */
static const char *shown(void)
{
	page.len = 0;
	page.text[0] = 0;
	mmn_calls_show_modules(&page);
	return page.text;
}

/* Return: number of lines that a reader gets; @s has the last one. */
static unsigned int read_lines(struct mmn_census_line *s)
{
	unsigned int i, n = 0;
	int ret;

	for (i = 0; (ret = mmn_calls_read_module(i, s)) >= 0; i++)
		n += ret;
	return ret == -ENOENT ? n : -1;
}

/* Are the rows of a class in @rows, and no others? */
static bool has_class(unsigned int class)
{
	unsigned int row, wrong = 0;

	for (row = 0; row < MMN_SITE_ROWS_MAX; row++)
		wrong += test_bit(row, rows) != (mmn_site_table_class(row) == class);
	return !wrong;
}

/* Return: number of lines. */
static unsigned int lines(const char *text)
{
	unsigned int n = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

static void test_modules(void)
{
	ok(search_module("change_protection", 1) && bitmap_empty(rows, MMN_SITE_ROWS_MAX) &&
	   !*shown() && !logged[0], "a call in a module waits");
	mmn_calls_confirm(&other_module, rows);
	ok(mmn_calls_waiting() == &module && bitmap_empty(rows, MMN_SITE_ROWS_MAX),
	   "it is not that of another module");
	mmn_calls_confirm(&module, rows);
	ok(!mmn_calls_waiting() && has_class(MMN_CLASS_PROTECT) &&
	   strstr(logged, "planted [plant] calls change_protection(), which was not audited"),
	   "an audited callee: the rows of its class");
	ok(strstr(shown(), "planted [plant]                        1 unknown caller of change_") &&
	   strstr(page.text, "caller of change_protection\n") && lines(page.text) == 1,
	   "and debugfs has it");
	logged[0] = 0;
	mmn_calls_confirm(&module, rows);
	ok(!logged[0], "once");
	mmn_calls_forget(&other_module);
	ok(*shown(), "until its module goes, not another one");
	mmn_calls_forget(&module);
	ok(!*shown(), "until its module goes");

	search_module(START, 1);
	mmn_calls_confirm(&module, rows);
	ok(bitmap_empty(rows, MMN_SITE_ROWS_MAX) && strstr(logged, "[plant] calls " START) &&
	   !strcmp(shown(), "planted [plant]                        1 unknown\n"),
	   "a module that announces: no row");
	ok(!search_module("other", 1) && !search_module(FINISH, 1) && !*shown(),
	   "other calls in a module do not count");

	middle = BASE + nr * SIZE + 16;
	search_module("change_protection", 1);
	mmn_calls_confirm(&module, rows);
	ok(bitmap_empty(rows, MMN_SITE_ROWS_MAX) && !mmn_calls_waiting() && !*shown() && !logged[0],
	   "nor do bytes that look like a call inside of an instruction");
	middle = 0;
}

static void test_read(void)
{
	struct mmn_census_line s = { };

	search_module("change_protection", 1);
	ok(!read_lines(&s), "a call that waits is not read");
	mmn_calls_confirm(&module, rows);
	ok(read_lines(&s) == 1 && !strcmp(s.name, "planted [plant]") && s.calls == 1 &&
	   !s.changed && !strcmp(s.state, "unknown caller of change_protection"), "one that is confirmed is");
	search_module(START, 1);
	mmn_calls_confirm(&module, rows);
	ok(read_lines(&s) == 1 && !strcmp(s.state, "unknown"), "as is a function that announces");
	kernel[nr].name = "0xffffffffc0009000";
	ok(read_lines(&s) == 1 && !strcmp(s.name, "(no-symbol)"), "without its address");
	mmn_calls_forget(&module);
	ok(!read_lines(&s), "until its module goes");
}

static void test_many_modules(void)
{
	struct mmn_census_line s;

	search_module("change_protection", 16);
	ok(bitmap_empty(rows, MMN_SITE_ROWS_MAX), "sixteen calls wait");
	mmn_calls_confirm(&module, rows);
	ok(lines(shown()) == 16 && read_lines(&s) == 16, "and are listed");
	search_module("change_protection", 17);
	ok(has_class(MMN_CLASS_PROTECT) && strstr(logged, "lists 16 calls") &&
	   mmn_calls_waiting() == &module, "the rows of one more lose their trust at once");
	mmn_calls_confirm(&module, rows);
	search_module("copy_page_range", 2);
	mmn_calls_confirm(&module, rows);
	ok(lines(shown()) == 2, "a module that is searched again is listed once");
	mmn_calls_forget(&module);
	mmn_calls_forget(&module);
	ok(!*shown(), "all calls of a module go");
}

int main(void)
{
	test_modules();
	test_read();
	test_many_modules();
	return tap_done();
}
