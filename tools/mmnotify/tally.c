// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* tally: sums over events, by keys. Pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tally.h"
#include "util.h"

static unsigned int bucket_of(unsigned long long ns)
{
	unsigned int i = 0;

	while (ns > 1 && i + 1 < TALLY_BUCKETS) {
		ns >>= 1;
		i++;
	}
	return i;
}

void tally_add(struct tally *t, const struct event *e)
{
	t->events++;
	t->pages += event_pages(e);
	t->ns += e->ns;
	if (e->ns > t->max_ns)
		t->max_ns = e->ns;
	t->nothing += !e->effects;
	t->inexact += !event_is_exact(e);
	if (!e->is_start)
		t->bucket[bucket_of(e->ns)]++;
}

void tally_sum(struct tally *to, const struct tally *t)
{
	to->events += t->events;
	to->pages += t->pages;
	to->ns += t->ns;
	to->max_ns = t->max_ns > to->max_ns ? t->max_ns : to->max_ns;
	to->nothing += t->nothing;
	to->inexact += t->inexact;
	for (int i = 0; i < TALLY_BUCKETS; i++)
		to->bucket[i] += t->bucket[i];
}

unsigned long long tally_quantile(const struct tally *t, double q)
{
	unsigned long long all = 0, sum = 0, limit;

	for (int i = 0; i < TALLY_BUCKETS; i++)
		all += t->bucket[i];
	for (int i = 0; all && i < TALLY_BUCKETS; i++) {
		sum += t->bucket[i];
		if (sum < q * all)
			continue;
		/* Less than two ns is less than the clock can tell. */
		limit = i ? 2ULL << i : 0;
		return limit < t->max_ns ? limit : t->max_ns;
	}
	return 0;
}

static unsigned int hash(const char *key)
{
	unsigned int h = 5381;

	while (*key)
		h = h * 33 + (unsigned char)*key++;
	return h;
}

static struct row **find_slot(struct row **slot, unsigned int room, const char *key)
{
	unsigned int i = hash(key) % room;

	while (slot[i] && strcmp(slot[i]->key, key))
		i = (i + 1) % room;
	return &slot[i];
}

static void grow(struct table *table)
{
	unsigned int room = table->room ? table->room * 2 : 64;
	struct row **slot = zalloc(room * sizeof(*slot));

	for (unsigned int i = 0; i < table->room; i++)
		if (table->slot[i])
			*find_slot(slot, room, table->slot[i]->key) = table->slot[i];
	free(table->slot);
	table->slot = slot;
	table->room = room;
}

struct tally *table_get(struct table *table, const char *key)
{
	char cut[KEY_LEN];
	struct row **slot;

	if (table->nr * 2 >= table->room)
		grow(table);
	snprintf(cut, sizeof(cut), "%s", key);
	slot = find_slot(table->slot, table->room, cut);
	if (!*slot) {
		*slot = zalloc(sizeof(**slot));
		memcpy((*slot)->key, cut, sizeof(cut));
		table->nr++;
	}
	return &(*slot)->t;
}

static int compare(const void *left, const void *right)
{
	const struct row *a = *(struct row *const *)left, *b = *(struct row *const *)right;

	if (a->t.ns != b->t.ns)
		return a->t.ns < b->t.ns ? 1 : -1;
	if (a->t.pages != b->t.pages)
		return a->t.pages < b->t.pages ? 1 : -1;
	return strcmp(a->key, b->key);
}

void table_sort(struct table *table)
{
	unsigned int nr = 0;

	free(table->sorted);
	table->sorted = zalloc((table->nr + 1) * sizeof(*table->sorted));
	for (unsigned int i = 0; i < table->room; i++)
		if (table->slot[i])
			table->sorted[nr++] = table->slot[i];
	qsort(table->sorted, nr, sizeof(*table->sorted), compare);
}

void table_free(struct table *table)
{
	for (unsigned int i = 0; i < table->room; i++)
		free(table->slot[i]);
	free(table->slot);
	free(table->sorted);
	*table = (struct table){ 0 };
}

/* Misra and Gries: a name without a place costs each other one of its number. */
void top_add(struct top *top, const char *name)
{
	int empty = -1;

	for (int i = 0; i < TOP_MAX; i++) {
		if (!top->slot[i].nr) {
			empty = i;
		} else if (!strncmp(top->slot[i].name, name, KEY_LEN - 1)) {
			top->slot[i].nr++;
			return;
		}
	}
	if (empty >= 0) {
		snprintf(top->slot[empty].name, KEY_LEN, "%s", name);
		top->slot[empty].nr = 1;
		return;
	}
	for (int i = 0; i < TOP_MAX; i++)
		top->slot[i].nr--;
}

int top_best(const struct top *top)
{
	int best = -1;

	for (int i = 0; i < TOP_MAX; i++)
		if (top->slot[i].nr && (best < 0 || top->slot[i].nr > top->slot[best].nr))
			best = i;
	return best;
}
