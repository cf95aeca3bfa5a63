// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* mmn_plant_callee: a direct call of a function whose callers are audited. Never write announce. */
#define PLANTED	"change_protection"
#include "mmn_plant.c"
