// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * verify: what a verdict is compared with, what is counted, and the samples that debugfs shows.
 * Each sample is copied under the lock, and printed without it.
 */
#include <string.h>

#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/static_key.h>

#include "rules/rules.h"
#include "rules/site_table.h"
#include "rules/verify_table.h"
#include "stack/unwind.h"
#include "tap.h"
#include "verdict/verify.h"

#define SITE	0x1234UL
#define OTHER	0x2000UL
#define SAMPLES	16

struct task_struct shim_current = { .comm = "a task" };
bool shim_unlocked;
int shim_locks_held, shim_mutexes_held;

/* The call site on the stack, whether its frames are resolved, and what the table says. */
static unsigned long on_stack;
static bool resolved;
static enum mmn_agreement agreement;
static unsigned int depth;
static bool wrong;

void mmn_unwind_save(struct mmn_stack *st)
{
	unsigned int i;

	st->nr = depth;
	for (i = 0; i < depth; i++)
		st->pc[i] = 0xa000 + i;
}

unsigned long mmn_unwind_site(const struct mmn_stack *st, bool in_hook)
{
	wrong |= !in_hook || st->nr != depth;
	return on_stack;
}

bool mmn_unwind_frames(const struct mmn_stack *st, unsigned long site, bool whole,
		       struct mmn_ctx *ctx)
{
	wrong |= site != on_stack || !whole || ctx->bits;
	ctx->nr_frames = 2;
	ctx->frames[1] = MMN_FRAME_MPROTECT;
	return resolved;
}

enum mmn_agreement mmn_verify_table_check(unsigned int class, const u8 *frames, unsigned int nr,
					  const struct mmn_verdict *v)
{
	wrong |= (class != MMN_CLASS_PROTECT && class != MMN_CLASS_UNKNOWN) || nr != 2 ||
		 frames[1] != MMN_FRAME_MPROTECT;
	return agreement;
}

static const struct mmn_verdict verdict = {
	.event = MMNOTIFY_PROTECTION_VMA, .cause = MMNOTIFY_CAUSE_MPROTECT,
};

static struct seq_file page;

/* Compares the verdict, and reads debugfs. */
static bool check(void)
{
	mmn_verify_check(SITE, mmn_site_table_find("change_protection"), true, &verdict);
	page.len = 0;
	mmn_verify_show(&page);
	return true;
}

static bool shows(const char *text)
{
	bool has = strstr(page.text, text);

	if (!has)
		printf("# %s\n", page.text);
	return has && !wrong && !shim_unlocked && !shim_locks_held && !shim_mutexes_held;
}

static void begin(void)
{
	on_stack = SITE;
	resolved = true;
	agreement = MMN_AGREE;
	depth = 2;
}

static void test_results(void)
{
	page.len = 0;
	mmn_verify_show(&page);
	ok(shows("# site agree event_differs cause_differs site_differs unsure\n"
		 "# last disagreements\n"), "a page without a row");
	begin();
	ok(check() && shows("\nchange_protection 1 0 0 0 0\n# last disagreements\n"),
	   "a verdict that agrees leaves no sample");
	agreement = MMN_OTHER_EVENT;
	ok(check() && shows("change_protection 1 1 0 0 0\n") &&
	   shows("- event: change_protection: PROTECTION_VMA mprotect, task a task, stack: ") &&
	   shows(", stack: 0xa000s 0xa001s\n"),
	   "one of another event does, with its stack");
	agreement = MMN_OTHER_CAUSE;
	ok(check() && shows("change_protection 1 1 1 0 0\n") && shows("\n- cause: "),
	   "so does one of another cause");
	on_stack = OTHER;
	ok(check() && shows("change_protection 1 1 1 1 0\n") && shows("\n- site: "),
	   "and one of another call site");
	on_stack = 0;
	agreement = MMN_AGREE;
	ok(check() && shows("change_protection 1 1 1 1 1\n") && shows("\n- unsure: "),
	   "without a call site on the stack none is sure");
}

static void test_resolve(void)
{
	begin();
	resolved = false;
	ok(check() && shows("change_protection 2 1 1 1 1\n"), "what the stack has is compared");
	mmn_verify_check(SITE, MMN_SITE_UNKNOWN, true, &verdict);
	check();
	ok(shows(" unsure\n(unknown) 1 0 0 0 0\nchange_protection 3 "),
	   "sites without a row are counted, too");
}

/* Return: number of samples that the page shows. */
static unsigned int samples(void)
{
	const char *at = page.text;
	unsigned int nr = 0;

	while ((at = strstr(at, "\n- "))) {
		at++;
		nr++;
	}
	return nr;
}

static void test_samples(void)
{
	unsigned int i;

	begin();
	agreement = MMN_OTHER_CAUSE;
	for (i = samples(); i < SAMPLES; i++)
		check();
	ok(samples() == SAMPLES && shows("- event: "), "the last 16 samples are shown");
	depth = MMN_UNWIND_DEPTH;
	memset(shim_current.comm, 'x', sizeof(shim_current.comm));
	check();
	ok(samples() == SAMPLES && !strstr(page.text, "\n- event: "), "the oldest one goes");
	ok(shows("task xxxxxxxxxxxxxxx, stack: 0xa000s ") && shows(" 0xa01bs\n"),
	   "a long name and a deep stack are cut");
}

static void test_key(void)
{
	ok(!mmn_verify_on(), "verdicts are not verified by default");
	mmn_verify_set(true);
	ok(mmn_verify_on(), "verify=1 switches it on");
	mmn_verify_set(false);
	ok(!mmn_verify_on(), "and 0 off");
}

int main(void)
{
	test_results();
	test_resolve();
	test_samples();
	test_key();
	return tap_done();
}
