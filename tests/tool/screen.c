// SPDX-License-Identifier: GPL-2.0-only
/*
 * screen: runs a program on a terminal of its own, types, and prints what the program wrote.
 *
 * Usage: screen ROWSxCOLUMNS KEYS PROGRAM ARG...; KEYS are typed one by one, half a second apart.
 * "R" makes the terminal 10 rows of 60 columns instead. Ends when the program does, with its
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

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Return: 0 when the program has closed its terminal. */
static int copy(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	long end = now_ms() + ms;
	char buffer[4096];
	ssize_t len;

	while (poll(&p, 1, 50) >= 0 && now_ms() < end) {
		if (!p.revents)
			continue;
		len = read(fd, buffer, sizeof(buffer));
		if (len <= 0)
			return 0;
		fwrite(buffer, 1, len, stdout);
	}
	return 1;
}

static void type(int fd, char key)
{
	const struct winsize small = { .ws_row = 10, .ws_col = 60 };

	if (key == 'R')
		ioctl(fd, TIOCSWINSZ, &small);
	else if (write(fd, &key, 1) != 1)
		exit(2);
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
	copy(fd, 4000);
	for (key = argv[2]; *key; key++) {
		type(fd, *key);
		if (!copy(fd, PAUSE_MS))
			break;
	}
	copy(fd, 2000);
	kill(child, SIGTERM);
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}
