// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * selftest: proves at load that a way to find call sites works on this kernel. It maps,
 * touches and unmaps a page in the mm of the loading process, under a native notifier, and
 * checks the verdict of the unmap. A source that fails is not used.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <mmnotify/mmnotify.h>

#include "hook.h"
#include "rules/rules.h"
#include "rules/site_table.h"
#include "selftest.h"
#include "stack/addr_cache.h"
#include "stack/call_path.h"
#include "stack/unwind.h"
#include "stats.h"
#include "verdict/verdict_fast.h"

struct probe {
	struct mmu_notifier mn;
	unsigned long addr;
	unsigned int starts;
	u64 missed;
	unsigned long site;
	unsigned long source;
	bool agrees;
};

static struct mmn_call_path path;

static int mmn_selftest_start(struct mmu_notifier *mn,
			      const struct mmu_notifier_range *range)
{
	struct probe *p = container_of(mn, struct probe, mn);
	struct mmnotify_info info;
	u64 before;

	if (range->start > p->addr || range->end <= p->addr ||
	    range->event != MMU_NOTIFY_UNMAP)
		return 0;
	p->starts++;
	before = mmn_stats_read(MMN_STAT_NO_RECORD);
	mmn_verdict_start(range, mmn_verdict_query(mn, false, &path), &info);
	p->missed = mmn_stats_read(MMN_STAT_NO_RECORD) - before;
	p->site = info.site;
	p->source = mmn_unwind_find_site(false);
	p->agrees = mmn_unwind_agrees();
	return 0;
}

static const struct mmu_notifier_ops probe_ops = {
	.invalidate_range_start = mmn_selftest_start,
};

/*
 * The site table may lack the name of this call site on this kernel. Then the event is not
 * exact, but those of other sites may be. So accept it if the stack confirms the address.
 */
static const char *check_probe(const struct probe *p, enum mmn_site_source source)
{
	unsigned int row;

	if (!p->starts)
		return "the kernel did not announce the self-test's munmap";
	if (!p->site || (source != MMN_SOURCE_STACK && p->missed))
		return "it did not see the self-test's munmap";
	if (source == MMN_SOURCE_STEPS && !p->agrees)
		return "frame steps and the unwinder find other stacks";
	row = mmn_addr_cache_resolve(p->site);
	if (row == MMN_SITE_UNKNOWN && source == MMN_SOURCE_HOOK &&
	    p->site != p->source)
		return "the stack does not confirm its call site of the self-test's munmap";
	if (row != MMN_SITE_UNKNOWN &&
	    mmn_site_table_class(row) != MMN_CLASS_UNMAP)
		return "it found a call site of another kind for the self-test's munmap";
	return NULL;
}

static const char *map_and_unmap(struct probe *p, enum mmn_site_source source)
{
	unsigned long addr;

	addr = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(addr))
		return "the self-test could not map a page";
	WRITE_ONCE(p->addr, addr);
	if (put_user(1, (int __user *)addr)) {
		vm_munmap(addr, PAGE_SIZE);
		return "the self-test could not touch its page";
	}
	vm_munmap(addr, PAGE_SIZE);
	return check_probe(p, source);
}

/**
 * mmn_selftest_run() - test whether a source finds call sites
 * @source: source to test, with the backend of mmn_hook_init()
 *
 * Context: Process with an mm, at load; may sleep.
 * Return: NULL if it works, else the reason for the log.
 */
const char *mmn_selftest_run(enum mmn_site_source source)
{
	const char *why;
	struct probe *p;

	if (!current->mm)
		return "the self-test needs an mm, but a kernel thread loads the module";
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return "no memory for the self-test";
	p->mn.ops = &probe_ops;
	if (mmu_notifier_register(&p->mn, current->mm)) {
		kfree(p);
		return "the self-test could not register a notifier";
	}
	mmn_hook_get();
	/* The first run teaches the address cache the frame steps. */
	if (mmn_hook_is_attached() && source == MMN_SOURCE_STEPS)
		map_and_unmap(p, source);
	if (mmn_hook_is_attached())
		why = map_and_unmap(p, source);
	else
		why = "it could not be attached";
	mmu_notifier_unregister(&p->mn, current->mm);
	kfree(p);
	mmn_hook_put();
	return why;
}
