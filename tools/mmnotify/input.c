// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* input: events of a recorded file. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <trace-cmd/trace-cmd.h>
#include <traceevent/event-parse.h>

#include "input.h"
#include "util.h"

struct reader {
	input_fn fn;
	input_note_fn note;
	void *data;
	struct tep_handle *tep;
	unsigned long long lost;
	bool any;
};

/* The text of a write to trace_marker. */
static void on_print(struct reader *r, struct tep_event *event, struct tep_record *record)
{
	struct tep_format_field *field = tep_find_field(event, "buf");
	char line[1024];

	if (!field || field->offset >= record->size || strcmp(event->name, "print"))
		return;
	snprintf(line, sizeof(line), "%.*s", record->size - field->offset,
		 (char *)record->data + field->offset);
	line[strcspn(line, "\n")] = '\0';
	if (r->note && !strncmp(line, INPUT_NOTE, strlen(INPUT_NOTE)))
		r->note(line + strlen(INPUT_NOTE), r->data);
}

static int on_record(struct tracecmd_input *handle, struct tep_record *record, int cpu, void *data)
{
	struct reader *r = data;
	struct tep_event *event = tep_find_event_by_record(r->tep, record);
	struct event e;

	(void)handle;
	/* -1 is a number that the kernel did not note. */
	if (record->missed_events)
		r->lost += record->missed_events > 0 ? record->missed_events : 1;
	if (!event)
		return 0;
	if (!event_decode(event, record, &e)) {
		on_print(r, event, record);
		return 0;
	}
	r->any = true;
	e.cpu = cpu;
	snprintf(e.task, sizeof(e.task), "%s", tep_data_comm_from_pid(r->tep, e.pid));
	if (!strcmp(e.task, "<...>"))
		e.task[0] = '\0';
	if (r->fn)
		r->fn(&e, r->data);
	return 0;
}

unsigned long long input_read(const char *path, input_fn fn, input_note_fn note, void *data)
{
	struct reader r = { .fn = fn, .note = note, .data = data };
	struct tracecmd_input *handle;

	if (access(path, R_OK))
		die("%s: %s: mmnotify record makes it", path, strerror(errno));
	tracecmd_set_loglevel(TEP_LOG_NONE);
	handle = tracecmd_open(path, 0);
	if (!handle)
		die("%s is no trace.dat: mmnotify record or trace-cmd record makes one", path);
	r.tep = tracecmd_get_tep(handle);
	tracecmd_iterate_events(handle, NULL, 0, on_record, &r);
	if (!r.any && !tep_find_event_by_name(r.tep, "mmnotify", "invalidate_end"))
		die("%s has no events of mmnotify: record them by mmnotify record", path);
	tracecmd_close(handle);
	return r.lost;
}
