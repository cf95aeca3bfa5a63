// SPDX-License-Identifier: GPL-2.0-only
/*
 * process: the processes of the mms that are watched. An mm knows its owner, but the owner leaves
 * it before the mm is torn down, and the events of exit come after that. So the process is
 * remembered for as long as its mm lives.
 *
 * An mm enters the table when it gets its first notifier, or when watching starts. The release of
 * the mm ends its entry: its last events still find it, but another mm may take it from then on.
 *
 * The table has a fixed size, because the hook cannot allocate. Each mm has a bucket of WAYS
 * entries. If all of them are of mms that live, the mm has no entry: its last events have no
 * process.
 *
 * Lookups take no lock. table_lock is taken when an mm gets a notifier or is released, and to read
 * an entry.
 */
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "compat/compat.h"
#include "process.h"

#define BUCKET_BITS	7
#define WAYS		8
#define ENTRIES		(WAYS << BUCKET_BITS)

/* @ended: local_clock() when the mm was released or watching ended; 0 while the mm is watched */
struct entry {
	u64 ended;
	struct mmn_process process;
};

/* Raw: the hook takes it, and a release may run in atomic context. */
static DEFINE_RAW_SPINLOCK(table_lock);

/* The mm of each entry; NULL if the entry was never used. A bucket is one cache line. */
static const struct mm_struct *mms[ENTRIES] __cacheline_aligned;
static struct entry entries[ENTRIES];

static unsigned int bucket_of(const struct mm_struct *mm)
{
	return hash_ptr(mm, BUCKET_BITS) * WAYS;
}

static struct entry *entry_find(const struct mm_struct *mm)
{
	unsigned int i = bucket_of(mm), end = i + WAYS;

	for (; i < end; i++)
		if (READ_ONCE(mms[i]) == mm)
			return &entries[i];
	return NULL;
}

/* Return: an entry that was never used, or the one that ended first; NULL if all are in use. */
static struct entry *entry_free(const struct mm_struct *mm)
{
	unsigned int i = bucket_of(mm), end = i + WAYS;
	struct entry *best = NULL;

	for (; i < end; i++) {
		if (!mms[i])
			return &entries[i];
		if (entries[i].ended && (!best || entries[i].ended < best->ended))
			best = &entries[i];
	}
	return best;
}

/* An entry of the same mm goes on, unless the mm is a new one at an old address. */
static void entry_begin(const struct mm_struct *mm, const struct mmn_process *p)
{
	struct entry *e = entry_find(mm);

	if (!e)
		e = entry_free(mm);
	if (!e)
		return;
	e->process = *p;
	e->ended = 0;
	WRITE_ONCE(mms[e - entries], mm);
}

/* The main thread has the name of the process. */
static void set_names(struct mmn_process *p, struct task_struct *task)
{
	p->tgid = task->tgid;
	p->cgroup = mmn_task_cgroup(task);
	strscpy_pad(p->comm, READ_ONCE(task->group_leader)->comm, sizeof(p->comm));
}

/* Without CONFIG_MEMCG an mm has no owner, but most often its own task acts on it. */
static struct task_struct *owner_of(const struct mm_struct *mm)
{
	struct task_struct *owner = mmn_mm_owner(mm);

	return owner || current->mm != mm ? owner : current;
}

/* Return: false if @mm has no owner. */
static bool process_of_owner(const struct mm_struct *mm, struct mmn_process *p)
{
	struct task_struct *owner;

	memset(p, 0, sizeof(*p));
	rcu_read_lock();
	owner = owner_of(mm);
	if (owner)
		set_names(p, owner);
	rcu_read_unlock();
	return owner;
}

/*
 * The process may have changed its name or its cgroup since its mm got a notifier. After execve()
 * its name is that of the new program.
 */
static void refresh(struct mmn_process *p)
{
	if (p->tgid != current->tgid || !(current->flags & PF_EXITING))
		return;
	rcu_read_lock();
	set_names(p, current);
	rcu_read_unlock();
}

/**
 * mmn_process_get() - find the process of an mm
 * @mm: mm with a notifier
 * @p: filled with the process
 *
 * Context: Any, including the hook.
 */
void mmn_process_get(const struct mm_struct *mm, struct mmn_process *p)
{
	unsigned long flags;
	struct entry *e;

	if (process_of_owner(mm, p))
		return;
	raw_spin_lock_irqsave(&table_lock, flags);
	e = entry_find(mm);
	if (e)
		*p = e->process;
	raw_spin_unlock_irqrestore(&table_lock, flags);
}

/**
 * mmn_process_register() - remember the process of an mm that gets a notifier
 * @mm: the mm
 *
 * Context: Any, including the hook.
 */
void mmn_process_register(const struct mm_struct *mm)
{
	struct mmn_process p;
	unsigned long flags;

	if (!process_of_owner(mm, &p))
		return;
	raw_spin_lock_irqsave(&table_lock, flags);
	entry_begin(mm, &p);
	raw_spin_unlock_irqrestore(&table_lock, flags);
}

/**
 * mmn_process_release() - the last events of an mm begin
 * @mm: mm that is released
 *
 * Context: Any, including the hook.
 */
void mmn_process_release(const struct mm_struct *mm)
{
	unsigned long flags;
	struct entry *e;

	raw_spin_lock_irqsave(&table_lock, flags);
	e = entry_find(mm);
	if (e) {
		refresh(&e->process);
		e->ended = local_clock() | 1;
	}
	raw_spin_unlock_irqrestore(&table_lock, flags);
}

/* Return: false if @task has left its mm. */
static bool remember_task(struct task_struct *task)
{
	struct mm_struct *mm;

	task_lock(task);
	mm = task->mm;
	if (mm && mm_has_notifiers(mm))
		mmn_process_register(mm);
	task_unlock(task);
	return mm;
}

/**
 * mmn_process_start() - remember the processes of all mms that have a notifier
 *
 * Context: Process, after the hook is attached.
 */
void mmn_process_start(void)
{
	struct task_struct *process, *task;

	rcu_read_lock();
	for_each_process(process)
		/* The main thread may have ended before the others. */
		for_each_thread(process, task)
			if (remember_task(task))
				break;
	rcu_read_unlock();
}

/**
 * mmn_process_stop() - no mm is watched any more
 *
 * Context: Process, when watching ends.
 */
void mmn_process_stop(void)
{
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&table_lock, flags);
	for (i = 0; i < ENTRIES; i++)
		if (mms[i] && !entries[i].ended)
			entries[i].ended = local_clock() | 1;
	raw_spin_unlock_irqrestore(&table_lock, flags);
}
