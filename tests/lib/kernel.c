// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * kernel: what functions the running kernel has and which of them call each other, by
 * /proc/kallsyms and the kernel's text. What cannot be told ends the program.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../modules/text/text.h"
#include "kernel.h"

#define MAX_TEXT	(64UL << 20)
#define MAX_SYMBOLS	(1UL << 20)
#define MAX_PARTS	8

struct symbol {
	__u64 at;
	const char *name;
	char type;
};

/* /proc/kallsyms, in memory until kernel_forget(); reading it takes a while. */
static char *text_of_symbols;
static struct symbol *symbols;
static unsigned int nr_symbols;

__attribute__((noreturn))
static void cannot_tell(const char *why)
{
	fprintf(stderr, "cannot tell what this kernel has: %s\n", why);
	fflush(NULL);
	_exit(1);
}

static void *room(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		cannot_tell("no memory");
	return p;
}

static void read_symbols(void)
{
	int fd = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t got;

	if (fd < 0)
		cannot_tell("no /proc/kallsyms");
	text_of_symbols = room(MAX_TEXT);
	while ((got = read(fd, text_of_symbols + len, MAX_TEXT - 1 - len)) > 0)
		len += got;
	close(fd);
}

/* Each line is "ADDRESS TYPE NAME", and for modules more. */
static void load_symbols(void)
{
	char *line, *next;

	if (symbols)
		return;
	read_symbols();
	symbols = room(MAX_SYMBOLS * sizeof(*symbols));
	for (line = text_of_symbols; *line && nr_symbols < MAX_SYMBOLS; line = next) {
		struct symbol *s = &symbols[nr_symbols++];
		char *after;

		next = line + strcspn(line, "\n");
		next += *next == '\n';
		s->at = strtoull(line, &after, 16);
		s->type = after[1];
		s->name = after + 3;
		after[3 + strcspn(after + 3, "\t\n")] = 0;
	}
	if (!nr_symbols || !symbols[nr_symbols / 2].at)
		cannot_tell("/proc/kallsyms has no addresses");
}

void kernel_forget(void)
{
	if (!symbols)
		return;
	munmap(text_of_symbols, MAX_TEXT);
	munmap(symbols, MAX_SYMBOLS * sizeof(*symbols));
	symbols = NULL;
	nr_symbols = 0;
}

/* The compiler adds .cold, .isra.0 and the like to the names of parts and variants. */
static bool is_part_of(const struct symbol *s, const char *name, size_t len)
{
	return strchr("tTwW", s->type) && !strncmp(s->name, name, len) &&
	       (!s->name[len] || s->name[len] == '.');
}

/* Return: number of parts of the function, which are set in @parts. */
static unsigned int find_parts(const char *name, const struct symbol **parts)
{
	size_t len = strlen(name);
	unsigned int nr = 0, i;

	load_symbols();
	for (i = 0; i < nr_symbols && nr < MAX_PARTS; i++)
		if (is_part_of(&symbols[i], name, len))
			parts[nr++] = &symbols[i];
	return nr;
}

/* Return: the start of the function itself, not of a part; 0 if there is none. */
static __u64 address_of(const char *name)
{
	const struct symbol *parts[MAX_PARTS];
	unsigned int nr = find_parts(name, parts), i;

	for (i = 0; i < nr; i++)
		if (!strcmp(parts[i]->name, name))
			return parts[i]->at;
	return 0;
}

/* Return: the address of the next symbol. Those of modules are in no order. */
static __u64 end_of(const struct symbol *s)
{
	__u64 end = s->at + TEXT_MAX;
	unsigned int i;

	for (i = 0; i < nr_symbols; i++)
		if (symbols[i].at > s->at && symbols[i].at < end)
			end = symbols[i].at;
	return end;
}

bool kernel_has(const char *name)
{
	const struct symbol *parts[MAX_PARTS];

	return find_parts(name, parts);
}

bool kernel_has_global(const char *name)
{
	const struct symbol *parts[MAX_PARTS];

	return find_parts(name, parts) && parts[0]->type == 'T';
}

#ifdef __aarch64__
/* Return: true if the instruction is a bl or b to the address. */
static bool calls(const unsigned char *insn, __u64 at, __u64 callee)
{
	__u32 word;

	memcpy(&word, insn, sizeof(word));
	return (word & 0x7c000000) == 0x14000000 &&
	       at + (__s64)(__s32)(word << 6) / 64 * 4 == callee;
}

#define STEP	4
#define LENGTH	4
#else
/* Return: true if there is a call or jump to the address, if an instruction begins here. */
static bool calls(const unsigned char *insn, __u64 at, __u64 callee)
{
	__s32 to;

	memcpy(&to, insn + 1, 4);
	/* With call depth tracking the call may lead to up to 16 bytes before. */
	return (insn[0] == 0xe8 || insn[0] == 0xe9) && callee - (at + 5 + to) <= 16;
}

#define STEP	1
#define LENGTH	5
#endif

/* Return: true if the part has a direct call of, or jump to, the address. */
static bool part_calls(int fd, const struct symbol *s, __u64 callee)
{
	static unsigned char text[TEXT_MAX];
	struct text_range range = { s->at, (uintptr_t)text, end_of(s) - s->at };
	size_t i;

	if (ioctl(fd, TEXT_IOC_COPY, &range))
		cannot_tell("mmn_text does not copy a function");
	for (i = 0; i + LENGTH <= range.len; i += STEP)
		if (calls(text + i, s->at + i, callee))
			return true;
	return false;
}

static int open_text(void)
{
	int module = open("/modules/mmn_text.ko", O_RDONLY | O_CLOEXEC);
	int fd;

	if (module >= 0)
		syscall(SYS_finit_module, module, "", 0);
	close(module);
	fd = open("/dev/mmn_text", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		cannot_tell("/modules/mmn_text.ko does not load");
	return fd;
}

bool kernel_calls(const char *caller, const char *name)
{
	const struct symbol *parts[MAX_PARTS];
	unsigned int nr = find_parts(caller, parts), i;
	__u64 callee = address_of(name);
	bool found = false;
	int fd;

	if (!nr || !callee)
		return false;
	fd = open_text();
	for (i = 0; i < nr && !found; i++)
		found = part_calls(fd, parts[i], callee);
	close(fd);
	return found;
}
