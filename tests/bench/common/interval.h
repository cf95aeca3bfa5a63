/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* A native interval notifier that does the minimum that a driver must do. */
#ifndef BENCH_INTERVAL_H
#define BENCH_INTERVAL_H

#include <linux/mmu_notifier.h>

static bool mmn_native_invalidate(struct mmu_interval_notifier *mni,
				  const struct mmu_notifier_range *range,
				  unsigned long seq)
{
	mmu_interval_set_seq(mni, seq);
	return true;
}

static const struct mmu_interval_notifier_ops interval_ops = {
	.invalidate = mmn_native_invalidate,
};

#endif /* BENCH_INTERVAL_H */
