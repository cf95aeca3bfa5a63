// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * missed: an end must not find the record of the previous event. A kprobe records an
 * mprotect() that leaves the page readable. Then kprobes are disarmed, and the next
 * mprotect() of the same page by the same task, mostly with its range at the same address
 * on the stack, removes all access. The effects of its end must include all effects of
 * its start.
 *
 * Usage: missed TURNS; needs hook=kprobe and a loaded mirror.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <mmnotify/mmnotify_types.h>

#include "mirror.h"

#define PG	4096UL

static unsigned int ends, less;

static void die(const char *what)
{
	fprintf(stderr, "missed: %s: %m\n", what);
	exit(1);
}

static void arm(int on)
{
	int fd = open("/sys/kernel/debug/kprobes/enabled", O_WRONLY);

	if (fd < 0 || write(fd, on ? "1" : "0", 1) != 1)
		die("kprobes/enabled");
	close(fd);
}

static void protect(char *page, int prot)
{
	if (mprotect(page, PG, prot))
		die("mprotect");
}

static void judge(const struct mirror_record *r, unsigned int *started)
{
	if (r->event != MMNOTIFY_PROTECTION_VMA)
		return;
	if (r->phase == MIRROR_PHASE_START) {
		*started = r->effects;
		return;
	}
	ends++;
	if (*started & ~r->effects) {
		less++;
		printf("# started with effects %#x, ended with %#x\n", *started, r->effects);
	}
}

static void read_log(int fd)
{
	static unsigned int started;
	struct mirror_record r[16];
	ssize_t n, i;

	while ((n = read(fd, r, sizeof(r))) > 0)
		for (i = 0; i < n / (ssize_t)sizeof(*r); i++)
			judge(&r[i], &started);
}

int main(int argc, char **argv)
{
	struct mirror_attach attach = { .tiers = MIRROR_TIER_MM };
	int turns = argc == 2 ? atoi(argv[1]) : 0, i;
	int fd = open("/dev/mmn_mirror", O_RDWR | O_NONBLOCK);
	char *page;

	if (fd < 0 || ioctl(fd, MIRROR_IOC_ATTACH, &attach))
		die("/dev/mmn_mirror");
	page = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		die("mmap");
	for (i = 0; i < turns; i++) {
		*(volatile char *)page = 1;
		protect(page, PROT_READ);
		arm(0);
		protect(page, PROT_NONE);
		arm(1);
		protect(page, PROT_READ | PROT_WRITE);
		read_log(fd);
	}
	printf("# %u ends, %u with fewer effects than their starts\n", ends, less);
	return !ends || less;
}
