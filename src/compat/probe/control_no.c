// SPDX-License-Identifier: GPL-2.0-only
/* control: must not compile */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/mmu_notifier.h>

int probe(struct mmu_notifier *mn);
int probe(struct mmu_notifier *mn)
{
	return mn->no_such_member;
}
