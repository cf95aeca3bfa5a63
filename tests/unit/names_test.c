// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * names: each number has one permanent name for tools (causes.txt), and the
 * tracepoint prints the same names.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include <mmnotify/mmnotify_types.h>

#include "rules/names.h"
#include "tap.h"

static char *trace_h;

static void load_trace_h(void)
{
	FILE *file = fopen(TOP "/src/trace.h", "r");
	long size;

	if (!file || fseek(file, 0, SEEK_END)) {
		perror(TOP "/src/trace.h");
		exit(1);
	}
	size = ftell(file);
	rewind(file);
	trace_h = calloc(1, size + 1);
	if (!trace_h || fread(trace_h, 1, size, file) != (size_t)size) {
		perror(TOP "/src/trace.h");
		exit(1);
	}
	fclose(file);
}

/* Return: bytes of the tracepoint's field for the name of a cause, with its NUL. */
static size_t trace_field(void)
{
	static const char field[] = "__array(char, cause_name, ";
	const char *at = strstr(trace_h, field);

	return at ? strtoul(at + strlen(field), NULL, 10) : 0;
}

static bool spelled(const char *name, int (*is_letter)(int))
{
	const char *c;

	if (!is_letter(name[0]))
		return false;
	for (c = name; *c; c++)
		if (!is_letter(*c) && !isdigit((unsigned char)*c) && *c != '_')
			return false;
	return true;
}

static void test_names(const char *what, const char *(*name_of)(unsigned int),
		       unsigned int nr, int (*is_letter)(int))
{
	const char *name;
	unsigned int i, j;

	for (i = 0; i < nr; i++) {
		name = name_of(i);
		ok(name && spelled(name, is_letter), "%s %u has only allowed letters: %s",
		   what, i, name ? name : "(null)");
		for (j = 0; j < i; j++)
			if (!strcmp(name, name_of(j)))
				break;
		ok(j == i, "%s %s is unique", what, name);
		ok(strlen(name) < trace_field(),
		   "%s %s fits the tracepoint (%zu bytes)", what, name,
		   trace_field());
	}
	ok(!strcmp(name_of(nr), "unknown"), "%s %u is unknown", what, nr);
	ok(!strcmp(name_of(65535), "unknown"), "%s 65535 is unknown", what);
	ok(!strcmp(name_of(~0u), "unknown"), "%s %u is unknown", what, ~0u);
}

/* The tracepoints copy all of it. */
static bool is_padded(const char *name)
{
	size_t i = strnlen(name, MMN_NAMES_SIZE);

	if (i == MMN_NAMES_SIZE)
		return false;
	for (; i < MMN_NAMES_SIZE; i++)
		if (name[i])
			return false;
	return true;
}

static void test_padded(void)
{
	unsigned int i;
	bool all = true;

	for (i = 0; i <= MMNOTIFY_NR_CAUSES; i++)
		all &= is_padded(mmn_names_cause(i));
	ok(all && trace_field() == MMN_NAMES_SIZE,
	   "each cause has the size of the field, and zeros at its end");
}

/* Recorded files keep numbers and programs keep names, so neither may change. */
static void test_fixed(void)
{
	FILE *file = fopen(TOP "/tests/unit/causes.txt", "r");
	unsigned int number, nr = 0;
	char line[128], name[64];

	if (!file) {
		perror(TOP "/tests/unit/causes.txt");
		exit(1);
	}
	while (fgets(line, sizeof(line), file)) {
		if (line[0] == '#')
			continue;
		if (!ok(sscanf(line, "%u %63s", &number, name) == 2 &&
			number == nr, "causes.txt: line %u is cause %u", nr, nr))
			break;
		ok(!strcmp(mmn_names_cause(number), name), "cause %u is %s",
		   number, name);
		nr++;
	}
	fclose(file);
	ok(nr == MMNOTIFY_NR_CAUSES, "causes.txt has all %u causes",
	   MMNOTIFY_NR_CAUSES);
	ok(MMNOTIFY_CAUSE_MUNMAP == 2 && MMNOTIFY_CAUSE_COW == 20 &&
	   MMNOTIFY_CAUSE_DEVICE_EXCLUSIVE_RESTORE == 50 &&
	   MMNOTIFY_CAUSE_MREMAP_MOVE == 51 &&
	   MMNOTIFY_CAUSE_RECLAIM_KSWAPD == 68 && MMNOTIFY_CAUSE_COW_GUP == 87,
	   "the constants in C have the same numbers");
	ok(!strcmp(mmn_names_event(MMNOTIFY_UNMAP), "UNMAP"), "UNMAP is UNMAP");
}

/* { 0, "UNMAP" }, ... of mmn_show_event() */
static void test_trace_events(void)
{
	const char *at = strstr(trace_h, "mmn_show_event(e) __print_symbolic");
	unsigned int number, nr = 0;
	char name[64];

	if (!ok(at, "trace.h has mmn_show_event()"))
		return;
	for (at = strchr(at, '{'); at; at = strchr(at + 1, '{')) {
		if (sscanf(at, "{ %u , \"%63[^\"]\" }", &number, name) != 2)
			break;
		ok(number == nr && !strcmp(name, mmn_names_event(number)),
		   "trace.h: event %u is %s", number, name);
		nr++;
	}
	ok(nr == MMNOTIFY_NR_EVENTS, "trace.h shows all %u events",
	   MMNOTIFY_NR_EVENTS);
}

/* { MMNOTIFY_FX_PFN, "PFN" } for each bit. */
static void test_trace_bits(void)
{
	static const char *const bits[] = {
		"FX_VMA_GONE", "FX_PFN", "FX_NO_WRITE", "FX_NO_READ",
		"FX_DIRTY", "F_BLOCKABLE", "F_EXACT", "F_WIDENED", "F_SELF",
		"F_REMOTE",
	};
	char row[96];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		snprintf(row, sizeof(row), "{ MMNOTIFY_%s, \"%s\" }", bits[i],
			 strchr(bits[i], '_') + 1);
		ok(strstr(trace_h, row), "trace.h shows %s", bits[i]);
	}
	ok(MMNOTIFY_FX_ALL == 31 && MMNOTIFY_F_REMOTE == 16,
	   "and there are no other bits");
}

int main(void)
{
	load_trace_h();
	ok(trace_field(), "the tracepoint has a field for the cause");
	test_names("event", mmn_names_event, MMNOTIFY_NR_EVENTS, isupper);
	test_names("cause", mmn_names_cause, MMNOTIFY_NR_CAUSES, islower);
	test_padded();
	test_fixed();
	test_trace_events();
	test_trace_bits();
	free(trace_h);
	return tap_done();
}
