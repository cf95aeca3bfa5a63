// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* words: one event as a line for people, or as JSON. Pure. */
#include <stdlib.h>
#include <string.h>

#include "fmt.h"
#include "util.h"
#include "words.h"

void words_heading(FILE *out, bool drivers)
{
	fprintf(out, "%12s  %-22s %-22s %-15s %-20s %-20s %7s %8s  %-29s %-20s %s%s\n",
		"TIME", "PROCESS", "BY", "EVENT", "CAUSE", "EFFECTS", "PAGES", "TOOK",
		"RANGE", "CALL SITE", "MEMORY", drivers ? "                   DRIVERS" : "");
}

static const char *who(char buf[48], int pid, const char *name)
{
	char safe[40];

	fmt_printable(safe, sizeof(safe), name);
	snprintf(buf, 48, "%d %.40s", pid, safe);
	return buf;
}

static const char *range_of(char buf[48], const struct event *e)
{
	if (event_is_all(e))
		snprintf(buf, 48, "all addresses");
	else
		snprintf(buf, 48, "%#llx-%llx", e->start, e->end);
	return buf;
}

/* A '?' marks a verdict that is not exact, '<' the operation behind a split. */
static const char *cause_of(char buf[72], const struct event *e)
{
	snprintf(buf, 72, "%s%s%s%s", e->cause, e->behind[0] ? " < " : "", e->behind,
		 event_is_exact(e) ? "" : "?");
	return buf;
}

/* The call site is shown without what the compiler adds to names, as ".constprop.0". */
void words_line(FILE *out, const struct event *e, const char *memory, const char *drivers)
{
	char process[48], by[48], range[48], cause[72], effects[FMT_LEN], took[FMT_LEN] = "-";
	char pages[24] = "all";

	who(process, e->tgid, e->comm);
	who(by, e->pid, e->task);
	if (!event_is_all(e))
		snprintf(pages, sizeof(pages), "%llu", event_pages(e));
	if (!e->is_start)
		fmt_time(took, e->ns);
	else if (e->kind != 5)
		snprintf(took, sizeof(took), "starts");
	fprintf(out, "%5llu.%06llu  %-22s %-22s %-15s %-20s %-20s %7s %8s  %-29s %-20.*s %-*s%s\n",
		e->ts / 1000000000, e->ts / 1000 % 1000000, process,
		e->pid == e->tgid ? "itself" : by, fmt_event(e->kind), cause_of(cause, e),
		fmt_effects(effects, e->effects), pages, took, range_of(range, e),
		(int)strcspn(e->site_name, "."), e->site_name, drivers ? 24 : 0, memory,
		drivers ? drivers : "");
}

static void put_pair(FILE *out, const char *key, const char *text)
{
	fprintf(out, ",\"%s\":", key);
	put_json(out, text);
}

void words_json(FILE *out, const struct event *e, const char *memory, const char *drivers)
{
	char effects[FMT_LEN];

	fprintf(out, "{\"time\":%llu.%09llu,\"what\":\"%s\",\"id\":%llu,\"tgid\":%d",
		e->ts / 1000000000, e->ts % 1000000000, e->is_start ? "start" : "end",
		e->id, e->tgid);
	put_pair(out, "comm", e->comm);
	fprintf(out, ",\"pid\":%d", e->pid);
	put_pair(out, "task", e->task);
	fprintf(out, ",\"cgroup\":%llu", e->cgroup);
	put_pair(out, "event", fmt_event(e->kind));
	put_pair(out, "cause", e->cause);
	if (e->behind[0])
		put_pair(out, "behind", e->behind);
	put_pair(out, "effects", fmt_effects(effects, e->effects));
	fprintf(out, ",\"exact\":%s,\"start\":\"%#llx\",\"end\":\"%#llx\",\"pages\":%llu,\"ns\":%llu",
		event_is_exact(e) ? "true" : "false", e->start, e->end, event_pages(e), e->ns);
	put_pair(out, "site", e->site_name);
	put_pair(out, "memory", memory);
	if (drivers)
		put_pair(out, "drivers", drivers);
	fputs("}\n", out);
}

void words_json_driver(FILE *out, const struct driver_line *calls)
{
	fprintf(out, "{\"what\":\"callbacks\",\"tgid\":%d", calls->tgid);
	put_pair(out, "comm", calls->comm);
	put_pair(out, "driver", calls->driver);
	put_pair(out, "module", calls->module);
	put_pair(out, "cause", calls->cause);
	fprintf(out, ",\"calls\":%llu,\"ns\":%llu,\"max_ns\":%llu}\n", calls->calls, calls->ns,
		calls->max_ns);
}

const char *words_plain(char *buf, size_t size, const char *text)
{
	size_t len = 0;

	for (; *text && len + 1 < size; text++)
		if (*text != '`')
			buf[len++] = *text;
	buf[len] = '\0';
	return buf;
}

void words_wrapped(FILE *out, const char *text, int indent, int width)
{
	int column = 0;

	while (*text) {
		int len = strcspn(text, " ");

		if (column && column + 1 + len > width) {
			fprintf(out, "\n%*s", indent, "");
			column = 0;
		}
		column += fprintf(out, "%s%.*s", column ? " " : "", len, text);
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}
