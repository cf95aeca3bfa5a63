/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_MMU_NOTIFIER_H
#define SHIM_MMU_NOTIFIER_H

struct mmu_notifier_range {
	struct mm_struct *mm;
	unsigned long start;
	unsigned long end;
};

#endif /* SHIM_MMU_NOTIFIER_H */
