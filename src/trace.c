// SPDX-License-Identifier: GPL-2.0-only
/*
 * trace: the tracepoints' own code.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#define CREATE_TRACE_POINTS
#include "trace.h"
