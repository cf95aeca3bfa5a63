// SPDX-License-Identifier: GPL-2.0-only
/* until v5.10: a25d036d939a ftrace: Reverse what the RECURSION flag means */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/ftrace.h>

unsigned long probe(void);
unsigned long probe(void)
{
	return FTRACE_OPS_FL_RECURSION_SAFE;
}
