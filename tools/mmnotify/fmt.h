/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* fmt: numbers, times and names as a person reads them, and back. Pure. */
#ifndef FMT_H
#define FMT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Enough for any text of this file but those that escape a string. */
#define FMT_LEN	32

/* fmt_time() - "0", "184 ns", "6.2 ms", "31 s", "2 min 5 s": three digits at most. Return: @buf */
const char *fmt_time(char buf[FMT_LEN], unsigned long long ns);

/* fmt_time_or_dash() - likewise, or "-" if it is not known. */
const char *fmt_time_or_dash(char buf[FMT_LEN], unsigned long long ns, bool known);

/* fmt_count() - "1,537". Return: @buf */
const char *fmt_count(char buf[FMT_LEN], unsigned long long count);

/* fmt_bytes() - "32 KB", "1.5 MB", of 1,024. Return: @buf */
const char *fmt_bytes(char buf[FMT_LEN], unsigned long long bytes);

/* fmt_pages() - "1 page", "1,537 pages". Return: @buf */
const char *fmt_pages(char buf[FMT_LEN], unsigned long long pages);

/* fmt_effects() - "gone pfn -w -r dirty", as make demo prints them, or "nothing". Return: @buf */
const char *fmt_effects(char buf[FMT_LEN], unsigned int effects);

/* fmt_event() - Return: "UNMAP" and so on, or "?". */
const char *fmt_event(unsigned int event);

/*
 * fmt_printable() - copy @text, with a control character as "\ooo"; a name of a process must not
 * write to a terminal's control channel. Return: @buf
 */
const char *fmt_printable(char *buf, size_t size, const char *text);

/* put_html() - print @text so that it is text in HTML, also inside of an attribute. */
void put_html(FILE *out, const char *text);

/* put_json() - print @text as a JSON string with its quotes, safe inside of <script>, too. */
void put_json(FILE *out, const char *text);

/* parse_number() - Return: true if all of @text is a number (decimal or 0x). */
bool parse_number(const char *text, unsigned long *value);

/* parse_time() - "250ms", "2s", "5min"; @unit is that of a plain number. Return: true, with ns. */
bool parse_time(const char *text, const char *unit, unsigned long long *ns);

/* parse_range() - "0x7f00-0x8000" or "0x7f00+64K". Return: true with start < end. */
bool parse_range(const char *text, unsigned long long *start, unsigned long long *end);

/* parse_effects() - "pfn,dirty", "any" or "nothing". Return: true with the bits. */
bool parse_effects(const char *text, unsigned int *effects);

#endif /* FMT_H */
