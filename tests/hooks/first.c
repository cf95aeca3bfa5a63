// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * first: operations of a process that has a bare notifier and no client. Only the stack shows
 * their causes. Each moves pages between two memory nodes.
 *
 * Usage: first; prints its process id.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PG	4096UL
#define PAGES	8
#define MPOL_BIND	2
#define MPOL_MF_MOVE	2

static void die(const char *what)
{
	fprintf(stderr, "first: %s: %m\n", what);
	exit(1);
}

static void move(char *p, int node)
{
	int nodes[PAGES], status[PAGES], i;
	void *pages[PAGES];

	for (i = 0; i < PAGES; i++) {
		pages[i] = p + i * PG;
		nodes[i] = node;
	}
	if (syscall(SYS_move_pages, 0, PAGES, pages, nodes, status, MPOL_MF_MOVE))
		die("move_pages");
}

static void bind(char *p, unsigned long node)
{
	unsigned long nodes = 1UL << node;

	if (syscall(SYS_mbind, p, PAGES * PG, MPOL_BIND, &nodes, 64, MPOL_MF_MOVE))
		die("mbind");
}

int main(void)
{
	int fd = open("/dev/bench_native", O_RDWR), round;
	char *p;

	if (fd < 0)
		die("/dev/bench_native");
	p = mmap(NULL, PAGES * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		die("mmap");
	/* The pages begin on node 1. */
	bind(p, 1);
	memset(p, 1, PAGES * PG);
	printf("%d\n", getpid());
	for (round = 0; round < 4; round++) {
		move(p, 0);
		bind(p, 1);
		/* Meanwhile the symbols that were missing are resolved. */
		usleep(300000);
	}
	return 0;
}
