// SPDX-License-Identifier: GPL-2.0-only
/* split: huge pages split, in all ways. */
#include "runner.h"

const struct scenario split_scenarios[] = {
	{ .name = NULL }
};
