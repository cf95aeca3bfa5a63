/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * mmnotify_compat: the calls of mmnotify.h for a driver that is built with or
 * without mmnotify, without an #ifdef of its own. Copy into one folder of the driver:
 * this file, mmnotify_compat_impl.h, mmnotify_compat_ends.h, mmnotify_compat_mm.h,
 * mmnotify_inline.h, mmnotify_kernel.h, mmnotify_kernel.mk, mmnotify_life.h and
 * mmnotify_types.h. Include mmnotify_kernel.mk in the Kbuild, and this file in place of
 * mmnotify.h. In exactly one .c file write
 *
 *	#define MMNOTIFY_COMPAT_IMPLEMENTATION
 *	#include "mmnotify_compat.h"
 *
 * That file then contains the functions and their state (one set per module). A driver
 * that only calls mmnotify_classify() needs no such file.
 *
 * With HAVE_MMNOTIFY, which mmnotify.mk defines, this file includes
 * <mmnotify/mmnotify.h> and adds mmnotify_conservative() only. Without it, the calls use
 * the kernel's own notifiers and no verdict is exact: a filter hides nothing but events
 * with the owner of the range. The guarantees documented for mmnotify.h and
 * mmnotify_inline.h hold here, too; comments in this file describe the differences, and
 * docs/compat.md lists them.
 */
#ifndef MMNOTIFY_COMPAT_H
#define MMNOTIFY_COMPAT_H

#include <linux/mmu_notifier.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

#include "mmnotify_kernel.h"

#ifdef HAVE_MMNOTIFY
#define MMNOTIFY_COMPAT_ACTIVE	0
#include <mmnotify/mmnotify.h>
#else
#define MMNOTIFY_COMPAT_ACTIVE	1

#include <linux/atomic.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include "mmnotify_types.h"

struct mmnotify_client;
struct mmnotify_mm_ops;
struct mmnotify_range_ops;

/* There is nothing to import. modinfo shows that the driver was built without mmnotify. */
#define MMNOTIFY_IMPORT_NS()	MODULE_INFO(mmnotify, "compat")

/* As in mmnotify.h, except for the private members. */
struct mmnotify_range {
	struct mmu_interval_notifier mni;
	const struct mmnotify_range_ops *ops;
	struct mmnotify_client *client;
	void *owner;
	/* private: for mmnotify_compat */
	void *ends;
	atomic_t undelivered;
	atomic_t life;
	struct list_head late;
	unsigned int due;
	unsigned int due_native;
	unsigned long due_start;
	unsigned long due_end;
	struct work_struct removal;
};

/* As in mmnotify.h, except for the private members. */
struct mmnotify_mm {
	struct mmu_notifier mn;
	const struct mmnotify_mm_ops *ops;
	struct mmnotify_client *client;
	/* private: for mmnotify_compat */
	struct hlist_node node;
	unsigned int users;
	unsigned int state;
};

/* As in mmnotify.h, without private members. */
struct mmnotify_self {
};

/*
 * Differences from the comments in mmnotify_inline.h: no verdict is exact, so
 * mmnotify_affects() is always true and ops.effects hides nothing. end() is called once
 * no blockable invalidation of the mm runs; its range covers all invalidations that it
 * is the end of.
 */
#include "mmnotify_inline.h"

/* Defined in the file with MMNOTIFY_COMPAT_IMPLEMENTATION. */
int __must_check mmnotify_range_insert(struct mmnotify_client *client,
				       struct mmnotify_range *range, struct mm_struct *mm,
				       unsigned long start, unsigned long len,
				       const struct mmnotify_range_ops *ops);
int __must_check mmnotify_range_insert_primed(struct mmnotify_client *client,
					      struct mmnotify_range *range,
					      struct mm_struct *mm, unsigned long start,
					      unsigned long len,
					      const struct mmnotify_range_ops *ops);
int __must_check mmnotify_range_insert_locked(struct mmnotify_client *client,
					      struct mmnotify_range *range,
					      struct mm_struct *mm, unsigned long start,
					      unsigned long len,
					      const struct mmnotify_range_ops *ops);
int __must_check mmnotify_range_move(struct mmnotify_range *range, unsigned long start,
				     unsigned long len);
int __must_check mmnotify_range_remove(struct mmnotify_range *range);
int mmnotify_range_remove_async(struct mmnotify_range *range);
struct mmnotify_mm * __must_check mmnotify_mm_get(struct mmnotify_client *client,
						  struct mm_struct *mm,
						  const struct mmnotify_mm_ops *ops);
void mmnotify_mm_put(struct mmnotify_mm *m);
int __must_check mmnotify_mm_unregister(struct mmnotify_mm *m);
void mmnotify_synchronize(struct mmnotify_client *client);
#endif /* no mmnotify.h */

/* Set by mmnotify_kernel.mk. Without it both passes run at once, as on older kernels. */
#ifndef MMNOTIFY_COMPAT_TWO_PASS
#define MMNOTIFY_COMPAT_TWO_PASS	0
#endif

/*
 * Owner of a MIGRATE or EXCLUSIVE event. The member follows the event on each kernel that
 * has it, but under two names, so it is read by its place.
 */
static inline void *mmnotify_compat_owner(const struct mmu_notifier_range *range)
{
	const size_t at = ALIGN(offsetofend(struct mmu_notifier_range, event),
				sizeof(void *));

	if (sizeof(*range) < at + sizeof(void *))
		return NULL;
	return *(void **)((char *)range + at);
}

/*
 * Keep the kernel's own event only where it has one meaning on every kernel. UNMAP also
 * comes from the OOM reaper, from truncation of a hugetlb file and from an mremap() that
 * keeps the mapping; PROTECTION_VMA also comes from NUMA hints and userfaultfd; EXCLUSIVE
 * without an owner ends an exclusive access. These become CLEAR, with the kernel's event
 * in info->native. The numbers of the kernel's events are those of mmnotify; a kernel
 * that lacks the name of one never passes its number.
 */
static inline u16 mmnotify_compat_event(const struct mmu_notifier_range *range)
{
	if (mmnotify_range_is_release(range))
		return MMNOTIFY_RELEASE;
	switch ((unsigned int)range->event) {
	case MMNOTIFY_PROTECTION_PAGE:
	case MMNOTIFY_SOFT_DIRTY:
	case MMNOTIFY_MIGRATE:
		return range->event;
	case MMNOTIFY_EXCLUSIVE:
		return mmnotify_compat_owner(range) ? MMNOTIFY_EXCLUSIVE : MMNOTIFY_CLEAR;
	default:
		return MMNOTIFY_CLEAR;
	}
}

/**
 * mmnotify_conservative() - fill in the verdict that holds without mmnotify
 * @range: range that the kernel passed to the callback
 * @info: output: not exact, all effects, cause unknown; the owner if the kernel passes
 *	one
 *
 * Implements mmnotify_classify() in a driver that is built without mmnotify. Also
 * available in a driver that is built with it.
 *
 * Context: In a notifier callback; does not sleep.
 */
static inline void mmnotify_conservative(const struct mmu_notifier_range *range,
					 struct mmnotify_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	info->event = mmnotify_compat_event(range);
	info->cause = MMNOTIFY_CAUSE_UNKNOWN;
	info->native = range->event;
	info->effects = MMNOTIFY_FX_ALL;
	if (mmu_notifier_range_blockable(range))
		info->flags |= MMNOTIFY_F_BLOCKABLE;
	if (current->mm != range->mm)
		info->flags |= MMNOTIFY_F_REMOTE;
	if (!range->start && range->end == ULONG_MAX)
		info->flags |= MMNOTIFY_F_WIDENED;
	info->mm = range->mm;
	info->start = range->start;
	info->end = range->end;
	if (info->event == MMNOTIFY_MIGRATE || info->event == MMNOTIFY_EXCLUSIVE)
		info->owner = mmnotify_compat_owner(range);
}

#if MMNOTIFY_COMPAT_ACTIVE
/*
 * client.priv points to this. @live counts ranges and mm objects of the client, and is
 * negative once the client is unregistered; @leaving counts removals and puts that are
 * not finished.
 */
struct mmnotify_compat_client {
	atomic_t live;
	atomic_t leaving;
	struct workqueue_struct *removals;
	struct rcu_head rcu;
};

/* Count one more object. Return: NULL if @client is not registered. */
static inline struct mmnotify_compat_client *
mmnotify_compat_hold(const struct mmnotify_client *client)
{
	struct mmnotify_compat_client *c;

	if (!client)
		return NULL;
	rcu_read_lock();
	c = READ_ONCE(client->priv);
	if (c && !atomic_inc_unless_negative(&c->live))
		c = NULL;
	rcu_read_unlock();
	return c;
}

/* Count one object less: mmnotify_unregister() may free @c from now on. */
static inline void mmnotify_compat_drop(struct mmnotify_compat_client *c)
{
	atomic_dec(&c->live);
}

static inline void mmnotify_compat_leaves(struct mmnotify_compat_client *c)
{
	atomic_inc(&c->leaving);
}

/*
 * Finish a removal or put. Drop the object first: after mmnotify_synchronize() the object
 * must not be counted any more, or mmnotify_unregister() would fail.
 */
static inline void mmnotify_compat_left(struct mmnotify_compat_client *c)
{
	rcu_read_lock();
	mmnotify_compat_drop(c);
	if (atomic_dec_and_test(&c->leaving))
		wake_up_var(&c->leaving);
	rcu_read_unlock();
}

/**
 * mmnotify_register() - register a driver
 * @client: static, zeroed but for its name and owner
 *
 * Context: Process, may sleep.
 * Return: 0; -EINVAL for no name or no owner; -EBUSY if @client is registered already;
 * -ENOMEM.
 */
static inline int __must_check mmnotify_register(struct mmnotify_client *client)
{
	struct mmnotify_compat_client *c;

	if (!client || !client->name || !client->owner)
		return -EINVAL;
	c = kzalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	c->removals = alloc_workqueue("mmn-%.16s", WQ_UNBOUND, 0, client->name);
	if (c->removals && !cmpxchg(&client->priv, NULL, c))
		return 0;
	if (!c->removals) {
		kfree(c);
		return -ENOMEM;
	}
	destroy_workqueue(c->removals);
	kfree(c);
	return -EBUSY;
}

/**
 * mmnotify_unregister() - unregister a driver
 * @client: registered client
 *
 * Context: Process, may sleep; not in a callback.
 * Return: 0; -EINVAL if @client is not registered; -EBUSY if objects of @client exist:
 * @client then stays registered.
 */
static inline int mmnotify_unregister(struct mmnotify_client *client)
{
	struct mmnotify_compat_client *c;
	int live = INT_MIN;

	if (!client)
		return -EINVAL;
	rcu_read_lock();
	c = READ_ONCE(client->priv);
	if (c)
		live = atomic_cmpxchg(&c->live, 0, INT_MIN);
	rcu_read_unlock();
	if (live < 0)
		return -EINVAL;
	if (live) {
		pr_err_ratelimited("client %s unregisters with live objects\n", client->name);
		return -EBUSY;
	}
	WRITE_ONCE(client->priv, NULL);
	destroy_workqueue(c->removals);
	kfree_rcu(c, rcu);
	return 0;
}

#ifdef MMNOTIFY_WITHOUT_RANGES
#define MMNOTIFY_COMPAT_RANGES	0

/* Lets an insertion go on to the error of the native one. */
static inline bool mmnotify_compat_is_primed(const struct mm_struct *mm)
{
	return true;
}

static inline int mmnotify_compat_prime_native(struct mm_struct *mm, bool locked)
{
	return -EOPNOTSUPP;
}
#else
#define MMNOTIFY_COMPAT_RANGES	1

static inline bool mmnotify_compat_is_primed(const struct mm_struct *mm)
{
	return mm->notifier_subscriptions;
}

/*
 * No notifier: only allocate the structures that interval notifiers of this mm need. The
 * parentheses keep out the macros that RHEL 8 has for these names: they lead to functions
 * that dereference the notifier.
 */
static inline int mmnotify_compat_prime_native(struct mm_struct *mm, bool locked)
{
	return locked ? (__mmu_notifier_register)(NULL, mm) :
			(mmu_notifier_register)(NULL, mm);
}
#endif

static inline int mmnotify_compat_prime(struct mm_struct *mm, bool locked)
{
	int ret;

	if (!mm)
		return -EINVAL;
	if (!mmget_not_zero(mm))
		return -ESRCH;
	ret = mmnotify_compat_prime_native(mm, locked);
	mmput(mm);
	return ret;
}

/**
 * mmnotify_prime() - prepare an mm for insertions that take no mm lock
 * @mm: address space; the caller holds mmget()
 *
 * Context: Process, may sleep; takes mmap_lock for write. Not in a callback.
 * Return: 0; -EINVAL without an mm; -ESRCH if it is dying; -ENOMEM; -EINTR; -EOPNOTSUPP
 * if the kernel has no interval notifiers.
 */
static inline int __must_check mmnotify_prime(struct mm_struct *mm)
{
	return mmnotify_compat_prime(mm, false);
}

/**
 * mmnotify_prime_locked() - mmnotify_prime() with mmap_lock held for write
 * @mm: address space; the caller holds its mmap_lock for write
 *
 * Context: Process, under mmap_lock for write. Not in a callback.
 * Return: as mmnotify_prime().
 */
static inline int __must_check mmnotify_prime_locked(struct mm_struct *mm)
{
	return mmnotify_compat_prime(mm, true);
}

/**
 * mmnotify_classify() - get the verdict inside a native callback
 * @range: range that the kernel passed to the callback, unchanged
 * @info: output: filled by mmnotify_conservative()
 *
 * Context: In a notifier callback; does not sleep.
 */
static inline void mmnotify_classify(const struct mmu_notifier_range *range,
				     struct mmnotify_info *info)
{
	mmnotify_conservative(range, info);
}

/**
 * mmnotify_classify_as() - mmnotify_classify() for a driver that has self sections
 * @client: ignored: MMNOTIFY_F_SELF is never set
 * @range: as for mmnotify_classify()
 * @info: as for mmnotify_classify()
 *
 * Context: In a notifier callback; does not sleep.
 */
static inline void mmnotify_classify_as(struct mmnotify_client *client,
					const struct mmu_notifier_range *range,
					struct mmnotify_info *info)
{
	mmnotify_conservative(range, info);
}

/**
 * mmnotify_vma_perm() - access that the VMA permits after a PROTECTION_VMA event
 * @info: verdict of the running callback
 *
 * Context: A start or invalidate callback.
 * Return: MMNOTIFY_PERM_UNKNOWN.
 */
static inline enum mmnotify_perm
mmnotify_vma_perm(const struct mmnotify_info *info)
{
	return MMNOTIFY_PERM_UNKNOWN;
}

/**
 * mmnotify_self_begin() - begin a section in which this task runs for the driver
 * @self: section, in memory of the caller
 * @client: registered client
 * @mm: address space that the task works on
 *
 * Does nothing: MMNOTIFY_F_SELF depends on the cause, which is unknown here.
 *
 * Context: Any.
 */
static inline void mmnotify_self_begin(struct mmnotify_self *self,
				       const struct mmnotify_client *client,
				       const struct mm_struct *mm)
{
}

/**
 * mmnotify_self_end() - end a section
 * @self: section from mmnotify_self_begin()
 *
 * Context: Any.
 */
static inline void mmnotify_self_end(struct mmnotify_self *self)
{
}

/**
 * mmnotify_caps() - current capabilities
 *
 * Context: Any.
 * Return: mask of MMNOTIFY_CAP_TWO_PASS, on kernels that have two passes, and
 * MMNOTIFY_CAP_RANGES, on kernels that have interval notifiers.
 */
static inline u32 mmnotify_caps(void)
{
	return (MMNOTIFY_COMPAT_TWO_PASS ? MMNOTIFY_CAP_TWO_PASS : 0) |
	       (MMNOTIFY_COMPAT_RANGES ? MMNOTIFY_CAP_RANGES : 0);
}

/**
 * mmnotify_event_name() - name of an event
 * @event: enum mmnotify_event
 *
 * Context: Any.
 * Return: a static string, never NULL.
 */
static inline const char *mmnotify_event_name(unsigned int event)
{
	static const char *const names[MMNOTIFY_NR_EVENTS] = {
		[MMNOTIFY_UNMAP] = "UNMAP",
		[MMNOTIFY_CLEAR] = "CLEAR",
		[MMNOTIFY_PROTECTION_VMA] = "PROTECTION_VMA",
		[MMNOTIFY_PROTECTION_PAGE] = "PROTECTION_PAGE",
		[MMNOTIFY_SOFT_DIRTY] = "SOFT_DIRTY",
		[MMNOTIFY_RELEASE] = "RELEASE",
		[MMNOTIFY_MIGRATE] = "MIGRATE",
		[MMNOTIFY_EXCLUSIVE] = "EXCLUSIVE",
	};

	return event < MMNOTIFY_NR_EVENTS ? names[event] : "unknown";
}

/**
 * mmnotify_cause_name() - name of a cause
 * @cause: enum mmnotify_cause; here always MMNOTIFY_CAUSE_UNKNOWN
 *
 * Context: Any.
 * Return: "unknown".
 */
static inline const char *mmnotify_cause_name(unsigned int cause)
{
	return "unknown";
}

/**
 * mmnotify_site_name() - name of the kernel function that raised an event
 * @info: verdict on the event
 * @buf: output: "-", as the function is not known
 * @size: size of @buf in bytes
 *
 * Context: Any.
 * Return: the length of the whole name in bytes, as snprintf().
 */
static inline int mmnotify_site_name(const struct mmnotify_info *info,
				     char *buf, size_t size)
{
	return snprintf(buf, size, "-");
}
#endif /* MMNOTIFY_COMPAT_ACTIVE */

#endif /* MMNOTIFY_COMPAT_H */

/* Outside of the guard: a header of the driver may have included this file before. */
#if MMNOTIFY_COMPAT_ACTIVE && defined(MMNOTIFY_COMPAT_IMPLEMENTATION)
#include "mmnotify_compat_impl.h"
#endif
