// SPDX-License-Identifier: GPL-2.0-only
/*
 * watched: a process with a bare notifier that performs the operations in its arguments, in that
 * order, each on pages of its own.
 *
 * Usage: watched NAME OPERATION...; OPERATION is munmap, dontneed, mprotect or fork, with =TIMES
 * behind it, exec or wait: until a line can be read from standard input. NAME becomes the name of
 * the process. Prints its process id at first.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LENGTH	(4 * 4096UL)

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
	else if (!strcmp(what, "exec"))
		execl("/bin/true", "true", NULL);
	else if (!strcmp(what, "wait"))
		fgets(line, sizeof(line), stdin) ?: "";
	else
		die(what);
}

int main(int argc, char **argv)
{
	int i, times;
	char *count;

	if (argc < 2 || open("/dev/bench_native", O_RDWR) < 0)
		die("/dev/bench_native");
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
