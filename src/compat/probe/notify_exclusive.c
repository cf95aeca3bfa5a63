// SPDX-License-Identifier: GPL-2.0-only
/* v5.14: b756a3b5e7ea mm: device exclusive memory access */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/mmu_notifier.h>

int probe(void);
int probe(void)
{
	return MMU_NOTIFY_EXCLUSIVE;
}
