// SPDX-License-Identifier: GPL-2.0-only
/*
 * inflight: keeps the verdict of an event that has no record. The first start callback
 * saves it; other objects that see the same event and the end callback find it.
 *
 * Each task has two slots, found by a hash of the task pointer. So a CPU writes only to
 * cache lines of the task that it runs, unless two tasks have the same hash. Those may
 * overwrite each other's slots. The tag detects that, and the end callback classifies the
 * event again. As in record.c, there are no locks and no atomic read-modify-write.
 *
 * Events nest: a THP may be split while its range is unmapped. struct mmu_notifier_range
 * lies on the stack, so a nested event has the lower address. It uses the inner slot.
 * Slots of lower addresses, or of events that ended, can be reused.
 *
 * At most one slot holds data for a given range address. Each start overwrites it, or
 * drops it if the event has a record. So an end callback never sees data of an earlier
 * event, not even of one with the same address, task, mm, start and end. A record cannot
 * promise that, because the hook may miss a start.
 *
 * Also compiled in user space, for unit tests.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>

#include "inflight.h"

/* A verdict is one word, so that one access reads or writes all of it. */
static_assert(sizeof(struct mmn_verdict) == sizeof(u64));

struct mmn_inflight_pair mmn_inflight_table[1 << MMN_INFLIGHT_BITS];

/* Changes whenever an object is freed: pointers to objects saved before are stale. */
atomic_long_t mmn_inflight_generation;

/**
 * mmn_inflight_new_generation() - start a new generation of objects
 *
 * Called after an object was removed, because its address may be reused.
 *
 * Context: Any.
 */
void mmn_inflight_new_generation(void)
{
	atomic_long_inc(&mmn_inflight_generation);
}
