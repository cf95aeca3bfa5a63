// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* trace: one line for each event as it happens, in words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mmnotify/mmnotify_types.h>

#include "attached.h"
#include "cmd.h"
#include "elf_reader.h"
#include "filter.h"
#include "fmt.h"
#include "live.h"
#include "maps.h"
#include "tasks.h"
#include "util.h"
#include "words.h"

static struct filter_words words;
static bool stacks, starts, as_json, drivers;
static unsigned long long seconds;
static unsigned long count, buffer_kb;

static const struct opt opts[] = {
	FILTER_OPTIONS(words),
	FILTER_DRIVER(words),
	{ 'D', "drivers", NULL, OPT_FLAG, &drivers,
	  "the drivers of each process, and at the end what their callbacks took" },
	{ 0, "stack", NULL, OPT_FLAG, &stacks, "what the kernel and the program were doing" },
	{ 0, "starts", NULL, OPT_FLAG, &starts, "a line at the start of each event, too" },
	{ 's', "seconds", "TIME", OPT_TIME, &seconds, "end after this time" },
	{ 'n', "number", "N", OPT_NUMBER, &count, "end after N events" },
	{ 0, "json", NULL, OPT_FLAG, &as_json, "an object of JSON for each event" },
	{ 0, "buffer", "KB", OPT_NUMBER, &buffer_kb, "size of the buffer of each CPU" },
	{ 0 }
};

static struct filter filter;
static unsigned long printed;

/* The frames of the hook and of tracing are below the function that announces. */
static unsigned int first_frame(const struct stack *stack)
{
	unsigned int first = 0;

	for (unsigned int i = 0; i < stack->nr; i++)
		if (!strncmp(symbol_of(live_tep(), stack->at[i]), "__mmu_notifier_", 15))
			first = i + 1;
	return first < stack->nr ? first : 0;
}

static void print_kernel_stack(const struct stack *stack)
{
	for (unsigned int i = first_frame(stack); i < stack->nr; i++) {
		const char *name = symbol_of(live_tep(), stack->at[i]);

		printf("%14s kernel  %s\n", "", *name ? name : "?");
	}
}

/* A thread may have ended, but its process has the same memory. */
static void print_user_stack(const struct event *e, const struct stack *stack)
{
	int owner = e->flags & MMNOTIFY_F_REMOTE ? e->pid : e->tgid;
	char place[240];

	for (unsigned int i = 0; i < stack->nr; i++)
		printf("%14s program %s\n", "",
		       elf_place(owner, stack->at[i], place, sizeof(place)));
}

static void on_event(const struct event *traced, const struct stack *kernel,
		     const struct stack *user, void *unused)
{
	struct event e = *traced;
	char memory[KIND_LEN], safe[KIND_LEN], names[120];

	(void)unused;
	attached_seen(e.tgid);
	if ((count && printed == count) || !filter_wants(&filter, &e))
		return;
	printed++;
	task_of(&e);
	maps_kind(event_is_all(&e) ? 0 : e.tgid, e.start, e.end, memory);
	drivers_names(attached_drivers(), e.tgid, names, sizeof(names));
	if (as_json) {
		words_json(stdout, &e, memory, drivers ? names : NULL);
		return;
	}
	words_line(stdout, &e, fmt_printable(safe, sizeof(safe), memory), drivers ? names : NULL);
	if (kernel)
		print_kernel_stack(kernel);
	if (user)
		print_user_stack(&e, user);
}

/* What is unmapped first is known only from a copy that was taken before. */
static void watch_memory(void)
{
	for (unsigned int i = 0; i < filter.pids; i++)
		maps_watch(filter.pid[i]);
}

static bool over(unsigned long long since)
{
	return live_stopped || ferror(stdout) || (count && printed >= count) ||
	       (seconds && live_now() - since >= seconds);
}

static void follow(void)
{
	unsigned long long since = live_now(), lost = 0, now;

	while (!over(since)) {
		if (!live_read(on_event, NULL))
			live_wait(50);
		if (fflush(stdout))
			break;
		watch_memory();
		now = live_lost();
		if (now != lost)
			warn("%llu events were lost: filter more, or give --buffer more than %lu KB",
			     now - lost, buffer_kb ? buffer_kb : 4096);
		lost = now;
	}
}

static void print_callbacks(void)
{
	const struct drivers *d = attached_drivers();
	struct drivers wanted = { .row = zalloc((d->nr + 1) * sizeof(*d->row)) };
	struct driver_line calls;

	for (unsigned int i = 0; i < d->nr; i++)
		if (filter_wants_driver(&filter, &d->row[i].now))
			wanted.row[wanted.nr++] = d->row[i];
	if (!as_json) {
		putchar('\n');
		drivers_print(stdout, &wanted, 0);
	}
	for (unsigned int i = 0; as_json && i < wanted.nr; i++)
		if (drivers_calls(&wanted.row[i], &calls))
			words_json_driver(stdout, &calls);
	drivers_free(&wanted);
}

/*
 * Calls tell of the drivers of a process after it has ended. The names of kernel functions are read
 * first, since that takes so long that a process of a short life would not be seen.
 */
static void begin_drivers(void)
{
	symbol_of(live_tep(), 1);
	attached_begin(true, true);
}

static int run(int argc, char **argv)
{
	struct live_wish wish = { .starts = starts, .releases = true, .stack = stacks,
				  .buffer_kb = buffer_kb };
	char *text;

	if (argc)
		usage_die("trace has no operand '%s'", argv[0]);
	filter_parse(&words, &filter);
	text = filter_kernel(&filter);
	wish.filter = text;
	live_begin(&wish);
	if (drivers || filter.drivers)
		begin_drivers();
	filter.known = attached_drivers();
	/* From here on no event is missed. */
	if (!as_json)
		words_heading(stdout, drivers);
	fflush(stdout);
	watch_memory();
	follow();
	live_end(on_event, NULL);
	attached_end();
	if (drivers)
		print_callbacks();
	free(text);
	if (!as_json && isatty(STDERR_FILENO))
		fprintf(stderr, "%lu events, %llu lost\n", printed, live_lost());
	return 0;
}

const struct cmd cmd_trace = {
	.name = "trace",
	.what = "One line for each event as it happens, in words.",
	.usage = "[options]",
	.opts = opts,
	.run = run,
};
