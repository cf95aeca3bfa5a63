// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_pairs: a driver. Its operations on ranges and mm objects run in the calling tasks,
 * concurrently. Without PAIRS_KEEP removed() frees the range at once, so KASAN reports a
 * late access. The program in user space decides which pairs start together. Each operation
 * is legal use of the API, though it may return an error, but for a removal in a callback.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include <mmnotify/mmnotify.h>

#include "pairs.h"

static struct mmnotify_client clients[PAIRS_CLIENTS] = {
	{ .name = "pairs", .owner = THIS_MODULE },
	{ .name = "pairs2", .owner = THIS_MODULE },
};

/* Counters, which outlive the range. */
struct slot {
	struct item *item;
	struct mmnotify_mm *m;
	wait_queue_head_t wait;
	bool open, unlock;
	int in_callback;
	atomic_t calls, ends, releases, removed, held, locked, mms;
};

static struct slot slots[PAIRS_SLOTS];

#define ALIVE	0x9a1125a1

struct item {
	struct mmnotify_range range;
	struct slot *slot;
	u32 flags;
	u32 magic;
	spinlock_t lock;	/* for the sequence */
	raw_spinlock_t raw;	/* held around remove_async() in callbacks */
	struct rcu_head rcu;
};

/*
 * Operations on a range. With PAIRS_KEEP, the memory is kept until the operations that
 * started before removed() have returned. Without it, removed() frees at once, so that
 * KASAN reports an access of mmnotify to a range that was removed.
 */
DEFINE_STATIC_SRCU(operations);

static void free_item_later(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct item, rcu));
}

static void free_item(struct item *it)
{
	it->magic = 0;
	if (it->flags & PAIRS_KEEP)
		call_srcu(&operations, &it->rcu, free_item_later);
	else
		kfree(it);
}

struct whole {
	struct mmnotify_mm m;
	struct slot *slot;
};

static struct item *from_range(struct mmnotify_range *range)
{
	return container_of(range, struct item, range);
}

static void hold(struct slot *s, bool on)
{
	if (!on)
		return;
	atomic_inc(&s->held);
	wait_event(s->wait, READ_ONCE(s->open));
	atomic_dec(&s->held);
}

/* ---- callbacks ---- */

/* In atomic context with interrupts off, on PREEMPT_RT as well. */
static void leave(struct item *it)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&it->raw, flags);
	WRITE_ONCE(it->slot->in_callback, mmnotify_range_remove_async(&it->range));
	raw_spin_unlock_irqrestore(&it->raw, flags);
}

static bool mmn_pairs_invalidate(struct mmnotify_range *range,
				 const struct mmnotify_info *info, unsigned long seq)
{
	struct item *it = from_range(range);
	struct slot *s = it->slot;
	u32 flags = it->flags;

	WARN_ON_ONCE(it->magic != ALIVE);
	spin_lock(&it->lock);
	mmnotify_range_set_seq(range, seq);
	spin_unlock(&it->lock);
	atomic_inc(&s->calls);
	if (flags & PAIRS_LEAVE)
		leave(it);
	if (flags & PAIRS_REMOVE)
		WRITE_ONCE(s->in_callback, mmnotify_range_remove(range));
	if (flags & PAIRS_REMOVE_OTHER)
		WRITE_ONCE(s->in_callback, mmnotify_range_remove(&slots[PAIRS_OTHER].item->range));
	hold(s, flags & PAIRS_HOLD && mmnotify_blockable(info) &&
	     info->event != MMNOTIFY_RELEASE);
	return true;
}

static void mmn_pairs_end(struct mmnotify_range *range, const struct mmnotify_info *info)
{
	atomic_inc(&from_range(range)->slot->ends);
}

static void mmn_pairs_release(struct mmnotify_range *range, unsigned long seq)
{
	struct item *it = from_range(range);

	spin_lock(&it->lock);
	mmnotify_range_set_seq(range, seq);
	spin_unlock(&it->lock);
	atomic_inc(&it->slot->releases);
	hold(it->slot, it->flags & PAIRS_HOLD_RELEASE);
}

static void mmn_pairs_removed(struct mmnotify_range *range)
{
	struct item *it = from_range(range);
	struct slot *s = it->slot;
	u32 flags = it->flags;

	WARN_ON_ONCE(it->magic != ALIVE);
	cmpxchg(&s->item, it, NULL);
	hold(s, flags & PAIRS_HOLD_REMOVED);
	free_item(it);
	atomic_inc(&s->removed);
}

static const struct mmnotify_range_ops plain_ops = {
	.invalidate = mmn_pairs_invalidate,
	.release = mmn_pairs_release,
	.removed = mmn_pairs_removed,
};

static const struct mmnotify_range_ops end_ops = {
	.invalidate = mmn_pairs_invalidate,
	.end = mmn_pairs_end,
	.release = mmn_pairs_release,
	.removed = mmn_pairs_removed,
};

static struct mmnotify_mm *mmn_pairs_alloc(struct mm_struct *mm)
{
	struct whole *w = kzalloc(sizeof(*w), GFP_KERNEL);

	return w ? &w->m : ERR_PTR(-ENOMEM);
}

static void mmn_pairs_free(struct mmnotify_mm *m)
{
	struct whole *w = container_of(m, struct whole, m);

	if (w->slot)
		atomic_inc(&w->slot->mms);
	kfree(w);
}

static const struct mmnotify_mm_ops mm_ops = {
	.alloc = mmn_pairs_alloc,
	.free = mmn_pairs_free,
};

/* ---- operations ---- */

static long make(struct slot *s, const struct pairs_call *c)
{
	struct item *it = kzalloc(sizeof(*it), GFP_KERNEL);

	if (!it)
		return -ENOMEM;
	spin_lock_init(&it->lock);
	raw_spin_lock_init(&it->raw);
	it->slot = s;
	it->flags = c->flags;
	it->magic = ALIVE;
	if (cmpxchg(&s->item, NULL, it)) {
		kfree(it);
		return -EEXIST;
	}
	WRITE_ONCE(s->open, false);
	WRITE_ONCE(s->unlock, false);
	atomic_set(&s->calls, 0);
	atomic_set(&s->ends, 0);
	atomic_set(&s->releases, 0);
	atomic_set(&s->removed, 0);
	atomic_set(&s->mms, 0);
	s->in_callback = 1;
	return 0;
}

static long move_locked(struct item *it, const struct pairs_call *c)
{
	struct mm_struct *mm = current->mm;
	long ret;

	if (c->op == PAIRS_MOVE_READ)
		mmap_read_lock(mm);
	else
		mmap_write_lock(mm);
	ret = mmnotify_range_move(&it->range, c->start, c->len);
	if (c->op == PAIRS_MOVE_READ)
		mmap_read_unlock(mm);
	else
		mmap_write_unlock(mm);
	return ret;
}

static long remove_and_free(struct item *it)
{
	struct slot *s = it->slot;
	long ret = mmnotify_range_remove(&it->range);

	if (ret)
		return ret;
	cmpxchg(&s->item, it, NULL);
	free_item(it);
	return 0;
}

static long on_range(struct item *it, const struct pairs_call *c)
{
	switch (c->op) {
	case PAIRS_INSERT:
		return mmnotify_range_insert(&clients[c->client], &it->range, current->mm,
					     c->start, c->len,
					     it->flags & PAIRS_END ? &end_ops : &plain_ops);
	case PAIRS_MOVE:
		return mmnotify_range_move(&it->range, c->start, c->len);
	case PAIRS_MOVE_READ:
	case PAIRS_MOVE_WRITE:
		return move_locked(it, c);
	case PAIRS_RM:
		return remove_and_free(it);
	case PAIRS_PRIME:
		return mmnotify_prime(it->range.mni.mm);
	default:
		return mmnotify_range_remove_async(&it->range);
	}
}

static void put(struct slot *s)
{
	struct mmnotify_mm *m = xchg(&s->m, NULL);

	if (m)
		mmnotify_mm_put(m);
}

static long mm_unregister(struct slot *s)
{
	struct mmnotify_mm *m = xchg(&s->m, NULL);
	long ret = m ? mmnotify_mm_unregister(m) : -ENODATA;

	if (m && ret)
		mmnotify_mm_put(m);
	return ret;
}

static long with_lock(struct slot *s, const struct pairs_call *c)
{
	struct mm_struct *mm = current->mm;

	WRITE_ONCE(s->unlock, false);
	mmap_write_lock(mm);
	atomic_inc(&s->locked);
	wait_event(s->wait, READ_ONCE(s->unlock));
	if (c->op == PAIRS_PUT_LOCKED)
		put(s);
	atomic_dec(&s->locked);
	mmap_write_unlock(mm);
	return 0;
}

static long get(struct slot *s, const struct pairs_call *c)
{
	struct mmnotify_mm *m = mmnotify_mm_get(&clients[c->client], current->mm, &mm_ops);

	if (IS_ERR(m))
		return PTR_ERR(m);
	WRITE_ONCE(container_of(m, struct whole, m)->slot, s);
	m = xchg(&s->m, m);
	if (m)
		mmnotify_mm_put(m);
	return 0;
}

static long on_mm(struct slot *s, const struct pairs_call *c)
{
	switch (c->op) {
	case PAIRS_LOCK:
	case PAIRS_PUT_LOCKED:
		return with_lock(s, c);
	case PAIRS_GET:
		return get(s, c);
	case PAIRS_MM_UNREGISTER:
		return mm_unregister(s);
	default:
		put(s);
		return 0;
	}
}

static long with_range(struct slot *s, const struct pairs_call *c)
{
	int idx = srcu_read_lock(&operations);
	struct item *it = READ_ONCE(s->item);
	long ret = it ? on_range(it, c) : -ENODATA;

	srcu_read_unlock(&operations, idx);
	return ret;
}

static long call(struct slot *s, const struct pairs_call *c)
{
	struct item *it;

	switch (c->op) {
	case PAIRS_NEW:
		return make(s, c);
	case PAIRS_FREE:
		it = xchg(&s->item, NULL);
		if (it)
			free_item(it);
		return 0;
	case PAIRS_OPEN:
		WRITE_ONCE(s->open, true);
		wake_up_all(&s->wait);
		return 0;
	case PAIRS_UNLOCK:
		WRITE_ONCE(s->unlock, true);
		wake_up_all(&s->wait);
		return 0;
	case PAIRS_REGISTER:
		return mmnotify_register(&clients[c->client]);
	case PAIRS_UNREGISTER:
		return mmnotify_unregister(&clients[c->client]);
	case PAIRS_SYNC:
		mmnotify_synchronize(&clients[c->client]);
		return 0;
	case PAIRS_INSERT ... PAIRS_PRIME:
		return with_range(s, c);
	default:
		return on_mm(s, c);
	}
}

static long state(void __user *user)
{
	struct pairs_state st;
	struct slot *s;

	if (copy_from_user(&st, user, sizeof(st)))
		return -EFAULT;
	if (st.slot >= PAIRS_SLOTS)
		return -EINVAL;
	s = &slots[st.slot];
	st.calls = atomic_read(&s->calls);
	st.ends = atomic_read(&s->ends);
	st.releases = atomic_read(&s->releases);
	st.removed = atomic_read(&s->removed);
	st.held = atomic_read(&s->held);
	st.locked = atomic_read(&s->locked);
	st.mms = atomic_read(&s->mms);
	st.in_callback = READ_ONCE(s->in_callback);
	return copy_to_user(user, &st, sizeof(st)) ? -EFAULT : 0;
}

static long pairs_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;
	struct pairs_call c;

	if (cmd == PAIRS_IOC_STATE)
		return state(user);
	if (cmd != PAIRS_IOC_CALL)
		return -ENOTTY;
	if (copy_from_user(&c, user, sizeof(c)))
		return -EFAULT;
	if (c.slot >= PAIRS_SLOTS || c.client >= PAIRS_CLIENTS || c.op >= PAIRS_OPS)
		return -EINVAL;
	return call(&slots[c.slot], &c);
}

static const struct file_operations pairs_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = pairs_ioctl,
};

static struct miscdevice pairs_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmn_pairs",
	.fops = &pairs_fops,
	.mode = 0600,
};

static int __init mmn_pairs_init(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < PAIRS_SLOTS; i++)
		init_waitqueue_head(&slots[i].wait);
	ret = mmnotify_register(&clients[0]);
	if (ret)
		return ret;
	ret = mmnotify_register(&clients[1]);
	if (ret)
		goto err_first;
	ret = misc_register(&pairs_misc);
	if (ret)
		goto err_second;
	return 0;

err_second:
	mmnotify_unregister(&clients[1]);
err_first:
	mmnotify_unregister(&clients[0]);
	return ret;
}
module_init(mmn_pairs_init);

static void __exit mmn_pairs_exit(void)
{
	unsigned int i;

	misc_deregister(&pairs_misc);
	for (i = 0; i < PAIRS_CLIENTS; i++) {
		mmnotify_synchronize(&clients[i]);
		WARN_ON(mmnotify_unregister(&clients[i]));
	}
	for (i = 0; i < PAIRS_SLOTS; i++)
		kfree(slots[i].item);
	srcu_barrier(&operations);
}
module_exit(mmn_pairs_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Test of mmnotify: two concurrent operations on one object");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
