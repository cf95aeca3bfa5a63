// SPDX-License-Identifier: GPL-2.0-only
/* compaction: pages move to make room for a bigger one. */
#include "runner.h"

const struct scenario compaction_scenarios[] = {
	{ .name = NULL }
};
