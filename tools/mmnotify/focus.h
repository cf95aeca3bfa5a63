/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * focus: the last events of one process, by operation, by task and by range. The events are in a
 * buffer of fixed size, in which new ones replace old ones, so that reading them costs at most so
 * much at any rate of events.
 */
#ifndef FOCUS_H
#define FOCUS_H

#include <stdbool.h>
#include <stddef.h>

#include "tally.h"

enum focus_by { FOCUS_OPERATIONS, FOCUS_THREADS, FOCUS_RANGES, NR_FOCUS };

/*
 * focus_begin() - trace the events of @tgid, from now on
 * Return: why that is not possible, NULL if it is
 */
const char *focus_begin(int tgid);

/* focus_read() - replace what was read before by the events since. */
void focus_read(void);

/* focus_table() - its rows, in no order. */
const struct table *focus_table(enum focus_by by);

/* focus_events() - how many events were read; @complete: false if older ones had no room. */
unsigned long long focus_events(bool *complete);

void focus_end(void);

#endif /* FOCUS_H */
