// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * situation: brings processes into a situation that a public report describes (docs/admin.md has
 * the list), each with a driver that does not know mmnotify.
 *
 * Usage: situation NAME
 * Prints "fact NAME VALUE" lines, and "ready" when the process waits for a line on standard input
 * before the operations begin, so that a tool can start first. "done" follows, and the process
 * ends after the next line.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "situation.h"

void die(const char *file, int line, const char *text)
{
	printf("failed %s:%d: %s: %s\n", file, line, text, strerror(errno));
	fflush(stdout);
	exit(1);
}

void fact(const char *name, const char *fmt, ...)
{
	va_list args;

	printf("fact %s ", name);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}

static void wait_line(const char *text)
{
	char line[80];

	printf("%s\n", text);
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		line[0] = 0;
}

void ready(void)
{
	wait_line("ready");
}

void sleep_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t))
		;
}

void name_task(const char *name)
{
	prctl(PR_SET_NAME, name);
}

char *memory(size_t len)
{
	char *p = mmap(NULL, len + 2 * HUGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(p != MAP_FAILED);
	p = (char *)(((uintptr_t)p + HUGE) & ~(HUGE - 1));
	must(!mprotect(p, len, PROT_READ | PROT_WRITE));
	return p;
}

void fill(char *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i += PG)
		memset(p + i, i / PG + 1, 64);
}

bool set(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);

	if (fd >= 0)
		close(fd);
	return good;
}

struct work {
	const char *name;
	void (*run)(void);
};

static void *run_work(void *arg)
{
	struct work *work = arg;

	name_task(work->name);
	work->run();
	return NULL;
}

void in_process(const char *name, void (*run)(void))
{
	pid_t child = fork();

	if (!child) {
		name_task(name);
		run();
		/* The tool reads the name of the process a moment later. */
		sleep_ms(500);
		_exit(0);
	}
	must(child > 0 && waitpid(child, NULL, 0) == child);
}

void in_thread(const char *name, void (*run)(void))
{
	struct work work = { name, run };
	pthread_t thread;

	must(!pthread_create(&thread, NULL, run_work, &work));
	pthread_join(thread, NULL);
}

void attach(const char *device)
{
	must(open(device, O_RDWR) >= 0);
}

static const struct situation *find(const struct situation *s, const char *name)
{
	while (s->name && strcmp(s->name, name))
		s++;
	return s->name ? s : NULL;
}

int main(int argc, char **argv)
{
	const struct situation *s = NULL;

	if (argc == 2) {
		s = find(memory_situations, argv[1]);
		if (!s)
			s = find(system_situations, argv[1]);
	}
	if (!s) {
		fprintf(stderr, "usage: situation NAME\n");
		return 2;
	}
	fact("pid", "%d", getpid());
	s->run();
	wait_line("done");
	return 0;
}
