// SPDX-License-Identifier: GPL-2.0-only
/* fs: file systems change what is mapped: fallocate(), direct I/O, writeback. */
#include "runner.h"

const struct scenario fs_scenarios[] = {
	{ .name = NULL }
};
