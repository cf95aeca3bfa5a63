// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* cgroups: control groups of version 2, by the numbers of their folders. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroups.h"
#include "fmt.h"
#include "util.h"

/* The kernel's type of a file handle that is the number of a kernfs folder. */
#define FILEID_KERNFS	0xfe

/* "" until it is looked for. */
static char mount_point[PATH_MAX];

static bool find_mount(void)
{
	char *mounts = read_file("/proc/mounts", NULL), *rest = mounts, *line;
	char path[PATH_MAX], type[32];

	while (!*mount_point && (line = next_line(&rest)))
		if (sscanf(line, "%*s %4095s %31s", path, type) == 2 && !strcmp(type, "cgroup2"))
			memcpy(mount_point, path, sizeof(path));
	free(mounts);
	return *mount_point;
}

/* Return: true with the folder whose number is @id. Only root may open a folder by its number. */
static bool folder_of(uint64_t id, char path[PATH_MAX])
{
	char room[sizeof(struct file_handle) + sizeof(id)] __attribute__((aligned(8)));
	struct file_handle *handle = (void *)room;
	char link[40];
	int mount, fd;
	ssize_t len;

	if (!find_mount())
		return false;
	handle->handle_bytes = sizeof(id);
	handle->handle_type = FILEID_KERNFS;
	memcpy(handle->f_handle, &id, sizeof(id));
	mount = open(mount_point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = mount < 0 ? -1 : open_by_handle_at(mount, handle, O_PATH | O_CLOEXEC);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = fd < 0 ? -1 : readlink(link, path, PATH_MAX - 1);
	if (fd >= 0)
		close(fd);
	if (mount >= 0)
		close(mount);
	if (len < 0)
		return false;
	path[len] = '\0';
	return true;
}

/* ---- the chosen one ---- */

static uint64_t chosen;
static char chosen_path[PATH_MAX];

void cgroup_choose(const char *word)
{
	unsigned long number;
	struct stat st;

	if (parse_number(word, &number)) {
		chosen = number;
	} else {
		if (stat(word, &st))
			die("--cgroup: %s: %s", word, strerror(errno));
		chosen = st.st_ino;
	}
	if (!folder_of(chosen, chosen_path))
		warn("--cgroup: no folder of a cgroup (version 2) has the number %lu now; groups below it are not known",
		     chosen);
}

bool cgroup_chosen(uint64_t id)
{
	size_t len = strlen(chosen_path);
	char path[PATH_MAX];

	if (id == chosen)
		return true;
	return len && folder_of(id, path) && !strncmp(path, chosen_path, len) &&
	       (path[len] == '/' || chosen_path[len - 1] == '/');
}

/* ---- names ---- */

const char *cgroup_name(uint64_t id, char *buf, size_t size)
{
	char path[PATH_MAX];
	size_t len;

	if (!id) {
		snprintf(buf, size, "-");
	} else if (!folder_of(id, path)) {
		snprintf(buf, size, "%lu", id);
	} else {
		len = strlen(mount_point);
		snprintf(buf, size, "%s", path[len] ? path + len : "/");
	}
	return buf;
}
