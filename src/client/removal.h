/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_REMOVAL_H
#define MMN_REMOVAL_H

#include <linux/types.h>

struct mmnotify_client;
struct mmnotify_range;
struct mmu_interval_notifier;

void mmn_removal_native(struct mmu_interval_notifier *mni);
void mmn_removal_settle(struct mmnotify_range *r, bool lives);
unsigned int mmn_removal_take_all(const struct mmnotify_client *client);

#endif /* MMN_REMOVAL_H */
