/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* What a backend of the hook tells it, for a call of one of the kernel's functions. */
#ifndef BACKEND_H
#define BACKEND_H

#include <stdio.h>
#include <string.h>

#include <linux/mmu_notifier.h>
#include <linux/ptrace.h>

#include "tap.h"

#define START	"__mmu_notifier_invalidate_range_start"
#define FINISH	"__mmu_notifier_invalidate_range_end"
#define REGISTER "__mmu_notifier_register"
#define RELEASE	"__mmu_notifier_release"
#define NR_HOOKED 4

/* A letter for a function that is hooked: s, e, n for a new notifier, x for the exit of an mm. */
static inline char letter_of(const char *symbol)
{
	if (!strcmp(symbol, REGISTER))
		return 'n';
	if (!strcmp(symbol, RELEASE))
		return 'x';
	return strcmp(symbol, START) ? 'e' : 's';
}

/* For each call of the kernel: the letter of the function, then what is done to it. */
static char steps[100];

static inline void step(const char *symbol, char what)
{
	size_t len = strlen(steps);

	snprintf(steps + len, sizeof(steps) - len, "%c%c ", letter_of(symbol), what);
}

/* Were these the steps since the last call? */
static inline bool did(const char *what)
{
	bool same = !strcmp(steps, what);

	if (!same)
		printf("# %s, not %s\n", steps, what);
	steps[0] = '\0';
	return same;
}

/* Calls of the hook with all that a caller at SITE passes. */
#define SITE	0x1234UL

static struct mmu_notifier_range range;
static struct mm_struct mm;
static unsigned int starts, ends, news, exits, counted[MMN_NR_STATS];

/* What is registered. */
static struct mmu_notifier *given;

static struct pt_regs regs_of_call(const char *symbol)
{
	struct pt_regs regs = { .word = { (unsigned long)&range, SITE, 77, 88 } };

	if (!strcmp(symbol, RELEASE))
		regs.word[0] = (unsigned long)&mm;
	if (!strcmp(symbol, REGISTER)) {
		regs.word[0] = (unsigned long)given;
		regs.word[4] = (unsigned long)&mm;
	}
	return regs;
}

void mmn_verdict_start_in_hook(const struct mmu_notifier_range *r, unsigned long site,
			       unsigned long sp, unsigned long bp)
{
	starts += r == &range && site == SITE && sp == 77 && bp == 88;
}

void mmn_verdict_end_in_hook(const struct mmu_notifier_range *r, unsigned long site,
			     unsigned long sp, unsigned long bp)
{
	ends += r == &range && site == SITE && sp == 77 && bp == 88;
}

struct static_key_false mmn_verdict_watching;
struct static_key_false mmn_probes_timing;

static const struct mmu_notifier_ops ops;
static struct mmu_notifier notifier = { .ops = &ops };
static unsigned int notes;

void mmn_probes_note(const struct mmu_notifier_ops *of)
{
	notes += of == &ops;
}

void mmn_process_register(const struct mm_struct *m)
{
	news += m == &mm;
}

void mmn_verdict_show_release(struct mm_struct *m)
{
	exits += m == &mm;
}

void mmn_stats_inc(enum mmn_stat stat)
{
	counted[stat]++;
}

/* Were so many starts and ends recorded, and counted? */
static inline bool saw(unsigned int nr_starts, unsigned int nr_ends)
{
	return starts == nr_starts && ends == nr_ends &&
	       counted[MMN_STAT_HOOK_START] == nr_starts && counted[MMN_STAT_HOOK_END] == nr_ends;
}

/* The functions that only observers need. @call: the kernel calls a function, which goes on. */
static inline void test_observers(int (*call)(const char *symbol))
{
	ok(!call(RELEASE) && !call(REGISTER) && !news && !exits,
	   "mms are of no interest without observers");
	mmn_verdict_watching.on = true;
	ok(!call(RELEASE) && !call(REGISTER) && news == 1 && exits == 1 && saw(2, 1),
	   "observers know of new and ended mms");
	given = &notifier;
	ok(!call(REGISTER) && !notes, "callbacks are of no interest unless they are timed");
	mmn_probes_timing.on = true;
	call(REGISTER);
	given = NULL;
	call(REGISTER);
	ok(notes == 1, "a callback that is registered then is noted");
}

#endif /* BACKEND_H */
