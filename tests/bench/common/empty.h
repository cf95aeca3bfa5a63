/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* Minimal callbacks of mmnotify's objects, and the object for a whole mm. */
#ifndef BENCH_EMPTY_H
#define BENCH_EMPTY_H

#include <linux/err.h>
#include <linux/slab.h>

#include <mmnotify/mmnotify.h>

static bool range_invalidate(struct mmnotify_range *r,
			     const struct mmnotify_info *info, unsigned long seq)
{
	mmnotify_range_set_seq(r, seq);
	return true;
}

static const struct mmnotify_range_ops range_ops = {
	.invalidate = range_invalidate,
};

static void mm_start(struct mmnotify_mm *m, const struct mmnotify_info *info)
{
}

static struct mmnotify_mm *mm_alloc_object(struct mm_struct *mm)
{
	struct mmnotify_mm *m = kzalloc(sizeof(*m), GFP_KERNEL);

	return m ? m : ERR_PTR(-ENOMEM);
}

static void mm_free_object(struct mmnotify_mm *m)
{
	kfree(m);
}

#endif /* BENCH_EMPTY_H */
