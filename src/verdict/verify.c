// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * verify: compares each verdict with the frames that the unwinder finds (verify=1).
 *
 * A verdict usually comes from caches, and from the context of the task. This check uses
 * neither, only the frames and the address cache. So it detects a wrong call site, and an
 * event or a cause that the frames contradict. It is part of the module so that it can be
 * used on any kernel. It is slow. The results are in debugfs mmnotify/verify.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/static_key.h>
#include <linux/string.h>

#include "rules/names.h"
#include "rules/site_table.h"
#include "rules/verify_table.h"
#include "stack/addr_cache.h"
#include "stack/unwind.h"
#include "verify.h"

#define ROWS		128
#define SAMPLES		16
#define SAMPLE_FRAMES	28

/* The unwinder finds another call site. Follows the values of enum mmn_agreement. */
#define OTHER_SITE	MMN_NR_AGREEMENTS
#define NR_RESULTS	(MMN_NR_AGREEMENTS + 1)

struct sample {
	struct mmn_verdict verdict;
	unsigned int row;
	unsigned int result;
	unsigned int nr;
	unsigned long pc[SAMPLE_FRAMES];
	char comm[TASK_COMM_LEN];
};

DEFINE_STATIC_KEY_FALSE(mmn_verifying);
static atomic64_t results[ROWS][NR_RESULTS];
/* Guards samples and nr_samples. Raw: the hook takes it. */
static DEFINE_RAW_SPINLOCK(samples_lock);
static struct sample samples[SAMPLES];
static unsigned int nr_samples;

/**
 * mmn_verify_set() - switch verification on or off
 * @yes: true to verify each verdict from now on
 *
 * Context: Process, may sleep.
 */
void mmn_verify_set(bool yes)
{
	if (yes)
		static_branch_enable(&mmn_verifying);
	else
		static_branch_disable(&mmn_verifying);
}

static void verify_keep_sample(unsigned int row, unsigned int result,
			       const struct mmn_verdict *v, const struct mmn_stack *st)
{
	unsigned long flags;
	struct sample *s;

	raw_spin_lock_irqsave(&samples_lock, flags);
	s = &samples[nr_samples++ % SAMPLES];
	s->verdict = *v;
	s->row = row;
	s->result = result;
	s->nr = min_t(unsigned int, st->nr, SAMPLE_FRAMES);
	memcpy(s->pc, st->pc, s->nr * sizeof(s->pc[0]));
	memcpy(s->comm, current->comm, sizeof(s->comm));
	s->comm[TASK_COMM_LEN - 1] = '\0';
	raw_spin_unlock_irqrestore(&samples_lock, flags);
}

/**
 * mmn_verify_check() - compare a verdict with the stack
 * @site: return address into the call site that the verdict is based on
 * @row: row of @site in the site table
 * @in_hook: true in the hook
 * @v: verdict to check
 *
 * Context: The hook or a notifier's start callback.
 */
void mmn_verify_check(unsigned long site, unsigned int row, bool in_hook,
		      const struct mmn_verdict *v)
{
	unsigned int result = MMN_UNSURE;
	unsigned long seen;
	struct mmn_stack st;
	struct mmn_ctx ctx;

	ctx.bits = 0;
	mmn_unwind_save(&st);
	seen = mmn_unwind_site(&st, in_hook);
	mmn_unwind_frames(&st, seen, true, &ctx);
	if (seen && seen != site)
		result = OTHER_SITE;
	else if (seen)
		result = mmn_verify_table_check(mmn_site_table_class(row), ctx.frames,
						ctx.nr_frames, v);
	atomic64_inc(&results[row % ROWS][result]);
	if (result != MMN_AGREE)
		verify_keep_sample(row, result, v, &st);
}

static void show_sample(struct seq_file *m, const struct sample *s)
{
	static const char *const what[NR_RESULTS] = {
		[MMN_AGREE] = "agree", [MMN_OTHER_EVENT] = "event",
		[MMN_OTHER_CAUSE] = "cause", [MMN_UNSURE] = "unsure",
		[OTHER_SITE] = "site",
	};
	unsigned int i;

	seq_printf(m, "- %s: %s: %s %s, task %s, stack:", what[s->result],
		   mmn_site_table_name(s->row), mmn_names_event(s->verdict.event),
		   mmn_names_cause(s->verdict.cause), s->comm);
	for (i = 0; i < s->nr; i++)
		seq_printf(m, " %ps", (void *)s->pc[i]);
	seq_putc(m, '\n');
}

/**
 * mmn_verify_show() - print the results by call site, and the last disagreements
 * @m: debugfs file
 *
 * Context: Process, may sleep.
 */
void mmn_verify_show(struct seq_file *m)
{
	unsigned int row, i, nr = READ_ONCE(nr_samples);
	static struct sample copy;	/* guarded by lock */
	static DEFINE_MUTEX(lock);
	s64 r[NR_RESULTS], all;

	seq_puts(m, "# site agree event_differs cause_differs site_differs unsure\n");
	for (row = 0; row < mmn_site_table_nr(); row++) {
		for (all = 0, i = 0; i < NR_RESULTS; i++)
			all += r[i] = atomic64_read(&results[row][i]);
		if (all)
			seq_printf(m, "%s %lld %lld %lld %lld %lld\n",
				   mmn_site_table_name(row), r[MMN_AGREE],
				   r[MMN_OTHER_EVENT], r[MMN_OTHER_CAUSE],
				   r[OTHER_SITE], r[MMN_UNSURE]);
	}
	seq_puts(m, "# last disagreements\n");
	mutex_lock(&lock);
	for (i = nr > SAMPLES ? nr - SAMPLES : 0; i < nr; i++) {
		raw_spin_lock_irq(&samples_lock);
		copy = samples[i % SAMPLES];
		raw_spin_unlock_irq(&samples_lock);
		show_sample(m, &copy);
	}
	mutex_unlock(&lock);
}
