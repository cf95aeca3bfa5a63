// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * features: the log has a line for each feature that the kernel lacks, and for no other. The
 * Makefile says which ones this kernel has: all but the first and the last of the table.
 */
#include <string.h>

#include "compat/features.h"
#include "log.h"
#include "tap.h"

int main(void)
{
	mmn_features_log();
	ok(strstr(logged, "mmnotify: this kernel lacks interval notifiers: ") == logged,
	   "the first feature of the table that is not there is logged");
	ok(strstr(logged, "\nmmnotify: this kernel lacks an unwinder that does not guess: "),
	   "so is the last");
	ok(!strstr(logged, "hook=ftrace") && !strstr(logged, "hook=kprobe") &&
	   !strstr(logged, "netlink"),
	   "features that are there are not");
	return tap_done();
}
