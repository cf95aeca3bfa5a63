/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_TRACE_EVENT_H
#define MMN_TRACE_EVENT_H

#include <linux/types.h>

#include "process.h"

/* Size of the names in the tracepoints, with the zeros behind them. */
#define MMN_TRACE_NAME	28

/*
 * Arguments of both tracepoints for one event. @id is the same at its start and its end; @ns is its
 * duration, at the end only. @operation is the one behind a split; NULL if the cause says all. It
 * and the name of the cause are padded, as mmn_names_cause() returns them.
 */
struct mmn_trace_event {
	u64 start;
	u64 end;
	u64 site;
	u64 ns;
	u64 id;
	const char *operation;
	struct mmn_process process;
	u32 effects;
	u16 event;
	u16 cause;
	u16 native;
	u16 flags;
};

int mmn_watch_tracer_on(void);
void mmn_watch_tracer_off(void);

#endif /* MMN_TRACE_EVENT_H */
