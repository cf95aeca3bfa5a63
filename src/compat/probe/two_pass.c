// SPDX-License-Identifier: GPL-2.0-only
/* v7.1: 7aba71dbc416 mm/mmu_notifier: Allow two-pass struct mmu_interval_notifiers */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/mmu_notifier.h>

void probe(struct mmu_interval_notifier_finish *finish);
void probe(struct mmu_interval_notifier_finish *finish)
{
	finish->notifier->ops->invalidate_finish(finish);
}
