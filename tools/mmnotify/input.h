/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* input: events of a recorded file, of any trace-cmd, in the order of time. */
#ifndef INPUT_H
#define INPUT_H

#include "event.h"

typedef void (*input_fn)(const struct event *e, void *data);

/* What mmnotify record wrote into the file: a line of debugfs drivers. */
typedef void (*input_note_fn)(const char *line, void *data);

/* What such a line has before it. */
#define INPUT_NOTE	"mmnotify driver: "

/*
 * input_read() - hand each event of mmnotify in the file to @fn, and each line about drivers to
 * @note, NULL: neither. Dies with one line if it is no such file.
 * Return: number of events that were lost when it was recorded, as far as it tells
 */
unsigned long long input_read(const char *path, input_fn fn, input_note_fn note, void *data);

#endif /* INPUT_H */
