/* SPDX-License-Identifier: GPL-2.0-only */
/* What a backend of the hook tells it, for a call of one of the kernel's functions. */
#ifndef BACKEND_H
#define BACKEND_H

#include <stdio.h>
#include <string.h>

#include <linux/mmu_notifier.h>
#include <linux/ptrace.h>

#define START	"__mmu_notifier_invalidate_range_start"
#define FINISH	"__mmu_notifier_invalidate_range_end"

/* One letter for each call of the kernel: s or e for the function, then what is done to it. */
static char steps[100];

static inline void step(const char *symbol, char what)
{
	size_t len = strlen(steps);

	snprintf(steps + len, sizeof(steps) - len, "%c%c ",
		 strcmp(symbol, START) ? 'e' : 's', what);
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
static unsigned int starts, ends, counted[MMN_NR_STATS];

static struct pt_regs regs_of_call(void)
{
	return (struct pt_regs){ .word = { (unsigned long)&range, SITE, 77, 88 } };
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

#endif /* BACKEND_H */
