/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* tap: TAP on stdout, for the programs that run in the VM. */
#ifndef LIB_TAP_H
#define LIB_TAP_H

#include <stdbool.h>

/* Return: @good. */
bool tap_ok(bool good, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void skip(const char *what, const char *why);
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void bail(const char *what);

/* Return: 1 if a test failed, else 0. */
int plan(void);

#endif /* LIB_TAP_H */
