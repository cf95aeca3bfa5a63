// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * migrate: pages move to another node on request of a process, or because the thread
 * that uses them runs there.
 */
#define _GNU_SOURCE
#include <linux/mempolicy.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runner.h"

#define SCHED_DEBUG	"/sys/kernel/debug/sched/numa_balancing/"
#define SCHED_SYSCTL	"/proc/sys/kernel/numa_balancing_"
#define CPUSET_V1	"/tmp/mmn_cpuset"

/* Watched pages on node 0. */
static char *on_node0(struct env *e, size_t pages)
{
	char *p;

	two_nodes(e);
	bind_node(e, 0);
	p = watched_anon(e, pages);
	bind_node(e, -1);
	return p;
}

/* One watched huge page on @node. */
static char *huge_on(struct env *e, int node)
{
	char *p;

	two_nodes(e);
	bind_node(e, node);
	p = thp(e);
	bind_node(e, -1);
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	return p;
}

static void move(struct env *e, pid_t pid, char *p, int flags)
{
	int nodes[4] = { 1, 1, 1, 1 }, status[4];
	void *pages[4] = { p, p + PG, p + 2 * PG, p + 3 * PG };

	must(e, !syscall(SYS_move_pages, pid, 4UL, pages, nodes, status, flags));
}

static void move_one(struct env *e, void *page)
{
	int node = 1, status;

	must(e, !syscall(SYS_move_pages, 0, 1UL, &page, &node, &status,
			 MPOL_MF_MOVE));
	must(e, page_node(page) == 1);
}

static void run_move_pages(struct env *e)
{
	char *p = on_node0(e, 8);

	begin(e);
	move(e, 0, p, MPOL_MF_MOVE);
	must(e, page_node(p) == 1 && page_node(p + 4 * PG) == 0);
}

static void run_mbind(struct env *e)
{
	char *p = on_node0(e, 8);
	unsigned long nodes = 2;

	begin(e);
	must(e, !syscall(SYS_mbind, p, 8 * PG, MPOL_BIND, &nodes, 64UL, MPOL_MF_MOVE));
	must(e, page_node(p) == 1);
}

static void run_migrate_pages(struct env *e)
{
	unsigned long from = 1, to = 2;
	char *p = on_node0(e, 8);

	begin(e);
	must(e, syscall(SYS_migrate_pages, 0, 64UL, &from, &to) >= 0);
	must(e, page_node(p) == 1);
}

static void run_thp(struct env *e)
{
	char *p = huge_on(e, 0);

	begin(e);
	move_one(e, p);
}

/* hugetlb pages; the pool has a free one on each node. */
static void run_hugetlb(struct env *e)
{
	char *p;

	two_nodes(e);
	hugetlb(e, 4);
	bind_node(e, 0);
	p = map_at(e, HUGE, HUGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1);
	fill(p, HUGE, 1);
	bind_node(e, -1);
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	begin(e);
	move_one(e, p);
}

/*
 * Another process moves the pages of the watched one. It was forked before the pages
 * were touched, so it maps none of them.
 */
static void by_another(struct env *e, other_job *how)
{
	size_t len = 8 * PG;
	struct other o;
	char *p;

	two_nodes(e);
	bind_node(e, 0);
	p = map_at(e, len, PG, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1);
	o = other_process(e, how, p);
	fill(p, len, 1);
	bind_node(e, -1);
	watch(e, p, len);
	device(e, p, len, true);
	begin(e);
	other_does(e, &o);
	must(e, page_node(p) == 1);
}

static void move_parent(struct env *e, void *p)
{
	move(e, getppid(), p, MPOL_MF_MOVE);
}

static void migrate_parent(struct env *e, void *p)
{
	unsigned long from = 1, to = 2;

	(void)p;
	must(e, syscall(SYS_migrate_pages, getppid(), 64UL, &from, &to) >= 0);
}

static void run_move_remote(struct env *e)
{
	by_another(e, move_parent);
}

static void run_migrate_remote(struct env *e)
{
	by_another(e, migrate_parent);
}

/*
 * A process that is not watched moves its own pages. They belong to a file that the
 * watched process maps, too.
 */
static void by_sharer(struct env *e, void (*how)(struct env *e, char *p))
{
	int fd = memfd(e, 8 * PG, 0), fds[2];
	pid_t pid;
	char *p, c;

	two_nodes(e);
	must(e, !pipe(fds));
	pid = child(e);
	if (!pid) {
		p = map_at(e, 8 * PG, PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
		must(e, read(fds[0], &c, 1) == 1);
		fill(p, 8 * PG, 3);
		how(e, p);
		_exit(0);
	}
	bind_node(e, 0);
	p = watched_shared(e, fd, 8 * PG);
	bind_node(e, -1);
	begin(e);
	must(e, write(fds[1], "x", 1) == 1);
	reap(e, pid);
	must(e, page_node(p) == 1);
}

static void move_shared(struct env *e, char *p)
{
	move(e, 0, p, MPOL_MF_MOVE_ALL);
}

static void mbind_shared(struct env *e, char *p)
{
	unsigned long nodes = 2;

	must(e, !syscall(SYS_mbind, p, 8 * PG, MPOL_BIND, &nodes, 64UL,
			 MPOL_MF_MOVE_ALL));
}

static void run_move_shared(struct env *e)
{
	by_sharer(e, move_shared);
}

static void run_mbind_shared(struct env *e)
{
	by_sharer(e, mbind_shared);
}

/*
 * Before 5.15 only cpuset v1 migrates pages. The v1 hierarchy can use the controller
 * unless it is enabled in cgroup v2.
 */
static const char *cpuset_v1(struct env *e)
{
	static const char dir[] = CPUSET_V1 "/mmn";
	char pid[16];

	mkdir(CPUSET_V1, 0700);
	need(e, !access(CPUSET_V1 "/tasks", F_OK) ||
	     !mount("cpuset", CPUSET_V1, "cgroup", 0, "cpuset"),
	     "the cpuset v1 hierarchy cannot be mounted");
	need(e, !mkdir(dir, 0700) || errno == EEXIST, "mkdir in cpuset");
	must(e, !put(CPUSET_V1 "/mmn/cpuset.cpus", "0"));
	must(e, !put(CPUSET_V1 "/mmn/cpuset.mems", "0"));
	must(e, !put(CPUSET_V1 "/mmn/cpuset.memory_migrate", "1"));
	snprintf(pid, sizeof(pid), "%d", getpid());
	must(e, !put(CPUSET_V1 "/mmn/tasks", pid));
	return dir;
}

/* A kworker moves the pages when the cpuset changes. */
static void run_cpuset(struct env *e)
{
	unsigned int tries;
	const char *dir;
	char path[128], *p;

	two_nodes(e);
	/* The kernels with process_mrelease() move pages with cgroup v2, too. */
	dir = has(F_MRELEASE) ? cgroup(e, "+cpuset") : cpuset_v1(e);
	snprintf(path, sizeof(path), "%s/cpuset.mems", dir);
	need(e, !put(path, "0"), "no cpuset.mems");
	p = on_node0(e, 8);
	begin(e);
	must(e, !put(path, "1"));
	for (tries = 0; page_node(p + 7 * PG) != 1 && tries < 300; tries++)
		sleep_ms(10);
	must(e, page_node(p + 7 * PG) == 1);
}

/* ---- NUMA balancing ---- */

static bool numa_knob(struct env *e, const char *name, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), SCHED_DEBUG "%s", name);
	if (try_knob(e, path, value))
		return true;
	snprintf(path, sizeof(path), SCHED_SYSCTL "%s", name);
	return try_knob(e, path, value);
}

static void numa_hurry(struct env *e)
{
	numa_knob(e, "scan_delay_ms", "10");
	numa_knob(e, "scan_period_min_ms", "50");
	numa_knob(e, "scan_period_max_ms", "100");
	numa_knob(e, "scan_size_mb", "16");
}

/* One thread: the memory that it uses, from which CPU, until @stop. */
struct user {
	struct env *e;
	int cpu;
	char *p;
	size_t len;
	volatile bool *stop;
};

static void use(const struct user *u)
{
	unsigned int i;

	for (i = 0; i < 20000 && !*u->stop; i++)
		fill(u->p, u->len, i);
}

static void *use_from_cpu(void *arg)
{
	const struct user *u = arg;

	on_cpu(u->e, u->cpu);
	while (!*u->stop)
		use(u);
	fill(u->p, u->len, 2);
	return NULL;
}

#define NUMA_PAGES	64UL

/* Pages on node 1: for run_numa() half are used from there, half from node 0. */
static char *numa_pages(struct env *e)
{
	char *p;

	two_nodes(e);
	numa_hurry(e);
	bind_node(e, 1);
	p = watched_anon(e, NUMA_PAGES);
	bind_node(e, -1);
	return p;
}

/* Uses the pages until the first one is on node 0, or for 12 s. */
static void balance(struct env *e, char *p, struct user *mine)
{
	time_t until = time_limit(12);

	knob(e, "/proc/sys/kernel/numa_balancing", "1");
	while (page_node(p) != 0 && time(NULL) < until)
		use(mine);
	put("/proc/sys/kernel/numa_balancing", "0");
}

/*
 * One thread on node 0 uses the first half, one on node 1 the second half. At the end each
 * touches its own half again: a page with a pending hint would migrate to the node of
 * the next thread that touches it.
 */
static void run_numa(struct env *e)
{
	char *p = numa_pages(e);
	volatile bool stop = false;
	size_t half = NUMA_PAGES / 2 * PG;
	struct user mine = { e, 0, p, half, &stop };
	struct user other = { e, 1, p + half, half, &stop };
	pthread_t thread;

	on_cpu(e, 0);
	begin(e);
	must(e, !pthread_create(&thread, NULL, use_from_cpu, &other));
	balance(e, p, &mine);
	stop = true;
	must(e, !pthread_join(thread, NULL));
	fill(p, half, 3);
	must(e, page_node(p) == 0 && page_node(p + half) == 1);
}

/* The pages are on the node of their user: a hint fault, and nothing moves. */
static void run_numa_hint(struct env *e)
{
	volatile bool stop = false;
	struct user mine = { e, 1, NULL, NUMA_PAGES * PG, &stop };
	time_t until = time_limit(12);

	mine.p = numa_pages(e);
	on_cpu(e, 1);
	begin(e);
	knob(e, "/proc/sys/kernel/numa_balancing", "1");
	while (!seen(e, MMNOTIFY_CAUSE_NUMA_HINT) && time(NULL) < until)
		use(&mine);
	put("/proc/sys/kernel/numa_balancing", "0");
	fill(mine.p, mine.len, 3);
	must(e, page_node(mine.p) == 1);
}

/* On 5.10 the migration of a huge page causes no event; only the hint is one. */
static void run_numa_thp(struct env *e)
{
	volatile bool stop = false;
	struct user mine = { e, 0, NULL, HUGE, &stop };

	numa_hurry(e);
	mine.p = huge_on(e, 1);
	on_cpu(e, 0);
	begin(e);
	balance(e, mine.p, &mine);
	fill(mine.p, HUGE, 3);
	must(e, page_node(mine.p) == 0);
}

#define MOVED(cause)	{ MUST(CLEAR, cause, CLEAR, ALL(C)) }
#define HINTED \
	MUST(PROTECTION_PAGE, NUMA_HINT, CLEAR, HAS(HINT_SPLIT, PV)), \
	MUST(PROTECTION_PAGE, NUMA_HINT, NONE, LACKS(HINT_SPLIT, PV))

const struct scenario migrate_scenarios[] = {
	{ .name = "move_pages", .run = run_move_pages, .expect = {
		MUST_N(4, CLEAR, MOVE_PAGES, CLEAR, ALL(C)) },
	  .demo = "move_pages(to node 1)" },
	{ .name = "mbind", .run = run_mbind, .expect = {
		MUST_N(8, CLEAR, MBIND, CLEAR, ALL(C)) } },
	{ .name = "migrate_pages", .run = run_migrate_pages, .expect = {
		MUST_N(8, CLEAR, MIGRATE_PAGES, CLEAR, ALL(C)) } },
	{ .name = "thp_move_pages", .run = run_thp, .expect = MOVED(MOVE_PAGES) },
	{ .name = "hugetlb_move_pages", .run = run_hugetlb,
	  .expect = MOVED(MOVE_PAGES) },
	{ .name = "move_pages_remote", .run = run_move_remote, .expect = {
		MUST_N(4, CLEAR, MOVE_PAGES, CLEAR, ALL(C)) } },
	{ .name = "migrate_pages_remote", .run = run_migrate_remote, .expect = {
		MUST_N(8, CLEAR, MIGRATE_PAGES, CLEAR, ALL(C)) } },
	{ .name = "move_pages_sharer", .run = run_move_shared, .expect = {
		MUST_N(4, CLEAR, MOVE_PAGES, CLEAR, ALL(C)) } },
	{ .name = "mbind_sharer", .run = run_mbind_shared, .expect = {
		MUST_N(8, CLEAR, MBIND, CLEAR, ALL(C)) } },
	{ .name = "cpuset_migration", .run = run_cpuset, .expect = {
		MUST_N(8, CLEAR, CPUSET_MIGRATION, CLEAR, ALL(C)) } },
	{ .name = "numa_hint", .run = run_numa_hint, .expect = { HINTED },
	  .demo = "NUMA balancing" },
	{ .name = "numa_migration", .run = run_numa, .expect = { HINTED,
		MUST(CLEAR, NUMA_MIGRATION, CLEAR, ALL(C)),
		MAY("a hint that meets a page on its way takes its right to write",
		    CLEAR, COW, CLEAR, ALL(C)) } },
	{ .name = "numa_hint_thp", .run = run_numa_thp, .expect = { HINTED,
		MUST(CLEAR, NUMA_MIGRATION, CLEAR, LACKS(HINT_SPLIT, C)) } },
	{ .name = NULL }
};
