// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* filter: which events are wanted. Pure. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "causes.h"
#include "filter.h"
#include "fmt.h"
#include "util.h"

static int parse_pid(const char *text)
{
	unsigned long pid;

	if (!parse_number(text, &pid) || !pid || pid > 1 << 22)
		usage_die("'%s' is no number of a process or task", text);
	return pid;
}

static void parse_causes(const struct list *words, struct filter *filter)
{
	filter->causes = words->nr;
	for (unsigned int i = 0; i < words->nr; i++) {
		if (cause_find(words->item[i]) < 0)
			usage_die("there is no cause '%s': docs/causes.md has them",
				  words->item[i]);
		filter->cause[i] = words->item[i];
	}
}

void filter_parse(const struct filter_words *words, struct filter *filter)
{
	*filter = (struct filter){ .longer_ns = words->longer_ns };
	filter->pids = words->pids.nr;
	for (unsigned int i = 0; i < filter->pids; i++)
		filter->pid[i] = parse_pid(words->pids.item[i]);
	filter->tasks = words->tasks.nr;
	for (unsigned int i = 0; i < filter->tasks; i++)
		filter->task[i] = parse_pid(words->tasks.item[i]);
	parse_causes(&words->causes, filter);
	filter->ranges = words->ranges.nr;
	for (unsigned int i = 0; i < filter->ranges; i++)
		if (!parse_range(words->ranges.item[i], &filter->start[i], &filter->end[i]))
			usage_die("'%s' is no range: START-END or START+SIZE, in hexadecimal",
				  words->ranges.item[i]);
	filter->drivers = words->drivers.nr;
	memcpy(filter->driver, words->drivers.item, sizeof(filter->driver));
	filter->effects_given = words->effects;
	if (words->effects && !parse_effects(words->effects, &filter->effects))
		usage_die("'%s' is no list of gone, pfn, no_write, no_read, dirty", words->effects);
}

/* Joins conditions: those of one option by "or", those of different options by "and". */
struct joiner {
	FILE *out;
	bool any;
	unsigned int in_option;
};

static void condition(struct joiner *j, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void condition(struct joiner *j, const char *format, ...)
{
	va_list args;

	fputs(j->in_option++ ? " || " : j->any ? " && (" : "(", j->out);
	va_start(args, format);
	vfprintf(j->out, format, args);
	va_end(args);
}

static void end_option(struct joiner *j)
{
	if (j->in_option)
		fputc(')', j->out);
	j->any |= j->in_option;
	j->in_option = 0;
}

static void join_all(struct joiner *j, const struct filter *f)
{
	for (unsigned int i = 0; i < f->pids; i++)
		condition(j, "tgid == %d", f->pid[i]);
	end_option(j);
	for (unsigned int i = 0; i < f->tasks; i++)
		condition(j, "common_pid == %d", f->task[i]);
	end_option(j);
	for (unsigned int i = 0; i < f->causes; i++)
		condition(j, "cause == %d", cause_find(f->cause[i]));
	end_option(j);
	for (unsigned int i = 0; i < f->ranges; i++)
		condition(j, "(start < %#llx && end > %#llx)", f->end[i], f->start[i]);
	end_option(j);
	if (f->effects_given && f->effects)
		condition(j, "effects & %#x", f->effects);
	else if (f->effects_given)
		condition(j, "effects == 0");
	end_option(j);
	if (f->longer_ns)
		condition(j, "duration_ns > %llu", f->longer_ns);
	end_option(j);
}

char *filter_kernel(const struct filter *f)
{
	struct joiner j = { 0 };
	char *text = NULL;
	size_t size;

	j.out = open_memstream(&text, &size);
	if (!j.out)
		die("out of memory");
	join_all(&j, f);
	fclose(j.out);
	return text;
}

static bool in_numbers(const int *list, unsigned int nr, int number)
{
	for (unsigned int i = 0; i < nr; i++)
		if (list[i] == number)
			return true;
	return !nr;
}

static bool in_causes(const struct filter *f, const char *cause)
{
	for (unsigned int i = 0; i < f->causes; i++)
		if (!strcmp(f->cause[i], cause))
			return true;
	return !f->causes;
}

static bool in_ranges(const struct filter *f, const struct event *e)
{
	for (unsigned int i = 0; i < f->ranges; i++)
		if (e->start < f->end[i] && e->end > f->start[i])
			return true;
	return !f->ranges;
}

static bool in_drivers(const struct filter *f, const struct event *e)
{
	for (unsigned int i = 0; i < f->drivers; i++)
		if (f->known && drivers_has(f->known, e->tgid, f->driver[i]))
			return true;
	return !f->drivers;
}

bool filter_wants(const struct filter *f, const struct event *e)
{
	if (f->effects_given && (f->effects ? !(e->effects & f->effects) : e->effects != 0))
		return false;
	return in_numbers(f->pid, f->pids, e->tgid) && in_numbers(f->task, f->tasks, e->pid) &&
	       in_causes(f, e->cause) && in_ranges(f, e) && in_drivers(f, e) &&
	       (!f->longer_ns || e->ns > f->longer_ns);
}

bool filter_wants_driver(const struct filter *f, const struct driver_line *line)
{
	bool named = !f->drivers;

	for (unsigned int i = 0; i < f->drivers; i++)
		named |= !strcmp(f->driver[i], line->module) || !strcmp(f->driver[i], line->driver);
	return named && in_numbers(f->pid, f->pids, line->tgid);
}

bool filter_wants_calls(const struct filter *f, const struct driver_line *calls)
{
	return filter_wants_driver(f, calls) && !f->tasks && !f->ranges && !f->effects_given &&
	       !f->longer_ns && in_causes(f, calls->cause);
}
