/* SPDX-License-Identifier: GPL-2.0-only */
/* input: events of a recorded file, of any trace-cmd, in the order of time. */
#ifndef INPUT_H
#define INPUT_H

#include "event.h"

typedef void (*input_fn)(const struct event *e, void *data);

/*
 * input_read() - hand each event of mmnotify in the file to @fn. Dies with one line if it is no
 * such file. Return: number of events that were lost when it was recorded, as far as it tells
 */
unsigned long long input_read(const char *path, input_fn fn, void *data);

#endif /* INPUT_H */
