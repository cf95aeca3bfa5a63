// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* mmn_plant_start: the same with a direct call. */
#define PLANTED	"__mmu_notifier_invalidate_range_start"
#include "mmn_plant.c"
