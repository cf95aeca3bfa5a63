// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * process: the processes of the mms that are watched. An mm knows its owner, but the owner leaves
 * it before the mm is torn down, and the events of exit come after that. So the process is
 * remembered for as long as its mm lives.
 *
 * An mm enters the table when it gets its first notifier, or when watching starts. The release of
 * the mm ends its entry: its last events still find it, but another mm may take it from then on.
 *
 * Each entry counts the events of its mm by cause, until the release of the mm or the end of
 * watching. If another mm takes the entry, the counters move to the ring of those that ended,
 * which has room for the last ENDED ones.
 *
 * The table has a fixed size, because the hook cannot allocate. Each mm has a bucket of WAYS
 * entries. If all of them are of mms that live, the mm has no entry: its last events have no
 * process, and its events are counted for the whole machine only.
 *
 * Lookups and counting take no lock. table_lock is taken when an mm gets a notifier or is released,
 * and to read an entry.
 */
#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include <asm/word-at-a-time.h>

#include <mmnotify/mmnotify_types.h>

#include "compat/compat.h"
#include "process.h"

#define BUCKET_BITS	7
#define WAYS		8
#define ENTRIES		(WAYS << BUCKET_BITS)
#define ENDED		512

/*
 * @id: mmn_process_id() of its mm, the same in the ring; the low bits are the index that it began
 *	at
 * @ended: entries that had ended before this one, and itself; 0 while its mm is watched
 * @since: when counting began, in seconds of the clock of /proc/uptime
 * @until: likewise, when it ended
 */
struct entry {
	u32 id;
	u64 ended;
	s64 since;
	s64 until;
	struct mmn_process process;
};

/* By cause; @ns is the time from the starts of the events to their ends. */
struct counter {
	atomic64_t events;
	atomic64_t pages;
	atomic64_t ns;
};

/* Raw: the hook takes it, and a release may run in atomic context. */
static DEFINE_RAW_SPINLOCK(table_lock);

/* The mm of each entry; NULL if the entry was never used. A bucket is one cache line. */
static const struct mm_struct *mms[ENTRIES] __cacheline_aligned;

/* The ring of those that ended comes behind the table. */
static struct entry entries[ENTRIES + ENDED];
static struct counter (*counters)[MMNOTIFY_NR_CAUSES];
static u64 nr_ended, nr_moved;
static u32 nr_begun;
static atomic64_t without_entry;

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

static bool is_gone(u32 tgid)
{
	bool gone;

	rcu_read_lock();
	gone = !find_pid_ns(tgid, &init_pid_ns);
	rcu_read_unlock();
	return gone;
}

/* The entry of an mm that is not released: its registration failed, and its process is gone. */
static struct entry *entry_left(unsigned int i)
{
	unsigned int end = i + WAYS;

	for (; i < end; i++)
		if (is_gone(entries[i].process.tgid))
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
	return best ?: entry_left(bucket_of(mm));
}

static void entry_end(struct entry *e)
{
	if (e->ended)
		return;
	e->until = ktime_get_boottime_seconds();
	e->ended = ++nr_ended;
}

/* An event that is counted at the same time may be lost, or counted for the next mm. */
static void entry_move(const struct entry *e)
{
	unsigned int from = e - entries, to = ENTRIES + nr_moved++ % ENDED;

	/* Readers find an entry by its id without the lock, and read it again under the lock. */
	data_race(entries[to] = *e);
	/* An event that is counted meanwhile may be lost. */
	data_race(memcpy(counters[to], counters[from], sizeof(*counters)));
}

/* An entry of the same mm goes on, unless the mm is a new one at an old address. */
static void entry_begin(const struct mm_struct *mm, const struct mmn_process *p)
{
	struct entry *e = entry_find(mm);

	if (e && !e->ended && e->process.tgid == p->tgid)
		return;
	if (!e)
		e = entry_free(mm);
	if (!e)
		return;
	if (e->since) {
		entry_end(e);
		entry_move(e);
	}
	/* An event of the mm before may be counted still. */
	data_race(memset(counters[e - entries], 0, sizeof(*counters)));
	e->process = *p;
	WRITE_ONCE(e->id, ++nr_begun * ENTRIES + (e - entries));
	e->since = ktime_get_boottime_seconds();
	e->ended = 0;
	WRITE_ONCE(mms[e - entries], mm);
}

/* As strscpy_pad(), which is three calls for each event. The last byte is always zero. */
static void copy_comm(char *to, const char *from)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	unsigned long bits, word, keep = ~0UL;
	unsigned int at;

	for (at = 0; at < TASK_COMM_LEN; at += sizeof(word)) {
		/* Another task may write the name. The copy ends within its buffer all the same. */
		data_race(memcpy(&word, from + at, sizeof(word)));
		word &= keep;
		if (has_zero(word, &bits, &constants)) {
			bits = create_zero_mask(prep_zero_mask(word, bits, &constants));
			word &= zero_bytemask(bits);
			keep = 0;
		}
		memcpy(to + at, &word, sizeof(word));
	}
}

/* The main thread has the name of the process. */
static void set_names(struct mmn_process *p, struct task_struct *task)
{
	p->tgid = task->tgid;
	p->cgroup = mmn_task_cgroup(task);
	copy_comm(p->comm, READ_ONCE(task->group_leader)->comm);
}

/* Without CONFIG_MEMCG an mm has no owner. @task, which may be of its process, stands in then. */
static struct task_struct *owner_of(const struct mm_struct *mm, struct task_struct *task)
{
	struct task_struct *owner = mmn_mm_owner(mm);

	return owner || task->mm != mm ? owner : task;
}

/* Return: false if @mm has no owner: then @p is not filled. */
static bool process_of_owner(const struct mm_struct *mm, struct task_struct *task,
			     struct mmn_process *p)
{
	struct task_struct *owner;

	rcu_read_lock();
	owner = owner_of(mm, task);
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

/* The task may have another name or cgroup than at the registration; @mm is not read. */
static void refresh_live(const struct mm_struct *mm, struct mmn_process *p)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(find_pid_ns(p->tgid, &init_pid_ns), PIDTYPE_PID);
	if (task && READ_ONCE(task->mm) == mm)
		set_names(p, task);
	rcu_read_unlock();
}

/**
 * mmn_process_init() - allocate the counters, unless they are there
 *
 * Context: Process, may sleep; before the hook is attached for observers. The caller serialises
 * calls.
 * Return: 0 or -ENOMEM.
 */
int mmn_process_init(void)
{
	if (!counters)
		counters = kvzalloc((ENTRIES + ENDED) * sizeof(*counters), GFP_KERNEL);
	return counters ? 0 : -ENOMEM;
}

/**
 * mmn_process_exit() - free the counters
 *
 * Context: Process, at unload.
 */
void mmn_process_exit(void)
{
	kvfree(counters);
}

/* The owner has left the mm. */
static noinline void get_remembered(const struct mm_struct *mm, struct mmn_process *p)
{
	const struct entry *e;
	unsigned long flags;

	mmn_lock_in_hook(&table_lock, flags);
	e = entry_find(mm);
	*p = e ? e->process : (struct mmn_process){ };
	raw_spin_unlock_irqrestore(&table_lock, flags);
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
	if (!process_of_owner(mm, current, p))
		get_remembered(mm, p);
}

/* Return: false if there is no entry at index @i. */
static bool entry_copy(unsigned int i, struct entry *e)
{
	const struct mm_struct *mm;
	unsigned long flags;

	raw_spin_lock_irqsave(&table_lock, flags);
	*e = entries[i];
	mm = i < ENTRIES ? mms[i] : NULL;
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (!e->ended && mm)
		refresh_live(mm, &e->process);
	return e->since;
}

/**
 * mmn_process_find() - find the process of an mm that may have ended
 * @mm: the mm, which is not read
 * @p: filled with the process
 *
 * Context: Process.
 */
void mmn_process_find(const struct mm_struct *mm, struct mmn_process *p)
{
	const struct entry *e;
	unsigned long flags;
	bool lives;

	/* Another mm may take the entry once the lock is dropped. */
	raw_spin_lock_irqsave(&table_lock, flags);
	e = entry_find(mm);
	*p = e ? e->process : (struct mmn_process){ };
	lives = e && !e->ended;
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (lives)
		refresh_live(mm, p);
}

static void remember(const struct mm_struct *mm, struct task_struct *task)
{
	struct mmn_process p;
	unsigned long flags;

	if (!process_of_owner(mm, task, &p))
		return;
	mmn_lock_in_hook(&table_lock, flags);
	entry_begin(mm, &p);
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
	remember(mm, current);
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

	mmn_lock_in_hook(&table_lock, flags);
	e = entry_find(mm);
	if (e) {
		refresh(&e->process);
		entry_end(e);
	}
	raw_spin_unlock_irqrestore(&table_lock, flags);
}

typedef void (*visit_fn)(struct mm_struct *mm, struct task_struct *task, void *arg);

/* Calls @fn if the mm of @task has notifiers. Return: false if @task has left its mm. */
static bool visit_task(struct task_struct *task, visit_fn fn, void *arg)
{
	struct mm_struct *mm;

	task_lock(task);
	mm = task->mm;
	if (mm && mm_has_notifiers(mm))
		fn(mm, task, arg);
	task_unlock(task);
	return mm;
}

/* Calls @fn for the mm of each process, if it has notifiers, with one of its tasks. */
static void visit_processes(visit_fn fn, void *arg)
{
	struct task_struct *process, *task;

	rcu_read_lock();
	for_each_process(process)
		/* The main thread may have ended before the others. */
		for_each_thread(process, task)
			if (visit_task(task, fn, arg))
				break;
	rcu_read_unlock();
}

static void remember_visited(struct mm_struct *mm, struct task_struct *task, void *unused)
{
	remember(mm, task);
}

/**
 * mmn_process_start() - remember the processes of all mms that have a notifier
 *
 * Context: Process, after the hook is attached.
 */
void mmn_process_start(void)
{
	visit_processes(remember_visited, NULL);
}

struct found {
	struct mmn_process_mm *mms;
	unsigned int nr;
	unsigned int room;
};

/* Of the processes that share an mm, its owner counts. */
static void note_visited(struct mm_struct *mm, struct task_struct *task, void *arg)
{
	struct found *found = arg;
	struct mmn_process_mm *of;

	if (found->nr++ >= found->room)
		return;
	of = &found->mms[found->nr - 1];
	set_names(&of->process, task);
	if (process_of_owner(mm, task, &of->process) && of->process.tgid != task->tgid) {
		found->nr--;
		return;
	}
	mmgrab(mm);
	of->mm = mm;
}

/**
 * mmn_process_mms() - find all mms that have a notifier
 * @mms: set to a list of them, with a reference to the structure of each
 *
 * Processes that begin meanwhile may be missing.
 *
 * Context: Process, may sleep.
 * Return: their number, for mmn_process_put_mms(); -ENOMEM.
 */
int mmn_process_mms(struct mmn_process_mm **mms)
{
	struct found found = { };

	/* Counts them first. */
	visit_processes(note_visited, &found);
	found.room = found.nr + 16;
	found.nr = 0;
	found.mms = kvcalloc(found.room, sizeof(*found.mms), GFP_KERNEL);
	if (!found.mms)
		return -ENOMEM;
	visit_processes(note_visited, &found);
	*mms = found.mms;
	return min(found.nr, found.room);
}

/**
 * mmn_process_put_mms() - drop a list of mms
 * @mms: list from mmn_process_mms()
 * @nr: number of mms in the list
 *
 * Context: Process, may sleep.
 */
void mmn_process_put_mms(struct mmn_process_mm *mms, unsigned int nr)
{
	while (nr--)
		mmdrop(mms[nr].mm);
	kvfree(mms);
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
		if (mms[i])
			entry_end(&entries[i]);
	raw_spin_unlock_irqrestore(&table_lock, flags);
}

/**
 * mmn_process_count() - count an event of an mm
 * @mm: the mm
 * @cause: enum mmnotify_cause
 * @pages: number of pages in its range
 * @ns: time from its start to its end, in ns
 *
 * Context: Any, including the hook.
 */
void mmn_process_count(const struct mm_struct *mm, unsigned int cause, u64 pages, u64 ns)
{
	const struct entry *e = entry_find(mm);
	struct counter *c;

	if (unlikely(!e)) {
		atomic64_inc(&without_entry);
		return;
	}
	c = &counters[e - entries][cause];
	atomic64_inc(&c->events);
	atomic64_add(pages, &c->pages);
	atomic64_add(ns, &c->ns);
}

/**
 * mmn_process_id() - get a number for the process of an mm
 * @mm: the mm
 *
 * Context: Any, including the hook.
 * Return: a number by which mmn_process_by_id() finds the process, also when it has ended; 0 if
 * the mm has no entry.
 */
u32 mmn_process_id(const struct mm_struct *mm)
{
	const struct entry *e = entry_find(mm);

	/* The entry may go to another mm, if this one is gone. */
	return e ? READ_ONCE(e->id) : 0;
}

/* Return: the entry with that id; NULL if it is not listed any more. The entry may change. */
static const struct entry *entry_by_id(u32 id)
{
	unsigned int i;

	if (READ_ONCE(entries[id % ENTRIES].id) == id)
		return &entries[id % ENTRIES];
	for (i = ENTRIES; i < ENTRIES + ENDED; i++)
		if (READ_ONCE(entries[i].id) == id)
			return &entries[i];
	return NULL;
}

/**
 * mmn_process_by_id() - find a process by its number
 * @id: number from mmn_process_id()
 * @p: filled with the process
 *
 * Context: Process.
 * Return: MMN_PROCESS_LIVE, MMN_PROCESS_ENDED, or MMN_PROCESS_GONE if it is not listed any more.
 */
enum mmn_process_state mmn_process_by_id(u32 id, struct mmn_process *p)
{
	const struct entry *e = entry_by_id(id);
	struct entry copy;

	if (!e || !entry_copy(e - entries, &copy) || copy.id != id)
		return MMN_PROCESS_GONE;
	*p = copy.process;
	return copy.ended ? MMN_PROCESS_ENDED : MMN_PROCESS_LIVE;
}

static u64 moved(void)
{
	unsigned long flags;
	u64 nr;

	raw_spin_lock_irqsave(&table_lock, flags);
	nr = nr_moved;
	raw_spin_unlock_irqrestore(&table_lock, flags);
	return nr;
}

/* Return: the index of the entry at @w->at; -ENOENT behind the last one. */
static int walk_index(struct mmn_process_walk *w)
{
	u64 nr = moved(), oldest = nr - min_t(u64, nr, ENDED);

	if (w->at < ENTRIES)
		return w->at;
	if (w->at - ENTRIES < oldest) {
		/* What was in the ring before the walk began may go. */
		w->lost |= oldest > w->moved;
		w->at = ENTRIES + oldest;
	}
	return w->at - ENTRIES < nr ? ENTRIES + (w->at - ENTRIES) % ENDED : -ENOENT;
}

/**
 * mmn_process_begin() - begin to read all entries
 * @w: filled with the first position
 *
 * Context: Process.
 */
void mmn_process_begin(struct mmn_process_walk *w)
{
	*w = (struct mmn_process_walk){ .moved = moved() };
}

/**
 * mmn_process_read() - read an entry
 * @w: position, which goes on to the next entry if there is none here; the caller adds 1 to @at to
 *	go on behind this one
 * @e: filled with the entry
 *
 * An entry that moves to the ring while the walk is in the table is read there, maybe again. @lost
 * is set if so many moved that one may have been missed.
 *
 * Context: Process.
 * Return: false behind the last entry.
 */
bool mmn_process_read(struct mmn_process_walk *w, struct mmn_process_entry *e)
{
	struct entry copy;
	int i;

	for (i = walk_index(w); i >= 0; w->at++, i = walk_index(w)) {
		if (!READ_ONCE(counters) || !entry_copy(i, &copy))
			continue;
		*e = (struct mmn_process_entry){
			.id = copy.id,
			.index = i,
			.since = copy.since,
			.until = copy.until,
			.ended = copy.ended,
			.process = copy.process,
		};
		return true;
	}
	return false;
}

/**
 * mmn_process_read_count() - read what an entry counts for a cause
 * @e: the entry, from mmn_process_read()
 * @cause: enum mmnotify_cause
 * @c: filled with the counts
 *
 * Context: Any.
 */
void mmn_process_read_count(const struct mmn_process_entry *e, unsigned int cause,
			    struct mmn_process_count *c)
{
	const struct counter *from = &counters[e->index][cause];

	c->events = atomic64_read(&from->events);
	c->pages = atomic64_read(&from->pages);
	c->ns = atomic64_read(&from->ns);
}

/**
 * mmn_process_is_same() - is an entry still that of the same process?
 * @e: the entry, from mmn_process_read()
 *
 * Context: Process.
 * Return: false if the counts that were read may be those of another entry.
 */
bool mmn_process_is_same(const struct mmn_process_entry *e)
{
	unsigned long flags;
	bool same;

	raw_spin_lock_irqsave(&table_lock, flags);
	same = entries[e->index].id == e->id;
	raw_spin_unlock_irqrestore(&table_lock, flags);
	return same;
}

/**
 * mmn_process_without_entry() - count the events that were counted for no process
 *
 * Context: Any.
 * Return: their number since the load.
 */
u64 mmn_process_without_entry(void)
{
	return atomic64_read(&without_entry);
}
