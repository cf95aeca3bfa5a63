/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* sys: helpers for /proc, /sys and time, for the programs in the VM. */
#ifndef LIB_SYS_H
#define LIB_SYS_H

/*
 * Bytes in a page, and in a huge page that one entry of a page middle directory maps. Set before
 * main().
 */
extern unsigned long page_size, huge_size;

/* Writes a word to a file of /proc or /sys. Return: 0, or -1 with errno. */
int put(const char *path, const char *value);

void sleep_ms(unsigned int ms);

#endif /* LIB_SYS_H */
