// SPDX-License-Identifier: GPL-2.0-only
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
	void *data;
	struct tep_handle *tep;
	unsigned long long lost;
	bool any;
};

static int on_record(struct tracecmd_input *handle, struct tep_record *record, int cpu, void *data)
{
	struct reader *r = data;
	struct tep_event *event = tep_find_event_by_record(r->tep, record);
	struct event e;

	(void)handle;
	/* -1 is a number that the kernel did not note. */
	if (record->missed_events)
		r->lost += record->missed_events > 0 ? record->missed_events : 1;
	if (!event || !event_decode(event, record, &e))
		return 0;
	r->any = true;
	e.cpu = cpu;
	snprintf(e.task, sizeof(e.task), "%s", tep_data_comm_from_pid(r->tep, e.pid));
	if (!strcmp(e.task, "<...>"))
		e.task[0] = '\0';
	r->fn(&e, r->data);
	return 0;
}

unsigned long long input_read(const char *path, input_fn fn, void *data)
{
	struct reader r = { .fn = fn, .data = data };
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
