// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_atomic: a driver that classifies events under a raw spinlock with interrupts
 * off. The functions it calls are documented not to sleep; on PREEMPT_RT, a spinlock_t
 * taken in them would. Each process that opens /dev/mmn_atomic has a lock of its own
 * and becomes a realtime process. A process that opens /dev/mmn_relaxed classifies in
 * process context, and the realtime processes may preempt it anywhere.
 */
#include <linux/mmu_notifier.h>
#include <linux/spinlock.h>

#include <mmnotify/mmnotify.h>

#include "attach.h"

static struct mmnotify_client mmn_atomic_client = {
	.name = "atomic",
	.owner = THIS_MODULE,
};

static unsigned int asked;
module_param(asked, uint, 0444);
MODULE_PARM_DESC(asked, "number of verdicts so far");

struct asker {
	struct mmu_notifier mn;
	raw_spinlock_t lock;
};

static void ask(const struct mmu_notifier_range *range)
{
	struct mmnotify_info info;
	struct mmnotify_self self;
	char name[64];

	mmnotify_self_begin(&self, &mmn_atomic_client, range->mm);
	mmnotify_classify_as(&mmn_atomic_client, range, &info);
	mmnotify_site_name(&info, name, sizeof(name));
	mmnotify_self_end(&self);
}

static int mmn_atomic_start(struct mmu_notifier *mn,
			    const struct mmu_notifier_range *range)
{
	struct asker *a = container_of(mn, struct asker, mn);
	unsigned long flags;

	raw_spin_lock_irqsave(&a->lock, flags);
	ask(range);
	WRITE_ONCE(asked, asked + 1);
	raw_spin_unlock_irqrestore(&a->lock, flags);
	return 0;
}

static int mmn_atomic_relaxed(struct mmu_notifier *mn,
			      const struct mmu_notifier_range *range)
{
	ask(range);
	return 0;
}

static const struct mmu_notifier_ops atomic_ops = {
	.invalidate_range_start = mmn_atomic_start,
};

static const struct mmu_notifier_ops relaxed_ops = {
	.invalidate_range_start = mmn_atomic_relaxed,
};

static void *attach(struct mm_struct *mm, const struct mmu_notifier_ops *ops)
{
	struct asker *a = kzalloc(sizeof(*a), GFP_KERNEL);
	int ret;

	if (!a)
		return ERR_PTR(-ENOMEM);
	raw_spin_lock_init(&a->lock);
	a->mn.ops = ops;
	ret = mmu_notifier_register(&a->mn, mm);
	if (ret) {
		kfree(a);
		return ERR_PTR(ret);
	}
	return a;
}

static void *attach_atomic(struct mm_struct *mm)
{
	sched_set_fifo_low(current);
	return attach(mm, &atomic_ops);
}

static void *attach_relaxed(struct mm_struct *mm)
{
	return attach(mm, &relaxed_ops);
}

static void detach_asker(void *object)
{
	struct asker *a = object;

	mmu_notifier_unregister(&a->mn, mmnotify_notifier_mm(&a->mn));
	kfree(a);
}

static struct attacher attachers[] = {
	ATTACHER("mmn_atomic", atomic, asker),
	ATTACHER("mmn_relaxed", relaxed, asker),
};

static int __init mmn_atomic_init(void)
{
	int ret = mmnotify_register(&mmn_atomic_client);

	if (ret)
		return ret;
	ret = bench_register(attachers, ARRAY_SIZE(attachers));
	if (ret)
		mmnotify_unregister(&mmn_atomic_client);
	return ret;
}
module_init(mmn_atomic_init);

static void __exit mmn_atomic_exit(void)
{
	bench_unregister(attachers, ARRAY_SIZE(attachers));
	mmnotify_unregister(&mmn_atomic_client);
}
module_exit(mmn_atomic_exit);

MMNOTIFY_IMPORT_NS();
MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Test of mmnotify: classifies events in atomic context");
MODULE_LICENSE("GPL");
