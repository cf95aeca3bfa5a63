// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* mincore() of one page under the mirror. On a planted kernel it announces an invalidation. */
#include <err.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mirror.h"

int main(void)
{
	long size = sysconf(_SC_PAGESIZE);
	struct mirror_attach attach = { .tiers = MIRROR_TIER_MM };
	unsigned char vec;
	void *page;
	int i, fd;

	page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		err(1, "mmap");
	fd = open("/dev/mmn_mirror", O_RDWR);
	if (fd < 0 || ioctl(fd, MIRROR_IOC_ATTACH, &attach))
		err(1, "/dev/mmn_mirror");
	for (i = 0; i < 5; i++)
		if (mincore(page, size, &vec))
			err(1, "mincore");
	return 0;
}
