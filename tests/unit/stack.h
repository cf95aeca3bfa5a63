/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* A stack built by tests, and the data of the address cache about its return addresses. */
#ifndef STACK_H
#define STACK_H

#include <linux/kernel.h>
#include <linux/sched/task_stack.h>
#include <linux/string.h>

#include "stack/addr_cache.h"
#include "stack/frame_step.h"

#define WORDS	(THREAD_SIZE / sizeof(long))
#define KNOWN	32

struct task_struct shim_current;
struct mmn_site mmn_addr_cache_table[1 << MMN_ADDR_CACHE_BITS];

static unsigned long stack[WORDS] __attribute__((aligned(THREAD_SIZE)));
static struct mmn_site known[KNOWN];
static unsigned int nr_known;

/* Measurements by the unwinder, where the last one began, and the site that learns the step. */
static unsigned int measured;
static const struct mmn_frame_pos *measured_from;
static struct mmn_site *to_learn;
static unsigned int learnt_up;

static struct mmn_site *find_known(unsigned long pc)
{
	unsigned int i;

	for (i = 0; i < nr_known; i++)
		if (known[i].pc == pc)
			return &known[i];
	return NULL;
}

/* A test may add an address when it is looked up. */
static void (*on_miss)(unsigned long pc);

struct mmn_site *mmn_addr_cache_find(unsigned long pc)
{
	if (on_miss && !find_known(pc))
		on_miss(pc);
	return find_known(pc);
}

/* Addresses below this are not stable: their code may be freed without a module notifier. */
#define LASTS	0x1000

bool mmn_addr_cache_is_stable(unsigned long pc)
{
	return pc >= LASTS;
}

void mmn_addr_cache_learn(unsigned long pc, unsigned int up)
{
	if (to_learn)
		to_learn->up = up;
}

void mmn_addr_cache_learn_known(unsigned long pc, unsigned int up)
{
	mmn_addr_cache_learn(pc, up);
}

void mmn_orc_probe_measure(const struct mmn_frame_pos *from,
			   void (*tell)(unsigned long pc, unsigned int up))
{
	measured++;
	measured_from = from;
	tell(0, learnt_up);
}

static inline struct mmn_site *know(unsigned long pc, unsigned int up, unsigned int frame)
{
	struct mmn_site *site = &known[nr_known++];

	*site = (struct mmn_site){ .pc = pc, .row = 1, .frame = frame, .up = up };
	return site;
}

static inline void new_stack(void)
{
	memset(stack, 0, sizeof(stack));
	memset(known, 0, sizeof(known));
	nr_known = 0;
	to_learn = NULL;
	shim_current.stack = stack;
}

static inline unsigned long at(unsigned int word)
{
	return (unsigned long)&stack[word];
}

/* Writes return address @pc to this word. */
static inline void put(unsigned int word, unsigned long pc)
{
	stack[word] = pc;
}

static inline struct mmn_frame_pos where(unsigned int word)
{
	return (struct mmn_frame_pos){ .pc = stack[word], .sp = at(word + 1) };
}

#endif /* STACK_H */
