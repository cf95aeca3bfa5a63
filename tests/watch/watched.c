// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * watched: a process with a bare notifier that performs the operations in its arguments, in that
 * order, each on pages of its own.
 *
 * Usage: [DEVICE=PATH] watched NAME OPERATION...; OPERATION is munmap, dontneed, mprotect, fork,
 * move or bind, or for a part of a huge page split, fixed, advised or protected, each with =TIMES
 * behind it, exec, or wait: until a line can be read from standard input. NAME becomes the name of
 * the process. DEVICE gives it the notifier; it may be several,
 * with blanks between. Prints its process id at first.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PG	4096UL
#define PAGES	4
#define LENGTH	(PAGES * PG)
#define HUGE	(2UL << 20)
#define MPOL_BIND	2
#define MPOL_MF_MOVE	2

static void die(const char *what)
{
	fprintf(stderr, "watched: %s: %m\n", what);
	exit(1);
}

static char *pages(void)
{
	char *p = mmap(NULL, LENGTH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	memset(p, 1, LENGTH);
	return p;
}

static void fork_child(void)
{
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (!child)
		_exit(0);
	if (waitpid(child, NULL, 0) != child)
		die("waitpid");
}

/* To both memory nodes, so that one of them is another one. */
static void move(char *p)
{
	int nodes[PAGES], status[PAGES], i, node;
	void *at[PAGES];

	for (node = 0; node < 2; node++) {
		for (i = 0; i < PAGES; i++) {
			at[i] = p + i * PG;
			nodes[i] = node;
		}
		if (syscall(SYS_move_pages, 0, PAGES, at, nodes, status, MPOL_MF_MOVE))
			die("move_pages");
	}
}

static void bind_pages(char *p)
{
	unsigned long node;

	for (node = 1; node <= 2; node++)
		if (syscall(SYS_mbind, p, LENGTH, MPOL_BIND, &node, 64, MPOL_MF_MOVE))
			die("mbind");
}

/* A huge page. Return: its second part, of LENGTH. */
static char *part_of_huge(void)
{
	char *p = mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *huge = (char *)(((unsigned long)p + HUGE - 1) & ~(HUGE - 1));

	madvise(huge, HUGE, MADV_HUGEPAGE);
	memset(huge, 1, HUGE);
	return huge + LENGTH;
}

static void map_over(char *p)
{
	mmap(p, LENGTH, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void perform(const char *what, char *p)
{
	char line[80];

	if (!strcmp(what, "munmap"))
		munmap(p, LENGTH);
	else if (!strcmp(what, "dontneed"))
		madvise(p, LENGTH, MADV_DONTNEED);
	else if (!strcmp(what, "mprotect"))
		mprotect(p, LENGTH, PROT_READ);
	else if (!strcmp(what, "fork"))
		fork_child();
	else if (!strcmp(what, "move"))
		move(p);
	else if (!strcmp(what, "bind"))
		bind_pages(p);
	else if (!strcmp(what, "split"))
		munmap(part_of_huge(), LENGTH);
	else if (!strcmp(what, "fixed"))
		map_over(part_of_huge());
	else if (!strcmp(what, "advised"))
		madvise(part_of_huge(), LENGTH, MADV_DONTNEED);
	else if (!strcmp(what, "protected"))
		mprotect(part_of_huge(), LENGTH, PROT_READ);
	else if (!strcmp(what, "exec"))
		execl("/bin/true", "true", NULL);
	else if (!strcmp(what, "wait"))
		fgets(line, sizeof(line), stdin) ?: "";
	else
		die(what);
}

static void open_devices(char *devices)
{
	char *device;

	while ((device = strsep(&devices, " ")))
		if (open(device, O_RDWR) < 0)
			die(device);
}

int main(int argc, char **argv)
{
	int i, times;
	char *count;

	if (argc < 2)
		die("Usage: watched NAME OPERATION...");
	open_devices(strdup(getenv("DEVICE") ?: "/dev/bench_native"));
	prctl(PR_SET_NAME, argv[1]);
	printf("%d\n", getpid());
	fflush(stdout);
	for (i = 2; i < argc; i++) {
		count = strchr(argv[i], '=');
		times = count ? atoi(count + 1) : 1;
		if (count)
			*count = 0;
		/* These have no pages, so that a process can end without an event before. */
		if (!strcmp(argv[i], "exec") || !strcmp(argv[i], "wait"))
			perform(argv[i], NULL);
		else
			while (times--)
				perform(argv[i], pages());
	}
	return 0;
}
