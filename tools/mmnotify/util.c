// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* util: errors, memory and small files. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "util.h"

const struct cmd *cmd_now;

static void say(const char *format, va_list args)
{
	fflush(stdout);
	fputs("mmnotify: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	exit(1);
}

void usage_die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	fprintf(stderr, "mmnotify: see mmnotify help%s%s\n", cmd_now ? " " : "",
		cmd_now ? cmd_now->name : "");
	exit(EXIT_USAGE);
}

void warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

void *zalloc(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory)
		die("out of memory");
	return memory;
}

void *regrow(void *old, size_t size)
{
	void *memory = realloc(old, size);

	if (!memory)
		die("out of memory");
	return memory;
}

char *copy_text(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		die("out of memory");
	return copy;
}

/* Files of /proc and tracefs have no size, so the buffer grows until read() ends. */
static char *read_all(int fd, size_t *size)
{
	size_t have = 0, room = 4096;
	char *text = zalloc(room + 1);
	ssize_t got;

	while ((got = read(fd, text + have, room - have)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(text);
			return NULL;
		}
		have += got;
		if (have == room) {
			room *= 2;
			text = regrow(text, room + 1);
		}
	}
	text[have] = '\0';
	if (size)
		*size = have;
	return text;
}

char *read_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text;
	int error;

	if (fd < 0)
		return NULL;
	text = read_all(fd, size);
	error = errno;
	close(fd);
	errno = error;
	return text;
}

bool read_number(const char *path, unsigned long *value)
{
	char *text = read_file(path, NULL), *end;
	bool good = text && *text;

	if (good && (*text == 'Y' || *text == 'N')) {
		*value = *text == 'Y';
	} else if (good) {
		*value = strtoul(text, &end, 0);
		good = end != text;
	}
	free(text);
	return good;
}

int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(text);
	ssize_t done;
	int error;

	if (fd < 0)
		return -1;
	done = write(fd, text, len);
	error = done < 0 ? errno : EIO;
	close(fd);
	if (done == (ssize_t)len)
		return 0;
	errno = error;
	return -1;
}

char *next_line(char **text)
{
	char *line = *text, *end;

	if (!line || !*line)
		return NULL;
	end = strchr(line, '\n');
	*text = end ? end + 1 : NULL;
	if (end)
		*end = '\0';
	return line;
}
