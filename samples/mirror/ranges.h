/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MIRROR_RANGES_H
#define MIRROR_RANGES_H

#include <linux/errno.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>

#include "log.h"

struct mirror_mm;

/* One open file. */
struct mirror {
	struct kref kref;
	struct mutex lock;	/* guards attachment and ranges; not in callbacks */
	struct mm_struct *mm;	/* mmgrab()ed while attached */
	u32 tiers;
	u32 released;
	struct mmu_notifier native;
	struct mirror_mm *whole;
	struct list_head ranges;
	struct mirror_log log;
};

extern struct mmnotify_client mirror_client;

/* Without interval notifiers the kernel has no ranges, and ranges.c is not built. */
#ifndef MMNOTIFY_WITHOUT_RANGES
long mirror_ranges_ioctl(struct mirror *mirror, unsigned int cmd, void __user *argp);
u32 mirror_ranges_count(const struct mirror *mirror);
void mirror_ranges_free(struct mirror *mirror);
#else
static inline long mirror_ranges_ioctl(struct mirror *mirror, unsigned int cmd,
				       void __user *argp)
{
	return -EOPNOTSUPP;
}

static inline u32 mirror_ranges_count(const struct mirror *mirror)
{
	return 0;
}

static inline void mirror_ranges_free(struct mirror *mirror)
{
}
#endif

#endif /* MIRROR_RANGES_H */
