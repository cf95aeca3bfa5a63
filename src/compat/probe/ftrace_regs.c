// SPDX-License-Identifier: GPL-2.0-only
/* v5.11: d19ad0775dcd ftrace: Have the callbacks receive a struct ftrace_regs */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/ftrace.h>

static void callback(unsigned long ip, unsigned long parent_ip,
		     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
}

struct ftrace_ops probe;
struct ftrace_ops probe = { .func = callback };
