// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * screen: runs a program on a terminal of its own, types, and prints what the program wrote.
 *
 * Usage: screen ROWSxCOLUMNS KEYS PROGRAM ARG...; KEYS are typed one by one, half a second apart.
 * "R" makes the terminal 10 rows of 60 columns instead, and "@TEXT@" waits until the program has
 * written that text since the last key, for a minute at most. Ends when the program does, with its
 * status.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_MS	500
#define PATIENCE_MS	60000

/* What was written since the last key; all of it if it is not too much. */
static char written[1 << 16];
static size_t length;

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void remember(const char *text, size_t len)
{
	if (length + len >= sizeof(written))
		length = 0;
	memcpy(written + length, text, len);
	length += len;
}

/* Until @text was written, if it is given. Return: 0 when the program has closed its terminal. */
static int copy(int fd, int ms, const char *text)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	long end = now_ms() + ms;
	char buffer[4096];
	ssize_t len;

	while (poll(&p, 1, 50) >= 0 && now_ms() < end) {
		if (text && memmem(written, length, text, strlen(text)))
			return 1;
		if (!p.revents)
			continue;
		len = read(fd, buffer, sizeof(buffer));
		if (len <= 0)
			return 0;
		fwrite(buffer, 1, len, stdout);
		remember(buffer, len);
	}
	return 1;
}

static void type(int fd, char key)
{
	const struct winsize small = { .ws_row = 10, .ws_col = 60 };

	length = 0;
	if (key == 'R')
		ioctl(fd, TIOCSWINSZ, &small);
	else if (write(fd, &key, 1) != 1)
		exit(2);
}

/* From behind the first "@". Return: the second one. */
static const char *wait_for(int fd, const char *keys)
{
	char text[80];
	size_t len = strcspn(keys, "@");

	if (keys[len] != '@')
		exit(2);
	snprintf(text, sizeof(text), "%.*s", (int)len, keys);
	copy(fd, PATIENCE_MS, text);
	return keys + len;
}

int main(int argc, char **argv)
{
	struct winsize size = { };
	const char *key;
	int fd, status;
	pid_t child;

	if (argc < 4 || sscanf(argv[1], "%hux%hu", &size.ws_row, &size.ws_col) != 2)
		return 2;
	child = forkpty(&fd, NULL, NULL, &size);
	if (!child) {
		execvp(argv[3], argv + 3);
		_exit(127);
	}
	for (key = argv[2]; *key; key++) {
		if (*key == '@') {
			key = wait_for(fd, key + 1);
			continue;
		}
		type(fd, *key);
		if (!copy(fd, PAUSE_MS, NULL))
			break;
	}
	copy(fd, 10000, NULL);
	kill(child, SIGTERM);
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}
