/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * mmnotify_inline: what mmnotify.h and mmnotify_compat.h have in common, the
 * structures and the calls that are inline. For those two only: each defines
 * struct mmnotify_range and struct mmnotify_mm, whose private parts differ, and
 * then includes this. struct mmnotify_info, mmnotify_client and the ops grow at the end.
 */
#ifndef MMNOTIFY_INLINE_H
#define MMNOTIFY_INLINE_H

#include <linux/interval_tree.h>
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/types.h>

#include "mmnotify_types.h"

/**
 * struct mmnotify_info - what is known about one invalidation
 * @size: sizeof(struct mmnotify_info) of the mmnotify that filled it
 * @event: what happens to the translations, enum mmnotify_event
 * @cause: which operation does it, enum mmnotify_cause; for policy and for
 *	people, never for correctness
 * @native: the kernel's own range->event, for comparison
 * @effects: mask of MMNOTIFY_FX_*: what may be different for [@start, @end)
 *	once the event is over; always a superset of the truth
 * @flags: mask of MMNOTIFY_F_*
 * @mm: whose translations; not always current->mm (MMNOTIFY_F_REMOTE)
 * @start: first byte of the range
 * @end: first byte behind the range (exclusive); ULONG_MAX for a whole mm
 * @owner: for MIGRATE and EXCLUSIVE the device owner, or NULL; otherwise NULL
 * @site: return address of the call site in the kernel, 0 if not known; not
 *	to be shown to the unprivileged
 * @rsvd16: zero
 * @rsvd32: zero
 * @rsvd: zero
 *
 * Valid during the callback only: copy what you keep. Without
 * MMNOTIFY_F_EXACT, @effects is MMNOTIFY_FX_ALL: assume everything.
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
 * mmnotify_blockable() - may this callback sleep?
 * @info: the verdict of the running callback
 *
 * Context: Any.
 * Return: false if sleeping, and so waiting for the device, is forbidden.
 */
static inline bool mmnotify_blockable(const struct mmnotify_info *info)
{
	return info->flags & MMNOTIFY_F_BLOCKABLE;
}

/**
 * mmnotify_affects() - does this invalidation touch what I depend on?
 * @info: the verdict of the running callback
 * @effects: mask of MMNOTIFY_FX_* that invalidate what the caller keeps
 *
 * Fail-open: a verdict that is not exact affects every driver, and so does one with
 * an effect that this header does not know. A bit of @effects that this header does not
 * know stands for all effects.
 *
 * Context: Any.
 * Return: false only if it is certain that none of @effects happens.
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
 * @name: shown in debugfs; must outlive the registration
 * @owner: THIS_MODULE
 * @priv: mmnotify's
 * @rsvd: for later; zero
 *
 * One per driver, static. Where mmnotify_caps() lacks MMNOTIFY_CAP_NO_HOOK_NEEDED, the
 * hook is attached while at least one client is registered.
 */
struct mmnotify_client {
	const char *name;
	struct module *owner;
	void *priv;
	unsigned long rsvd[4];
};

/**
 * struct mmnotify_finish - what a two-pass invalidation waits for
 * @range: whose; set by mmnotify
 * @priv: mmnotify's
 *
 * Embedded in what the driver needs to wait for its device; one per invalidation
 * that is under way, so one inside the driver's range serves only a driver that
 * falls back to waiting at once while it is in use.
 */
struct mmnotify_finish {
	struct mmnotify_range *range;
	unsigned long priv[4];
};

/**
 * struct mmnotify_range_ops - callbacks for a range of addresses
 * @invalidate: stop using the translations of [info->start, info->end) that
 *	info->effects touches, and wait for the device, before returning. Call
 *	mmnotify_range_set_seq() with @seq under the lock that mmnotify_range_read_retry()
 *	is called under. Return false only if that needs to sleep while
 *	mmnotify_blockable() says no: the kernel then gives up the operation (else
 *	false is logged and counts as true).
 *	It may run in any task (kswapd, ksmd, another process) under any mm lock:
 *	it must not take mmap_lock, allocate memory in a way that reclaims, insert or
 *	move a range, or remove one other than by mmnotify_range_remove_async() (the
 *	others wait for the running invalidation: for ever). It may put mm objects.
 * @invalidate_start: first of two passes, in place of @invalidate: as that, but
 *	instead of waiting for the device it may store in *finish what is to be
 *	waited for. Kernels with two passes (7.x) then start the other ranges of
 *	the same event before anybody waits; before, @invalidate_finish follows at
 *	once. Optional, with @invalidate_finish.
 * @invalidate_finish: second pass: wait. Runs for each stored *finish, also if
 *	another range refused the event. Same rules as @invalidate.
 * @end: an invalidation that this range was told of is over: the page tables are
 *	as @info said. Once for each blockable one but MMNOTIFY_RELEASE and what
 *	begins after it; what runs while the mm is released has its end then. Never
 *	early, but late if memory is short; in both cases @info is not exact. It
 *	needs a look at every event of the mm. Optional.
 * @release: the mm goes away: called once, before any page is freed, in place of
 *	@invalidate with MMNOTIFY_RELEASE and under its rules. The UNMAP of
 *	everything still follows. Optional.
 * @removed: mmnotify_range_remove_async() is done, the memory may go, or the range
 *	may be zeroed and inserted again. Runs in a work item, may sleep, and may run at the same
 *	time for other ranges. Only needed for that call.
 * @effects: mask of MMNOTIFY_FX_*: only events that may have one of these are
 *	delivered, and all that are not exact; 0 delivers everything. What is not
 *	delivered does not touch the sequence either.
 * @rsvd: zero
 *
 * Follows include/linux/mmu_notifier.h:struct mmu_interval_notifier_ops, with
 * the verdict in place of the kernel's range.
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
 * @end: the invalidation is over, the page tables are as @info said. Only
 *	promised after a blockable start, and never without a start. Optional.
 * @release: the mm goes away: the last callback, exactly once, before any page
 *	is freed, or from mmnotify_mm_unregister(); not called if the last put
 *	came first. Optional.
 * @alloc: make the object that embeds struct mmnotify_mm, or ERR_PTR(). Called
 *	under mmap_lock of the mm, held for write, for the first get; may sleep.
 * @free: the last reference is gone and no callback runs any more. Called from
 *	an SRCU callback: must not sleep.
 * @effects: as in struct mmnotify_range_ops; @start and @end of one event are
 *	delivered both or not at all
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
 * mmnotify_range_notifier() - the native object of a range
 * @range: an inserted range
 *
 * For struct hmm_range.notifier.
 *
 * Context: Any.
 * Return: the address of its struct mmu_interval_notifier.
 */
#define mmnotify_range_notifier(range)	(&(range)->mni)

/**
 * mmnotify_range_mm() - the mm of a range
 * @range: an inserted range
 *
 * Context: Any.
 * Return: the mm that the range was inserted for.
 */
#define mmnotify_range_mm(range)	((range)->mni.mm)

/**
 * mmnotify_range_clamp() - which part of a range does an invalidation touch?
 * @range: an inserted range
 * @info: the verdict of the running callback
 * @start: out: first byte, inside the range
 * @end: out: first byte behind, at most the first behind the range
 *
 * An event may be as wide as the address space (MMNOTIFY_F_WIDENED).
 *
 * Context: Any.
 * Return: false if they do not overlap; the outputs are then both the range's
 * first byte.
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
 * @range: an inserted range
 *
 * The native sequence protocol (mm/mmu_notifier.c:mmu_interval_read_begin()).
 *
 * Context: May sleep until a running invalidation ends; not in callbacks.
 * Return: the sequence for mmnotify_range_read_retry().
 */
static inline unsigned long mmnotify_range_read_begin(struct mmnotify_range *range)
{
	return mmu_interval_read_begin(&range->mni);
}

/**
 * mmnotify_range_read_retry() - was there an invalidation since read_begin?
 * @range: an inserted range
 * @seq: what mmnotify_range_read_begin() returned
 *
 * Context: Under the driver's lock that mmnotify_range_set_seq() is called under.
 * Return: true if what was read is stale and must be read again.
 */
static inline bool __must_check mmnotify_range_read_retry(struct mmnotify_range *range,
							  unsigned long seq)
{
	return mmu_interval_read_retry(&range->mni, seq);
}

/**
 * mmnotify_range_set_seq() - make concurrent readers retry
 * @range: the range being invalidated
 * @seq: as passed to the callback
 *
 * Context: In the invalidate callback, under the driver's lock.
 */
static inline void mmnotify_range_set_seq(struct mmnotify_range *range,
					  unsigned long seq)
{
	mmu_interval_set_seq(&range->mni, seq);
}

#endif /* MMNOTIFY_INLINE_H */
