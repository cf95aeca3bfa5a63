/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* fuzz: declarations of the fuzzer of the test devices. */
#ifndef DOORS_FUZZ_H
#define DOORS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PG	4096UL
#define ARRAY_SIZE(x)	(sizeof(x) / sizeof((x)[0]))

/* Memory for the devices' ranges; operations unmap and change it. */
#define ARENA		((char *)0x600000000000UL)
#define ARENA_PAGES	64UL

/* splitmix64 */
struct rng {
	uint64_t state;
};

static inline uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static inline uint64_t below(struct rng *r, uint64_t n)
{
	return rng_next(r) % n;
}

/* State of one thread. */
struct actor {
	struct rng rng;
	long calls;
	char *page;	/* writable, the next page is not mapped */
	char *frozen;	/* a read-only page */
};

/* Return: true if all of it is in the actor's page; other memory must not be read. */
static inline bool is_ours(const struct actor *a, const char *p, size_t size)
{
	return p >= a->page && p <= a->page + PG && size <= (size_t)(a->page + PG - p);
}

static inline bool is_arena(const char *p)
{
	return p >= ARENA && p < ARENA + ARENA_PAGES * PG;
}

/* Size of the argument as encoded in a command number: below 16 KiB. */
#define ROOM	16384

/* call.c */
void *pick_argument(struct actor *a, size_t size);
uint64_t odd_number(struct rng *r);
void *odd_pointer(struct rng *r);
uint64_t some_address(struct rng *r);
uint64_t some_length(struct rng *r);
int call(struct actor *a, int fd, unsigned long cmd, void *arg, size_t size);
void read_some(struct actor *a, int fd);
bool report_calls(long least);

/* contract.c */
void contract_step(struct actor *a, int fd);
bool contract_end(int fd);

#endif /* DOORS_FUZZ_H */
