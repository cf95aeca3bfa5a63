// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * trace: definitions of the tracepoints.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "trace_event.h"

/* In place of the operation behind an event that has none. */
static const char no_operation[MMN_TRACE_NAME] = "-";

#define CREATE_TRACE_POINTS
#include "trace.h"
