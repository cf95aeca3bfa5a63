// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_grow: any number of objects on one mm, native ones or mmnotify's, with minimal
 * callbacks, to compare how the cost grows with their number.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/timex.h>
#include <linux/uaccess.h>

#include <mmnotify/mmnotify.h>

#include "empty.h"
#include "grow.h"
#include "interval.h"

struct set {
	struct mutex lock;	/* guards all */
	struct mm_struct *mm;
	unsigned int kind;
	unsigned int nr;
	void *objects;
};

/* ---- callbacks ---- */

static int notifier_start(struct mmu_notifier *mn,
			  const struct mmu_notifier_range *range)
{
	return 0;
}

static const struct mmu_notifier_ops notifier_ops = {
	.invalidate_range_start = notifier_start,
};

/* An mm has one object per ops, so each client has ops of its own. */
static struct mmnotify_mm_ops mm_ops[GROW_MOST_MMS];
static struct mmnotify_client clients[GROW_MOST_MMS];

/* ---- objects ---- */

static const size_t sizes[] = {
	[GROW_INTERVAL] = sizeof(struct mmu_interval_notifier),
	[GROW_RANGE] = sizeof(struct mmnotify_range),
	[GROW_NOTIFIER] = sizeof(struct mmu_notifier),
	[GROW_MM] = sizeof(struct mmnotify_mm),
};

/* Return: bytes of an entry of the array, which has only pointers for the last kind. */
static size_t slot_size(unsigned int kind)
{
	return kind < GROW_MM ? sizes[kind] : sizeof(struct mmnotify_mm *);
}

static void *slot(const struct set *s, unsigned int i)
{
	return s->objects + i * slot_size(s->kind);
}

static int add_one(struct set *s, unsigned int i, unsigned long start)
{
	unsigned long page = start + i * PAGE_SIZE;
	struct mmu_notifier *mn;
	struct mmnotify_mm *m;

	switch (s->kind) {
	case GROW_INTERVAL:
		return mmu_interval_notifier_insert(slot(s, i), s->mm, page, PAGE_SIZE,
						    &interval_ops);
	case GROW_RANGE:
		return mmnotify_range_insert(&clients[0], slot(s, i), s->mm, page,
					     PAGE_SIZE, &range_ops);
	case GROW_NOTIFIER:
		mn = slot(s, i);
		mn->ops = &notifier_ops;
		return mmu_notifier_register(mn, s->mm);
	default:
		m = mmnotify_mm_get(&clients[i], s->mm, &mm_ops[i]);
		*(struct mmnotify_mm **)slot(s, i) = m;
		return PTR_ERR_OR_ZERO(m);
	}
}

static void del_one(struct set *s, unsigned int i)
{
	switch (s->kind) {
	case GROW_INTERVAL:
		mmu_interval_notifier_remove(slot(s, i));
		break;
	case GROW_RANGE:
		WARN_ON(mmnotify_range_remove(slot(s, i)));
		break;
	case GROW_NOTIFIER:
		mmu_notifier_unregister(slot(s, i), s->mm);
		break;
	default:
		mmnotify_mm_put(*(struct mmnotify_mm **)slot(s, i));
	}
}

static u64 del_all(struct set *s)
{
	u64 begun = get_cycles(), cost;
	unsigned int i;

	for (i = 0; i < s->nr; i++) {
		del_one(s, i);
		cond_resched();
	}
	cost = get_cycles() - begun;
	kvfree(s->objects);
	s->objects = NULL;
	s->nr = 0;
	return cost;
}

static int add_all(struct set *s, struct grow_add *add)
{
	u64 begun;
	int ret = 0;

	s->kind = add->kind;
	s->objects = kvcalloc(add->nr, slot_size(s->kind), GFP_KERNEL);
	if (!s->objects)
		return -ENOMEM;
	begun = get_cycles();
	for (s->nr = 0; s->nr < add->nr && !ret; s->nr++) {
		ret = add_one(s, s->nr, add->start);
		if (ret)
			break;
		cond_resched();
	}
	add->cost = get_cycles() - begun;
	add->bytes = sizes[s->kind];
	if (ret)
		del_all(s);
	return ret;
}

static int check(const struct set *s, const struct grow_add *add)
{
	if (s->nr)
		return -EBUSY;
	if (!add->nr || add->kind >= GROW_KINDS || add->start & ~PAGE_MASK)
		return -EINVAL;
	return add->nr > (add->kind < GROW_NOTIFIER ? GROW_MOST : GROW_MOST_MMS) ? -E2BIG : 0;
}

/* ---- the device ---- */

static long grow_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct set *s = file->private_data;
	struct grow_add add;
	long ret = -ENOTTY;
	u64 cost;

	mutex_lock(&s->lock);
	if (cmd == GROW_IOC_ADD) {
		ret = copy_from_user(&add, (void __user *)arg, sizeof(add)) ? -EFAULT : 0;
		if (!ret)
			ret = current->mm == s->mm ? check(s, &add) : -EPERM;
		if (!ret)
			ret = add_all(s, &add);
		if (!ret && copy_to_user((void __user *)arg, &add, sizeof(add)))
			ret = -EFAULT;
	} else if (cmd == GROW_IOC_DEL) {
		cost = del_all(s);
		ret = put_user(cost, (u64 __user *)arg);
	}
	mutex_unlock(&s->lock);
	return ret;
}

static int grow_open(struct inode *inode, struct file *file)
{
	struct set *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	mutex_init(&s->lock);
	s->mm = current->mm;
	mmgrab(s->mm);
	file->private_data = s;
	return 0;
}

static int grow_release(struct inode *inode, struct file *file)
{
	struct set *s = file->private_data;

	del_all(s);
	mmdrop(s->mm);
	kfree(s);
	return 0;
}

static const struct file_operations grow_fops = {
	.owner = THIS_MODULE,
	.open = grow_open,
	.release = grow_release,
	.unlocked_ioctl = grow_ioctl,
};

static struct miscdevice grow_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmn_grow",
	.fops = &grow_fops,
	.mode = 0600,
};

static void unregister_clients(unsigned int nr)
{
	while (nr) {
		mmnotify_synchronize(&clients[--nr]);
		mmnotify_unregister(&clients[nr]);
	}
}

static int __init mmn_grow_init(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < GROW_MOST_MMS; i++) {
		mm_ops[i] = (struct mmnotify_mm_ops){
			.start = mm_start, .alloc = mm_alloc_object, .free = mm_free_object,
		};
		clients[i].name = "grow";
		clients[i].owner = THIS_MODULE;
		ret = mmnotify_register(&clients[i]);
		if (ret) {
			unregister_clients(i);
			return ret;
		}
	}
	ret = misc_register(&grow_misc);
	if (ret)
		unregister_clients(GROW_MOST_MMS);
	return ret;
}
module_init(mmn_grow_init);

static void __exit mmn_grow_exit(void)
{
	misc_deregister(&grow_misc);
	unregister_clients(GROW_MOST_MMS);
}
module_exit(mmn_grow_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Many notifiers on one mm, for the benchmark");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
