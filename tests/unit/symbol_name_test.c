// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * symbol_name: every spelling in which kallsyms prints a symbol.
 */
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "rules/symbol_name.h"
#include "tap.h"

enum owner { KERNEL, MODULE, OTHER };

/* A spelling, its bare name and its owner. */
static const struct spelling {
	const char *symbol;
	const char *name;
	enum owner owner;
} spellings[] = {
	{ "", "", KERNEL },
	{ ".", "", KERNEL },
	{ "\n", "", KERNEL },
	{ "+0x10/0x20", "", KERNEL },
	{ "zap", "zap", KERNEL },
	{ "zap\n", "zap", KERNEL },
	{ "zap ", "zap", KERNEL },
	{ "zap_range", "zap_range", KERNEL },
	{ "zap-x", "zap-x", KERNEL },
	{ "zap.part.0", "zap", KERNEL },
	{ "zap.constprop.0", "zap", KERNEL },
	{ "zap.isra.0", "zap", KERNEL },
	{ "zap.cold", "zap", KERNEL },
	{ "zap.llvm.1234", "zap", KERNEL },
	{ "zap.isra.0.part.1.cold", "zap", KERNEL },
	{ "zap+0x10/0x20", "zap", KERNEL },
	{ "zap.part.0+0x0/0x1", "zap", KERNEL },
	{ "0xffffffff81234567", "0xffffffff81234567", KERNEL },
	{ "zap [gpu]", "zap", MODULE },
	{ "zap[gpu]", "zap", MODULE },
	{ "zap.part.0 [gpu]", "zap", MODULE },
	{ "zap+0x10/0x20 [gpu]", "zap", MODULE },
	{ "zap [", "zap", MODULE },
	{ "init_module [bpfilter]", "init_module", MODULE },
	{ "zap [xbpf]", "zap", MODULE },
	{ "zap [x__builtin__ftrace]", "zap", MODULE },
	{ "bpf_prog_6deef7357e7b4530_f [bpf]", "bpf_prog_6deef7357e7b4530_f", OTHER },
	{ "bpf_prog_1+0x1/0x2 [bpf]", "bpf_prog_1", OTHER },
	{ "zap[bpf]", "zap", OTHER },
	{ "ftrace_trampoline [__builtin__ftrace]", "ftrace_trampoline", OTHER },
	{ "kprobe_insn_page [__builtin__kprobes]", "kprobe_insn_page", OTHER },
};

/* A copy on the heap without slack, so that reading on is an error. */
static void test_spelling(const struct spelling *s)
{
	char *symbol = strdup(s->symbol), *name = strdup(s->name);
	size_t len = mmn_symbol_len(symbol);
	const char *owner = mmn_symbol_owner(symbol);

	ok(len == strlen(name) && !memcmp(symbol, name, len), "\"%.*s\" is named \"%s\"",
	   (int)strcspn(symbol, "\n"), symbol, name);
	ok(mmn_symbol_is(symbol, len, name), "and matches that name");
	ok(owner == strchr(symbol, '[') && !owner == (s->owner == KERNEL), "its owner is found");
	ok(mmn_symbol_is_module(symbol) == (s->owner == MODULE), "it is %s",
	   s->owner == MODULE ? "of a module" : "of no module");
	free(symbol);
	free(name);
}

/* Names that are longer, shorter or different do not match. */
static void test_others(void)
{
	static const char *const others[] = {
		"", "z", "za", "zip", "zap_", "zapx", "zap_range", "xzap", "ZAP", "zap.", "zap.part.0",
	};
	static const char *const symbols[] = { "zap", "zap.part.0", "zap+0x1/0x2", "zap [gpu]" };
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(symbols); i++)
		for (k = 0; k < ARRAY_SIZE(others); k++)
			ok(!mmn_symbol_is(symbols[i], mmn_symbol_len(symbols[i]), others[k]),
			   "\"%s\" is not \"%s\"", symbols[i], others[k]);
}

int main(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(spellings); i++)
		test_spelling(&spellings[i]);
	test_others();
	return tap_done();
}
