// SPDX-License-Identifier: GPL-2.0-only
/* advice: every MADV_*, from every place it can come from. */
#include "runner.h"

const struct scenario advice_scenarios[] = {
	{ .name = NULL }
};
