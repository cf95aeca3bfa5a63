/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_ENDS_H
#define MMN_ENDS_H

#include <linux/types.h>

struct mm_struct;
struct mmnotify_range;
struct mmu_notifier_range;

void mmn_ends_init(void);
void mmn_ends_exit(void);
int mmn_ends_get(struct mmnotify_range *r, struct mm_struct *mm, bool locked);
void mmn_ends_put(struct mmnotify_range *r);
void mmn_ends_expect(struct mmnotify_range *r,
		     const struct mmu_notifier_range *range);
void mmn_ends_starve(bool on);

#endif /* MMN_ENDS_H */
