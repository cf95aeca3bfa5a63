// SPDX-License-Identifier: GPL-2.0-only
/* damon: DAMON reclaims and migrates on its own. */
#include "runner.h"

const struct scenario damon_scenarios[] = {
	{ .name = NULL }
};
