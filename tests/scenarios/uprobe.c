// SPDX-License-Identifier: GPL-2.0-only
/* uprobe: a breakpoint is written into a private copy of program text. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runner.h"

#define TRACING	"/sys/kernel/tracing/"
#define ENABLE	TRACING "events/uprobes/mmn/enable"
#define TEXT	"/tmp/mmn_text"

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

/* A mapped page of instructions that do nothing. */
static char *text_page(struct env *e)
{
	char nops[PG];
	int fd = open(TEXT, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	char *p;

	must(e, fd >= 0);
	memset(nops, 0x90, sizeof(nops));
	must(e, write(fd, nops, PG) == (ssize_t)PG);
	p = map_at(e, PG, PG, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd);
	must(e, *(volatile unsigned char *)p == 0x90);
	put(ENABLE, "0");
	append(TRACING "uprobe_events", "-:uprobes/mmn\n");
	need(e, !append(TRACING "uprobe_events", "p:uprobes/mmn " TEXT ":0x10\n"),
	     "no uprobe events");
	return p;
}

static void run_install(struct env *e)
{
	char *p = text_page(e);

	watch(e, p, PG);
	device(e, p, PG, false);
	begin(e);
	must(e, !put(ENABLE, "1"));
}

static void run_remove(struct env *e)
{
	char *p = text_page(e);

	must(e, !put(ENABLE, "1"));
	watch(e, p, PG);
	device(e, p, PG, false);
	begin(e);
	must(e, !put(ENABLE, "0"));
	append(TRACING "uprobe_events", "-:uprobes/mmn\n");
}

const struct scenario uprobe_scenarios[] = {
	{ .name = "uprobe_install", .run = run_install, .expect = {
		MUST(CLEAR, UPROBE, CLEAR, TO_6_12(C)),
		MUST(CLEAR, COW, CLEAR, FROM_7(C)) } },
	{ .name = "uprobe_remove", .run = run_remove, .expect = {
		MUST(CLEAR, UPROBE, CLEAR, ALL(C)) } },
	{ .name = NULL }
};
