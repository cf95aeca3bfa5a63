// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * history: the last verdicts on the attached process, to debug a stale translation.
 * An unfiltered notifier of its own records them, because the driver's filter may
 * have dropped the verdict in question. Parameter history=0 switches it off, for
 * measurements.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "sdev.h"

#define HISTORY_SIZE	1024
#define HISTORY_PRINT	8

static bool history = true;
module_param(history, bool, 0600);
MODULE_PARM_DESC(history, "remember the last verdicts on each attached process");

struct history {
	struct mmu_notifier mn;
	spinlock_t lock;	/* guards all below; innermost */
	unsigned long head;
	struct mmnotify_info ring[HISTORY_SIZE];
};

static int history_note(struct mmu_notifier *mn,
			const struct mmu_notifier_range *range)
{
	struct history *h = container_of(mn, struct history, mn);
	struct mmnotify_info info;

	mmnotify_classify(range, &info);
	spin_lock(&h->lock);
	h->ring[h->head++ % HISTORY_SIZE] = info;
	spin_unlock(&h->lock);
	return 0;
}

static const struct mmu_notifier_ops history_ops = {
	.invalidate_range_start = history_note,
};

int history_start(struct sdev *dev)
{
	struct history *h;
	int ret;

	if (!history)
		return 0;
	h = kvzalloc(sizeof(*h), GFP_KERNEL);
	if (!h)
		return -ENOMEM;
	spin_lock_init(&h->lock);
	h->mn.ops = &history_ops;
	ret = mmu_notifier_register(&h->mn, dev->mm);
	if (ret) {
		kvfree(h);
		return ret;
	}
	dev->history = h;
	return 0;
}

void history_stop(struct sdev *dev)
{
	if (!dev->history)
		return;
	mmu_notifier_unregister(&dev->history->mn, dev->mm);
	kvfree(dev->history);
	dev->history = NULL;
}

static void effects_text(u32 effects, char *buf, size_t size)
{
	static const char * const names[] = {
		"gone", "pfn", "-w", "-r", "dirty",
	};
	unsigned int i;

	strscpy(buf, effects ? "" : " nothing", size);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (effects & (1u << i))
			snprintf(buf + strlen(buf), size - strlen(buf), " %s",
				 names[i]);
}

static void print_one(const struct mmnotify_info *info)
{
	char effects[40], site[64];

	effects_text(info->effects, effects, sizeof(effects));
	mmnotify_site_name(info, site, sizeof(site));
	pr_err("  %#lx..%#lx %s %s%s%s%s%s%s in %s\n", info->start, info->end,
	       mmnotify_event_name(info->event),
	       mmnotify_cause_name(info->cause), effects,
	       info->flags & MMNOTIFY_F_EXACT ? "" : " INEXACT",
	       info->flags & MMNOTIFY_F_BLOCKABLE ? "" : " NONBLOCK",
	       info->flags & MMNOTIFY_F_WIDENED ? " WIDENED" : "",
	       info->flags & MMNOTIFY_F_REMOTE ? " REMOTE" : "", site);
}

/* Return: false if entry @nr was overwritten. */
static bool get_one(struct history *h, unsigned long nr,
		    struct mmnotify_info *info)
{
	bool ok;

	spin_lock(&h->lock);
	ok = nr < h->head && h->head - nr <= HISTORY_SIZE;
	if (ok)
		*info = h->ring[nr % HISTORY_SIZE];
	spin_unlock(&h->lock);
	return ok;
}

/* Prints the last verdicts that touched @addr, the newest first. */
void history_print(struct sdev *dev, unsigned long addr)
{
	struct history *h = dev->history;
	struct mmnotify_info info;
	unsigned int printed = 0;
	unsigned long nr;

	if (!h)
		return;
	for (nr = READ_ONCE(h->head); nr && printed < HISTORY_PRINT; nr--) {
		if (!get_one(h, nr - 1, &info))
			break;
		if (addr < info.start || addr >= info.end)
			continue;
		print_one(&info);
		printed++;
	}
	if (!printed)
		pr_err("  no recorded verdict touched it\n");
}
