// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure: memory runs short, and an idle process that a device mirrors pays
 * for it: to kswapd, to tasks that allocate, to the limit of its cgroup.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "runner.h"

#define MB(x)	((x) << 8)	/* in pages */

/*
 * What is left free, in kB, and where tasks start to reclaim. kswapd starts a
 * quarter earlier: a long way for it, or so short that a task is there first.
 */
#define LEAVE_KB	(28L << 10)
#define KSWAPD_FIRST	"16384"
#define TASK_FIRST	"4096"
#define MIN_FREE	"/proc/sys/vm/min_free_kbytes"
#define ZONE_RECLAIM	"/proc/sys/vm/zone_reclaim_mode"
#define HOG_PAGES	MB(60)

/* What is free on the first node, which has the CPU. */
static long free_kb(struct env *e)
{
	char line[128];
	long kb = -1;
	FILE *f = fopen("/sys/devices/system/node/node0/meminfo", "re");

	while (f && kb < 0 && fgets(line, sizeof(line), f))
		sscanf(line, "Node 0 MemFree: %ld", &kb);
	must(e, f && kb >= 0);
	fclose(f);
	return kb;
}

/* Others reclaim on their own; they come to an end before the pages are looked at. */
void settle(struct env *e)
{
	unsigned int quiet, tries;
	__u32 nr;

	for (quiet = 0, tries = 0; quiet < 20 && tries < 500; tries++) {
		drain(e);
		nr = e->sh->nr;
		sleep_ms(10);
		drain(e);
		quiet = nr == e->sh->nr ? quiet + 1 : 0;
	}
}

/*
 * Locks most of what is free, in huge pages, since that is quick, if they are
 * there. So little is left that reclaim has to start soon, and little but what we
 * watch can go.
 */
void scarce(struct env *e, const char *min_kb)
{
	size_t len;
	char *p;

	knob(e, "/proc/sys/vm/watermark_boost_factor", "0");
	knob(e, "/proc/sys/vm/swappiness", "150");
	knob(e, "/sys/kernel/mm/transparent_hugepage/defrag", "never");
	must(e, free_kb(e) > LEAVE_KB);
	len = ((free_kb(e) - LEAVE_KB) << 10) & ~(HUGE - 1);
	p = map_at(e, len, HUGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1);
	madvise(p, len, MADV_HUGEPAGE);
	must(e, !madvise(p, len, MADV_DONTFORK) && !mlock(p, len));
	knob(e, MIN_FREE, min_kb);
	settle(e);
}

/* Allocates until this cause was said; pauses after each quarter of a MiB. */
void hog(struct env *e, unsigned int cause, unsigned int pause_ms)
{
	time_t until = time(NULL) + 30;
	size_t at;
	char *p;

	p = map_at(e, HOG_PAGES * PG, PG, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1);
	madvise(p, HOG_PAGES * PG, MADV_NOHUGEPAGE);
	for (at = 0; at < HOG_PAGES; at += 64) {
		fill(p + at * PG, 64 * PG, 9);
		if (seen(e, cause) || time(NULL) >= until)
			break;
		if (pause_ms)
			sleep_ms(pause_ms);
	}
}

/* Return: the thread that reclaims for node 0. */
static pid_t kswapd(struct env *e)
{
	char path[64], name[32];
	pid_t pid;

	for (pid = 2; pid < 1000; pid++) {
		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		if (!get(path, name, sizeof(name)) && !strcmp(name, "kswapd0"))
			return pid;
	}
	fail(e, "no kswapd0");
}

/* On the only CPU an idle kswapd runs when nobody else wants to. */
void kswapd_policy(struct env *e, int policy)
{
	struct sched_param p = { };

	must(e, !sched_setscheduler(kswapd(e), policy, &p));
}

static void hog_slowly(struct env *e, const char *arg)
{
	(void)arg;
	hog(e, MMNOTIFY_CAUSE_RECLAIM_KSWAPD, 5);
}

static void hog_quickly(struct env *e, const char *arg)
{
	(void)arg;
	kswapd_policy(e, SCHED_IDLE);
	hog(e, MMNOTIFY_CAUSE_RECLAIM_DIRECT, 0);
	kswapd_policy(e, SCHED_OTHER);
}

/* Anonymous pages, to be made cold. */
static char *watched_pages(struct env *e, bool huge, size_t len)
{
	char *p;

	if (!huge)
		return watched_anon(e, len / PG);
	p = thps(e, len / HUGE);
	watch(e, p, len);
	device(e, p, len, true);
	return p;
}

/* No more is asked for. */
void plenty(struct env *e)
{
	put(MIN_FREE, "1024");
	settle(e);
}

static void short_of_memory(struct env *e, bool huge, other_job *job,
			    const char *min_kb)
{
	size_t len = huge ? 4 * HUGE : MB(2) * PG;
	struct other o;
	char *p;

	swap_on(e);
	o = other_process(e, job, NULL);
	p = watched_pages(e, huge, len);
	scarce(e, min_kb);
	must(e, !madvise(p, len, MADV_COLD));
	begin(e);
	other_does(e, &o);
	plenty(e);
}

static void run_kswapd(struct env *e)
{
	short_of_memory(e, false, hog_slowly, KSWAPD_FIRST);
}

static void run_kswapd_thp(struct env *e)
{
	short_of_memory(e, true, hog_slowly, KSWAPD_FIRST);
}

static void run_direct(struct env *e)
{
	short_of_memory(e, false, hog_quickly, TASK_FIRST);
}

static void run_direct_thp(struct env *e)
{
	short_of_memory(e, true, hog_quickly, TASK_FIRST);
}

/* The mirrored process pays for its own allocation. */
static void run_direct_self(struct env *e)
{
	char *p;

	swap_on(e);
	p = watched_anon(e, MB(2));
	scarce(e, TASK_FIRST);
	must(e, !madvise(p, MB(2) * PG, MADV_COLD));
	begin(e);
	hog_quickly(e, NULL);
	plenty(e);
}

static void hog_reclaims_zone(struct env *e, const char *arg)
{
	put(ZONE_RECLAIM, "7");
	hog_quickly(e, arg);
	put(ZONE_RECLAIM, "0");
}

/* Here a task reclaims before it even asks kswapd. */
static void run_zone_reclaim(struct env *e)
{
	knob(e, "/proc/sys/vm/min_unmapped_ratio", "0");
	knob(e, "/proc/sys/vm/min_slab_ratio", "0");
	short_of_memory(e, false, hog_reclaims_zone, TASK_FIRST);
}

/*
 * Hibernation makes room for its image; as a test it goes no further than that.
 * All tasks are frozen, whoever asked allocates.
 */
static void run_hibernation(struct env *e)
{
	swap_on(e);
	need(e, !access("/sys/power/pm_test", W_OK), "no test of hibernation");
	knob(e, "/sys/power/pm_test", "freezer");
	knob(e, "/sys/power/image_size", "0");
	try_knob(e, "/sys/module/hibernate/parameters/pm_test_delay", "0");
	madvise(watched_anon(e, MB(2)), MB(2) * PG, MADV_COLD);
	begin(e);
	need(e, !put("/sys/power/state", "disk"), "no hibernation");
}

/* ---- pages that two processes share, one of them without a device ---- */

static char *map_shared(struct env *e, int fd)
{
	char *p = map_at(e, MB(2) * PG, PG, PROT_READ, MAP_SHARED, fd);
	size_t i;

	for (i = 0; i < MB(2); i++)
		(void)*(volatile char *)(p + i * PG);
	return p;
}

/* No page of this process was used of late. */
static void forget_use(struct env *e)
{
	must(e, !put("/proc/self/clear_refs", "1"));
}

static void share_and(struct env *e, const char *arg, other_job *job)
{
	map_shared(e, arg[0]);
	forget_use(e);
	job(e, NULL);
}

static void share_and_hog(struct env *e, const char *arg)
{
	share_and(e, arg, hog_slowly);
}

static void share_and_hog_quickly(struct env *e, const char *arg)
{
	share_and(e, arg, hog_quickly);
}

static void shared_pages(struct env *e, int fd, other_job *job,
			 const char *min_kb, const char *swappiness)
{
	char file[] = { fd, 0 }, *p;
	struct other o;

	swap_on(e);
	o = other_process(e, job, file);
	p = map_shared(e, fd);
	watch(e, p, MB(2) * PG);
	device(e, p, MB(2) * PG, false);
	scarce(e, min_kb);
	knob(e, "/proc/sys/vm/swappiness", swappiness);
	forget_use(e);
	begin(e);
	other_does(e, &o);
	plenty(e);
}

static void run_shared_file(struct env *e)
{
	int fd = ext4_file(e, "shared", MB(16) * PG);

	shared_pages(e, fd, share_and_hog, KSWAPD_FIRST, "1");
}

static void run_shared_file_direct(struct env *e)
{
	int fd = ext4_file(e, "shared", MB(16) * PG);

	shared_pages(e, fd, share_and_hog_quickly, TASK_FIRST, "1");
}

static void run_shared_memory(struct env *e)
{
	int fd = memfd(e, MB(2) * PG, 0);

	shared_pages(e, fd, share_and_hog, KSWAPD_FIRST, "150");
}

/* ---- the limit of a cgroup that the mirrored process is in ---- */

static const char *memcg_file(const char *dir, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void fill_9mb(struct env *e, const char *arg)
{
	anon(e, MB(9));
	put(arg, "max");
}

static void run_memcg_other(struct env *e)
{
	const char *path = memcg_file(cgroup(e, "+memory"), "memory.max");
	struct other o = other_process(e, fill_9mb, path);

	swap_on(e);
	must(e, !put(path, "8M"));
	watched_anon(e, MB(6));
	begin(e);
	other_does(e, &o);
}

static void run_memcg_high_other(struct env *e)
{
	const char *path = memcg_file(cgroup(e, "+memory"), "memory.high");
	struct other o = other_process(e, fill_9mb, path);

	swap_on(e);
	must(e, !put(path, "8M"));
	watched_anon(e, MB(2));
	begin(e);
	other_does(e, &o);
}

/* Datagrams that nobody reads; what they take is charged by interrupts. */
static void send_datagrams(struct env *e)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int in = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int out = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int size = 8 << 20, tries;
	socklen_t len = sizeof(to);
	static char data[32 << 10];

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(e, !setsockopt(in, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)));
	must(e, !bind(in, (struct sockaddr *)&to, len));
	must(e, !getsockname(in, (struct sockaddr *)&to, &len));
	for (tries = 0; tries < 200 && !seen(e, MMNOTIFY_CAUSE_RECLAIM_MEMCG); tries++) {
		must(e, sendto(out, data, sizeof(data), 0, (struct sockaddr *)&to,
			       len) == sizeof(data));
		sleep_ms(2);
	}
}

/* Interrupts cannot reclaim: a worker does it, whose task is nobody's. */
static void run_memcg_worker(struct env *e)
{
	const char *dir = cgroup(e, "+memory");
	char high[32];
	long bytes;

	swap_on(e);
	loopback_up(e);
	madvise(watched_anon(e, MB(4)), MB(4) * PG, MADV_COLD);
	bytes = get_number(memcg_file(dir, "memory.current"));
	must(e, bytes > 0);
	snprintf(high, sizeof(high), "%ld", bytes + (512 << 10));
	must(e, !put(memcg_file(dir, "memory.high"), high));
	begin(e);
	send_datagrams(e);
	put(memcg_file(dir, "memory.high"), "max");
	settle(e);
}

static void reclaim_2mb(struct env *e, const char *arg)
{
	(void)e;
	put(arg, "2M");
}

static void run_reclaim_other(struct env *e)
{
	const char *path = memcg_file(cgroup(e, "+memory"), "memory.reclaim");
	struct other o = other_process(e, reclaim_2mb, path);

	swap_on(e);
	need(e, !access(path, W_OK), "no memory.reclaim before 5.19");
	watched_anon(e, MB(4));
	begin(e);
	other_does(e, &o);
}

#define FAST		"the task may be faster than kswapd"
#define SLOW		"kswapd comes when the task has to wait"
#define SPLIT		"the table of a huge page that cannot be swapped whole"
#define KSWAPD \
	MUST(CLEAR, RECLAIM_KSWAPD, CLEAR, ALL(C)), \
	MAY(FAST, CLEAR, RECLAIM_DIRECT, CLEAR, ALL(C))
#define DIRECT \
	MUST(CLEAR, RECLAIM_DIRECT, CLEAR, ALL(C)), \
	MAY(SLOW, CLEAR, RECLAIM_KSWAPD, CLEAR, ALL(C))
#define SMALL		.machine = "small", .seconds = 90

const struct scenario pressure_scenarios[] = {
	{ .name = "kswapd", .run = run_kswapd, .expect = { KSWAPD }, SMALL },
	{ .name = "kswapd_thp", .run = run_kswapd_thp, .expect = { KSWAPD,
		MAY(SPLIT, CLEAR, THP_SPLIT, CLEAR, ALL(C)) }, SMALL },
	{ .name = "direct_reclaim", .run = run_direct, .expect = { DIRECT }, SMALL },
	{ .name = "direct_reclaim_thp", .run = run_direct_thp, .expect = { DIRECT,
		MAY(SPLIT, CLEAR, THP_SPLIT, CLEAR, ALL(C)) }, SMALL },
	{ .name = "direct_reclaim_self", .run = run_direct_self, .expect = {
		DIRECT }, SMALL },
	{ .name = "zone_reclaim", .run = run_zone_reclaim, .expect = { DIRECT }, SMALL },
	{ .name = "hibernation", .run = run_hibernation, .expect = { DIRECT }, SMALL },
	{ .name = "kswapd_shared_file", .run = run_shared_file, .expect = {
		KSWAPD }, SMALL },
	{ .name = "kswapd_shared_memory", .run = run_shared_memory, .expect = {
		KSWAPD }, SMALL },
	{ .name = "direct_shared_file", .run = run_shared_file_direct, .expect = {
		DIRECT }, SMALL },
	{ .name = "memcg_other", .run = run_memcg_other, .expect = {
		MUST(CLEAR, RECLAIM_MEMCG, CLEAR, ALL(C)) } },
	{ .name = "memcg_worker", .run = run_memcg_worker, .expect = {
		MUST(CLEAR, RECLAIM_MEMCG, CLEAR, ALL(C)) }, SMALL },
	{ .name = "memcg_high_other", .run = run_memcg_high_other, .expect = {
		MUST(CLEAR, RECLAIM_MEMCG, CLEAR, ALL(C)) }, SMALL },
	{ .name = "memory_reclaim_other", .run = run_reclaim_other, .expect = {
		MUST(CLEAR, RECLAIM_PROACTIVE, CLEAR, FROM_6_1(C)) } },
	{ .name = NULL }
};
