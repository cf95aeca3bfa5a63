// SPDX-License-Identifier: GPL-2.0-only
/* v5.14: 6b49bf6ddbb0 mm: rename migrate_pgmap_owner */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/mmu_notifier.h>

void *probe(struct mmu_notifier_range *range);
void *probe(struct mmu_notifier_range *range)
{
	return range->owner;
}
