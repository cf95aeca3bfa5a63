/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_RANGE_END_H
#define MMN_RANGE_END_H

#include <linux/types.h>

struct mm_struct;
struct mmnotify_range;
struct mmu_notifier_range;

void mmn_range_end_init(void);
void mmn_range_end_exit(void);
int mmn_range_end_get(struct mmnotify_range *r, struct mm_struct *mm, bool locked);
void mmn_range_end_put(struct mmnotify_range *r);
void mmn_range_end_expect(struct mmnotify_range *r,
			  const struct mmu_notifier_range *range);
void mmn_range_end_starve(bool on);

#endif /* MMN_RANGE_END_H */
