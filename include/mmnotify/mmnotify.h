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
 * struct mmnotify_range_ops - callbacks for a range of addresses
 * @invalidate: stop using the translations of [info->start, info->end) that
 *	@info->effects touches, and wait for the device, before returning. Call
 *	mmnotify_set_seq() with @seq under the lock that mmnotify_read_retry()
 *	is called under. Return false only if that needs to sleep while
 *	mmnotify_blockable() says no: the kernel then gives up the operation.
 *	It may run in any task (kswapd, ksmd, another process) under any mm lock:
 *	it must not take mmap_lock, allocate memory in a way that reclaims,
 *	insert, or remove a range or put an object of the same mm (remove waits
 *	for the running invalidation: for ever).
 *
 * The object may see one MMNOTIFY_RELEASE when the mm goes away and an UNMAP
 * of everything after it, as native interval notifiers do.
 */
struct mmnotify_range_ops {
	bool (*invalidate)(struct mmnotify_range *range,
			   const struct mmnotify_info *info, unsigned long seq);
};

/**
 * struct mmnotify_range - a range of addresses of one mm that a driver mirrors
 * @mni: the native object; what hmm_range_fault() needs, see mmnotify_hmm()
 * @ops: the callbacks
 * @client: whose it is
 * @rsvd: mmnotify's
 *
 * Embedded in the driver's own structure; needs no initialisation and no
 * allocation, may live on the stack and may overlap others.
 */
struct mmnotify_range {
	struct mmu_interval_notifier mni;
	const struct mmnotify_range_ops *ops;
	struct mmnotify_client *client;
	unsigned long rsvd[4];
};

/**
 * struct mmnotify_mm_ops - callbacks for a whole mm
 * @start: an invalidation begins; it cannot be refused. Same rules as
 *	mmnotify_range_ops.invalidate. Optional.
 * @end: the invalidation is over, the page tables are as @info said. Only
 *	promised after a blockable start. Optional.
 * @release: the mm goes away: the last callback, exactly once, before any page
 *	is freed; not called if the last put came first. mmnotify_mm_put() is
 *	legal inside. Optional.
 * @alloc: make the object that embeds struct mmnotify_mm, or ERR_PTR(). Called
 *	once per (mm, ops) under a mutex, may sleep.
 * @free: the last reference is gone and no callback runs any more. Called from
 *	an SRCU callback: must not sleep.
 */
struct mmnotify_mm_ops {
	void (*start)(struct mmnotify_mm *m, const struct mmnotify_info *info);
	void (*end)(struct mmnotify_mm *m, const struct mmnotify_info *info);
	void (*release)(struct mmnotify_mm *m);
	struct mmnotify_mm *(*alloc)(struct mm_struct *mm);
	void (*free)(struct mmnotify_mm *m);
};

/**
 * struct mmnotify_mm - a driver's hold on one mm
 * @mn: the native object
 * @ops: the callbacks
 * @client: whose it is
 * @list: all objects, under mmnotify's mutex
 * @users: references, under mmnotify's mutex
 * @state: mmnotify's
 * @rsvd: mmnotify's
 *
 * Embedded in the driver's own structure, which its alloc() makes.
 */
struct mmnotify_mm {
	struct mmu_notifier mn;
	const struct mmnotify_mm_ops *ops;
	struct mmnotify_client *client;
	struct list_head list;
	unsigned int users;
	unsigned int state;
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
#define mmnotify_range_remove(range)	mmnotify_range_remove_v1(range)
#define mmnotify_mm_get(client, mm, ops) \
	mmnotify_mm_get_v1(client, mm, ops, sizeof(*(ops)))
#define mmnotify_mm_put(m)		mmnotify_mm_put_v1(m)
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
int mmnotify_range_remove_v1(struct mmnotify_range *range);
struct mmnotify_mm *mmnotify_mm_get_v1(struct mmnotify_client *client,
				       struct mm_struct *mm,
				       const struct mmnotify_mm_ops *ops,
				       size_t size);
void mmnotify_mm_put_v1(struct mmnotify_mm *m);
void mmnotify_synchronize_v1(void);
u32 mmnotify_caps_v1(void);
const char *mmnotify_event_name_v1(unsigned int event);
const char *mmnotify_cause_name_v1(unsigned int cause);
int mmnotify_site_name_v1(const struct mmnotify_info *info, char *buf,
			  size_t size);

/* The native object, for struct hmm_range.notifier. */
#define mmnotify_hmm(range)		(&(range)->mni)

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
