// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * record: events into trace.dat, one record for each, at its end. What the kernel counts is what
 * the file has and what is reported as lost.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <traceevent/event-parse.h>
#include <traceevent/kbuffer.h>
#include <tracefs/tracefs.h>

#include "attached.h"
#include "cmd.h"
#include "dat.h"
#include "filter.h"
#include "fmt.h"
#include "input.h"
#include "live.h"
#include "system.h"
#include "tasks.h"
#include "util.h"

#define POLL_MS		100

static struct filter_words words;
static const char *output = "trace.dat";
static bool hangs, drivers;
static unsigned long buffer_kb;
static unsigned long long seconds;

static const struct opt opts[] = {
	{ 'o', "output", "FILE", OPT_TEXT, &output, "the file, trace.dat if none is given" },
	FILTER_OPTIONS(words),
	{ 'D', "drivers", NULL, OPT_FLAG, &drivers,
	  "time the callbacks of drivers, for the report" },
	{ 0, "hangs", NULL, OPT_FLAG, &hangs, "a record at the start of each event, too" },
	{ 's', "seconds", "TIME", OPT_TIME, &seconds, "end after this time" },
	{ 0, "buffer", "KB", OPT_NUMBER, &buffer_kb, "size of the buffer of each CPU" },
	{ 0 }
};

struct recorder {
	struct dat *dat;
	int cpus;
	int page_size;
	struct tracefs_cpu **cpu;
	struct kbuffer *pages;
	void *page;
	unsigned long long records;
	int ids[2];
	/* A task that was not seen before may have a driver that is not known. */
	bool news;
	/* A line "PID NAME" for each task that was seen. */
	char *tasks;
	size_t tasks_size;
	FILE *tasks_out;
	unsigned char *seen;
};

#define PIDS	(1 << 22)

/* At exit, also after an error: an instance whose files are open cannot be removed. */
static struct recorder *opened;

static void close_buffers(void)
{
	for (int i = 0; opened && i < opened->cpus; i++)
		if (opened->cpu[i])
			tracefs_cpu_close(opened->cpu[i]);
	opened = NULL;
}

static int event_id(const char *name)
{
	struct tep_event *event = tep_find_event_by_name(live_tep(), "mmnotify", name);

	return event ? event->id : -1;
}

static void open_buffers(struct recorder *r)
{
	opened = r;
	atexit(close_buffers);
	r->cpu = zalloc(r->cpus * sizeof(*r->cpu));
	for (int i = 0; i < r->cpus; i++) {
		r->cpu[i] = tracefs_cpu_open(live_instance(), i, true);
		if (!r->cpu[i])
			die("the trace buffer of CPU %d cannot be opened: %s", i, strerror(errno));
	}
	r->page_size = tracefs_cpu_read_size(r->cpu[0]);
	dat_page_size(r->dat, r->page_size);
	r->page = zalloc(r->page_size);
	r->pages = kbuffer_alloc(sizeof(long) == 8 ? KBUFFER_LSIZE_8 : KBUFFER_LSIZE_4,
				 tep_is_local_bigendian(live_tep()) ? KBUFFER_ENDIAN_BIG :
				 KBUFFER_ENDIAN_LITTLE);
	r->seen = zalloc(PIDS / 8);
	r->tasks_out = open_memstream(&r->tasks, &r->tasks_size);
	if (!r->pages || !r->tasks_out)
		die("out of memory");
	r->ids[0] = event_id("invalidate_start");
	r->ids[1] = event_id("invalidate_end");
}

/* The name is looked up at once: a task of a short life is gone at the end. */
static void note_task(struct recorder *r, int pid)
{
	const char *name;

	if (pid <= 0 || pid >= PIDS || r->seen[pid / 8] & (1 << pid % 8))
		return;
	r->seen[pid / 8] |= 1 << pid % 8;
	r->news = true;
	name = task_name(pid);
	if (*name)
		fprintf(r->tasks_out, "%d %s\n", pid, name);
}

static void count_page(struct recorder *r)
{
	unsigned long long ts;
	void *data;

	kbuffer_load_subbuffer(r->pages, r->page);
	for (data = kbuffer_read_event(r->pages, &ts); data;
	     data = kbuffer_next_event(r->pages, &ts)) {
		int id = *(unsigned short *)data;

		/* What the tool writes itself is no event. */
		if (id != r->ids[0] && id != r->ids[1])
			continue;
		r->records++;
		/* common_pid of any event. */
		note_task(r, ((int *)data)[1]);
	}
}

/* Return: true if there was something to read. */
static bool drain_cpu(struct recorder *r, int cpu)
{
	bool any = false;
	int got;

	while ((got = tracefs_cpu_read(r->cpu[cpu], r->page, true)) > 0) {
		if (got < r->page_size)
			memset((char *)r->page + got, 0, r->page_size - got);
		dat_page(r->dat, cpu, r->page);
		count_page(r);
		any = true;
	}
	return any;
}

static void drain(struct recorder *r)
{
	for (int cpu = 0; cpu < r->cpus; cpu++)
		drain_cpu(r, cpu);
}

static void show_progress(const struct recorder *r, unsigned long long since)
{
	static unsigned long long shown;
	unsigned long long now = live_now();
	char count[FMT_LEN], lost[FMT_LEN], time[FMT_LEN];

	if (!isatty(STDERR_FILENO) || now - since < 2000000000 || now - shown < 1000000000)
		return;
	shown = now;
	fprintf(stderr, "\r%s: %s events, %s lost \033[K", fmt_time(time, now - since),
		fmt_count(count, r->records), fmt_count(lost, live_lost()));
}

/* ---- a command to record ---- */

/* The child waits for a byte, so that its first event is seen. Return: its number, 0 if none. */
static pid_t prepare_command(char **argv, int *go)
{
	int ends[2];
	pid_t pid;
	char byte;

	if (!argv[0])
		return 0;
	if (pipe(ends))
		die("pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		die("fork: %s", strerror(errno));
	if (pid) {
		close(ends[0]);
		*go = ends[1];
		return pid;
	}
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		_exit(127);
	close(ends[0]);
	execvp(argv[0], argv);
	fprintf(stderr, "mmnotify: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static void let_go(pid_t pid, int go)
{
	if (!pid)
		return;
	if (write(go, "", 1) != 1)
		warn("the command does not start: %s", strerror(errno));
	close(go);
}

static bool over(pid_t child, unsigned long long since, int *status)
{
	if (live_stopped || (seconds && live_now() - since >= seconds))
		return true;
	return child && waitpid(child, status, WNOHANG) == child;
}

static void say_result(const struct recorder *r, unsigned long long size)
{
	unsigned long long lost = live_lost();
	char records[FMT_LEN], counted[FMT_LEN], bytes[FMT_LEN];

	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
	printf("%s: %s records, %s lost, %s\n", output, fmt_count(records, r->records),
	       fmt_count(counted, lost), fmt_bytes(bytes, size));
	if (lost)
		warn("the buffer was too small: give --buffer more than %lu KB, or filter more",
		     buffer_kb ? buffer_kb : 4096);
}

/* Into the recording, one after the other, so that the smallest buffer has room. */
static void write_note(const char *line, void *data)
{
	char text[1024];

	snprintf(text, sizeof(text), INPUT_NOTE "%s\n", line);
	tracefs_instance_file_write(live_instance(), "trace_marker", text);
	drain(data);
}

static void record(struct recorder *r, pid_t child, int *status)
{
	unsigned long long since = live_now();

	while (!over(child, since, status)) {
		drain(r);
		if (r->news)
			attached_read();
		r->news = false;
		show_progress(r, since);
		live_wait(POLL_MS);
	}
	/* No event is recorded from here on, and the buffer is empty when drain() has returned. */
	tracefs_event_disable(live_instance(), "mmnotify", NULL);
	drain(r);
	attached_end();
	drivers_write(attached_drivers(), write_note, r);
}

static int run(int argc, char **argv)
{
	struct live_wish wish = { .starts = hangs, .buffer_kb = buffer_kb };
	static struct recorder r;
	struct filter filter;
	unsigned long long size;
	int status = 0, go = -1;
	pid_t child;

	(void)argc;
	filter_parse(&words, &filter);
	wish.filter = filter_kernel(&filter);
	need_root();
	need_module();
	r.cpus = sysconf(_SC_NPROCESSORS_CONF);
	r.dat = dat_create(output, r.cpus);
	child = prepare_command(argv, &go);
	live_begin(&wish);
	open_buffers(&r);
	attached_begin(drivers, drivers);
	if (!child && isatty(STDERR_FILENO))
		fprintf(stderr, "recording to %s; Ctrl-C ends it\n", output);
	let_go(child, go);
	record(&r, child, &status);
	close_buffers();
	fclose(r.tasks_out);
	size = dat_finish(r.dat, r.tasks);
	live_end(NULL, NULL);
	say_result(&r, size);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

const struct cmd cmd_record = {
	.name = "record",
	.what = "Events into a file, which report, trace-cmd and KernelShark read.",
	.usage = "[options] [-- COMMAND ...]",
	.opts = opts,
	.run = run,
};
