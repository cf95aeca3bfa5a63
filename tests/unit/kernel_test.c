// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * kernel: RHEL 8 announces the release of an mm as UNMAP. Everything else that is UNMAP there
 * is none.
 */
#define RH_MMU_NOTIFIER_VERSION	2

#include <linux/limits.h>
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>

#include <mmnotify/mmnotify.h>

#include "tap.h"

static struct mm_struct mm;

/* What mn_itree_release() of RHEL 8 passes. */
static const struct mmu_notifier_range release = {
	.mm = &mm, .end = ULONG_MAX, .blockable = true,
};

static bool is_release(enum mmu_notifier_event event, const void *vma, unsigned long start,
		       unsigned long end)
{
	struct mmu_notifier_range range = release;

	range.event = event;
	range.vma = (struct vm_area_struct *)vma;
	range.start = start;
	range.end = end;
	return mmnotify_range_is_release(&range);
}

int main(void)
{
	struct mmu_notifier_rh behind = { .mm = &mm };
	struct mmu_notifier mn = { ._rh = &behind };

	ok(mmnotify_range_is_release(&release),
	   "an UNMAP of everything without a VMA is a release, if the mm has no users");
	ok(!is_release(MMU_NOTIFY_UNMAP, &mm, 0, ULONG_MAX), "but not that of exit_mmap()");
	ok(!is_release(MMU_NOTIFY_UNMAP, NULL, 4096, ULONG_MAX), "nor one that begins later");
	ok(!is_release(MMU_NOTIFY_UNMAP, NULL, 0, ULONG_MAX - 4095), "nor one that ends earlier");
	ok(!is_release(MMU_NOTIFY_CLEAR, NULL, 0, ULONG_MAX), "nor another event");
	ok(is_release(MMU_NOTIFY_RELEASE, &mm, 4096, 8192), "but the event RELEASE always is");
	mm.mm_users.counter = 1;
	ok(!mmnotify_range_is_release(&release), "while the mm has users, an UNMAP never is");
	ok(mmnotify_notifier_mm(&mn) == &mm, "the mm of a notifier is behind it");
	return tap_done();
}
