/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * An object for a whole mm that counts its releases and frees. Include it after the
 * header that defines struct mmnotify_mm, which differs with and without mmnotify.
 */
#ifndef MODULES_COUNTED_MM_H
#define MODULES_COUNTED_MM_H

#include <linux/err.h>
#include <linux/slab.h>

static unsigned int frees, releases;

static struct mmnotify_mm *counted_mm_alloc(struct mm_struct *mm)
{
	struct mmnotify_mm *m = kzalloc(sizeof(*m), GFP_KERNEL);

	return m ? m : ERR_PTR(-ENOMEM);
}

static void counted_mm_release(struct mmnotify_mm *m)
{
	releases++;
}

static void counted_mm_free(struct mmnotify_mm *m)
{
	frees++;
	kfree(m);
}

static const struct mmnotify_mm_ops no_alloc_ops = {
	.free = counted_mm_free,
};

#endif /* MODULES_COUNTED_MM_H */
