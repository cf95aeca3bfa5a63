// SPDX-License-Identifier: GPL-2.0-only
/* control: must compile */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/mmu_notifier.h>

const void *probe(struct mmu_notifier *mn);
const void *probe(struct mmu_notifier *mn)
{
	return mn->ops;
}
