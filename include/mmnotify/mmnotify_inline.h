/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * mmnotify_inline: structures and inline calls shared by mmnotify.h and
 * mmnotify_compat.h. Only these two include it: each defines its own struct
 * mmnotify_range and struct mmnotify_mm first, because the private parts differ.
 * struct mmnotify_info, mmnotify_client and the ops grow at the end only.
 */
#ifndef MMNOTIFY_INLINE_H
#define MMNOTIFY_INLINE_H

#include <linux/interval_tree.h>
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/types.h>

#include "mmnotify_types.h"

/**
 * struct mmnotify_info - verdict on one invalidation
 * @size: number of bytes that mmnotify filled; members behind these are not valid
 * @event: what happens to the translations, enum mmnotify_event
 * @cause: operation behind the event, enum mmnotify_cause; for policy, statistics and
 *	messages, never for correctness
 * @native: the kernel's own range->event, for comparison
 * @effects: mask of MMNOTIFY_FX_* that may hold for [@start, @end) once the event is
 *	over; a superset of the actual effects
 * @flags: mask of MMNOTIFY_F_*
 * @mm: address space that is invalidated; may differ from current->mm
 *	(MMNOTIFY_F_REMOTE)
 * @start: first byte of the range
 * @end: first byte behind the range (exclusive); ULONG_MAX for a whole mm
 * @owner: device owner of a MIGRATE or EXCLUSIVE event, or NULL; NULL for other events
 * @site: return address of the call site in the kernel, 0 if not known; do not expose
 *	it to unprivileged users
 * @rsvd16: zero
 * @rsvd32: zero
 * @rsvd: zero
 *
 * Valid during the callback only. Without MMNOTIFY_F_EXACT, @effects is
 * MMNOTIFY_FX_ALL: assume everything.
 */
struct mmnotify_info {
	u32 size;
	u16 event;
	u16 cause;
	u16 native;
	u16 rsvd16;
	u32 effects;
	u32 flags;
	u32 rsvd32;
	struct mm_struct *mm;
	unsigned long start;
	unsigned long end;
	void *owner;
	unsigned long site;
	unsigned long rsvd[4];
};

/**
 * mmnotify_blockable() - test whether the running callback may sleep
 * @info: verdict of the running callback
 *
 * Context: Any.
 * Return: true if the callback may sleep; false if it must not sleep, and so must not
 * wait for the device.
 */
static inline bool mmnotify_blockable(const struct mmnotify_info *info)
{
	return info->flags & MMNOTIFY_F_BLOCKABLE;
}

/**
 * mmnotify_affects() - test whether an invalidation may have given effects
 * @info: verdict of the running callback
 * @effects: mask of MMNOTIFY_FX_* that the caller has to react to
 *
 * Fail-open: a verdict that is not exact affects every driver, and so does a verdict
 * with an effect that is not in MMNOTIFY_FX_ALL of this header. A bit of @effects that
 * is not in MMNOTIFY_FX_ALL stands for all effects.
 *
 * Context: Any.
 * Return: false if it is certain that none of @effects occurs, else true.
 */
static inline bool __must_check mmnotify_affects(const struct mmnotify_info *info,
						 u32 effects)
{
	return !(info->flags & MMNOTIFY_F_EXACT) ||
	       (info->effects & (effects | ~MMNOTIFY_FX_ALL)) ||
	       (effects & ~MMNOTIFY_FX_ALL);
}

/**
 * struct mmnotify_client - a driver that uses mmnotify
 * @name: name shown in debugfs; must outlive the registration
 * @owner: THIS_MODULE
 * @priv: for mmnotify; zero before the registration
 * @rsvd: reserved, zero
 *
 * One per driver, static. If mmnotify_caps() lacks MMNOTIFY_CAP_NO_HOOK_NEEDED, the hook
 * is attached while at least one client is registered.
 */
struct mmnotify_client {
	const char *name;
	struct module *owner;
	void *priv;
	unsigned long rsvd[4];
};

/**
 * struct mmnotify_finish - second pass of a two-pass invalidation
 * @range: range that is invalidated; set by mmnotify
 * @priv: for mmnotify
 *
 * Embedded in the structure that the driver waits with for its device. Each invalidation
 * under way needs its own. Invalidations of one range may run in parallel, so a driver
 * that embeds a single one in its range has to wait at once while this one is in use.
 */
struct mmnotify_finish {
	struct mmnotify_range *range;
	unsigned long priv[4];
};

/**
 * struct mmnotify_range_ops - callbacks for a range of addresses
 * @invalidate: stop using the translations of [info->start, info->end) that
 *	info->effects covers, and wait for the device, before returning. Call
 *	mmnotify_range_set_seq() with @seq under the lock that mmnotify_range_read_retry()
 *	is called under. Return false only if the callback would have to sleep while
 *	mmnotify_blockable() is false: the kernel then gives up the operation. In any
 *	other case false is logged and counts as true.
 *	It may run in any task (kswapd, ksmd, another process) under any mm lock. It
 *	must not take mmap_lock, allocate memory in a way that reclaims, insert or
 *	move a range, or remove a range other than by mmnotify_range_remove_async():
 *	these calls would wait forever for the running invalidation. It may put mm
 *	objects.
 * @invalidate_start: first of two passes, in place of @invalidate and under the same
 *	rules. Instead of waiting for the device it may store in *finish a struct
 *	mmnotify_finish to wait for. Kernels with two passes (7.1 on) then start the
 *	other ranges of the same event before any of them waits; on other kernels
 *	@invalidate_finish follows at once. Optional, with @invalidate_finish.
 * @invalidate_finish: second pass: wait for the device. Runs for each stored *finish,
 *	also if another range refused the event. Same rules as @invalidate.
 * @end: an invalidation that was delivered to this range is over, and the page tables
 *	are as described by @info. Called once for each blockable invalidation, except
 *	MMNOTIFY_RELEASE and invalidations that begin after it. If memory is short, an
 *	end comes late. It comes early in one case only: invalidations that still run
 *	when the mm is released get their end at once. In both cases @info is not
 *	exact. With this callback mmnotify subscribes to every event of the mm. Same
 *	rules as @invalidate; it may sleep as far as these allow, as the invalidation
 *	is blockable, but the operation and the removal of the range wait for it.
 *	Optional.
 * @release: the mm is released while the range is inserted: called once, before any
 *	page is freed, in place of @invalidate with MMNOTIFY_RELEASE and under its
 *	rules. An UNMAP of all addresses still follows. Optional.
 * @removed: mmnotify_range_remove_async() is done: the range may be freed, or zeroed
 *	and inserted again. Runs in a work item, may sleep, and may run at the same
 *	time for other ranges. Needed for mmnotify_range_remove_async() only.
 * @effects: mask of MMNOTIFY_FX_*: an exact event without any of these effects is not
 *	delivered, and does not change the sequence; 0 to have all events delivered
 * @rsvd: zero
 *
 * Follows include/linux/mmu_notifier.h:struct mmu_interval_notifier_ops, with the
 * verdict in place of struct mmu_notifier_range.
 */
struct mmnotify_range_ops {
	bool (*invalidate)(struct mmnotify_range *range,
			   const struct mmnotify_info *info, unsigned long seq);
	bool (*invalidate_start)(struct mmnotify_range *range,
				 const struct mmnotify_info *info,
				 unsigned long seq,
				 struct mmnotify_finish **finish);
	void (*invalidate_finish)(struct mmnotify_finish *finish);
	void (*end)(struct mmnotify_range *range,
		    const struct mmnotify_info *info);
	void (*release)(struct mmnotify_range *range, unsigned long seq);
	void (*removed)(struct mmnotify_range *range);
	u32 effects;
	u32 rsvd;
};

/**
 * struct mmnotify_mm_ops - callbacks for a whole mm
 * @start: an invalidation begins; it cannot be refused. Same rules as
 *	mmnotify_range_ops.invalidate. Optional.
 * @end: the invalidation is over, and the page tables are as described by @info.
 *	Guaranteed only after a blockable start, and never without a start. Same rules
 *	as @start; it must not sleep while mmnotify_blockable() is false. Optional.
 * @release: the mm is released, before any page is freed, or the object is dropped by
 *	mmnotify_mm_unregister(): called once. Not called if the last put came first;
 *	an exit that runs at the same time as that put may still call it. Callbacks of
 *	other tasks (reclaim) may run at the same time. Optional.
 * @alloc: allocate the zeroed object that embeds struct mmnotify_mm, or return
 *	ERR_PTR(). Called for the first get, under mmap_lock of the mm, held for write;
 *	may sleep.
 * @free: free the object: the last reference was put and no callback runs any more.
 *	Called from an SRCU callback, from mmnotify_mm_unregister(), or, if the kernel
 *	refuses the notifier, from mmnotify_mm_get() under mmap_lock held for write.
 *	Must not sleep.
 * @effects: as in struct mmnotify_range_ops; @start and @end of one event are either
 *	both delivered or both not
 * @rsvd: zero
 */
struct mmnotify_mm_ops {
	void (*start)(struct mmnotify_mm *m, const struct mmnotify_info *info);
	void (*end)(struct mmnotify_mm *m, const struct mmnotify_info *info);
	void (*release)(struct mmnotify_mm *m);
	struct mmnotify_mm *(*alloc)(struct mm_struct *mm);
	void (*free)(struct mmnotify_mm *m);
	u32 effects;
	u32 rsvd;
};

/**
 * mmnotify_range_notifier() - native notifier of a range, for struct hmm_range.notifier
 * @range: inserted range
 *
 * Context: Any.
 * Return: the address of the struct mmu_interval_notifier in @range.
 */
#define mmnotify_range_notifier(range)	(&(range)->mni)

/**
 * mmnotify_range_mm() - mm of a range
 * @range: inserted range
 *
 * Context: Any.
 * Return: the mm that the range was inserted for.
 */
#define mmnotify_range_mm(range)	((range)->mni.mm)

/**
 * mmnotify_range_clamp() - intersect an invalidation with a range
 * @range: inserted range
 * @info: verdict of the running callback
 * @start: output: first byte of the intersection
 * @end: output: first byte behind the intersection (exclusive)
 *
 * An event may be as wide as the address space (MMNOTIFY_F_WIDENED).
 *
 * Context: Any.
 * Return: true if they overlap; false if not, and then *@start and *@end are both the
 * first byte of @range.
 */
static inline bool mmnotify_range_clamp(const struct mmnotify_range *range,
					const struct mmnotify_info *info,
					unsigned long *start, unsigned long *end)
{
	unsigned long first = range->mni.interval_tree.start;
	unsigned long last = range->mni.interval_tree.last;

	*start = first;
	*end = first;
	if (info->start > last || info->end <= first)
		return false;
	if (info->start > first)
		*start = info->start;
	*end = last < info->end ? last + 1 : info->end;
	return true;
}

/**
 * mmnotify_range_read_begin() - begin to read the CPU's page tables of a range
 * @range: inserted range
 *
 * Native sequence protocol (mm/mmu_notifier.c:mmu_interval_read_begin()).
 *
 * Context: May sleep until a running invalidation ends; not in a callback.
 * Return: the sequence to pass to mmnotify_range_read_retry().
 */
static inline unsigned long mmnotify_range_read_begin(struct mmnotify_range *range)
{
	return mmu_interval_read_begin(&range->mni);
}

/**
 * mmnotify_range_read_retry() - test for an invalidation since mmnotify_range_read_begin()
 * @range: inserted range
 * @seq: return value of mmnotify_range_read_begin()
 *
 * Context: Under the driver's lock that mmnotify_range_set_seq() is called under.
 * Return: true if the translations read since then are stale and must be read again.
 */
static inline bool __must_check mmnotify_range_read_retry(struct mmnotify_range *range,
							  unsigned long seq)
{
	return mmu_interval_read_retry(&range->mni, seq);
}

/**
 * mmnotify_range_set_seq() - make concurrent readers retry
 * @range: range that is invalidated
 * @seq: sequence that was passed to the callback
 *
 * Context: In the invalidate callback, under the driver's lock.
 */
static inline void mmnotify_range_set_seq(struct mmnotify_range *range,
					  unsigned long seq)
{
	mmu_interval_set_seq(&range->mni, seq);
}

#endif /* MMNOTIFY_INLINE_H */
