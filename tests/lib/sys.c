// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* sys: helpers for /proc, /sys and time, for the programs in the VM. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "sys.h"

unsigned long page_size, huge_size;

/* A table has a page of entries with 8 bytes each. */
__attribute__((constructor))
static void find_page_size(void)
{
	page_size = sysconf(_SC_PAGESIZE);
	huge_size = page_size / 8 * page_size;
}

int put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t done;
	int error;

	if (fd < 0)
		return -1;
	done = write(fd, value, strlen(value));
	error = done < 0 ? errno : EIO;
	close(fd);
	if (done == (ssize_t)strlen(value))
		return 0;
	errno = error;
	return -1;
}

void sleep_ms(unsigned int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}
