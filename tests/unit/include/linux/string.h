/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_STRING_H
#define SHIM_STRING_H

#include <stdbool.h>
#include <string.h>
#include <sys/types.h>

static inline ssize_t strscpy(char *to, const char *from, size_t size)
{
	size_t len = 0;

	/* Not strnlen(): the compiler warns where @from is a shorter constant. */
	for (; len < size - 1 && from[len]; len++)
		to[len] = from[len];
	to[len] = '\0';
	return len;
}

static inline ssize_t strscpy_pad(char *to, const char *from, size_t size)
{
	size_t len = strscpy(to, from, size);

	memset(to + len, 0, size - len);
	return len;
}

/* The test may let it fail. */
char *kstrdup(const char *s, int flags);

static inline bool strstarts(const char *str, const char *prefix)
{
	return !strncmp(str, prefix, strlen(prefix));
}

static inline const void *memchr_inv(const void *start, int c, size_t bytes)
{
	const unsigned char *p = start;

	for (; bytes; p++, bytes--)
		if (*p != (unsigned char)c)
			return p;
	return NULL;
}

static inline int match_string(const char *const *array, size_t n, const char *string)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(array[i], string))
			return i;
	return -1;
}

#endif /* SHIM_STRING_H */
