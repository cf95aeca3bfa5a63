/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_RECORD_H
#define MMN_RECORD_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/string.h>
#include <linux/types.h>

#include "rules/rules.h"
#include "stack/frame_pos.h"

struct mm_struct;
struct task_struct;

/**
 * struct mmn_record - the hook's record of one event
 * @key: mmn_record_key() of the kernel's range; the mark bits are clear once the event
 *	has ended
 * @site: return address into the call site
 * @tag: mmn_record_tag() of the event's id and @site
 * @verdict: a struct mmn_verdict as one word, valid only if @verdict_tag matches
 * @verdict_tag: mmn_record_tag_verdict() of the event's id, @site and @verdict
 * @since: local_clock() at the start, in ns; 0 if the end is not traced
 * @sp: stack address of the word above @site, as in struct mmn_frame_pos. Not tagged:
 *	users check that @site is still there.
 * @bp: frame pointer at @site plus the event's id, so it is garbage for another event
 *
 * The key is the address of struct mmu_notifier_range, which lies on the stack of the
 * invalidating task. So it is unique from start to end. Events nest on one task: a
 * record per task could not distinguish them.
 */
struct mmn_record {
	unsigned long key;
	unsigned long site;
	u64 tag;
	u64 verdict;
	u64 verdict_tag;
	u64 since;
	unsigned long sp;
	unsigned long bp;
} ____cacheline_aligned;

#define MMN_RECORD_LIVE	1UL
#define MMN_RECORD_EVICTABLE	2UL	/* may get no end: any event may take the slot */

static inline unsigned long mmn_record_key(const void *range, bool ends)
{
	return (unsigned long)range | MMN_RECORD_LIVE | (ends ? 0 : MMN_RECORD_EVICTABLE);
}

/* A consistent copy of a record: the tags matched when it was taken. */
struct mmn_event_snapshot {
	struct mmn_record *rec;
	unsigned long key;
	u64 id;
	struct mmn_frame_pos site;
	struct mmn_verdict verdict;
	bool classified;		/* @verdict is valid and the event was counted */
};

#define MMN_RECORD_MIX	0x9e3779b97f4a7c15ULL

/* The identity of an event as one number: all but its call site. */
static inline u64 mmn_record_id(const struct mm_struct *mm,
				const struct task_struct *task,
				unsigned long start, unsigned long end)
{
	u64 id = (unsigned long)mm;

	id = id * MMN_RECORD_MIX + (unsigned long)task;
	id = id * MMN_RECORD_MIX + start;
	return id * MMN_RECORD_MIX + end;
}

void mmn_record_reset(void);
unsigned int mmn_record_live(void);
unsigned int mmn_record_full(void);

/* Inline from here on: this runs for each event. */

#define MMN_RECORD_BITS		10
#define MMN_RECORD_MARKS	(MMN_RECORD_LIVE | MMN_RECORD_EVICTABLE)

extern struct mmn_record mmn_record_table[1 << MMN_RECORD_BITS];
struct mmn_record *mmn_record_open_slow(unsigned long key);
struct mmn_record *mmn_record_find_live(unsigned long key);
void mmn_record_close_slow(unsigned long key);

static inline struct mmn_record *mmn_record_home(unsigned long key)
{
	return &mmn_record_table[hash_long(key | MMN_RECORD_MARKS, MMN_RECORD_BITS)];
}

static inline bool mmn_record_is_taken(unsigned long key, unsigned long mine)
{
	return (key & MMN_RECORD_MARKS) == MMN_RECORD_LIVE && key != mine;
}

static inline u64 mmn_record_tag(u64 id, unsigned long site)
{
	return id * MMN_RECORD_MIX + site;
}

static inline u64 mmn_record_tag_verdict(u64 id, unsigned long site, u64 verdict)
{
	return mmn_record_tag(id, site) * MMN_RECORD_MIX + verdict;
}

static inline bool mmn_record_is_of(const struct mmn_record *rec, unsigned long key)
{
	return (READ_ONCE(rec->key) | MMN_RECORD_MARKS) == (key | MMN_RECORD_MARKS);
}

/**
 * mmn_record_open() - write the record of an event that starts
 * @key: mmn_record_key() of the range
 * @id: mmn_record_id() of the event
 * @site: return address into the call site
 *
 * Context: Any, including the hook. Called by the task that invalidates.
 * Return: the record, without a verdict, a time and a stack position. Another task may
 * overwrite it at any time.
 */
static inline struct mmn_record *mmn_record_open(unsigned long key, u64 id,
						 unsigned long site)
{
	struct mmn_record *rec = mmn_record_home(key);

	if (unlikely(mmn_record_is_taken(READ_ONCE(rec->key), key)))
		rec = mmn_record_open_slow(key);
	WRITE_ONCE(rec->key, key);
	WRITE_ONCE(rec->site, site);
	WRITE_ONCE(rec->tag, mmn_record_tag(id, site));
	WRITE_ONCE(rec->verdict_tag, 0);
	WRITE_ONCE(rec->since, 0);
	return rec;
}

/**
 * mmn_record_place() - record where the call site lies on the stack
 * @rec: record from mmn_record_open()
 * @id: mmn_record_id() of the event
 * @sp: stack address of the word above the return address; 0 if unknown
 * @bp: frame pointer of the call site
 *
 * Context: Any, including the hook.
 */
static inline void mmn_record_place(struct mmn_record *rec, u64 id, unsigned long sp,
				    unsigned long bp)
{
	WRITE_ONCE(rec->sp, sp);
	WRITE_ONCE(rec->bp, bp + id);
}

/**
 * mmn_record_read() - read the hook's record of an event
 * @key: mmn_record_key() of the range
 * @id: mmn_record_id() of the event
 * @at_end: true in an end callback, which runs after mmn_record_close()
 * @seen: filled with a consistent copy; partly filled if the function fails
 *
 * End callbacks look for a closed record, and only in the home slot. If an earlier event
 * at the same address had left one there, the start of this event would have overwritten
 * it. The other slots give no such guarantee.
 *
 * Context: Any. Called by the task that invalidates.
 * Return: true if there is a record of this event; false if there is none, or if another
 * event has overwritten it.
 */
static inline bool mmn_record_read(unsigned long key, u64 id, bool at_end,
				   struct mmn_event_snapshot *seen)
{
	struct mmn_record *rec = mmn_record_home(key);
	u64 verdict;

	if (at_end && !mmn_record_is_of(rec, key))
		return false;
	if (!at_end && unlikely(READ_ONCE(rec->key) != key)) {
		rec = mmn_record_find_live(key);
		if (!rec)
			return false;
	}
	seen->rec = rec;
	seen->key = key;
	seen->id = id;
	seen->site.pc = READ_ONCE(rec->site);
	if (READ_ONCE(rec->tag) != mmn_record_tag(id, seen->site.pc))
		return false;
	seen->site.sp = READ_ONCE(rec->sp);
	seen->site.bp = READ_ONCE(rec->bp) - id;
	verdict = READ_ONCE(rec->verdict);
	seen->classified = READ_ONCE(rec->verdict_tag) ==
		       mmn_record_tag_verdict(id, seen->site.pc, verdict);
	memcpy(&seen->verdict, &verdict, sizeof(verdict));
	return true;
}

/**
 * mmn_record_set_verdict() - save the verdict for later callbacks of the event
 * @seen: copy from mmn_record_read(), with its verdict filled
 *
 * Does nothing if another event has taken the slot. If one takes it after the check, the
 * verdict written here does not match that event's tag, so it is not used.
 *
 * Context: Any. Called by the task that invalidates.
 */
static inline void mmn_record_set_verdict(const struct mmn_event_snapshot *seen)
{
	struct mmn_record *rec = seen->rec;
	u64 verdict;

	if (!mmn_record_is_of(rec, seen->key))
		return;
	memcpy(&verdict, &seen->verdict, sizeof(verdict));
	WRITE_ONCE(rec->verdict, verdict);
	WRITE_ONCE(rec->verdict_tag,
		   mmn_record_tag_verdict(seen->id, seen->site.pc, verdict));
}

/**
 * mmn_record_close() - mark the record of an event as ended
 * @key: mmn_record_key() of the range
 *
 * In the home slot the contents stay readable for end callbacks, which run after the
 * hook.
 *
 * Context: Any, including the hook. Called by the task that invalidates.
 */
static inline void mmn_record_close(unsigned long key)
{
	struct mmn_record *rec = mmn_record_home(key);

	if (likely(READ_ONCE(rec->key) == key))
		WRITE_ONCE(rec->key, key & ~MMN_RECORD_MARKS);
	else
		mmn_record_close_slow(key);
}

#endif /* MMN_RECORD_H */
