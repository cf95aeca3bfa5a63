// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * selftest: which munmap it takes for its own, what it accepts from each source of call sites,
 * and that it leaves nothing behind, whatever fails.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <mmnotify/mmnotify.h>

#include "hook/hook.h"
#include "hook/selftest.h"
#include "rules/rules.h"
#include "rules/site_table.h"
#include "stack/addr_cache.h"
#include "stack/unwind.h"
#include "tap.h"

#define PAGE	0x100000UL
#define SITE	0x1234UL
#define OTHER	0x2000UL

struct task_struct shim_current;

static struct mm_struct mm;

/* What the kernel and the other rooms do. */
static struct {
	bool no_memory, no_notifier, no_map, no_page, not_attached;
	struct mmu_notifier_range range;	/* that the munmap announces */
	unsigned int row, class;		/* of SITE */
	unsigned long site, source;		/* that the callback and the unwinder find */
	unsigned int missed;			/* records, in each callback */
	bool agrees;
} has;

/* What was done, and not undone. */
static struct {
	int notifiers, maps, buffers, hooks;
	unsigned int runs, callbacks;
	bool wrong;
} done;

static struct mmu_notifier *registered;
static u64 no_record;

void *kzalloc(size_t size, int flags)
{
	done.buffers += !has.no_memory;
	return has.no_memory ? NULL : calloc(1, size);
}

void kfree(void *p)
{
	done.wrong |= !!registered;
	done.buffers--;
	free(p);
}

int mmu_notifier_register(struct mmu_notifier *mn, struct mm_struct *of)
{
	if (has.no_notifier)
		return -ENOMEM;
	done.wrong |= of != &mm || !mn->ops;
	done.notifiers++;
	registered = mn;
	return 0;
}

void mmu_notifier_unregister(struct mmu_notifier *mn, struct mm_struct *of)
{
	done.wrong |= of != &mm || mn != registered;
	done.notifiers--;
	registered = NULL;
}

void mmn_hook_get(void)
{
	done.hooks++;
}

void mmn_hook_put(void)
{
	done.hooks--;
}

bool mmn_hook_is_attached(void)
{
	return done.hooks && !has.not_attached;
}

unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len,
		      unsigned long prot, unsigned long flag, unsigned long offset)
{
	if (has.no_map)
		return -ENOMEM;
	done.maps++;
	return PAGE;
}

int shim_put_user(int value, int *to)
{
	done.wrong |= to != (int *)PAGE;
	return has.no_page ? -EFAULT : 0;
}

int vm_munmap(unsigned long start, unsigned long len)
{
	done.wrong |= start != PAGE || len != PAGE_SIZE;
	done.maps--;
	done.runs++;
	if (has.range.mm)
		done.wrong |= registered->ops->invalidate_range_start(registered, &has.range) != 0;
	return 0;
}

void mmn_verdict_start(const struct mmu_notifier_range *range, struct mmn_query query,
		       struct mmnotify_info *info)
{
	done.callbacks++;
	done.wrong |= query.ends || query.object != registered || !query.path;
	no_record += has.missed;
	info->site = has.site;
}

u64 mmn_stats_read(enum mmn_stat stat)
{
	return stat == MMN_STAT_NO_RECORD ? no_record : 0;
}

unsigned long mmn_unwind_find_site(bool in_hook)
{
	done.wrong |= in_hook;
	return has.source;
}

bool mmn_unwind_agrees(void)
{
	return has.agrees;
}

unsigned int mmn_addr_cache_resolve(unsigned long site)
{
	return site == SITE ? has.row : MMN_SITE_UNKNOWN;
}

unsigned int mmn_site_table_class(unsigned int row)
{
	return row == has.row ? has.class : MMN_CLASS_UNKNOWN;
}

/* ---- tests ---- */

static void begin(void)
{
	memset(&has, 0, sizeof(has));
	memset(&done, 0, sizeof(done));
	no_record = 5;
	shim_current.mm = &mm;
	has.range = (struct mmu_notifier_range){ .mm = &mm, .start = PAGE,
		.end = PAGE + PAGE_SIZE, .event = MMU_NOTIFY_UNMAP };
	has.row = 11;
	has.class = MMN_CLASS_UNMAP;
	has.site = SITE;
	has.source = SITE;
	has.agrees = true;
}

/* Nothing is left, and the result has @text; NULL if there is none. */
static bool says(enum mmn_site_source source, const char *text)
{
	const char *why = mmn_selftest_run(source);
	bool clean = !done.notifiers && !done.maps && !done.buffers && !done.hooks && !done.wrong;

	if (why && (!text || !strstr(why, text)))
		printf("# %s\n", why);
	return clean && (text ? why && strstr(why, text) : !why);
}

static void test_right(void)
{
	begin();
	ok(says(MMN_SOURCE_HOOK, NULL) && done.runs == 1 && done.callbacks == 1,
	   "the hook's call site is right");
	begin();
	ok(says(MMN_SOURCE_STEPS, NULL) && done.runs == 2,
	   "so is that of frame steps, which the first run teaches");
	begin();
	ok(says(MMN_SOURCE_STACK, NULL) && done.runs == 1, "and that of the stack");
}

/* Return: does the self-test take this event for that of its own munmap? */
static bool takes(unsigned long start, unsigned long end, unsigned int event)
{
	begin();
	has.range.start = start;
	has.range.end = end;
	has.range.event = event;
	mmn_selftest_run(MMN_SOURCE_HOOK);
	return done.callbacks && !done.wrong;
}

static void test_ranges(void)
{
	const unsigned long end = PAGE + PAGE_SIZE;

	ok(takes(PAGE, end, MMU_NOTIFY_UNMAP) && takes(PAGE - 1, end + 1, MMU_NOTIFY_UNMAP),
	   "a range with its page is that of its munmap");
	ok(!takes(PAGE + 1, end, MMU_NOTIFY_UNMAP), "one behind the page's address is not");
	ok(!takes(PAGE - PAGE_SIZE, PAGE, MMU_NOTIFY_UNMAP), "nor one before it");
	ok(!takes(PAGE, end, MMU_NOTIFY_CLEAR) && !done.wrong, "nor another event");
	begin();
	has.range.event = MMU_NOTIFY_CLEAR;
	ok(says(MMN_SOURCE_HOOK, "did not announce"), "without its munmap the test fails");
}

static void test_wrong(void)
{
	begin();
	has.site = 0;
	ok(says(MMN_SOURCE_HOOK, "did not see") && says(MMN_SOURCE_STACK, "did not see"),
	   "no call site");
	begin();
	has.missed = 1;
	ok(says(MMN_SOURCE_HOOK, "did not see") && says(MMN_SOURCE_STEPS, "did not see") &&
	   says(MMN_SOURCE_STACK, NULL), "a call site from the stack instead of its source");
	begin();
	has.agrees = false;
	ok(says(MMN_SOURCE_STEPS, "find other stacks") && says(MMN_SOURCE_HOOK, NULL),
	   "frame steps that differ from the unwinder");
	begin();
	has.class = MMN_CLASS_ZAP;
	ok(says(MMN_SOURCE_HOOK, "of another kind"), "a call site of another class");
}

/* The kernel may have a function that has no row in its place. */
static void test_unknown_row(void)
{
	begin();
	has.row = MMN_SITE_UNKNOWN;
	has.class = MMN_CLASS_UNKNOWN;
	ok(says(MMN_SOURCE_HOOK, NULL), "a call site without a row, which the stack confirms");
	has.source = OTHER;
	ok(says(MMN_SOURCE_HOOK, "does not confirm"), "one that it does not confirm");
	ok(says(MMN_SOURCE_STEPS, NULL) && says(MMN_SOURCE_STACK, NULL),
	   "only the hook's needs that");
	begin();
	has.source = OTHER;
	ok(says(MMN_SOURCE_HOOK, NULL), "and only without a row");
}

static void test_failures(void)
{
	begin();
	shim_current.mm = NULL;
	ok(says(MMN_SOURCE_HOOK, "needs an mm"), "a kernel thread");
	begin();
	has.no_memory = true;
	ok(says(MMN_SOURCE_HOOK, "no memory"), "no memory");
	begin();
	has.no_notifier = true;
	ok(says(MMN_SOURCE_HOOK, "could not register") && !done.runs, "no notifier");
	begin();
	has.not_attached = true;
	ok(says(MMN_SOURCE_STEPS, "could not be attached") && !done.runs, "no hook");
	begin();
	has.no_map = true;
	ok(says(MMN_SOURCE_HOOK, "could not map"), "no page");
	begin();
	has.no_page = true;
	ok(says(MMN_SOURCE_HOOK, "could not touch"), "a page that cannot be written");
}

int main(void)
{
	test_right();
	test_ranges();
	test_wrong();
	test_unknown_row();
	test_failures();
	return tap_done();
}
