/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* The log of a test whose file may log several lines: @logged has all of them. */
#ifndef LOG_H
#define LOG_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <linux/printk.h>

static char logged[4000];

void shim_log(const char *fmt, ...)
{
	size_t len = strlen(logged);
	va_list args;

	va_start(args, fmt);
	vsnprintf(logged + len, sizeof(logged) - len, fmt, args);
	va_end(args);
}

#endif /* LOG_H */
