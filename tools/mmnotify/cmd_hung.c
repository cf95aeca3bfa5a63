// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * hung: tasks that wait for a callback of a driver, with their stacks. The module knows operation,
 * range and time of what began while it watched; the stacks of all tasks show the rest, also
 * without the module.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "causes.h"
#include "census.h"
#include "cmd.h"
#include "fmt.h"
#include "frames.h"
#include "lines.h"
#include "live.h"
#include "system.h"
#include "tasks.h"
#include "util.h"
#include "words.h"

static unsigned long long longer = 1000000000;

static const struct opt opts[] = {
	{ 'l', "longer", "TIME", OPT_TIME, &longer, "what takes longer, 1 s if none is given",
	  "ms" },
	{ 0 }
};

/* Tasks that wait in a callback; those of the module have an event. */
struct waiter {
	int pid;
	bool known;
	struct flight_line flight;
	struct frames frames;
	char *stack;
};

static struct waiter *waiters;
static unsigned int nr_waiters, room;

/* The exit status if tasks wait. */
#define WAITERS	3

static char *read_stack(int pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	return read_file(path, NULL);
}

static struct waiter *find(int pid)
{
	for (unsigned int i = 0; i < nr_waiters; i++)
		if (waiters[i].pid == pid)
			return &waiters[i];
	return NULL;
}

static struct waiter *add(int pid)
{
	if (nr_waiters == room) {
		room = room ? 2 * room : 32;
		waiters = regrow(waiters, room * sizeof(*waiters));
	}
	waiters[nr_waiters] = (struct waiter){ .pid = pid };
	return &waiters[nr_waiters++];
}

/* ---- what the module knows ---- */

static void read_inflight(void)
{
	char *text = debugfs_try("inflight"), *rest = text, *line;
	struct flight_line row;

	while ((line = next_line(&rest))) {
		struct waiter *w;

		if (!flight_parse(line, &row) || row.ms * 1000000 < longer || find(row.pid))
			continue;
		w = add(row.pid);
		w->known = true;
		w->flight = row;
		w->stack = read_stack(row.pid);
		frames_parse(w->stack, &w->frames);
	}
	free(text);
}

/* ---- what stacks show ---- */

typedef void (*task_fn)(int pid);

static void visit_threads(const char *process, task_fn fn)
{
	char path[300];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/task", process);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			fn(atoi(entry->d_name));
	if (dir)
		closedir(dir);
}

static void visit_tasks(task_fn fn)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	if (!dir)
		die("/proc: %s", strerror(errno));
	while ((entry = readdir(dir)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			visit_threads(entry->d_name, fn);
	closedir(dir);
}

/* Tasks that were looked at, and those whose stack may not be read. */
static unsigned int seen, refused;

/* First look: any task that is in a callback now. */
static void note_waiter(int pid)
{
	struct frames frames = { 0 };
	char *stack;
	struct waiter *w;

	if (find(pid))
		return;
	seen++;
	stack = read_stack(pid);
	/* A task that ended meanwhile waits for nothing. */
	if (!stack && (errno == EACCES || errno == EPERM))
		refused++;
	if (!frames_parse(stack, &frames)) {
		free(stack);
		return;
	}
	w = add(pid);
	w->frames = frames;
	w->stack = stack;
}

/* Second look: it waits if its stack is the same. */
static bool still_waits(struct waiter *w)
{
	char *stack;
	bool same;

	if (w->known)
		return true;
	stack = read_stack(w->pid);
	same = stack && !strcmp(stack, w->stack);
	free(stack);
	return same;
}

static void read_stacks(void)
{
	unsigned int first = nr_waiters, kept = nr_waiters;

	visit_tasks(note_waiter);
	if (nr_waiters == first)
		return;
	live_wait(longer / 1000000 + 1);
	for (unsigned int i = first; i < nr_waiters; i++) {
		if (still_waits(&waiters[i]))
			waiters[kept++] = waiters[i];
		else
			free(waiters[i].stack);
	}
	nr_waiters = kept;
}

/* ---- what is printed ---- */

static int tgid_of(int pid)
{
	char path[40], *text, *at;
	int tgid;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	text = read_file(path, NULL);
	at = text ? strstr(text, "\nTgid:") : NULL;
	tgid = at ? atoi(at + 6) : pid;
	free(text);
	return tgid;
}

static void print_who(int pid, const char *task, int tgid, const char *process)
{
	char safe[80];

	printf("%s (%d)", fmt_printable(safe, sizeof(safe), task), pid);
	if (pid != tgid)
		printf(" of %s (%d)", fmt_printable(safe, sizeof(safe), process), tgid);
}

static void print_event(const struct flight_line *f)
{
	char time[FMT_LEN], bytes[FMT_LEN], plain[512];

	print_who(f->pid, f->task, f->tgid, f->comm);
	printf(": %s of ", f->cause);
	if (!f->start && f->end > 1ULL << 60)
		printf("all addresses");
	else
		printf("%#llx-%#llx (%s)", f->start, f->end, fmt_bytes(bytes, f->end - f->start));
	printf(", for %s\n", fmt_time(time, f->ms * 1000000));
	printf("    %s\n", words_plain(plain, sizeof(plain), cause_get(f->cause)->what));
}

static void print_waiter(const struct waiter *w)
{
	char time[FMT_LEN], function[160], *task, *rest = w->stack;
	int tgid;

	if (w->known) {
		print_event(&w->flight);
	} else {
		tgid = tgid_of(w->pid);
		task = copy_text(process_name(w->pid));
		print_who(w->pid, task, tgid, process_name(tgid));
		printf(": an event whose beginning was not watched, for %s at least\n",
		       fmt_time(time, longer));
		free(task);
	}
	if (w->frames.phase)
		printf("    waits in the callback %s (%s)\n",
		       *w->frames.callback ? w->frames.callback : "of a driver", w->frames.phase);
	if (w->known && strcmp(w->flight.callback, "-"))
		printf("    the callback %s runs for %s\n", w->flight.callback,
		       fmt_time(time, w->flight.callback_ms * 1000000));
	for (char *line = next_line(&rest); line; line = next_line(&rest)) {
		frames_strip(line, function, sizeof(function));
		printf("        %s\n", function);
	}
	putchar('\n');
}

/* Why the answer may lack operation, range and time. */
static void print_limits(void)
{
	char *hook = debugfs_try("hook");

	if (!module_loaded() && nr_waiters)
		printf("mmnotify is not loaded, so operation, range and time are not known. Its load waits for callbacks that run: load it when nothing hangs.\n");
	else if (!module_loaded())
		printf("mmnotify is not loaded. Load it when nothing hangs, to know the operation, range and time of the next ones.\n");
	else if (hook && !key_number(hook, "watched"))
		printf("Nothing is watched: echo 1 > " MODULE_DIR "/parameters/watch names operation, range and time of the next ones.\n");
	free(hook);
}

static int run(int argc, char **argv)
{
	if (argc)
		usage_die("hung has no operand '%s'", argv[0]);
	need_root();
	read_inflight();
	read_stacks();
	for (unsigned int i = 0; i < nr_waiters; i++)
		print_waiter(&waiters[i]);
	if (nr_waiters)
		printf("%u task%s. The operation ends when the callback returns: look at the driver that it is of.\n",
		       nr_waiters, nr_waiters == 1 ? " waits" : "s wait");
	else if (!refused)
		printf("No task waits for a callback.\n");
	print_limits();
	if (refused)
		die("the stacks of %u of %u tasks could not be read: root can, outside of containers",
		    refused, seen);
	return nr_waiters ? WAITERS : 0;
}

const struct cmd cmd_hung = {
	.name = "hung",
	.what = "Tasks that wait for a callback of a driver, with their stacks.",
	.usage = "[options]",
	.opts = opts,
	.run = run,
};
