// SPDX-License-Identifier: GPL-2.0-only
/* system: is mmnotify there, may this user see it, and where are its files. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
		die("mmnotify is not loaded: modprobe mmnotify");
}

void need_root(void)
{
	if (geteuid())
		die("only root may read addresses of other processes: sudo mmnotify %s",
		    cmd_now ? cmd_now->name : "");
}

bool debugfs_mounted(void)
{
	char *mounts = read_file("/proc/mounts", NULL), *rest = mounts, *line;
	bool found = false;

	while (!found && (line = next_line(&rest)))
		found = !!strstr(line, " /sys/kernel/debug debugfs ");
	free(mounts);
	return found;
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
