// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * objects: table of all ranges and mm objects, hashed by mm. Each bucket has a lock, held
 * for a few list operations. It is never held over the native API, which may wait for
 * mmap_lock or for a running invalidation: processes must not wait for each other here.
 *
 * The lock is raw and taken with interrupts off. mmnotify_range_remove_async() takes it
 * in contexts where PREEMPT_RT forbids sleeping, and under driver locks that are also
 * taken in interrupts.
 *
 * Ranges in state LEAVING form a queue per client and mm. Only the head has its work item
 * queued; the others are linked to it through @next. Removals of one mm wait for the same
 * invalidations, so one worker per queue is enough. A callback that hangs in one process
 * does not delay removals of other processes.
 */
#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/spinlock.h>

#include <mmnotify/mmnotify.h>
#include <mmnotify/mmnotify_life.h>

#include "objects.h"

#define BUCKET_BITS	10

/**
 * struct bucket - objects of all mms with the same hash
 * @lock: guards the lists, and the links and reference counts of their entries
 * @ranges: inserted ranges that are not in state LEAVING
 * @leaving: heads of the queues of ranges in state LEAVING
 * @mms: mm objects that have references
 */
struct bucket {
	raw_spinlock_t lock;
	struct list_head ranges;
	struct list_head leaving;
	struct hlist_head mms;
} ____cacheline_aligned;

static struct bucket buckets[1 << BUCKET_BITS];

static struct bucket *bucket_of(const struct mm_struct *mm)
{
	return &buckets[hash_ptr(mm, BUCKET_BITS)];
}

/* Context: Process, at load. */
void mmn_objects_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++) {
		raw_spin_lock_init(&buckets[i].lock);
		INIT_LIST_HEAD(&buckets[i].ranges);
		INIT_LIST_HEAD(&buckets[i].leaving);
	}
}

/* ---- ranges ---- */

/* Called after the native insertion of @r. Context: Any but interrupts. */
void mmn_objects_add_range(struct mmnotify_range *r)
{
	struct bucket *b = bucket_of(r->mni.mm);
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	list_add(&r->node, &b->ranges);
	raw_spin_unlock_irqrestore(&b->lock, flags);
}

/* Called for a synchronous removal of @r. Context: Any but interrupts. */
void mmn_objects_del_range(struct mmnotify_range *r)
{
	struct bucket *b = bucket_of(r->mni.mm);
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	list_del(&r->node);
	raw_spin_unlock_irqrestore(&b->lock, flags);
}

static struct mmnotify_range *find_head(const struct bucket *b,
					const struct mmnotify_range *r)
{
	struct mmnotify_range *head;

	lockdep_assert_held(&b->lock);
	list_for_each_entry(head, &b->leaving, node)
		if (head->mni.mm == r->mni.mm && head->client == r->client)
			return head;
	return NULL;
}

/**
 * mmn_objects_leave() - queue a range for its asynchronous removal
 * @r: range in state LEAVING
 *
 * Context: Any but interrupts.
 * Return: true if @r is the head of its queue and the caller has to queue its work item.
 * False if the worker of the head will continue with @r, which may be freed already.
 */
bool mmn_objects_leave(struct mmnotify_range *r)
{
	struct bucket *b = bucket_of(r->mni.mm);
	struct mmnotify_range *head;
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	list_del(&r->node);
	r->next = NULL;
	head = find_head(b, r);
	if (head) {
		r->next = head->next;
		head->next = r;
	} else {
		list_add_tail(&r->node, &b->leaving);
	}
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return !head;
}

/**
 * mmn_objects_left() - remove the head of a queue
 * @r: head of the queue; its native object is removed
 *
 * Context: Any but interrupts.
 * Return: the new head, or NULL. The caller has to queue the work item of the new head.
 */
struct mmnotify_range *mmn_objects_left(struct mmnotify_range *r)
{
	struct bucket *b = bucket_of(r->mni.mm);
	struct mmnotify_range *next;
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	next = r->next;
	if (next)
		list_replace(&r->node, &next->node);
	else
		list_del(&r->node);
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return next;
}

static struct mmnotify_range *take_range(struct bucket *b,
					 const struct mmnotify_client *client)
{
	struct mmnotify_range *r;

	lockdep_assert_held(&b->lock);
	list_for_each_entry(r, &b->ranges, node)
		if (r->client == client && !mmnotify_life_remove(&r->life))
			return r;
	return NULL;
}

/**
 * mmn_objects_take_range() - claim a range that a client left behind
 * @client: client left behind by a module; the module's exit function has returned
 *
 * Context: Process.
 * Return: a range that is now in state REMOVING, for the caller to remove; NULL if the
 * client has no live range.
 */
struct mmnotify_range *mmn_objects_take_range(const struct mmnotify_client *client)
{
	struct mmnotify_range *r = NULL;
	unsigned int i;
	unsigned long flags;

	for (i = 0; i < ARRAY_SIZE(buckets) && !r; i++) {
		raw_spin_lock_irqsave(&buckets[i].lock, flags);
		r = take_range(&buckets[i], client);
		raw_spin_unlock_irqrestore(&buckets[i].lock, flags);
	}
	return r;
}

/* ---- mm objects ---- */

/**
 * mmn_objects_get_mm() - look up an mm object and take a reference
 * @mm: mm of the object
 * @client: client of the object
 * @ops: the driver's ops of the object
 *
 * Context: Any but interrupts.
 * Return: the object, or NULL if there is none.
 */
struct mmnotify_mm *mmn_objects_get_mm(const struct mm_struct *mm,
				       const struct mmnotify_client *client,
				       const struct mmnotify_mm_ops *ops)
{
	struct bucket *b = bucket_of(mm);
	struct mmnotify_mm *m, *found = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	hlist_for_each_entry(m, &b->mms, node)
		if (mmnotify_notifier_mm(&m->mn) == mm && m->ops == ops &&
		    m->client == client) {
			m->users++;
			found = m;
			break;
		}
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return found;
}

/* Called after the native registration of @m. Context: Any but interrupts. */
void mmn_objects_add_mm(struct mmnotify_mm *m)
{
	struct bucket *b = bucket_of(mmnotify_notifier_mm(&m->mn));
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	m->users = 1;
	hlist_add_head(&m->node, &b->mms);
	raw_spin_unlock_irqrestore(&b->lock, flags);
}

/**
 * mmn_objects_put_mm() - drop a reference of an mm object
 * @m: mm object; if it has no references nothing happens
 *
 * Context: Any but interrupts.
 * Return: true if that was the last reference; look-ups do not find @m any more.
 */
bool mmn_objects_put_mm(struct mmnotify_mm *m)
{
	struct bucket *b = bucket_of(mmnotify_notifier_mm(&m->mn));
	bool last;
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	last = m->users == 1;
	if (m->users)
		m->users--;
	if (last)
		hlist_del(&m->node);
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return last;
}

/**
 * mmn_objects_claim_mm() - drop the only reference of an mm object
 * @m: mm object
 *
 * Context: Any but interrupts.
 * Return: 0, and look-ups do not find @m any more; -EBUSY if there are more references;
 * -ENOENT if there is none.
 */
int mmn_objects_claim_mm(struct mmnotify_mm *m)
{
	struct bucket *b = bucket_of(mmnotify_notifier_mm(&m->mn));
	int ret = 0;
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	if (m->users == 1) {
		m->users = 0;
		hlist_del(&m->node);
	} else {
		ret = m->users ? -EBUSY : -ENOENT;
	}
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return ret;
}

static struct mmnotify_mm *take_mm(struct bucket *b, const struct mmnotify_client *client)
{
	struct mmnotify_mm *m;

	lockdep_assert_held(&b->lock);
	hlist_for_each_entry(m, &b->mms, node) {
		if (m->client != client)
			continue;
		m->users = 0;
		hlist_del(&m->node);
		return m;
	}
	return NULL;
}

/**
 * mmn_objects_take_mm() - claim an mm object that a client left behind
 * @client: client left behind by a module; the module's exit function has returned
 *
 * Context: Process.
 * Return: an object without references, for the caller to unregister; NULL if the client
 * has none.
 */
struct mmnotify_mm *mmn_objects_take_mm(const struct mmnotify_client *client)
{
	struct mmnotify_mm *m = NULL;
	unsigned int i;
	unsigned long flags;

	for (i = 0; i < ARRAY_SIZE(buckets) && !m; i++) {
		raw_spin_lock_irqsave(&buckets[i].lock, flags);
		m = take_mm(&buckets[i], client);
		raw_spin_unlock_irqrestore(&buckets[i].lock, flags);
	}
	return m;
}
