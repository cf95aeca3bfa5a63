// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* fmt: numbers and times as text and back, and the escapes. */
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#include "fmt.h"
#include "util.h"
#include "words.h"

static void is_text(const char *got, const char *want)
{
	ok(!strcmp(got, want), "'%s'", want);
	if (strcmp(got, want))
		printf("#   got '%s'\n", got);
}

static void times(void)
{
	static const struct {
		unsigned long long ns;
		const char *text;
	} cases[] = {
		{ 0, "0" }, { 1, "1 ns" }, { 999, "999 ns" }, { 1000, "1 us" }, { 1234, "1.23 us" },
		{ 6158209, "6.16 ms" }, { 999499, "999 us" }, { 999500, "1 ms" },
		{ 45100, "45.1 us" }, { 31200000000, "31.2 s" }, { 125000000000, "2 min 5 s" },
		{ 99500000000, "1 min 40 s" }, { 7384000000000, "2 h 3 min" },
	};
	char buf[FMT_LEN];

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++)
		is_text(fmt_time(buf, cases[i].ns), cases[i].text);
}

static void numbers(void)
{
	char buf[FMT_LEN];

	is_text(fmt_count(buf, 0), "0");
	is_text(fmt_count(buf, 999), "999");
	is_text(fmt_count(buf, 1537), "1,537");
	is_text(fmt_count(buf, ~0ULL), "18,446,744,073,709,551,615");
	is_text(fmt_pages(buf, 1), "1 page");
	is_text(fmt_pages(buf, 1537), "1,537 pages");
	is_text(fmt_bytes(buf, 1023), "1023 bytes");
	is_text(fmt_bytes(buf, 32768), "32 KB");
	is_text(fmt_bytes(buf, 1572864), "1.5 MB");
	is_text(fmt_bytes(buf, 1ULL << 47), "128 TB");
	is_text(fmt_effects(buf, 0), "nothing");
	is_text(fmt_effects(buf, 0x1f), "gone pfn -w -r dirty");
	is_text(fmt_effects(buf, 0x14), "-w dirty");
	is_text(fmt_event(5), "RELEASE");
	is_text(fmt_event(99), "?");
}

static bool parses(const char *text, unsigned long long want)
{
	unsigned long long ns = 1;

	return parse_time(text, "s", &ns) && ns == want;
}

static void parse_texts(void)
{
	unsigned long long start, end, ns;
	unsigned long number;
	unsigned int fx;

	ok(parse_number("4711", &number) && number == 4711, "a number");
	ok(parse_number("0x10", &number) && number == 16, "a hexadecimal number");
	ok(!parse_number("", &number) && !parse_number("-1", &number) &&
	   !parse_number("1x", &number), "no numbers");
	ok(parses("2", 2000000000) && parses("250ms", 250000000) && parses("1.5s", 1500000000) &&
	   parses("1min", 60000000000), "times");
	ok(!parse_time("2 years", "s", &ns) && !parse_time("-1s", "s", &ns) &&
	   !parse_time("", "s", &ns), "no times");
	ok(parse_range("0x7f00-0x8000", &start, &end) && start == 0x7f00 && end == 0x8000,
	   "a range");
	ok(parse_range("7f0000000000+2M", &start, &end) && end - start == 2 << 20, "with a size");
	ok(!parse_range("7f00", &start, &end) && !parse_range("8000-7f00", &start, &end) &&
	   !parse_range("7f00+2X", &start, &end) && !parse_range("7f00-8000x", &start, &end),
	   "no ranges");
	ok(parse_effects("pfn,no_write", &fx) && fx == 6, "effects");
	ok(parse_effects("any", &fx) && fx == 0x1f && parse_effects("nothing", &fx) && !fx,
	   "all and no effects");
	ok(!parse_effects("pfn,", &fx) && !parse_effects("pf", &fx), "no effects");
}

static char *written(void (*put)(FILE *, const char *), const char *text)
{
	char *got = NULL;
	size_t size;
	FILE *out = open_memstream(&got, &size);

	put(out, text);
	fclose(out);
	return got;
}

static void escapes(void)
{
	char buf[64], small[10], *got;

	is_text(fmt_printable(buf, sizeof(buf), "a\033[31mb\n"), "a\\033[31mb\\012");
	is_text(fmt_printable(small, sizeof(small), "aaaaaaaaaaaaaaa"), "aaaaa");
	got = written(put_html, "<script>\"&'");
	is_text(got, "&#60;script&#62;&#34;&#38;&#39;");
	free(got);
	got = written(put_json, "</script>\"\\\n\xc3\xa4\xff");
	is_text(got, "\"\\u003c/script\\u003e\\u0022\\u005c\\u000a\xc3\xa4\\ufffd\"");
	free(got);
	is_text(words_plain(buf, sizeof(buf), "`a b` c"), "a b c");
}

int main(void)
{
	times();
	numbers();
	parse_texts();
	escapes();
	return tap_done();
}
