// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* event: decodes the tracepoints of mmnotify, and stacks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <traceevent/event-parse.h>

#include <mmnotify/mmnotify_types.h>

#include "event.h"
#include "util.h"

#define PAGE	4096

bool event_is_ours(const struct tep_event *event)
{
	return !strcmp(event->system, "mmnotify") &&
	       (!strcmp(event->name, "invalidate_end") || !strcmp(event->name, "invalidate_start"));
}

/* 0 if the module has no such field. */
static unsigned long long number(struct tep_event *event, struct tep_record *record,
				 const char *name)
{
	struct tep_format_field *field = tep_find_field(event, name);
	unsigned long long value = 0;

	if (field)
		tep_read_number_field(field, record->data, &value);
	return value;
}

static void text(struct tep_event *event, struct tep_record *record, const char *name,
		 char *buf, size_t size)
{
	struct tep_format_field *field = tep_find_field(event, name);
	size_t len;

	buf[0] = '\0';
	if (!field || field->offset + field->size > (int)record->size)
		return;
	len = strnlen((char *)record->data + field->offset, field->size);
	if (len >= size)
		len = size - 1;
	memcpy(buf, (char *)record->data + field->offset, len);
	buf[len] = '\0';
}

/* Of the running kernel; a recorded file has its own. NULL: they are loaded, or not wanted. */
static struct tep_handle *without_symbols;

void symbols_from_kernel(struct tep_handle *tep)
{
	without_symbols = tep;
}

/* Reading them takes a moment, so it is done when the first one is needed. */
static void load_symbols(struct tep_handle *tep)
{
	char *text;

	if (!tep || tep != without_symbols)
		return;
	without_symbols = NULL;
	text = read_file("/proc/kallsyms", NULL);
	if (text)
		tep_parse_kallsyms(tep, text);
	free(text);
}

const char *symbol_of(struct tep_handle *tep, unsigned long long addr)
{
	const char *name;

	load_symbols(tep);
	name = addr ? tep_find_function(tep, addr) : NULL;
	return name ? name : "";
}

bool event_decode(struct tep_event *event, struct tep_record *record, struct event *e)
{
	if (!event_is_ours(event))
		return false;
	*e = (struct event){
		.ts = record->ts,
		.cpu = record->cpu,
		.pid = tep_data_pid(event->tep, record),
		.is_start = !strcmp(event->name, "invalidate_start"),
		.start = number(event, record, "start"),
		.end = number(event, record, "end"),
		.site = number(event, record, "site"),
		.ns = number(event, record, "duration_ns"),
		.tgid = number(event, record, "tgid"),
		.effects = number(event, record, "effects"),
		.kind = number(event, record, "event"),
		.native = number(event, record, "native"),
		.flags = number(event, record, "flags"),
		.cgroup = number(event, record, "cgroup"),
		.id = number(event, record, "id"),
	};
	text(event, record, "cause_name", e->cause, sizeof(e->cause));
	text(event, record, "comm", e->comm, sizeof(e->comm));
	text(event, record, "operation", e->behind, sizeof(e->behind));
	if (!strcmp(e->behind, "-"))
		e->behind[0] = '\0';
	e->site_name = symbol_of(event->tep, e->site);
	return true;
}

bool event_is_all(const struct event *e)
{
	return !e->start && e->end > 1ULL << 60;
}

unsigned long long event_pages(const struct event *e)
{
	return event_is_all(e) ? 0 : (e->end - e->start) / PAGE;
}

bool event_is_exact(const struct event *e)
{
	return e->flags & MMNOTIFY_F_EXACT;
}

static void read_addresses(struct tep_event *event, struct tep_record *record,
			   struct stack *stack, int offset)
{
	int size = tep_get_long_size(event->tep);

	while (stack->nr < STACK_MAX && offset + size <= record->size) {
		unsigned long long at = tep_read_number(event->tep, record->data + offset, size);

		/* Old kernels end it by -1, and fill the rest with zeroes. */
		if (!at || at == ~0ULL || (size == 4 && at == ~0U))
			return;
		stack->at[stack->nr++] = at;
		offset += size;
	}
}

bool stack_decode(struct tep_event *event, struct tep_record *record, struct stack *stack)
{
	struct tep_format_field *field;

	if (strcmp(event->name, "kernel_stack") && strcmp(event->name, "user_stack"))
		return false;
	field = tep_find_field(event, "caller");
	if (!field)
		return false;
	stack->nr = 0;
	stack->user = !strcmp(event->name, "user_stack");
	read_addresses(event, record, stack, field->offset);
	return true;
}
