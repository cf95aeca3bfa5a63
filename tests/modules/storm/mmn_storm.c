// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_storm: a driver for stress tests. It creates and removes objects as fast as
 * possible, counts the live ones, and warns if a removed one gets a callback.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/ioctl.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

#include <mmnotify/mmnotify.h>

#include "storm.h"

#define ALIVE	0x5a11feed

static struct mmnotify_client storm_client = {
	.name = "storm",
	.owner = THIS_MODULE,
};

static atomic64_t alive, told, ends, released, no_memory;

/* One open file. */
struct keeper {
	struct mutex lock;	/* guards the lists, not taken in callbacks */
	struct list_head ranges;
	struct list_head mms;
};

/*
 * Ranges are charged to a cgroup, and have a cache of their own: 5.10 allocates its
 * data about charged objects of kmalloc-192 from kmalloc-192 as well, and never frees it.
 */
static struct kmem_cache *range_cache;

static void *count_new(void *p)
{
	if (p)
		atomic64_inc(&alive);
	else
		atomic64_inc(&no_memory);
	return p;
}

/* The allocation may fail rather than cause an OOM kill: callers handle the failure. */
static void *storm_alloc_range(void)
{
	return count_new(kmem_cache_zalloc(range_cache, GFP_KERNEL |
					   __GFP_NORETRY | __GFP_NOWARN));
}

static void *storm_alloc(size_t size)
{
	return count_new(kzalloc(size, GFP_KERNEL));
}

static void storm_kfree(void *p)
{
	kfree(p);
	atomic64_dec(&alive);
}

/* Waits for a callback. Return: 0; -EINTR; -ETIME after 100000 polls without one. */
static int hear(const u32 *heard, u32 flags)
{
	unsigned int i;

	if (!(flags & STORM_HEAR))
		return 0;
	for (i = 0; i < 100000 && !fatal_signal_pending(current); i++) {
		if (READ_ONCE(*heard))
			return 0;
		usleep_range(100, 200);
	}
	return fatal_signal_pending(current) ? -EINTR : -ETIME;
}

/* ---- ranges ---- */

struct storm_range {
	struct mmnotify_range range;
	struct list_head list;
	spinlock_t lock;	/* orders the sequence */
	u32 magic, heard;
};

static struct storm_range *from_range(struct mmnotify_range *range)
{
	return container_of(range, struct storm_range, range);
}

static void free_range(struct storm_range *r)
{
	r->magic = 0;
	kmem_cache_free(range_cache, r);
	atomic64_dec(&alive);
}

static bool mmn_storm_invalidate(struct mmnotify_range *range,
				 const struct mmnotify_info *info,
				 unsigned long seq)
{
	struct storm_range *r = from_range(range);

	WARN_ON_ONCE(r->magic != ALIVE);
	spin_lock(&r->lock);
	mmnotify_range_set_seq(range, seq);
	spin_unlock(&r->lock);
	WRITE_ONCE(r->heard, 1);
	atomic64_inc(&told);
	return true;
}

static void mmn_storm_end(struct mmnotify_range *range,
			  const struct mmnotify_info *info)
{
	WARN_ON_ONCE(from_range(range)->magic != ALIVE);
	atomic64_inc(&ends);
}

static void mmn_storm_removed(struct mmnotify_range *range)
{
	WARN_ON_ONCE(from_range(range)->magic != ALIVE);
	free_range(from_range(range));
}

static const struct mmnotify_range_ops range_ops = {
	.invalidate = mmn_storm_invalidate,
	.removed = mmn_storm_removed,
};

static const struct mmnotify_range_ops end_ops = {
	.invalidate = mmn_storm_invalidate,
	.end = mmn_storm_end,
	.removed = mmn_storm_removed,
};

static struct storm_range *insert(struct mmnotify_client *client, u64 start,
				  u64 len, u32 flags)
{
	struct storm_range *r = storm_alloc_range();
	int ret;

	if (!r)
		return ERR_PTR(-ENOMEM);
	spin_lock_init(&r->lock);
	r->magic = ALIVE;
	ret = mmnotify_range_insert(client, &r->range, current->mm, start, len,
				    flags & STORM_END ? &end_ops : &range_ops);
	if (!ret)
		return r;
	free_range(r);
	return ERR_PTR(ret);
}

static int remove(struct storm_range *r, u32 flags)
{
	int ret;

	if (flags & STORM_ASYNC)
		return mmnotify_range_remove_async(&r->range);
	ret = mmnotify_range_remove(&r->range);
	if (!ret)
		free_range(r);
	return ret;
}

static long pair(struct mmnotify_client *client, const struct storm_objects *arg,
		 u32 flags)
{
	struct storm_range *r = insert(client, arg->start, arg->len, flags);
	int heard, ret;

	if (IS_ERR(r))
		return PTR_ERR(r);
	heard = hear(&r->heard, flags);
	ret = remove(r, flags);
	return ret ? ret : heard;
}

/* ---- whole mms ---- */

struct storm_mm {
	struct mmnotify_mm m;
	struct list_head list;
	u32 magic, heard, released;
};

static struct storm_mm *from_mm(struct mmnotify_mm *m)
{
	return container_of(m, struct storm_mm, m);
}

static void mmn_storm_mm_start(struct mmnotify_mm *m,
			       const struct mmnotify_info *info)
{
	WARN_ON_ONCE(from_mm(m)->magic != ALIVE);
	WRITE_ONCE(from_mm(m)->heard, 1);
	atomic64_inc(&told);
}

static void mmn_storm_mm_end(struct mmnotify_mm *m,
			     const struct mmnotify_info *info)
{
	WARN_ON_ONCE(from_mm(m)->magic != ALIVE);
	atomic64_inc(&ends);
}

static void mmn_storm_mm_release(struct mmnotify_mm *m)
{
	WARN_ON_ONCE(from_mm(m)->magic != ALIVE || from_mm(m)->released++);
	atomic64_inc(&released);
}

static struct mmnotify_mm *mmn_storm_mm_alloc(struct mm_struct *mm)
{
	struct storm_mm *m = storm_alloc(sizeof(*m));

	if (!m)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&m->list);
	m->magic = ALIVE;
	return &m->m;
}

static void mmn_storm_mm_free(struct mmnotify_mm *m)
{
	WARN_ON_ONCE(from_mm(m)->magic != ALIVE);
	from_mm(m)->magic = 0;
	storm_kfree(from_mm(m));
}

#define STORM_MM_OPS {					\
	.start = mmn_storm_mm_start,			\
	.end = mmn_storm_mm_end,			\
	.release = mmn_storm_mm_release,		\
	.alloc = mmn_storm_mm_alloc,			\
	.free = mmn_storm_mm_free,			\
}

/* An mm has one object for each of these. */
static const struct mmnotify_mm_ops mm_ops[STORM_OPS] = {
	STORM_MM_OPS, STORM_MM_OPS, STORM_MM_OPS, STORM_MM_OPS, STORM_MM_OPS,
	STORM_MM_OPS, STORM_MM_OPS, STORM_MM_OPS, STORM_MM_OPS,
};

static struct mmnotify_mm *get(const struct storm_objects *arg)
{
	return mmnotify_mm_get(&storm_client, current->mm,
			       &mm_ops[arg->nr % STORM_OPS]);
}

/* An object with other references cannot be unregistered, so put it. */
static void put(struct mmnotify_mm *m, u32 flags)
{
	if (!(flags & STORM_WAIT) || mmnotify_mm_unregister(m))
		mmnotify_mm_put(m);
}

static long mm_pair(const struct storm_objects *arg)
{
	struct mmnotify_mm *m = get(arg);
	int heard;

	if (IS_ERR(m))
		return PTR_ERR(m);
	heard = hear(&from_mm(m)->heard, arg->flags);
	put(m, arg->flags);
	return heard;
}

/* ---- clients, each with a range ---- */

static long client_pair(const struct storm_objects *arg)
{
	struct mmnotify_client *client = storm_alloc(sizeof(*client));
	long ret, gone;

	if (!client)
		return -ENOMEM;
	client->name = "storm_pair";
	client->owner = THIS_MODULE;
	ret = mmnotify_register(client);
	if (!ret) {
		ret = pair(client, arg, arg->flags & ~STORM_ASYNC);
		gone = mmnotify_unregister(client);
		WARN_ON_ONCE(gone);
	}
	storm_kfree(client);
	return ret;
}

/* ---- objects that a file keeps ---- */

static long insert_many(struct keeper *k, struct storm_objects *arg)
{
	struct storm_range *r;
	u32 want = arg->nr;

	for (arg->nr = 0; arg->nr < want; arg->nr++) {
		r = insert(&storm_client, arg->start + arg->nr * arg->len,
			   arg->len, arg->nr & 1 ? arg->flags : 0);
		if (IS_ERR(r))
			return PTR_ERR(r);
		mutex_lock(&k->lock);
		list_add_tail(&r->list, &k->ranges);
		mutex_unlock(&k->lock);
	}
	return 0;
}

static struct storm_range *take_range(struct keeper *k)
{
	struct storm_range *r;

	mutex_lock(&k->lock);
	r = list_first_entry_or_null(&k->ranges, struct storm_range, list);
	if (r)
		list_del(&r->list);
	mutex_unlock(&k->lock);
	return r;
}

static long remove_many(struct keeper *k, struct storm_objects *arg)
{
	struct storm_range *r = NULL;
	u32 want = arg->nr;
	long ret = 0;

	for (arg->nr = 0; arg->nr < want && !ret; arg->nr++) {
		r = take_range(k);
		if (!r)
			break;
		ret = remove(r, arg->flags);
	}
	return ret;
}

/* Several gets of the same ops return one object, which has one list entry. */
static long get_one(struct keeper *k, const struct storm_objects *arg)
{
	struct mmnotify_mm *m = get(arg);
	bool again;

	if (IS_ERR(m))
		return PTR_ERR(m);
	mutex_lock(&k->lock);
	again = !list_empty(&from_mm(m)->list);
	if (!again)
		list_add_tail(&from_mm(m)->list, &k->mms);
	mutex_unlock(&k->lock);
	if (again)
		mmnotify_mm_put(m);
	return 0;
}

static void put_all(struct keeper *k, u32 flags)
{
	struct storm_mm *m;

	do {
		mutex_lock(&k->lock);
		m = list_first_entry_or_null(&k->mms, struct storm_mm, list);
		if (m)
			list_del_init(&m->list);
		mutex_unlock(&k->lock);
		if (m)
			put(&m->m, flags);
	} while (m);
}

static long counts(void __user *user)
{
	struct storm_counts c = {
		.alive = atomic64_read(&alive),
		.told = atomic64_read(&told),
		.ends = atomic64_read(&ends),
		.released = atomic64_read(&released),
		.no_memory = atomic64_read(&no_memory),
	};

	return copy_to_user(user, &c, sizeof(c)) ? -EFAULT : 0;
}

static long with_objects(struct keeper *k, unsigned int cmd,
			 struct storm_objects *arg)
{
	switch (cmd) {
	case STORM_IOC_RANGE:
		return pair(&storm_client, arg, arg->flags);
	case STORM_IOC_MM:
		return mm_pair(arg);
	case STORM_IOC_CLIENT:
		return client_pair(arg);
	case STORM_IOC_INSERT:
		return insert_many(k, arg);
	case STORM_IOC_REMOVE:
		return remove_many(k, arg);
	case STORM_IOC_GET:
		return get_one(k, arg);
	case STORM_IOC_PUT:
		put_all(k, arg->flags);
		return 0;
	default:
		return -ENOTTY;
	}
}

static long storm_ioctl(struct file *file, unsigned int cmd, unsigned long user)
{
	void __user *at = (void __user *)user;
	struct storm_objects arg;
	long ret;

	if (cmd == STORM_IOC_COUNTS)
		return counts(at);
	if (cmd == STORM_IOC_SYNC) {
		mmnotify_synchronize(&storm_client);
		return 0;
	}
	if (copy_from_user(&arg, at, sizeof(arg)))
		return -EFAULT;
	ret = with_objects(file->private_data, cmd, &arg);
	if (_IOC_DIR(cmd) & _IOC_READ && copy_to_user(at, &arg, sizeof(arg)))
		return -EFAULT;
	return ret;
}

static int storm_open(struct inode *inode, struct file *file)
{
	struct keeper *k = kzalloc(sizeof(*k), GFP_KERNEL);

	if (!k)
		return -ENOMEM;
	mutex_init(&k->lock);
	INIT_LIST_HEAD(&k->ranges);
	INIT_LIST_HEAD(&k->mms);
	file->private_data = k;
	return 0;
}

static int storm_release(struct inode *inode, struct file *file)
{
	struct storm_objects all = { .nr = U32_MAX };
	struct keeper *k = file->private_data;

	remove_many(k, &all);
	put_all(k, 0);
	kfree(k);
	return 0;
}

static const struct file_operations storm_fops = {
	.owner = THIS_MODULE,
	.open = storm_open,
	.release = storm_release,
	.unlocked_ioctl = storm_ioctl,
};

static struct miscdevice storm_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmn_storm",
	.fops = &storm_fops,
	.mode = 0600,
};

static int __init mmn_storm_init(void)
{
	int ret = -ENOMEM;

	range_cache = kmem_cache_create("mmn_storm_range",
					sizeof(struct storm_range), 0,
					SLAB_ACCOUNT, NULL);
	if (!range_cache)
		return ret;
	ret = mmnotify_register(&storm_client);
	if (ret)
		goto err_cache;
	ret = misc_register(&storm_misc);
	if (ret)
		goto err_client;
	return 0;

err_client:
	mmnotify_unregister(&storm_client);
err_cache:
	kmem_cache_destroy(range_cache);
	return ret;
}
module_init(mmn_storm_init);

static void __exit mmn_storm_exit(void)
{
	misc_deregister(&storm_misc);
	mmnotify_synchronize(&storm_client);
	WARN_ON(mmnotify_unregister(&storm_client));
	WARN_ON(atomic64_read(&alive));
	kmem_cache_destroy(range_cache);
}
module_exit(mmn_storm_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Test of mmnotify: creates and removes objects as fast as possible");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
