// SPDX-License-Identifier: GPL-2.0-only
/*
 * mm: per-mm objects. One native notifier each, so that the kernel's own rules
 * of lifetime hold; the native get/put would find objects by native ops, which
 * all of ours share, so we find them by (mm, driver's ops) ourselves.
 *
 * Our start never fails: the kernel cannot undo a start that one notifier
 * refuses after an interval notifier accepted it.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/hashtable.h>
#include <linux/kernel.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/wait_bit.h>

#include <mmnotify/mmnotify.h>

#include "client.h"
#include "compat/compat.h"
#include "compat/export.h"
#include "inflight.h"
#include "judge_now.h"
#include "mm.h"
#include "range.h"
#include "self.h"
#include "shortcut.h"

/* mmnotify_mm.state: the mm is gone, release() was called. */
#define STATE_RELEASED	1u

/*
 * Guards the table and the reference counts. Taken before mmap_lock; also taken
 * in release callbacks, when nobody can hold the mmap_lock of that mm.
 */
static DEFINE_MUTEX(objects_lock);
static DEFINE_HASHTABLE(objects, 10);

/* Objects that were put and are not freed. */
static atomic_t leaving;

static struct mmnotify_mm *from_native(struct mmu_notifier *mn)
{
	return container_of(mn, struct mmnotify_mm, mn);
}

/*
 * An event that is not delivered at its start must not be at its end. It is
 * remembered by the address of its range, which is unique while it lives; where
 * there is no room for that, it is delivered.
 */
static bool remember(struct mmnotify_mm *m,
		     const struct mmu_notifier_range *range)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(m->skipped); i++)
		if (!READ_ONCE(m->skipped[i]) &&
		    !cmpxchg(&m->skipped[i], 0, (unsigned long)range))
			return true;
	return false;
}

static bool was_skipped(struct mmnotify_mm *m,
			const struct mmu_notifier_range *range)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(m->skipped); i++)
		if (READ_ONCE(m->skipped[i]) == (unsigned long)range) {
			WRITE_ONCE(m->skipped[i], 0);
			return true;
		}
	return false;
}

/* Is there nothing in this event for this driver? */
static bool skip(struct mmnotify_mm *m, const struct mmu_notifier_range *range,
		 const struct mmnotify_info *info)
{
	if (!m->ops->effects || mmnotify_affects(info, m->ops->effects))
		return false;
	if (!m->ops->end)
		return true;
	/* What may not block may have no end. */
	return mmnotify_blockable(info) && remember(m, range);
}

static struct mmn_shortcut start_shortcut __read_mostly;

static int mmn_mm_start(struct mmu_notifier *mn,
			const struct mmu_notifier_range *range)
{
	struct mmnotify_mm *m = from_native(mn);
	struct mmnotify_info info MMN_UNINIT;
	struct mmn_asker asker = mmn_judge_asker(mn, m->ops->end, &start_shortcut);
	struct mmn_delivery d MMN_UNINIT;
	bool watched;

	mmn_judge_start(range, asker, &info);
	if (skip(m, range, &info)) {
		mmn_judge_over(range, mn);
		return 0;
	}
	mmn_self_mark(m->client, &info);
	if (!m->ops->start)
		return 0;
	watched = mmn_client_enter(m->client, &d);
	m->ops->start(m, &info);
	mmn_client_leave(&d, watched);
	return 0;
}

static void mmn_mm_end(struct mmu_notifier *mn,
		       const struct mmu_notifier_range *range)
{
	struct mmnotify_mm *m = from_native(mn);
	struct mmnotify_info info MMN_UNINIT;
	struct mmn_delivery d MMN_UNINIT;
	bool watched;

	if (!m->ops->end)
		return;
	if (m->ops->effects && was_skipped(m, range))
		return;
	mmn_judge_end(range, &info);
	mmn_self_mark(m->client, &info);
	watched = mmn_client_enter(m->client, &d);
	m->ops->end(m, &info);
	mmn_client_leave(&d, watched);
}

/*
 * Called by the kernel at the end of the mm and by unregister, perhaps both at
 * once; not after the object was put.
 */
static void mmn_mm_release(struct mmu_notifier *mn, struct mm_struct *mm)
{
	struct mmnotify_mm *m = from_native(mn);
	struct mmn_delivery d MMN_UNINIT;
	bool watched;

	if (xchg(&m->state, STATE_RELEASED) || !m->ops->release)
		return;
	watched = mmn_client_enter(m->client, &d);
	m->ops->release(m);
	mmn_client_leave(&d, watched);
}

static void mmn_mm_free(struct mmu_notifier *mn)
{
	struct mmnotify_mm *m = from_native(mn);
	struct mmnotify_client *client = m->client;

	m->ops->free(m);
	mmn_inflight_forget_askers();
	mmn_client_dead(client, MMN_OBJECT_MM);
}

static void mmn_mm_free_put(struct mmu_notifier *mn)
{
	mmn_mm_free(mn);
	if (atomic_dec_and_test(&leaving))
		wake_up_var(&leaving);
}

static const struct mmu_notifier_ops native_ops = {
	.invalidate_range_start = mmn_mm_start,
	.invalidate_range_end = mmn_mm_end,
	.release = mmn_mm_release,
	.free_notifier = mmn_mm_free_put,
};

static int check(struct mmnotify_client *client, const struct mm_struct *mm,
		 const struct mmnotify_mm_ops *ops, size_t size)
{
	int ret;

	if (!mmn_client_registered(client) || !mm)
		return -EINVAL;
	ret = mmn_client_check_ops(ops, size, sizeof(*ops));
	if (ret)
		return ret;
	return ops->alloc && ops->free ? 0 : -EINVAL;
}

static struct mmnotify_mm *find(const struct mm_struct *mm,
				const struct mmnotify_mm_ops *ops)
{
	struct mmnotify_mm *m;

	lockdep_assert_held(&objects_lock);
	hash_for_each_possible(objects, m, node, (unsigned long)mm)
		if (m->mn.mm == mm && m->ops == ops)
			return m;
	return NULL;
}

static struct mmnotify_mm *create(struct mmnotify_client *client,
				  struct mm_struct *mm,
				  const struct mmnotify_mm_ops *ops)
{
	struct mmnotify_mm *m = ops->alloc(mm);
	int ret;

	lockdep_assert_held(&objects_lock);
	if (IS_ERR_OR_NULL(m))
		return m ? m : ERR_PTR(-ENOMEM);
	m->mn.ops = &native_ops;
	m->ops = ops;
	m->client = client;
	m->users = 1;
	m->state = 0;
	mmn_client_born(client, MMN_OBJECT_MM);
	ret = mmu_notifier_register(&m->mn, mm);
	if (ret) {
		mmn_mm_free(&m->mn);
		return ERR_PTR(ret);
	}
	hash_add(objects, &m->node, (unsigned long)mm);
	return m;
}

/**
 * mmnotify_mm_get_v1() - hold on to a whole mm
 * @client: a registered client
 * @mm: the caller holds mmget(), it need not be current->mm
 * @ops: callbacks; must outlive the object; see mmnotify_mm_get()
 * @size: sizeof(struct mmnotify_mm_ops) as the driver knows it, bytes
 *
 * There is one object per (mm, ops): a second get returns the first's, and
 * needs a put of its own. Follows mm/mmu_notifier.c:mmu_notifier_get().
 *
 * Context: Process, may sleep; takes mmap_lock for write. Not in a callback.
 * Return: the object or ERR_PTR: -EINVAL for a missing argument or callback or
 * ops that are too small, -E2BIG if they use members that this mmnotify does
 * not know, -ESRCH if the mm is dying, -ENOMEM, -EINTR, or alloc()'s error.
 */
struct mmnotify_mm *mmnotify_mm_get_v1(struct mmnotify_client *client,
				       struct mm_struct *mm,
				       const struct mmnotify_mm_ops *ops,
				       size_t size)
{
	struct mmnotify_mm *m;
	int ret = check(client, mm, ops, size);

	if (ret)
		return ERR_PTR(ret);
	if (!mmget_not_zero(mm))
		return ERR_PTR(-ESRCH);
	mutex_lock(&objects_lock);
	m = find(mm, ops);
	if (m)
		m->users++;
	else
		m = create(client, mm, ops);
	mutex_unlock(&objects_lock);
	mmput(mm);
	return m;
}
MMN_EXPORT(mmnotify_mm_get_v1);

/**
 * mmnotify_mm_put_v1() - let go of an mm
 * @m: from mmnotify_mm_get(); see mmnotify_mm_put()
 *
 * The last put ends the callbacks soon; ops->free() says when. In a release()
 * that mmnotify_mm_unregister() calls, it does nothing.
 *
 * Context: Process, may sleep; not under mmap_lock. In callbacks only in
 * release().
 */
void mmnotify_mm_put_v1(struct mmnotify_mm *m)
{
	bool last;

	mutex_lock(&objects_lock);
	last = m->users == 1;
	if (m->users)
		m->users--;
	if (last) {
		hash_del(&m->node);
		atomic_inc(&leaving);
	}
	mutex_unlock(&objects_lock);
	if (last)
		mmu_notifier_put(&m->mn);
}
MMN_EXPORT(mmnotify_mm_put_v1);

/**
 * mmnotify_mm_unregister_v1() - let go of an mm and wait
 * @m: from mmnotify_mm_get(), with no other reference; see
 *	mmnotify_mm_unregister()
 *
 * In place of the last put: release() is called if it was not yet, and when it
 * returns 0 no callback runs or will run and @m was freed by ops->free(). Follows
 * mm/mmu_notifier.c:mmu_notifier_unregister().
 *
 * Context: Process, sleeps; not under mmap_lock, not in a callback, nor under a
 * lock that one takes.
 * Return: 0; -EBUSY if it was got more than once; -EDEADLK with debug=1 if called
 * in a callback. Then nothing happened.
 */
int mmnotify_mm_unregister_v1(struct mmnotify_mm *m)
{
	bool last;

	if (mmn_client_in_callback("mmnotify_mm_unregister()"))
		return -EDEADLK;
	mutex_lock(&objects_lock);
	last = m->users == 1;
	if (last) {
		hash_del(&m->node);
		m->users = 0;
	}
	mutex_unlock(&objects_lock);
	if (!last)
		return -EBUSY;
	mmu_notifier_unregister(&m->mn, m->mn.mm);
	mmn_mm_free(&m->mn);
	return 0;
}
MMN_EXPORT(mmnotify_mm_unregister_v1);

/*
 * The kernel waits for a grace period; the callback that frees may run after
 * that, on the CPU where the object was put.
 */
static void wait_until_left(void)
{
	mmu_notifier_synchronize();
	wait_var_event(&leaving, !atomic_read(&leaving));
}

/**
 * mmnotify_synchronize_v1() - wait until everything that was put is freed
 *
 * For the exit of a driver's module, between the last put or asynchronous
 * removal and mmnotify_unregister(). Follows
 * mm/mmu_notifier.c:mmu_notifier_synchronize(), which may return while another
 * CPU still frees; this does not.
 *
 * Context: Process, sleeps. Not in a callback, nor in removed().
 */
void mmnotify_synchronize_v1(void)
{
	mmn_range_synchronize();
	wait_until_left();
}
MMN_EXPORT(mmnotify_synchronize_v1);

/**
 * mmn_mm_exit() - no callback of ours may be left
 *
 * Context: Process, at unload: there are no clients.
 */
void mmn_mm_exit(void)
{
	mmn_range_synchronize();
	wait_until_left();
}
