// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* census: reads the text of debugfs files: keys, numbers in comments, rows of the census. Pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "census.h"

/* Return: the text behind "PREFIX KEY " at the start of a line, or NULL. */
static const char *behind(const char *text, const char *prefix, const char *key)
{
	char head[64];
	size_t len = snprintf(head, sizeof(head), "%s%s ", prefix, key);

	while (text && *text) {
		if (!strncmp(text, head, len))
			return text + len;
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return NULL;
}

static void copy_until(const char *at, const char *ends, char *buf, size_t size)
{
	size_t len = at ? strcspn(at, ends) : 0;

	if (len >= size)
		len = size - 1;
	if (len)
		memcpy(buf, at, len);
	buf[len] = '\0';
}

void key_text(const char *text, const char *key, char *buf, size_t size)
{
	copy_until(behind(text, "", key), " \n", buf, size);
}

void comment_text(const char *text, const char *key, char *buf, size_t size)
{
	copy_until(behind(text, "# ", key), "\n", buf, size);
}

long key_number(const char *text, const char *key)
{
	const char *at = behind(text, "", key);

	return at ? strtol(at, NULL, 0) : 0;
}

long comment_number(const char *text, const char *key)
{
	const char *at = behind(text, "# ", key);

	return at ? strtol(at, NULL, 0) : -1;
}

/* Lines that begin with # are totals, but for a frame that was not found. */
static bool parse_comment(const char *line, struct census_line *row)
{
	bool failed = !strncmp(line, "# failed", 8);

	if (!failed && strncmp(line, "# no function of ", 17))
		return false;
	row->kind = CENSUS_DOUBT;
	snprintf(row->text, sizeof(row->text), "%s%s", failed ? "the census " : "", line + 2);
	return true;
}

bool census_parse(const char *line, struct census_line *row)
{
	char site[80], state[120];
	unsigned int calls;

	if (*line == '#')
		return parse_comment(line, row);
	if (sscanf(line, "%79s %u %119[^;]", site, &calls, state) != 3) {
		/* A function that has no row. */
		row->kind = CENSUS_DOUBT;
		snprintf(row->text, sizeof(row->text), "%s: not audited", line);
		return *line != '\0';
	}
	row->kind = !strcmp(state, "found") ? CENSUS_FOUND :
		!strcmp(state, "absent") ? CENSUS_ABSENT : CENSUS_DOUBT;
	snprintf(row->text, sizeof(row->text), "%s: %s", site, state);
	return true;
}
