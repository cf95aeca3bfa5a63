/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* util: errors, memory and small files. */
#ifndef UTIL_H
#define UTIL_H

#include <stdbool.h>
#include <stddef.h>

#define ARRAY_SIZE(x)	(sizeof(x) / sizeof((x)[0]))

/* die() - print "mmnotify: ..." to stderr and exit with 1. One line that says what to do. */
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* usage_die() - likewise, for a command line that is wrong: names the help, exits with 2. */
void usage_die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* warn() - print "mmnotify: ..." to stderr. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Like malloc() and its kin; without memory they print one line and exit. */
void *zalloc(size_t size);
void *regrow(void *old, size_t size);
char *copy_text(const char *text);

/* read_file() - Return: the content of @path with a NUL behind it, or NULL with errno. */
char *read_file(const char *path, size_t *size);

/* read_number() - Return: true with the number in @path, which may be Y or N for 1 and 0. */
bool read_number(const char *path, unsigned long *value);

/* write_file() - Return: 0, or -1 with errno. */
int write_file(const char *path, const char *text);

/* next_line() - cut the next line off *@text, without its newline. Return: it, or NULL. */
char *next_line(char **text);

#endif /* UTIL_H */
