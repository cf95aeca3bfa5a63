/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* kernel: functions of the running kernel; see kernel.c. */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdbool.h>

/* Return: true if the kernel or a module has the function, or a variant or part of it. */
bool kernel_has(const char *name);

/* Return: true if it has the function, and not as a static one. */
bool kernel_has_global(const char *name);

/* Return: true if the function @caller, or a part of it, calls @name directly. */
bool kernel_calls(const char *caller, const char *name);

/* Frees what the others keep for the next call. */
void kernel_forget(void);

#endif /* KERNEL_H */
