// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* ops_node: operations that move pages between nodes, and tasks between CPUs. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fuzz.h"

/* Moves pages of the main process; any actor does it. */
static long op_move_pages(struct actor *a, const struct draw *d)
{
	void *pages[16];
	int nodes[16], status[16];
	size_t len, i;
	char *p = draw_range(d, &len);

	(void)a;
	if (len > 16 * PG)
		len = 16 * PG;
	for (i = 0; i < len / PG; i++) {
		pages[i] = p + i * PG;
		nodes[i] = d->a & 1;
	}
	if (syscall(SYS_move_pages, main_pid, len / PG, pages, nodes, status,
		    d->b & 1 ? MPOL_MF_MOVE : MPOL_MF_MOVE_ALL) < 0)
		return -errno;
	return status[0] < 0 ? status[0] : 0;
}

static long op_mbind(struct actor *a, const struct draw *d)
{
	static const int modes[] = { MPOL_BIND, MPOL_PREFERRED, MPOL_INTERLEAVE, MPOL_DEFAULT };
	unsigned long nodes = 1UL << (d->b & 1);
	size_t len;
	char *p = draw_range(d, &len);
	int mode = modes[d->a % 4];

	(void)a;
	if (mode == MPOL_INTERLEAVE)
		nodes = 3;
	if (syscall(SYS_mbind, p, len, mode, mode == MPOL_DEFAULT ? NULL : &nodes, 64UL,
		    MPOL_MF_MOVE))
		return -errno;
	return 0;
}

static long op_migrate_all(struct actor *a, const struct draw *d)
{
	unsigned long from = 1UL << (d->a & 1), to = 1UL << (~d->a & 1);

	(void)a;
	/* It takes as long as hundreds of other steps, so most are skipped. */
	if (d->b % 8)
		return -EAGAIN;
	return syscall(SYS_migrate_pages, main_pid, 64UL, &from, &to) < 0 ? -errno : 0;
}

/* On the other CPU the near memory is remote, which makes NUMA balancing work. */
static long op_other_cpu(struct actor *a, const struct draw *d)
{
	cpu_set_t set;

	(void)a;
	CPU_ZERO(&set);
	CPU_SET(d->a & 1, &set);
	if (d->b % 4 == 0)
		CPU_SET(~d->a & 1, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

const struct op node_ops[] = {
	{ "move_pages", 8, BY_MAIN | BY_OTHERS, op_move_pages },
	{ "mbind", 8, BY_MAIN, op_mbind },
	{ "migrate_all", 1, BY_MAIN | BY_OTHERS, op_migrate_all },
	{ "other_cpu", 4, BY_MAIN | BY_OTHERS, op_other_cpu },
	{ }
};
