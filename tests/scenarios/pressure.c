// SPDX-License-Identifier: GPL-2.0-only
/* pressure: memory runs short: kswapd, tasks that allocate, limits of cgroups. */
#include "runner.h"

const struct scenario pressure_scenarios[] = {
	{ .name = NULL }
};
