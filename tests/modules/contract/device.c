// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_contract: a driver with objects that user space chooses. It creates them with
 * flags for their behaviour, changes its memory, and reads the log of callbacks.
 * Tests that need no second process run when the module is loaded (inside.c).
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/ioctl.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include <mmnotify/mmnotify.h>

#include "contract.h"
#include "log.h"

static struct mmnotify_client clients[2] = {
	{ .name = "contract", .owner = THIS_MODULE },
	{ .name = "contract2", .owner = THIS_MODULE },
};

struct object {
	struct mmnotify_range range;
	struct mmu_interval_notifier native;
	struct mmnotify_mm m;
	struct mmnotify_finish finish;
	struct mmnotify_range_ops range_ops;
	struct mmnotify_mm_ops mm_ops;
	wait_queue_head_t wait;
	spinlock_t lock;	/* the driver lock: orders the sequence */
	u32 id, kind, flags;
	atomic_t starts, ends, held, refused;
};

/* Guards the table; not taken in callbacks. */
static DEFINE_MUTEX(table_lock);
static struct object *table[CONTRACT_OBJECTS];

/* Object that the next alloc() returns, under table_lock. */
static struct object *to_add;

static void *last_owner;

/* The id may be in use by another object already. */
static void forget(struct object *o)
{
	cmpxchg(&table[o->id], o, NULL);
}

static void hold(struct object *o, u32 flag)
{
	if (!(READ_ONCE(o->flags) & flag))
		return;
	atomic_inc(&o->held);
	wait_event(o->wait, !(READ_ONCE(o->flags) & flag));
	atomic_dec(&o->held);
}

/* Waits some seconds for a fatal signal. Logs a result of 1 when it starts to wait. */
static void wait_to_be_killed(struct object *o)
{
	unsigned int i;

	if (!(o->flags & CONTRACT_KILLED))
		return;
	contract_log_result(o->id, 1);
	for (i = 0; i < 8000 && !fatal_signal_pending(current); i++)
		usleep_range(1000, 2000);
}

/* ---- ranges ---- */

static struct object *from_range(struct mmnotify_range *range)
{
	return container_of(range, struct object, range);
}

static void misuse(struct object *o)
{
	contract_log_result(o->id, mmnotify_range_remove(&o->range));
	contract_log_result(o->id, mmnotify_range_move(&o->range, 0, PAGE_SIZE));
}

static bool refuses(struct object *o, const struct mmnotify_info *info)
{
	if (o->flags & CONTRACT_REFUSE_ALL)
		return true;
	if (mmnotify_blockable(info))
		return false;
	if (READ_ONCE(o->flags) & CONTRACT_REFUSE_EACH)
		return true;
	return (o->flags & CONTRACT_REFUSE) && !atomic_fetch_inc(&o->refused);
}

static bool mmn_contract_start(struct mmnotify_range *range,
			       const struct mmnotify_info *info,
			       unsigned long seq)
{
	struct object *o = from_range(range);

	if (info->owner)
		last_owner = info->owner;
	atomic_inc(&o->starts);
	contract_log(o->id, CONTRACT_AT_START, info, range, seq);
	if (refuses(o, info))
		return false;
	spin_lock(&o->lock);
	mmnotify_range_set_seq(range, seq);
	spin_unlock(&o->lock);
	if (o->flags & CONTRACT_ASYNC)
		contract_log_result(o->id, mmnotify_range_remove_async(range));
	if (o->flags & CONTRACT_MISUSE)
		misuse(o);
	if (mmnotify_blockable(info) && info->event != MMNOTIFY_RELEASE)
		hold(o, CONTRACT_HOLD_START);
	return true;
}

static bool mmn_contract_first_pass(struct mmnotify_range *range,
				    const struct mmnotify_info *info,
				    unsigned long seq,
				    struct mmnotify_finish **finish)
{
	struct object *o = from_range(range);

	if (!mmn_contract_start(range, info, seq))
		return false;
	if (!(o->flags & CONTRACT_NO_FINISH))
		*finish = &o->finish;
	return true;
}

static void mmn_contract_finish(struct mmnotify_finish *finish)
{
	struct object *o = container_of(finish, struct object, finish);

	contract_log(o->id, CONTRACT_AT_FINISH, NULL, finish->range, 0);
}

static void mmn_contract_end(struct mmnotify_range *range,
			     const struct mmnotify_info *info)
{
	struct object *o = from_range(range);

	contract_log(o->id, CONTRACT_AT_END, info, range, 0);
	hold(o, CONTRACT_HOLD_END);
	atomic_inc(&o->ends);
}

static void mmn_contract_release(struct mmnotify_range *range, unsigned long seq)
{
	struct object *o = from_range(range);

	spin_lock(&o->lock);
	mmnotify_range_set_seq(range, seq);
	spin_unlock(&o->lock);
	contract_log(o->id, CONTRACT_AT_RELEASE, NULL, range, seq);
	hold(o, CONTRACT_HOLD_RELEASE);
}

static void mmn_contract_removed(struct mmnotify_range *range)
{
	struct object *o = from_range(range);

	contract_log(o->id, CONTRACT_AT_REMOVED, NULL, NULL, 0);
	forget(o);
	kfree(o);
}

static bool mmn_contract_again(struct mmnotify_range *range,
			       const struct mmnotify_info *info,
			       unsigned long seq)
{
	mmnotify_range_set_seq(range, seq);
	return true;
}

static const struct mmnotify_range_ops again_ops = {
	.invalidate = mmn_contract_again,
};

static int insert_range(struct object *o, const struct contract_object *arg)
{
	struct mmnotify_range_ops *ops = &o->range_ops;

	ops->effects = arg->effects;
	ops->removed = mmn_contract_removed;
	if (arg->flags & CONTRACT_TWO_PASS) {
		ops->invalidate_start = mmn_contract_first_pass;
		ops->invalidate_finish = mmn_contract_finish;
	} else {
		ops->invalidate = mmn_contract_start;
	}
	if (arg->flags & CONTRACT_END)
		ops->end = mmn_contract_end;
	if (arg->flags & CONTRACT_RELEASE)
		ops->release = mmn_contract_release;
	if (arg->flags & CONTRACT_LAST_OWNER)
		o->range.owner = last_owner;
	return mmnotify_range_insert(&clients[!!(arg->flags & CONTRACT_SECOND)],
				     &o->range, current->mm, arg->start, arg->len,
				     ops);
}

/* ---- whole mms ---- */

static struct object *from_mm(struct mmnotify_mm *m)
{
	return container_of(m, struct object, m);
}

static void mmn_contract_mm_start(struct mmnotify_mm *m,
				  const struct mmnotify_info *info)
{
	struct object *o = from_mm(m);

	atomic_inc(&o->starts);
	contract_log(o->id, CONTRACT_AT_START, info, NULL, 0);
	if (mmnotify_blockable(info))
		hold(o, CONTRACT_HOLD_START);
}

static void mmn_contract_mm_end(struct mmnotify_mm *m,
				const struct mmnotify_info *info)
{
	struct object *o = from_mm(m);

	contract_log(o->id, CONTRACT_AT_END, info, NULL, 0);
	if (mmnotify_blockable(info))
		hold(o, CONTRACT_HOLD_END);
	atomic_inc(&o->ends);
}

static void mmn_contract_mm_release(struct mmnotify_mm *m)
{
	struct object *o = from_mm(m);
	struct mmnotify_info info = { .mm = mmnotify_notifier_mm(&m->mn) };

	contract_log(o->id, CONTRACT_AT_RELEASE, &info, NULL, 0);
	hold(o, CONTRACT_HOLD_RELEASE);
	if (o->flags & CONTRACT_PUT)
		mmnotify_mm_put(m);
}

/* Called by mmnotify_mm_get(). */
static struct mmnotify_mm *mmn_contract_alloc(struct mm_struct *mm)
{
	wait_to_be_killed(to_add);
	return &to_add->m;
}

static void mmn_contract_free(struct mmnotify_mm *m)
{
	struct object *o = from_mm(m);

	contract_log(o->id, CONTRACT_AT_FREE, NULL, NULL, 0);
	forget(o);
	kfree(o);
}

static int insert_mm(struct object *o, const struct contract_object *arg)
{
	struct mmnotify_mm_ops *ops = &o->mm_ops;
	struct mmnotify_mm *m;

	ops->start = mmn_contract_mm_start;
	ops->release = mmn_contract_mm_release;
	ops->alloc = mmn_contract_alloc;
	ops->free = mmn_contract_free;
	ops->effects = arg->effects;
	if (arg->flags & CONTRACT_END)
		ops->end = mmn_contract_mm_end;
	to_add = o;
	m = mmnotify_mm_get(&clients[0], current->mm, ops);
	return PTR_ERR_OR_ZERO(m);
}

/* ---- native notifiers that classify ---- */

static bool mmn_contract_native(struct mmu_interval_notifier *mni,
				const struct mmu_notifier_range *range,
				unsigned long seq)
{
	struct object *o = container_of(mni, struct object, native);
	struct mmnotify_info info, again;

	mmnotify_classify(range, &info);
	mmnotify_classify_as(&clients[0], range, &again);
	atomic_inc(&o->starts);
	mmu_interval_set_seq(mni, seq);
	contract_log(o->id, CONTRACT_AT_START, &info, NULL, seq);
	contract_log_result(o->id, again.event == info.event &&
			    again.cause == info.cause &&
			    again.effects == info.effects &&
			    again.site == info.site);
	return true;
}

static const struct mmu_interval_notifier_ops native_ops = {
	.invalidate = mmn_contract_native,
};

/* ---- ioctls ---- */

static int find_slot(void)
{
	int i;

	for (i = 0; i < CONTRACT_OBJECTS; i++)
		if (!table[i])
			return i;
	return -ENOSPC;
}

static int insert(struct object *o, const struct contract_object *arg)
{
	switch (arg->kind) {
	case CONTRACT_RANGE:
		wait_to_be_killed(o);
		return insert_range(o, arg);
	case CONTRACT_MM:
		return insert_mm(o, arg);
	case CONTRACT_NATIVE:
		return mmu_interval_notifier_insert(&o->native, current->mm,
						    arg->start, arg->len,
						    &native_ops);
	default:
		return -EINVAL;
	}
}

static long add(const struct contract_object *arg)
{
	struct object *o = kzalloc(sizeof(*o), GFP_KERNEL);
	int id, ret;

	if (!o)
		return -ENOMEM;
	init_waitqueue_head(&o->wait);
	spin_lock_init(&o->lock);
	o->kind = arg->kind;
	o->flags = arg->flags;
	mutex_lock(&table_lock);
	id = find_slot();
	ret = id;
	if (id >= 0) {
		o->id = id;
		ret = insert(o, arg);
		if (arg->flags & CONTRACT_KILLED)
			contract_log_result(id, ret);
	}
	if (!ret)
		table[id] = o;
	mutex_unlock(&table_lock);
	if (!ret)
		return id;
	/* An object that alloc() returned was freed by free(). */
	if (arg->kind != CONTRACT_MM || id < 0)
		kfree(o);
	return ret;
}

static struct object *lookup(unsigned long id)
{
	return id < CONTRACT_OBJECTS ? READ_ONCE(table[id]) : NULL;
}

static long del(struct object *o)
{
	if (o->kind == CONTRACT_MM) {
		mmnotify_mm_put(&o->m);
		return 0;
	}
	if (o->kind == CONTRACT_NATIVE)
		mmu_interval_notifier_remove(&o->native);
	else if (mmnotify_range_remove(&o->range))
		return -EDEADLK;
	forget(o);
	kfree(o);
	return 0;
}

/* Adds and removes another object in the mm of @o. Its process may be dead. */
static long again(struct object *o)
{
	struct mmnotify_range range = { };
	struct mmnotify_mm *m;
	long ret;

	if (o->kind == CONTRACT_MM) {
		m = mmnotify_mm_get(&clients[0], mmnotify_notifier_mm(&o->m.mn), &o->mm_ops);
		if (!IS_ERR(m))
			mmnotify_mm_put(m);
		return PTR_ERR_OR_ZERO(m);
	}
	ret = mmnotify_range_insert(&clients[0], &range, o->range.mni.mm, 0,
				    PAGE_SIZE, &again_ops);
	if (!ret)
		WARN_ON(mmnotify_range_remove(&range));
	return ret;
}

static long on_object(unsigned int cmd, struct object *o)
{
	switch (cmd) {
	case CONTRACT_IOC_DEL:
		return del(o);
	case CONTRACT_IOC_ASYNC:
		return mmnotify_range_remove_async(&o->range);
	case CONTRACT_IOC_GET:
		return mmnotify_mm_get(&clients[0], mmnotify_notifier_mm(&o->m.mn),
				       &o->mm_ops) == &o->m;
	case CONTRACT_IOC_AGAIN:
		return again(o);
	case CONTRACT_IOC_UNREGISTER:
		return mmnotify_mm_unregister(&o->m);
	case CONTRACT_IOC_OPEN:
		WRITE_ONCE(o->flags, o->flags & ~(CONTRACT_HOLD_START |
						  CONTRACT_HOLD_END |
						  CONTRACT_HOLD_RELEASE |
						  CONTRACT_REFUSE_EACH));
		wake_up_all(&o->wait);
		return 0;
	default:
		return -ENOTTY;
	}
}

static long with_object(unsigned int cmd, void __user *user)
{
	struct contract_object arg;
	struct object *o;
	long ret = 0;

	if (copy_from_user(&arg, user, sizeof(arg)))
		return -EFAULT;
	if (cmd == CONTRACT_IOC_ADD)
		return add(&arg);
	o = lookup(arg.id);
	if (!o)
		return -ENOENT;
	switch (cmd) {
	case CONTRACT_IOC_MOVE:
		return mmnotify_range_move(&o->range, arg.start, arg.len);
	case CONTRACT_IOC_BEGIN:
		arg.seq = mmnotify_range_read_begin(&o->range);
		return copy_to_user(user, &arg, sizeof(arg)) ? -EFAULT : 0;
	default:
		spin_lock(&o->lock);
		ret = mmnotify_range_read_retry(&o->range, arg.seq);
		spin_unlock(&o->lock);
		return ret;
	}
}

static long counts(void __user *user)
{
	struct contract_counts arg;
	struct object *o;

	if (copy_from_user(&arg, user, sizeof(arg)))
		return -EFAULT;
	o = lookup(arg.id);
	if (!o)
		return -ENOENT;
	arg.starts = atomic_read(&o->starts);
	arg.ends = atomic_read(&o->ends);
	arg.held = atomic_read(&o->held);
	return copy_to_user(user, &arg, sizeof(arg)) ? -EFAULT : 0;
}

/* Thread with an open section of its own. */
static int mmn_contract_sit(void *unused)
{
	struct mmnotify_self self;

	mmnotify_self_begin(&self, &clients[0], NULL);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	mmnotify_self_end(&self);
	return 0;
}

/* Writes inside of one section, or of @depth more that are nested in it. */
static long write_in_sections(const struct contract_self *arg, unsigned int depth)
{
	struct mmnotify_self self;
	unsigned int old = 0;
	long ret;

	mmnotify_self_begin(&self, &clients[0], current->mm);
	if (depth) {
		ret = write_in_sections(arg, depth - 1);
	} else {
		if (arg->reclaim)
			old = memalloc_noreclaim_save();
		ret = put_user(1, (int __user *)u64_to_user_ptr(arg->addr));
		if (arg->reclaim)
			memalloc_noreclaim_restore(old);
	}
	mmnotify_self_end(&self);
	return ret;
}

/* The end of an inner section must not end the outer one. */
static long write_after_inner(const struct contract_self *arg)
{
	struct mmnotify_self outer, inner;
	long ret;

	mmnotify_self_begin(&outer, &clients[0], current->mm);
	mmnotify_self_begin(&inner, &clients[0], current->mm);
	mmnotify_self_end(&inner);
	ret = put_user(1, (int __user *)u64_to_user_ptr(arg->addr));
	mmnotify_self_end(&outer);
	/* A second end must only log an error. */
	mmnotify_self_end(&outer);
	return ret;
}

static long self(void __user *user)
{
	static struct task_struct *sitters[CONTRACT_SITTERS];
	struct contract_self arg;
	unsigned int i;
	long ret;

	if (copy_from_user(&arg, user, sizeof(arg)))
		return -EFAULT;
	if (arg.depth > CONTRACT_SECTIONS || arg.sitters > CONTRACT_SITTERS)
		return -EINVAL;
	for (i = 0; i < arg.sitters; i++)
		sitters[i] = kthread_run(mmn_contract_sit, NULL, "mmn_sit/%u", i);
	ret = arg.nested ? write_after_inner(&arg) : write_in_sections(&arg, arg.depth);
	for (i = 0; i < arg.sitters; i++)
		if (!IS_ERR(sitters[i]))
			kthread_stop(sitters[i]);
	return ret;
}

static long contract_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;
	struct object *o;

	switch (cmd) {
	case CONTRACT_IOC_ADD:
	case CONTRACT_IOC_MOVE:
	case CONTRACT_IOC_BEGIN:
	case CONTRACT_IOC_RETRY:
		return with_object(cmd, user);
	case CONTRACT_IOC_READ:
		return contract_log_read(user);
	case CONTRACT_IOC_COUNTS:
		return counts(user);
	case CONTRACT_IOC_SELF:
		return self(user);
	case CONTRACT_IOC_SYNC:
		mmnotify_synchronize(&clients[0]);
		mmnotify_synchronize(&clients[1]);
		return 0;
	default:
		o = lookup(arg);
		return o ? on_object(cmd, o) : -ENOENT;
	}
}

static const struct file_operations contract_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = contract_ioctl,
};

static struct miscdevice contract_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmn_contract",
	.fops = &contract_fops,
	.mode = 0600,
};

static int register_clients(void)
{
	int ret = mmnotify_register(&clients[0]);

	if (ret)
		return ret;
	ret = mmnotify_register(&clients[1]);
	if (ret)
		mmnotify_unregister(&clients[0]);
	return ret;
}

static void unregister_clients(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(clients); i++) {
		mmnotify_synchronize(&clients[i]);
		WARN_ON(mmnotify_unregister(&clients[i]));
	}
}

static bool two_pass = HAVE_FINISH;
module_param(two_pass, bool, 0444);
MODULE_PARM_DESC(two_pass, "the kernel's headers have two passes");

static int __init contract_init(void)
{
	int ret = contract_inside();

	if (ret)
		return ret;
	ret = register_clients();
	if (ret)
		return ret;
	ret = misc_register(&contract_misc);
	if (ret)
		unregister_clients();
	return ret;
}
module_init(contract_init);

/* Objects that user space did not delete make unregister log an error. */
static void __exit contract_exit(void)
{
	misc_deregister(&contract_misc);
	unregister_clients();
}
module_exit(contract_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Test of mmnotify: a driver whose objects user space chooses");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
