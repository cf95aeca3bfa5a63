// SPDX-License-Identifier: GPL-2.0-only
/* fault: copy-on-write, whoever breaks it. */
#include "runner.h"

const struct scenario fault_scenarios[] = {
	{ .name = NULL }
};
