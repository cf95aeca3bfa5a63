/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mmnotify: why did the mm invalidate my translations?
 *
 * The only public header. The vocabulary of events follows the series of 2019
 * that gave mmu notifiers their events (v6); here it has one meaning on every
 * kernel. All enums and structures are append-only.
 */
#ifndef MMNOTIFY_H
#define MMNOTIFY_H

#include <linux/atomic.h>
#include <linux/interval_tree.h>
#include <linux/llist.h>
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/types.h>

#include <mmnotify/mmnotify_types.h>

struct mmnotify_mm;
struct mmnotify_range;

/* In each module that calls us: the exported names live in a namespace. */
#define MMNOTIFY_IMPORT_NS()	MODULE_INFO(import_ns, "MMNOTIFY")

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
 * Fail-open: what is not exact affects everybody.
 *
 * Context: Any.
 * Return: false only if it is certain that none of @effects happens.
 */
static inline bool mmnotify_affects(const struct mmnotify_info *info,
				    u32 effects)
{
	return !(info->flags & MMNOTIFY_F_EXACT) || (info->effects & effects);
}

/**
 * struct mmnotify_client - a driver that uses mmnotify
 * @name: shown in debugfs; must outlive the registration
 * @owner: THIS_MODULE
 * @priv: mmnotify's
 * @rsvd: for later; zero
 *
 * One per driver, static. While at least one client is registered the hook
 * is attached.
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
 *	mmnotify_set_seq() with @seq under the lock that mmnotify_read_retry()
 *	is called under. Return false only if that needs to sleep while
 *	mmnotify_blockable() says no: the kernel then gives up the operation (else
 *	false is logged and counts as true).
 *	It may run in any task (kswapd, ksmd, another process) under any mm lock:
 *	it must not take mmap_lock, allocate memory in a way that reclaims,
 *	insert, move or remove a range or put an object of the same mm (remove
 *	waits for the running invalidation: for ever).
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
 * @removed: mmnotify_range_remove_async() is done, the memory may go. May sleep.
 *	Only needed for that call.
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

/* An invalidation whose end a range waits for. */
struct mmnotify_pending {
	/* private: mmnotify's */
	struct mmnotify_pending *next;
	unsigned long event;
};

/**
 * struct mmnotify_range - a range of addresses of one mm that a driver mirrors
 * @mni: the native object; what hmm_range_fault() needs, see mmnotify_hmm()
 * @ops: the callbacks
 * @client: whose it is
 * @owner: set by the driver before it inserts: MIGRATE and EXCLUSIVE events with
 *	this owner (dev_pagemap.owner) are its own and not delivered. NULL: all are
 *
 * Embedded in the driver's own structure, zeroed before it is inserted; needs
 * no allocation, may live on the stack and may overlap others.
 */
struct mmnotify_range {
	struct mmu_interval_notifier mni;
	const struct mmnotify_range_ops *ops;
	struct mmnotify_client *client;
	void *owner;
	/* private: mmnotify's */
	void *ends;
	struct mmnotify_pending pending;
	struct llist_node async;
	atomic_t undelivered;
	unsigned int lost;
};

/**
 * struct mmnotify_mm_ops - callbacks for a whole mm
 * @start: an invalidation begins; it cannot be refused. Same rules as
 *	mmnotify_range_ops.invalidate. Optional.
 * @end: the invalidation is over, the page tables are as @info said. Only
 *	promised after a blockable start, and never without a start. Optional.
 * @release: the mm goes away: the last callback, exactly once, before any page
 *	is freed, or from mmnotify_mm_unregister(); not called if the last put
 *	came first. mmnotify_mm_put() is legal inside. Optional.
 * @alloc: make the object that embeds struct mmnotify_mm, or ERR_PTR(). Called
 *	once per (mm, ops) under a mutex, may sleep.
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
 * struct mmnotify_mm - a driver's hold on one mm
 * @mn: the native object
 * @ops: the callbacks
 * @client: whose it is
 * @list: all objects, under mmnotify's mutex
 * @users: references, under mmnotify's mutex
 * @state: mmnotify's
 * @skipped: events that were not delivered and have not ended
 * @rsvd: mmnotify's
 *
 * Embedded in the driver's own structure, which its alloc() makes, zeroed.
 */
struct mmnotify_mm {
	struct mmu_notifier mn;
	const struct mmnotify_mm_ops *ops;
	struct mmnotify_client *client;
	struct list_head list;
	unsigned int users;
	unsigned int state;
	unsigned long skipped[4];
	unsigned long rsvd[4];
};

/*
 * Debian's 7.x kernels have no MODVERSIONS: a stale driver would load. So the
 * names carry the ABI version and the sizes travel along.
 */
#define mmnotify_register(client) \
	mmnotify_register_v1(client, sizeof(*(client)))
#define mmnotify_unregister(client)	mmnotify_unregister_v1(client)
#define mmnotify_classify(range, info) \
	mmnotify_classify_v1(range, info, sizeof(*(info)))
#define mmnotify_range_insert(client, range, mm, start, len, ops) \
	mmnotify_range_insert_v1(client, range, mm, start, len, ops, \
				 sizeof(*(ops)))
#define mmnotify_range_insert_primed(client, range, mm, start, len, ops) \
	mmnotify_range_insert_primed_v1(client, range, mm, start, len, ops, \
					sizeof(*(ops)))
#define mmnotify_range_insert_locked(client, range, mm, start, len, ops) \
	mmnotify_range_insert_locked_v1(client, range, mm, start, len, ops, \
					sizeof(*(ops)))
#define mmnotify_range_move(range, start, len) \
	mmnotify_range_move_v1(range, start, len)
#define mmnotify_range_remove(range)	mmnotify_range_remove_v1(range)
#define mmnotify_range_remove_async(range) \
	mmnotify_range_remove_async_v1(range)
#define mmnotify_prime(mm)		mmnotify_prime_v1(mm)
#define mmnotify_prime_locked(mm)	mmnotify_prime_locked_v1(mm)
#define mmnotify_classify_as(client, range, info) \
	mmnotify_classify_as_v1(client, range, info, sizeof(*(info)))
#define mmnotify_new_perm(info)		mmnotify_new_perm_v1(info)
#define mmnotify_self_begin(client, mm)	mmnotify_self_begin_v1(client, mm)
#define mmnotify_self_end(cookie)	mmnotify_self_end_v1(cookie)
#define mmnotify_mm_get(client, mm, ops) \
	mmnotify_mm_get_v1(client, mm, ops, sizeof(*(ops)))
#define mmnotify_mm_put(m)		mmnotify_mm_put_v1(m)
#define mmnotify_mm_unregister(m)	mmnotify_mm_unregister_v1(m)
#define mmnotify_synchronize()		mmnotify_synchronize_v1()
#define mmnotify_caps()			mmnotify_caps_v1()
#define mmnotify_event_name(event)	mmnotify_event_name_v1(event)
#define mmnotify_cause_name(cause)	mmnotify_cause_name_v1(cause)
#define mmnotify_site_name(info, buf, size) \
	mmnotify_site_name_v1(info, buf, size)

int mmnotify_register_v1(struct mmnotify_client *client, size_t size);
int mmnotify_unregister_v1(struct mmnotify_client *client);
void mmnotify_classify_v1(const struct mmu_notifier_range *range,
			  struct mmnotify_info *info, size_t size);
int mmnotify_range_insert_v1(struct mmnotify_client *client,
			     struct mmnotify_range *range, struct mm_struct *mm,
			     unsigned long start, unsigned long len,
			     const struct mmnotify_range_ops *ops, size_t size);
int mmnotify_range_insert_primed_v1(struct mmnotify_client *client,
				    struct mmnotify_range *range,
				    struct mm_struct *mm, unsigned long start,
				    unsigned long len,
				    const struct mmnotify_range_ops *ops,
				    size_t size);
int mmnotify_range_insert_locked_v1(struct mmnotify_client *client,
				    struct mmnotify_range *range,
				    struct mm_struct *mm, unsigned long start,
				    unsigned long len,
				    const struct mmnotify_range_ops *ops,
				    size_t size);
int mmnotify_range_move_v1(struct mmnotify_range *range, unsigned long start,
			   unsigned long len);
int mmnotify_range_remove_v1(struct mmnotify_range *range);
int mmnotify_range_remove_async_v1(struct mmnotify_range *range);
int mmnotify_prime_v1(struct mm_struct *mm);
int mmnotify_prime_locked_v1(struct mm_struct *mm);
void mmnotify_classify_as_v1(struct mmnotify_client *client,
			     const struct mmu_notifier_range *range,
			     struct mmnotify_info *info, size_t size);
enum mmnotify_perm mmnotify_new_perm_v1(const struct mmnotify_info *info);
unsigned int mmnotify_self_begin_v1(struct mmnotify_client *client,
				    const struct mm_struct *mm);
void mmnotify_self_end_v1(unsigned int cookie);
struct mmnotify_mm *mmnotify_mm_get_v1(struct mmnotify_client *client,
				       struct mm_struct *mm,
				       const struct mmnotify_mm_ops *ops,
				       size_t size);
void mmnotify_mm_put_v1(struct mmnotify_mm *m);
int mmnotify_mm_unregister_v1(struct mmnotify_mm *m);
void mmnotify_synchronize_v1(void);
u32 mmnotify_caps_v1(void);
const char *mmnotify_event_name_v1(unsigned int event);
const char *mmnotify_cause_name_v1(unsigned int cause);
int mmnotify_site_name_v1(const struct mmnotify_info *info, char *buf,
			  size_t size);

/* The native object, for struct hmm_range.notifier, and its mm. */
#define mmnotify_hmm(range)		(&(range)->mni)
#define mmnotify_range_mm(range)	((range)->mni.mm)

/**
 * mmnotify_clamp() - which part of a range does an invalidation touch?
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
static inline bool mmnotify_clamp(const struct mmnotify_range *range,
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
 * mmnotify_read_begin() - begin to read the CPU's page tables of a range
 * @range: an inserted range
 *
 * The native sequence protocol (mm/mmu_notifier.c:mmu_interval_read_begin()).
 *
 * Context: May sleep until a running invalidation ends; not in callbacks.
 * Return: the sequence for mmnotify_read_retry().
 */
static inline unsigned long mmnotify_read_begin(struct mmnotify_range *range)
{
	return mmu_interval_read_begin(&range->mni);
}

/**
 * mmnotify_read_retry() - was there an invalidation since read_begin?
 * @range: an inserted range
 * @seq: what mmnotify_read_begin() returned
 *
 * Context: Under the driver's lock that mmnotify_set_seq() is called under.
 * Return: true if what was read is stale and must be read again.
 */
static inline bool mmnotify_read_retry(struct mmnotify_range *range,
				       unsigned long seq)
{
	return mmu_interval_read_retry(&range->mni, seq);
}

/**
 * mmnotify_set_seq() - make concurrent readers retry
 * @range: the range being invalidated
 * @seq: as passed to the callback
 *
 * Context: In the invalidate callback, under the driver's lock.
 */
static inline void mmnotify_set_seq(struct mmnotify_range *range,
				    unsigned long seq)
{
	mmu_interval_set_seq(&range->mni, seq);
}

#endif /* MMNOTIFY_H */
