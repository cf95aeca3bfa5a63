// SPDX-License-Identifier: GPL-2.0-only
/* v5.5: 99cb252f5e68 mm/mmu_notifier: add an interval tree notifier */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/mmu_notifier.h>

int probe(void);
int probe(void)
{
	return MMU_NOTIFY_RELEASE;
}
