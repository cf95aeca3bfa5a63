/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_JUDGE_H
#define MMN_JUDGE_H

#include <linux/types.h>

struct mmnotify_info;
struct mmu_notifier_range;

/* Does anybody watch who is no client? Then the hook judges at once. */
bool mmn_judge_watched(void);
void mmn_judge_watch(bool on);
void mmn_judge_confirm(bool on);

void mmn_judge_start_in_hook(const struct mmu_notifier_range *range,
			     unsigned long site);
void mmn_judge_end_in_hook(const struct mmu_notifier_range *range);
void mmn_judge_range(const struct mmu_notifier_range *range, bool at_end,
		     struct mmnotify_info *info);

#endif /* MMN_JUDGE_H */
