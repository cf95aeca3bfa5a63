// SPDX-License-Identifier: GPL-2.0-only
/*
 * inflight: what clients were told of events of which there was no record, for who hears
 * of the same event next, and for its end.
 *
 * Each task has a place of its own, so a CPU writes to lines that it alone writes to, as
 * long as no two tasks have the same hash. Then each may take the other's place, and who
 * does not find its own words there, by their tag, judges the end by what the kernel
 * says. No locks and no atomic operation, as in record.c.
 *
 * Events nest: a THP is split while its range is unmapped. Ranges lie on the stack, so
 * an event that is part of another one has the lower address, and gets the second place.
 * What lies lower than ours, or ended, needs its place no more.
 *
 * Of one address at most one place says something, and each start writes there, or drops
 * what is there if it has a record. So what an end finds is of its own event, and not of
 * one before with the same range, task, mm and addresses; which a record might be, if the
 * hook missed the start.
 *
 * Pure enough to compile in user space too.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>

#include "inflight.h"

/* A verdict is one word, so that it is written and read at once. */
static_assert(sizeof(struct mmn_verdict) == sizeof(u64));

struct mmn_inflight_pair mmn_inflight_table[1 << MMN_INFLIGHT_BITS];

/* Which objects there are; another one whenever some is gone. */
atomic_long_t mmn_inflight_generation;

/**
 * mmn_inflight_new_generation() - an object goes, and its address may be another's
 *
 * Context: Any.
 */
void mmn_inflight_new_generation(void)
{
	atomic_long_inc(&mmn_inflight_generation);
}
