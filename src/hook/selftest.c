// SPDX-License-Identifier: GPL-2.0-only
/*
 * selftest: does the hook really fire here, with the right call site? Maps,
 * touches and unmaps a page in the mm of the process that loads us, under a
 * native notifier, and looks at the verdict. What is not proven is not trusted.
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
	p->source = mmn_unwind_find_site(true);
	return 0;
}

static const struct mmu_notifier_ops probe_ops = {
	.invalidate_range_start = mmn_selftest_start,
};

/*
 * A kernel may call the site by a name that the table lacks. Then its events are
 * not exact, but others may be, if the stack agrees that it is the site.
 */
static const char *judge_probe(const struct probe *p, enum mmn_site_source source)
{
	unsigned int row;

	if (!p->starts)
		return "the kernel did not announce the self-test's munmap";
	if (!p->site || (source != MMN_SOURCE_STACK && p->missed))
		return "it did not see the self-test's munmap";
	row = mmn_addr_cache_resolve(p->site);
	if (row == MMN_SITE_UNKNOWN && source == MMN_SOURCE_HOOK &&
	    p->site != p->source)
		return "it saw the self-test's munmap at an unknown place";
	if (row != MMN_SITE_UNKNOWN &&
	    mmn_site_table_class(row) != MMN_CLASS_UNMAP)
		return "it took the self-test's munmap for something else";
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
	return judge_probe(p, source);
}

/**
 * mmn_selftest_run() - prove that call sites are seen
 * @source: by whom
 *
 * Context: Process with an mm, at load; may sleep.
 * Return: NULL if it works, else why not, for people.
 */
const char *mmn_selftest_run(enum mmn_site_source source)
{
	const char *why;
	struct probe *p;

	if (!current->mm)
		return "loaded by a task without memory, the self-test cannot run";
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return "no memory for the self-test";
	p->mn.ops = &probe_ops;
	if (mmu_notifier_register(&p->mn, current->mm)) {
		kfree(p);
		return "the self-test could not register a notifier";
	}
	mmn_hook_get();
	/* The first time, steps are learnt. */
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
