// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* misc: System V memory, the vDSO, and rare system calls. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME	0x80
#endif

static char *segment(struct env *e)
{
	int id = shmget(IPC_PRIVATE, 8 * PG, IPC_CREAT | 0600);
	char *p;

	need(e, id >= 0, "no System V shared memory");
	p = shmat(id, NULL, 0);
	must(e, p != (void *)-1);
	shmctl(id, IPC_RMID, NULL);
	fill(p, 8 * PG, 1);
	return p;
}

static void run_shmdt(struct env *e)
{
	char *p = segment(e);

	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, true);
	begin(e);
	must(e, !shmdt(p));
}

/* A segment attached over other memory, and over a part of itself. */
static void run_shmat(struct env *e)
{
	int id = shmget(IPC_PRIVATE, 8 * PG, IPC_CREAT | 0600);
	char *p = watched_anon(e, 8);

	need(e, id >= 0, "no System V shared memory");
	begin(e);
	must(e, shmat(id, p, SHM_REMAP) == p);
	shmctl(id, IPC_RMID, NULL);
}

static void run_remap(struct env *e)
{
	int fd = memfd(e, 8 * PG, 0);
	char *p = watched_shared(e, fd, 8 * PG);

	begin(e);
	need(e, !syscall(SYS_remap_file_pages, p, 2 * PG, 0, 4UL, 0),
	     "no remap_file_pages");
}

/* Entering a time namespace replaces the [vvar] page. */
static void run_timens(struct env *e)
{
	unsigned long a = 0, b = 0;
	char line[256];
	FILE *maps;
	int fd;

	need(e, !syscall(SYS_unshare, CLONE_NEWTIME), "no time namespaces");
	maps = fopen("/proc/self/maps", "re");
	must(e, maps);
	while (fgets(line, sizeof(line), maps))
		if (strstr(line, "[vvar]") && sscanf(line, "%lx-%lx", &a, &b) == 2)
			break;
	fclose(maps);
	if (!b)
		skip(e, "no [vvar] in the address space");
	watch(e, (void *)a, b - a);
	fd = open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
	must(e, fd >= 0);
	begin(e);
	must(e, !setns(fd, CLONE_NEWTIME));
}

const struct scenario misc_scenarios[] = {
	{ .name = "shmdt", .run = run_shmdt, .expect = {
		MUST(UNMAP, SHMDT, GONE, ALL(U)) },
	  .flags = S_QUICK },
	{ .name = "shmat_remap", .run = run_shmat, .expect = {
		MUST(UNMAP, MMAP_FIXED, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "remap_file_pages", .run = run_remap, .expect = {
		MUST(UNMAP, MMAP_FIXED, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "time_namespace", .run = run_timens, .expect = {
		MUST(CLEAR, VDSO_ZAP, CLEAR, ALL(C)) } },
	{ .name = NULL }
};
