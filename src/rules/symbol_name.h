/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * symbol_name: takes apart a symbol as kallsyms prints it: a name, perhaps a suffix of the
 * compiler (.part.0, .constprop.0, .isra.0, .cold, .llvm.N), perhaps an offset
 * ("+0x10/0x20") and, outside the kernel proper, " [owner]". The site table, the frame table
 * and the address cache share these rules. Pure: it also compiles in user space.
 */
#ifndef MMN_SYMBOL_NAME_H
#define MMN_SYMBOL_NAME_H

#include <linux/string.h>
#include <linux/types.h>

/**
 * mmn_symbol_len() - length of the bare name of a symbol
 * @symbol: symbol as kallsyms prints it
 *
 * Context: Any.
 * Return: number of bytes before the compiler's suffix, offset, owner or newline.
 */
static inline size_t mmn_symbol_len(const char *symbol)
{
	return strcspn(symbol, ".+ [\n");
}

/**
 * mmn_symbol_is() - compare the bare name of a symbol
 * @symbol: symbol as kallsyms prints it
 * @len: mmn_symbol_len() of @symbol; a parameter, because one symbol is compared with many
 *	names
 * @name: name without suffixes
 *
 * Context: Any.
 * Return: true if the bare name of @symbol is @name.
 */
static inline bool mmn_symbol_is(const char *symbol, size_t len, const char *name)
{
	return !strncmp(name, symbol, len) && !name[len];
}

/**
 * mmn_symbol_owner() - the part of a symbol that names its owner
 * @symbol: symbol as kallsyms prints it
 *
 * Context: Any.
 * Return: pointer to the opening bracket of "[owner]" in @symbol; NULL for symbols of the
 * kernel proper.
 */
static inline const char *mmn_symbol_owner(const char *symbol)
{
	return strchr(symbol, '[');
}

/**
 * mmn_symbol_is_module() - does a symbol belong to a module?
 * @symbol: symbol as kallsyms prints it
 *
 * kallsyms prints BPF programs and the trampolines of ftrace and kprobes as if they belonged
 * to modules named "bpf" and "__builtin__ftrace" or the like.
 *
 * Context: Any.
 * Return: true for a real module; false for the kernel proper, BPF programs and trampolines.
 */
static inline bool mmn_symbol_is_module(const char *symbol)
{
	const char *owner = mmn_symbol_owner(symbol);

	return owner && !strstarts(owner, "[bpf]") && !strstarts(owner, "[__builtin__");
}

#endif /* MMN_SYMBOL_NAME_H */
