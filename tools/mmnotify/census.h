/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* census: reads the text of debugfs files: keys, numbers in comments, rows of the census. Pure. */
#ifndef CENSUS_H
#define CENSUS_H

#include <stdbool.h>
#include <stddef.h>

/* key_text() - the word behind "@key " at the start of a line, or "". */
void key_text(const char *text, const char *key, char *buf, size_t size);

/* key_number() - likewise as a number; 0 if there is none. */
long key_number(const char *text, const char *key);

/* comment_number() - the number in a line "# @key NUMBER"; -1 if there is none. */
long comment_number(const char *text, const char *key);

/* comment_text() - the rest of a line "# @key TEXT", or "". */
void comment_text(const char *text, const char *key, char *buf, size_t size);

enum census_kind {
	CENSUS_ABSENT,	/* this kernel does not have the function, or it is inlined */
	CENSUS_FOUND,	/* as audited */
	CENSUS_DOUBT,	/* verdicts of this call site are not exact; @text has the reason */
};

struct census_line {
	enum census_kind kind;
	char text[240];
};

/* census_parse() - Return: true if the line is about a call site. */
bool census_parse(const char *line, struct census_line *row);

#endif /* CENSUS_H */
