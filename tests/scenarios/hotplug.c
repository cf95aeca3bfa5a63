// SPDX-License-Identifier: GPL-2.0-only
/* hotplug: memory that has to be somewhere else: offline, pinned, contiguous. */
#include "runner.h"

const struct scenario hotplug_scenarios[] = {
	{ .name = NULL }
};
