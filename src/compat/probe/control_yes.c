// SPDX-License-Identifier: GPL-2.0-only
/* control: must compile */
#include <linux/mmu_notifier.h>

int probe(struct mmu_notifier *mn);
int probe(struct mmu_notifier *mn)
{
	return mn->users;
}
