// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* report: the output about a run. */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

static const char *const names[DEVICES] = { "svm", "userptr", "odp" };

static int later(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	return (x->nr > y->nr) - (x->nr < y->nr);
}

static void print_step(FILE *to, const struct step *s)
{
	const struct op *op = op_get(s->op);

	fprintf(to, "#  %8llu actor %u %-16s %p + %u pages, %#x %#x: ",
		(unsigned long long)s->nr, s->actor, op ? op->name : "?", s->p, s->pages,
		s->a, s->b);
	if (s->ret == RUNNING)
		fprintf(to, "unfinished\n");
	else if (s->ret)
		fprintf(to, "%s\n", strerror(-s->ret));
	else
		fprintf(to, "done\n");
}

/* The last steps of all actors, in the order in which they began. */
void report_history(FILE *to)
{
	static struct step all[ACTORS * HISTORY];
	unsigned int i, j, nr = 0;

	for (i = 0; i < ACTORS; i++)
		for (j = 0; j < HISTORY && j < sh->history[i].at; j++)
			all[nr++] = sh->history[i].log[j];
	qsort(all, nr, sizeof(*all), later);
	for (i = nr > 48 ? nr - 48 : 0; i < nr; i++)
		print_step(to, &all[i]);
}

/* By operation: number of successes, and the time of all tries. */
void report_ops(FILE *to)
{
	const struct op *op;
	unsigned int i;

	for (i = 0; (op = op_get(i)); i++)
		fprintf(to, "#  %-16s %8llu of %8llu %8llu us\n", op->name,
			(unsigned long long)sh->done[i], (unsigned long long)sh->tried[i],
			(unsigned long long)sh->ns[i] / 1000);
}

static void print_stat(FILE *to, const char *name, const struct device_stat *s)
{
	fprintf(to, "#  %-8s events %llu skipped %llu inexact %llu faults %llu filled %llu zapped %llu downgraded %llu rebuilds %llu evictions %llu\n",
		name, (unsigned long long)s->events, (unsigned long long)s->skipped,
		(unsigned long long)s->inexact, (unsigned long long)s->faults,
		(unsigned long long)s->filled, (unsigned long long)s->zapped,
		(unsigned long long)s->downgraded, (unsigned long long)s->rebuilds,
		(unsigned long long)s->evictions);
}

void report_run(FILE *to, double seconds)
{
	unsigned long long checked = 0, unsettled = 0, stale = 0, refused = 0;
	int i;

	for (i = 0; i < DEVICES; i++) {
		checked += sh->totals[i].checked;
		unsettled += sh->totals[i].unsettled;
		stale += sh->totals[i].stale;
		refused += sh->totals[i].refused;
	}
	fprintf(to, "# seed %llu: %llu steps, %.0f steps/s, checks %llu, compared %llu, stale %llu, unsettled %llu, refused %llu\n",
		(unsigned long long)opt.seed, (unsigned long long)sh->steps,
		sh->steps / seconds, (unsigned long long)sh->totals[SVM].checks, checked, stale,
		unsettled, refused);
	for (i = 0; i < DEVICES; i++)
		print_stat(to, names[i], &sh->stat[i]);
	if (sh->failed)
		fprintf(to, "# STALE: %s at step %llu: %llu translations; seed %llu\n",
			names[sh->failed_device], (unsigned long long)sh->failed_at,
			(unsigned long long)sh->stale, (unsigned long long)opt.seed);
	if (sh->error[0])
		fprintf(to, "# seed %llu, step %llu: %s\n", (unsigned long long)opt.seed,
			(unsigned long long)sh->steps, sh->error);
}

/* Return: the start of /proc/PID/task/TID/NAME; valid until the next call. */
static char *task_file(int pid, int tid, const char *name)
{
	static char text[4096];
	char path[64];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", pid, tid, name);
	f = fopen(path, "re");
	if (f) {
		n = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
	}
	text[n] = 0;
	return text;
}

static void print_task_file(FILE *to, int pid, int tid, const char *name)
{
	char *line, *rest = task_file(pid, tid, name);

	while ((line = strsep(&rest, "\n")))
		if (*line)
			fprintf(to, "#    %s\n", line);
}

static void report_task(FILE *to, int pid, int tid)
{
	fprintf(to, "#  task %d of %d\n", tid, pid);
	print_task_file(to, pid, tid, "comm");
	print_task_file(to, pid, tid, "syscall");
	print_task_file(to, pid, tid, "stack");
}

/* Prints the stacks of all threads of a process. */
static void report_process(FILE *to, int pid)
{
	char path[64];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		int tid = atoi(entry->d_name);

		if (!tid)
			continue;
		report_task(to, pid, tid);
	}
	if (dir)
		closedir(dir);
}

/* For a run that hangs: the stacks of all its processes and of the devices' kthreads. */
void report_stacks(FILE *to, pid_t group)
{
	struct dirent *entry;
	DIR *dir = opendir("/proc");

	while (dir && (entry = readdir(dir))) {
		int pid = atoi(entry->d_name);

		if (pid && getpgid(pid) == group)
			report_process(to, pid);
		else if (pid && strstr(task_file(pid, pid, "stack"), "[mmn_"))
			report_task(to, pid, pid);
	}
	if (dir)
		closedir(dir);
}
