// SPDX-License-Identifier: GPL-2.0-only
/* v6.6: 1af5a8109904 mmu_notifiers: rename invalidate_range notifier */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/mmu_notifier.h>

void *probe(const struct mmu_notifier_ops *ops);
void *probe(const struct mmu_notifier_ops *ops)
{
	return ops->arch_invalidate_secondary_tlbs;
}
