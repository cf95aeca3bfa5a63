/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

/**
 * struct op - an operation to be measured
 * @name: name of the operation
 * @units: pages per act() if the figure is per page, else 1
 * @big: true if it leaves deferred work (RCU, SRCU), which is waited for
 * @events: number of events, if act() has more than the measured ones; else 0
 * @setup: called once, first. Optional
 * @prepare: called before each act(). Optional
 * @act: operation to measure
 * @undo: called after each act(). Optional
 * @elapsed: returns the instructions from the start of the operation to @now, if it
 *	does not end where act() returns. Optional
 * @check: called before undo(), exits if act() failed. Optional
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
extern const char *device;	/* attaches a notifier to the opening process; or NULL */

void die(const char *what) __attribute__((noreturn));
void same_addresses(char **argv);
void be_alone(void);

/*
 * Under -icount with shift 0 the time stamp counter counts instructions. The counter of arm64
 * counts at 62.5 MHz, so it is only exact to CLOCK_STEP instructions.
 */
#ifdef __aarch64__
#define CLOCK_STEP	16

static inline uint64_t now(void)
{
	uint64_t t;

	__asm__ volatile("isb; mrs %0, cntvct_el0; isb" : "=r"(t) : : "memory");
	return t * CLOCK_STEP;
}
#else
#define CLOCK_STEP	1

static inline uint64_t now(void)
{
	uint32_t lo, hi;

	__asm__ volatile("lfence; rdtsc; lfence" : "=a"(lo), "=d"(hi) : : "memory");
	return (uint64_t)hi << 32 | lo;
}
#endif

/* No other code runs at these addresses: a jump there is a mark for tests/bench/lines/stores.c. */
#define MARK_BEGIN	0x5ead0000UL
#define MARK_END	0x5ead0010UL

#endif /* BENCH_H */
