// SPDX-License-Identifier: GPL-2.0-only
/*
 * self: which events does a driver raise itself? A driver that migrates pages
 * hears of its own work through notifiers, and mostly without an owner
 * (try_to_migrate_one()). It says when it works, we say which events are its own.
 *
 * A task that works for a driver may be diverted: it allocates, and reclaims or
 * compacts pages of the same mm on the way. Those are not the driver's own, so
 * only causes that a driver raises on purpose count, and nothing in reclaim.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include <mmnotify/mmnotify.h>

#include "compat/export.h"
#include "self.h"

#define BUCKET_BITS	6

/*
 * Open sections by task. Only the task itself looks for its sections, but the lists
 * have sections of other tasks, too. Raw, and with interrupts off: a callback may ask for a
 * verdict under a lock that interrupts take, and PREEMPT_RT does not allow it to sleep.
 */
static struct bucket {
	raw_spinlock_t lock;
	struct hlist_head sections;
} buckets[1 << BUCKET_BITS] = {
	[0 ... (1 << BUCKET_BITS) - 1] = {
		.lock = __RAW_SPIN_LOCK_UNLOCKED(buckets.lock),
	},
};

/* How many sections are open: without any, callbacks look no further. */
atomic_t mmn_self_sections;

static struct bucket *bucket_of(const struct task_struct *task)
{
	return &buckets[hash_ptr(task, BUCKET_BITS)];
}

/**
 * mmnotify_self_begin_v1() - from here on this task works for the driver
 * @self: the section, in memory of the caller until mmnotify_self_end()
 * @client: a registered client
 * @mm: whose pages the task works on
 *
 * Until mmnotify_self_end(), exact events of @mm that this task raises and whose
 * cause is migrate_vma, device_exclusive, device_exclusive_restore, cow, cow_gup
 * or driver_zap are delivered to @client with MMNOTIFY_F_SELF; other clients do
 * not see the flag. Any number of tasks may have any number of sections open. See
 * mmnotify_self_begin().
 *
 * An event that is not exact never has the flag, nor has one that the task raises in
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
 * mmnotify_self_end_v1() - the work is done
 * @self: from mmnotify_self_begin() of the same task, or zeroed; see mmnotify_self_end()
 *
 * Ending a section twice is logged and does nothing else.
 *
 * Context: Any but interrupts.
 */
void mmnotify_self_end_v1(struct mmnotify_self *self)
{
	struct bucket *b = bucket_of(self->task);
	unsigned long flags;

	if (!self->task) {
		pr_warn_ratelimited("mmnotify_self_end(): the section is not open (caller %ps)\n",
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

/* Some section is open. For mmn_self_mark(). */
void mmn_self_mark_slow(const struct mmnotify_client *client,
			struct mmnotify_info *info)
{
	if (!(info->flags & MMNOTIFY_F_EXACT) ||
	    (current->flags & PF_MEMALLOC) || !may_be_own(info->cause))
		return;
	if (is_open(client, info->mm))
		info->flags |= MMNOTIFY_F_SELF;
}
