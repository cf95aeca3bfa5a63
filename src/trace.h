/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * Tracepoints of the subsystem mmnotify. Programs parse the fields and the printed text,
 * so fields keep their width and new ones are added at the end. A string is padded: keys of
 * histograms are whole fields, and a record must not show bytes of an earlier one.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mmnotify

#if !defined(MMN_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define MMN_TRACE_H

#include <linux/tracepoint.h>

#include <mmnotify/mmnotify_types.h>

#include "trace_event.h"

#define mmn_show_event(e) __print_symbolic(e,	\
	{ 0, "UNMAP" },				\
	{ 1, "CLEAR" },				\
	{ 2, "PROTECTION_VMA" },		\
	{ 3, "PROTECTION_PAGE" },		\
	{ 4, "SOFT_DIRTY" },			\
	{ 5, "RELEASE" },			\
	{ 6, "MIGRATE" },			\
	{ 7, "EXCLUSIVE" })

#define mmn_show_effects(fx) __print_flags(fx, "|",	\
	{ MMNOTIFY_FX_VMA_GONE, "VMA_GONE" },		\
	{ MMNOTIFY_FX_PFN, "PFN" },			\
	{ MMNOTIFY_FX_NO_WRITE, "NO_WRITE" },		\
	{ MMNOTIFY_FX_NO_READ, "NO_READ" },		\
	{ MMNOTIFY_FX_DIRTY, "DIRTY" })

#define mmn_show_flags(f) __print_flags(f, "|",	\
	{ MMNOTIFY_F_BLOCKABLE, "BLOCKABLE" },	\
	{ MMNOTIFY_F_EXACT, "EXACT" },		\
	{ MMNOTIFY_F_WIDENED, "WIDENED" },	\
	{ MMNOTIFY_F_SELF, "SELF" },		\
	{ MMNOTIFY_F_REMOTE, "REMOTE" })

DECLARE_EVENT_CLASS(mmn_invalidate,
	TP_PROTO(const struct mmn_trace_event *e, const char *cause_name),
	TP_ARGS(e, cause_name),
	TP_STRUCT__entry(
		__field(u64, start)
		__field(u64, end)
		__field(u64, site)
		__field(u64, duration_ns)
		__field(u32, tgid)
		__field(u32, effects)
		__field(u16, event)
		__field(u16, cause)
		__field(u16, native)
		__field(u16, flags)
		__array(char, cause_name, 28)
		__field(u64, cgroup)
		__array(char, comm, TASK_COMM_LEN)
		__field(u64, id)
		__array(char, operation, MMN_TRACE_NAME)
	),
	TP_fast_assign(
		__entry->start = e->start;
		__entry->end = e->end;
		__entry->site = e->site;
		__entry->duration_ns = e->ns;
		__entry->tgid = e->process.tgid;
		__entry->effects = e->effects;
		__entry->event = e->event;
		__entry->cause = e->cause;
		__entry->native = e->native;
		__entry->flags = e->flags;
		memcpy(__entry->cause_name, cause_name, MMN_TRACE_NAME);
		__entry->cgroup = e->process.cgroup;
		memcpy(__entry->comm, e->process.comm, TASK_COMM_LEN);
		__entry->id = e->id;
		memcpy(__entry->operation, e->operation ?: no_operation, MMN_TRACE_NAME);
	),
	TP_printk("tgid=%u range=[0x%llx,0x%llx) native=%s event=%s cause=%s effects=%s flags=%s site=%ps ns=%llu id=%llu operation=%s cgroup=%llu comm=%s",
		__entry->tgid, __entry->start, __entry->end,
		mmn_show_event(__entry->native), mmn_show_event(__entry->event),
		__entry->cause_name, mmn_show_effects(__entry->effects),
		mmn_show_flags(__entry->flags),
		(void *)(unsigned long)__entry->site, __entry->duration_ns,
		__entry->id, __entry->operation, __entry->cgroup, __entry->comm)
);

/* Enabling a tracepoint attaches the hook from a work item, so the first events may be missed. */
DEFINE_EVENT_FN(mmn_invalidate, invalidate_start,
	TP_PROTO(const struct mmn_trace_event *e, const char *cause_name),
	TP_ARGS(e, cause_name),
	mmn_watch_tracer_on, mmn_watch_tracer_off);

DEFINE_EVENT_FN(mmn_invalidate, invalidate_end,
	TP_PROTO(const struct mmn_trace_event *e, const char *cause_name),
	TP_ARGS(e, cause_name),
	mmn_watch_tracer_on, mmn_watch_tracer_off);

#endif /* MMN_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
