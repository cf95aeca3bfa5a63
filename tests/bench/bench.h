/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

/**
 * struct op - an operation to be measured
 * @name: of it
 * @units: pages per act() where the figure is per page, else 1
 * @big: it leaves work to be done later (RCU, SRCU), which is waited for
 * @events: how many there are, where act() has more than what is measured
 * @setup: once, before all else; may be missing
 * @prepare: before each act(); may be missing
 * @act: what is measured
 * @undo: after each; may be missing
 * @elapsed: may be missing; if the end is not where act() returns: instructions
 *	from the operation's own beginning to @now
 * @check: dies unless act() did what it should, before undo(); may be missing
 */
struct op {
	const char *name;
	unsigned int units;
	int big;
	long events;
	void (*setup)(void);
	void (*prepare)(void);
	void (*act)(void);
	void (*undo)(void);
	uint64_t (*elapsed)(uint64_t now);
	void (*check)(void);
};

extern const struct op ops[];	/* the last one has no name */
extern const char *device;	/* attaches a notifier to who opens it, or NULL */

void die(const char *what) __attribute__((noreturn));
void same_addresses(char **argv);
void be_alone(void);

/* Under -icount with shift 0 the time stamp counter counts instructions. */
static inline uint64_t now(void)
{
	uint32_t lo, hi;

	__asm__ volatile("lfence; rdtsc; lfence" : "=a"(lo), "=d"(hi) : : "memory");
	return (uint64_t)hi << 32 | lo;
}

/* Nobody else runs code there: who does tells tests/bench/lines/stores.c. */
#define MARK_BEGIN	0x5ead0000UL
#define MARK_END	0x5ead0010UL

#endif /* BENCH_H */
