// SPDX-License-Identifier: GPL-2.0-only
/* dax: files on persistent memory, mapped without a page cache. */
#include "runner.h"

const struct scenario dax_scenarios[] = {
	{ .name = NULL }
};
