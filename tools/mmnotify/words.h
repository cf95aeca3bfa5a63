/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* words: one event as a line for people, or as JSON. Pure. */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stdio.h>

#include "event.h"
#include "lines.h"

/* words_heading() - the names of the columns. */
void words_heading(FILE *out, bool drivers);

/*
 * words_line() - one event; names of tasks are filled in already.
 * @memory: kind of memory, "" if it is not known
 * @drivers: names of the drivers of the process, NULL: they are not shown
 */
void words_line(FILE *out, const struct event *e, const char *memory, const char *drivers);

/* words_json() - the same as an object on a line. */
void words_json(FILE *out, const struct event *e, const char *memory, const char *drivers);

/* words_json_driver() - calls of a driver's callback as an object on a line. */
void words_json_driver(FILE *out, const struct driver_line *calls);

/* words_plain() - a text of the table of causes without its backticks. Return: @buf */
const char *words_plain(char *buf, size_t size, const char *text);

/*
 * words_wrapped() - print a text in lines of @width; all but the first are indented by @indent
 * blanks.
 */
void words_wrapped(FILE *out, const char *text, int indent, int width);

#endif /* WORDS_H */
