// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * follow: runs a command and lets a mirror follow each process below it, one per
 * mm, from soon after its start to its death.
 *
 * It misses processes that are shorter than the time between two searches; its output has
 * the number of those it followed. One JSON line goes to $MMN_OUT. SIGUSR1 closes all
 * mirrors and opens none before SIGUSR2; meanwhile the device may be unloaded.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "mirror.h"
#include "sys.h"

#define MAX_MIRRORS	4096
#define PAUSE_MS	3

struct attached {
	pid_t pid;
	int fd;		/* mirror of its mm, which may outlive the process */
};

static struct attached mirrors[MAX_MIRRORS];
static unsigned int nr_mirrors;
static volatile sig_atomic_t paused;

static struct {
	unsigned long followed;
	unsigned long busy;	/* mm is shared and already followed */
	unsigned long failed;
	unsigned long long events;
	unsigned long long inexact;
} totals;

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void let_go(unsigned int i)
{
	struct mirror_stat stat;

	if (!ioctl(mirrors[i].fd, MIRROR_IOC_STAT, &stat)) {
		totals.events += stat.events;
		totals.inexact += stat.inexact;
	}
	close(mirrors[i].fd);
	mirrors[i] = mirrors[--nr_mirrors];
}

/* Closes mirrors of released mms; after execve() a process has a new mm. */
static void let_go_of_dead(void)
{
	struct mirror_stat stat;
	unsigned int i = 0;

	while (i < nr_mirrors) {
		if (!ioctl(mirrors[i].fd, MIRROR_IOC_STAT, &stat) && stat.released)
			let_go(i);
		else
			i++;
	}
}

static bool is_followed(pid_t pid)
{
	unsigned int i;

	for (i = 0; i < nr_mirrors; i++)
		if (mirrors[i].pid == pid)
			return true;
	return false;
}

static void follow(pid_t pid)
{
	struct mirror_follow f = { .pid = pid };
	int fd;

	if (nr_mirrors == MAX_MIRRORS)
		return;
	fd = open("/dev/mmn_mirror", O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		totals.failed++;
		return;
	}
	if (!ioctl(fd, MIRROR_IOC_FOLLOW, &f)) {
		mirrors[nr_mirrors++] = (struct attached) { pid, fd };
		totals.followed++;
		return;
	}
	totals.busy += errno == EBUSY;
	totals.failed += errno != EBUSY && errno != ESRCH && errno != EINTR;
	close(fd);
}

static void pause_or_go_on(int sig)
{
	paused = sig == SIGUSR1;
}

static void look_below(pid_t pid);

static void look_at_children(pid_t pid, const char *tid)
{
	char path[64], text[16384], *at, *end;
	ssize_t len;
	long child;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%.16s/children", pid, tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = 0;
	for (at = text; (child = strtol(at, &end, 10)) > 0; at = end) {
		if (!is_followed(child))
			follow(child);
		look_below(child);
	}
}

/* The children of a process are listed with the thread that forked them. */
static void look_below(pid_t pid)
{
	struct dirent *d;
	char path[32];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return;
	while ((d = readdir(dir)))
		if (isdigit(d->d_name[0]))
			look_at_children(pid, d->d_name);
	closedir(dir);
}

static void look_around(void)
{
	if (!paused)
		look_below(getpid());
	while (paused && nr_mirrors)
		let_go(0);
	let_go_of_dead();
}

static void try_put(const char *path, const char *value)
{
	if (put(path, value))
		fprintf(stderr, "follow: %s: %s\n", path, strerror(errno));
}

static pid_t start(char **argv)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	signal(SIGUSR1, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
	try_put("/proc/self/oom_score_adj", "0");
	execvp(argv[0], argv);
	fprintf(stderr, "follow: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* As a subreaper it gets orphans, too. Return: false when no child is left. */
static bool reap(pid_t command, int *status)
{
	pid_t pid;
	int s;

	while ((pid = waitpid(-1, &s, WNOHANG)) > 0)
		if (pid == command)
			*status = WIFEXITED(s) ? WEXITSTATUS(s) : 128 + WTERMSIG(s);
	return !pid;
}

static void kill_children(void)
{
	char path[64], text[4096], *at, *end;
	ssize_t len;
	long child;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	text[len > 0 ? len : 0] = 0;
	for (at = text; (child = strtol(at, &end, 10)) > 0; at = end)
		kill(child, SIGKILL);
	close(fd);
}

/* Return: the exit status of the command; 124 if it was stopped. */
static int watch(pid_t command, long limit_ms)
{
	long begun = now_ms(), at = begun;
	int status = 124;

	while (reap(command, &status)) {
		look_around();
		if (now_ms() - begun > limit_ms)
			kill_children();
		/* Takes at most half of the CPU time. */
		at = now_ms() - at;
		sleep_ms(at > PAUSE_MS ? at : PAUSE_MS);
		at = now_ms();
	}
	while (nr_mirrors)
		let_go(0);
	return status;
}

static void report(const char *name, int status)
{
	const char *path = getenv("MMN_OUT");
	FILE *f = path ? fopen(path, "we") : stdout;

	if (!f)
		return;
	fprintf(f, "{\"follow\":\"%s\",\"status\":%d,\"mms\":%lu,\"shared\":%lu,\"failed\":%lu,\"events\":%llu,\"inexact\":%llu}\n",
		name, status, totals.followed, totals.busy, totals.failed,
		totals.events, totals.inexact);
	fclose(f);
}

int main(int argc, char **argv)
{
	struct rlimit files = { MAX_MIRRORS + 64, MAX_MIRRORS + 64 };
	int status;

	if (argc < 4) {
		fprintf(stderr, "Usage: follow NAME SECONDS COMMAND [ARG...]\n"
			"Runs COMMAND for at most SECONDS; mirrors follow its processes.\n");
		return 2;
	}
	signal(SIGUSR1, pause_or_go_on);
	signal(SIGUSR2, pause_or_go_on);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	setrlimit(RLIMIT_NOFILE, &files);
	try_put("/proc/self/oom_score_adj", "-1000");
	status = watch(start(argv + 3), atol(argv[2]) * 1000);
	report(argv[1], status);
	return status;
}
