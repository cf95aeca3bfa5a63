/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_KALLSYMS_H
#define SHIM_KALLSYMS_H

#include <stdio.h>

#define KSYM_SYMBOL_LEN	300

/* The test has the symbols. */
int sprint_symbol(char *buffer, unsigned long address);
int sprint_symbol_no_offset(char *buffer, unsigned long address);

#endif /* SHIM_KALLSYMS_H */
