/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_INFLIGHT_H
#define MMN_INFLIGHT_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/string.h>
#include <linux/types.h>

#include "record.h"
#include "rules/rules.h"

/**
 * struct mmn_inflight - verdict of one event without a record, from start to end
 * @key: address of the kernel's range; bit MMN_INFLIGHT_OPEN is set while an end callback
 *	is still to come
 * @site: return address into the call site; 0 if unknown
 * @verdict: a struct mmn_verdict as one word
 * @tag: mmn_record_tag_verdict() of the event's id, @site and @verdict
 * @object: object that saved the verdict, see struct mmn_query
 * @generation: mmn_inflight_generation when @object saved the verdict
 */
struct mmn_inflight {
	unsigned long key;
	unsigned long site;
	u64 verdict;
	u64 tag;
	const void *object;
	unsigned long generation;
} ____cacheline_aligned;

#define MMN_INFLIGHT_OPEN	1UL

/* The slots of one task. No supported kernel is known to nest events deeper. */
struct mmn_inflight_pair {
	struct mmn_inflight outer;
	struct mmn_inflight inner;
};

#define MMN_INFLIGHT_BITS	10

extern struct mmn_inflight_pair mmn_inflight_table[1 << MMN_INFLIGHT_BITS];
extern atomic_long_t mmn_inflight_generation;

void mmn_inflight_new_generation(void);

/*
 * The hash is of the task, not of the range pointer. With RANDOMIZE_KSTACK_OFFSET the
 * range has another address in each system call. A slot per address would mostly be in a
 * cache line that another CPU wrote to last.
 */
static inline struct mmn_inflight_pair *mmn_inflight_of(const struct task_struct *task)
{
	return &mmn_inflight_table[hash_long((unsigned long)task, MMN_INFLIGHT_BITS)];
}

static inline bool mmn_inflight_is_of(const struct mmn_inflight *f, unsigned long range)
{
	return (READ_ONCE(f->key) & ~MMN_INFLIGHT_OPEN) == range;
}

/*
 * May the event of @key enclose the event of @range? It is further out on the same stack,
 * and its end callback has not run yet.
 */
static inline bool mmn_inflight_encloses(unsigned long key, unsigned long range,
					 unsigned long top)
{
	return key & MMN_INFLIGHT_OPEN && (key & ~MMN_INFLIGHT_OPEN) > range && key < top;
}

/* Return: the slot for @range. The other slot does not hold @range afterwards. */
static inline struct mmn_inflight *
mmn_inflight_slot(struct mmn_inflight_pair *pair, unsigned long range, unsigned long top)
{
	if (unlikely(mmn_inflight_encloses(READ_ONCE(pair->outer.key), range, top)))
		return &pair->inner;
	if (unlikely(mmn_inflight_is_of(&pair->inner, range)))
		WRITE_ONCE(pair->inner.key, 0);
	return &pair->outer;
}

static inline struct mmn_inflight *mmn_inflight_find(const struct task_struct *task,
						     unsigned long range)
{
	struct mmn_inflight_pair *pair = mmn_inflight_of(task);

	if (likely(mmn_inflight_is_of(&pair->outer, range)))
		return &pair->outer;
	return mmn_inflight_is_of(&pair->inner, range) ? &pair->inner : NULL;
}

/**
 * struct mmn_inflight_event - identity of an event
 * @task: current
 * @range: address of the kernel's range, on the stack of @task
 * @top: end of the stack of @task, exclusive
 * @id: mmn_record_id() of the event
 */
struct mmn_inflight_event {
	const struct task_struct *task;
	unsigned long range;
	unsigned long top;
	u64 id;
};

/**
 * mmn_inflight_keep() - save a verdict for the end callback
 * @e: identity of the event
 * @site: return address into the call site; 0 if unknown
 * @v: verdict to save
 * @object: object that the running callback belongs to
 * @ends: true if the object also has an end callback for this event
 *
 * Ends are only reported to objects that have an end callback, so a slot may outlive its
 * event. An object sees each event once: if the object that filled the slot calls again,
 * this is a new event. The generation guards against an object that was freed and its
 * address reused. The return value is used for counting; no verdict depends on it.
 *
 * Context: A notifier's start callback.
 * Return: true if the caller is the first for this event and has to count it; false if
 * another object has saved this verdict of the same event.
 */
static inline bool mmn_inflight_keep(const struct mmn_inflight_event *e,
				     unsigned long site, const struct mmn_verdict *v,
				     const void *object, bool ends)
{
	struct mmn_inflight *f = mmn_inflight_slot(mmn_inflight_of(e->task), e->range,
						   e->top);
	unsigned long generation = atomic_long_read(&mmn_inflight_generation);
	u64 verdict, tag;
	bool again;

	memcpy(&verdict, v, sizeof(verdict));
	tag = mmn_record_tag_verdict(e->id, site, verdict);
	again = READ_ONCE(f->tag) == tag && mmn_inflight_is_of(f, e->range) &&
		READ_ONCE(f->object) != object && READ_ONCE(f->generation) == generation;
	if (ends || !again)
		WRITE_ONCE(f->key, e->range | (ends ? MMN_INFLIGHT_OPEN : 0));
	if (unlikely(again))
		return false;
	WRITE_ONCE(f->site, site);
	WRITE_ONCE(f->verdict, verdict);
	WRITE_ONCE(f->tag, tag);
	WRITE_ONCE(f->object, object);
	WRITE_ONCE(f->generation, generation);
	return true;
}

/**
 * mmn_inflight_end() - look up the verdict that the start saved
 * @e: identity of the event
 * @site: filled with the return address into the call site; 0 if unknown
 * @v: filled with the verdict
 *
 * Context: A notifier's end callback.
 * Return: true if @site and @v are of this event; false if no verdict was saved, or if
 * another event has overwritten it.
 */
static inline bool mmn_inflight_end(const struct mmn_inflight_event *e,
				    unsigned long *site, struct mmn_verdict *v)
{
	struct mmn_inflight *f = mmn_inflight_find(e->task, e->range);
	u64 verdict;

	if (unlikely(!f))
		return false;
	WRITE_ONCE(f->key, e->range);
	*site = READ_ONCE(f->site);
	verdict = READ_ONCE(f->verdict);
	memcpy(v, &verdict, sizeof(verdict));
	return READ_ONCE(f->tag) == mmn_record_tag_verdict(e->id, *site, verdict);
}

/**
 * mmn_inflight_cancel() - withdraw an end callback that will not run
 * @task: current
 * @range: address of the kernel's range
 * @object: object that the running callback belongs to
 *
 * Clears MMN_INFLIGHT_OPEN, unless another object saved the verdict. The verdict stays.
 *
 * Context: A notifier's start callback, after mmn_inflight_keep().
 */
static inline void mmn_inflight_cancel(const struct task_struct *task, unsigned long range,
				       const void *object)
{
	struct mmn_inflight *f = mmn_inflight_find(task, range);

	if (f && READ_ONCE(f->object) == object)
		WRITE_ONCE(f->key, range);
}

/**
 * mmn_inflight_drop() - drop the verdict of an earlier event at the same address
 * @task: current
 * @range: address of the kernel's range
 *
 * For an event that has a record. Its end callback looks here first and must not find the
 * verdict of an earlier event.
 *
 * Context: A notifier's start callback.
 */
static inline void mmn_inflight_drop(const struct task_struct *task, unsigned long range)
{
	struct mmn_inflight *f = mmn_inflight_find(task, range);

	if (f)
		WRITE_ONCE(f->key, 0);
}

#endif /* MMN_INFLIGHT_H */
