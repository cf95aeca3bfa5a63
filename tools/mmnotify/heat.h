/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * heat: which addresses of a process were hit when. An address space is huge and nearly empty, so
 * the rows are those blocks of 2 MB that were hit, in the order of their addresses. Pure.
 */
#ifndef HEAT_H
#define HEAT_H

#include "event.h"

#define HEAT_ROWS	40
#define HEAT_COLUMNS	96

struct heat {
	int tgid;
	char comm[COMM_LEN];
	/* First pass: the blocks that were hit, each once, as a hash. */
	unsigned long long *block;
	unsigned int room, nr;
	/* Second pass: pages hit, by row and column. */
	unsigned int rows, per_row;
	unsigned long long from[HEAT_ROWS + 1];
	unsigned long long cell[HEAT_ROWS][HEAT_COLUMNS];
	unsigned long long max;
};

/* heat_note() - first pass: remember the blocks of an event. */
void heat_note(struct heat *heat, const struct event *e);

/* heat_rows() - between the passes: share the blocks among the rows. */
void heat_rows(struct heat *heat);

/* heat_add() - second pass: count an event in @column. */
void heat_add(struct heat *heat, const struct event *e, unsigned int column);

void heat_free(struct heat *heat);

#endif /* HEAT_H */
