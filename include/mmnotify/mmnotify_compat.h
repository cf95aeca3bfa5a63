/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * mmnotify_compat: the calls of mmnotify.h for a driver that is built with or
 * without mmnotify, without an #ifdef of its own. Copy this file,
 * mmnotify_compat_impl.h, mmnotify_compat_ends.h, mmnotify_compat_mm.h,
 * mmnotify_inline.h, mmnotify_life.h and mmnotify_types.h side by side into the driver,
 * include this one wherever mmnotify.h would be, and in exactly one .c say
 *
 *	#define MMNOTIFY_COMPAT_IMPLEMENTATION
 *	#include "mmnotify_compat.h"
 *
 * That file then has the state (one set per module) and the functions. A driver
 * that only classifies needs no such file.
 *
 * With HAVE_MMNOTIFY, which mmnotify.mk defines, all this is <mmnotify/mmnotify.h>.
 * Else it is the kernel's own notifiers and no verdict is exact: every filter delivers
 * everything but a range's own owner. What each call promises is said in
 * mmnotify.h and mmnotify_inline.h and holds here too; only differences are said
 * here, and docs/compat.md sums them up.
 */
#ifndef MMNOTIFY_COMPAT_H
#define MMNOTIFY_COMPAT_H

#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/version.h>

#ifdef HAVE_MMNOTIFY
#define MMNOTIFY_COMPAT_ACTIVE	0
#include <mmnotify/mmnotify.h>
#else
#define MMNOTIFY_COMPAT_ACTIVE	1

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include "mmnotify_types.h"

struct mmnotify_client;
struct mmnotify_mm_ops;
struct mmnotify_range_ops;

/* Nothing to import; modinfo shows that the driver does without. */
#define MMNOTIFY_IMPORT_NS()	MODULE_INFO(mmnotify, "compat")

/* As in mmnotify.h, but for the private members. */
struct mmnotify_range {
	struct mmu_interval_notifier mni;
	const struct mmnotify_range_ops *ops;
	struct mmnotify_client *client;
	void *owner;
	/* private: mmnotify_compat's */
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

/* As in mmnotify.h, but for the private members. */
struct mmnotify_mm {
	struct mmu_notifier mn;
	const struct mmnotify_mm_ops *ops;
	struct mmnotify_client *client;
	/* private: mmnotify_compat's */
	struct hlist_node node;
	unsigned int users;
	unsigned int state;
};

/* As in mmnotify.h, but for the private members: there are none. */
struct mmnotify_self {
};

/*
 * Of what it says is different here: nothing is exact, so mmnotify_affects() is
 * always true and the effects of ops hide nothing; end() comes once no blockable
 * invalidation of the mm runs, with the range of all that it is the end of.
 */
#include "mmnotify_inline.h"

/* In the file with MMNOTIFY_COMPAT_IMPLEMENTATION. */
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

/* Differences between kernels. A distribution may have ported any of them back. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
#define MMNOTIFY_COMPAT_OWNER		owner
#define MMNOTIFY_COMPAT_EXCLUSIVE	MMU_NOTIFY_EXCLUSIVE
#else
#define MMNOTIFY_COMPAT_OWNER		migrate_pgmap_owner
#define MMNOTIFY_COMPAT_EXCLUSIVE	MMU_NOTIFY_MIGRATE
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 1, 0)
#define MMNOTIFY_COMPAT_TWO_PASS	1
#else
#define MMNOTIFY_COMPAT_TWO_PASS	0
#endif

/*
 * What the kernel's own event says for certain, on every kernel. UNMAP also comes
 * from the OOM reaper, from truncating a hugetlb file and from mremap() that keeps
 * the mapping, PROTECTION_VMA from NUMA hints and userfaultfd, EXCLUSIVE without an
 * owner is its end: the kernel's word stays in info->native.
 */
static inline u16 mmnotify_compat_event(const struct mmu_notifier_range *range)
{
	switch (range->event) {
	case MMU_NOTIFY_PROTECTION_PAGE:
		return MMNOTIFY_PROTECTION_PAGE;
	case MMU_NOTIFY_SOFT_DIRTY:
		return MMNOTIFY_SOFT_DIRTY;
	case MMU_NOTIFY_RELEASE:
		return MMNOTIFY_RELEASE;
	case MMU_NOTIFY_MIGRATE:
		return MMNOTIFY_MIGRATE;
	default:
		/* 5.10 has no such event; its name here is MIGRATE's. */
		if (range->event == MMNOTIFY_COMPAT_EXCLUSIVE &&
		    range->MMNOTIFY_COMPAT_OWNER)
			return MMNOTIFY_EXCLUSIVE;
		return MMNOTIFY_CLEAR;
	}
}

/**
 * mmnotify_conservative() - the verdict without mmnotify
 * @range: what the kernel passed to the callback
 * @info: filled: never exact, all effects, the cause unknown; the owner where the
 *	kernel gives one
 *
 * What mmnotify_classify() is without mmnotify; there with it, too.
 *
 * Context: A notifier callback; does not sleep.
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
		info->owner = range->MMNOTIFY_COMPAT_OWNER;
}

#if MMNOTIFY_COMPAT_ACTIVE
/*
 * What client.priv points at: the counts of the client's ranges and mms, negative once it
 * is unregistered, and of removals and puts that are not finished; and the queue of the
 * removals.
 */
struct mmnotify_compat_client {
	atomic_t live;
	atomic_t leaving;
	struct workqueue_struct *removals;
	struct rcu_head rcu;
};

/* One object more. Return: NULL if @client is not registered. */
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

/* One object less: mmnotify_unregister() may free @c from now on. */
static inline void mmnotify_compat_drop(struct mmnotify_compat_client *c)
{
	atomic_dec(&c->live);
}

static inline void mmnotify_compat_leaves(struct mmnotify_compat_client *c)
{
	atomic_inc(&c->leaving);
}

/* It has left. A task that synchronizes must find no object any more: that goes first. */
static inline void mmnotify_compat_left(struct mmnotify_compat_client *c)
{
	rcu_read_lock();
	mmnotify_compat_drop(c);
	if (atomic_dec_and_test(&c->leaving))
		wake_up_var(&c->leaving);
	rcu_read_unlock();
}

/**
 * mmnotify_register() - a driver begins to use the calls
 * @client: static, with name and owner set
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
 * mmnotify_unregister() - a driver is done
 * @client: a registered client
 *
 * Context: Process, may sleep; not in a callback.
 * Return: 0; -EINVAL if @client is not registered; -EBUSY if objects of @client exist,
 * and then @client stays registered.
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

static inline int mmnotify_compat_prime(struct mm_struct *mm, bool locked)
{
	int ret;

	if (!mm)
		return -EINVAL;
	if (!mmget_not_zero(mm))
		return -ESRCH;
	/* No notifier: only what interval notifiers of this mm need. */
	ret = locked ? __mmu_notifier_register(NULL, mm) :
		       mmu_notifier_register(NULL, mm);
	mmput(mm);
	return ret;
}

/**
 * mmnotify_prime() - make sure that inserting takes no mm lock from now on
 * @mm: the caller holds mmget()
 *
 * Context: Process, may sleep; takes mmap_lock for write. Not in a callback.
 * Return: 0; -EINVAL without an mm; -ESRCH if it is dying; -ENOMEM; -EINTR.
 */
static inline int __must_check mmnotify_prime(struct mm_struct *mm)
{
	return mmnotify_compat_prime(mm, false);
}

/**
 * mmnotify_prime_locked() - the same, with mmap_lock held for write
 * @mm: the caller holds its mmap_lock for write
 *
 * Context: Process, under mmap_lock for write. Not in a callback.
 * Return: as mmnotify_prime().
 */
static inline int __must_check mmnotify_prime_locked(struct mm_struct *mm)
{
	return mmnotify_compat_prime(mm, true);
}

/**
 * mmnotify_classify() - the verdict, inside a native callback
 * @range: what the kernel passed to the callback, unchanged
 * @info: filled by mmnotify_conservative()
 *
 * Context: The callback's; does not sleep.
 */
static inline void mmnotify_classify(const struct mmu_notifier_range *range,
				     struct mmnotify_info *info)
{
	mmnotify_conservative(range, info);
}

/**
 * mmnotify_classify_as() - the same, for a driver that has self sections
 * @client: ignored: MMNOTIFY_F_SELF is never set
 * @range: as for mmnotify_classify()
 * @info: as for mmnotify_classify()
 *
 * Context: The callback's; does not sleep.
 */
static inline void mmnotify_classify_as(struct mmnotify_client *client,
					const struct mmu_notifier_range *range,
					struct mmnotify_info *info)
{
	mmnotify_conservative(range, info);
}

/**
 * mmnotify_vma_perm() - what the process may do after a PROTECTION_VMA
 * @info: the verdict of the running callback
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
 * mmnotify_self_begin() - from here on this task works for the driver
 * @self: the section, in memory of the caller
 * @client: a registered client
 * @mm: whose pages the task works on
 *
 * Does nothing: MMNOTIFY_F_SELF needs a cause.
 *
 * Context: Any.
 */
static inline void mmnotify_self_begin(struct mmnotify_self *self,
				       const struct mmnotify_client *client,
				       const struct mm_struct *mm)
{
}

/**
 * mmnotify_self_end() - the work is done
 * @self: from mmnotify_self_begin()
 *
 * Context: Any.
 */
static inline void mmnotify_self_end(struct mmnotify_self *self)
{
}

/**
 * mmnotify_caps() - what can be done here and now
 *
 * Context: Any.
 * Return: MMNOTIFY_CAP_TWO_PASS on kernels that have two passes, else 0.
 */
static inline u32 mmnotify_caps(void)
{
	return MMNOTIFY_COMPAT_TWO_PASS ? MMNOTIFY_CAP_TWO_PASS : 0;
}

/**
 * mmnotify_event_name() - the name of an event
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
 * mmnotify_cause_name() - the name of a cause
 * @cause: enum mmnotify_cause; only one occurs here
 *
 * Context: Any.
 * Return: "unknown".
 */
static inline const char *mmnotify_cause_name(unsigned int cause)
{
	return "unknown";
}

/**
 * mmnotify_site_name() - the kernel function that announced an event
 * @info: the verdict
 * @buf: filled with "-": it is not known
 * @size: of @buf, bytes
 *
 * Context: Any.
 * Return: the length of the whole name, as snprintf().
 */
static inline int mmnotify_site_name(const struct mmnotify_info *info,
				     char *buf, size_t size)
{
	return snprintf(buf, size, "-");
}
#endif /* MMNOTIFY_COMPAT_ACTIVE */

#endif /* MMNOTIFY_COMPAT_H */

/* Outside of the guard: another header of the driver may have been first. */
#if MMNOTIFY_COMPAT_ACTIVE && defined(MMNOTIFY_COMPAT_IMPLEMENTATION)
#include "mmnotify_compat_impl.h"
#endif
