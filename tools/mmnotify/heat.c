// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* heat: which addresses of a process were hit when. Pure. */
#include <stdlib.h>

#include "heat.h"
#include "util.h"

#define SHIFT		21
#define BLOCK		(1ULL << SHIFT)
/* Of a longer range only the first blocks are shown. */
#define BLOCKS_MAX	1024
#define ROOM_MAX	(1u << 20)

static unsigned int slot_of(const struct heat *heat, unsigned long long block)
{
	unsigned int i = (block * 0x9e3779b97f4a7c15ULL >> 40) % heat->room;

	while (heat->block[i] && heat->block[i] != block)
		i = (i + 1) % heat->room;
	return i;
}

static void grow(struct heat *heat)
{
	unsigned long long *old = heat->block;
	unsigned int room = heat->room;

	heat->room = room ? 2 * room : 1024;
	heat->block = zalloc(heat->room * sizeof(*heat->block));
	for (unsigned int i = 0; i < room; i++)
		if (old[i])
			heat->block[slot_of(heat, old[i])] = old[i];
	free(old);
}

/* Block 0 has nothing that can be mapped, so its number is free to mark an empty slot. */
static void note_block(struct heat *heat, unsigned long long block)
{
	unsigned int i;

	if (!block || heat->room > ROOM_MAX)
		return;
	if (2 * heat->nr >= heat->room)
		grow(heat);
	i = slot_of(heat, block);
	heat->nr += !heat->block[i];
	heat->block[i] = block;
}

static unsigned long long last_block(const struct event *e)
{
	unsigned long long first = e->start >> SHIFT, last = (e->end - 1) >> SHIFT;

	return last - first < BLOCKS_MAX ? last : first + BLOCKS_MAX - 1;
}

void heat_note(struct heat *heat, const struct event *e)
{
	if (event_is_all(e) || e->end <= e->start)
		return;
	for (unsigned long long b = e->start >> SHIFT; b <= last_block(e); b++)
		note_block(heat, b);
}

static int compare(const void *left, const void *right)
{
	unsigned long long a = *(const unsigned long long *)left;
	unsigned long long b = *(const unsigned long long *)right;

	return a < b ? -1 : a > b;
}

void heat_rows(struct heat *heat)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < heat->room; i++)
		if (heat->block[i])
			heat->block[nr++] = heat->block[i];
	qsort(heat->block, nr, sizeof(*heat->block), compare);
	heat->nr = nr;
	heat->per_row = (nr + HEAT_ROWS - 1) / HEAT_ROWS;
	heat->rows = heat->per_row ? (nr + heat->per_row - 1) / heat->per_row : 0;
	for (unsigned int row = 0; row < heat->rows; row++)
		heat->from[row] = heat->block[row * heat->per_row] << SHIFT;
	if (heat->rows)
		heat->from[heat->rows] = (heat->block[nr - 1] + 1) << SHIFT;
}

/* Return: the last row that begins at or before @addr. */
static unsigned int row_of(const struct heat *heat, unsigned long long addr)
{
	unsigned int row = 0;

	while (row + 1 < heat->rows && heat->from[row + 1] <= addr)
		row++;
	return row;
}

void heat_add(struct heat *heat, const struct event *e, unsigned int column)
{
	if (event_is_all(e) || e->end <= e->start || !heat->rows || column >= HEAT_COLUMNS)
		return;
	for (unsigned long long b = e->start >> SHIFT; b <= last_block(e); b++) {
		unsigned long long from = b << SHIFT, to = from + BLOCK, *cell;

		if (!b)
			continue;
		from = e->start > from ? e->start : from;
		to = e->end < to ? e->end : to;
		cell = &heat->cell[row_of(heat, b << SHIFT)][column];
		*cell += (to - from) / 4096;
		heat->max = *cell > heat->max ? *cell : heat->max;
	}
}

void heat_free(struct heat *heat)
{
	free(heat->block);
	*heat = (struct heat){ 0 };
}
