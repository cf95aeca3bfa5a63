// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* system: is mmnotify there, may this user see it, and where are its files. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "cmd.h"
#include "system.h"
#include "util.h"

bool module_loaded(void)
{
	return !access(MODULE_DIR, F_OK);
}

void need_module(void)
{
	if (!module_loaded())
		die("mmnotify is not loaded: modprobe mmnotify; if that fails: mmnotify doctor");
}

void need_hook(const char *backend)
{
	if (strcmp(backend, "ftrace") && strcmp(backend, "kprobe"))
		die("no event can be seen here, because the hook is '%s': see mmnotify doctor",
		    backend);
}

void need_root(void)
{
	if (geteuid())
		die("only root may read addresses of other processes: sudo mmnotify %s",
		    cmd_now ? cmd_now->name : "");
}

/* Return: true if this program has the capability, in whatever user namespace. */
static bool has_capability(unsigned int nr)
{
	char *status = read_file("/proc/self/status", NULL);
	const char *at = status ? strstr(status, "\nCapEff:") : NULL;
	bool has = !at || strtoull(at + 8, NULL, 16) >> nr & 1;

	free(status);
	return has;
}

void need_perfmon(void)
{
	if (!has_capability(CAP_PERFMON) && !has_capability(CAP_SYS_ADMIN))
		refuse_perfmon();
}

void refuse_perfmon(void)
{
	die("only root, or a program with CAP_PERFMON, may see other processes: sudo mmnotify %s",
	    cmd_now ? cmd_now->name : "");
}

static bool mounted(const char *what)
{
	char *mounts = read_file("/proc/mounts", NULL), *rest = mounts, *line;
	bool found = false;

	while (!found && (line = next_line(&rest)))
		found = !!strstr(line, what);
	free(mounts);
	return found;
}

bool debugfs_mounted(void)
{
	return mounted(" /sys/kernel/debug debugfs ");
}

bool securityfs_mounted(void)
{
	return mounted(" /sys/kernel/security securityfs ");
}

char *debugfs_read(const char *name)
{
	char path[128], *text;

	need_root();
	need_module();
	snprintf(path, sizeof(path), DEBUGFS_DIR "/%s", name);
	text = read_file(path, NULL);
	if (text)
		return text;
	if (!debugfs_mounted())
		die("debugfs is not mounted: mount -t debugfs debugfs /sys/kernel/debug");
	if (errno == EPERM)
		die("the kernel is locked down and does not show %s: see mmnotify doctor", path);
	die("%s: %s: is the module older than this tool?", path, strerror(errno));
}

char *debugfs_try(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), DEBUGFS_DIR "/%s", name);
	return read_file(path, NULL);
}

bool parameter(const char *name, unsigned long *value)
{
	char path[128];

	snprintf(path, sizeof(path), MODULE_DIR "/parameters/%s", name);
	return read_number(path, value);
}

int set_parameter(const char *name, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), MODULE_DIR "/parameters/%s", name);
	return write_file(path, value);
}

/* ---- switches that several runs share ---- */

/* A run has one switch. Its file is locked by all users; a byte in it: off when all are gone. */
static int switch_fd = -1;

static void switch_path(char *path, size_t size, const char *name)
{
	snprintf(path, size, "/run/mmnotify.%s", name);
}

/* Under the lock for all: the first user sets the switch, unless it is on. */
static bool set_first(int fd, const char *name)
{
	unsigned long value = 0;

	if (!parameter(name, &value))
		return false;
	if (value)
		return true;
	if (set_parameter(name, "1"))
		return false;
	return !ftruncate(fd, 0) && pwrite(fd, "1", 1, 0) == 1;
}

bool switch_on(const char *name)
{
	char path[64];
	bool on = true;
	int fd;

	switch_path(path, sizeof(path), name);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		on = set_first(fd, name);
	/* Exchanging a lock lets go of it for a moment, which leaves the switch on at worst. */
	flock(fd, LOCK_SH);
	if (!on) {
		close(fd);
		return false;
	}
	switch_fd = fd;
	return true;
}

void switch_off(const char *name)
{
	char byte;

	if (switch_fd < 0)
		return;
	if (!flock(switch_fd, LOCK_EX | LOCK_NB) && pread(switch_fd, &byte, 1, 0) == 1) {
		set_parameter(name, "0");
		if (ftruncate(switch_fd, 0))
			warn("/run/mmnotify.%s: %s", name, strerror(errno));
	}
	close(switch_fd);
	switch_fd = -1;
}
