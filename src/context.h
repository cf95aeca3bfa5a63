/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_CONTEXT_H
#define MMN_CONTEXT_H

#include <linux/types.h>

#include "classify.h"

struct mmu_notifier_range;

void mmn_context_gather(const struct mmu_notifier_range *range, u32 wants,
			struct mmn_ctx *ctx);

#endif /* MMN_CONTEXT_H */
