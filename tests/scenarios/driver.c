// SPDX-License-Identifier: GPL-2.0-only
/* driver: drivers and other kernel code take back what they mapped. */
#include "runner.h"

const struct scenario driver_scenarios[] = {
	{ .name = NULL }
};
