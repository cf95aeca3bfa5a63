// SPDX-License-Identifier: GPL-2.0-only
/*
 * trace: definitions of the tracepoints.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#define CREATE_TRACE_POINTS
#include "trace.h"
