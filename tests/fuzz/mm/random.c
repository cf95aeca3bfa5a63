// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* random: the random streams, and the values that a step draws from them. */
#include "fuzz.h"

const struct op *const op_tables[] = {
	map_ops, advice_ops, share_ops, uffd_ops, node_ops, device_ops, NULL
};

/* splitmix64: works with any seed. */
__u64 rng_next(struct rng *r)
{
	__u64 z = r->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

void rng_seed(struct rng *r, __u64 seed, unsigned int stream)
{
	r->state = seed;
	r->state = rng_next(r) + stream;
	r->state = rng_next(r);
}

void draw(struct rng *r, struct draw *d)
{
	__u64 x = rng_next(r), y = rng_next(r), z = rng_next(r);

	d->op = x;
	/* Big slots are drawn less often: they take more time. */
	d->slot = (x >> 32) % (SLOTS + BIG);
	if (d->slot >= SLOTS)
		d->slot -= SLOTS;
	d->page = y;
	d->pages = y >> 32;
	d->a = z;
	d->b = z >> 32;
}

char *slot_base(unsigned int slot)
{
	return ARENA + slot * STRIDE;
}

unsigned int slot_pages(unsigned int slot)
{
	return slot < BIG ? SMALL : FILE_PAGES;
}

/*
 * The pages that a step works on: a few of its slot, or all. The latter is less frequent
 * for big slots.
 */
char *draw_range(const struct draw *d, size_t *len)
{
	unsigned int size = slot_pages(d->slot), page = d->page % size, pages;

	if (d->pages >> 27 < (d->slot < BIG ? 8 : 2)) {
		*len = size * PG;
		return slot_base(d->slot);
	}
	pages = 1 + d->pages % 16;
	if (pages > size - page)
		pages = size - page;
	*len = pages * PG;
	return slot_base(d->slot) + page * PG;
}

unsigned int ops_count(void)
{
	unsigned int nr = 0;

	while (op_get(nr))
		nr++;
	return nr;
}

const struct op *op_get(unsigned int nr)
{
	const struct op *const *table, *op;

	for (table = op_tables; *table; table++)
		for (op = *table; op->name; op++)
			if (!nr--)
				return op;
	return NULL;
}

/* Picks by weight among the operations that this actor may do. */
const struct op *op_pick(__u32 value, unsigned int by, unsigned int *nr)
{
	static unsigned int sums[4];
	const struct op *const *table, *op;
	unsigned int i = 0;

	if (!sums[by])
		for (; (op = op_get(i)); i++)
			sums[by] += op->by & by ? op->weight : 0;
	value %= sums[by];
	i = 0;
	for (table = op_tables; *table; table++) {
		for (op = *table; op->name; op++, i++) {
			if (!(op->by & by))
				continue;
			if (value < op->weight) {
				*nr = i;
				return op;
			}
			value -= op->weight;
		}
	}
	return NULL;
}
