/* SPDX-License-Identifier: GPL-2.0-only */
/* Events and verdicts by number, for the tests of record. */
#ifndef RECORD_EVENTS_H
#define RECORD_EVENTS_H

#include <linux/types.h>

#include "verdict/record.h"

static inline const struct mm_struct *mm(unsigned long n)
{
	return (const struct mm_struct *)(n << 12);
}

static inline const struct task_struct *task(unsigned long n)
{
	return (const struct task_struct *)(n << 13);
}

static inline unsigned long key(const void *range)
{
	return mmn_record_key(range, true);
}

/* Return: id of an event of task @n; all events have the same site, as in a kernel. */
static inline u64 id(unsigned long n)
{
	return mmn_record_id(mm(n), task(n), 0x1000, 0x3000);
}

static inline struct mmn_verdict verdict(unsigned int n)
{
	return (struct mmn_verdict){ .event = n, .cause = 2 * n, .effects = 3, .flags = 1 };
}

static inline bool is(const struct mmn_verdict *v, unsigned int n)
{
	return v->event == n && v->cause == 2 * n && v->effects == 3 && v->flags == 1;
}

#endif /* RECORD_EVENTS_H */
