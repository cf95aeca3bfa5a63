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
 * struct mmn_record - what the hook saw of an invalidation
 * @key: mmn_record_key() of the kernel's range; without its marks once it has ended
 * @site: return address into the call site
 * @tag: makes @site and the event one, record.c
 * @verdict: a struct mmn_verdict, if @verdict_tag says so
 * @verdict_tag: makes @verdict and the event one
 * @since: ns, 0 if nobody needs to know
 * @sp: where @site lies on the stack, as in struct mmn_frame_pos; without a tag: whoever
 *	uses it looks if @site is there
 * @bp: the frame pointer there plus the event's id: with another id it is noise
 *
 * The range sits on the stack of the task that invalidates, so its address is
 * unique while the pair is open. Pairs nest on one task; a slot of the task could
 * not tell them apart, a pointer can.
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
#define MMN_RECORD_EVICTABLE	2UL	/* perhaps it has no end: anybody may take its place */

static inline unsigned long mmn_record_key(const void *range, bool ends)
{
	return (unsigned long)range | MMN_RECORD_LIVE | (ends ? 0 : MMN_RECORD_EVICTABLE);
}

/* A copy of a record, of which all belongs together. */
struct mmn_event_snapshot {
	struct mmn_record *rec;
	unsigned long key;
	u64 id;
	struct mmn_frame_pos site;
	struct mmn_verdict verdict;
	bool judged;		/* the verdict is valid; counters and trace have it */
};

#define MMN_RECORD_MIX	0x9e3779b97f4a7c15ULL

/* One number for all that an event is, but for its site. */
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

/* The rest is done for each event, and inline. */

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
 * mmn_record_open() - a record for a range whose invalidation begins
 * @key: mmn_record_key() of the range
 * @id: mmn_record_id() of the event
 * @site: return address into the call site
 *
 * Context: Any, the hook too. The caller owns the range.
 * Return: the record, of no verdict and no time, and with no place on the stack; another
 * task may take it over.
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
 * mmn_record_place() - where the call site lies on the stack
 * @rec: from mmn_record_open()
 * @id: mmn_record_id() of the event
 * @sp: address of the word behind the return address; 0 if nobody knows
 * @bp: the frame pointer there
 *
 * Context: Any, the hook too.
 */
static inline void mmn_record_place(struct mmn_record *rec, u64 id, unsigned long sp,
				    unsigned long bp)
{
	WRITE_ONCE(rec->sp, sp);
	WRITE_ONCE(rec->bp, bp + id);
}

/**
 * mmn_record_read() - what the hook saw of this event
 * @key: mmn_record_key() of the range
 * @id: mmn_record_id() of the event
 * @at_end: its end is being told, after mmn_record_close()
 * @seen: filled, if there is something
 *
 * Who asks at the end looks only in the first slot: there no event before can have left
 * a record that this one did not take for itself.
 *
 * Context: Any. The caller owns the range.
 * Return: false if there is no record, or if it is not of this event.
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
	seen->judged = READ_ONCE(rec->verdict_tag) ==
		       mmn_record_tag_verdict(id, seen->site.pc, verdict);
	memcpy(&seen->verdict, &verdict, sizeof(verdict));
	return true;
}

/**
 * mmn_record_set_verdict() - keep the verdict for those who ask later
 * @seen: what was seen of the event, and what became of it; if another took the
 *	record over, nothing happens
 *
 * Context: Any. The caller owns the range.
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
 * mmn_record_close() - the invalidation ends
 * @key: mmn_record_key() of the range
 *
 * Context: Any, the hook too. The caller owns the range.
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
