/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_EVENT_H
#define MMN_EVENT_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/interval_tree.h>
#include <linux/string.h>
#include <linux/types.h>

#include "rules/rules.h"
#include "stack/frame_pos.h"

struct mm_struct;
struct task_struct;

/**
 * struct mmn_event - slot of one event, from its start to its end callbacks
 * @key: address of the kernel's range, with the marks MMN_EVENT_*
 * @site: return address into the call site; 0 if unknown
 * @verdict: a struct mmn_verdict as one word, valid only if @tag includes it
 * @tag: mmn_event_tag_verdict() of the event's id, @site and @verdict; mmn_event_tag() of the
 *	id and @site while there is no verdict
 * @sp: hook: stack address of the word above @site, as in struct mmn_frame_pos. Not tagged:
 *	users check that @site is still there.
 * @bp: hook: frame pointer at @site plus the event's id, so it is garbage for another event
 * @object: callback: object that saved the verdict, see struct mmn_query
 * @generation: callback: mmn_event_generation when @object saved the verdict
 * @opener: callback: object that called after @object and set MMN_EVENT_OPEN; NULL if the
 *	object with an end that called last found the mark set
 * @lead: callback: mmn_event_lead() of @object, if it is a range; another number otherwise
 */
struct mmn_event {
	unsigned long key;
	unsigned long site;
	u64 verdict;
	u64 tag;
	union {
		struct {
			unsigned long sp;
			unsigned long bp;
		};
		struct {
			const void *object;
			unsigned long generation;
			const void *opener;
		};
	};
	u64 lead;
} ____cacheline_aligned;

#define MMN_EVENT_OPEN		1UL	/* the end is still to come: the hook's, or a callback's */
#define MMN_EVENT_RECORDED	2UL	/* written by the hook, not by a callback */
#define MMN_EVENT_EVICTABLE	4UL	/* may get no end: any event may take the slot */
#define MMN_EVENT_MARKS		7UL

/**
 * struct mmn_event_identity - identity of an event
 * @task: current
 * @range: address of the kernel's range, on the stack of @task
 * @top: end of the stack of @task, exclusive
 * @id: mmn_event_id() of the event
 */
struct mmn_event_identity {
	const struct task_struct *task;
	unsigned long range;
	unsigned long top;
	u64 id;
};

/* A consistent copy of what the hook recorded: the tag matched when it was taken. */
struct mmn_event_snapshot {
	struct mmn_event *slot;
	unsigned long range;
	u64 id;
	struct mmn_frame_pos site;
	struct mmn_verdict verdict;
	bool classified;		/* @verdict is valid and the event was counted */
};

/*
 * Multiplier of ids and tags: odd, and random since the load. With a known one, two threads
 * could choose addresses for which the words of one event carry the tag of the other.
 */
extern u64 mmn_event_mix;

/* The identity of an event as one number: all but its call site. */
static inline u64 mmn_event_id(const struct mm_struct *mm,
			       const struct task_struct *task,
			       unsigned long start, unsigned long end)
{
	u64 id = (unsigned long)mm;

	id = id * mmn_event_mix + (unsigned long)task;
	id = id * mmn_event_mix + start;
	return id * mmn_event_mix + end;
}

static inline u64 mmn_event_tag(u64 id, unsigned long site)
{
	return id * mmn_event_mix + site;
}

static inline u64 mmn_event_tag_verdict(u64 id, unsigned long site, u64 verdict)
{
	return mmn_event_tag(id, site) * mmn_event_mix + verdict;
}

/*
 * What a range that saved a verdict leaves for the ranges after it. @tag covers all of the event
 * but its sequence. The steps of the generation are so large that no two sums are equal.
 */
static inline u64 mmn_event_lead(u64 tag, const void *object, unsigned long seq,
				 unsigned long generation)
{
	return (tag ^ (unsigned long)object) * mmn_event_mix + seq + generation;
}

void mmn_event_init(u64 seed);
void mmn_event_reset(void);
unsigned int mmn_event_live(void);
unsigned int mmn_event_full(void);
void mmn_event_new_generation(void);

/* Inline from here on: this runs for each event. */

#define MMN_EVENT_BITS	10

/* For each hash of a task its home slot, and behind it the inner slot. */
extern struct mmn_event mmn_event_table[1 << MMN_EVENT_BITS][2];
extern atomic_long_t mmn_event_generation;

struct mmn_event *mmn_event_open_slow(struct mmn_event *home, unsigned long range,
				      unsigned long top, bool evictable);
struct mmn_event *mmn_event_find_slow(struct mmn_event *home, unsigned long range,
				      unsigned long top);

/*
 * The hash is of the task, not of the range pointer. With RANDOMIZE_KSTACK_OFFSET the
 * range has another address in each system call. A slot per address would mostly be in a
 * cache line that another CPU wrote to last.
 */
static inline struct mmn_event *mmn_event_home(const struct task_struct *task)
{
	return mmn_event_table[hash_long((unsigned long)task, MMN_EVENT_BITS)];
}

static inline bool mmn_event_is_of(const struct mmn_event *slot, unsigned long range)
{
	return (READ_ONCE(slot->key) & ~MMN_EVENT_MARKS) == range;
}

/*
 * May the event of @key enclose the event of @range? It is further out on the same stack,
 * and its end is still to come.
 */
static inline bool mmn_event_encloses(unsigned long key, unsigned long range,
				      unsigned long top)
{
	return key & MMN_EVENT_OPEN && (key & ~MMN_EVENT_MARKS) > range && key < top;
}

/* ---- the hook ---- */

/**
 * mmn_event_open() - record an event that starts
 * @e: identity of the event
 * @site: call site, and its position on the stack; its sp is 0 if that is unknown
 * @ends: false if the start may fail and then has no end
 *
 * Context: Any, including the hook. Called by the task that invalidates.
 * Return: the slot, without a verdict. Another task may overwrite it at any
 * time.
 */
static __always_inline struct mmn_event *
mmn_event_open(const struct mmn_event_identity *e, struct mmn_frame_pos site, bool ends)
{
	struct mmn_event *slot = mmn_event_home(e->task);

	if (unlikely(READ_ONCE(slot->key) & MMN_EVENT_OPEN))
		slot = mmn_event_open_slow(slot, e->range, e->top, !ends);
	WRITE_ONCE(slot->key, e->range | MMN_EVENT_OPEN | MMN_EVENT_RECORDED |
			      (ends ? 0 : MMN_EVENT_EVICTABLE));
	WRITE_ONCE(slot->site, site.pc);
	WRITE_ONCE(slot->tag, mmn_event_tag(e->id, site.pc));
	WRITE_ONCE(slot->sp, mmn_frame_pos_is_register(site.sp) ? 0 : site.sp);
	WRITE_ONCE(slot->bp, site.bp + e->id);
	return slot;
}

/**
 * mmn_event_find() - find the slot of an event
 * @e: identity of the event; its id is not used
 *
 * Context: Any, including the hook. Called by the task that invalidates.
 * Return: the slot; NULL if there is none. It may be closed, and only its tag shows that it
 * was not overwritten.
 */
static inline struct mmn_event *mmn_event_find(const struct mmn_event_identity *e)
{
	struct mmn_event *home = mmn_event_home(e->task);

	if (likely(mmn_event_is_of(home, e->range)))
		return home;
	return mmn_event_find_slow(home, e->range, e->top);
}

static inline bool mmn_event_is_recorded(const struct mmn_event *slot, bool at_end)
{
	unsigned long key = READ_ONCE(slot->key);

	return key & MMN_EVENT_RECORDED && (at_end || key & MMN_EVENT_OPEN);
}

/**
 * mmn_event_copy() - copy what the hook recorded of an event
 * @slot: slot of a recorded event, from mmn_event_find()
 * @range: address of the kernel's range
 * @id: mmn_event_id() of the event
 * @seen: filled with a consistent copy; partly filled if the function fails
 *
 * Context: Any. Called by the task that invalidates.
 * Return: true if the record is of this event; false if another event has overwritten it.
 */
static inline bool mmn_event_copy(struct mmn_event *slot, unsigned long range, u64 id,
				  struct mmn_event_snapshot *seen)
{
	u64 verdict, tag;

	seen->slot = slot;
	seen->range = range;
	seen->id = id;
	seen->site.pc = READ_ONCE(slot->site);
	seen->site.sp = READ_ONCE(slot->sp);
	seen->site.bp = READ_ONCE(slot->bp) - id;
	verdict = READ_ONCE(slot->verdict);
	tag = READ_ONCE(slot->tag);
	memcpy(&seen->verdict, &verdict, sizeof(verdict));
	seen->classified = tag == mmn_event_tag_verdict(id, seen->site.pc, verdict);
	return seen->classified || tag == mmn_event_tag(id, seen->site.pc);
}

/**
 * mmn_event_read() - find and copy what the hook recorded of an event
 * @e: identity of the event
 * @at_end: true in an end callback, which runs after mmn_event_close()
 * @seen: as in mmn_event_copy()
 *
 * Context: Any. Called by the task that invalidates.
 * Return: true if the hook recorded this event; false if it did not, or if another event
 * has overwritten it.
 */
static inline bool mmn_event_read(const struct mmn_event_identity *e, bool at_end,
				  struct mmn_event_snapshot *seen)
{
	struct mmn_event *slot = mmn_event_find(e);

	return slot && mmn_event_is_recorded(slot, at_end) &&
	       mmn_event_copy(slot, e->range, e->id, seen);
}

/**
 * mmn_event_set_verdict() - save the verdict for later callbacks of a recorded event
 * @seen: copy from mmn_event_read(), with its verdict filled
 *
 * Does nothing if another event has taken the slot. If one takes it after the check, the
 * words written here do not match that event's, so its tag fails.
 *
 * Context: Any. Called by the task that invalidates.
 */
static inline void mmn_event_set_verdict(const struct mmn_event_snapshot *seen)
{
	struct mmn_event *slot = seen->slot;
	u64 verdict;

	if (!mmn_event_is_of(slot, seen->range))
		return;
	memcpy(&verdict, &seen->verdict, sizeof(verdict));
	WRITE_ONCE(slot->verdict, verdict);
	WRITE_ONCE(slot->tag, mmn_event_tag_verdict(seen->id, seen->site.pc, verdict));
}

/**
 * mmn_event_close() - mark an event as ended
 * @slot: slot from mmn_event_find()
 * @range: address of the kernel's range
 *
 * The contents stay readable for end callbacks, which run after the hook. If another event has
 * taken the slot since the lookup, the key is not written: a task only writes keys of its own
 * events. Otherwise a delayed write could revive a key of another task, and that task would
 * find the verdict of an earlier event at the end of a later one.
 *
 * Context: Any, including the hook. Called by the task that invalidates.
 */
static inline void mmn_event_close(struct mmn_event *slot, unsigned long range)
{
	unsigned long key = READ_ONCE(slot->key);

	if (likely((key & ~MMN_EVENT_MARKS) == range))
		WRITE_ONCE(slot->key, key & ~(MMN_EVENT_OPEN | MMN_EVENT_EVICTABLE));
}

/* ---- callbacks ---- */

static inline bool mmn_event_is_kept(const struct mmn_event *slot, unsigned long range)
{
	return (READ_ONCE(slot->key) & ~MMN_EVENT_OPEN) == range;
}

/* Return: the slot that a callback has written for this event; NULL if there is none. */
static inline struct mmn_event *mmn_event_find_kept(const struct mmn_event_identity *e)
{
	struct mmn_event *home = mmn_event_home(e->task);

	if (likely(mmn_event_is_kept(home, e->range)))
		return home;
	if (mmn_event_is_kept(home + 1, e->range) &&
	    mmn_event_encloses(READ_ONCE(home->key), e->range, e->top))
		return home + 1;
	return NULL;
}

/* The kernel's sequences are odd in a callback: this tells the compiler that none is 0. */
static inline unsigned long mmn_event_seq(unsigned long seq)
{
	return seq | 1;
}

/* Most events reach one range only, which has led the event before. */
static __always_inline bool mmn_event_may_follow(const struct mmn_event *home,
						 const struct interval_tree_node *node,
						 unsigned long range)
{
	return unlikely(READ_ONCE(home->object) != node) && mmn_event_is_kept(home, range);
}

/**
 * mmn_event_follow() - copy the verdict of the range that leads the event
 * @home: home slot of the running task, for which mmn_event_may_follow() is true
 * @e: identity of the event
 * @node: node of the range whose callback runs, in the kernel's tree
 * @seq: sequence that the kernel passed to the callback
 * @site: filled with the return address into the call site; 0 if unknown
 * @v: filled with the verdict
 *
 * See event.c for the reason why the verdict is that of the same event.
 *
 * Context: A range's start callback.
 * Return: true if @site and @v are of this event; false if @node has to lead. They may have been
 * written in either case.
 */
static __always_inline bool mmn_event_follow(const struct mmn_event *home,
					     const struct mmn_event_identity *e,
					     const struct interval_tree_node *node,
					     unsigned long seq, unsigned long *site,
					     struct mmn_verdict *v)
{
	const struct interval_tree_node *leader = READ_ONCE(home->object);
	unsigned long generation = atomic_long_read(&mmn_event_generation);
	u64 verdict, tag;

	*site = READ_ONCE(home->site);
	verdict = READ_ONCE(home->verdict);
	memcpy(v, &verdict, sizeof(verdict));
	tag = mmn_event_tag_verdict(e->id, *site, verdict);
	/* Only if the numbers match is the leader in the tree, and may be read. */
	return likely(READ_ONCE(home->lead) == mmn_event_lead(tag, leader, seq, generation)) &&
	       likely(node->start > leader->start);
}

/* The event has a leader. Opens its slot if @object, which follows, has an end callback. */
static inline void mmn_event_join(struct mmn_event *slot, const struct mmn_event_identity *e,
				  const void *object)
{
	bool opens = !(READ_ONCE(slot->key) & MMN_EVENT_OPEN);

	WRITE_ONCE(slot->opener, opens ? object : NULL);
	if (opens)
		WRITE_ONCE(slot->key, e->range | MMN_EVENT_OPEN);
}

static inline bool mmn_event_has_leader(const struct mmn_event *slot, u64 tag, unsigned long seq,
					unsigned long generation)
{
	return READ_ONCE(slot->lead) == mmn_event_lead(tag, READ_ONCE(slot->object), seq,
						       generation);
}

/*
 * Has another object saved the verdict of @tag in this event? If a range was removed meanwhile, a
 * range recognises its leader by the sequence.
 */
static inline bool mmn_event_is_saved(const struct mmn_event *slot, u64 tag, unsigned long seq,
				      unsigned long generation)
{
	unsigned long then = READ_ONCE(slot->generation);

	return then == generation || (seq && mmn_event_has_leader(slot, tag, seq, then));
}

/**
 * mmn_event_keep() - save a verdict for the end callback
 * @slot: home slot of the running task
 * @e: identity of the event
 * @site: return address into the call site; 0 if unknown
 * @v: verdict to save
 * @object: object that the running callback belongs to
 * @ends: true if the object also has an end callback for this event
 * @seq: sequence that the kernel passed to the callback of a range; 0 for another object
 *
 * For an event that the hook did not record. Ends are only reported to objects that have an
 * end callback, so a slot may outlive its event. The kernel calls the start callback of an
 * object once for each event. So if the object that filled the slot calls again, this is a
 * new event. The generation guards against an object that was freed and its address reused.
 * The return value is used for counting; no verdict depends on it.
 *
 * A range leads its event from then on, unless another range has saved this verdict.
 *
 * Context: A notifier's start callback.
 * Return: true if the caller is the first for this event and has to count it; false if
 * another object has saved this verdict of the same event.
 */
static __always_inline bool mmn_event_keep(struct mmn_event *slot,
					   const struct mmn_event_identity *e,
					   unsigned long site, const struct mmn_verdict *v,
					   const void *object, bool ends, unsigned long seq)
{
	unsigned long generation = atomic_long_read(&mmn_event_generation);
	bool saved;
	u64 verdict, tag;

	if (unlikely(mmn_event_encloses(READ_ONCE(slot->key), e->range, e->top))) {
		if (seq)
			WRITE_ONCE(slot->lead, 0);
		slot++;
	}
	memcpy(&verdict, v, sizeof(verdict));
	tag = mmn_event_tag_verdict(e->id, site, verdict);
	saved = unlikely(READ_ONCE(slot->tag) == tag) && mmn_event_is_kept(slot, e->range) &&
		READ_ONCE(slot->object) != object &&
		mmn_event_is_saved(slot, tag, seq, generation);
	if (unlikely(saved)) {
		ends = ends && !(READ_ONCE(slot->key) & MMN_EVENT_OPEN);
		WRITE_ONCE(slot->opener, ends ? object : NULL);
		if (ends)
			WRITE_ONCE(slot->key, e->range | MMN_EVENT_OPEN);
		if (!seq || mmn_event_has_leader(slot, tag, seq, generation))
			return false;
	} else {
		WRITE_ONCE(slot->key, e->range | (ends ? MMN_EVENT_OPEN : 0));
		WRITE_ONCE(slot->site, site);
		WRITE_ONCE(slot->verdict, verdict);
		WRITE_ONCE(slot->tag, tag);
	}
	WRITE_ONCE(slot->object, object);
	WRITE_ONCE(slot->generation, generation);
	WRITE_ONCE(slot->lead, seq ? mmn_event_lead(tag, object, seq, generation) : 0);
	return !saved;
}

/**
 * mmn_event_end() - look up the verdict that the start saved
 * @e: identity of the event
 * @site: filled with the return address into the call site; 0 if unknown
 * @v: filled with the verdict
 *
 * Context: A notifier's end callback.
 * Return: true if @site and @v are of this event; false if a callback has saved no verdict,
 * or if another event has overwritten it.
 */
static inline bool mmn_event_end(const struct mmn_event_identity *e, unsigned long *site,
				 struct mmn_verdict *v)
{
	struct mmn_event *slot = mmn_event_find_kept(e);
	u64 verdict;

	if (unlikely(!slot))
		return false;
	WRITE_ONCE(slot->key, e->range);
	*site = READ_ONCE(slot->site);
	verdict = READ_ONCE(slot->verdict);
	memcpy(v, &verdict, sizeof(verdict));
	return READ_ONCE(slot->tag) == mmn_event_tag_verdict(e->id, *site, verdict);
}

/**
 * mmn_event_cancel() - withdraw an end callback that will not run
 * @e: identity of the event; its id is not used
 * @object: object that the running callback belongs to
 *
 * Clears MMN_EVENT_OPEN if @object has set it, so not if the end of another object is still
 * to come. The verdict stays.
 *
 * Context: A notifier's start callback, after mmn_event_keep().
 */
static inline void mmn_event_cancel(const struct mmn_event_identity *e, const void *object)
{
	struct mmn_event *slot = mmn_event_find_kept(e);

	if (slot && (READ_ONCE(slot->object) == object || READ_ONCE(slot->opener) == object))
		WRITE_ONCE(slot->key, e->range);
}

#endif /* MMN_EVENT_H */
