/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * mmnotify_compat_mm: mm objects, in a driver that is built without mmnotify. As in
 * mmnotify itself, an object is created under mmap_lock, and no lock of this file is
 * held while waiting for another one.
 */
#ifndef MMNOTIFY_COMPAT_MM_H
#define MMNOTIFY_COMPAT_MM_H

#include <linux/err.h>
#include <linux/hashtable.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/sched/mm.h>
#include <linux/spinlock.h>

#include "mmnotify_compat.h"

/* Guards the hash table and the reference counts. Held for list operations only. */
static DEFINE_SPINLOCK(mmnotify_compat_lock);
static DEFINE_HASHTABLE(mmnotify_compat_objects, 8);

static int mmnotify_compat_mm_start(struct mmu_notifier *mn,
				    const struct mmu_notifier_range *range)
{
	struct mmnotify_mm *m = container_of(mn, struct mmnotify_mm, mn);
	struct mmnotify_info info;

	if (!m->ops->start)
		return 0;
	mmnotify_conservative(range, &info);
	m->ops->start(m, &info);
	return 0;
}

static void mmnotify_compat_mm_end(struct mmu_notifier *mn,
				   const struct mmu_notifier_range *range)
{
	struct mmnotify_mm *m = container_of(mn, struct mmnotify_mm, mn);
	struct mmnotify_info info;

	if (!m->ops->end)
		return;
	mmnotify_conservative(range, &info);
	m->ops->end(m, &info);
}

/* The kernel calls this at the end of the mm and from unregister, possibly concurrently. */
static void mmnotify_compat_mm_release(struct mmu_notifier *mn,
				       struct mm_struct *mm)
{
	struct mmnotify_mm *m = container_of(mn, struct mmnotify_mm, mn);

	if (!xchg(&m->state, 1) && m->ops->release)
		m->ops->release(m);
}

static void mmnotify_compat_mm_free(struct mmu_notifier *mn)
{
	struct mmnotify_mm *m = container_of(mn, struct mmnotify_mm, mn);
	struct mmnotify_compat_client *c = m->client->priv;

	m->ops->free(m);
	mmnotify_compat_left(c);
}

static const struct mmu_notifier_ops mmnotify_compat_mm_ops = {
	.MMNOTIFY_RANGE_OP(invalidate_range_start) = mmnotify_compat_mm_start,
	.MMNOTIFY_RANGE_OP(invalidate_range_end) = mmnotify_compat_mm_end,
	.release = mmnotify_compat_mm_release,
	.free_notifier = mmnotify_compat_mm_free,
};

static struct mmnotify_mm *
mmnotify_compat_mm_find(const struct mm_struct *mm,
			const struct mmnotify_client *client,
			const struct mmnotify_mm_ops *ops)
{
	struct mmnotify_mm *m, *found = NULL;

	spin_lock(&mmnotify_compat_lock);
	hash_for_each_possible(mmnotify_compat_objects, m, node, (unsigned long)mm)
		if (mmnotify_notifier_mm(&m->mn) == mm && m->ops == ops &&
		    m->client == client) {
			m->users++;
			found = m;
			break;
		}
	spin_unlock(&mmnotify_compat_lock);
	return found;
}

/* The caller holds mmap_lock for write: no other task creates an object of this mm. */
static struct mmnotify_mm *
mmnotify_compat_mm_create(struct mmnotify_client *client, struct mm_struct *mm,
			  const struct mmnotify_mm_ops *ops)
{
	struct mmnotify_mm *m = ops->alloc(mm);
	int ret;

	if (IS_ERR_OR_NULL(m))
		return m ? m : ERR_PTR(-ENOMEM);
	m->mn.ops = &mmnotify_compat_mm_ops;
	m->ops = ops;
	m->client = client;
	m->users = 1;
	m->state = 0;
	ret = __mmu_notifier_register(&m->mn, mm);
	if (ret) {
		ops->free(m);
		return ERR_PTR(ret);
	}
	spin_lock(&mmnotify_compat_lock);
	hash_add(mmnotify_compat_objects, &m->node, (unsigned long)mm);
	spin_unlock(&mmnotify_compat_lock);
	return m;
}

/* Sets *@made if the object is new. */
static struct mmnotify_mm *
mmnotify_compat_mm_make(struct mmnotify_client *client, struct mm_struct *mm,
			const struct mmnotify_mm_ops *ops, bool *made)
{
	struct mmnotify_mm *m;

	mmap_write_lock(mm);
	m = mmnotify_compat_mm_find(mm, client, ops);
	if (!m) {
		m = mmnotify_compat_mm_create(client, mm, ops);
		*made = !IS_ERR(m);
	}
	mmap_write_unlock(mm);
	return m;
}

/**
 * mmnotify_mm_get() - get the object of a whole mm, creating it if necessary
 * @client: registered client
 * @mm: address space; the caller holds mmget(), it need not be current->mm
 * @ops: callbacks; must outlive the object
 *
 * Context: Process, may sleep; takes mmap_lock for write if the object does not exist
 * yet. Not in a callback.
 * Return: the object or ERR_PTR: -EINVAL for a missing argument or callback, or unknown
 * effects, -ESRCH if the mm is dying, -ENOMEM, -EINTR, or alloc()'s error.
 */
struct mmnotify_mm *mmnotify_mm_get(struct mmnotify_client *client,
				    struct mm_struct *mm,
				    const struct mmnotify_mm_ops *ops)
{
	struct mmnotify_mm *m = ERR_PTR(-ESRCH);
	struct mmnotify_compat_client *c;
	bool made = false;

	if (!mm || !ops || !ops->alloc || !ops->free ||
	    ops->effects & ~MMNOTIFY_FX_ALL || ops->rsvd)
		return ERR_PTR(-EINVAL);
	c = mmnotify_compat_hold(client);
	if (!c)
		return ERR_PTR(-EINVAL);
	if (mmget_not_zero(mm)) {
		m = mmnotify_compat_mm_find(mm, client, ops);
		if (!m)
			m = mmnotify_compat_mm_make(client, mm, ops, &made);
		mmput(mm);
	}
	if (!made)
		mmnotify_compat_drop(c);
	return m;
}

/**
 * mmnotify_mm_put() - drop a reference to an mm object
 * @m: object from mmnotify_mm_get()
 *
 * Context: Any that may take a spinlock, including callbacks, and with mmap_lock held
 * for read or for write. Does not wait.
 */
void mmnotify_mm_put(struct mmnotify_mm *m)
{
	bool last;

	spin_lock(&mmnotify_compat_lock);
	last = m->users == 1;
	if (m->users)
		m->users--;
	if (last)
		hash_del(&m->node);
	spin_unlock(&mmnotify_compat_lock);
	if (!last)
		return;
	mmnotify_compat_leaves(m->client->priv);
	mmu_notifier_put(&m->mn);
}

/**
 * mmnotify_mm_unregister() - drop the last reference to an mm object and wait
 * @m: object from mmnotify_mm_get(), without any other reference
 *
 * Context: Process, sleeps; not in a callback, nor under a lock that a callback takes.
 * Return: 0; -EBUSY if there are other references; -ENOENT if there is none. After an
 * error nothing has changed.
 */
int mmnotify_mm_unregister(struct mmnotify_mm *m)
{
	int ret = 0;

	spin_lock(&mmnotify_compat_lock);
	if (m->users == 1) {
		m->users = 0;
		hash_del(&m->node);
	} else {
		ret = m->users ? -EBUSY : -ENOENT;
	}
	spin_unlock(&mmnotify_compat_lock);
	if (ret)
		return ret;
	mmu_notifier_unregister(&m->mn, mmnotify_notifier_mm(&m->mn));
	mmnotify_compat_leaves(m->client->priv);
	mmnotify_compat_mm_free(&m->mn);
	return 0;
}

#endif /* MMNOTIFY_COMPAT_MM_H */
