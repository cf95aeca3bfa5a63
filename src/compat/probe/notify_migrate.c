// SPDX-License-Identifier: GPL-2.0-only
/* v5.9: 998427b3ad2c mm/notifier: add migration invalidation type */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/mmu_notifier.h>

int probe(void);
int probe(void)
{
	return MMU_NOTIFY_MIGRATE;
}
