// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* uprobe: a breakpoint is written into a private copy of program text. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "actors.h"

/* The first byte of the instruction that the kernel inserts. */
#ifdef __aarch64__
#define BREAKPOINT	0xa0
#else
#define BREAKPOINT	0xcc
#endif

#define TRACING	"/sys/kernel/tracing/"
#define ENABLE	TRACING "events/uprobes/mmn/enable"
#define TEXT	"/tmp/mmn_text"
#define OFFSET	0x10
#define PMU	"/sys/bus/event_source/devices/uprobe/type"

static int append(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	ssize_t done;

	if (fd < 0)
		return -1;
	done = write(fd, text, strlen(text));
	close(fd);
	return done < 0 ? -1 : 0;
}

/* An executable file of nop instructions. */
static int text_file(struct env *e)
{
	char nops[PG];
	int fd = open(TEXT, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);

	must(e, fd >= 0);
	memset(nops, 0x90, sizeof(nops));
	must(e, write(fd, nops, PG) == (ssize_t)PG);
	return fd;
}

static char *text_page(struct env *e)
{
	char *p = map_at(e, PG, PG, PROT_READ | PROT_EXEC, MAP_PRIVATE, text_file(e));

	must(e, *(volatile unsigned char *)p == 0x90);
	return p;
}

/* Defines a probe without enabling it; it replaces the probe of the last call. */
static void probe_at(struct env *e, const char *where)
{
	char text[128];

	snprintf(text, sizeof(text), "p:uprobes/mmn " TEXT ":%s\n", where);
	put(ENABLE, "0");
	append(TRACING "uprobe_events", "-:uprobes/mmn\n");
	need(e, !append(TRACING "uprobe_events", text), "no uprobe events");
}

static void probe(struct env *e)
{
	probe_at(e, "0x10");
}

static char *watched_text(struct env *e)
{
	char *p = text_page(e);

	watch(e, p, PG);
	device(e, p, PG, false);
	return p;
}

static void run_install(struct env *e)
{
	char *p = watched_text(e);

	probe(e);
	begin(e);
	knob(e, ENABLE, "1");
	must(e, *(volatile unsigned char *)(p + OFFSET) == BREAKPOINT);
}

static void run_remove(struct env *e)
{
	char *p = text_page(e);

	probe(e);
	knob(e, ENABLE, "1");
	watch(e, p, PG);
	device(e, p, PG, false);
	begin(e);
	must(e, !put(ENABLE, "0"));
}

static bool act_install(const struct order *o)
{
	(void)o;
	return !put(ENABLE, "1");
}

static bool act_remove(const struct order *o)
{
	(void)o;
	return !put(ENABLE, "0");
}

static void run_install_other(struct env *e)
{
	struct actor o;

	actor_ready(e, &o, act_install);
	watched_text(e);
	probe(e);
	begin(e);
	actor_acts(e, &o, NULL, 0, 0);
}

static void run_remove_other(struct env *e)
{
	struct actor o;
	char *p;

	actor_ready(e, &o, act_remove);
	p = text_page(e);
	probe(e);
	knob(e, ENABLE, "1");
	watch(e, p, PG);
	device(e, p, PG, false);
	begin(e);
	actor_acts(e, &o, NULL, 0, 0);
}

/* Return: descriptor of a perf event that probes until it is closed. */
static int perf_probe(struct env *e)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr), .config1 = (uintptr_t)TEXT, .config2 = OFFSET,
	};
	int fd;

	attr.type = get_number(PMU);
	fd = syscall(SYS_perf_event_open, &attr, getpid(), -1, -1,
		     PERF_FLAG_FD_CLOEXEC);
	need(e, fd >= 0, "perf_event_open() has no uprobes");
	return fd;
}

static void run_perf_open(struct env *e)
{
	char *p = watched_text(e);

	begin(e);
	perf_probe(e);
	must(e, *(volatile unsigned char *)(p + OFFSET) == BREAKPOINT);
}

static void run_perf_close(struct env *e)
{
	char *p = text_page(e);
	int fd = perf_probe(e);

	watch(e, p, PG);
	device(e, p, PG, false);
	begin(e);
	must(e, !close(fd));
}

/*
 * A file that has a probe already is mapped: the breakpoint is inserted at once. On
 * 7.x the first page there is the private copy, so that no page is replaced.
 */
static void run_mmap(struct env *e)
{
	int fd = text_file(e);
	char *p = map_at(e, PG, PG, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	probe(e);
	knob(e, ENABLE, "1");
	must(e, !munmap(p, PG));
	watch(e, p, PG);
	begin(e);
	must(e, mmap(p, PG, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd, 0) == p);
	must(e, *(volatile unsigned char *)(p + OFFSET) == BREAKPOINT);
}

/* The probe's reference counter, in the file's data, is incremented: a write. */
static void run_counter(struct env *e)
{
	int fd = text_file(e);
	char where[32], *p;

	must(e, !ftruncate(fd, 2 * PG));
	map_at(e, PG, PG, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd);
	p = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, PG);
	must(e, p != MAP_FAILED && !*(volatile short *)p);
	watch(e, p, PG);
	device(e, p, PG, false);
	snprintf(where, sizeof(where), "0x10(%#lx)", PG);
	probe_at(e, where);
	begin(e);
	knob(e, ENABLE, "1");
	must(e, *(volatile short *)p == 1);
}

#define PROBED(on)	MUST(CLEAR, UPROBE, CLEAR, on)

const struct scenario uprobe_scenarios[] = {
	{ .name = "uprobe_install", .run = run_install, .expect = { PROBED(ALL(C)) } },
	{ .name = "uprobe_remove", .run = run_remove, .expect = { PROBED(ALL(C)) } },
	{ .name = "uprobe_install_other", .run = run_install_other,
	  .expect = { PROBED(ALL(C)) } },
	{ .name = "uprobe_remove_other", .run = run_remove_other,
	  .expect = { PROBED(ALL(C)) } },
	{ .name = "uprobe_perf_open", .run = run_perf_open,
	  .expect = { PROBED(ALL(C)) } },
	{ .name = "uprobe_perf_close", .run = run_perf_close,
	  .expect = { PROBED(ALL(C)) } },
	{ .name = "uprobe_mmap", .run = run_mmap, .expect = { PROBED(LACKS(UPROBE_WRITE, C)) } },
	{ .name = "uprobe_counter", .run = run_counter, .expect = { PROBED(ALL(C)) } },
	{ .name = NULL }
};
