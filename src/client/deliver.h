/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_DELIVER_H
#define MMN_DELIVER_H

#include <linux/mmu_notifier.h>

struct mmnotify_range;
struct mmnotify_range_ops;

/**
 * struct mmn_cover - interval notifier that stands in for a range, while the range moves
 * @mni: native notifier over the old and the new place of the range
 * @range: the range
 */
struct mmn_cover {
	struct mmu_interval_notifier mni;
	struct mmnotify_range *range;
};

extern const struct mmu_interval_notifier_ops mmn_deliver_cover_ops;
const struct mmu_interval_notifier_ops *
mmn_deliver_ops_of(const struct mmnotify_range_ops *ops);

#endif /* MMN_DELIVER_H */
