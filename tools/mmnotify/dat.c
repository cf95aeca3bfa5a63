// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * dat: writes trace.dat, version 6 (man trace-cmd.dat.v6). The pages of each CPU go to a file
 * without a name, and behind the description at the end, since the names of tasks are known only
 * then.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <tracefs/tracefs.h>

#include "dat.h"
#include "util.h"

/* Numbers of options in the file. */
enum { OPTION_DONE = 0, OPTION_TRACECLOCK = 4, OPTION_UNAME = 5, OPTION_VERSION = 9 };

struct dat {
	const char *path;
	FILE *out;
	int cpus;
	int page_size;
	FILE **parts;
	uint64_t *sizes;
};

static void failed(const struct dat *dat)
{
	die("%s: %s: the recording is not complete", dat->path, strerror(errno));
}

/* In the folder of the file, which has the room. */
static FILE *open_part(const char *path)
{
	char *copy = copy_text(path);
	char name[4200];
	int fd;

	snprintf(name, sizeof(name), "%s/.mmnotify-XXXXXX", dirname(copy));
	free(copy);
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0)
		die("%s: %s: name a file in a folder with room by -o", path, strerror(errno));
	unlink(name);
	return fdopen(fd, "w+");
}

struct dat *dat_create(const char *path, int cpus)
{
	struct dat *dat = zalloc(sizeof(*dat));
	int fd;

	*dat = (struct dat){ .path = path, .cpus = cpus };
	/* Addresses of processes are not for all users. */
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	dat->out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!dat->out)
		die("%s: %s: name another file by -o", path, strerror(errno));
	dat->parts = zalloc(cpus * sizeof(*dat->parts));
	dat->sizes = zalloc(cpus * sizeof(*dat->sizes));
	for (int cpu = 0; cpu < cpus; cpu++) {
		dat->parts[cpu] = open_part(path);
		if (!dat->parts[cpu])
			failed(dat);
	}
	return dat;
}

void dat_page_size(struct dat *dat, int size)
{
	dat->page_size = size;
}

void dat_page(struct dat *dat, int cpu, const void *page)
{
	if (fwrite(page, dat->page_size, 1, dat->parts[cpu]) != 1)
		failed(dat);
	dat->sizes[cpu] += dat->page_size;
}

/* ---- the description ---- */

static void put(struct dat *dat, const void *data, size_t size)
{
	if (size && fwrite(data, size, 1, dat->out) != 1)
		failed(dat);
}

static void put_u16(struct dat *dat, uint16_t value)
{
	put(dat, &value, sizeof(value));
}

static void put_u32(struct dat *dat, uint32_t value)
{
	put(dat, &value, sizeof(value));
}

static void put_u64(struct dat *dat, uint64_t value)
{
	put(dat, &value, sizeof(value));
}

/* A text behind its size of 8 bytes. A file that is not there is empty. */
static void put_file(struct dat *dat, const char *name)
{
	int size = 0;
	char *text = tracefs_instance_file_read(NULL, name, &size);

	put_u64(dat, text ? size : 0);
	put(dat, text, text ? size : 0);
	free(text);
}

static void put_start(struct dat *dat)
{
	uint16_t probe = 1;
	char big = !*(char *)&probe, longs = sizeof(long);

	put(dat, "\x17\x08\x44tracing6", 12);
	put(dat, &big, 1);
	put(dat, &longs, 1);
	put_u32(dat, dat->page_size);
	put(dat, "header_page", 12);
	put_file(dat, "events/header_page");
	put(dat, "header_event", 13);
	put_file(dat, "events/header_event");
}

static void put_formats(struct dat *dat, const char *system)
{
	char **events = tracefs_system_events(NULL, system), name[160];
	uint32_t nr = 0;

	for (int i = 0; events && events[i]; i++)
		nr++;
	put_u32(dat, nr);
	for (uint32_t i = 0; i < nr; i++) {
		snprintf(name, sizeof(name), "events/%s/%s/format", system, events[i]);
		put_file(dat, name);
	}
	tracefs_list_free(events);
}

static void put_events(struct dat *dat)
{
	put_formats(dat, "ftrace");
	put_u32(dat, 1);
	put(dat, "mmnotify", 9);
	put_formats(dat, "mmnotify");
}

/* Functions only: data would double the size. */
static void put_symbols(struct dat *dat)
{
	char *text = read_file("/proc/kallsyms", NULL), *rest = text, *line, *kept = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&kept, &size);

	if (!out)
		failed(dat);
	while ((line = next_line(&rest))) {
		const char *type = strchr(line, ' ');

		if (type && strchr("tTwW", type[1]))
			fprintf(out, "%s\n", line);
	}
	fclose(out);
	put_u32(dat, size);
	put(dat, kept, size);
	free(kept);
	free(text);
}

static void put_option(struct dat *dat, uint16_t option, const char *text)
{
	put_u16(dat, option);
	put_u32(dat, strlen(text) + 1);
	put(dat, text, strlen(text) + 1);
}

static void put_options(struct dat *dat)
{
	struct utsname uts;
	char line[200];

	uname(&uts);
	snprintf(line, sizeof(line), "%s %s %s", uts.sysname, uts.release, uts.machine);
	put(dat, "options  ", 10);
	put_option(dat, OPTION_TRACECLOCK, "local global counter uptime perf [mono] mono_raw boot");
	put_option(dat, OPTION_UNAME, line);
	put_option(dat, OPTION_VERSION, "mmnotify " MMN_VERSION);
	put_u16(dat, OPTION_DONE);
}

/* ---- the data ---- */

static uint64_t aligned(const struct dat *dat, uint64_t offset)
{
	return (offset + dat->page_size - 1) / dat->page_size * dat->page_size;
}

static void put_table(struct dat *dat)
{
	uint64_t offset;

	put(dat, "flyrecord", 10);
	offset = aligned(dat, ftello(dat->out) + 16ULL * dat->cpus);
	for (int cpu = 0; cpu < dat->cpus; cpu++) {
		put_u64(dat, offset);
		put_u64(dat, dat->sizes[cpu]);
		offset += dat->sizes[cpu];
	}
}

static void put_part(struct dat *dat, FILE *part)
{
	char *buffer = zalloc(1 << 20);
	size_t got;

	if (fflush(part) || fseeko(part, 0, SEEK_SET))
		failed(dat);
	while ((got = fread(buffer, 1, 1 << 20, part)) > 0)
		put(dat, buffer, got);
	if (ferror(part))
		failed(dat);
	fclose(part);
	free(buffer);
}

unsigned long long dat_finish(struct dat *dat, const char *tasks)
{
	unsigned long long size;

	put_start(dat);
	put_events(dat);
	put_symbols(dat);
	/* No text of trace_printk() is in these events. */
	put_u32(dat, 0);
	put_u64(dat, strlen(tasks));
	put(dat, tasks, strlen(tasks));
	put_u32(dat, dat->cpus);
	put_options(dat);
	put_table(dat);
	if (fseeko(dat->out, aligned(dat, ftello(dat->out)), SEEK_SET))
		failed(dat);
	for (int cpu = 0; cpu < dat->cpus; cpu++)
		put_part(dat, dat->parts[cpu]);
	size = ftello(dat->out);
	if (fclose(dat->out))
		failed(dat);
	free(dat->parts);
	free(dat->sizes);
	free(dat);
	return size;
}
