// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * symbols: reads the tables of symbols of an ELF file of 64 bits. A file may be anything, since any
 * program may map it, so each offset is checked against its size.
 */
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_reader.h"
#include "maps.h"
#include "util.h"

struct file {
	const char *data;
	size_t size;
};

static bool open_file(const char *path, struct file *file)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	void *data = MAP_FAILED;

	if (fd < 0)
		return false;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > (off_t)sizeof(Elf64_Ehdr))
		data = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (data == MAP_FAILED)
		return false;
	*file = (struct file){ data, st.st_size };
	return true;
}

/* Return: a table of @nr entries in the file, or NULL if it is not all there. */
static const void *table(const struct file *file, unsigned long long offset,
			 unsigned long long nr, size_t each)
{
	if (nr > file->size / each || offset > file->size || offset % 4 ||
	    nr * each > file->size - offset)
		return NULL;
	return file->data + offset;
}

/* Return: true with the address that the linker gave to @offset of the file. */
static bool address_of(const struct file *file, unsigned long long offset,
		       unsigned long long *addr)
{
	const Elf64_Ehdr *head = (const void *)file->data;
	const Elf64_Phdr *segment = table(file, head->e_phoff, head->e_phnum, sizeof(*segment));

	for (int i = 0; segment && i < head->e_phnum; i++) {
		if (segment[i].p_type != PT_LOAD || offset < segment[i].p_offset ||
		    offset - segment[i].p_offset >= segment[i].p_filesz)
			continue;
		*addr = offset - segment[i].p_offset + segment[i].p_vaddr;
		return true;
	}
	return false;
}

struct search {
	unsigned long long addr;
	const char *name;
	unsigned long long at;
};

/* Keeps the last function that begins at or before the address. */
static void search_table(const struct file *file, const Elf64_Shdr *symbols,
			 const Elf64_Shdr *strings, struct search *s)
{
	size_t nr = symbols->sh_size / sizeof(Elf64_Sym);
	const Elf64_Sym *sym = table(file, symbols->sh_offset, nr, sizeof(*sym));
	const char *names = file->data + strings->sh_offset;

	if (!sym || strings->sh_offset > file->size || !strings->sh_size ||
	    strings->sh_size > file->size - strings->sh_offset ||
	    names[strings->sh_size - 1])
		return;
	for (size_t i = 0; i < nr; i++) {
		if ((sym[i].st_info & 0xf) != STT_FUNC || !sym[i].st_value ||
		    sym[i].st_value > s->addr || sym[i].st_value < s->at ||
		    sym[i].st_name >= strings->sh_size ||
		    (sym[i].st_size && s->addr - sym[i].st_value >= sym[i].st_size))
			continue;
		s->at = sym[i].st_value;
		s->name = names + sym[i].st_name;
	}
}

static void search_file(const struct file *file, struct search *s)
{
	const Elf64_Ehdr *head = (const void *)file->data;
	const Elf64_Shdr *section = table(file, head->e_shoff, head->e_shnum, sizeof(*section));

	for (int i = 0; section && i < head->e_shnum; i++)
		if ((section[i].sh_type == SHT_SYMTAB || section[i].sh_type == SHT_DYNSYM) &&
		    section[i].sh_link < head->e_shnum)
			search_table(file, &section[i], &section[section[i].sh_link], s);
}

char *elf_symbol(const char *path, unsigned long long offset, unsigned long long *plus)
{
	static const unsigned char magic[] = { 0x7f, 'E', 'L', 'F', ELFCLASS64 };
	struct search s = { 0 };
	struct file file;
	char *name = NULL;

	if (!open_file(path, &file))
		return NULL;
	if (!memcmp(file.data, magic, sizeof(magic)) && address_of(&file, offset, &s.addr))
		search_file(&file, &s);
	if (s.name && *s.name) {
		name = copy_text(s.name);
		*plus = s.addr - s.at;
	}
	munmap((void *)file.data, file.size);
	return name;
}

const char *elf_place(int pid, unsigned long long addr, char *buf, size_t size)
{
	unsigned long long offset = 0, plus = 0;
	char path[PATH_MAX], file[PATH_MAX + 32], *name;

	snprintf(buf, size, "%#llx", addr);
	if (!maps_place(pid, addr, path, sizeof(path), &offset))
		return buf;
	/* As the process sees it, which may be in a container. */
	snprintf(file, sizeof(file), "/proc/%d/root%s", pid, path);
	name = elf_symbol(file, offset, &plus);
	if (name)
		snprintf(buf, size, "%s+%#llx in %s", name, plus, path);
	else
		snprintf(buf, size, "%s+%#llx", path, offset);
	free(name);
	return buf;
}
