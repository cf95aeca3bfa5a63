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
 * struct mmn_inflight - what clients were told of an event without a record
 * @key: address of the kernel's range; with MMN_INFLIGHT_OPEN until an end was told
 * @site: return address into the call site; 0 if nobody knows
 * @verdict: a struct mmn_verdict
 * @tag: mmn_record_tag_verdict(): makes @site, @verdict and the event one
 * @query: the object that told of it first
 * @generation: what objects there were
 */
struct mmn_inflight {
	unsigned long key;
	unsigned long site;
	u64 verdict;
	u64 tag;
	const void *query;
	unsigned long generation;
} ____cacheline_aligned;

#define MMN_INFLIGHT_OPEN	1UL

/* The events of one task: one in another at most, as far as is known. */
struct mmn_inflight_pair {
	struct mmn_inflight outer;
	struct mmn_inflight inner;
};

#define MMN_INFLIGHT_BITS	10

extern struct mmn_inflight_pair mmn_inflight_table[1 << MMN_INFLIGHT_BITS];
extern atomic_long_t mmn_inflight_generation;

void mmn_inflight_new_generation(void);

/*
 * By task, not by range: where a range lies on the stack is another address for each
 * system call (RANDOMIZE_KSTACK_OFFSET), and a place for each address would be a line
 * that some other CPU wrote to last.
 */
static inline struct mmn_inflight_pair *mmn_inflight_of(const struct task_struct *task)
{
	return &mmn_inflight_table[hash_long((unsigned long)task, MMN_INFLIGHT_BITS)];
}

static inline bool mmn_inflight_is_of(const struct mmn_inflight *f, unsigned long range)
{
	return (READ_ONCE(f->key) & ~MMN_INFLIGHT_OPEN) == range;
}

/* On this stack, further out, and no end was told: ours may be part of it. */
static inline bool mmn_inflight_encloses(unsigned long key, unsigned long range,
					 unsigned long top)
{
	return key & MMN_INFLIGHT_OPEN && (key & ~MMN_INFLIGHT_OPEN) > range && key < top;
}

/* A place for @range, and no other place has something of @range. */
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
 * struct mmn_inflight_event - an event, as a callback knows it
 * @task: current
 * @range: address of the kernel's range, on the stack of @task
 * @top: where that stack ends
 * @id: mmn_record_id()
 */
struct mmn_inflight_event {
	const struct task_struct *task;
	unsigned long range;
	unsigned long top;
	u64 id;
};

/**
 * mmn_inflight_keep() - what a callback found out of an event
 * @e: the event
 * @site: return address into the call site; 0 if nobody knows
 * @v: the verdict
 * @query: the object whose callback it is
 * @ends: that object hears of the end, too
 *
 * Nobody says when an event is over of whose end nobody is told, but an object hears of
 * each event once: who told of one first and comes again tells of the next, and nobody
 * is taken for it who is gone (its generation is over). So the answer is good for counting. No
 * verdict rests on it.
 *
 * Context: A notifier's start callback.
 * Return: false if another object told of the same event before.
 */
static inline bool mmn_inflight_keep(const struct mmn_inflight_event *e,
				     unsigned long site, const struct mmn_verdict *v,
				     const void *query, bool ends)
{
	struct mmn_inflight *f = mmn_inflight_slot(mmn_inflight_of(e->task), e->range,
						   e->top);
	unsigned long generation = atomic_long_read(&mmn_inflight_generation);
	u64 verdict, tag;
	bool again;

	memcpy(&verdict, v, sizeof(verdict));
	tag = mmn_record_tag_verdict(e->id, site, verdict);
	again = READ_ONCE(f->tag) == tag && mmn_inflight_is_of(f, e->range) &&
		READ_ONCE(f->query) != query && READ_ONCE(f->generation) == generation;
	if (ends || !again)
		WRITE_ONCE(f->key, e->range | (ends ? MMN_INFLIGHT_OPEN : 0));
	if (unlikely(again))
		return false;
	WRITE_ONCE(f->site, site);
	WRITE_ONCE(f->verdict, verdict);
	WRITE_ONCE(f->tag, tag);
	WRITE_ONCE(f->query, query);
	WRITE_ONCE(f->generation, generation);
	return true;
}

/**
 * mmn_inflight_end() - the same at the event's end
 * @e: the event
 * @site: return address into the call site
 * @v: the verdict
 *
 * Context: A notifier's end callback.
 * Return: false if nothing was kept, or another event took its place.
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
 * mmn_inflight_cancel() - who kept what is found will not ask for it
 * @task: current
 * @range: address of the kernel's range
 * @query: the object whose callback it is
 *
 * What another object keeps for its own end stays.
 *
 * Context: A notifier's callback.
 */
static inline void mmn_inflight_cancel(const struct task_struct *task, unsigned long range,
				       const void *query)
{
	struct mmn_inflight *f = mmn_inflight_find(task, range);

	if (f && READ_ONCE(f->query) == query)
		WRITE_ONCE(f->key, range);
}

/**
 * mmn_inflight_drop() - an event begins that has a record
 * @task: current
 * @range: address of the kernel's range
 *
 * What an event before left at the same address is not found at its end.
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
