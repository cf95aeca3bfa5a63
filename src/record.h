/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_RECORD_H
#define MMN_RECORD_H

#include <linux/types.h>

#include "classify.h"

struct mm_struct;
struct task_struct;

/*
 * A live invalidation. @range identifies it: the address of the kernel's struct
 * mmu_notifier_range, which sits on the stack of the task that invalidates, so
 * it is unique while the pair is open. Pairs nest on one task; a slot of the
 * task could not tell them apart, a pointer can.
 */
struct mmn_record {
	unsigned long key;	/* range and generation, record.c */
	const void *range;
	unsigned long site;
	const struct mm_struct *mm;
	const struct task_struct *task;
	unsigned long start;
	unsigned long end;
	u64 since;		/* ns, 0 if nobody wants to know */
	unsigned long stamp;	/* jiffies */
	struct mmn_verdict verdict;
	u8 state;		/* MMN_RECORD_* */
	u16 ends;		/* end callbacks still to come */
	u8 generation;		/* of the slot, for its key */
};

#define MMN_RECORD_BLOCKABLE	(1u << 0)
/* The verdict is valid; counters and trace have it. */
#define MMN_RECORD_JUDGED	(1u << 1)
#define MMN_RECORD_ENDED	(1u << 2) /* the kernel's end has begun */

struct mmn_record *mmn_record_open(const void *range,
				   const struct mm_struct *mm,
				   const struct task_struct *task,
				   unsigned long stamp);
struct mmn_record *mmn_record_find(const void *range);
bool mmn_record_is(const struct mmn_record *rec, const void *range);
void mmn_record_close(struct mmn_record *rec, const void *range);
void mmn_record_reset(void);
unsigned int mmn_record_count(unsigned int *left);

#endif /* MMN_RECORD_H */
