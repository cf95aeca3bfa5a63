// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * define: gives an undefined symbol of a module an address, so that its code calls a function that
 * the kernel does not export, as a live patch does.
 *
 * Usage: define IN.ko OUT.ko SYMBOL ADDRESS; the address is a hexadecimal number.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char module[1 << 24];

/* Return: number of symbols that were defined. */
static unsigned int define(Elf64_Shdr *table, Elf64_Shdr *strings, const char *name,
			   unsigned long value)
{
	Elf64_Sym *sym = (void *)(module + table->sh_offset);
	unsigned int i, nr = table->sh_size / sizeof(*sym), defined = 0;

	for (i = 0; i < nr; i++, sym++) {
		if (sym->st_shndx != SHN_UNDEF ||
		    strcmp(module + strings->sh_offset + sym->st_name, name))
			continue;
		sym->st_shndx = SHN_ABS;
		sym->st_value = value;
		defined++;
	}
	return defined;
}

int main(int argc, char **argv)
{
	Elf64_Ehdr *elf = (void *)module;
	unsigned int i, defined = 0;
	Elf64_Shdr *section;
	size_t len;
	FILE *f;

	if (argc != 5)
		return 2;
	f = fopen(argv[1], "r");
	len = f ? fread(module, 1, sizeof(module), f) : 0;
	if (len < sizeof(*elf) || len == sizeof(module) || memcmp(elf->e_ident, ELFMAG, SELFMAG)) {
		fprintf(stderr, "define: %s is no module\n", argv[1]);
		return 1;
	}
	fclose(f);
	section = (void *)(module + elf->e_shoff);
	for (i = 0; i < elf->e_shnum; i++)
		if (section[i].sh_type == SHT_SYMTAB)
			defined += define(&section[i], &section[section[i].sh_link], argv[3],
					  strtoul(argv[4], NULL, 16));
	f = fopen(argv[2], "w");
	if (defined != 1 || !f || fwrite(module, 1, len, f) != len || fclose(f)) {
		fprintf(stderr, "define: %s defined %u times, or not written\n", argv[3], defined);
		return 1;
	}
	return 0;
}
