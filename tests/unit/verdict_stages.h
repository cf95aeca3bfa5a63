/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * Stand-ins for the stages that both verdict_fast.h and verdict.c ask, and an event on the stack
 * of the test. All stages know one call site; a test sets whether they find it.
 */
#ifndef VERDICT_STAGES_H
#define VERDICT_STAGES_H

#include <stdlib.h>
#include <string.h>

#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#include <linux/types.h>

#include <mmnotify/mmnotify.h>

#include "stack/addr_cache.h"
#include "verdict/event.h"
#include "verdict/verdict.h"

#define SITE	0x1234UL
#define ROW	11
#define BITS	(1u << 20)
#define KEY	0x99

struct task_struct shim_current;

static struct mm_struct mm, other_mm;
/* The stack of the task, in the frame of main(). */
static char *stack, *stack_end;
static struct mmu_notifier_range *range;
static struct mmnotify_info info;
static int one, two;

static const struct mmn_site site = {
	.pc = SITE, .row = ROW, .class = 12, .needs = 13, .trust = MMN_CTX_VERIFIED,
};

static struct mmn_call_path path;
static const unsigned long *frame;
static struct mmn_verdict cache_verdict, walk_verdict;
static bool in_cache, same_walk, tracing, verifying;

/* Events that were counted at the call site, at other ones, and with a walk of the stack. */
static unsigned int counted, counted_elsewhere, walked;

unsigned long mmn_frame_step_top(void)
{
	return (unsigned long)stack_end;
}

u32 mmn_rule_cache_site(unsigned int row, unsigned int native)
{
	return row << 16 | native;
}

bool mmn_rule_cache_find(u64 key, struct mmn_verdict *v)
{
	if (!in_cache || key != KEY)
		return false;
	*v = cache_verdict;
	return true;
}

bool mmn_last_walk_find(const struct mmn_frame_pos *from, u32 kept, u32 bits,
			struct mmn_verdict *v)
{
	if (!same_walk || from->pc != SITE || from->sp != 77 ||
	    kept != mmn_rule_cache_site(ROW, range->event) || bits != (BITS | site.trust))
		return false;
	*v = walk_verdict;
	return true;
}

void mmn_stats_verdict(const struct mmn_verdict *v, unsigned int row, bool by_walk)
{
	counted += row == ROW;
	counted_elsewhere += row != ROW;
	walked += by_walk;
}

bool trace_invalidate_start_enabled(void)
{
	return tracing;
}

bool mmn_verify_on(void)
{
	return verifying;
}

/* A stack of current with room for @range, all of whose bytes are set. */
#define STACK_BYTES	4096

static inline void use_stack(char *bytes)
{
	stack = bytes;
	stack_end = bytes + STACK_BYTES;
}

static inline void stages_begin(void)
{
	memset(&info, 0xff, sizeof(info));
	range = (void *)(stack + STACK_BYTES / 4);
	*range = (struct mmu_notifier_range){ .mm = &mm, .start = 0x1000, .end = 0x3000,
		.event = MMU_NOTIFY_CLEAR, .blockable = true, .owner = &one };
	shim_current.mm = &mm;
	cache_verdict = (struct mmn_verdict){ .event = MMNOTIFY_CLEAR,
		.cause = MMNOTIFY_CAUSE_COW, .effects = MMNOTIFY_FX_PFN,
		.flags = MMNOTIFY_F_EXACT };
	walk_verdict = cache_verdict;
	walk_verdict.event = MMNOTIFY_UNMAP;
	in_cache = true;
	same_walk = false;
	tracing = false;
	verifying = false;
	counted = 0;
	counted_elsewhere = 0;
	walked = 0;
}

/* Is each member of @info as the verdict, the range and the call site @pc say? */
static inline bool is_filled_at(const struct mmn_verdict *v, u32 flags, void *owner,
				unsigned long pc)
{
	struct mmnotify_info all;

	memset(&all, 0, sizeof(all));
	all.size = sizeof(all);
	all.event = v->event;
	all.cause = v->cause;
	all.native = range->event;
	all.effects = v->effects;
	all.flags = v->flags | flags;
	all.mm = &mm;
	all.start = 0x1000;
	all.end = 0x3000;
	all.owner = owner;
	all.site = pc;
	return !memcmp(&all, &info, sizeof(all));
}

/* Return: the slot that a callback has written for the event. */
static inline struct mmn_event *kept_slot(void)
{
	struct mmn_event_identity e;

	mmn_verdict_identify(range, &e);
	return mmn_event_find_kept(&e);
}

static inline bool is_open(void)
{
	return kept_slot()->key & MMN_EVENT_OPEN;
}

#endif /* VERDICT_STAGES_H */
