// SPDX-License-Identifier: GPL-2.0-only
/*
 * objects: which ranges and mm objects exist, hashed by mm. A lock guards one bucket and
 * is held for a few list operations, never while the native API is called: that may wait
 * for a process's mmap_lock or for an invalidation, and two processes must not wait for
 * each other here.
 *
 * The lock is raw and taken with interrupts off: mmnotify_range_remove_async() takes it
 * where PREEMPT_RT forbids sleeping, and under locks of drivers that interrupts take, too.
 *
 * Ranges in state LEAVING form a queue per client and mm: the first one, the head, has its
 * work item queued; the others hang on it in a chain. Removals of one mm wait for the same
 * invalidations, so one worker for them is enough, and a hung callback in one process
 * holds up the removals of no other.
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
 * struct bucket - the objects of all mms with one hash
 * @lock: guards the lists, and the links and reference counts of what is in them
 * @ranges: inserted ranges that are not in state LEAVING
 * @leaving: heads of ranges that leave
 * @mms: mm objects that can be found
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

/* @r is in the kernel's tree. Context: Any but interrupts. */
void mmn_objects_add_range(struct mmnotify_range *r)
{
	struct bucket *b = bucket_of(r->mni.mm);
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	list_add(&r->node, &b->ranges);
	raw_spin_unlock_irqrestore(&b->lock, flags);
}

/* @r is taken out without a work item. Context: Any but interrupts. */
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
 * mmn_objects_leave() - a range is to be removed by a work item
 * @r: the range, in state LEAVING
 *
 * Context: Any but interrupts.
 * Return: true if @r is the head of its queue and the caller has to queue its work item.
 * If false, the worker of the head goes on with @r, which may be gone already.
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
 * mmn_objects_left() - the head of a queue is removed
 * @r: the head
 *
 * Context: Any but interrupts.
 * Return: the new head, whose work item the caller has to queue, or NULL.
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
 * mmn_objects_take_range() - any range that a client left behind
 * @client: its driver's exit function has returned
 *
 * Context: Process.
 * Return: a range in state REMOVING, for the caller to take out, or NULL.
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
 * mmn_objects_get_mm() - one more reference of an mm object
 * @mm: which mm
 * @client: the client of the object
 * @ops: the ops of the object
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
		if (m->mn.mm == mm && m->ops == ops && m->client == client) {
			m->users++;
			found = m;
			break;
		}
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return found;
}

/* @m is registered and has its first reference. Context: Any but interrupts. */
void mmn_objects_add_mm(struct mmnotify_mm *m)
{
	struct bucket *b = bucket_of(m->mn.mm);
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	m->users = 1;
	hlist_add_head(&m->node, &b->mms);
	raw_spin_unlock_irqrestore(&b->lock, flags);
}

/**
 * mmn_objects_put_mm() - one reference less
 * @m: an mm object; without references nothing happens
 *
 * Context: Any but interrupts.
 * Return: true if that was the last one; @m is not found any more.
 */
bool mmn_objects_put_mm(struct mmnotify_mm *m)
{
	struct bucket *b = bucket_of(m->mn.mm);
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
 * mmn_objects_claim_mm() - take the only reference away
 * @m: an mm object
 *
 * Context: Any but interrupts.
 * Return: 0, and @m is not found any more; -EBUSY if there are more references;
 * -ENOENT if there is none.
 */
int mmn_objects_claim_mm(struct mmnotify_mm *m)
{
	struct bucket *b = bucket_of(m->mn.mm);
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
 * mmn_objects_take_mm() - any mm object that a client left behind
 * @client: its driver's exit function has returned
 *
 * Context: Process.
 * Return: an object that has no reference any more, for the caller to unregister, or
 * NULL.
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
