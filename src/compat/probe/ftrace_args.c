// SPDX-License-Identifier: GPL-2.0-only
/* v5.5: 7162431dcfda ftrace: Introduce PERMANENT ftrace_ops flag; and readable arguments */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/ftrace.h>

#if !defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS) && \
	!defined(CONFIG_DYNAMIC_FTRACE_WITH_REGS)
#error the callback cannot see the arguments of the function
#endif

unsigned long probe(void);
unsigned long probe(void)
{
	return FTRACE_OPS_FL_PERMANENT;
}
