/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* elf: the function of a program behind an address, from the symbols of its files. */
#ifndef ELF_READER_H
#define ELF_READER_H

#include <stddef.h>

/*
 * elf_place() - "worker_loop+0x1a in /usr/bin/app", or as much of it as can be found out.
 * @pid: a task of the process
 * Return: @buf
 */
const char *elf_place(int pid, unsigned long long addr, char *buf, size_t size);

/*
 * elf_symbol() - the function at an offset of a file.
 * Return: its name, to be freed, with @plus the offset in it; NULL if there is none
 */
char *elf_symbol(const char *path, unsigned long long offset, unsigned long long *plus);

#endif /* ELF_READER_H */
