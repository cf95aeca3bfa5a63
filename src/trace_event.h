/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_TRACE_EVENT_H
#define MMN_TRACE_EVENT_H

#include <linux/string.h>
#include <linux/types.h>

#include "process.h"

/*
 * Arguments of both tracepoints for one event. @id is the same at its start and its end; @ns is its
 * duration, at the end only. @operation is the one behind a split; NULL if the cause says all.
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

#define MMN_TRACE_OPERATION	28

/* Few events have one: a call would cost each of the others. */
static inline void mmn_trace_copy_operation(char *to, const char *operation)
{
	if (operation) {
		strscpy_pad(to, operation, MMN_TRACE_OPERATION);
		return;
	}
	memset(to, 0, MMN_TRACE_OPERATION);
	*to = '-';
}

int mmn_watch_tracer_on(void);
void mmn_watch_tracer_off(void);

#endif /* MMN_TRACE_EVENT_H */
