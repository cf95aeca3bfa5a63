// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * self: mark the events that a driver raises itself. A driver that migrates pages gets
 * notifications of its own work, and most of them carry no owner (try_to_migrate_one()).
 * The driver brackets its work in a section; events of the task in between are marked.
 *
 * Inside a section the task may allocate memory, and so reclaim or compact pages of the
 * same mm. These events are not the driver's own. So only causes that a driver raises on
 * purpose are marked, and nothing while the task is in reclaim.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include <mmnotify/mmnotify.h>

#include "compat/export.h"
#include "self.h"

#define BUCKET_BITS	6

/*
 * Open sections, hashed by task. A task only searches for its own sections, but shares
 * the list with other tasks. The lock is raw and taken with interrupts off: verdicts are
 * computed in callbacks that may not sleep on PREEMPT_RT, and a callback may hold a lock
 * that is also taken in interrupts.
 */
static struct bucket {
	raw_spinlock_t lock;
	struct hlist_head sections;
} buckets[1 << BUCKET_BITS] = {
	[0 ... (1 << BUCKET_BITS) - 1] = {
		.lock = __RAW_SPIN_LOCK_UNLOCKED(buckets.lock),
	},
};

/* Number of open sections of all tasks. While it is 0, callbacks skip the search. */
atomic_t mmn_self_sections;

static struct bucket *bucket_of(const struct task_struct *task)
{
	return &buckets[hash_ptr(task, BUCKET_BITS)];
}

/**
 * mmnotify_self_begin_v1() - open a section in which this task works for a driver
 * @self: section, in memory of the caller that outlives mmnotify_self_end()
 * @client: a registered client
 * @mm: mm of the pages that the task works on
 *
 * Until mmnotify_self_end(), exact events of @mm that this task raises are delivered to
 * @client with MMNOTIFY_F_SELF, if their cause is migrate_vma, device_exclusive,
 * device_exclusive_restore, cow, cow_gup or driver_zap. Other clients do not see the flag.
 * Any number of tasks may have any number of sections open. See mmnotify_self_begin().
 *
 * Events that are not exact never have the flag, nor have events that the task raises in
 * reclaim. So a driver must not decide by the flag whether to take a lock.
 *
 * Context: Any but interrupts.
 */
void mmnotify_self_begin_v1(struct mmnotify_self *self,
			    const struct mmnotify_client *client,
			    const struct mm_struct *mm)
{
	struct bucket *b = bucket_of(current);
	unsigned long flags;

	self->task = current;
	self->mm = mm;
	self->client = client;
	raw_spin_lock_irqsave(&b->lock, flags);
	hlist_add_head(&self->node, &b->sections);
	raw_spin_unlock_irqrestore(&b->lock, flags);
	atomic_inc(&mmn_self_sections);
}
MMN_EXPORT(mmnotify_self_begin_v1);

/**
 * mmnotify_self_end_v1() - close a section
 * @self: section that the same task opened by mmnotify_self_begin(), or zeroed memory; see
 *	mmnotify_self_end()
 *
 * Closing a section that is not open is logged and has no other effect.
 *
 * Context: Any but interrupts.
 */
void mmnotify_self_end_v1(struct mmnotify_self *self)
{
	struct bucket *b = bucket_of(self->task);
	unsigned long flags;

	if (!self->task) {
		pr_warn_ratelimited("mmnotify_self_end(): the section is not open: call mmnotify_self_begin() first (caller %ps)\n",
				    __builtin_return_address(0));
		return;
	}
	atomic_dec(&mmn_self_sections);
	raw_spin_lock_irqsave(&b->lock, flags);
	hlist_del(&self->node);
	raw_spin_unlock_irqrestore(&b->lock, flags);
	self->task = NULL;
}
MMN_EXPORT(mmnotify_self_end_v1);

static bool is_open(const struct mmnotify_client *client,
		    const struct mm_struct *mm)
{
	struct bucket *b = bucket_of(current);
	const struct mmnotify_self *s;
	unsigned long flags;
	bool found = false;

	raw_spin_lock_irqsave(&b->lock, flags);
	hlist_for_each_entry(s, &b->sections, node)
		if (s->task == current && s->mm == mm && s->client == client) {
			found = true;
			break;
		}
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return found;
}

static bool may_be_own(unsigned int cause)
{
	switch (cause) {
	case MMNOTIFY_CAUSE_MIGRATE_VMA:
	case MMNOTIFY_CAUSE_DEVICE_EXCLUSIVE:
	case MMNOTIFY_CAUSE_DEVICE_EXCLUSIVE_RESTORE:
	case MMNOTIFY_CAUSE_COW:
	case MMNOTIFY_CAUSE_COW_GUP:
	case MMNOTIFY_CAUSE_DRIVER_ZAP:
		return true;
	default:
		return false;
	}
}

/* Slow path of mmn_self_mark(): a section of some task is open. */
void mmn_self_mark_slow(const struct mmnotify_client *client,
			struct mmnotify_info *info)
{
	if (!(info->flags & MMNOTIFY_F_EXACT) ||
	    (current->flags & PF_MEMALLOC) || !may_be_own(info->cause))
		return;
	if (is_open(client, info->mm))
		info->flags |= MMNOTIFY_F_SELF;
}
